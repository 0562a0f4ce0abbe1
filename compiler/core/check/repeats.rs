//! One message for one mistake, at however many places it shows.

use crate::problem::{Code, Diagnostic, Label, codes};
use std::collections::{BTreeMap, HashSet};

/// Codes of which the same message at several places is one mistake: a name that is missing everywhere it is used.
static MERGED: [&Code; 4] =
    [codes::UNKNOWN_NAME, codes::WRONG_KIND, codes::UNKNOWN_INSTANCE_TYPE, codes::BAD_ENVIRONMENT];

/// Tells a mistake once that shows in several zones, or in several modules of one file.
pub(super) fn once_a_place(problems: &mut Vec<Diagnostic>) {
    let mut seen = HashSet::new();
    problems.retain(|problem| {
        let place = problem.labels.iter().find(|label| label.primary).map(|label| label.span);
        let what = if problem.code == codes::PARAMETER_MISSING { problem.message.clone() } else { String::new() };
        place.is_none_or(|place| seen.insert((problem.code.slug, place, what)))
    });
}

/// Tells a mistake that shows at many places once, at the first of them.
pub(super) fn merge_repeated(problems: &mut Vec<Diagnostic>) {
    let mut first: BTreeMap<(&str, String), (usize, Vec<Label>)> = BTreeMap::new();
    let mut kept: Vec<Diagnostic> = Vec::new();
    for problem in std::mem::take(problems) {
        if MERGED.contains(&problem.code) {
            let key = (problem.code.slug, problem.message.clone());
            if let Some((_, more)) = first.get_mut(&key) {
                more.extend(problem.labels.into_iter().filter(|label| label.primary));
                continue;
            }
            first.insert(key, (kept.len(), Vec::new()));
        }
        kept.push(problem);
    }
    for (index, more) in first.into_values() {
        let problem = &mut kept[index];
        match more.len() {
            0 => {}
            1 | 2 => problem.labels.extend(more.into_iter().map(|label| Label {
                primary: false,
                message: "here too".into(),
                ..label
            })),
            count => problem.notes.insert(0, format!("the same at {count} more places")),
        }
    }
    *problems = kept;
}
