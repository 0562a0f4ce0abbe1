//! What EC2 has: one file for each kind of thing, with its attributes, what identifies it, what may change in place,
//! and the calls that make, change and remove it.
//!
//! In: attributes, as `plan::lower` wants them or as [`read`](Kind::read) finds them in EC2's answers. Out: calls.
//! What a kind's table row can hold is data; what it can't is a small function beside it. Absent on purpose:
//! comparing, ordering and sending.

mod acl_edits;
mod attribute;
mod customer_gateway;
mod default_network_acl;
mod default_security_group;
mod describe;
mod dhcp_options;
mod effect;
mod egress_only_internet_gateway;
mod elastic_ip;
mod elastic_ip_association;
mod flow_log;
mod image;
mod instance;
mod internet_gateway;
mod key_pair;
mod live;
mod main_route_table;
mod nat_gateway;
mod network_acl;
mod op;
mod policy;
mod route_table;
mod routes;
mod rule_sets;
mod security_group;
mod security_group_rules;
mod subnet;
pub mod tags;
mod volume;
mod vpc;
mod vpc_cidr_block;
mod vpc_endpoint;
mod vpc_peering_connection;
mod vpn_connection;
mod vpn_gateway;
mod wanted;

/// The directions of rules and of entries, as attributes call them.
pub(crate) const DIRECTIONS: [&str; 2] = ["ingress", "egress"];

pub use attribute::{Attribute, Change};
pub use describe::{Beside, Describe};
pub use effect::{Effect, Traffic};
pub use live::{Item, Live, Observed, name_references};
pub use op::{Op, Wait};
pub use tags::{
    ADDRESS_TAG, ENDPOINT_TAG, IMAGE_TAG, MATERIAL_TAG, NONCE_TAG, REGIONS_TAG, SOURCE_TAG, STACK_TAG, USER_DATA_TAG,
};
pub use wanted::{Claimed, Existing, Origin, Resource, Wanted};

pub use customer_gateway::CUSTOMER_GATEWAY;
pub use default_network_acl::DEFAULT_NETWORK_ACL;
pub use default_security_group::DEFAULT_SECURITY_GROUP;
pub use dhcp_options::DHCP_OPTIONS;
pub use egress_only_internet_gateway::EGRESS_ONLY_INTERNET_GATEWAY;
pub use elastic_ip::ELASTIC_IP;
pub use elastic_ip_association::ELASTIC_IP_ASSOCIATION;
pub use flow_log::{FLOW_LOG, flow_log_of};
pub use image::IMAGE;
pub use instance::INSTANCE;
pub use internet_gateway::INTERNET_GATEWAY;
pub use key_pair::KEY_PAIR;
pub use main_route_table::MAIN_ROUTE_TABLE;
pub use nat_gateway::NAT_GATEWAY;
pub use network_acl::{ENTRY_NUMBERS, NETWORK_ACL};
pub use policy::canonical as canonical_policy;
pub use route_table::ROUTE_TABLE;
pub use routes::ROUTES;
pub use security_group::SECURITY_GROUP;
pub(crate) use security_group_rules::only as rules_only;
pub use security_group_rules::{SECURITY_GROUP_RULES, everything_out, permission_text, sort as sort_rules, that_count};
pub use subnet::SUBNET;
pub use volume::{VOLUME, iops};
pub use vpc::VPC;
pub use vpc_cidr_block::{IPV6, VPC_CIDR_BLOCK, amazon_ipv6, block_part, derived, ipv6_block, is_ipv6_block};
pub use vpc_endpoint::VPC_ENDPOINT;
pub use vpc_peering_connection::VPC_PEERING_CONNECTION;
pub use vpn_connection::VPN_CONNECTION;
pub use vpn_gateway::VPN_GATEWAY;

use crate::call::{Map, Value};
use ecow::EcoString;

/// Every kind, in the order in which a person would build them; what one refers to comes before it.
pub static KINDS: &[&Kind] = &[
    &KEY_PAIR,
    &VPC,
    &VPC_CIDR_BLOCK,
    &DHCP_OPTIONS,
    &INTERNET_GATEWAY,
    &EGRESS_ONLY_INTERNET_GATEWAY,
    &VPN_GATEWAY,
    &CUSTOMER_GATEWAY,
    &VPN_CONNECTION,
    &VPC_PEERING_CONNECTION,
    &ROUTE_TABLE,
    &NETWORK_ACL,
    &DEFAULT_NETWORK_ACL,
    &SUBNET,
    &ELASTIC_IP,
    &NAT_GATEWAY,
    &SECURITY_GROUP,
    &DEFAULT_SECURITY_GROUP,
    &SECURITY_GROUP_RULES,
    &VPC_ENDPOINT,
    &FLOW_LOG,
    &IMAGE,
    &INSTANCE,
    &ELASTIC_IP_ASSOCIATION,
    &VOLUME,
    &ROUTES,
    &MAIN_ROUTE_TABLE,
];

