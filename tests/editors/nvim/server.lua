-- Opens a broken program as a user would, with nothing but editors/vim on the runtime path, and asks the language
-- server: findings, hover, quick fix, renaming, layout; from 0.11 on hints and colours too. Any fault ends Neovim with 1.

local root = os.getenv("ROOT")
local lines = vim.fn.readfile(root .. "/tests/editors/broken.vpc")
local folder = vim.fn.tempname()
vim.fn.mkdir(folder)
vim.fn.writefile(lines, folder .. "/program.vpc")

local function clients(buffer)
  local get = vim.lsp.get_clients or vim.lsp.get_active_clients
  return vim.tbl_filter(function(client)
    return vim.lsp.buf_is_attached(buffer, client.id)
  end, get())
end

local function until_true(what, condition)
  assert(vim.wait(20000, condition, 20), "waited in vain for " .. what)
end

-- Line and column from 1, of the first place with this text.
local function at(text)
  for number, line in ipairs(vim.api.nvim_buf_get_lines(0, 0, -1, true)) do
    local column = line:find(text, 1, true)
    if column then
      return { line = number - 1, character = column - 1 }
    end
  end
  error("no such text: " .. text)
end

local function ask(buffer, method, more)
  local params = vim.tbl_extend("force", { textDocument = { uri = vim.uri_from_bufnr(buffer) } }, more)
  local answers = vim.lsp.buf_request_sync(buffer, method, params, 20000)
  for _, answer in pairs(assert(answers, method)) do
    return (assert(answer.result, method .. ": " .. vim.inspect(answer)))
  end
end

local function apply(edit)
  for _, edits in pairs(edit.changes or {}) do
    vim.lsp.util.apply_text_edits(edits, vim.api.nvim_get_current_buf(), "utf-16")
  end
  for _, change in ipairs(edit.documentChanges or {}) do
    vim.lsp.util.apply_text_edits(change.edits, vim.api.nvim_get_current_buf(), "utf-16")
  end
end

local function test()
  vim.cmd("edit " .. folder .. "/program.vpc")
  local buffer = vim.api.nvim_get_current_buf()
  assert(vim.bo.filetype == "vpc", "filetype " .. vim.bo.filetype)
  until_true("the server", function()
    return #clients(buffer) == 1
  end)

  until_true("findings", function()
    return #vim.diagnostic.get(buffer) > 0
  end)
  local found = vim.diagnostic.get(buffer)
  assert(#found == 1 and found[1].lnum == 6 and found[1].message:find("10.117.0.5/24", 1, true), vim.inspect(found))
  local code = found[1].code or found[1].user_data.lsp.code
  assert(code == "block-not-at-base", vim.inspect(found))

  local hover = vim.inspect(ask(buffer, "textDocument/hover", { position = at("one in") }))
  assert(hover:find("t3.micro", 1, true), hover)

  local place = { start = at("10.117.0.5/24"), ["end"] = at("10.117.0.5/24") }
  local told = { range = place, code = code, message = found[1].message, source = "vpcc" }
  local actions = ask(buffer, "textDocument/codeAction", { range = place, context = { diagnostics = { told } } })
  local fix = vim.tbl_filter(function(action)
    return action.kind == "quickfix"
  end, actions)[1]
  apply(assert(fix, vim.inspect(actions)).edit)
  at("subnet lan 10.117.0.0/24 az a")
  until_true("no findings", function()
    return #vim.diagnostic.get(buffer) == 0
  end)

  apply(ask(buffer, "textDocument/rename", { position = at("web {"), newName = "front" }))
  at("sg front")
  at("sg    front")

  vim.api.nvim_buf_set_lines(buffer, 4, 5, true, { "          gateway igw   internet" })
  apply({ changes = { ask(buffer, "textDocument/formatting", { options = { tabSize = 2, insertSpaces = true } }) } })
  assert(at("gateway igw internet").character == 2)

  if vim.lsp.inlay_hint then
    local whole = { start = { line = 0, character = 0 }, ["end"] = { line = 20, character = 0 } }
    assert(#ask(buffer, "textDocument/inlayHint", { range = whole }) > 0, "no hints")
    assert(#ask(buffer, "textDocument/semanticTokens/full", {}).data > 0, "no colours")
  end
end

local good, fault = xpcall(test, debug.traceback)
vim.fn.delete(folder, "rf")
if not good then
  io.stderr:write(fault .. "\n")
  vim.cmd("cquit 1")
end
vim.cmd("qall!")
