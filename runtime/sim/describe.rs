//! Describe actions: ids, filters and pages, the same for all.
//!
//! In: the parameters, and a [`Listing`] that says what an action lists. Out: a page of items. An id that isn't there
//! fails the whole call; one in a filter finds nothing (EC2 API Reference, "DescribeInstances").

use super::answer::Members;
use super::filters::{self, Filter, Known};
use super::ids::Kind;
use super::input;
use super::refusal::{Refusal, Reply};
use super::site::Site;
use super::tags::Tags;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use vpcc_core::call::{Map, Value};

/// What a Describe action lists.
pub(super) struct Listing {
    /// The member of the answer.
    pub list: &'static str,
    /// The parameter that takes ids; empty if there is none.
    pub ids: &'static str,
    /// What the ids are of.
    pub kind: &'static Kind,
    /// The filters.
    pub filters: Known,
    /// How the answer is cut.
    pub pages: Pages,
    /// Everything there is.
    pub items: fn(&Site) -> Vec<Item>,
}

/// How an answer is cut into pages.
#[derive(Clone, Copy, Debug)]
pub(super) enum Pages {
    /// The action has no pages.
    One,
    /// What `MaxResults` may be, and how many items a page has when it isn't given.
    Of { least: usize, most: usize, unasked: usize },
}

impl Pages {
    /// Pages as most actions have them.
    pub const USUAL: Pages = Pages::Of { least: 5, most: 1000, unasked: 1000 };
}

/// Something that is listed.
#[derive(Clone, Debug)]
pub(super) struct Item {
    /// What it is found by, and what items are sorted by.
    pub id: String,
    /// Its members in the answer.
    pub members: Map,
}

impl Item {
    /// An item.
    pub fn new(id: &str, members: Map) -> Item {
        Item { id: id.to_owned(), members }
    }
}

/// A page of a listing.
pub(super) struct Page {
    /// The items, sorted by id.
    pub items: Vec<Map>,
    /// What asks for the next page, if there is one.
    pub next: Option<String>,
}

impl Page {
    /// The page as an answer.
    pub fn answer(self, list: &'static str) -> Map {
        Map::new().with_list(list, self.items).with_some("NextToken", self.next)
    }
}

/// The parameters that all Describe actions have. Where an action has no pages, it has not the last two.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Question {
    ids: Option<Vec<String>>,
    #[serde(default)]
    filters: Vec<Filter>,
    max_results: Option<i64>,
    next_token: Option<String>,
}

/// Performs a Describe action that has no parameters of its own.
pub(super) fn describe(site: &Site, parameters: &Map, listing: &Listing) -> Reply {
    Ok(select(site, parameters, listing)?.answer(listing.list))
}

/// The page that the parameters ask for.
pub(super) fn select(site: &Site, parameters: &Map, listing: &Listing) -> Result<Page, Refusal> {
    let question = question(parameters, listing)?;
    let tests = filters::tests(&question.filters, listing.filters)?;
    let window = Window::of(&question, listing)?;
    let mut items = (listing.items)(site);
    items.sort_by(|a, b| a.id.cmp(&b.id));
    let mut items = named(items, question.ids.as_deref(), listing.kind)?;
    items.retain(|item| tests.iter().all(|test| test.passes(&item.members)));
    Ok(window.cut(items))
}

/// Whether the filters of a request leave something out by its id or by its tags, so that nobody has to look at the rest of
/// it.
pub(super) fn leaves_out(site: &Site, id_filter: &str, id: &str, tags: &Tags) -> bool {
    let filters = site.parameters.list("Filters").iter().filter_map(Value::as_map);
    filters.into_iter().any(|filter| {
        let name = filter.text("Name");
        let found = match name.strip_prefix("tag:") {
            Some(key) => tags.get(key).map(String::as_str),
            None if name == id_filter => Some(id),
            None => return false,
        };
        let values = filter.list("Values").iter().filter_map(Value::as_text);
        let might = |value: &str| value.contains(['*', '?', '\\']) || found == Some(value);
        found.is_none() || !values.into_iter().any(might)
    })
}