/// A kind of thing in EC2.
pub struct Kind {
    /// Its name in plans: `route-table`.
    pub name: &'static str,
    /// How it is listed; `None` if it is a [part](Kind::part) of another kind, whose listing shows it too.
    pub describe: Option<Describe>,
    /// Of which kind it is a part, and what the part is called: the rules of a security group. A part that is listed by
    /// itself is one that EC2 makes along with a VPC, such as its default security group: it is known by its VPC, whether
    /// it is tagged or not.
    pub part: Option<(&'static Kind, &'static str)>,
    /// For a part of which an owner can have several: what an owner's item says of each, with what to add to the
    /// owner's address.
    pub each: Option<Parts>,
    /// The member of an item in that listing that holds the id.
    pub id: &'static str,
    /// Its attributes, and what a change of each takes.
    pub attributes: &'static [Attribute],
    /// What is interrupted when it is removed, if people have to know.
    pub loses: Option<&'static str>,
    /// Whether a new one can stand before the old one goes.
    pub overlap: Overlap,
    /// The kinds of which everything in the same VPC has to be gone first, though it doesn't refer to this.
    pub goes_after: &'static [&'static str],
    /// The attributes that refer to something that has to go first if both go, contrary to what references mean elsewhere.
    pub outlives: &'static [&'static str],
    /// The attributes that may refer for a while to something that is gone: they let go of it first where they can.
    pub loose: &'static [&'static str],
    /// The attribute that lists the groups it is in, and how many those can be: it can be in old and new ones for a while.
    pub joins: Option<(&'static str, usize)>,
    /// What a change in place lets through and stops.
    pub effect: fn(&Updating) -> Effect,
    /// Whether what is new of this kind can be reached, or reach something, that nothing could before.
    pub opens: bool,
    /// The attributes with which only that comes through which comes through before and after, where there are such.
    pub narrowed: fn(&Updating) -> Option<Map>,
    /// Why going from some attributes to others takes a new thing, where no single attribute's change does: what has to be
    /// on the way between them cannot be.
    pub obstacle: fn(&Map, &Map) -> Option<&'static str>,
    /// The attributes that hold ids of what comes with it and bears its tags.
    pub along: &'static [&'static str],
    /// The attributes of an item, in the form of [`Resource::attributes`].
    pub read: fn(&Item, &Live) -> Map,
    /// Where an item is in its life.
    pub state: fn(&Map) -> State,
    /// The calls that make one. The first gives its id; later ones may refer to it.
    pub create: fn(&Resource, &Making) -> Vec<Op>,
    /// The calls that change one in place.
    pub update: fn(&Updating) -> Vec<Op>,
    /// The calls that remove one; none if it goes by itself.
    pub delete: fn(&Observed, Removing) -> Vec<Op>,
    /// What no two of them can share at a time.
    pub claims: fn(&Map) -> Vec<Claim>,
    /// The attributes worth showing in a plan, in few words.
    pub summary: fn(&Map) -> String,
    /// Ids and addresses worth showing when it lives, from an item.
    pub outputs: fn(&Map) -> Map,
}

impl Kind {
    /// What holds of a kind that doesn't say otherwise: it stands by itself, is ready once it is listed, and a new one
    /// can be made before the old one goes. Every kind has a name, an id, attributes and a summary of its own, is read
    /// and made in its own way.
    const PLAIN: Kind = Kind {
        name: "",
        describe: None,
        part: None,
        each: None,
        id: "",
        attributes: &[],
        loses: None,
        overlap: Overlap::NewFirst,
        goes_after: &[],
        outlives: &[],
        loose: &[],
        joins: None,
        effect: |_| Effect::default(),
        opens: false,
        narrowed: |_| None,
        obstacle: |_, _| None,
        along: &[],
        read: |_, _| Map::new(),
        state: |_| State::Ready,
        create: |_, _| Vec::new(),
        update: |_| Vec::new(),
        delete: |_, _| Vec::new(),
        claims: |_| Vec::new(),
        summary: |_| String::new(),
        outputs: |_| Map::new(),
    };
}

/// How many security groups an interface can be in, unless the account's quota is raised (VPC User Guide, "Amazon VPC
/// quotas").
const GROUPS_OF_AN_INTERFACE: usize = 5;

/// Reads several parts from their owner's item, each with what to add to the owner's address.
pub type Parts = fn(&Map) -> Vec<(String, Map)>;

