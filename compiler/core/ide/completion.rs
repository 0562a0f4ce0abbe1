//! What could be written at the cursor.

use super::Snapshot;
use super::cursor::Cursor;
use super::hover::of_keyword;
use super::ports::PORTS;
use super::room::room;
use super::slots::{Slot, slots};
use crate::check::{Declaration, catalogue};
use crate::model::{Id, Network, OwnFact};
use crate::net::{Block, next_free};
use crate::source::{FileId, Span, World, normal};
use crate::syntax::forms::{self, FORMS, Form};

/// Something that could be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    /// What is shown, and what is written unless there is a snippet.
    pub label: String,
    /// What is written instead, with `${1:…}` for what is still to be filled in.
    pub snippet: Option<String>,
    /// What it is.
    pub kind: CompletionKind,
    /// One line about it.
    pub detail: String,
    /// The long story, in Markdown.
    pub documentation: Option<String>,
    /// What it replaces.
    pub span: Span,
}

/// What a completion is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CompletionKind {
    /// The start of a statement.
    Statement,
    /// Another word of the language.
    Word,
    /// A name of a kind of thing, as its noun says.
    Name(&'static str),
    /// A value: a zone, a port, a block.
    Value,
    /// A file.
    File,
    /// A folder.
    Folder,
}

/// The blocks that are offered where none is taken as a model.
const PREFIXES: [u8; 3] = [24, 20, 26];

/// What could be written at the cursor, the likeliest first. Files are looked for in `world`.
pub fn completions(snapshot: &Snapshot, world: &dyn World, file: FileId, offset: usize) -> Vec<Completion> {
    let Some(cursor) = Cursor::at(snapshot.text(file), offset) else { return Vec::new() };
    let span = Span::new(file, cursor.range.start, cursor.range.end);
    let completer = Completer { snapshot, world, home: Home::of(snapshot, file, &cursor), cursor, span };
    slots(&completer.cursor).into_iter().flat_map(|slot| completer.slot(slot)).collect()
}

/// The part of a word of a form that the user fills in: capitals, or a text in quotes.
fn hole(word: &str) -> Option<&str> {
    if let Some(inner) = word.strip_prefix('"') {
        return Some(inner.split('"').next().unwrap_or(inner)).filter(|inner| !inner.is_empty());
    }
    let start = word.find(|c: char| c.is_ascii_uppercase())?;
    let rest = word.get(start..)?;
    let len = rest.find(|c: char| !c.is_ascii_uppercase()).unwrap_or(rest.len());
    rest.get(..len).filter(|hole| hole.len() > 1)
}

/// Where names are looked up.
struct Home<'s> {
    network: Option<&'s Declaration>,
    module: usize,
}

impl<'s> Home<'s> {
    fn of(snapshot: &'s Snapshot, file: FileId, cursor: &Cursor<'_>) -> Home<'s> {
        let index = &snapshot.compiled.index;
        let outer = cursor.outer.first().filter(|outer| matches!(outer.keyword, "network" | "existing"));
        let network = outer.and_then(|outer| outer.name).and_then(|(_, start)| {
            let start = start as u32;
            let here = |declared: &&Declaration| declared.span.file == file && declared.span.start >= start;
            index.declarations.iter().find(here).filter(|declared| declared.noun == "a network")
        });
        let inside = index.declarations.iter().find(|declared| declared.span.file == file);
        Home { network, module: network.or(inside).map_or(0, |declared| declared.module) }
    }
}

struct Completer<'s> {
    snapshot: &'s Snapshot,
    world: &'s dyn World,
    home: Home<'s>,
    cursor: Cursor<'s>,
    span: Span,
}

