//! From JSON texts to items: what the files list, and where each item stands.
//!
//! A file holds one answer of the AWS CLI, or several one after the other, or an object that joins the lists of several.
//! What EC2 lists and this knows nothing of is passed over: it matters only where a route leads to it.

use super::problem::Problem;
use crate::source::{FileId, Sources, Span};
use ecow::EcoString;
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::marker::PhantomData;

/// The lists that are read, by the name that EC2's answers give them, with the command of the AWS CLI that prints them.
pub(super) const LISTS: [(&str, &str); 15] = [
    ("Addresses", "describe-addresses"),
    ("EgressOnlyInternetGateways", "describe-egress-only-internet-gateways"),
    ("InternetGateways", "describe-internet-gateways"),
    ("Instances", "describe-instances"),
    ("NatGateways", "describe-nat-gateways"),
    ("NetworkAcls", "describe-network-acls"),
    ("NetworkInterfaces", "describe-network-interfaces"),
    ("PrefixLists", "describe-prefix-lists"),
    ("RouteTables", "describe-route-tables"),
    ("SecurityGroups", "describe-security-groups"),
    ("Subnets", "describe-subnets"),
    ("VpcEndpoints", "describe-vpc-endpoints"),
    ("VpcPeeringConnections", "describe-vpc-peering-connections"),
    ("Vpcs", "describe-vpcs"),
    ("VpnGateways", "describe-vpn-gateways"),
];

/// An item of a list, as its text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Item<'a> {
    /// The JSON object.
    pub text: &'a str,
    /// Where it stands.
    pub span: Span,
}

impl Item<'_> {
    /// Where a part of its text stands.
    pub fn span_of(&self, part: &str) -> Span {
        let start = (part.as_ptr() as usize).saturating_sub(self.text.as_ptr() as usize).min(self.text.len());
        let start = self.span.start as usize + start;
        Span::new(self.span.file, start, start + part.len())
    }
}

/// What the files list.
#[derive(Debug, Default)]
pub(super) struct Listings<'a> {
    lists: BTreeMap<&'static str, Vec<Item<'a>>>,
    /// Entries of prefix lists, which are listed without the list's id: it stands in the file's name.
    pub entries: BTreeMap<EcoString, Vec<Item<'a>>>,
}

impl<'a> Listings<'a> {
    /// The items of a list.
    pub fn items(&self, list: &str) -> &[Item<'a>] {
        self.lists.get(list).map_or(&[], Vec::as_slice)
    }

    /// Whether any file has such a list, be it an empty one.
    pub fn has(&self, list: &str) -> bool {
        self.lists.contains_key(list)
    }
}

/// Finds the lists of all files.
pub(super) fn listings<'a>(sources: &'a Sources, problems: &mut Vec<Problem>) -> Listings<'a> {
    let mut found = Listings::default();
    for (file, source) in sources.iter() {
        let document = Document { file, text: &source.text, name: &source.name };
        if let Err(problem) = document.collect(&mut found, problems) {
            problems.push(problem);
        }
    }
    if found.lists.is_empty() && problems.is_empty() {
        problems.push(Problem::NoAnswers);
    }
    found
}

/// The members of an object, as they are written: a name that stands there twice is not one.
struct Members<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Each<'a>(PhantomData<&'a ()>);

        impl<'de: 'a, 'a> Visitor<'de> for Each<'a> {
            type Value = Members<'a>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<'a>, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(Each(PhantomData))
    }
}

/// A file.
struct Document<'a> {
    file: FileId,
    text: &'a str,
    name: &'a str,
}

impl<'a> Document<'a> {
    fn collect(&self, found: &mut Listings<'a>, problems: &mut Vec<Problem>) -> Result<(), Problem> {
        let start = self.text.len() - self.text.trim_start_matches('\u{feff}').len();
        let text = &self.text[start..];
        for document in serde_json::Deserializer::from_str(text).into_iter::<&RawValue>() {
            let document = document.map_err(|error| self.syntax(start, text, &error))?;
            let Members(members) = serde_json::from_str(document.get())
                .map_err(|_| Problem::NotAnAnswer { span: self.head(document.get()) })?;
            self.answer(&members, found, problems)?;
        }
        Ok(())
    }

