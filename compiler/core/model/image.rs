//! Images: which one nodes are launched from.

use super::Address;
use ecow::{EcoString, eco_format};
use std::fmt;

/// Which image a node is launched from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ImageChoice {
    /// The image of this id.
    Id(EcoString),
    /// The newest image that fits, as it is known when the node is launched.
    Newest(ImagePattern),
    /// It is written, but could not be made out.
    Hole,
}

/// Images of an owner whose names fit a pattern.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ImagePattern {
    /// `amazon`, `self`, another alias of an account, or its number.
    pub owner: EcoString,
    /// The name, in which `*` stands for any characters and `?` for one.
    pub name: EcoString,
}

impl ImagePattern {
    /// The pattern in a text that one was written into.
    pub fn from_text(text: &str) -> Option<ImagePattern> {
        let (owner, name) = text.split_once(':')?;
        Some(ImagePattern { owner: owner.into(), name: name.into() })
    }

    /// What stands for the image until it is looked up. It holds a colon, as no address of a program's own does.
    pub fn address(&self) -> Address {
        Address::from_tag(&self.text())
    }

    /// Owner and name in one text: `amazon:al2023-ami-*-x86_64`.
    pub fn text(&self) -> EcoString {
        eco_format!("{}:{}", self.owner, self.name)
    }
}

impl fmt::Display for ImagePattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text())
    }
}
