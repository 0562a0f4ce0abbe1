[
  (body)
  (entries)
  (arguments)
] @indent

[ "}" ")" ] @outdent