    fn answer(
        &self,
        members: &[(Cow<'a, str>, &'a RawValue)],
        found: &mut Listings<'a>,
        problems: &mut Vec<Problem>,
    ) -> Result<(), Problem> {
        let mut seen: BTreeMap<&str, &'a str> = BTreeMap::new();
        for (name, value) in members {
            let value = value.get();
            if let Some(first) = seen.insert(name, value) {
                let (span, other, name) = (self.head(value), self.head(first), name.to_string());
                return Err(Problem::Twice { span, other, name });
            }
            match name.as_ref() {
                "NextToken" if value != "null" => problems.push(Problem::Partial { span: self.head(value) }),
                "Reservations" => self.instances(value, found)?,
                "Entries" => self.entries(value, found)?,
                name => match LISTS.iter().find(|(list, _)| list.eq_ignore_ascii_case(name)) {
                    Some((list, _)) if *list == name => self.add(list, value, found)?,
                    Some((list, _)) => {
                        let found = name.to_owned();
                        return Err(Problem::OtherTool { span: self.head(value), found, expected: list });
                    }
                    None => {}
                },
            }
        }
        Ok(())
    }

    fn add(&self, list: &'static str, value: &'a str, found: &mut Listings<'a>) -> Result<(), Problem> {
        let items = self.items(list, value)?;
        found.lists.entry(list).or_default().extend(items);
        Ok(())
    }

    fn instances(&self, value: &'a str, found: &mut Listings<'a>) -> Result<(), Problem> {
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Reservation<'a> {
            #[serde(borrow)]
            instances: &'a RawValue,
        }
        found.lists.entry("Instances").or_default();
        for item in self.items("Reservations", value)? {
            let reservation: Reservation<'a> =
                serde_json::from_str(item.text).map_err(|error| Problem::of_item("reservation", &item, &error))?;
            self.add("Instances", reservation.instances.get(), found)?;
        }
        Ok(())
    }

    /// `get-managed-prefix-list-entries` doesn't say of which list; the file has to be named after it.
    fn entries(&self, value: &'a str, found: &mut Listings<'a>) -> Result<(), Problem> {
        let Some(id) = prefix_list_in(self.name) else { return Ok(()) };
        found.entries.entry(id.into()).or_default().extend(self.items("Entries", value)?);
        Ok(())
    }

    fn items(&self, list: &'static str, value: &'a str) -> Result<Vec<Item<'a>>, Problem> {
        let items: Vec<&'a RawValue> =
            serde_json::from_str(value).map_err(|_| Problem::NotAList { span: self.head(value), list })?;
        Ok(items.into_iter().map(|item| Item { text: item.get(), span: self.span(item.get()) }).collect())
    }

    /// Where a part of the file's text stands in it.
    fn span(&self, part: &str) -> Span {
        let start = (part.as_ptr() as usize).saturating_sub(self.text.as_ptr() as usize);
        Span::new(self.file, start, start + part.len())
    }

    /// Where a value begins.
    fn head(&self, part: &str) -> Span {
        let span = self.span(part);
        let first_line = part.lines().next().map_or(0, str::len).min(60);
        let end = (0..=first_line).rev().find(|end| part.is_char_boundary(*end)).unwrap_or(0);
        Span { end: span.start + end as u32, ..span }
    }

    fn syntax(&self, start: usize, text: &str, error: &serde_json::Error) -> Problem {
        let at = start + offset(text, error);
        let span = Span::new(self.file, at, at);
        if error.is_eof() { Problem::Truncated { span } } else { Problem::NotJson { span, why: plain(error) } }
    }
}

fn prefix_list_in(name: &str) -> Option<&str> {
    let id = &name[name.rfind("pl-")?..];
    let end = id[3..].find(|letter: char| !letter.is_ascii_hexdigit()).map_or(id.len(), |end| end + 3);
    (end > 3).then(|| &id[..end])
}

/// The byte of a text that an error of its reader is about.
pub(super) fn offset(text: &str, error: &serde_json::Error) -> usize {
    let line_start = match error.line().checked_sub(2) {
        None => 0,
        Some(newlines) => text.match_indices('\n').nth(newlines).map_or(text.len(), |(at, _)| at + 1),
    };
    let at = (line_start + error.column().saturating_sub(1)).min(text.len());
    (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

/// What an error says, without its line and column, which count from wherever its reader began.
pub(super) fn plain(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let text = text.rsplit_once(" at line ").map_or(text.as_str(), |(text, _)| text);
    let number = text.strip_suffix("expected i64").or_else(|| text.strip_suffix("expected u16"));
    number.map_or_else(|| text.to_owned(), |rest| format!("{rest}expected a number"))
}
