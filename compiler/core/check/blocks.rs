//! Blocks: literals, parameters and sets of them, and whatever else stands for some in a rule or a route.

use super::{Checker, declare::Declarations, names::Symbol, zones::ByZone};
use crate::model::{Destination, Id, Network};
use crate::net::{Block, BlockError, Family};
use crate::problem::{Diagnostic, codes};
use crate::source::Span;
use crate::syntax::Word;
use ecow::EcoString;

enum Problem {
    Ring { name: EcoString, span: Span },
    NetworkAsMember { name: EcoString, span: Span },
    NoBlock { name: EcoString, span: Span },
    Several { name: EcoString, span: Span },
}

impl Checker<'_> {
    /// Evaluates the sets of blocks of a module, those from `first` on, each after those that it names, whatever their
    /// order in the program.
    pub(super) fn lets(&mut self, declared: &Declarations<'_>, first: usize) {
        let lets = &declared.lets[first..];
        let count = lets.len();
        self.names.lets.resize(declared.lets.len(), Vec::new());
        let mut users: Vec<Vec<usize>> = vec![Vec::new(); count];
        let mut open = vec![0; count];
        for (index, (_, members)) in lets.iter().enumerate() {
            for word in *members {
                if let Some(Symbol::Let(named)) = self.names.find(None, &word.text).map(|entry| entry.symbol) {
                    users[named - first].push(index);
                    open[index] += 1;
                }
            }
        }
        let mut ready: Vec<usize> = (0..count).rev().filter(|index| open[*index] == 0).collect();
        while let Some(index) = ready.pop() {
            let blocks = self.members_of_let(lets[index].1);
            if !blocks.is_empty() {
                let text = blocks.iter().map(Block::to_string).collect::<Vec<_>>().join(", ");
                self.names.index.value(lets[index].0.span, text);
            }
            self.names.lets[first + index] = blocks;
            for user in std::mem::take(&mut users[index]) {
                open[user] -= 1;
                if open[user] == 0 {
                    ready.push(user);
                }
            }
        }
        if let Some(index) = open.iter().position(|open| *open > 0) {
            let name = lets[index].0;
            self.report(Problem::Ring { name: name.text.clone(), span: name.span });
        }
    }

    /// The blocks of a `let`; none, if they are too many.
    fn members_of_let(&mut self, members: &[Word]) -> Vec<Block> {
        let mut blocks = Vec::new();
        for word in members {
            blocks.extend(self.plain_blocks(word));
            let (count, span) = (blocks.len(), word.span);
            if !self.fits_list(count, "blocks in a set", span) {
                return Vec::new();
            }
        }
        let span = members.first().map(|word| word.span);
        let fits = span.is_none_or(|span| self.has_room_for(blocks.len(), span));
        if fits { blocks } else { Vec::new() }
    }

    /// The blocks of a member of a `let`: a literal, a parameter, or an earlier `let`.
    fn plain_blocks(&mut self, word: &Word) -> Vec<Block> {
        if !word.is_name() {
            return self.block_literal(word).into_iter().collect();
        }
        match self.resolve(None, word, "blocks") {
            Some(Symbol::Param) => self.param_blocks(word),
            Some(Symbol::Let(index)) => self.names.lets[index].clone(),
            Some(Symbol::Network(_)) => {
                self.report(Problem::NetworkAsMember { name: word.text.clone(), span: word.span });
                Vec::new()
            }
            Some(Symbol::Hole) | None => Vec::new(),
            Some(found) => {
                self.wrong_kind(None, word, found, "blocks");
                Vec::new()
            }
        }
    }

    /// The blocks of a `let`.
    pub(super) fn let_blocks(&self, index: usize) -> Vec<Block> {
        self.names.lets.get(index).cloned().unwrap_or_default()
    }

    /// The blocks of a parameter; a parameter that is no block is reported.
    pub(super) fn param_blocks(&mut self, word: &Word) -> Vec<Block> {
        match self.input_blocks(&word.text) {
            Some(blocks) => blocks,
            None => {
                if self.knows_input(&word.text) {
                    self.report(Problem::NoBlock { name: word.text.clone(), span: word.span });
                }
                Vec::new()
            }
        }
    }

    /// What a word in a route or a rule stands for, groups apart: blocks, `any`, a network, a subnet, a `let`, a
    /// parameter, a prefix list.
    pub(super) fn addresses(&mut self, network: Id<Network>, word: &Word) -> Vec<Destination> {
        if !word.is_name() {
            return self.block_literal(word).map(Destination::Block).into_iter().collect();
        }
        match word.text.as_str() {
            "any" => {
                let ipv6 = self.model.networks[network].ipv6.is_some();
                let families = [Some(Family::V4), ipv6.then_some(Family::V6)];
                return families.into_iter().flatten().map(|family| Destination::Block(Block::all(family))).collect();
            }
            text if text.starts_with("pl-") => return vec![Destination::PrefixList(word.text.clone())],
            _ => {}
        }
        let blocks: Vec<Block> = match self.resolve(Some(network), word, "blocks") {
            Some(Symbol::Param) => self.param_blocks(word),
            Some(Symbol::Let(index)) => self.let_blocks(index),
            Some(Symbol::Network(id)) => return self.blocks_of_network(id),
            Some(Symbol::Subnet(index)) => {
                let family = self.made.subnets.get(index).cloned().unwrap_or_else(ByZone::hole);
                let members = self.members(word, family, "subnet");
                return members.into_iter().flat_map(|(_, id)| self.blocks_of_subnet(id)).collect();
            }
            Some(Symbol::Hole) | None => Vec::new(),
            Some(found) => {
                self.wrong_kind(Some(network), word, found, "blocks");
                Vec::new()
            }
        };
        if !self.has_room_for(blocks.len(), word.span) {
            return Vec::new();
        }
        blocks.into_iter().map(Destination::Block).collect()
    }

    /// A block as it is written, with its parameters put in.
    pub(super) fn block_literal(&mut self, word: &Word) -> Option<Block> {
        let text = self.fill(word).filter(|text| !text.is_empty())?;
        let parsed = text.parse::<Block>().map_err(|why| NotABlock { text, span: word.span, why });
        self.accept(parsed)
    }

    /// One block: a literal, or a parameter that is one.
    pub(super) fn one_block(&mut self, word: &Word) -> Option<Block> {
        if !word.is_name() {
            return self.block_literal(word);
        }
        self.resolve_as(None, word, "a block", |symbol| (symbol == Symbol::Param).then_some(()))?;
        match self.param_blocks(word).as_slice() {
            [block] => Some(*block),
            [] => None,
            _ => {
                self.report(Problem::Several { name: word.text.clone(), span: word.span });
                None
            }
        }
    }
}

