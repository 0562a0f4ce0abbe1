; As `vpcc fmt` has it: two blanks a block, and two for a list that goes on on the next line.
[
  (body)
  (entries)
  (arguments)
] @indent.begin

[ "}" ")" ] @indent.branch @indent.end

(comment) @indent.auto
