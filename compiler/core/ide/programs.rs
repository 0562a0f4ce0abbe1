//! Which program a file belongs to, where nobody says.
//!
//! `vpcc check` is told a file or a folder. An editor opens a file, and what that is a part of shows in what stands
//! around it: a folder with one `stack` is one program, a file that another one uses is a module of that one's program,
//! and everything else stands for itself.

use crate::limits::MAX_PROGRAM_BYTES;
use crate::source::{World, folder_of, join, normal};
use std::collections::BTreeSet;

/// So many folders above a file are looked through for programs that use it.
const MAX_ABOVE: usize = 8;

/// What the lines of a file tell at a glance: as long as it stays the same, the file stays part of the same program.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Glance {
    stack: bool,
    uses: BTreeSet<String>,
}

/// The path of the program that a file is part of: of the file itself, of its folder, or of what uses it.
pub fn program_of(world: &dyn World, file: &str) -> String {
    let mut seen = BTreeSet::new();
    let mut path = file.to_owned();
    // Whoever uses a module may be a module again.
    while seen.insert(path.clone()) {
        match user_of(world, &path) {
            Some(user) => path = user,
            None => break,
        }
    }
    whole(world, &path)
}

/// The file itself, or its folder if that is one program.
fn whole(world: &dyn World, file: &str) -> String {
    let folder = named(folder_of(file));
    let siblings = programs_in(world, folder);
    let others: Vec<(&String, Glance)> =
        siblings.iter().filter(|path| *path != file).map(|path| (path, glance(world, path))).collect();
    let own = glance(world, file);
    let stacks = usize::from(own.stack) + others.iter().filter(|(_, glance)| glance.stack).count();
    let used = |path: &str| own.uses.contains(path) || others.iter().any(|(_, glance)| glance.uses.contains(path));
    let apart = others.is_empty() || stacks != 1 || used(file) || others.iter().any(|(path, _)| used(path));
    if apart || !siblings.iter().any(|path| path == file) { file.to_owned() } else { folder.to_owned() }
}

/// A file that uses this one, or the folder that it stands in.
fn user_of(world: &dyn World, file: &str) -> Option<String> {
    if glance(world, file).stack {
        return None;
    }
    let mut folder = folder_of(file).to_owned();
    for _ in 0..MAX_ABOVE {
        for path in programs_in(world, named(&folder)).into_iter().filter(|path| path != file) {
            let uses = glance(world, &path).uses;
            if uses.contains(file) || uses.contains(folder_of(file)) {
                return Some(path);
            }
        }
        if matches!(folder.as_str(), "" | "/") {
            break;
        }
        folder = folder_of(&folder).to_owned();
    }
    None
}

fn named(folder: &str) -> &str {
    if folder.is_empty() { "." } else { folder }
}

fn programs_in(world: &dyn World, folder: &str) -> Vec<String> {
    let names = world.list(folder).ok().flatten().unwrap_or_default();
    names.into_iter().map(|name| join(folder, &name)).collect()
}

fn glance(world: &dyn World, file: &str) -> Glance {
    let Ok(bytes) = world.read(file, MAX_PROGRAM_BYTES) else { return Glance::default() };
    glance_at(file, &String::from_utf8_lossy(&bytes))
}

/// What the text of a file tells at a glance. Only what stands at the starts of lines is read; a mistake costs no more
/// than another cut of the folder.
pub fn glance_at(file: &str, text: &str) -> Glance {
    let mut glance = Glance::default();
    for line in text.lines().map(|line| line.trim_start_matches(['\u{FEFF}', ' ', '\t'])) {
        if line.starts_with("stack ") {
            glance.stack = true;
        } else if let Some(path) = line.strip_prefix("use ").and_then(|rest| rest.trim_start().strip_prefix('"')) {
            let written = path.split('"').next().unwrap_or_default();
            let path = if written.starts_with('/') { written.to_owned() } else { join(folder_of(file), written) };
            glance.uses.insert(normal(&path));
        }
    }
    glance
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Memory;

    #[test]
    fn a_folder_with_one_stack_is_one_program() {
        let world = Memory::default().with("a/x.vpc", "stack s\n").with("a/y.vpc", "let o = 10.0.0.0/8\n");
        assert_eq!(program_of(&world, "a/y.vpc"), "a");
        assert_eq!(program_of(&world, "a/x.vpc"), "a");
    }

    #[test]
    fn several_stacks_are_several_programs() {
        let world = Memory::default().with("a/x.vpc", "stack s\n").with("a/y.vpc", "stack t\n");
        assert_eq!(program_of(&world, "a/y.vpc"), "a/y.vpc");
        assert_eq!(program_of(&world, "a/new.vpc"), "a/new.vpc");
    }

    #[test]
    fn a_module_belongs_to_whoever_uses_it() {
        let world = Memory::default()
            .with("p/stages.vpc", "stack s\n  use \"modules/stage.vpc\" as a (x = 1)\n")
            .with("p/other.vpc", "stack t\n")
            .with("p/modules/stage.vpc", "network n 10.0.0.0/16 {\n}\n");
        assert_eq!(program_of(&world, "p/modules/stage.vpc"), "p/stages.vpc");
    }
}
