//! How EC2's answers are read: their items one by one, and values that serde does not know.

use super::listings::{Item, plain};
use super::problem::Problem;
use crate::net::Block;
use serde::Deserialize;
use serde::de::{Deserializer, Error};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::net::IpAddr;

/// A block as EC2 tells it. Rules of old may have host bits set, which mean nothing.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cidr(pub Block);

impl<'de> Deserialize<'de> for Cidr {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        let block = text.split_once('/').and_then(|(address, len)| {
            let (address, len): (IpAddr, u8) = (address.parse().ok()?, len.parse().ok()?);
            (len <= if address.is_ipv4() { 32 } else { 128 }).then(|| Block::around(address, len))
        });
        block.map(Cidr).ok_or_else(|| D::Error::custom(format!("`{text}` is not a block of addresses")))
    }
}

/// A part of an item, and its text, which tells where it stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Located<'a, T> {
    pub value: T,
    pub text: &'a str,
}

impl<'de: 'a, 'a, T: Deserialize<'a>> Deserialize<'de> for Located<'a, T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <&'a RawValue>::deserialize(deserializer)?.get();
        let value = serde_json::from_str(text).map_err(|error| D::Error::custom(plain(&error)))?;
        Ok(Located { value, text })
    }
}

/// A protocol: a number, `-1` for all of them, or one of the names that EC2 gives instead.
#[derive(Clone, Copy, Debug)]
pub(super) struct Protocol(pub crate::model::Protocol);

impl<'de> Deserialize<'de> for Protocol {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        match text.as_ref() {
            "-1" => Ok(Protocol(crate::model::Protocol::All)),
            name => name
                .parse()
                .map(Protocol)
                .map_err(|_| D::Error::custom(format!("`{name}` is not a protocol that EC2 knows"))),
        }
    }
}

/// A thing of a list, and the item that it was read from.
#[derive(Clone, Debug)]
pub(super) struct Read<'a, T> {
    pub value: T,
    pub item: Item<'a>,
}

/// Reads the items of a list. Those that are not what EC2 would tell are left out, and are problems.
pub(super) fn read<'a, T: Deserialize<'a>>(
    items: &[Item<'a>],
    noun: &'static str,
    problems: &mut Vec<Problem>,
) -> Vec<Read<'a, T>> {
    let mut things = Vec::with_capacity(items.len());
    for item in items {
        match serde_json::from_str(item.text) {
            Ok(value) => things.push(Read { value, item: *item }),
            Err(error) => problems.push(Problem::of_item(noun, item, &error)),
        }
    }
    things
}
