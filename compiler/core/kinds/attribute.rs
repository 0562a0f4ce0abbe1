//! What can be compared of a kind, and what it takes to change it.

use crate::call::Map;

/// An attribute of a kind.
#[derive(Debug)]
pub struct Attribute {
    /// Its name.
    pub name: &'static str,
    /// What it takes to change it.
    pub change: Change,
    /// For a list of things without order: the members by which one is known. The rest of its members can change.
    pub set: Option<&'static [&'static str]>,
    /// What an element of the set is called in a plan; by the members by which it is known, if nothing is said.
    pub label: Option<fn(&'static str, &Map) -> String>,
    /// Whether it makes no difference where one side doesn't say: EC2 chose, or doesn't tell.
    pub lenient: bool,
}

/// What it takes to change an attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Calls.
    InPlace,
    /// Calls that interrupt what runs: says how.
    Interrupts(&'static str),
    /// A number that can be raised by calls, and takes a new one to be lowered: says why.
    Grows(&'static str),
    /// Something that can be had by calls, and takes a new one to be lost or exchanged: says why.
    Gained(&'static str),
    /// A set to which things can be added by calls, or of which they can be taken away; both at once take a new one: says
    /// why.
    OneWay(&'static str),
    /// A new one in place of the old one: says why.
    Replaces(&'static str),
}

impl Attribute {
    pub(super) const fn new(name: &'static str, change: Change) -> Attribute {
        Attribute { name, change, set: None, label: None, lenient: false }
    }

    pub(super) const fn lenient(name: &'static str, change: Change) -> Attribute {
        Attribute { name, change, set: None, label: None, lenient: true }
    }

    pub(super) const fn set(name: &'static str, key: &'static [&'static str]) -> Attribute {
        Attribute { name, change: Change::InPlace, set: Some(key), label: None, lenient: false }
    }
}