impl From<Problem> for Diagnostic {
    fn from(problem: Problem) -> Self {
        match problem {
            Problem::Ring { name, span } => Diagnostic::new(codes::BAD_VALUE, format!("`{name}` is made of itself"))
                .primary(span, "the sets that it names lead back to it")
                .help("take one name out of the ring"),
            Problem::NetworkAsMember { name, span } => {
                Diagnostic::new(codes::WRONG_KIND, format!("`{name}` is a network, not blocks"))
                    .primary(span, "a `let` holds blocks")
                    .help(format!("name the network itself where the rule is: `from {name}`"))
            }
            Problem::NoBlock { name, span } => {
                Diagnostic::new(codes::WRONG_KIND, format!("the parameter `{name}` is no address block"))
                    .primary(span, "expected blocks")
                    .help(format!("declare it as one: `param {name} cidr`"))
            }
            Problem::Several { name, span } => Diagnostic::new(codes::BAD_VALUE, format!("`{name}` is several blocks"))
                .primary(span, "one block fits here"),
        }
    }
}

/// A block whose numbers are written with zeros before them, without these.
fn without_zeros(text: &str) -> Option<String> {
    let (address, prefix) = text.split_once('/')?;
    let numbers: Option<Vec<u8>> = address.split('.').map(|part| part.parse().ok()).collect();
    let parts: Vec<String> = numbers?.iter().map(u8::to_string).collect();
    let block = format!("{}/{}", parts.join("."), prefix.parse::<u8>().ok()?);
    block.parse::<Block>().ok().map(|block| block.to_string())
}

/// A literal that is not a block.
pub(super) struct NotABlock {
    pub(super) text: EcoString,
    pub(super) span: Span,
    pub(super) why: BlockError,
}

impl From<NotABlock> for Diagnostic {
    fn from(NotABlock { text, span, why }: NotABlock) -> Self {
        let malformed = || Diagnostic::new(codes::MALFORMED_BLOCK, format!("`{text}` is not an address block"));
        match why {
            BlockError::Malformed if without_zeros(&text).is_some() => {
                let block = without_zeros(&text).unwrap_or_default();
                malformed()
                    .primary(span, "a number in an address does not start with 0")
                    .help(format!("write `{block}`"))
                    .fix(span, block)
            }
            BlockError::Malformed => malformed()
                .primary(span, "expected four numbers from 0 to 255 and a prefix length")
                .help("a block is written like `10.117.0.0/24` or `2001:db8::/56`"),
            BlockError::NoPrefix(address) => {
                let all = address.is_unspecified();
                let block = if all { Block::all(Family::of(address)) } else { Block::host(address) };
                let what = if all { "for all addresses" } else { "for this one address" };
                malformed()
                    .primary(span, "it has no prefix length")
                    .help(format!("write `{block}` {what}"))
                    .fix(span, block.to_string())
            }
            BlockError::PrefixTooLong(family) => {
                malformed().primary(span, format!("its prefix length is more than {}", family.bits()))
            }
            BlockError::HostBits(block) => Diagnostic::new(
                codes::BLOCK_NOT_AT_BASE,
                format!("`{text}` does not start at the block's first address"),
            )
            .primary(span, format!("this block starts at {}", block.first()))
            .help(format!("write `{block}`"))
            .fix(span, block.to_string()),
        }
    }
}
