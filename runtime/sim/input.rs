//! Reading the parameters of a call into a typed struct.
//!
//! In: a map by the EC2 API's names. Out: the struct, or EC2's refusal: a parameter that the action does not have, one
//! that it has to have, or one of the wrong type. The structs rename to `PascalCase` and deny unknown fields, and
//! serde's errors become the refusals. User data comes out of its seal here as its digest and length only.

use super::refusal::Refusal;
use serde::de::{self, DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, forward_to_deserialize_any};
use std::fmt;
use vpcc_core::call::{Map, Value};

/// The parameters of a call, as the struct that names them.
pub(super) fn read<'p, T: Deserialize<'p>>(parameters: &'p Map) -> Result<T, Refusal> {
    T::deserialize(GivenMap(parameters)).map_err(Refusal::from)
}

/// What is wrong with a parameter, and where it stands.
#[derive(Debug)]
struct Misread {
    wrong: Wrong,
    /// From the inside out.
    path: Vec<String>,
}

#[derive(Debug)]
enum Wrong {
    Missing,
    Unknown,
    Value(String),
}

impl Misread {
    fn new(wrong: Wrong) -> Misread {
        Misread { wrong, path: Vec::new() }
    }

    fn within(mut self, name: impl Into<String>) -> Misread {
        self.path.push(name.into());
        self
    }
}

impl From<Misread> for Refusal {
    fn from(mut misread: Misread) -> Refusal {
        misread.path.reverse();
        let path = misread.path.join(".");
        match misread.wrong {
            Wrong::Missing => Refusal::missing(&path),
            Wrong::Unknown => Refusal::unknown(&path),
            Wrong::Value(why) => Refusal::invalid(format!("The value of parameter {path} is invalid: {why}")),
        }
    }
}

impl de::Error for Misread {
    fn custom<T: fmt::Display>(message: T) -> Misread {
        Misread::new(Wrong::Value(message.to_string()))
    }

    fn missing_field(field: &'static str) -> Misread {
        Misread::new(Wrong::Missing).within(field)
    }

    fn unknown_field(field: &str, _: &'static [&'static str]) -> Misread {
        Misread::new(Wrong::Unknown).within(field)
    }
}

impl fmt::Display for Misread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} at {:?}", self.wrong, self.path)
    }
}

impl std::error::Error for Misread {}

/// A value of a call, to be read.
#[derive(Clone, Copy)]
struct Given<'p>(&'p Value);

impl<'p> Deserializer<'p> for Given<'p> {
    type Error = Misread;

    fn deserialize_any<V: Visitor<'p>>(self, visitor: V) -> Result<V::Value, Misread> {
        match self.0 {
            Value::Bool(value) => visitor.visit_bool(*value),
            Value::Int(value) => visitor.visit_i64(*value),
            Value::Text(value) => visitor.visit_borrowed_str(value),
            Value::List(values) => visitor.visit_seq(Items { values: values.iter(), index: 0 }),
            Value::Map(map) => visitor.visit_map(Members::of(map)),
            Value::Ref(address) => Err(de::Error::custom(format!("nothing has been put in place of <{address}>"))),
            Value::Sealed(sealed) => visitor.visit_map(Seal { sealed, next: 0 }),
        }
    }

    fn deserialize_option<V: Visitor<'p>>(self, visitor: V) -> Result<V::Value, Misread> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'p>>(self, _: &'static str, visitor: V) -> Result<V::Value, Misread> {
        visitor.visit_newtype_struct(self)
    }

    forward_to_deserialize_any! {
        <V: Visitor<'p>>
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map struct enum identifier ignored_any
    }
}

/// All parameters of a call, to be read.
struct GivenMap<'p>(&'p Map);

impl<'p> Deserializer<'p> for GivenMap<'p> {
    type Error = Misread;

    fn deserialize_any<V: Visitor<'p>>(self, visitor: V) -> Result<V::Value, Misread> {
        visitor.visit_map(Members::of(self.0))
    }

    forward_to_deserialize_any! {
        <V: Visitor<'p>>
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

struct Items<'p> {
    values: std::slice::Iter<'p, Value>,
    index: usize,
}

impl<'p> SeqAccess<'p> for Items<'p> {
    type Error = Misread;

    fn next_element_seed<T: DeserializeSeed<'p>>(&mut self, seed: T) -> Result<Option<T::Value>, Misread> {
        let Some(value) = self.values.next() else { return Ok(None) };
        self.index += 1;
        let item = seed.deserialize(Given(value)).map_err(|wrong| wrong.within(self.index.to_string()))?;
        Ok(Some(item))
    }
}

struct Members<'p> {
    map: Vec<(&'p str, &'p Value)>,
    next: usize,
}

impl<'p> Members<'p> {
    fn of(map: &'p Map) -> Members<'p> {
        Members { map: map.iter().collect(), next: 0 }
    }
}

impl<'p> MapAccess<'p> for Members<'p> {
    type Error = Misread;

    fn next_key_seed<K: DeserializeSeed<'p>>(&mut self, seed: K) -> Result<Option<K::Value>, Misread> {
        let Some((name, _)) = self.map.get(self.next) else { return Ok(None) };
        seed.deserialize((*name).into_deserializer()).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'p>>(&mut self, seed: V) -> Result<V::Value, Misread> {
        let Some((name, value)) = self.map.get(self.next) else { return Err(de::Error::custom("a name alone")) };
        self.next += 1;
        seed.deserialize(Given(value)).map_err(|wrong| wrong.within(*name))
    }
}

/// The names under which a seal shows what may be known of its bytes.
pub(super) const SEAL: [&str; 2] = ["sha256", "bytes"];

struct Seal<'p> {
    sealed: &'p vpcc_core::call::Sealed,
    next: usize,
}

impl<'p> MapAccess<'p> for Seal<'p> {
    type Error = Misread;

    fn next_key_seed<K: DeserializeSeed<'p>>(&mut self, seed: K) -> Result<Option<K::Value>, Misread> {
        let Some(name) = SEAL.get(self.next) else { return Ok(None) };
        seed.deserialize((*name).into_deserializer()).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'p>>(&mut self, seed: V) -> Result<V::Value, Misread> {
        self.next += 1;
        if self.next == 1 {
            return seed.deserialize(self.sealed.sha256().into_deserializer());
        }
        seed.deserialize((self.sealed.len() as u64).into_deserializer())
    }
}

/// A yes or no as some actions want it: wrapped.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Switch {
    pub value: bool,
}

/// A text as some actions want it: wrapped.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Setting {
    pub value: String,
}

/// Holds that just one of several parameters is given: most modifying actions of EC2 take one attribute a call.
pub(super) fn just_one(given: &[(&str, bool)]) -> Result<(), Refusal> {
    let names: Vec<&str> = given.iter().filter(|(_, given)| *given).map(|(name, _)| *name).collect();
    match names.as_slice() {
        [] => Err(Refusal::combination("No attributes specified.")),
        [_] => Ok(()),
        several => {
            Err(Refusal::combination(format!("Fields for multiple attribute types specified: {}", several.join(", "))))
        }
    }
}
