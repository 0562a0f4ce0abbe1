//! How EC2 lists a kind.

use crate::call::{Call, Map};

/// How a kind is listed.
#[derive(Clone, Copy, Debug)]
pub struct Describe {
    /// The action.
    pub action: &'static str,
    /// What EC2 calls the kind where it speaks of tags (EC2 API Reference, "TagSpecification").
    pub resource_type: &'static str,
    /// Where in the answer the items are: the names of lists within each other.
    pub list: &'static [&'static str],
    /// How many items a page may have (EC2 API Reference, "MaxResults"); `None` if the answer has no pages.
    pub page: Option<u16>,
    /// The filter that picks items by id.
    pub id_filter: &'static str,
    /// Whether to list the stack's own by tag; all of the account's otherwise.
    pub by_tag: bool,
    /// A filter that picks what is of this kind, with its value, where the action lists others too.
    pub only: Option<(&'static str, &'static str)>,
    /// Further calls, each about one item, whose answers are put into the item under the action's name.
    pub details: fn(&Map) -> Vec<Call>,
    /// A listing of things that belong to the items.
    pub beside: Option<Beside>,
}

impl Describe {
    /// How most kinds are listed: the stack's own, in pages, by one call.
    pub(super) const PLAIN: Describe = Describe {
        action: "",
        resource_type: "",
        list: &[],
        page: Some(1000),
        id_filter: "",
        by_tag: true,
        only: None,
        details: |_| Vec::new(),
        beside: None,
    };
}

/// A second listing, of things that belong to the items of the first: the volumes of instances.
#[derive(Clone, Copy, Debug)]
pub struct Beside {
    /// The action.
    pub action: &'static str,
    /// The list in the answer, and the member of the owner that its things are put under.
    pub list: &'static str,
    /// The id of the owner.
    pub owner: fn(&Map) -> &str,
}