/// Whether two of a kind can stand for one address for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overlap {
    /// The new one is made first, and the old one goes when nothing needs it any more.
    NewFirst,
    /// The old one has to go first.
    OldFirst,
    /// The new one is made first where this is the attribute that takes one, and alone; the old one goes first otherwise.
    NewFirstFor(&'static str),
}

/// Where something is in its life.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// On its way.
    Pending,
    /// There.
    Ready,
    /// There, but switched off.
    Stopped,
    /// On its way out.
    Going,
    /// Gone, though EC2 may list it for a while.
    Gone,
    /// It will never be ready: says why.
    Failed(String),
}

/// Something that no two resources can have at a time: an address in a subnet, a block in a VPC.
#[derive(Clone, Debug, PartialEq)]
pub struct Claim {
    /// Within what.
    pub scope: Value,
    /// What.
    pub on: ClaimOn,
}

/// What is claimed.
#[derive(Clone, Debug, PartialEq)]
pub enum ClaimOn {
    /// Just this.
    Name(EcoString),
    /// All addresses of this block.
    Block(crate::net::Block),
}

/// What is known when something is made.
#[derive(Clone, Copy, Debug)]
pub struct Making<'a> {
    /// The stack that it is for.
    pub stack: &'a str,
    /// What it replaces while the old one still stands.
    pub beside: Option<&'a Observed>,
}

/// What is known when something is changed in place.
#[derive(Clone, Copy, Debug)]
pub struct Updating<'a> {
    /// How it should be.
    pub after: &'a Resource,
    /// How it is.
    pub before: &'a Observed,
    /// The names of the attributes that differ.
    pub changed: &'a [&'static str],
}

impl Updating<'_> {
    /// Whether an attribute differs.
    pub fn has(&self, name: &str) -> bool {
        self.changed.contains(&name)
    }

    /// The id of what is changed.
    pub fn id(&self) -> Value {
        self.before.id.clone().into()
    }
}

/// Why something is removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Removing {
    /// The program no longer asks for it.
    Dropped,
    /// Another one has taken its place.
    Replaced,
    /// What it outlives has just been removed.
    Along,
}

impl Kind {
    /// The kind as people say it: `route table`.
    pub fn noun(&self) -> String {
        match self.name {
            "vpc" => "VPC".to_owned(),
            "vpc-cidr-block" => "VPC CIDR block".to_owned(),
            "dhcp-options" => "DHCP options".to_owned(),
            "elastic-ip" => "Elastic IP".to_owned(),
            "elastic-ip-association" => "Elastic IP association".to_owned(),
            "egress-only-internet-gateway" => "egress-only internet gateway".to_owned(),
            "nat-gateway" => "NAT gateway".to_owned(),
            "vpc-peering-connection" => "VPC peering connection".to_owned(),
            "vpn-gateway" => "VPN gateway".to_owned(),
            "vpn-connection" => "VPN connection".to_owned(),
            "network-acl" => "network ACL".to_owned(),
            "vpc-endpoint" => "VPC endpoint".to_owned(),
            "default-network-acl" => "default network ACL".to_owned(),
            name => name.replace('-', " "),
        }
    }

    /// Whether its things have ids of their own, by which others name them.
    pub fn has_ids(&self) -> bool {
        self.describe.is_some() || self.each.is_some()
    }

    /// What it is called as a part of the VPC that it comes with, if it is a kind of which every VPC has one.
    pub fn comes_with_vpc(&self) -> Option<&'static str> {
        self.part.filter(|_| self.describe.is_some()).map(|(_, name)| name)
    }

    /// Its place in [`KINDS`].
    pub fn rank(&self) -> usize {
        KINDS.iter().position(|kind| kind.name == self.name).unwrap_or(KINDS.len())
    }

    /// The kind of a name.
    pub fn named(name: &str) -> Option<&'static Kind> {
        KINDS.iter().copied().find(|kind| kind.name == name)
    }

    /// What is known of an attribute.
    pub fn attribute(&self, name: &str) -> Option<&'static Attribute> {
        self.attributes.iter().find(|attribute| attribute.name == name)
    }
}

impl PartialEq for Kind {
    fn eq(&self, other: &Kind) -> bool {
        self.name == other.name
    }
}

impl std::fmt::Debug for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

/// For kinds whose items tell their state in a member `State`: `pending`, then `available`.
fn pending_or_available(item: &Map) -> State {
    match item.text("State") {
        "pending" => State::Pending,
        _ => State::Ready,
    }
}

/// A boolean as some EC2 requests want it: wrapped.
fn attribute_value(value: bool) -> Map {
    Map::new().with("Value", value)
}

/// The value of an attribute; an empty text if it isn't there, which no attribute's value is.
fn attribute(attributes: &Map, name: &str) -> Value {
    attributes.get(name).cloned().unwrap_or(Value::Text(EcoString::new()))
}
