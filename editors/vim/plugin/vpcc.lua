-- For Neovim only: the language server, and tree-sitter's colours if its parser is installed.
if vim.g.loaded_vpcc then
  return
end
vim.g.loaded_vpcc = true

-- Before 0.11 there is no `vim.lsp.enable`, before 0.8 no `vim.lsp.start`, which keeps one server a folder.
local running = {}
local function attach(buffer)
  local root = vim.fn.fnamemodify(vim.api.nvim_buf_get_name(buffer), ":p:h")
  local server = { name = "vpcc", cmd = { "vpcc", "lsp" }, root_dir = root }
  if vim.fn.executable("vpcc") == 0 then
    vim.notify("vpcc is not on the PATH: .vpc files are only highlighted", vim.log.levels.WARN)
  elseif vim.lsp.start then
    vim.lsp.start(server)
  else
    running[root] = running[root] or vim.lsp.start_client(server)
    vim.lsp.buf_attach_client(buffer, running[root])
  end
end

if vim.lsp.enable then
  vim.lsp.enable("vpcc")
end

vim.api.nvim_create_autocmd("FileType", {
  pattern = "vpc",
  callback = function(event)
    if not vim.lsp.enable then
      attach(event.buf)
    end
    if vim.treesitter.start then
      pcall(vim.treesitter.start, event.buf, "vpc")
    end
  end,
})
