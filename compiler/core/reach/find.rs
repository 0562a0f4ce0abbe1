//! From a word to one end of a question.
//!
//! In: a word as people write it: `internet`, a block or an address, or what a thing is called: by its address in a
//! program, by its id in EC2, or by its tag `Name`. Out: who is meant. Absent on purpose: the language's own rules of names,
//! by which assertions go.

use super::fabric::{Fabric, Interface, InterfaceOf, Origin};
use super::query::Endpoint;
use super::would_be::Whole;
use crate::model::{Address, Id};
use crate::net::Block;
use crate::problem::nearest;
use std::net::IpAddr;

/// A word by which nothing goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unknown {
    /// The word.
    pub word: String,
    /// What was probably meant.
    pub nearest: Option<String>,
}

/// How well a thing's name fits a word: the better, the less.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    /// It is the word.
    Whole,
    /// It is one of those that the word names all of: `cluster.web[0]` is a `cluster.web`.
    OneOf,
    /// The word leaves out what the thing is in: `web` for `cluster.web`.
    Tail,
}

/// Who is meant by a word. A network, subnet or group without interfaces stands for those that would be in it, which are
/// added. Where things of several kinds bear a name, it is the interfaces that do.
///
/// # Errors
/// When nothing is called so.
pub fn endpoint(fabric: &mut Fabric, word: &str) -> Result<Endpoint, Unknown> {
    if word == "internet" {
        return Ok(Endpoint::Internet);
    }
    let address = word.parse::<IpAddr>().ok().map(Block::host);
    if let Some(block) = address.or_else(|| word.parse().ok()) {
        return Ok(Endpoint::Block(block));
    }
    for fit in [Fit::Whole, Fit::OneOf, Fit::Tail] {
        if let Some(found) = fitting(fabric, word, fit) {
            return Ok(found);
        }
    }
    let names: Vec<&str> = names(fabric).collect();
    Err(Unknown { word: word.to_owned(), nearest: nearest(word, names).map(str::to_owned) })
}

fn fitting(fabric: &mut Fabric, word: &str, fit: Fit) -> Option<Endpoint> {
    let called = |origin: &Origin| all_names(origin).any(|name| fits(name, word, fit));
    let by_name =
        |interface: &Interface| called(&interface.origin) || interface.names.iter().any(|name| fits(name, word, fit));
    let own = fabric.interfaces.iter().filter(|(_, interface)| by_name(interface)).map(|(id, _)| id);
    let own: Vec<Id<Interface>> = own.collect();
    if !own.is_empty() {
        return Some(Endpoint::Interfaces(own));
    }
    let subnets = fabric.subnets.iter().filter(|(_, it)| called(&it.origin)).map(|(id, _)| Whole::Subnet(id));
    let subnets: Vec<Whole> = subnets.collect();
    let groups = fabric.groups.iter().filter(|(_, it)| called(&it.origin)).map(|(id, _)| Whole::Group(id));
    let groups: Vec<Whole> = groups.collect();
    let vpcs: Vec<Whole> =
        fabric.vpcs.iter().filter(|(_, it)| called(&it.origin)).map(|(id, _)| Whole::Vpc(id)).collect();
    if let Some(wholes) = [subnets, groups, vpcs].into_iter().find(|wholes| !wholes.is_empty()) {
        return Some(members(fabric, &wholes));
    }
    let mut services = fabric.services.iter().filter(|(_, service)| called(&service.origin));
    services.next().map(|(id, _)| Endpoint::Service(id))
}

/// The interfaces of several wholes; those that only would be there, where there are no others.
fn members(fabric: &mut Fabric, wholes: &[Whole]) -> Endpoint {
    let mut all = Vec::new();
    for whole in wholes {
        if let Endpoint::Interfaces(ids) = fabric.end_of(*whole) {
            all.extend(ids);
        }
    }
    let real = |id: &Id<Interface>| fabric.interfaces[*id].of != InterfaceOf::WouldBe;
    if all.iter().any(real) {
        all.retain(real);
    }
    Endpoint::Interfaces(all)
}

