//! "Did you mean …?"

/// The candidate that a misspelt `word` was most likely meant to be; the earlier of two that are as near.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_lowercase();
    let allowed = (word.chars().count() / 3).clamp(1, 3);
    candidates
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(&word, &candidate.to_lowercase()), candidate))
        .filter(|(distance, candidate)| *distance <= allowed && *distance < candidate.chars().count())
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// The nearest candidate as a question at the end of a sentence; empty if none is near.
pub fn did_you_mean<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> String {
    nearest(word, candidates).map_or(String::new(), |name| format!("; did you mean `{name}`?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_likely_words_are_suggested() {
        assert_eq!(nearest("subnt", ["subnet", "sg"]), Some("subnet"));
        assert_eq!(nearest("monitorng", ["monitor", "monitoring"]), Some("monitoring"));
        assert_eq!(nearest("Lan", ["lan"]), Some("lan"));
        assert_eq!(nearest("x", ["y"]), None);
        assert_eq!(nearest("database", ["web", "lan"]), None);
    }
}
