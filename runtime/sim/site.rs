//! What an action sees when it is performed: a region, the account's terms, and the time.

use super::images::Images;
use super::peerings::Letter;
use super::quotas::Quotas;
use super::region::Region;
use super::state::Elsewhere;
use super::time::{Moment, Timing};
use vpcc_core::call::Map;

/// How the embedded EC2 is set up.
#[derive(Clone, Debug, Default)]
pub(super) struct Terms {
    pub timing: Timing,
    pub quotas: Quotas,
    pub images: Images,
}

/// Where an action is performed.
///
/// A changing action works on a draft of the region that is dropped when the action refuses, so a refused request never
/// has an effect, wherever in the function the refusal is.
#[derive(Debug)]
pub(super) struct Site<'a> {
    pub region: &'a mut Region,
    /// The account's other regions, to look at.
    pub elsewhere: Elsewhere<'a>,
    pub terms: &'a Terms,
    pub account: &'a str,
    pub now: Moment,
    /// The action and its parameters, as they were sent.
    pub action: &'static str,
    pub parameters: &'a Map,
    /// Whether what it makes will fail on its way; whoever makes such a thing takes this.
    pub doomed: bool,
    /// What other regions are to be told once it is done.
    pub letters: Vec<Letter>,
}

impl Site<'_> {
    /// The ARN of something in this region: `arn:aws:ec2:eu-central-1:123456789012:subnet/subnet-0…`.
    pub fn arn(&self, what: &str, id: &str) -> String {
        let region = &self.region.name;
        format!("arn:{}:ec2:{region}:{}:{what}/{id}", super::regions::partition(region), self.account)
    }
}