impl Completer<'_> {
    fn slot(&self, slot: Slot) -> Vec<Completion> {
        match slot {
            Slot::Statement => self.statements(),
            Slot::Words(words) => words.iter().map(|word| self.plain(word, CompletionKind::Word, "")).collect(),
            Slot::Names(nouns) => self.names(nouns),
            Slot::Region => catalogue::regions().map(|region| self.value(region, "AWS Region")).collect(),
            Slot::Zone => self.zones(),
            Slot::InstanceType => {
                let typed = catalogue::instance_types().filter(|name| name.starts_with(self.cursor.typed));
                typed.map(|name| self.value(&name, "")).collect()
            }
            Slot::Port => PORTS.iter().map(|(port, service)| self.value(&port.to_string(), service)).collect(),
            Slot::NetworkBlock => self.network_block().into_iter().collect(),
            Slot::SubnetBlock => self.subnet_blocks(),
            Slot::Address => self.address().into_iter().collect(),
            Slot::Attribute => self.attributes(),
            Slot::File(ending) => self.files(ending),
        }
    }

    fn plain(&self, label: &str, kind: CompletionKind, detail: &str) -> Completion {
        let (label, detail) = (label.to_owned(), detail.to_owned());
        Completion { label, snippet: None, kind, detail, documentation: None, span: self.span }
    }

    fn value(&self, label: &str, detail: &str) -> Completion {
        self.plain(label, CompletionKind::Value, detail)
    }

    fn statements(&self) -> Vec<Completion> {
        let place = self.cursor.place();
        let here = FORMS.iter().filter(|form| form.places.contains(&place));
        let mut all: Vec<Completion> = here
            .map(|form| Completion {
                snippet: self.snippet(form),
                documentation: of_keyword(form.keyword, place),
                ..self.plain(form.keyword, CompletionKind::Statement, form.about)
            })
            .collect();
        if place == forms::Place::Network
            && let Some(block) = self.free_block(20)
        {
            let snippet =
                format!("subnet ${{1:NAME}} ${{2:{block}}} across ${{3:a, b, c}} each /${{4:24}} {{\n\t$0\n}}");
            let about = "one subnet in each of several zones";
            let zoned = self.plain("subnet across", CompletionKind::Statement, about);
            all.push(Completion { snippet: Some(snippet), ..zoned });
        }
        all
    }

    /// A statement with places for what the user puts there; what can be computed is there already.
    fn snippet(&self, form: &Form) -> Option<String> {
        let mut stop = 0;
        let head = form.form.split(" {").next().unwrap_or_default();
        let block = if form.form.ends_with("… }") { " {\n\t$0\n}" } else { &form.form[head.len()..] };
        let text = format!("{head}{block}");
        let words = text.split(' ').map(|word| {
            let Some(hole) = hole(word) else { return word.to_owned() };
            stop += 1;
            let filled = match (hole, form.keyword) {
                ("BLOCK", "network") => self.network_block().map(|found| found.label),
                ("BLOCK", "subnet") => self.free_block(24).map(|block| block.to_string()),
                _ => None,
            };
            word.replacen(hole, &format!("${{{stop}:{}}}", filled.as_deref().unwrap_or(hole)), 1)
        });
        let snippet = words.collect::<Vec<_>>().join(" ");
        (stop > 0).then_some(snippet)
    }

    /// The names of some kinds that can be used here, each as it is written here.
    fn names(&self, nouns: &[&'static str]) -> Vec<Completion> {
        let typed = self.cursor.typed;
        let container = typed.rfind('.').and_then(|dot| typed.get(..dot)).filter(|path| !path.is_empty());
        let mut found: Vec<Completion> = Vec::new();
        for noun in nouns {
            let of_kind = self.snapshot.compiled.index.declarations.iter().filter(|declared| declared.noun == *noun);
            let mut names: Vec<&Declaration> = of_kind.filter(|declared| self.visible(declared, container)).collect();
            names.sort_by(|a, b| a.name.cmp(&b.name));
            names.dedup_by(|a, b| a.name == b.name);
            found.extend(names.into_iter().map(|declared| {
                let label = container.map_or(declared.name.to_string(), |path| format!("{path}.{}", declared.name));
                self.plain(&label, CompletionKind::Name(noun), &self.detail(declared))
            }));
        }
        found
    }

    fn visible(&self, declared: &Declaration, container: Option<&str>) -> bool {
        let scope = |name: &str| match self.home.network.filter(|_| declared.network.is_some()) {
            Some(network) => declared.address == network.address.member(name),
            None => declared.network.is_none() && declared.module == self.home.module,
        };
        match container {
            None => scope(&declared.name),
            Some(path) => {
                let path = path.split('[').next().unwrap_or_default();
                let outer = self.snapshot.compiled.index.declarations.iter();
                let mut outer = outer.filter(|outer| outer.module == self.home.module && outer.name == path);
                outer.any(|outer| outer.address.member(&declared.name) == declared.address)
            }
        }
    }

    fn detail(&self, declared: &Declaration) -> String {
        let model = &self.snapshot.compiled.checked.value;
        let subnet = model.subnets.iter().find(|(_, subnet)| subnet.address == declared.address);
        if let Some((id, block)) = subnet.and_then(|(id, subnet)| Some((id, subnet.block?))) {
            let free = room(model, id).map_or(0, |room| room.free());
            return format!("{block}, {free} free");
        }
        let value = self.snapshot.compiled.index.values_at(declared.span).next();
        value.map_or_else(|| declared.noun.to_owned(), |value| value.text.to_string())
    }

    /// What lies in the folder that is typed so far: files with the likely ending first, then folders and the rest.
    fn files(&self, ending: &str) -> Vec<Completion> {
        let folder = self.cursor.typed.rfind('/').map_or("", |slash| &self.cursor.typed[..=slash]);
        let path = normal(&self.snapshot.sources().beside(self.span.file, folder));
        let path = path.strip_suffix('/').filter(|rest| !rest.is_empty()).unwrap_or(&path);
        let mut names = self.world.entries(if path.is_empty() { "." } else { path });
        let own = self.snapshot.sources().name(self.span.file);
        names.retain(|name| normal(&self.snapshot.sources().beside(self.span.file, &format!("{folder}{name}"))) != own);
        names.sort_by_key(|name| (!name.ends_with(ending), !name.ends_with('/'), name.clone()));
        let kind = |name: &str| if name.ends_with('/') { CompletionKind::Folder } else { CompletionKind::File };
        names.iter().map(|name| self.plain(&format!("{folder}{name}"), kind(name), "")).collect()
    }

    fn network(&self) -> Option<(Id<Network>, &Network)> {
        let address = &self.home.network?.address;
        self.snapshot.compiled.checked.value.networks.iter().find(|(_, network)| network.address == *address)
    }

    fn zones(&self) -> Vec<Completion> {
        let model = &self.snapshot.compiled.checked.value;
        let region = self.network().and_then(|(_, network)| network.region.clone()).or_else(|| model.region.clone());
        let zones = region.as_deref().and_then(catalogue::zones).unwrap_or("abcdef");
        let detail = |zone: char| region.as_ref().map_or(String::new(), |region| format!("{region}{zone}"));
        zones.chars().map(|zone| self.value(&zone.to_string(), &detail(zone))).collect()
    }

    fn network_block(&self) -> Option<Completion> {
        let networks = self.snapshot.compiled.checked.value.networks.iter();
        let taken: Vec<Block> =
            networks.flat_map(|(_, network)| network.blocks.iter().map(|(block, _)| *block)).collect();
        let room = "10.0.0.0/8".parse().ok()?;
        Some(self.value(&next_free(&[room], &taken, 16)?.to_string(), "the next block that no network has"))
    }

    fn free_block(&self, prefix: u8) -> Option<Block> {
        let (id, network) = self.network()?;
        let room: Vec<Block> = network.blocks.iter().map(|(block, _)| *block).collect();
        next_free(&room, &self.taken(id), prefix)
    }

    fn taken(&self, network: Id<Network>) -> Vec<Block> {
        let subnets = self.snapshot.compiled.checked.value.subnets.iter();
        subnets.filter(|(_, subnet)| subnet.network == network).filter_map(|(_, subnet)| subnet.block).collect()
    }

    fn subnet_blocks(&self) -> Vec<Completion> {
        let Some((id, _)) = self.network() else { return Vec::new() };
        let mut prefixes: Vec<u8> = self.taken(id).last().map(|block| block.prefix()).into_iter().collect();
        prefixes.extend(PREFIXES.into_iter().filter(|prefix| !prefixes.contains(prefix)).collect::<Vec<_>>());
        let blocks = prefixes.into_iter().filter_map(|prefix| self.free_block(prefix));
        blocks.map(|block| self.value(&block.to_string(), "the next free block")).collect()
    }

    fn address(&self) -> Option<Completion> {
        let name = self.cursor.behind("in")?.split('[').next()?;
        let address = self.home.network?.address.member(name);
        let model = &self.snapshot.compiled.checked.value;
        let (id, subnet) = model
            .subnets
            .iter()
            .find(|(_, subnet)| subnet.address == address || subnet.address.declared() == address)?;
        let next = room(model, id)?.next?.to_string();
        let label = match subnet.block.map(Block::prefix) {
            Some(24..) => next.get(next.rfind('.')?..)?.to_owned(),
            _ => next,
        };
        Some(self.value(&label, "the next free address"))
    }

    /// What is known of a thing whose name and dot stand before the cursor.
    fn attributes(&self) -> Vec<Completion> {
        let typed = self.cursor.typed;
        let Some((path, _)) = typed.rsplit_once('.') else {
            let env = self.cursor.in_entries();
            return env.then(|| self.plain("self", CompletionKind::Word, "the node itself")).into_iter().collect();
        };
        if path == "self" && self.cursor.in_entries() {
            let all = OwnFact::ALL.iter();
            return all.map(|(name, _)| self.value(&format!("self.{name}"), "known when it boots")).collect();
        }
        let known: &[&str] =
            if self.cursor.in_entries() { &["private_ip"] } else { &["id", "private_ip", "public_ip"] };
        let name = path.split('[').next().unwrap_or_default();
        let index = &self.snapshot.compiled.index;
        let is_node = index
            .declarations
            .iter()
            .any(|declared| declared.noun == "a node" && declared.address.as_str().ends_with(name));
        let offered = known.iter().filter(|_| is_node);
        offered.map(|attribute| self.value(&format!("{path}.{attribute}"), "")).collect()
    }
}
