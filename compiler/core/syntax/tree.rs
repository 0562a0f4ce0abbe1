//! The syntax tree: what was written, with its places.

use crate::source::{FileId, Span};
use ecow::EcoString;

/// A token as it was written, quotes and parameters included. An empty one is a hole in a statement that could not be
/// read whole; that is told already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// The text.
    pub text: EcoString,
    /// Where it stands.
    pub span: Span,
}

impl Word {
    /// Whether it is a string in quotes.
    pub fn is_string(&self) -> bool {
        self.text.starts_with('"')
    }

    /// Whether it starts as a name does: anything else is a literal.
    pub fn is_name(&self) -> bool {
        self.text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '{') && !self.text.contains([':', '/'])
    }
}

/// One file.
#[derive(Clone, Debug)]
pub struct Tree {
    /// Which.
    pub file: FileId,
    /// Its statements, in order.
    pub items: Vec<Item>,
    /// Whether the file could be read at all; if not, nothing is known of what it says.
    pub readable: bool,
}

impl Tree {
    pub(super) fn unreadable(file: FileId) -> Tree {
        Tree { file, items: Vec::new(), readable: false }
    }
}

/// A statement with its block.
#[derive(Clone, Debug)]
pub struct Item {
    /// From the keyword to the end of the block.
    pub span: Span,
    /// From the keyword to before the block.
    pub head: Span,
    /// What it says.
    pub statement: Statement,
    /// The block, if it has one.
    pub block: Option<Block>,
}

impl Item {
    /// The statements of the block; none if there is no block.
    pub fn items(&self) -> &[Item] {
        self.block.as_ref().map_or(&[], |block| &block.items)
    }

    /// The keyword it starts with, as a place.
    pub fn keyword(&self) -> Span {
        if let Statement::Broken(words) = &self.statement {
            return words.first().map_or(self.head, |word| word.span);
        }
        let len = self.statement.keyword().len() as u32;
        Span { end: self.head.end.min(self.head.start + len), ..self.head }
    }
}

/// `{ … }` behind a statement.
#[derive(Clone, Debug)]
pub struct Block {
    /// From brace to brace.
    pub span: Span,
    /// The statements in it.
    pub items: Vec<Item>,
}

/// What traffic a rule or a claim speaks of: `tcp 80, 443`.
#[derive(Clone, Debug)]
pub struct Traffic {
    /// The protocol.
    pub protocol: Word,
    /// The ports, or ICMP types; empty where none are given.
    pub ports: Vec<Word>,
}

impl Traffic {
    /// Where it stands.
    pub fn span(&self) -> Span {
        self.ports.last().map_or(self.protocol.span, |last| self.protocol.span.to(last.span))
    }
}

/// A rule of a security group.
#[derive(Clone, Debug)]
pub struct RuleLine {
    /// What is let through.
    pub traffic: Traffic,
    /// From or to where.
    pub members: Vec<Word>,
    /// The description.
    pub why: Option<Word>,
}

/// `NAME VALUE` in `tags` and `env`.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The name.
    pub key: Word,
    /// The value.
    pub value: Word,
}

/// The type of a parameter.
#[derive(Clone, Debug)]
pub enum ParamType {
    /// `0..254`
    Range(Word),
    /// `"dev", "prod"`
    Choices(Vec<Word>),
    /// `cidr`, or a name that is no type.
    Named(Word),
}

/// In which zones a subnet stands.
#[derive(Clone, Debug)]
pub enum Zones {
    /// `az a`
    Az(Word),
    /// `across a, b each /20`
    Across {
        /// The zones.
        zones: Vec<Word>,
        /// The prefix length of each zone's block, with its slash.
        each: Word,
    },
}

/// The other end of a peering.
#[derive(Clone, Debug)]
pub enum PeerEnd {
    /// A network of this program.
    Here(Word),
    /// Somebody's VPC.
    Far {
        /// Its id, in quotes.
        vpc: Word,
        /// Whose.
        account: Option<Word>,
        /// Where.
        region: Option<Word>,
    },
}

/// `zones = a, b` in a `use`.
#[derive(Clone, Debug)]
pub struct Argument {
    /// The parameter.
    pub name: Word,
    /// What it is given.
    pub values: Vec<Word>,
}

