//! Exit codes.

use std::process::ExitCode;

/// How a command ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Done, or there was nothing to do.
    Done,
    /// The program is wrong, the usage is wrong, or nothing could be done.
    Failed,
    /// With `plan --detailed-exitcode`: there are changes.
    Changes,
    /// An apply or destroy was done in part; running it again goes on from there.
    Partial,
    /// There are no credentials, or no region.
    Setup,
    /// Somebody interrupted it.
    Interrupted,
}

impl Exit {
    /// The code that the operating system sees.
    pub fn code(self) -> u8 {
        match self {
            Exit::Done => 0,
            Exit::Failed => 1,
            Exit::Changes => 2,
            Exit::Partial => 3,
            Exit::Setup => 4,
            Exit::Interrupted => 130,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit.code())
    }
}
