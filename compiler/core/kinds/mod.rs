//! What EC2 has: one file for each kind of thing, with its attributes, what identifies it, what may change in place,
//! and the calls that make, change and remove it.
//!
//! In: attributes, as `plan::lower` wants them or as [`read`](Kind::read) finds them in EC2's answers. Out: calls.
//! What a kind's table row can hold is data; what it can't is a small function beside it. Absent on purpose:
//! comparing, ordering and sending.

mod customer_gateway;
mod default_network_acl;
mod default_security_group;
mod dhcp_options;
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
mod policy;
mod route_table;
mod routes;
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

pub use live::{Item, Live, Observed, name_references};
pub use tags::{ADDRESS_TAG, ENDPOINT_TAG, IMAGE_TAG, MATERIAL_TAG, SOURCE_TAG, STACK_TAG, USER_DATA_TAG};

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
pub use security_group_rules::{SECURITY_GROUP_RULES, everything_out, permission_text, sort as sort_rules, that_count};
pub use subnet::SUBNET;
pub use volume::{VOLUME, iops};
pub use vpc::VPC;
pub use vpc_cidr_block::{IPV6, VPC_CIDR_BLOCK, amazon_ipv6, block_part, derived};
pub use vpc_endpoint::VPC_ENDPOINT;
pub use vpc_peering_connection::VPC_PEERING_CONNECTION;
pub use vpn_connection::VPN_CONNECTION;
pub use vpn_gateway::VPN_GATEWAY;

use crate::call::{Call, Map, Value};
use crate::model::{Address, Tags};
use crate::source::Span;
use ecow::EcoString;
use std::sync::Arc;

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

/// Reads several parts from their owner's item, each with what to add to the owner's address.
pub type Parts = fn(&Map) -> Vec<(String, Map)>;

/// How a kind is listed.
#[derive(Clone, Copy, Debug)]
pub struct Describe {
    /// The action.
    pub action: &'static str,
    /// What EC2 calls the kind where it speaks of tags (EC2 API Reference, "TagSpecification").
    pub resource_type: &'static str,
    /// Where in the answer the items are: the names of lists within each other.
    pub list: &'static [&'static str],
    /// How many items a page may have (EC2 API Reference, "MaxResults"); `None` if the answer has no pages.
    pub page: Option<u16>,
    /// The filter that picks items by id.
    pub id_filter: &'static str,
    /// Whether to list the stack's own by tag; all of the account's otherwise.
    pub by_tag: bool,
    /// A filter that picks what is of this kind, with its value, where the action lists others too.
    pub only: Option<(&'static str, &'static str)>,
    /// Further calls, each about one item, whose answers are put into the item under the action's name.
    pub details: fn(&Map) -> Vec<Call>,
    /// A listing of things that belong to the items.
    pub beside: Option<Beside>,
}

/// A second listing, of things that belong to the items of the first: the volumes of instances.
#[derive(Clone, Copy, Debug)]
pub struct Beside {
    /// The action.
    pub action: &'static str,
    /// The list in the answer, and the member of the owner that its things are put under.
    pub list: &'static str,
    /// The id of the owner.
    pub owner: fn(&Map) -> &str,
}

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
    const fn new(name: &'static str, change: Change) -> Attribute {
        Attribute { name, change, set: None, label: None, lenient: false }
    }

    const fn lenient(name: &'static str, change: Change) -> Attribute {
        Attribute { name, change, set: None, label: None, lenient: true }
    }

    const fn set(name: &'static str, key: &'static [&'static str]) -> Attribute {
        Attribute { name, change: Change::InPlace, set: Some(key), label: None, lenient: false }
    }
}

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

/// A call of a step, and what it does for the step.
#[derive(Clone, Debug, PartialEq)]
pub struct Op {
    /// The request.
    pub call: Call,
    /// A value of the answer that later calls refer to by an address: names separated by dots, numbers for places in
    /// lists, and `Name=?` for the item of a list whose `Name` is the id of the step's own thing. The first call of a
    /// creation gives the id of what it makes.
    pub gives: Option<(Address, &'static str)>,
    /// Where the answer shows the new thing. If it shows it without tags, whoever answered has dropped them (some
    /// emulators do), and they are set by a call of their own.
    pub shows: Option<&'static str>,
    /// The list in the request in which calls of several steps can be put together into one.
    pub merges: Option<&'static str>,
    /// Where to send it, if not where the thing lives.
    pub region: Option<EcoString>,
    /// What to wait for when the call is done.
    pub wait: Option<Wait>,
    /// A value that later calls refer to by an address, and that only a listing shows after the wait.
    pub tells: Option<(Address, &'static str)>,
}

/// What a step waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
    /// That it is [`State::Ready`].
    Ready,
    /// That it is [`State::Stopped`].
    Stopped,
    /// That it is [`State::Gone`].
    Gone,
}

impl Op {
    /// A call that nothing waits for.
    pub fn new(action: &'static str, parameters: Map) -> Op {
        Op {
            call: Call::new(action, parameters),
            gives: None,
            shows: None,
            merges: None,
            region: None,
            wait: None,
            tells: None,
        }
    }

