//! What a program comes to, at a glance.

use super::Snapshot;
use super::facts::count;
use crate::model::Sound;
use crate::plan::{diff, lower};
use crate::source::{FileId, Span};
use crate::syntax::Statement;

/// A line to be shown above a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lens {
    /// The statement.
    pub span: Span,
    /// The line.
    pub text: String,
}

/// Above `stack`, what the program would make if nothing of it were there; nothing for a program with errors.
pub fn lens(snapshot: &Snapshot, file: FileId) -> Option<Lens> {
    let stack = snapshot.tree(file)?.items.iter().find(|item| matches!(item.statement, Statement::Stack(_)))?;
    let (sound, _) = Sound::new(snapshot.compiled.checked.clone()).ok()?;
    let region = sound.region.clone().unwrap_or_default();
    let plan = diff(&sound.stack, &region, lower(&sound, snapshot.sources(), &region), Vec::new());
    let mut kinds: Vec<(String, u128)> = Vec::new();
    // Rules and routes belong to what they stand in.
    for step in plan.steps.iter().filter(|step| step.kind.part.is_none()) {
        let noun = step.kind.noun();
        match kinds.iter_mut().find(|(other, _)| *other == noun) {
            Some((_, number)) => *number += 1,
            None => kinds.push((noun, 1)),
        }
    }
    let things: u128 = kinds.iter().map(|(_, number)| number).sum();
    let kinds: Vec<String> = kinds.iter().map(|(noun, number)| count(*number, noun)).collect();
    let text = match things {
        0 => "creates nothing".to_owned(),
        things => format!("creates {}: {}", count(things, "thing"), kinds.join(", ")),
    };
    Some(Lens { span: stack.head, text })
}
