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

/// The regions of an account but one.
#[derive(Clone, Debug, Default)]
pub(super) struct Elsewhere<'a>(Vec<&'a Region>);

impl Elsewhere<'_> {
    /// A region, if it was ever asked for.
    pub fn region(&self, name: &str) -> Option<&Region> {
        self.0.iter().find(|region| region.name == name).copied()
    }
}

impl State {
    /// A region.
    pub fn region(&mut self, name: &str) -> &mut Region {
        self.regions.entry(name.to_owned()).or_insert_with(|| Region::new(name))
    }

    /// A region, if it was ever asked for, and all the others.
    pub fn apart(&mut self, name: &str) -> Option<(&mut Region, Elsewhere<'_>)> {
        let mut elsewhere = Vec::new();
        let mut here = None;
        for (other, region) in &mut self.regions {
            if other == name {
                here = Some(region);
            } else {
                elsewhere.push(&*region);
            }
        }
        Some((here?, Elsewhere(elsewhere)))
    }

    /// Puts a region in place of what was known of it, and gives that.
    pub fn put(&mut self, region: Region) -> Region {
        std::mem::replace(self.region(&region.name.clone()), region)
    }

    /// All regions that were ever asked for.
    pub fn regions(&self) -> impl Iterator<Item = (&str, &Region)> {
        self.regions.iter().map(|(name, region)| (name.as_str(), region))
    }
}
