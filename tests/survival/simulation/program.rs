//! Networks as data: what a generated program holds, and its text. References are numbers, so that names can change.

use std::fmt::Write;

/// What tells a thing from others of its program, whatever it is called.
pub type Id = u32;

#[derive(Clone, Debug, Default)]
pub struct Program {
    /// Whether it says in which region it lives.
    pub settled: bool,
    pub tag: Option<u8>,
    pub networks: Vec<Network>,
    /// Whether the first two networks are peered.
    pub peered: bool,
    pub next: Id,
}

#[derive(Clone, Debug, Default)]
pub struct Network {
    pub name: Name,
    /// Of its block, 10.OCTET.0.0/16.
    pub octet: u8,
    pub second_block: bool,
    pub ipv6: bool,
    pub dns: Option<u8>,
    pub lockdown: bool,
    pub keep: bool,
    pub internet: Option<Name>,
    pub nat: Option<Nat>,
    pub egress: bool,
    pub elastic: bool,
    pub subnets: Vec<Subnet>,
    pub groups: Vec<Group>,
    pub acl: Option<Acl>,
    pub shared_table: bool,
    pub main_table: bool,
    pub nodes: Vec<Node>,
    pub endpoint: Option<EndpointForm>,
    pub flow_log: Option<u8>,
    pub tag: Option<u8>,
}

/// What something is called, and what it was called before.
#[derive(Clone, Debug, Default)]
pub struct Name {
    pub now: String,
    pub was: Option<String>,
}

#[derive(Clone, Debug)]
pub struct Nat {
    pub name: Name,
    /// Whether it stands behind an address that has a name.
    pub named_address: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    None,
    Internet,
    Nat,
    Shared,
}

#[derive(Clone, Debug)]
pub struct Subnet {
    pub id: Id,
    pub name: Name,
    /// Of its block, 10.OCTET.PLACE.0/20; a multiple of 16.
    pub place: u8,
    /// More than one letter, or one after a bracket: `across`.
    pub zones: Vec<char>,
    pub zoned: bool,
    pub way: Way,
    pub ipv6: bool,
    pub acl: bool,
    pub to_peer: bool,
    pub tag: Option<u8>,
}

#[derive(Clone, Debug)]
pub struct Group {
    pub id: Id,
    pub name: Name,
    pub description: u8,
    pub rules: Vec<Rule>,
    pub silent: bool,
}

#[derive(Clone, Debug)]
pub struct Rule {
    pub egress: bool,
    pub ports: String,
    pub peer: Peer,
    pub why: Option<u8>,
}

#[derive(Clone, Debug)]
pub enum Peer {
    Any,
    Itself,
    Network,
    Block(u8),
    Group(Id),
    Subnet(Id),
}

#[derive(Clone, Debug)]
pub struct Acl {
    pub name: Name,
    /// Blocks that are kept out, each by its own number.
    pub denied: Vec<u8>,
}

#[derive(Clone, Debug)]
pub struct Node {
    pub name: Name,
    pub subnet: Id,
    /// More than one is a range.
    pub count: Option<u8>,
    pub at: Option<u8>,
    pub form: &'static str,
    pub groups: Vec<Id>,
    pub key: bool,
    pub boot: bool,
    pub root: Option<u8>,
    pub disk: Option<u8>,
    pub elastic: bool,
    pub role: bool,
    pub lax: bool,
    pub tag: Option<u8>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndpointForm {
    Gateway,
    Interface,
}

impl Name {
    pub fn new(now: &str) -> Name {
        Name { now: now.to_owned(), was: None }
    }

    fn declared(&self) -> String {
        self.was.as_ref().map_or_else(|| self.now.clone(), |was| format!("{} was {was}", self.now))
    }
}

impl Program {
    pub fn id(&mut self) -> Id {
        self.next += 1;
        self.next
    }