/// What a statement says. The names are those of the grammar's rules.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "each field is the part of the statement that grammar/reference.md describes")]
pub enum Statement {
    Stack(Word),
    Region(Word),
    Account(Word),
    Param {
        name: Word,
        of: ParamType,
        default: Vec<Word>,
    },
    Let {
        name: Word,
        members: Vec<Word>,
    },
    Key {
        name: Word,
        file: Option<Word>,
    },
    Tags(Vec<Entry>),
    Network {
        name: Word,
        was: Option<Word>,
        block: Word,
    },
    Quota {
        name: Word,
        value: Word,
    },
    Peer(Box<(Word, Word, PeerEnd)>),
    Assert {
        from: Word,
        claim: Word,
        to: Word,
        on: Option<Box<Traffic>>,
    },
    Use {
        file: Word,
        name: Word,
        arguments: Vec<Argument>,
    },
    Output {
        name: Word,
        path: Word,
    },
    Existing {
        kind: Word,
        name: Word,
        id: Word,
        block: Option<Box<Word>>,
        zone: Option<Box<Word>>,
    },
    Share(Vec<Word>),
    Cidr(Word),
    Ipv6(Option<Word>),
    Tenancy(Word),
    Dns(Option<Word>),
    Gateway(Box<Gateway>),
    Elastic {
        name: Word,
        was: Option<Box<Word>>,
        zones: Vec<Word>,
    },
    Customer {
        name: Word,
        was: Option<Box<Word>>,
        address: Word,
        asn: Word,
    },
    Vpn {
        name: Word,
        was: Option<Box<Word>>,
        gateway: Word,
        customer: Word,
    },
    Routes {
        name: Word,
        was: Option<Box<Word>>,
    },
    Subnet(Box<Subnet>),
    Sg {
        names: Vec<Word>,
        was: Option<Box<Word>>,
        description: Option<Word>,
    },
    Acl {
        name: Word,
        was: Option<Box<Word>>,
    },
    AclEntry(Box<AclEntry>),
    Endpoint(Box<Endpoint>),
    FlowLog {
        name: Word,
        was: Option<Box<Word>>,
        target: Word,
    },
    Node(Box<Node>),
    Lockdown,
    Defaults,
    Keep,
    Public,
    Private,
    Route {
        destination: Word,
        target: Word,
    },
    Propagate(Word),
    Ingress(Box<RuleLine>),
    Egress(Box<RuleLine>),
    EgressNone,
    Type(Word),
    Image(Image),
    Boot(Word),
    Disk(Box<Disk>),
    Env(Vec<Entry>),
    Role(Word),
    Imds(Word),
    At(Vec<Word>),
    Policy(Word),
    Domain(Word),
    Servers(Vec<Word>),
    Ntp(Vec<Word>),
    Hostnames(Word),
    Support(Word),
    TrafficKind(Word),
    Every(Word),
    /// What could not be read: its words, as far as they are words. The problem is already told.
    Broken(Vec<Word>),
}

/// `gateway out nat in public elastic addr`
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "each field is the part of the statement that grammar/reference.md describes")]
pub struct Gateway {
    pub name: Word,
    pub was: Option<Word>,
    pub kind: Word,
    pub subnet: Option<Word>,
    pub elastic: Option<Word>,
    pub asn: Option<Word>,
}

/// `subnet lan 10.0.0.0/24 az a`
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "each field is the part of the statement that grammar/reference.md describes")]
pub struct Subnet {
    pub name: Word,
    pub was: Option<Word>,
    pub block: Word,
    pub zones: Zones,
}

/// `100 allow ingress tcp 443 from any`
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "each field is the part of the statement that grammar/reference.md describes")]
pub struct AclEntry {
    pub number: Word,
    pub verdict: Word,
    pub direction: Word,
    pub traffic: Traffic,
    pub place: Word,
}

/// `endpoint logs interface logs in app`
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "each field is the part of the statement that grammar/reference.md describes")]
pub struct Endpoint {
    pub name: Word,
    pub was: Option<Word>,
    pub kind: Word,
    pub service: Word,
    pub subnets: Vec<Word>,
}

