; Two blanks a block, as `vpcc fmt` has it.
[
  (body)
  (entries)
  (arguments)
] @indent.begin

[ "}" ")" ] @indent.branch @indent.end
