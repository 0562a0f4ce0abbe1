//! Tells Zed how to start the language server.

use zed_extension_api::{Command, Extension, LanguageServerId, Result, Worktree, register_extension};

struct Vpc;

impl Extension for Vpc {
    fn new() -> Self {
        Self
    }

    fn language_server_command(&mut self, _: &LanguageServerId, worktree: &Worktree) -> Result<Command> {
        let Some(command) = worktree.which("vpcc") else {
            return Err("vpcc is not on the PATH: `cargo install --path .` in its repository puts it there".into());
        };
        Ok(Command { command, args: vec!["lsp".into()], env: worktree.shell_env() })
    }
}

register_extension!(Vpc);
