//! Programs within programs: the files that `use` takes in.
//!
//! In: the files of the program. Out: the syntax trees of all files, and the modules, each a set of trees with names and
//! parameters of its own; the first is the program itself. A file that is used twice is parsed once.

use crate::limits::{MAX_MODULES, MAX_PIECES};
use crate::problem::{Diagnostic, codes};
use crate::source::{self, FileId, Sources, Span, World, normal};
use crate::syntax::{self, Parsed, Statement, Tree, Word};
use std::collections::{BTreeMap, HashMap};

/// All files of a program, and which of them make up which module.
#[derive(Debug, Default)]
pub(super) struct Program {
    /// A tree a file.
    pub(super) files: Vec<Parsed>,
    /// The program itself, and then what it uses; whoever uses something comes before it.
    pub(super) modules: Vec<Module>,
    /// Whether there is more to it than could be taken in, which is reported.
    pub(super) is_too_large: bool,
}

/// A set of files that share names and parameters.
#[derive(Debug)]
pub(super) struct Module {
    /// Its trees.
    trees: Vec<usize>,
    /// The module that its `use` statements each stand for, in their order; `None` where the file could not be taken in.
    uses: Vec<Option<usize>>,
    /// Who uses it, and the statement: which tree, and which item there.
    pub(super) user: Option<(usize, usize, usize)>,
    /// The path of its file, and those of all that use it.
    path: Vec<String>,
}

impl Program {
    /// The trees of a module.
    pub(super) fn trees(&self, module: usize) -> impl Iterator<Item = &Tree> {
        self.modules[module].trees.iter().map(|index| self.tree(*index))
    }

    /// A tree, by its place.
    pub(super) fn tree(&self, index: usize) -> &Tree {
        &self.files[index].tree
    }

    /// The module that the `nth` `use` of a module stands for.
    pub(super) fn used(&self, module: usize, nth: usize) -> Option<usize> {
        self.modules[module].uses.get(nth).copied().flatten()
    }
}

enum Problem {
    Ring { span: Span, path: String },
    TooManyModules { span: Span },
    TooManyPieces { span: Span },
    Parameter { span: Span },
}

/// Parses the files of `sources`, and reads and parses those that they use. Of what was `earlier` parsed, only what has
/// changed is parsed again.
pub(super) fn read(
    world: &dyn World,
    sources: &mut Sources,
    problems: &mut Vec<Diagnostic>,
    earlier: Vec<Parsed>,
) -> Program {
    let files: Vec<FileId> = sources.iter().map(|(file, _)| file).collect();
    let path = files.iter().map(|file| normal(sources.name(*file))).collect();
    let earlier = earlier.into_iter().map(|parsed| (parsed.tree.file, parsed)).collect();
    let mut reader =
        Reader { world, sources, problems, program: Program::default(), parsed: HashMap::new(), earlier, pieces: 0 };
    let trees: Vec<usize> = files.into_iter().map(|file| reader.parse(file)).collect();
    reader.program.modules.push(Module { trees, uses: Vec::new(), user: None, path });
    let mut next = 0;
    while next < reader.program.modules.len() {
        reader.uses_of(next);
        next += 1;
    }
    reader.program
}

struct Reader<'a> {
    world: &'a dyn World,
    sources: &'a mut Sources,
    problems: &'a mut Vec<Diagnostic>,
    program: Program,
    /// The trees of each path that has been read.
    parsed: HashMap<String, Vec<usize>>,
    earlier: BTreeMap<FileId, Parsed>,
    /// How many statements and members of lists have been taken in.
    pieces: usize,
}

