(body "}" @end) @indent
(entries "}" @end) @indent
(arguments ")" @end) @indent
