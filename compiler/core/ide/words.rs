//! The words of the language, from the list that all editors are held against.

use std::collections::HashSet;
use std::sync::LazyLock;

/// `grammar/keywords.txt`
const LIST: &str = include_str!("../../../grammar/keywords.txt");

/// The words below a heading of the list.
pub(super) fn section(heading: &str) -> impl Iterator<Item = &'static str> {
    let title = move |line: &str| line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) == Some(heading);
    let lines = LIST.lines().skip_while(move |line| !title(line));
    lines.skip(1).take_while(|line| !line.starts_with('[')).filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// Whether a word ties the parts of a statement together, or stands for something by itself.
pub(super) fn is_connector(word: &str) -> bool {
    static CONNECTORS: LazyLock<HashSet<&str>> =
        LazyLock::new(|| ["connectors", "constants", "protocols"].into_iter().flat_map(section).collect());
    CONNECTORS.contains(word)
}

/// Whether a word only ties the parts of a statement together.
pub(super) fn is_tie(word: &str) -> bool {
    static TIES: LazyLock<HashSet<&str>> = LazyLock::new(|| section("connectors").collect());
    TIES.contains(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_has_its_headings() {
        assert!(section("connectors").any(|word| word == "via"));
        assert!(!section("connectors").any(|word| word == "tcp"));
        assert!(is_connector("udp") && is_connector("internet") && !is_connector("lan"));
    }
}
