//! The images that nodes are launched from.

use super::{Checker, names::Symbol};
use crate::model::{Id, ImageChoice, ImagePattern, Network};
use crate::problem::{Diagnostic, codes, nearest};
use crate::syntax::{Image, Item, Word};

/// The owners that have names (EC2 API Reference, "DescribeImages").
const OWNERS: [&str; 4] = ["amazon", "self", "aws-marketplace", "aws-backup-vault"];

/// Names of images have no more characters (EC2 API Reference, "CreateImage").
const MAX_NAME: usize = 128;

enum Problem {
    NotAnId { word: Word },
    NotAnOwner { word: Word, nearest: Option<&'static str> },
    NoPattern { word: Word },
    LongPattern { word: Word, len: usize },
}

impl Checker<'_> {
    /// The image of a node.
    pub(super) fn image(&mut self, network: Id<Network>, image: &Image, item: &Item) -> ImageChoice {
        let choice = match image {
            Image::Named(word) => self.named_image(network, word),
            Image::Newest { pattern, owner } => self.image_pattern(pattern, owner).map(ImageChoice::Newest),
            Image::Made { .. } => {
                self.misplaced(item);
                None
            }
        };
        choice.unwrap_or(ImageChoice::Hole)
    }

    /// An image by its id, or by the name that the program has for it.
    fn named_image(&mut self, network: Id<Network>, word: &Word) -> Option<ImageChoice> {
        let id = self.fill(word)?;
        let Some(digits) = id.strip_prefix("ami-") else {
            let wanted = "an image or an id such as ami-0123456789abcdef0";
            return self.resolve_as(Some(network), word, wanted, |symbol| match symbol {
                Symbol::Image(id) => Some(ImageChoice::Made(id)),
                _ => None,
            });
        };
        // EC2 User Guide, "Resource IDs": a prefix and 8 or 17 hexadecimal digits.
        let hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit() && !byte.is_ascii_uppercase());
        if !hex || !matches!(digits.len(), 8 | 17) {
            self.report(Problem::NotAnId { word: word.clone() });
            return None;
        }
        Some(ImageChoice::Id(id))
    }

    fn image_pattern(&mut self, pattern: &Word, owner: &Word) -> Option<ImagePattern> {
        let name = self.text(pattern)?;
        let owner_name = self.fill(owner)?;
        let number = owner_name.len() == 12 && owner_name.bytes().all(|byte| byte.is_ascii_digit());
        let len = name.chars().count();
        if !number && !OWNERS.contains(&owner_name.as_str()) {
            let word = Word { text: owner_name, span: owner.span };
            let nearest = nearest(&word.text, OWNERS);
            self.report(Problem::NotAnOwner { word, nearest });
            return None;
        }
        if name.is_empty() {
            self.report(Problem::NoPattern { word: pattern.clone() });
            return None;
        }
        if len > MAX_NAME {
            self.report(Problem::LongPattern { word: pattern.clone(), len });
            return None;
        }
        Some(ImagePattern { owner: owner_name, name })
    }
}

impl From<Problem> for Diagnostic {
    fn from(problem: Problem) -> Self {
        match problem {
            Problem::NotAnId { word } => Diagnostic::new(codes::BAD_VALUE, format!("`{}` is no image id", word.text))
                .primary(word.span, "expected `ami-` and 8 or 17 hexadecimal digits"),
            Problem::NotAnOwner { word, nearest } => {
                let diagnostic =
                    Diagnostic::new(codes::BAD_IMAGE_PATTERN, format!("`{}` is no owner of images", word.text))
                        .primary(word.span, "expected `amazon`, `self`, `aws-marketplace`, or an account number");
                match nearest {
                    Some(_) => diagnostic.suggest(word.span, nearest),
                    None => diagnostic.help("an account number has 12 digits"),
                }
            }
            Problem::NoPattern { word } => Diagnostic::new(codes::BAD_IMAGE_PATTERN, "the image has no name")
                .primary(word.span, "expected a name")
                .help("`*` stands for any characters: `image \"al2023-ami-2023.*-x86_64\" by amazon`"),
            Problem::LongPattern { word, len } => {
                Diagnostic::new(codes::BAD_IMAGE_PATTERN, format!("this name is {len} characters long"))
                    .primary(word.span, format!("names of images have {MAX_NAME} at most"))
                    .help("let a `*` stand for a part of it")
            }
        }
    }
}