impl Reader<'_> {
    fn parse(&mut self, file: FileId) -> usize {
        let mut parsed = Parsed::unread(file);
        if !self.program.is_too_large {
            parsed = syntax::parse_again(self.sources, file, self.earlier.remove(&file));
            self.take(parsed.pieces(), Span::new(file, 0, 0));
        }
        self.problems.extend_from_slice(&parsed.problems);
        self.program.files.push(parsed);
        self.program.files.len() - 1
    }

    fn uses_of(&mut self, module: usize) {
        let mut found: Vec<(Word, (usize, usize))> = Vec::new();
        for index in &self.program.modules[module].trees {
            for (nth, item) in self.program.tree(*index).items.iter().enumerate() {
                if let Statement::Use { file, .. } = &item.statement {
                    found.push((file.clone(), (*index, nth)));
                }
            }
        }
        for (word, (tree, item)) in found {
            let used = self.take_in(module, &word, (module, tree, item));
            self.program.modules[module].uses.push(used);
        }
    }

    fn take_in(&mut self, module: usize, word: &Word, user: (usize, usize, usize)) -> Option<usize> {
        let span = word.span;
        let written = word.text.trim_matches('"');
        if written.contains(['{', '\\']) {
            return self.refuse(Problem::Parameter { span });
        }
        let path = normal(&self.sources.beside(span.file, written));
        let mut chain = self.program.modules[module].path.clone();
        if chain.contains(&path) {
            return self.refuse(Problem::Ring { span, path });
        }
        if self.program.is_too_large {
            return None;
        }
        if self.program.modules.len() >= MAX_MODULES {
            self.program.is_too_large = true;
            return self.refuse(Problem::TooManyModules { span });
        }
        let trees = match self.parsed.get(&path).cloned() {
            Some(trees) => {
                self.take(trees.iter().map(|index| self.program.files[*index].pieces()).sum(), span);
                trees
            }
            None => self.load(&path, span),
        };
        if trees.is_empty() || self.program.is_too_large {
            return None;
        }
        chain.push(path);
        self.program.modules.push(Module { trees, uses: Vec::new(), user: Some(user), path: chain });
        Some(self.program.modules.len() - 1)
    }

    /// Counts what is taken in at a place.
    fn take(&mut self, pieces: usize, span: Span) {
        self.pieces += pieces;
        if self.pieces > MAX_PIECES && !self.program.is_too_large {
            self.program.is_too_large = true;
            self.problems.push(Problem::TooManyPieces { span }.into());
        }
    }

    fn load(&mut self, path: &str, span: Span) -> Vec<usize> {
        let first = self.sources.iter().count();
        let problems = source::load_into(self.world, path, self.sources);
        let named = |problem: Diagnostic| {
            Diagnostic { notes: Vec::new(), ..problem }.primary(span, "named here, relative to this file")
        };
        self.problems.extend(problems.into_iter().map(named));
        let files: Vec<FileId> = self.sources.iter().skip(first).map(|(file, _)| file).collect();
        let trees: Vec<usize> = files.into_iter().map(|file| self.parse(file)).collect();
        self.parsed.insert(path.to_owned(), trees.clone());
        trees
    }

    fn refuse(&mut self, problem: Problem) -> Option<usize> {
        self.problems.push(problem.into());
        None
    }
}

impl From<Problem> for Diagnostic {
    fn from(problem: Problem) -> Self {
        match problem {
            Problem::Ring { span, path } => Diagnostic::new(codes::MODULE_RING, format!("`{path}` uses itself"))
                .primary(span, "this leads back to the file that it stands in, or to one that uses that")
                .help("put what both need into a file of its own, and use that"),
            Problem::TooManyModules { span } => {
                Diagnostic::new(codes::TOO_LARGE, format!("the program uses more than {MAX_MODULES} modules"))
                    .primary(span, "from here on nothing more is taken in")
            }
            Problem::TooManyPieces { span } => {
                let message = format!("the program has more than {MAX_PIECES} statements and members of lists");
                Diagnostic::new(codes::TOO_LARGE, message)
                    .primary(span, "with this, each time that it is used")
                    .help("part it into programs of their own, a stack each")
            }
            Problem::Parameter { span } => {
                Diagnostic::new(codes::BAD_VALUE, "the file of a `use` is written out, without parameters")
                    .primary(span, "expected a plain path")
            }
        }
    }
}
