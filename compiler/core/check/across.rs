//! The zones that a subnet stands in, and its place in a block that they share.

use super::subnets::SIZES;
use super::{Checker, catalogue};
use crate::model::{Id, Network};
use crate::net::{Block, Family};
use crate::problem::{Diagnostic, codes};
use crate::source::Span;
use crate::syntax::Word;
use ecow::EcoString;

enum Problem {
    Zone { word: Word, region: Option<EcoString>, zones: &'static str },
    WholeZone { word: Word, letter: String },
    SeveralZones { word: Word },
    ZoneTwice { zone: EcoString, span: Span, first: Span },
    ZoneSize { word: Word },
    ZoneLarger { span: Span, prefix: u8, whole: Block },
    NoRoom { zone: EcoString, span: Span, block: Block, block_span: Span, prefix: u8 },
}

/// The place of a zone in a zoned block: 0 for `a`.
pub(super) fn place(zone: &str) -> u128 {
    zone.bytes().next().map_or(0, |letter| u128::from(letter.saturating_sub(b'a')))
}

impl Checker<'_> {
    /// The letter of a zone that a word names: itself, or a parameter that holds just one.
    pub(super) fn zone(&mut self, network: Id<Network>, word: &Word) -> Option<EcoString> {
        match self.input_zones(word).as_deref() {
            Some([zone]) => self.known_zone(network, Word { text: zone.clone(), span: word.span }),
            Some(_) => {
                self.report(Problem::SeveralZones { word: word.clone() });
                None
            }
            None => {
                let text = self.fill(word).filter(|zone| !zone.is_empty())?;
                self.known_zone(network, Word { text, span: word.span })
            }
        }
    }

    /// The letter of a zone, if the network's region has such a zone.
    fn known_zone(&mut self, network: Id<Network>, word: Word) -> Option<EcoString> {
        let zone = &word.text;
        let region = self.model.networks[network].region.clone().or_else(|| self.model.region.clone());
        let zones = region.as_deref().map_or(Some("abcdef"), catalogue::zones).unwrap_or("abcdef");
        if zone.len() == 1 && zones.contains(zone.as_str()) {
            return Some(word.text);
        }
        let letter = zone.chars().last().filter(|letter| zone.contains('-') && zones.contains(*letter));
        self.report(match letter {
            Some(letter) => Problem::WholeZone { word, letter: letter.to_string() },
            None => Problem::Zone { word, region, zones },
        });
        None
    }

    /// The zones of an `across`, each once, in the order of their letters: the order in the program means nothing.
    pub(super) fn zones(&mut self, network: Id<Network>, words: &[Word]) -> Vec<(EcoString, Span)> {
        let mut zones: Vec<(EcoString, Span)> = Vec::new();
        for word in words {
            let letters = match self.input_zones(word) {
                Some(letters) => letters,
                None => self.fill(word).filter(|zone| !zone.is_empty()).into_iter().collect(),
            };
            for text in letters {
                let Some(zone) = self.known_zone(network, Word { text, span: word.span }) else { continue };
                match zones.iter().find(|(other, _)| *other == zone) {
                    Some((_, first)) => {
                        let first = *first;
                        self.report(Problem::ZoneTwice { zone, span: word.span, first });
                    }
                    None => zones.push((zone, word.span)),
                }
            }
        }
        zones.sort();
        zones
    }

    /// The zones of a subnet, each with its part of the block: that of zone `a` is the first, whichever zones there are.
    pub(super) fn zoned_blocks(
        &mut self,
        network: Id<Network>,
        block: &Word,
        zones: &[Word],
        each: &Word,
    ) -> (Option<Block>, Vec<(EcoString, Option<Block>)>) {
        let zones = self.zones(network, zones);
        let whole = self.one_block(block);
        let prefix = self.zone_prefix(each, whole);
        let (Some(whole), Some(prefix)) = (whole, prefix) else {
            return (whole, zones.into_iter().map(|(zone, _)| (zone, None)).collect());
        };
        let part = |zone: &str| whole.part(prefix, place(zone));
        let missing = zones.iter().rev().find(|(zone, _)| part(zone).is_none());
        if let Some((zone, span)) = missing.cloned() {
            self.report(Problem::NoRoom { zone, span, block: whole, block_span: block.span, prefix });
        }
        (
            Some(whole),
            zones.into_iter().map(|(zone, _)| (part(&zone), zone)).map(|(block, zone)| (zone, block)).collect(),
        )
    }

