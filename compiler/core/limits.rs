//! How much is taken in, so that a program, which may be a stranger's, can neither hang the compiler nor fill the memory.
//!
//! Each limit lies far above what EC2 takes or people write, and each has a diagnostic. A program of 100,000 nodes, each
//! a statement of its own, is within them.

/// How deep blocks may be nested. The language itself needs four levels.
pub const MAX_DEPTH: usize = 16;

/// The bytes of all files of a program: a wrong path (a disk image, a log) is refused at once rather than parsed.
pub const MAX_PROGRAM_BYTES: usize = 32 << 20;

/// The files of a program. A folder with more of them is generated, and so can be one file.
pub const MAX_FILES: usize = 10_000;

/// The statements and the members of lists of a program, those of a module each time that it is used. 100,000 nodes with
/// three settings each are 500,000.
pub const MAX_PIECES: usize = 1_000_000;

/// The modules of a program: a file that uses another one twice doubles them.
pub const MAX_MODULES: usize = 1000;

/// What statements may come to, all taken together: nodes of ranges, rules of groups, routes, blocks of sets, and 256
/// bytes of text. A VPC has room for 256,000 addresses at most (VPC User Guide, "Amazon VPC quotas").
pub const MAX_THINGS: usize = 250_000;

/// The rules of one group, the routes of one table, the entries of one ACL, the blocks of one set. EC2 takes 1,000 at
/// most of any of them (VPC User Guide, "Amazon VPC quotas").
pub const MAX_LIST: usize = 10_000;

/// The nodes that are looked at to find those that names such as `web[3]` mean.
pub const MAX_LOOKUPS: usize = 10_000_000;

/// The pairs of letters that are looked at to find what misspelt names were meant to be. A thousand mistakes among a
/// thousand names of ten letters have 100,000,000.
pub const MAX_LETTERS: usize = 200_000_000;

/// One text with its parameters put in, in bytes. The longest one that EC2 takes is a policy of 20,480 characters.
pub const MAX_TEXT: usize = 64 << 10;

/// The bytes of all files that a program names: keys, boot scripts, policies. A boot script has 16 KiB at most.
pub const MAX_NAMED_BYTES: usize = 256 << 20;

/// What is looked at to prove all assertions: one set of packets at one rule, entry or route. It takes some three seconds; a
/// claim of 1,000 nodes of a group each about each other one is within it.
pub const MAX_STEPS: u64 = 100_000_000;

/// The same to find rules that no route serves; and again to name the nodes that are open to the internet. What is more is
/// not warned of.
pub const MAX_STEPS_OF_WARNINGS: u64 = 50_000_000;
