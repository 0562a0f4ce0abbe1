-- Writes the capture that tree-sitter's highlights give to every word of $FILE, one a line, to $OUT. The parser is at $PARSER.

local function test()
  vim.treesitter.language.add("vpc", { path = os.getenv("PARSER") })
  vim.cmd("edit " .. os.getenv("FILE"))
  assert(vim.treesitter.highlighter.active[0] or vim.treesitter.highlighter.active[vim.api.nvim_get_current_buf()], "not started")
  local tree = vim.treesitter.get_parser(0, "vpc"):parse()[1]
  assert(not tree:root():has_error(), "the sample is not read")
  local out = {}
  local query = assert(vim.treesitter.query.get("vpc", "highlights"))
  for id, node in query:iter_captures(tree:root(), 0) do
    local text = vim.treesitter.get_node_text(node, 0)
    if query.captures[id] ~= "spell" then
      table.insert(out, ("%d %s %s"):format(node:start() + 1, query.captures[id], text))
    end
  end
  for _, name in ipairs({ "locals", "folds", "indents" }) do
    assert(vim.treesitter.query.get("vpc", name), name)
  end
  vim.wo.foldmethod = "expr"
  vim.wo.foldexpr = "v:lua.vim.treesitter.foldexpr()"
  vim.cmd("normal! zx")
  local rule = vim.fn.search("ingress tcp 80")
  assert(vim.fn.foldlevel(1) == 0 and vim.fn.foldlevel(rule) == 2, "folds: " .. vim.fn.foldlevel(rule))
  vim.fn.writefile(out, os.getenv("OUT"))
end

local good, fault = xpcall(test, debug.traceback)
if not good then
  io.stderr:write(fault .. "\n")
  vim.cmd("cquit 1")
end
vim.cmd("qall!")
