//! Addresses: the names that tie a program to what lives in EC2.

use ecow::{EcoString, eco_format};
use serde::{Serialize, Serializer};
use std::cmp::Ordering;
use std::fmt;

/// What a declared thing is called in plans, and in the tag `vpcc:address` of what lives in EC2: `cluster`,
/// `cluster.lan`, `cluster.node[0]`. What the program doesn't name itself but needs stands below its owner, behind a
/// slash, which no name can hold: `cluster/dhcp`, `cluster.lan/table`.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Address(EcoString);

impl Address {
    /// The address of something declared at the top level.
    pub fn top(name: &str) -> Address {
        Address(name.into())
    }

    /// An address as a tag holds it.
    pub fn from_tag(text: &str) -> Address {
        Address(text.into())
    }

    /// The address of `name`, declared inside this.
    pub fn member(&self, name: &str) -> Address {
        Address(eco_format!("{}.{name}", self.0))
    }

    /// The address of one of several: the `index`th of a range, or the one of a zone.
    pub fn index(&self, index: impl fmt::Display) -> Address {
        Address(eco_format!("{}[{index}]", self.0))
    }

    /// The address of something that this one needs and the program does not name.
    pub fn part(&self, name: &str) -> Address {
        Address(eco_format!("{}/{name}", self.0))
    }

    /// What this is a part of, if it is one.
    pub fn owner(&self) -> Option<Address> {
        self.0.rsplit_once('/').map(|(owner, _)| Address(owner.into()))
    }

    /// What stands before its place in a range, and the place: `cluster.node[` and 0 of `cluster.node[0]`, `web[a,` and 7
    /// of `web[a,7]`.
    pub fn range(&self) -> Option<(&str, u32)> {
        let inner = self.0.strip_suffix(']')?;
        let (range, index) = inner.split_at(inner.rfind(['[', ','])? + 1);
        Some((range, index.parse().ok()?))
    }

    /// What it may have been called before some things got new names: each of them with its old one, those further in
    /// first. The last is the one in which all of them had their old names.
    pub fn former(&self, renamed: &[(Address, Address)]) -> Vec<Address> {
        let mut former = vec![self.clone()];
        for (new, old) in renamed {
            let inside = |address: &Address| {
                let rest = address.0.strip_prefix(new.as_str())?;
                let whole = rest.is_empty() || rest.starts_with(['.', '[', '/']);
                whole.then(|| Address(eco_format!("{old}{rest}")))
            };
            let more: Vec<Address> = former.iter().filter_map(inside).collect();
            former.extend(more);
        }
        former.split_off(1)
    }

    /// What the declaration is called that this is one of several of: `cluster.node` of `cluster.node[0]`.
    pub fn declared(&self) -> Address {
        let inside = self.0.strip_suffix(']').and_then(|text| text.rsplit_once('['));
        inside.map_or_else(|| self.clone(), |(name, _)| Address(name.into()))
    }

    /// What it is called where it is declared: `lan` of `cluster.lan`.
    pub fn name(&self) -> &str {
        self.0.rsplit('.').next().unwrap_or_default()
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text, shared.
    pub fn text(&self) -> EcoString {
        self.0.clone()
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Address {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl Ord for Address {
    /// As people count: `node[2]` before `node[10]`.
    fn cmp(&self, other: &Self) -> Ordering {
        natural(&self.0, &other.0).then_with(|| self.0.cmp(&other.0))
    }
}

impl PartialOrd for Address {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

fn natural(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a.as_bytes(), b.as_bytes());
    loop {
        let (Some(x), Some(y)) = (a.first(), b.first()) else { return a.len().cmp(&b.len()) };
        if x.is_ascii_digit() && y.is_ascii_digit() {
            let (left, right) = (digits(a), digits(b));
            let order = left.len().cmp(&right.len()).then_with(|| left.cmp(right));
            if order != Ordering::Equal {
                return order;
            }
            (a, b) = (&a[left.len()..], &b[right.len()..]);
        } else if x != y {
            return x.cmp(y);
        } else {
            (a, b) = (&a[1..], &b[1..]);
        }
    }
}

fn digits(text: &[u8]) -> &[u8] {
    let len = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    &text[..len]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_sort_as_people_count() {
        let mut addresses: Vec<Address> = ["n.a[10]", "n.a[2]", "n", "n.a", "n/dhcp", "n.a[2]/old"]
            .iter()
            .map(|text| Address::from_tag(text))
            .collect();
        addresses.sort();
        assert_eq!(format!("{addresses:?}"), "[n, n.a, n.a[2], n.a[2]/old, n.a[10], n/dhcp]");
    }

    #[test]
    fn former_names_are_those_of_all_that_it_is_in() {
        let address = Address::from_tag;
        let renamed = [(address("net.lan"), address("net.lan0")), (address("net"), address("old"))];
        let former = address("net.lan[a]/routes").former(&renamed);
        assert_eq!(format!("{former:?}"), "[net.lan0[a]/routes, old.lan[a]/routes, old.lan0[a]/routes]");
        assert!(address("network").former(&renamed).is_empty());
    }

    #[test]
    fn parts_and_members_know_where_they_belong() {
        let node = Address::top("n").member("a").index(7);
        assert_eq!(node.range(), Some(("n.a[", 7)));
        assert_eq!(Address::top("a").index("b,12").range(), Some(("a[b,", 12)));
        assert_eq!(node.part("old").owner(), Some(node));
    }
}
