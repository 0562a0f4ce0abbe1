//! Everything that the embedded EC2 knows: an account with its regions. This is what a file keeps.

use super::region::Region;
use super::time::Moment;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a kept state says that it is.
pub(super) const FORMAT: &str = "vpcc-sim";
/// The version of its form.
pub(super) const VERSION: u32 = 1;

/// The account.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct State {
    format: String,
    version: u32,
    /// The account's number.
    pub account: String,
    /// When it was last changed.
    pub now: Moment,
    regions: BTreeMap<String, Region>,
}

impl Default for State {
    fn default() -> State {
        State {
            format: FORMAT.to_owned(),
            version: VERSION,
            account: "123456789012".to_owned(),
            now: Moment::default(),
            regions: BTreeMap::new(),
        }
    }
}

impl State {
    /// A region.
    pub fn region(&mut self, name: &str) -> &mut Region {
        self.regions.entry(name.to_owned()).or_insert_with(|| Region::new(name))
    }

    /// A region, if it was ever asked for.
    pub fn known(&self, name: &str) -> Option<&Region> {
        self.regions.get(name)
    }

    /// All regions that were ever asked for.
    pub fn regions(&self) -> impl Iterator<Item = (&str, &Region)> {
        self.regions.iter().map(|(name, region)| (name.as_str(), region))
    }
}