    /// The prefix length behind `each`, if subnets can have it and the block holds at least one of it.
    fn zone_prefix(&mut self, word: &Word, whole: Option<Block>) -> Option<u8> {
        let text = self.fill(word)?;
        let span = word.span;
        let prefix = text.trim_start_matches('/').parse::<u8>().ok().filter(|prefix| SIZES.contains(prefix));
        let Some(prefix) = prefix else {
            self.report(Problem::ZoneSize { word: Word { text, span } });
            return None;
        };
        match whole.filter(|whole| whole.family() == Family::V4) {
            Some(whole) if whole.prefix() > prefix => {
                self.report(Problem::ZoneLarger { span, prefix, whole });
                None
            }
            whole => whole.map(|_| prefix),
        }
    }
}

fn no_room(zone: &str, span: Span, block: Block, block_span: Span, prefix: u8) -> Diagnostic {
    let count = 1u32 << (prefix - block.prefix()).min(4);
    let last = char::from(b'a' + count.min(26) as u8 - 1);
    let needed = place(zone) + 1;
    let fits = (prefix..=*SIZES.end()).find(|longer| 1u128 << (longer - block.prefix()) >= needed);
    let diagnostic = Diagnostic::new(codes::NO_ROOM_FOR_ZONE, format!("{block} has no room for zone {zone}"))
        .primary(span, format!("the place of zone {zone} would be the /{prefix} number {needed}"))
        .secondary(block_span, format!("has room for {count}, up to zone {last}"));
    match fits {
        Some(longer) => diagnostic.help(format!("make the block larger, or write `each /{longer}`")),
        None => diagnostic.help("make the block larger"),
    }
}

impl From<Problem> for Diagnostic {
    fn from(problem: Problem) -> Self {
        match problem {
            Problem::Zone { word, region, zones } => {
                let letters: Vec<String> = zones.chars().map(String::from).collect();
                let place = region.map_or("a region".to_owned(), |region| format!("`{region}`"));
                let diagnostic = Diagnostic::new(codes::UNKNOWN_ZONE, format!("{place} has no zone `{}`", word.text))
                    .primary(word.span, "expected the letter of a zone");
                let small = word.text.to_ascii_lowercase();
                let numbered = word.text.parse::<usize>().ok().and_then(|number| letters.get(number.checked_sub(1)?));
                match letters.iter().find(|letter| **letter == small).or(numbered).cloned() {
                    Some(letter) => diagnostic.help(format!("write `{letter}`")).fix(word.span, letter),
                    None => diagnostic.help(format!("its zones are {}", letters.join(", "))),
                }
            }
            Problem::WholeZone { word, letter } => Diagnostic::new(
                codes::UNKNOWN_ZONE,
                format!("a zone is written by its letter alone, not `{}`", word.text),
            )
            .primary(word.span, "the region is known already")
            .help(format!("write `az {letter}`"))
            .fix(word.span, letter),
            Problem::SeveralZones { word } => {
                Diagnostic::new(codes::UNKNOWN_ZONE, format!("`{}` is several zones", word.text))
                    .primary(word.span, "a subnet stands in one")
                    .help(format!("to have one in each, write `across {} each /24`", word.text))
            }
            Problem::ZoneTwice { zone, span, first } => {
                let diagnostic = Diagnostic::new(codes::REPEATED_STATEMENT, format!("zone {zone} stands here twice"))
                    .primary(span, "a second time");
                if first == span { diagnostic } else { diagnostic.secondary(first, "first here") }
            }
            Problem::ZoneSize { word } => {
                Diagnostic::new(codes::SUBNET_SIZE, format!("a subnet cannot be a {}", word.text))
                    .primary(word.span, format!("EC2 takes /{} to /{}", SIZES.start(), SIZES.end()))
            }
            Problem::ZoneLarger { span, prefix, whole } => {
                Diagnostic::new(codes::NO_ROOM_FOR_ZONE, format!("a /{prefix} does not fit into {whole}"))
                    .primary(span, "larger than the block that the zones share")
                    .help(format!("write a longer prefix, such as `each /{}`", (whole.prefix() + 2).min(*SIZES.end())))
            }
            Problem::NoRoom { zone, span, block, block_span, prefix } => {
                no_room(&zone, span, block, block_span, prefix)
            }
        }
    }
}