    /// The program as people would write it.
    pub fn text(&self) -> String {
        let mut out = String::from("stack dahak\n");
        if self.settled {
            out += "region us-west-2\n";
        }
        out += &tags(self.tag);
        if self.networks.iter().any(|network| network.nodes.iter().any(|node| node.key)) {
            out += "key me \"keys/me.pub\"\n";
        }
        if let (true, [first, second, ..]) = (self.peered, self.networks.as_slice()) {
            line(&mut out, format_args!("peer link {}, {}", first.name.now, second.name.now));
        }
        for (index, network) in self.networks.iter().enumerate() {
            let other = self.networks.get(1 - index.min(1)).filter(|_| self.peered);
            network.write(other, &mut out);
        }
        out
    }
}

fn line(out: &mut String, text: std::fmt::Arguments<'_>) {
    out.write_fmt(text).unwrap();
    out.push('\n');
}

fn tags(tag: Option<u8>) -> String {
    tag.map_or(String::new(), |tag| format!("tags {{ team \"t{tag}\" }}\n"))
}

impl Network {
    pub fn subnet(&self, id: Id) -> Option<&Subnet> {
        self.subnets.iter().find(|subnet| subnet.id == id)
    }

    fn write(&self, peer: Option<&Network>, out: &mut String) {
        line(out, format_args!("network {} 10.{}.0.0/16 {{", self.name.declared(), self.octet));
        self.write_settings(out);
        self.write_gateways(out);
        self.write_tables(out);
        self.subnets.iter().for_each(|subnet| self.write_subnet(subnet, peer, out));
        self.groups.iter().for_each(|group| self.write_group(group, out));
        if let Some(acl) = &self.acl {
            acl.write(out);
        }
        self.nodes.iter().for_each(|node| self.write_node(node, out));
        self.write_rest(out);
        out.push_str("}\n");
    }

    fn write_settings(&self, out: &mut String) {
        for (is_so, text) in [(self.keep, "keep"), (self.ipv6, "ipv6"), (self.lockdown, "lockdown")] {
            if is_so {
                line(out, format_args!("{text}"));
            }
        }
        *out += &tags(self.tag);
        if self.second_block {
            line(out, format_args!("cidr 10.{}.0.0/16", self.octet + 100));
        }
        if let Some(domain) = self.dns {
            line(out, format_args!("dns \"d{domain}.internal\""));
        }
    }

    fn write_gateways(&self, out: &mut String) {
        if let Some(gateway) = &self.internet {
            line(out, format_args!("gateway {} internet", gateway.declared()));
        }
        if self.elastic {
            line(out, format_args!("elastic spare"));
        }
        if self.egress {
            line(out, format_args!("gateway six egress"));
        }
        let door = self.subnets.iter().find(|subnet| subnet.way == Way::Internet);
        let (Some(nat), Some(door)) = (&self.nat, door) else { return };
        if nat.named_address {
            line(out, format_args!("elastic exit"));
        }
        let address = if nat.named_address { " elastic exit" } else { "" };
        let zone = door.zones.first().filter(|_| door.zoned);
        let zone = zone.map_or(String::new(), |zone| format!("[{zone}]"));
        line(out, format_args!("gateway {} nat in {}{zone}{address}", nat.name.declared(), door.name.now));
    }

    fn write_tables(&self, out: &mut String) {
        let out_of = self.internet.as_ref().map_or(String::new(), |name| format!("route any via {}", name.now));
        if self.shared_table {
            line(out, format_args!("routes common {{ {out_of} }}"));
        }
        if self.main_table {
            line(out, format_args!("routes main {{ {out_of} }}"));
        }
    }

    fn way(&self, way: Way) -> Option<String> {
        match way {
            Way::None => None,
            Way::Shared => self.shared_table.then(|| "routes common".to_owned()),
            Way::Internet => self.internet.as_ref().map(|name| format!("route any via {}", name.now)),
            Way::Nat => self.nat.as_ref().map(|nat| format!("route any via {}", nat.name.now)),
        }
    }

    fn write_subnet(&self, subnet: &Subnet, peer: Option<&Network>, out: &mut String) {
        let zones: Vec<String> = subnet.zones.iter().map(char::to_string).collect();
        let zones = match subnet.zoned {
            true => format!("across {} each /24", zones.join(", ")),
            false => format!("az {}", zones.join("")),
        };
        let Subnet { place, name, .. } = subnet;
        line(out, format_args!("subnet {} 10.{}.{place}.0/20 {zones} {{", name.declared(), self.octet));
        if let Some(way) = self.way(subnet.way) {
            line(out, format_args!("{way}"));
        }
        if subnet.way == Way::Internet && self.internet.is_some() {
            line(out, format_args!("public"));
        }
        if subnet.way == Way::Nat && self.egress && self.ipv6 && subnet.ipv6 {
            line(out, format_args!("route ::/0 via six"));
        }
        if let Some(peer) = peer.filter(|_| subnet.to_peer && subnet.way != Way::Shared) {
            line(out, format_args!("route {} via link", peer.name.now));
        }
        if subnet.ipv6 && self.ipv6 {
            line(out, format_args!("ipv6 {place}"));
        }
        if let Some(acl) = self.acl.as_ref().filter(|_| subnet.acl) {
            line(out, format_args!("acl {}", acl.name.now));
        }
        *out += &tags(subnet.tag);
        out.push_str("}\n");
    }

