-- How Neovim (0.11 and later) starts the language server; `vim.lsp.config("vpcc", …)` changes it.
return {
  cmd = { "vpcc", "lsp" },
  filetypes = { "vpc" },
  root_markers = { ".git" },
}