fn fits(name: &str, word: &str, fit: Fit) -> bool {
    match fit {
        Fit::Whole => name == word,
        Fit::OneOf => Address::from_tag(name).declared().as_str() == word,
        Fit::Tail => {
            let ends = |name: &str| name.strip_suffix(word).is_some_and(|rest| rest.ends_with('.'));
            ends(name) || ends(Address::from_tag(name).declared().as_str())
        }
    }
}

fn all_names(origin: &Origin) -> impl Iterator<Item = &str> {
    std::iter::once(origin.name.as_str()).chain(origin.alias.as_deref())
}

/// What can be asked about.
fn names(fabric: &Fabric) -> impl Iterator<Item = &str> {
    let interfaces = fabric.interfaces.iter().map(|(_, it)| &it.origin);
    let origins = interfaces
        .chain(fabric.subnets.iter().map(|(_, it)| &it.origin))
        .chain(fabric.groups.iter().map(|(_, it)| &it.origin))
        .chain(fabric.vpcs.iter().map(|(_, it)| &it.origin))
        .chain(fabric.services.iter().map(|(_, it)| &it.origin));
    let whole = origins.flat_map(all_names);
    whole.flat_map(|name| [name, tail(name), declared(name), tail(declared(name))]).chain(["internet"])
}

fn declared(name: &str) -> &str {
    name.strip_suffix(']').and_then(|name| name.rsplit_once('[')).map_or(name, |(name, _)| name)
}

fn tail(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reach::fabric::{Group, Private, State, Subnet, Vpc};

    fn fabric() -> Fabric {
        let mut fabric = Fabric::default();
        let at = |name: &str| Origin::new(name);
        let vpc = fabric.vpcs.push(Vpc { origin: at("net"), blocks: vec![], main_table: None, default_acl: None });
        let subnet = fabric.subnets.push(Subnet {
            origin: at("net.lan"),
            vpc,
            blocks: vec![],
            public: false,
            table: None,
            acl: None,
        });
        let group = fabric.groups.push(Group { origin: at("net.web"), vpc, rules: vec![] });
        for (name, alias, of) in
            [("net.app[0]", Some("front"), InterfaceOf::Instance), ("net.app[1]", None, InterfaceOf::Instance)]
        {
            fabric.interfaces.push(Interface {
                origin: Origin { alias: alias.map(Into::into), ..at(name) },
                names: vec!["i-1".into()].into_iter().filter(|_| alias.is_some()).collect(),
                subnet,
                addresses: vec![Private::known([10, 0, 0, 9].into())],
                groups: vec![group],
                forwards: false,
                state: State::Up,
                of,
            });
        }
        fabric
    }

    fn found(word: &str) -> Vec<usize> {
        match endpoint(&mut fabric(), word) {
            Ok(Endpoint::Interfaces(ids)) => ids.into_iter().map(Id::index).collect(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn things_go_by_address_id_name_and_what_they_are_in() {
        assert_eq!(found("net.app[0]"), [0]);
        assert_eq!(found("front"), [0]);
        assert_eq!(found("i-1"), [0]);
        assert_eq!(found("net.app"), [0, 1]);
        assert_eq!(found("app"), [0, 1]);
        assert_eq!(found("app[1]"), [1]);
        for whole in ["net", "lan", "net.lan", "web"] {
            assert_eq!(found(whole), [0, 1], "{whole}");
        }
    }

    #[test]
    fn addresses_are_blocks() {
        assert_eq!(endpoint(&mut fabric(), "internet"), Ok(Endpoint::Internet));
        assert_eq!(endpoint(&mut fabric(), "10.0.0.0/8"), Ok(Endpoint::Block("10.0.0.0/8".parse().unwrap())));
        assert_eq!(endpoint(&mut fabric(), "::1"), Ok(Endpoint::Block("::1/128".parse().unwrap())));
    }

    #[test]
    fn other_words_lead_to_the_nearest_one() {
        let nearest = |word| endpoint(&mut fabric(), word).unwrap_err().nearest;
        assert_eq!(nearest("net.apq"), Some("net.app".to_owned()));
        assert_eq!(nearest("intrenet"), Some("internet".to_owned()));
        assert_eq!(nearest("database"), None);
    }
}
