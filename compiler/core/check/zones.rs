//! What one declaration comes to: a single thing, or one in each of its zones; and which of them a name means.

use super::{Checker, names::Symbol};
use crate::model::{Elastic, Gateway, Id, Network, Node, Peer, Subnet};
use crate::problem::{Diagnostic, codes, nearest};
use crate::syntax::Word;
use ecow::EcoString;

/// The things that one declaration stands for.
#[derive(Debug)]
pub(super) struct ByZone<T> {
    /// Each with the letter of its zone; without one, what is declared for no zone in particular.
    pub(super) members: Vec<(EcoString, Id<T>)>,
    /// Whether its members are told apart by their zones: `app[a]`.
    pub(super) zoned: bool,
}

/// What the declarations of each kind have come to, in their order.
#[derive(Default)]
pub(super) struct Made {
    pub(super) subnets: Vec<ByZone<Subnet>>,
    pub(super) peers: Vec<Option<Id<Peer>>>,
    pub(super) elastics: Vec<ByZone<Elastic>>,
    pub(super) gateways: Vec<ByZone<Gateway>>,
    pub(super) nodes: Vec<ByZone<Node>>,
    /// The place of each endpoint among those of the model.
    pub(super) endpoints: Vec<Option<usize>>,
}

impl<T> Clone for ByZone<T> {
    fn clone(&self) -> Self {
        ByZone { members: self.members.clone(), zoned: self.zoned }
    }
}

impl<T> ByZone<T> {
    /// A single thing.
    pub(super) fn one(id: Id<T>) -> ByZone<T> {
        ByZone { members: vec![(EcoString::new(), id)], zoned: false }
    }

    /// Nothing, of a declaration that could not be made out.
    pub(super) fn hole() -> ByZone<T> {
        ByZone { members: Vec::new(), zoned: false }
    }

    fn zones(&self) -> Vec<EcoString> {
        self.members.iter().map(|(zone, _)| zone.clone()).collect()
    }
}

enum Problem {
    NotZoned { word: Word, noun: &'static str },
    NoMember { word: Word, zone: EcoString, zones: Vec<EcoString> },
    NoneInZone { word: Word, zone: EcoString, zones: Vec<EcoString>, noun: &'static str },
    WhichZone { word: Word, zones: Vec<EcoString>, noun: &'static str },
}

/// What stands in the brackets behind a name: `a` of `app[a]`.
pub(super) fn index(word: &Word) -> Option<&str> {
    word.text.strip_suffix(']')?.rsplit_once('[').map(|(_, index)| index.trim())
}

impl Checker<'_> {
    /// The members of a things that a word means: the one of the zone in its brackets, or all.
    pub(super) fn members<T>(&mut self, word: &Word, things: ByZone<T>, noun: &'static str) -> Vec<(EcoString, Id<T>)> {
        let Some(zone) = index(word) else { return things.members };
        if things.members.is_empty() {
            return Vec::new();
        }
        if !things.zoned {
            self.report(Problem::NotZoned { word: word.clone(), noun });
            return Vec::new();
        }
        let found: Vec<_> = things.members.iter().filter(|(other, _)| other == zone).cloned().collect();
        if found.is_empty() {
            self.report(Problem::NoMember { word: word.clone(), zone: zone.into(), zones: things.zones() });
        }
        found
    }

    /// The one member of a things that a word means where something in `zone` names it: the only one, the one in its
    /// brackets, or the one of the same zone.
    pub(super) fn member<T>(
        &mut self,
        word: &Word,
        things: ByZone<T>,
        zone: Option<&str>,
        noun: &'static str,
    ) -> Option<Id<T>> {
        // What should stand in several zones stands in none where they could not be made out.
        if things.members.is_empty() {
            return None;
        }
        let (zoned, zones) = (things.zoned && index(word).is_none(), things.zones());
        let members = self.members(word, things, noun);
        if !zoned {
            return members.first().map(|(_, id)| *id);
        }
        let Some(zone) = zone else {
            if !members.is_empty() {
                self.report(Problem::WhichZone { word: word.clone(), zones, noun });
            }
            return None;
        };
        let found = members.iter().find(|(other, _)| other == zone).map(|(_, id)| *id);
        if found.is_none() {
            self.report(Problem::NoneInZone { word: word.clone(), zone: zone.into(), zones, noun });
        }
        found
    }

    /// The subnets that a word names: one, or one a zone.
    pub(super) fn subnets_named(&mut self, network: Id<Network>, word: &Word) -> Option<ByZone<Subnet>> {
        let index = self.resolve_as(Some(network), word, "a subnet", |symbol| match symbol {
            Symbol::Subnet(index) => Some(index),
            _ => None,
        })?;
        let things = self.made.subnets.get(index).cloned()?;
        let zoned = things.zoned && self::index(word).is_none();
        Some(ByZone { members: self.members(word, things, "subnet"), zoned })
    }
}

fn first(word: &Word, zones: &[EcoString]) -> String {
    zones.first().map_or_else(|| word.text.to_string(), |zone| format!("{}[{zone}]", word.text))
}

fn list(zones: &[EcoString]) -> String {
    zones.join(", ")
}

impl From<Problem> for Diagnostic {
    fn from(problem: Problem) -> Self {
        match problem {
            Problem::NotZoned { word, noun } => {
                let name = word.text.split('[').next().unwrap_or_default().to_owned();
                Diagnostic::new(codes::NOT_IN_ZONE, format!("there is no `{}`", word.text))
                    .primary(word.span, format!("this {noun} stands for itself and has no parts"))
                    .help(format!("write `{name}`"))
                    .fix(word.span, name)
            }
            Problem::NoMember { word, zone, zones } => {
                let name = word.text.split('[').next().unwrap_or_default().to_owned();
                let nearest = nearest(&zone, zones.iter().map(EcoString::as_str)).map(|zone| format!("{name}[{zone}]"));
                Diagnostic::new(codes::NOT_IN_ZONE, format!("there is no `{}`", word.text))
                    .primary(word.span, format!("`{name}` stands in zones {}", list(&zones)))
                    .suggest(word.span, nearest.as_deref())
            }
            Problem::NoneInZone { word, zone, zones, noun } => {
                Diagnostic::new(codes::NOT_IN_ZONE, format!("`{}` has no {noun} in zone {zone}", word.text))
                    .primary(word.span, format!("it stands in zones {}", list(&zones)))
                    .help(format!("add zone {zone} to it, or name one: `{}`", first(&word, &zones)))
            }
            Problem::WhichZone { word, zones, noun } => {
                let first = first(&word, &zones);
                Diagnostic::new(codes::NOT_IN_ZONE, format!("`{}` is a {noun} in each of {}", word.text, list(&zones)))
                    .primary(word.span, "one is needed here, and no zone tells which")
                    .help(format!("name one: `{first}`"))
                    .fix(word.span, first)
            }
        }
    }
}