    fn write_group(&self, group: &Group, out: &mut String) {
        line(out, format_args!("sg {} \"Group number {}\" {{", group.name.declared(), group.description));
        let mut written = Vec::new();
        for rule in &group.rules {
            let (verb, preposition) = if rule.egress { ("egress", "to") } else { ("ingress", "from") };
            let Some(peer) = self.peer(&rule.peer) else { continue };
            let head = format!("{verb} {} {preposition} {peer}", rule.ports);
            if !written.contains(&head) {
                let why = rule.why.map_or(String::new(), |why| format!(" \"why {why}\""));
                line(out, format_args!("{head}{why}"));
                written.push(head);
            }
        }
        if group.silent && !group.rules.iter().any(|rule| rule.egress) {
            line(out, format_args!("egress none"));
        }
        out.push_str("}\n");
    }

    fn peer(&self, peer: &Peer) -> Option<String> {
        Some(match peer {
            Peer::Any => "any".to_owned(),
            Peer::Itself => "self".to_owned(),
            Peer::Network => self.name.now.clone(),
            Peer::Block(number) => format!("192.0.2.{number}/32"),
            Peer::Group(id) => self.groups.iter().find(|group| group.id == *id)?.name.now.clone(),
            Peer::Subnet(id) => self.subnet(*id)?.name.now.clone(),
        })
    }

    fn write_node(&self, node: &Node, out: &mut String) {
        let Some(subnet) = self.subnet(node.subnet) else { return };
        let range = node.count.map_or(String::new(), |count| format!("[0..{count}]"));
        let at = node.at.map_or(String::new(), |at| format!(" at .{at}"));
        line(out, format_args!("node {}{range} in {}{at} {{", node.name.declared(), subnet.name.now));
        line(out, format_args!("type {}\nimage ami-04681a1dbd79675a5", node.form));
        let groups = self.groups.iter().filter(|group| node.groups.contains(&group.id));
        let groups: Vec<&str> = groups.map(|group| group.name.now.as_str()).collect();
        if !groups.is_empty() {
            line(out, format_args!("sg {}", groups.join(", ")));
        }
        for (is_so, text) in [
            (node.key, "key me"),
            (node.boot, "boot \"boot/node.sh\""),
            (node.role, "role \"worker\""),
            (node.lax, "imds optional"),
            (self.has_spare(node, subnet), "elastic spare"),
        ] {
            if is_so {
                line(out, format_args!("{text}"));
            }
        }
        if let Some(size) = node.root {
            line(out, format_args!("disk {size}GiB gp3"));
        }
        if let Some(size) = node.disk {
            line(out, format_args!("disk data {size}GiB gp3"));
        }
        *out += &tags(node.tag);
        out.push_str("}\n");
    }

    fn has_spare(&self, node: &Node, subnet: &Subnet) -> bool {
        let leads = subnet.way == Way::Internet && self.internet.is_some();
        node.elastic && self.elastic && leads && node.count.is_none() && !subnet.zoned
    }

    fn write_rest(&self, out: &mut String) {
        let home = self.subnets.iter().find(|subnet| self.way(subnet.way).is_some());
        match (self.endpoint, home) {
            (Some(EndpointForm::Gateway), Some(home)) => {
                line(out, format_args!("endpoint files gateway s3 in {}", home.name.now));
            }
            (Some(EndpointForm::Interface), Some(home)) => {
                line(out, format_args!("endpoint files interface ssm in {}", home.name.now));
            }
            _ => {}
        }
        if let Some(number) = self.flow_log {
            line(out, format_args!("flow-log seen to \"arn:aws:s3:::logs-{number}\""));
        }
    }
}

impl Acl {
    fn write(&self, out: &mut String) {
        line(out, format_args!("acl {} {{", self.name.declared()));
        for block in &self.denied {
            line(out, format_args!("{block} deny ingress all from 198.51.100.{block}/32"));
        }
        out.push_str("200 allow ingress all from any\n200 allow egress all to any\n}\n");
    }
}
