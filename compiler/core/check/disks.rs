//! Disks: their types and sizes.

use super::Checker;
use crate::model::Disk;
use crate::plan::disks::DEVICES;
use crate::problem::{Diagnostic, codes, nearest};
use crate::source::Span;
use crate::syntax::{self, Word};
use ecow::EcoString;
use std::collections::BTreeMap;

/// Volume types with the smallest and the largest size in GiB (EBS User Guide, "EBS volume types").
const VOLUME_TYPES: [(&str, u32, u32); 7] = [
    ("gp3", 1, 65536),
    ("gp2", 1, 16384),
    ("io2", 4, 65536),
    ("io1", 4, 16384),
    ("st1", 125, 16384),
    ("sc1", 125, 16384),
    ("standard", 1, 1024),
];

/// What parts of a node are called by themselves.
const TAKEN: [&str; 3] = ["old", "role", "default-group"];

enum Problem {
    Apart { word: Word, size: String },
    NotAVolume { word: Word, nearest: Option<&'static str> },
    DiskSize { word: Word, why: String, fix: Option<String> },
    Taken { word: Word },
    Twice { word: Word, first: Span },
    TooMany { node: EcoString, span: Span, count: usize },
}

impl Checker<'_> {
    /// A disk beside the root disk.
    pub(super) fn named_disk(
        &mut self,
        disks: &mut BTreeMap<EcoString, Disk>,
        name: &Word,
        disk: &syntax::Disk,
        origin: Span,
    ) {
        let (Some(name_text), Some(made)) = (self.fill(name), self.disk(disk, origin)) else { return };
        let word = Word { text: name_text, span: name.span };
        if TAKEN.contains(&word.text.as_str()) {
            self.report(Problem::Taken { word });
        } else if let Some(first) = disks.insert(word.text.clone(), made) {
            self.report(Problem::Twice { word, first: first.origin });
        }
    }

    /// Checks that no node has more disks than can be attached.
    pub(super) fn check_disks(&mut self, node: &EcoString, span: Span, disks: &BTreeMap<EcoString, Disk>) {
        if disks.len() > DEVICES.len() {
            self.report(Problem::TooMany { node: node.clone(), span, count: disks.len() });
        }
    }

    /// What a `disk` statement says of the disk itself.
    pub(super) fn disk(&mut self, disk: &syntax::Disk, origin: Span) -> Option<Disk> {
        let volume_type = match &disk.volume_type {
            Some(word) => self.fill(word)?,
            None => "gp3".into(),
        };
        let Some((_, least, most)) = VOLUME_TYPES.iter().find(|(name, ..)| *name == volume_type) else {
            if let Some(size) = joined(&disk.size.text, &volume_type) {
                let span = disk.volume_type.as_ref().map_or(disk.size.span, |word| disk.size.span.to(word.span));
                let word = Word { text: ecow::eco_format!("{} {volume_type}", disk.size.text), span };
                self.report(Problem::Apart { word, size });
                return None;
            }
            let nearest = nearest(&volume_type, VOLUME_TYPES.map(|(name, ..)| name));
            let span = disk.volume_type.as_ref().map_or(disk.size.span, |word| word.span);
            self.report(Problem::NotAVolume { word: Word { text: volume_type, span }, nearest });
            return None;
        };
        let text = self.fill(&disk.size)?;
        let size = gibibytes(&text).and_then(|gib| match gib {
            gib if gib < *least => {
                Err((format!("{volume_type} volumes have at least {least} GiB"), Some(format!("{least}GiB"))))
            }
            gib if gib > *most => {
                Err((format!("{volume_type} volumes have at most {most} GiB"), Some(format!("{most}GiB"))))
            }
            gib => Ok(gib),
        });
        let word = Word { text, span: disk.size.span };
        let gib = self.accept(size.map_err(|(why, fix)| Problem::DiskSize { word, why, fix }))?;
        Some(Disk { gib, volume_type, encrypted: disk.unencrypted.is_none(), origin })
    }
}

/// The size that a number and a unit make up, with a blank between them.
fn joined(number: &str, unit: &str) -> Option<String> {
    match gibibytes(&format!("{number}{unit}")) {
        Ok(gib) => Some(format!("{gib}GiB")),
        Err((_, size)) => size,
    }
}

fn gibibytes(text: &str) -> Result<u32, (String, Option<String>)> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = &text[digits.len()..];
    let number: u32 = digits.parse().map_err(|_| ("the number is too large".to_owned(), None))?;
    match unit {
        "GiB" => Ok(number),
        "TiB" => number.checked_mul(1024).ok_or(("the number is too large".to_owned(), None)),
        "" => Err(("a size needs its unit".to_owned(), Some(format!("{number}GiB")))),
        "G" | "GB" | "gb" | "Gi" | "gib" => Err(("sizes are in GiB or TiB".to_owned(), Some(format!("{number}GiB")))),
        "T" | "TB" | "tb" | "Ti" | "tib" => Err(("sizes are in GiB or TiB".to_owned(), Some(format!("{number}TiB")))),
        _ => Err(("sizes are in GiB or TiB".to_owned(), None)),
    }
}

impl From<Problem> for Diagnostic {
    fn from(problem: Problem) -> Self {
        match problem {
            Problem::Apart { word, size } => {
                Diagnostic::new(codes::BAD_DISK, format!("`{}` is no size of a disk", word.text))
                    .primary(word.span, "a size is one word, in GiB or TiB")
                    .help(format!("write `{size}`"))
                    .fix(word.span, size)
            }
            Problem::NotAVolume { word, nearest } => {
                Diagnostic::new(codes::BAD_DISK, format!("there is no volume type `{}`", word.text))
                    .primary(word.span, format!("expected one of {}", VOLUME_TYPES.map(|(name, ..)| name).join(", ")))
                    .suggest(word.span, nearest)
            }
            Problem::Taken { word } => {
                Diagnostic::new(codes::RESERVED_NAME, format!("no disk can be called `{}`", word.text))
                    .primary(word.span, "a part of every node has this name")
                    .help("choose another name")
            }
            Problem::Twice { word, first } => {
                Diagnostic::new(codes::DECLARED_TWICE, format!("the disk `{}` is declared twice", word.text))
                    .primary(word.span, "declared again here")
                    .secondary(first, "first declared here")
                    .help("give one of them another name")
            }
            Problem::TooMany { node, span, count } => {
                let most = DEVICES.len();
                Diagnostic::new(codes::BAD_DISK, format!("`{node}` has {count} disks beside its root disk"))
                    .primary(span, format!("{most} can be attached, those of `defaults` included"))
                    .help("make fewer and larger ones")
            }
            Problem::DiskSize { word, why, fix } => {
                let diagnostic = Diagnostic::new(codes::BAD_DISK, format!("`{}` is no size of a disk", word.text))
                    .primary(word.span, why);
                match fix {
                    Some(fix) => diagnostic.help(format!("write `{fix}`")).fix(word.span, fix),
                    None => diagnostic,
                }
            }
        }
    }
}
