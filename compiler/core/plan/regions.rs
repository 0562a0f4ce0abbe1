//! The regions of a stack. Its VPCs remember them, so that what is left in a region of which the program no longer speaks
//! is found without asking in all that there are.

use crate::kinds::{Observed, REGIONS_TAG, VPC, Wanted};
use ecow::EcoString;
use std::collections::BTreeSet;

/// A tag has a value of up to 256 characters (EC2 User Guide, "Tag restrictions").
const LONGEST: usize = 256;

/// The regions that the VPCs of a stack remember.
pub fn remembered(found: &[Observed]) -> BTreeSet<EcoString> {
    let vpcs = found.iter().filter(|thing| thing.kind == &VPC);
    vpcs.flat_map(|vpc| vpc.attributes.text("regions").split(' ').filter(|name| !name.is_empty()).map(EcoString::from))
        .collect()
}

/// Has VPCs remember every region in which the stack has, will have or has had something, if it is more than one.
pub fn remember(wanted: &mut Wanted, found: &[Observed]) {
    let mut regions = remembered(found);
    regions.extend(wanted.resources.iter().map(|resource| resource.region.clone()));
    regions.extend(found.iter().map(|thing| thing.region.clone()));
    if regions.len() < 2 {
        return;
    }
    let mut text = String::new();
    for region in regions.iter().filter(|region| !region.contains(' ')) {
        if text.len() + 1 + region.len() <= LONGEST {
            text += if text.is_empty() { "" } else { " " };
            text += region;
        }
    }
    for vpc in wanted.resources.iter_mut().filter(|resource| resource.kind == &VPC) {
        vpc.attributes.set("regions", text.as_str());
        vpc.marks.push((REGIONS_TAG, text.as_str().into()));
    }
}