/// The parameters that only this action has, and the rest, which all Describe actions have.
pub(super) fn split(parameters: &Map, own: &[&str]) -> (Map, Map) {
    let (mut mine, mut rest) = (Map::new(), Map::new());
    for (name, value) in parameters.iter() {
        let side = if own.contains(&name) { &mut mine } else { &mut rest };
        side.push(name.to_owned(), value.clone());
    }
    (mine, rest)
}

/// The parameters of an action whose filters are called `Filter`, as those of all others.
pub(super) fn with_filter(parameters: &Map) -> Result<Map, Refusal> {
    if parameters.get("Filters").is_some() {
        return Err(Refusal::unknown("Filters"));
    }
    let (_, mut renamed) = split(parameters, &["Filter"]);
    if let Some(filters) = parameters.get("Filter") {
        renamed.push("Filters", filters.clone());
    }
    Ok(renamed)
}

fn question(parameters: &Map, listing: &Listing) -> Result<Question, Refusal> {
    let mut renamed = Map::new();
    for (name, value) in parameters.iter() {
        let pages = matches!(name, "MaxResults" | "NextToken");
        match name {
            _ if !name.is_empty() && name == listing.ids => renamed.push("Ids", value.clone()),
            "Ids" => return Err(Refusal::unknown(name)),
            _ if pages && matches!(listing.pages, Pages::One) => return Err(Refusal::unknown(name)),
            _ => renamed.push(name.to_owned(), value.clone()),
        }
    }
    let question: Question = input::read(&renamed)?;
    match question.ids {
        Some(_) if question.max_results.is_some() => Err(Refusal::combination(format!(
            "The parameter {} cannot be used with the parameter maxResults",
            lower(listing.ids)
        ))),
        _ => Ok(question),
    }
}

fn lower(name: &str) -> String {
    name.get(..1).unwrap_or_default().to_lowercase() + name.get(1..).unwrap_or_default()
}

/// The items that a request names; all of them if it names none.
fn named(items: Vec<Item>, ids: Option<&[String]>, kind: &Kind) -> Result<Vec<Item>, Refusal> {
    let Some(ids) = ids.filter(|ids| !ids.is_empty()) else { return Ok(items) };
    for id in ids {
        kind.check(id)?;
    }
    if let Some(id) = ids.iter().find(|id| !items.iter().any(|item| item.id == **id)) {
        return Err(kind.absent(id));
    }
    Ok(items.into_iter().filter(|item| ids.contains(&item.id)).collect())
}

/// Which part of a listing is asked for.
struct Window {
    list: &'static str,
    after: Option<String>,
    size: usize,
}

impl Window {
    fn of(question: &Question, listing: &Listing) -> Result<Window, Refusal> {
        let size = match (listing.pages, question.max_results) {
            (Pages::One, _) => usize::MAX,
            (Pages::Of { unasked, .. }, None) => unasked,
            (Pages::Of { least, most, .. }, Some(asked)) => size(asked, least, most)?,
        };
        let after = question.next_token.as_deref().map(|token| after(token, listing.list)).transpose()?;
        Ok(Window { list: listing.list, after, size })
    }

    fn cut(self, mut items: Vec<Item>) -> Page {
        if let Some(after) = &self.after {
            items.retain(|item| item.id > *after);
        }
        let more = items.len() > self.size;
        items.truncate(self.size);
        let last = items.last().filter(|_| more);
        let next = last.map(|last| URL_SAFE_NO_PAD.encode(format!("{} {}", self.list, last.id)));
        Page { items: items.into_iter().map(|item| item.members).collect(), next }
    }
}

fn size(asked: i64, least: usize, most: usize) -> Result<usize, Refusal> {
    let size = usize::try_from(asked).ok().filter(|size| (least..=most).contains(size));
    let why = format!("Expecting a value between {least} and {most}.");
    size.ok_or_else(|| Refusal::value("MaxResults", asked, &why))
}

/// The last item before the page that a token asks for.
fn after(token: &str, list: &str) -> Result<String, Refusal> {
    let text = URL_SAFE_NO_PAD.decode(token).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let after = text.as_deref().and_then(|text| text.strip_prefix(list)).and_then(|rest| rest.strip_prefix(' '));
    after.map(str::to_owned).ok_or_else(|| Refusal::new("InvalidNextToken", format!("The token '{token}' is invalid")))
}
