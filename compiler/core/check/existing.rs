//! What lives already: networks, subnets and security groups that are used and never changed.

use super::Checker;
use super::declare::Declared;
use super::zones::ByZone;
use crate::model::{Group, Network, Subnet, Tags};
use crate::problem::{Diagnostic, codes};
use crate::source::Span;
use crate::syntax::forms::{self, Place};
use crate::syntax::{Item, Statement, Word};
use ecow::EcoString;

enum Problem {
    WouldChange { span: Span, keyword: EcoString },
    NoBlock { span: Span, whose: &'static str },
    NoZone { span: Span },
    BadId { word: Word, prefix: &'static str },
}

impl Checker<'_> {
    /// Reports a statement that would change what is only used.
    pub(super) fn would_change_existing(&mut self, item: &Item) {
        self.report(Problem::WouldChange { span: item.keyword(), keyword: item.statement.keyword().into() });
    }

    /// The block of something existing says nothing; what cannot stand in any such block is told already.
    fn existing_block(&mut self, item: &Item) {
        let place = Place::Network;
        let stands = |item: &&Item| forms::keywords(place).any(|keyword| keyword == item.statement.keyword());
        item.items().iter().filter(stands).for_each(|item| self.would_change_existing(item));
    }

    /// Takes in what is said of a network that lives already.
    pub(super) fn existing_network(&mut self, item: &Item, id: &Word, block: Option<&Word>, network: &mut Network) {
        network.existing = Some(self.existing_id(id, "vpc-"));
        match block {
            Some(block) => network.blocks.extend(self.network_block(block).map(|found| (found, block.span))),
            None => self.report(Problem::NoBlock { span: item.head.after(), whose: "network" }),
        }
    }

    /// The id of something that lives already.
    fn existing_id(&mut self, word: &Word, prefix: &'static str) -> EcoString {
        let id = self.fill(word).unwrap_or_default();
        // EC2 User Guide, "Resource IDs": a prefix and 8 or 17 hexadecimal digits.
        let digits = id.strip_prefix(prefix).unwrap_or_default();
        let hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit() && !byte.is_ascii_uppercase());
        if !id.is_empty() && (!hex || !matches!(digits.len(), 8 | 17)) {
            self.report(Problem::BadId { word: word.clone(), prefix });
        }
        id
    }

    /// A subnet that lives already: its place in the network is known, and nothing else.
    pub(super) fn existing_subnet(&mut self, declared: &Declared<'_>) -> ByZone<Subnet> {
        let Statement::Existing { id, block, zone, .. } = &declared.item.statement else { return ByZone::hole() };
        let head = declared.item.head;
        self.existing_block(declared.item);
        let id = self.existing_id(id, "subnet-");
        if block.is_none() {
            self.report(Problem::NoBlock { span: head.after(), whose: "subnet" });
        }
        let zone_letter = match zone {
            Some(word) => self.zone(declared.network, word).unwrap_or_default(),
            None => {
                self.report(Problem::NoZone { span: head.after() });
                EcoString::new()
            }
        };
        let own = block.as_ref().and_then(|block| self.subnet_block(block));
        let subnet = Subnet {
            address: self.model.networks[declared.network].address.member(&declared.name),
            name: declared.name.clone(),
            origin: head,
            block_span: block.as_ref().map_or(head, |block| block.span),
            network: declared.network,
            block: own,
            written: own,
            zone: zone_letter.clone(),
            public: None,
            ipv6: None,
            existing: Some(id),
            table: None,
            acl: None,
            tags: Tags::new(),
        };
        ByZone { members: vec![(zone_letter, self.model.subnets.push(subnet))], zoned: false }
    }

    /// A security group that lives already: who names it knows it, and nobody knows its rules.
    pub(super) fn existing_group(&mut self, declared: &Declared<'_>, id: &Word) -> Group {
        self.existing_block(declared.item);
        Group {
            address: self.model.networks[declared.network].address.member(&declared.name),
            name: declared.name.clone(),
            origin: declared.item.head,
            is_default: false,
            existing: Some(self.existing_id(id, "sg-")),
            network: declared.network,
            description: None,
            rules: Vec::new(),
            limits_egress: false,
            tags: Tags::new(),
        }
    }
}

impl From<Problem> for Diagnostic {
    fn from(problem: Problem) -> Self {
        match problem {
            Problem::WouldChange { span, keyword } => {
                Diagnostic::new(codes::EXISTING, format!("`{keyword}` would change what is only used"))
                    .primary(span, "vpcc never changes what is `existing`")
                    .help("take it out")
            }
            Problem::NoBlock { span, whose } => {
                Diagnostic::new(codes::EXISTING, format!("the block of an existing {whose} is not told"))
                    .primary(span, "expected its block")
                    .help("write it behind the id, such as `10.0.0.0/16`, so that what you put there can be checked")
            }
            Problem::NoZone { span } => Diagnostic::new(codes::EXISTING, "the zone of an existing subnet is not told")
                .primary(span, "expected its zone")
                .help("write it behind the block, such as `az a`"),
            Problem::BadId { word, prefix } => {
                Diagnostic::new(codes::EXISTING, format!("`{}` is no id of this kind", word.text))
                    .primary(word.span, format!("expected `{prefix}` and 8 or 17 hexadecimal digits"))
            }
        }
    }
}
