//! "Did you mean …?"

use std::borrow::Cow;

/// A word longer than this is a text rather than a name that somebody misspelt.
const MAX_BYTES: usize = 64;

/// The candidate that a misspelt `word` was most likely meant to be; the earlier of two that are as near.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    nearest_ranked(word, candidates.into_iter().map(|candidate| ((), candidate)))
}

/// The same for candidates with a rank; the lower ranked of two that are as near.
pub fn nearest_ranked<'a, R: Ord>(word: &str, candidates: impl IntoIterator<Item = (R, &'a str)>) -> Option<&'a str> {
    if word.len() > MAX_BYTES {
        return None;
    }
    let word = Spelling::of(word);
    let allowed = (word.characters / 3).clamp(1, 3);
    candidates
        .into_iter()
        // Each edit adds one character at most.
        .filter(|(_, candidate)| candidate.len() <= 2 * MAX_BYTES)
        .filter_map(|(rank, candidate)| {
            let other = Spelling::of(candidate);
            if !word.may_be_within(allowed, &other) {
                return None;
            }
            let distance = strsim::damerau_levenshtein(&word.text, &other.text);
            (distance <= allowed && distance < other.characters).then_some(((distance, rank), candidate))
        })
        .min_by(|(one, _), (other, _)| one.cmp(other))
        .map(|(_, candidate)| candidate)
}

/// What tells most words apart before they are compared letter by letter, which takes as long as both are, multiplied.
struct Spelling<'w> {
    text: Cow<'w, str>,
    characters: usize,
    /// A bit for each character that is in it, or that shares its bit with one that is.
    letters: u64,
}

impl Spelling<'_> {
    fn of(word: &str) -> Spelling<'_> {
        let is_lower = word.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase());
        let text = if is_lower { Cow::Borrowed(word) } else { Cow::Owned(word.to_lowercase()) };
        let bits = text.chars().map(|character| 1 << (u32::from(character) % u64::BITS));
        let (characters, letters) = bits.fold((0, 0), |(count, letters), bit: u64| (count + 1, letters | bit));
        Spelling { text, characters, letters }
    }

    /// Whether so many edits could make one of the other: each adds or removes one character at most, and one letter of
    /// each word.
    fn may_be_within(&self, edits: usize, other: &Spelling<'_>) -> bool {
        let differing = (self.letters ^ other.letters).count_ones() as usize;
        self.characters.abs_diff(other.characters) <= edits && differing <= 2 * edits
    }
}

/// The nearest candidate as a question at the end of a sentence; empty if none is near.
pub fn did_you_mean<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> String {
    nearest(word, candidates).map_or(String::new(), |name| format!("; did you mean `{name}`?"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_likely_words_are_suggested() {
        assert_eq!(nearest("subnt", ["subnet", "sg"]), Some("subnet"));
        assert_eq!(nearest("monitorng", ["monitor", "monitoring"]), Some("monitoring"));
        assert_eq!(nearest("Lan", ["lan"]), Some("lan"));
        assert_eq!(nearest("x", ["y"]), None);
        assert_eq!(nearest("database", ["web", "lan"]), None);
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn no_near_word_is_passed_over(word in "[a-dA-Zñ]{1,9}", candidates in prop::collection::vec("[a-dA-Zñ]{1,9}", 0..12)) {
            let allowed = (word.chars().count() / 3).clamp(1, 3);
            let distance = |other: &str| strsim::damerau_levenshtein(&word.to_lowercase(), &other.to_lowercase());
            let near = |other: &&str| distance(other) <= allowed && distance(other) < other.chars().count();
            let candidates: Vec<&str> = candidates.iter().map(String::as_str).collect();
            let naive = candidates.iter().copied().filter(near).min_by_key(|other| distance(other));
            prop_assert_eq!(nearest(&word, candidates), naive);
        }
    }
}
