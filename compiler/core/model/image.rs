//! Images: which one nodes are launched from.

use super::{Address, Id, Model, Node, Tags};
use crate::source::Span;
use ecow::{EcoString, eco_format};
use std::collections::BTreeSet;
use std::fmt;

/// Which image a node is launched from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ImageChoice {
    /// The image of this id.
    Id(EcoString),
    /// The newest image that fits, as it is known when the node is launched.
    Newest(ImagePattern),
    /// An image that the program makes.
    Made(Id<MadeImage>),
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

/// An image that the program makes.
#[derive(Clone, Debug)]
pub struct MadeImage {
    /// Its address.
    pub address: Address,
    /// Where it is declared.
    pub origin: Span,
    /// What it is made from.
    pub source: Option<ImageSource>,
    /// Where a copy goes, if it says.
    pub region: Option<EcoString>,
    /// The accounts that may launch it too.
    pub share: BTreeSet<EcoString>,
    /// Tags of its own.
    pub tags: Tags,
}

/// What an image is made from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ImageSource {
    /// One node.
    Node {
        /// Of these.
        node: Id<Node>,
        /// Which.
        address: Address,
    },
    /// Another image, which is copied.
    Image(Id<MadeImage>),
}

impl Model {
    /// Where an image is, if anything says so: a copy where it says, the image of a node where the node lives.
    pub fn region_of_image(&self, id: Id<MadeImage>) -> Option<EcoString> {
        let mut image = &self.images[id];
        // Images that are made of themselves are told elsewhere.
        for _ in 0..=self.images.len() {
            if let Some(region) = &image.region {
                return Some(region.clone());
            }
            match image.source.as_ref()? {
                ImageSource::Node { node, .. } => return self.networks[self.nodes[*node].network].region.clone(),
                ImageSource::Image(from) => image = &self.images[*from],
            }
        }
        None
    }
}
