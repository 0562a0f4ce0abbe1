//! The values that requests, answers and attributes are made of.

use super::Sealed;
use crate::model::Address;
use ecow::EcoString;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use std::borrow::Cow;
use std::fmt;

/// A value in a request, an answer, or an attribute of a resource.
#[derive(Clone, PartialEq, Eq, Hash)]
pub enum Value {
    /// Yes or no.
    Bool(bool),
    /// A number.
    Int(i64),
    /// A text.
    Text(EcoString),
    /// Several values.
    List(Vec<Value>),
    /// Values by name.
    Map(Map),
    /// The id of the resource at an address of the stack.
    Ref(Address),
    /// Bytes that are not shown.
    Sealed(Sealed),
}

/// Values by name, in the order in which they were put in.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct Map(Vec<(Cow<'static, str>, Value)>);

impl Map {
    /// An empty map.
    pub fn new() -> Map {
        Map(Vec::new())
    }

    /// Adds a value, or replaces the one of that name.
    pub fn set(&mut self, name: impl Into<Cow<'static, str>>, value: impl Into<Value>) {
        let name = name.into();
        match self.0.iter_mut().find(|(other, _)| *other == name) {
            Some((_, old)) => *old = value.into(),
            None => self.0.push((name, value.into())),
        }
    }

    /// Adds a value that is known to be new, without looking for an older one.
    pub fn push(&mut self, name: impl Into<Cow<'static, str>>, value: impl Into<Value>) {
        self.0.push((name.into(), value.into()));
    }

    /// The same with one more value.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<Value>) -> Map {
        self.push(name, value);
        self
    }

    /// The same with one more value, if there is one.
    #[must_use]
    pub fn with_some(self, name: &'static str, value: Option<impl Into<Value>>) -> Map {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// The value of a name.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.iter().find(|(other, _)| other == name).map(|(_, value)| value)
    }

    /// The value of a name, to change it.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut Value> {
        self.0.iter_mut().find(|(other, _)| other == name).map(|(_, value)| value)
    }

    /// Takes a value out.
    pub fn remove(&mut self, name: &str) -> Option<Value> {
        let index = self.0.iter().position(|(other, _)| other == name)?;
        Some(self.0.remove(index).1)
    }

    /// The text of a name; empty if there is none.
    pub fn text(&self, name: &str) -> &str {
        self.get(name).and_then(Value::as_text).unwrap_or_default()
    }

    /// The list of a name; empty if there is none.
    pub fn list(&self, name: &str) -> &[Value] {
        self.get(name).and_then(Value::as_list).unwrap_or_default()
    }

    /// The map of a name, if there is one.
    pub fn map(&self, name: &str) -> Option<&Map> {
        self.get(name).and_then(Value::as_map)
    }

    /// Whether the value of a name is `true`.
    pub fn is_true(&self, name: &str) -> bool {
        self.get(name) == Some(&Value::Bool(true))
    }

    /// Names and values, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|(name, value)| (name.as_ref(), value))
    }

    /// Values, to change them.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut Value> {
        self.0.iter_mut().map(|(_, value)| value)
    }

    /// How many values there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Puts the names in alphabetical order.
    pub fn sort(&mut self) {
        self.0.sort_by(|a, b| a.0.cmp(&b.0));
    }
}

/// A map of values by name: `map! { "VpcId" => vpc, "CidrBlock" => block }`.
#[macro_export]
macro_rules! values {
    ($($name:expr => $value:expr),* $(,)?) => {{
        let mut map = $crate::call::Map::new();
        $(map.push($name, $value);)*
        map
    }};
}

pub use crate::values as map;

impl Value {
    /// The text, if it is one.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The list, if it is one.
    pub fn as_list(&self) -> Option<&[Value]> {
        match self {
            Value::List(list) => Some(list),
            _ => None,
        }
    }

    /// The map, if it is one.
    pub fn as_map(&self) -> Option<&Map> {
        match self {
            Value::Map(map) => Some(map),
            _ => None,
        }
    }

    /// The number, if it is one.
    pub fn as_int(&self) -> Option<i64> {
        match self {
            Value::Int(number) => Some(*number),
            _ => None,
        }
    }

