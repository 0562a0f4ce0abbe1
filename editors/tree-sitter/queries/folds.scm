[
  (body)
  (entries)
  (arguments)
] @fold
