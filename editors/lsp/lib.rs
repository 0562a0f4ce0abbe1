//! The language server: the protocol around what `vpcc_core::ide` answers.
//!
//! In: an editor's messages, in order, over a [`Connection`]. Out: answers, and diagnostics after every change. One
//! thread answers, and there is no network and no process; files come through [`World`], with what is open in the editor
//! laid over them.
//! Absent on purpose: any knowledge of the language.

mod answer;
mod capabilities;
mod diagnostics;
mod documents;
mod paths;
mod pipes;
mod position;
mod session;

pub use pipes::serve_pipes;
pub use session::Ended;

use lsp_server::Connection;
use vpcc_core::source::World;

/// Serves an editor over standard input and output until it goes away.
///
/// # Errors
/// When what arrives is not the protocol, or nobody takes the answers.
pub fn serve_stdio(world: &dyn World) -> Result<Ended, String> {
    serve_pipes(std::io::stdin(), std::io::stdout(), world)
}

/// Serves an editor over a connection until it goes away.
///
/// # Errors
/// When what arrives is not the protocol.
pub fn serve(connection: Connection, world: &dyn World) -> Result<Ended, String> {
    session::run(connection, world)
}
