//! Disks: their types and sizes.

use super::Checker;
use crate::model::Disk;
use crate::problem::{Diagnostic, codes, nearest};
use crate::syntax::{self, Word};

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

enum Problem {
    NotAVolume { word: Word, nearest: Option<&'static str> },
    DiskSize { word: Word, why: String, fix: Option<String> },
}

impl Checker<'_> {
    pub(super) fn disk(&mut self, disk: &syntax::Disk) -> Option<Disk> {
        let volume_type = match &disk.volume_type {
            Some(word) => self.fill(word)?,
            None => "gp3".into(),
        };
        let Some((_, least, most)) = VOLUME_TYPES.iter().find(|(name, ..)| *name == volume_type) else {
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
        Some(Disk { gib, volume_type, encrypted: disk.unencrypted.is_none() })
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
            Problem::NotAVolume { word, nearest } => {
                Diagnostic::new(codes::BAD_DISK, format!("there is no volume type `{}`", word.text))
                    .primary(word.span, format!("expected one of {}", VOLUME_TYPES.map(|(name, ..)| name).join(", ")))
                    .suggest(word.span, nearest)
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
