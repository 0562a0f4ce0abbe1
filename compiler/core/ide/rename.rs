//! New names for things.
//!
//! An address is identity: under another name a thing would be made anew. So the declaration of what may live in EC2 is
//! given a `was` with the name that it has there.

use super::Snapshot;
use super::items::item_with;
use super::names::{Name, declaration, name_at, places};
use crate::check::{Declaration, RESERVED};
use crate::source::{FileId, Span};
use crate::syntax::{Item, Statement};

/// A text to be put in place of another one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edit {
    /// What is replaced; empty to insert.
    pub span: Span,
    /// The new text.
    pub text: String,
}

/// The keywords of statements that can say what a thing was called before.
const RENAMED: [&str; 12] = [
    "network", "gateway", "elastic", "customer", "vpn", "routes", "subnet", "sg", "acl", "endpoint", "flow-log", "node",
];

/// What lives in EC2 under its name and cannot say what it was called before.
const NOT_RENAMED: [&str; 3] = ["a module", "a key", "an image"];

/// The name under the cursor, if it can be changed.
///
/// # Errors
/// Why it cannot.
pub fn prepare_rename(snapshot: &Snapshot, file: FileId, offset: usize) -> Result<Name, String> {
    let name = name_at(snapshot, file, offset).ok_or("there is no name here")?;
    let written = snapshot.sources().text(name.declared);
    if written.contains('{') {
        return Err(format!("parameters are put into `{written}`; change them, or the text around them by hand"));
    }
    let declared = declaration(snapshot, &name).ok_or("it is not known where this is declared")?;
    if declared.name != written {
        return Err(format!("`{written}` cannot be renamed"));
    }
    if NOT_RENAMED.contains(&declared.noun) {
        return Err(format!(
            "`{written}` is {}: under another name EC2 would make it anew with all that needs it; change it by hand if that is meant",
            declared.noun
        ));
    }
    Ok(name)
}

/// The edits that give what is under the cursor a new name.
///
/// # Errors
/// Why it cannot have that name.
pub fn rename(snapshot: &Snapshot, file: FileId, offset: usize, new: &str) -> Result<Vec<Edit>, String> {
    let name = prepare_rename(snapshot, file, offset)?;
    let declared = declaration(snapshot, &name).ok_or("it is not known where this is declared")?;
    let old = declared.name.as_str();
    if new == old {
        return Ok(Vec::new());
    }
    well_formed(new)?;
    let places = places(snapshot, name.declared, true);
    let mut edits = Vec::new();
    for span in &places {
        if snapshot.sources().text(*span) != old {
            let at = snapshot.sources().start(*span);
            return Err(format!("`{old}` is used with parameters in line {}; change that by hand", at.line));
        }
        edits.push(Edit { span: *span, text: new.to_owned() });
    }
    for declared in snapshot.compiled.index.all_declared_at(name.declared) {
        clash(snapshot, declared, &places, new)?;
    }
    edits.extend(was(snapshot, name.declared, old, new));
    edits.sort();
    Ok(edits)
}

fn well_formed(new: &str) -> Result<(), String> {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    if !new.starts_with(|c: char| c.is_ascii_alphabetic()) || !new.chars().all(fits) {
        return Err(format!(
            "`{new}` is no name: names start with a letter and go on with letters, digits, `_` and `-`"
        ));
    }
    if RESERVED.contains(&new) {
        return Err(format!("`{new}` has a meaning of its own"));
    }
    Ok(())
}

/// Whether something would be called like something else, or be taken for it.
fn clash(snapshot: &Snapshot, declared: &Declaration, places: &[Span], new: &str) -> Result<(), String> {
    let index = &snapshot.compiled.index;
    let same_module = index.declarations.iter().filter(|other| other.module == declared.module);
    for other in same_module.filter(|other| other.name == new) {
        let taken = other.network == declared.network
            // A network's own names come before those of the top level.
            || declared.network.is_none() && places.iter().any(|place| inside(snapshot, other, *place))
            || other.network.is_none() && index.uses.iter().any(|used| used.of == other.span && inside(snapshot, declared, used.span));
        if taken {
            let at = snapshot.sources().start(other.span);
            let file = snapshot.sources().name(other.span.file);
            return Err(format!("`{new}` is taken: {} is declared in {file}, line {}", other.noun, at.line));
        }
    }
    Ok(())
}

/// Whether a place is in the network that something is declared in.
fn inside(snapshot: &Snapshot, declared: &Declaration, place: Span) -> bool {
    let Some(tree) = snapshot.tree(declared.span.file).filter(|_| declared.network.is_some()) else { return false };
    let around = tree.items.iter().find(|item| item.span.range().contains(&(declared.span.start as usize)));
    around.is_some_and(|item| {
        place.file == item.span.file && item.span.start <= place.start && place.end <= item.span.end
    })
}

/// The edit that keeps the old name as what the thing was called, or takes that out where it has it back.
fn was(snapshot: &Snapshot, declared: Span, old: &str, new: &str) -> Option<Edit> {
    let item = declaring(snapshot, declared)?;
    match item.statement.was() {
        Some(word) if word.text == new => {
            let text = snapshot.sources().text(item.head);
            let until = (word.span.start - item.head.start) as usize;
            let clause = text.get(..until)?.rfind("was")?;
            let before = text.get(..clause)?.trim_end().len() as u32;
            Some(Edit { span: Span { start: item.head.start + before, ..word.span }, text: String::new() })
        }
        Some(_) => None,
        None if !RENAMED.contains(&item.statement.keyword()) || matches!(item.statement, Statement::Broken(_)) => None,
        None => {
            let behind = Span { start: declared.end, end: item.head.end.max(declared.end), ..declared };
            let text = snapshot.sources().text(behind);
            let indices = text.strip_prefix('[').and_then(|rest| rest.find(']')).map_or(0, |close| close as u32 + 2);
            let at = declared.end + indices;
            Some(Edit { span: Span { start: at, end: at, ..declared }, text: format!(" was {old}") })
        }
    }
}

fn declaring(snapshot: &Snapshot, declared: Span) -> Option<&Item> {
    item_with(snapshot, declared.file, declared.start as usize)
}
