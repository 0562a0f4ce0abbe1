//! The seeds that are tried.

/// Seeds, the last one not among them.
pub struct Seeds {
    pub first: u64,
    pub last: u64,
}

/// As many as `SEEDS` says, or those from `SEEDS=17..18`.
pub fn seeds() -> Seeds {
    let given = std::env::var("SEEDS").unwrap_or_else(|_| "60".to_owned());
    let (first, last) = given.split_once("..").unwrap_or(("0", &given));
    let number = |text: &str| text.parse().expect("SEEDS is a number, or two with `..` between them");
    Seeds { first: number(first), last: number(last) }
}