    /// The value in plain words.
    pub fn plain_text(&self) -> String {
        match self {
            Value::Bool(value) => (if *value { "yes" } else { "no" }).to_owned(),
            Value::Int(value) => value.to_string(),
            Value::Text(text) => text.to_string(),
            Value::Ref(address) => address.to_string(),
            Value::List(list) => list.iter().map(Value::plain_text).collect::<Vec<_>>().join(", "),
            Value::Map(map) => map.iter().map(|(_, value)| value.plain_text()).collect::<Vec<_>>().join(" "),
            Value::Sealed(sealed) => format!("sha256:{}", sealed.sha256()),
        }
    }

    /// Calls `visit` for every address that the value refers to.
    pub fn each_ref<'v>(&'v self, visit: &mut impl FnMut(&'v Address)) {
        match self {
            Value::Ref(address) => visit(address),
            Value::List(list) => list.iter().for_each(|value| value.each_ref(visit)),
            Value::Map(map) => map.iter().for_each(|(_, value)| value.each_ref(visit)),
            _ => {}
        }
    }

    /// Puts another value in place of each reference for which there is one.
    pub fn resolve(&mut self, known: &mut impl FnMut(&Address) -> Option<Value>) {
        match self {
            Value::Ref(address) => {
                if let Some(value) = known(address) {
                    *self = value;
                }
            }
            Value::List(list) => list.iter_mut().for_each(|value| value.resolve(known)),
            Value::Map(map) => map.values_mut().for_each(|value| value.resolve(known)),
            _ => {}
        }
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Value::Bool(value) => serializer.serialize_bool(*value),
            Value::Int(value) => serializer.serialize_i64(*value),
            Value::Text(value) => serializer.serialize_str(value),
            Value::List(values) => serializer.collect_seq(values),
            Value::Map(map) => map.serialize(serializer),
            Value::Ref(address) => {
                let mut map = serializer.serialize_map(Some(1))?;
                map.serialize_entry("ref", address)?;
                map.end()
            }
            Value::Sealed(sealed) => sealed.serialize(serializer),
        }
    }
}

impl Serialize for Map {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Bool(value) => value.fmt(f),
            Value::Int(value) => value.fmt(f),
            Value::Text(value) => value.fmt(f),
            Value::List(values) => values.fmt(f),
            Value::Map(map) => map.fmt(f),
            Value::Ref(address) => write!(f, "<{address}>"),
            Value::Sealed(sealed) => sealed.fmt(f),
        }
    }
}

impl fmt::Debug for Map {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Value {
        Value::Bool(value)
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Value {
        Value::Int(value)
    }
}

impl From<u32> for Value {
    fn from(value: u32) -> Value {
        Value::Int(value.into())
    }
}

impl From<i32> for Value {
    fn from(value: i32) -> Value {
        Value::Int(value.into())
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Value {
        Value::Text(value.into())
    }
}

impl From<String> for Value {
    fn from(value: String) -> Value {
        Value::Text(value.into())
    }
}

impl From<&EcoString> for Value {
    fn from(value: &EcoString) -> Value {
        Value::Text(value.clone())
    }
}

impl From<EcoString> for Value {
    fn from(value: EcoString) -> Value {
        Value::Text(value)
    }
}

impl From<Map> for Value {
    fn from(value: Map) -> Value {
        Value::Map(value)
    }
}

impl From<&Value> for Value {
    fn from(value: &Value) -> Value {
        value.clone()
    }
}

impl From<&Address> for Value {
    fn from(value: &Address) -> Value {
        Value::Ref(value.clone())
    }
}

impl From<Address> for Value {
    fn from(value: Address) -> Value {
        Value::Ref(value)
    }
}

impl From<Sealed> for Value {
    fn from(value: Sealed) -> Value {
        Value::Sealed(value)
    }
}

impl<T: Into<Value>> From<Vec<T>> for Value {
    fn from(values: Vec<T>) -> Value {
        Value::List(values.into_iter().map(Into::into).collect())
    }
}

impl<T: Into<Value>, const N: usize> From<[T; N]> for Value {
    fn from(values: [T; N]) -> Value {
        Value::List(values.into_iter().map(Into::into).collect())
    }
}
