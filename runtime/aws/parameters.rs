//! Reading the parameters of a call.
//!
//! In: the values of a [`Call`]. Out: what the SDK's builders take. What cannot be translated is a fault: a value of
//! the wrong type, a reference to something whose id is not known yet, and a parameter that nothing has read. The
//! first fault is kept for [`Parameters::finish`], so that a translation is a plain chain of setters. Absent on
//! purpose: which parameters an action has.

use crate::cloud::Fault;
use aws_sdk_ec2::primitives::Blob;
use vpcc_core::call::{Call, Map, Value};

/// The parameters of a call, or of a map within them, that have not been read yet.
pub(super) struct Parameters<'a> {
    action: &'a str,
    /// What the names of the parameters begin with: nothing, or `NetworkInterfaces[0].`.
    path: String,
    left: Vec<(&'a str, &'a Value)>,
    fault: Option<Fault>,
}

impl<'a> Parameters<'a> {
    /// All parameters of a call.
    pub fn of(call: &'a Call) -> Parameters<'a> {
        Parameters::new(call.action, String::new(), &call.parameters)
    }

    fn new(action: &'a str, path: String, map: &'a Map) -> Parameters<'a> {
        Parameters { action, path, left: map.iter().collect(), fault: None }
    }

    /// Reads a text.
    pub fn text(&mut self, name: &str) -> Option<String> {
        self.read(name, "a text", |value| value.as_text().map(str::to_owned))
    }

    /// Reads a text that stands for one of several choices. EC2 itself decides whether it knows that choice.
    pub fn word<T: for<'w> From<&'w str>>(&mut self, name: &str) -> Option<T> {
        self.read(name, "a text", |value| value.as_text().map(T::from))
    }

    /// Reads a number.
    pub fn number(&mut self, name: &str) -> Option<i32> {
        self.read(name, "a number of 32 bits", |value| value.as_int().and_then(|number| number.try_into().ok()))
    }

    /// Reads a number that may need more than 32 bits.
    pub fn long(&mut self, name: &str) -> Option<i64> {
        self.read(name, "a number", Value::as_int)
    }

    /// Reads a yes or no.
    pub fn flag(&mut self, name: &str) -> Option<bool> {
        self.read(name, "true or false", |value| match value {
            Value::Bool(flag) => Some(*flag),
            _ => None,
        })
    }

    /// Reads a list of texts.
    pub fn texts(&mut self, name: &str) -> Option<Vec<String>> {
        self.read(name, "a list of texts", |value| {
            value.as_list()?.iter().map(|text| text.as_text().map(str::to_owned)).collect()
        })
    }

    /// Reads a text that EC2 takes as bytes.
    pub fn bytes(&mut self, name: &str) -> Option<Blob> {
        self.text(name).map(Blob::new)
    }

    /// Reads sealed bytes, in base64. The result goes into the request and nowhere else.
    pub fn sealed(&mut self, name: &str) -> Option<String> {
        self.read(name, "sealed bytes", |value| match value {
            Value::Sealed(sealed) => Some(sealed.reveal_base64()),
            _ => None,
        })
    }

