//! Every place in a syntax tree, for whoever has to move them.

use super::tree::{
    AclEntry, Argument, Block, Disk, Endpoint, Entry, Gateway, Image, Item, Node, ParamType, PeerEnd, RuleLine,
    Statement, Subnet, Traffic, Word, Zones,
};
use crate::problem::{Diagnostic, Fix, Label};
use crate::source::Span;

/// What places stand in.
pub(super) trait Places {
    /// Calls back with each of them.
    fn places(&mut self, each: &mut dyn FnMut(&mut Span));
}

impl Places for Span {
    fn places(&mut self, each: &mut dyn FnMut(&mut Span)) {
        each(self);
    }
}

impl Places for Word {
    fn places(&mut self, each: &mut dyn FnMut(&mut Span)) {
        each(&mut self.span);
    }
}

impl<P: Places> Places for Option<P> {
    fn places(&mut self, each: &mut dyn FnMut(&mut Span)) {
        self.iter_mut().for_each(|it| it.places(each));
    }
}

impl<P: Places> Places for Vec<P> {
    fn places(&mut self, each: &mut dyn FnMut(&mut Span)) {
        self.iter_mut().for_each(|it| it.places(each));
    }
}

impl<P: Places> Places for Box<P> {
    fn places(&mut self, each: &mut dyn FnMut(&mut Span)) {
        self.as_mut().places(each);
    }
}

/// Structs whose fields are named one by one, so that none is forgotten.
macro_rules! fields {
    ($($name:ident { $($field:ident),* $(; $($plain:ident),*)? })*) => {$(
        impl Places for $name {
            fn places(&mut self, each: &mut dyn FnMut(&mut Span)) {
                let $name { $($field,)* $($($plain: _,)*)? } = self;
                $($field.places(each);)*
            }
        }
    )*};
}

fields! {
    Item { span, head, statement, block }
    Block { span, items }
    Traffic { protocol, ports }
    RuleLine { traffic, members, why }
    Entry { key, value }
    Argument { name, values }
    Gateway { name, was, kind, subnet, elastic, asn }
    Subnet { name, was, block, zones }
    AclEntry { number, verdict, direction, traffic, place }
    Endpoint { name, was, kind, service, subnets }
    Node { name, indices, was, subnet, start }
    Disk { name, size, volume_type, unencrypted }
    Label { span; message, primary }
    Fix { span; replacement }
    Diagnostic { labels, fix; code, message, path, notes }
}

impl Places for ParamType {
    fn places(&mut self, each: &mut dyn FnMut(&mut Span)) {
        match self {
            ParamType::Range(word) | ParamType::Named(word) => word.places(each),
            ParamType::Choices(words) => words.places(each),
        }
    }
}

impl Places for Zones {
    fn places(&mut self, each: &mut dyn FnMut(&mut Span)) {
        match self {
            Zones::Az(word) => word.places(each),
            Zones::Across { zones, each: prefix } => {
                zones.places(each);
                prefix.places(each);
            }
        }
    }
}

impl Places for PeerEnd {
    fn places(&mut self, each: &mut dyn FnMut(&mut Span)) {
        match self {
            PeerEnd::Here(word) => word.places(each),
            PeerEnd::Far { vpc, account, region } => {
                vpc.places(each);
                account.places(each);
                region.places(each);
            }
        }
    }
}

impl Places for Image {
    fn places(&mut self, each: &mut dyn FnMut(&mut Span)) {
        match self {
            Image::Named(word) => word.places(each),
            Image::Newest { pattern, owner } => {
                pattern.places(each);
                owner.places(each);
            }
            Image::Made { name, from, region } => {
                name.places(each);
                from.places(each);
                region.places(each);
            }
        }
    }
}

impl Places for Statement {
    fn places(&mut self, each: &mut dyn FnMut(&mut Span)) {
        use Statement as S;
        let mut all = |parts: &mut [&mut dyn Places]| parts.iter_mut().for_each(|part| part.places(each));
        match self {
            S::Lockdown | S::Defaults | S::Keep | S::Public | S::Private | S::EgressNone => {}
            S::Stack(word)
            | S::Region(word)
            | S::Account(word)
            | S::Cidr(word)
            | S::Tenancy(word)
            | S::Propagate(word)
            | S::Type(word)
            | S::Boot(word)
            | S::Role(word)
            | S::Imds(word)
            | S::Policy(word)
            | S::Domain(word)
            | S::Hostnames(word)
            | S::Support(word)
            | S::TrafficKind(word)
            | S::Every(word) => all(&mut [word]),
            S::Ipv6(word) | S::Dns(word) => all(&mut [word]),
            S::Share(words) | S::At(words) | S::Servers(words) | S::Ntp(words) | S::Broken(words) => all(&mut [words]),
            S::Tags(entries) | S::Env(entries) => all(&mut [entries]),
            S::Ingress(rule) | S::Egress(rule) => all(&mut [rule]),
            S::Param { name, of, default } => all(&mut [name, of, default]),
            S::Let { name, members } => all(&mut [name, members]),
            S::Key { name, file } => all(&mut [name, file]),
            S::Network { name, was, block } => all(&mut [name, was, block]),
            S::Quota { name, value } => all(&mut [name, value]),
            S::Peer(peer) => all(&mut [&mut peer.0, &mut peer.1, &mut peer.2]),
            S::Assert { from, claim, to, on } => all(&mut [from, claim, to, on]),
            S::Use { file, name, arguments } => all(&mut [file, name, arguments]),
            S::Output { name, path } => all(&mut [name, path]),
            S::Existing { kind, name, id, block, zone } => all(&mut [kind, name, id, block, zone]),
            S::Gateway(it) => all(&mut [it]),
            S::Elastic { name, was, zones } => all(&mut [name, was, zones]),
            S::Customer { name, was, address, asn } => all(&mut [name, was, address, asn]),
            S::Vpn { name, was, gateway, customer } => all(&mut [name, was, gateway, customer]),
            S::Routes { name, was } | S::Acl { name, was } => all(&mut [name, was]),
            S::Subnet(it) => all(&mut [it]),
            S::Sg { names, was, description } => all(&mut [names, was, description]),
            S::AclEntry(it) => all(&mut [it]),
            S::Endpoint(it) => all(&mut [it]),
            S::FlowLog { name, was, target } => all(&mut [name, was, target]),
            S::Node(it) => all(&mut [it]),
            S::Route { destination, target } => all(&mut [destination, target]),
            S::Image(it) => all(&mut [it]),
            S::Disk(it) => all(&mut [it]),
        }
    }
}
