//! The `.vpc` language for tree-sitter.

use tree_sitter_language::LanguageFn;

unsafe extern "C" {
    fn tree_sitter_vpc() -> *const ();
}

/// The language: what `tree_sitter::Parser::set_language` takes.
// SAFETY: the generated parser exports this function for just this.
pub const LANGUAGE: LanguageFn = unsafe { LanguageFn::from_raw(tree_sitter_vpc) };
