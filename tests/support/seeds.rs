//! The seeds that are tried.

use std::ops::Range;

/// As many as a variable such as `SEEDS` says, or those from `SEEDS=17..18`; or so many where it says nothing.
pub fn seeds(variable: &str, otherwise: u64) -> Range<u64> {
    let Ok(given) = std::env::var(variable) else { return 0..otherwise };
    let (first, last) = given.split_once("..").unwrap_or(("0", &given));
    let number =
        |text: &str| text.parse().unwrap_or_else(|_| panic!("{variable} is a number, or two with `..` between them"));
    number(first)..number(last)
}