    /// Says where the answer holds what later calls refer to.
    #[must_use]
    pub fn gives(mut self, address: &Address, path: &'static str) -> Op {
        self.gives = Some((address.clone(), path));
        self
    }

    /// Says where the answer shows the new thing with its tags.
    #[must_use]
    pub fn shows(mut self, path: &'static str) -> Op {
        self.shows = Some(path);
        self
    }

    /// Says in which list calls of several steps can be put together.
    #[must_use]
    pub fn merges(mut self, list: &'static str) -> Op {
        self.merges = Some(list);
        self
    }

    /// What it has in common with calls that it can be put together with: all but the list.
    pub fn merged_with(&self) -> Option<Call> {
        let mut call = self.call.clone();
        call.parameters.remove(self.merges?);
        Some(call)
    }

    /// Says where to send it.
    #[must_use]
    pub fn in_region(mut self, region: Option<&str>) -> Op {
        self.region = region.map(EcoString::from);
        self
    }

    /// Says what to wait for.
    #[must_use]
    pub fn wait(mut self, wait: Wait) -> Op {
        self.wait = Some(wait);
        self
    }

    /// Says what a listing shows after the wait.
    #[must_use]
    pub fn tells(mut self, address: &Address, path: &'static str) -> Op {
        self.tells = Some((address.clone(), path));
        self
    }
}

/// Where in the program something was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The statement.
    pub span: Span,
    /// The file's name.
    pub file: Arc<str>,
    /// The line, from 1.
    pub line: usize,
}

/// Something that the program asks for.
#[derive(Clone, Debug)]
pub struct Resource {
    /// What it is called.
    pub address: Address,
    /// What it is.
    pub kind: &'static Kind,
    /// Where it lives.
    pub region: EcoString,
    /// How it should be. A reference stands for the id of another resource.
    pub attributes: Map,
    /// The program's tags.
    pub tags: Arc<Tags>,
    /// Tags by which vpcc finds out later what it made.
    pub marks: Vec<(&'static str, EcoString)>,
    /// What has to be complete before, though no attribute refers to it.
    pub after: Vec<Address>,
    /// Who asked for it.
    pub origin: Option<Origin>,
}

/// What a program wants EC2 to hold.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// The resources, in the order of kinds and addresses.
    pub resources: Vec<Resource>,
    /// The kinds that the program speaks of, each region's alike: of these something may live.
    pub kinds: Vec<&'static Kind>,
    /// What lives already, and is used and never changed.
    pub existing: Vec<Existing>,
    /// What the program called something before, and calls it now; what is inside goes along.
    pub renamed: Vec<(Address, Address)>,
    /// What no plan may remove or replace, with the statement that says so.
    pub keeps: Vec<(Address, Span)>,
}

/// Something that lives already, and is used and never changed.
#[derive(Clone, Debug)]
pub struct Existing {
    /// What the program calls it.
    pub address: Address,
    /// What it is.
    pub kind: &'static Kind,
    /// Where it lives.
    pub region: EcoString,
    /// Its id.
    pub id: EcoString,
    /// What the program says of it.
    pub attributes: Map,
    /// Who says so.
    pub origin: Option<Origin>,
}

impl Wanted {
    /// The same program, of which nothing is wanted any more.
    #[must_use]
    pub fn gone(self) -> Wanted {
        Wanted { resources: Vec::new(), ..self }
    }
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

/// For kinds that are there as soon as they are listed.
fn always_ready(_: &Map) -> State {
    State::Ready
}

/// For kinds whose items tell their state in a member `State`: `pending`, then `available`.
fn pending_or_available(item: &Map) -> State {
    match item.text("State") {
        "pending" => State::Pending,
        _ => State::Ready,
    }
}

fn no_details(_: &Map) -> Vec<Call> {
    Vec::new()
}

fn no_claims(_: &Map) -> Vec<Claim> {
    Vec::new()
}

fn no_outputs(_: &Map) -> Map {
    Map::new()
}

/// A boolean as some EC2 requests want it: wrapped.
fn attribute_value(value: bool) -> Map {
    Map::new().with("Value", value)
}

/// The value of an attribute; an empty text if it isn't there, which no attribute's value is.
fn attribute(attributes: &Map, name: &str) -> Value {
    attributes.get(name).cloned().unwrap_or(Value::Text(EcoString::new()))
}