/// `node web[0..2] in lan at .100`
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "each field is the part of the statement that grammar/reference.md describes")]
pub struct Node {
    pub name: Word,
    pub indices: Option<Word>,
    pub was: Option<Word>,
    pub subnet: Word,
    pub start: Option<Word>,
}

/// `image …`, in a node or at the top level.
#[derive(Clone, Debug)]
pub enum Image {
    /// `image ami-0abc`, or the name of an image that the program makes.
    Named(Word),
    /// `image "pattern" by OWNER`
    Newest {
        /// The pattern, in quotes.
        pattern: Word,
        /// Whose images.
        owner: Word,
    },
    /// `image golden from node[0]`, `image far from golden in us-east-1`
    Made {
        /// The name.
        name: Word,
        /// The node, or the image to copy.
        from: Word,
        /// Where the copy goes.
        region: Option<Box<Word>>,
    },
}

/// `disk data 100GiB gp3 unencrypted`
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "each field is the part of the statement that grammar/reference.md describes")]
pub struct Disk {
    pub name: Option<Word>,
    pub size: Word,
    pub volume_type: Option<Word>,
    pub unencrypted: Option<Span>,
}

impl Statement {
    /// The name that what is declared had before, if the statement tells.
    pub fn was(&self) -> Option<&Word> {
        use Statement as S;
        match self {
            S::Network { was, .. } => was.as_ref(),
            S::Elastic { was, .. }
            | S::Customer { was, .. }
            | S::Vpn { was, .. }
            | S::Routes { was, .. }
            | S::Sg { was, .. }
            | S::Acl { was, .. }
            | S::FlowLog { was, .. } => was.as_deref(),
            S::Gateway(gateway) => gateway.was.as_ref(),
            S::Subnet(subnet) => subnet.was.as_ref(),
            S::Endpoint(endpoint) => endpoint.was.as_ref(),
            S::Node(node) => node.was.as_ref(),
            _ => None,
        }
    }

    /// The keyword that such a statement starts with.
    pub fn keyword(&self) -> &str {
        use Statement as S;
        match self {
            S::Stack(_) => "stack",
            S::Region(_) => "region",
            S::Account(_) => "account",
            S::Param { .. } => "param",
            S::Let { .. } => "let",
            S::Key { .. } => "key",
            S::Tags(_) => "tags",
            S::Network { .. } => "network",
            S::Quota { .. } => "quota",
            S::Peer(_) => "peer",
            S::Assert { .. } => "assert",
            S::Use { .. } => "use",
            S::Output { .. } => "output",
            S::Existing { .. } => "existing",
            S::Share(_) => "share",
            S::Cidr(_) => "cidr",
            S::Ipv6(_) => "ipv6",
            S::Tenancy(_) => "tenancy",
            S::Dns(_) => "dns",
            S::Gateway(_) => "gateway",
            S::Elastic { .. } => "elastic",
            S::Customer { .. } => "customer",
            S::Vpn { .. } => "vpn",
            S::Routes { .. } => "routes",
            S::Subnet(_) => "subnet",
            S::Sg { .. } => "sg",
            S::Acl { .. } => "acl",
            S::AclEntry(entry) => &entry.number.text,
            S::Endpoint(_) => "endpoint",
            S::FlowLog { .. } => "flow-log",
            S::Node(_) => "node",
            S::Lockdown => "lockdown",
            S::Defaults => "defaults",
            S::Keep => "keep",
            S::Public => "public",
            S::Private => "private",
            S::Route { .. } => "route",
            S::Propagate(_) => "propagate",
            S::Ingress(_) => "ingress",
            S::Egress(_) | S::EgressNone => "egress",
            S::Type(_) => "type",
            S::Image(_) => "image",
            S::Boot(_) => "boot",
            S::Disk(_) => "disk",
            S::Env(_) => "env",
            S::Role(_) => "role",
            S::Imds(_) => "imds",
            S::At(_) => "at",
            S::Policy(_) => "policy",
            S::Domain(_) => "domain",
            S::Servers(_) => "servers",
            S::Ntp(_) => "ntp",
            S::Hostnames(_) => "hostnames",
            S::Support(_) => "support",
            S::TrafficKind(_) => "traffic",
            S::Every(_) => "every",
            S::Broken(words) => words.first().map_or("", |word| &word.text),
        }
    }
}