    /// Reads a map.
    pub fn one<T>(&mut self, name: &str, read: impl FnOnce(&mut Parameters<'a>) -> T) -> Option<T> {
        let map = self.read(name, "a map", Value::as_map)?;
        Some(self.within(name, map, read))
    }

    /// Reads a list of maps.
    pub fn each<T>(&mut self, name: &str, mut read: impl FnMut(&mut Parameters<'a>) -> T) -> Option<Vec<T>> {
        let maps: Vec<&Map> =
            self.read(name, "a list of maps", |value| value.as_list()?.iter().map(Value::as_map).collect())?;
        let places = maps.into_iter().enumerate();
        Some(places.map(|(index, map)| self.within(&format!("{name}[{index}]"), map, &mut read)).collect())
    }

    /// Ends the reading.
    ///
    /// # Errors
    ///
    /// [`Fault::UNKNOWN_CALL`] if something could not be read, or has not been read at all.
    pub fn finish(self) -> Result<(), Fault> {
        match (self.fault, self.left.first()) {
            (Some(fault), _) => Err(fault),
            (None, Some((name, _))) => {
                Err(unknown(format!("{} has no parameter {}{name} here", self.action, self.path)))
            }
            (None, None) => Ok(()),
        }
    }

    fn read<T>(&mut self, name: &str, wanted: &str, convert: impl FnOnce(&'a Value) -> Option<T>) -> Option<T> {
        let index = self.left.iter().position(|(other, _)| *other == name)?;
        let (_, value) = self.left.remove(index);
        let converted = convert(value);
        if converted.is_none() {
            let reason = open_reference(value).unwrap_or_else(|| format!("is not {wanted}"));
            self.keep(unknown(format!("{}: {}{name} {reason}", self.action, self.path)));
        }
        converted
    }

    fn within<T>(&mut self, place: &str, map: &'a Map, read: impl FnOnce(&mut Parameters<'a>) -> T) -> T {
        let mut inner = Parameters::new(self.action, format!("{}{place}.", self.path), map);
        let value = read(&mut inner);
        if let Err(fault) = inner.finish() {
            self.keep(fault);
        }
        value
    }

    fn keep(&mut self, fault: Fault) {
        self.fault.get_or_insert(fault);
    }
}

fn open_reference(value: &Value) -> Option<String> {
    let mut first = None;
    value.each_ref(&mut |address| {
        first.get_or_insert(address);
    });
    first.map(|address| format!("still refers to `{address}`, whose id is not known"))
}

/// A call that cannot be translated.
pub(super) fn unknown(message: String) -> Fault {
    Fault::refused(Fault::UNKNOWN_CALL, message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use vpcc_core::call::Sealed;
    use vpcc_core::model::Address;

    fn call(parameters: Map) -> Call {
        Call::new("CreateThing", parameters)
    }

    fn message(call: &Call, read: impl FnOnce(&mut Parameters)) -> String {
        let mut parameters = Parameters::of(call);
        read(&mut parameters);
        let fault = parameters.finish().expect_err("a fault");
        assert_eq!(fault.code, Fault::UNKNOWN_CALL);
        fault.message
    }

    #[test]
    fn what_is_read_comes_out() {
        let call = call(
            Map::new()
                .with("Name", "a")
                .with("Count", 3)
                .with("Public", true)
                .with("Ids", ["x", "y"])
                .with("Inner", Map::new().with("Value", false))
                .with("Each", [Map::new().with("Key", "k")]),
        );
        let mut parameters = Parameters::of(&call);
        assert_eq!(parameters.text("Name").as_deref(), Some("a"));
        assert_eq!(parameters.number("Count"), Some(3));
        assert_eq!(parameters.flag("Public"), Some(true));
        assert_eq!(parameters.texts("Ids"), Some(vec!["x".to_owned(), "y".to_owned()]));
        assert_eq!(parameters.one("Inner", |inner| inner.flag("Value")), Some(Some(false)));
        assert_eq!(parameters.each("Each", |inner| inner.text("Key")), Some(vec![Some("k".to_owned())]));
        assert_eq!(parameters.text("Absent"), None);
        assert_eq!(parameters.finish(), Ok(()));
    }

    #[test]
    fn a_parameter_that_nothing_reads_is_a_fault() {
        let call = call(Map::new().with("VpcId", "vpc-1").with("Colour", "red"));
        let message = message(&call, |parameters| {
            parameters.text("VpcId");
        });
        assert_eq!(message, "CreateThing has no parameter Colour here");
    }

    #[test]
    fn a_nested_parameter_that_nothing_reads_is_a_fault() {
        let call = call(Map::new().with("Tags", [Map::new().with("Key", "k"), Map::new().with("Colour", "red")]));
        let message = message(&call, |parameters| {
            parameters.each("Tags", |tag| tag.text("Key"));
        });
        assert_eq!(message, "CreateThing has no parameter Tags[1].Colour here");
    }

    #[test]
    fn a_parameter_given_twice_is_a_fault() {
        let call = call(Map::new().with("VpcId", "vpc-1").with("VpcId", "vpc-2"));
        let message = message(&call, |parameters| {
            parameters.text("VpcId");
        });
        assert_eq!(message, "CreateThing has no parameter VpcId here");
    }

    #[test]
    fn a_value_of_the_wrong_type_is_a_fault() {
        let call = call(Map::new().with("Count", "three"));
        let message = message(&call, |parameters| {
            parameters.number("Count");
        });
        assert_eq!(message, "CreateThing: Count is not a number of 32 bits");
    }

    #[test]
    fn a_number_that_does_not_fit_is_a_fault() {
        let call = call(Map::new().with("Count", i64::from(i32::MAX) + 1));
        let message = message(&call, |parameters| {
            parameters.number("Count");
        });
        assert_eq!(message, "CreateThing: Count is not a number of 32 bits");
    }

    #[test]
    fn the_first_fault_is_told() {
        let call = call(Map::new().with("A", 1).with("B", 2));
        let message = message(&call, |parameters| {
            parameters.text("B");
            parameters.text("A");
        });
        assert_eq!(message, "CreateThing: B is not a text");
    }

    #[test]
    fn an_open_reference_is_a_fault() {
        let address = Address::from_tag("network/subnet");
        let call = call(Map::new().with("Ids", [Value::Ref(address.clone())]));
        let message = message(&call, |parameters| {
            parameters.texts("Ids");
        });
        assert_eq!(message, format!("CreateThing: Ids still refers to `{address}`, whose id is not known"));
    }

    #[test]
    fn sealed_bytes_come_out_in_base64_only_where_they_are_asked_for() {
        let call = call(Map::new().with("UserData", Sealed::new(*b"secret")));
        assert_eq!(Parameters::of(&call).sealed("UserData").as_deref(), Some("c2VjcmV0"));
        let message = message(&call, |parameters| {
            parameters.text("UserData");
        });
        assert_eq!(message, "CreateThing: UserData is not a text");
    }

    #[test]
    fn a_plain_text_is_no_sealed_bytes() {
        let call = call(Map::new().with("UserData", "secret"));
        let message = message(&call, |parameters| {
            parameters.sealed("UserData");
        });
        assert_eq!(message, "CreateThing: UserData is not sealed bytes");
    }
}
