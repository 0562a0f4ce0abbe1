//! VPC peering connections.
//!
//! A connection is kept on both of its sides, each with tags of its own where the sides are in two regions. What one
//! side does is sent to the other as a [`Letter`].

use super::answer::Members;
use super::describe::{Item, Listing, Pages};
use super::ids;
use super::quotas::Quota;
use super::refusal::{Refusal, Reply};
use super::region::{Region, thing};
use super::site::Site;
use super::tags::{self, Specifications, Tags};
use super::time::{Moment, Timing};
use super::vpc::Vpc;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use vpcc_core::call::Map;
use vpcc_core::check::catalogue;
use vpcc_core::net::Family;

/// A peering connection.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Peering {
    requester: Side,
    accepter: Side,
    phase: Phase,
    made: Moment,
    tags: Tags,
}

/// A VPC of a connection.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Side {
    owner: String,
    region: String,
    vpc: String,
}

/// Where a connection is in its life (VPC Peering Guide, "VPC peering connection lifecycle").
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Phase {
    Initiating { until: Moment, fails: bool },
    PendingAcceptance,
    Provisioning { until: Moment },
    Active,
    Failed { since: Moment },
    Expired { since: Moment },
    Deleting { until: Moment },
    Deleted { since: Moment },
}

thing!(Peering, ids::PEERING, |peering| peering.phase.ended().is_none());

/// A connection as it is now, for the other region that it joins.
#[derive(Debug)]
pub(super) struct Letter {
    /// The region that it is sent to.
    pub region: String,
    id: String,
    peering: Peering,
}

/// How long a request waits for an answer.
const PATIENCE: Duration = Duration::from_hours(7 * 24);

impl Phase {
    /// Since when it has been at its end.
    fn ended(self) -> Option<Moment> {
        match self {
            Phase::Failed { since } | Phase::Expired { since } | Phase::Deleted { since } => Some(since),
            _ => None,
        }
    }

    /// Whether it is asked for and not answered.
    fn is_open(self) -> bool {
        matches!(self, Phase::Initiating { .. } | Phase::PendingAcceptance)
    }

    fn code(self) -> &'static str {
        match self {
            Phase::Initiating { .. } => "initiating-request",
            Phase::PendingAcceptance => "pending-acceptance",
            Phase::Provisioning { .. } => "provisioning",
            Phase::Active => "active",
            Phase::Failed { .. } => "failed",
            Phase::Expired { .. } => "expired",
            Phase::Deleting { .. } => "deleting",
            Phase::Deleted { .. } => "deleted",
        }
    }
}

impl Peering {
    /// Whether it joins a VPC of a region to something.
    pub fn joins(&self, region: &str, vpc: &str) -> bool {
        [&self.requester, &self.accepter].iter().any(|side| side.region == region && side.vpc == vpc)
    }

    /// Whether packets go through it.
    pub fn is_active(&self) -> bool {
        self.phase == Phase::Active
    }

    /// Whether there can be routes to it: it works, or may do so one day.
    pub fn may_lead(&self) -> bool {
        self.is_active() || self.phase.is_open() || matches!(self.phase, Phase::Provisioning { .. })
    }

    /// The side that a VPC of a region is joined to.
    fn other(&self, region: &str, vpc: &str) -> &Side {
        let here = self.requester.region == region && self.requester.vpc == vpc;
        if here { &self.accepter } else { &self.requester }
    }

    fn joins_both(&self, one: &Side, other: &Side) -> bool {
        let sides = [&self.requester, &self.accepter];
        sides == [one, other] || sides == [other, one]
    }
}

/// `CreateVpcPeeringConnection`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Create {
    vpc_id: String,
    peer_vpc_id: String,
    peer_owner_id: Option<String>,
    peer_region: Option<String>,
    #[serde(default)]
    tag_specifications: Specifications,
}

/// `CreateVpcPeeringConnection`. With a VPC whose blocks overlap it fails later; a VPC that nobody here knows never
/// answers.
pub(super) fn create(site: &mut Site, call: Create) -> Reply {
    let vpc = site.region.vpcs.find(&call.vpc_id)?;
    ids::VPC.check(&call.peer_vpc_id)?;
    let here =
        |vpc: &str| Side { owner: site.account.to_owned(), region: site.region.name.clone(), vpc: vpc.to_owned() };
    let (requester, same) = (here(&call.vpc_id), here(&call.peer_vpc_id));
    let region = call.peer_region.unwrap_or(same.region);
    if catalogue::zones(&region).is_none() {
        return Err(Refusal::value("peerRegion", region, "There is no such region."));
    }
    let accepter = Side { owner: call.peer_owner_id.unwrap_or(same.owner), region, vpc: same.vpc };
    let peer = vpc_of(site, &accepter);
    let fails = peer.is_some_and(|peer| peer.held().any(|block| vpc.held().any(|mine| mine.overlaps(block))));
    let tags = tags::for_new(&call.tag_specifications, &ids::PEERING)?;
    hold_new(site, &requester, &accepter)?;
    let until = site.now.after(site.terms.timing.peering);
    let peering = Peering { requester, accepter, phase: Phase::Initiating { until, fails }, made: site.now, tags };
    let id = site.region.new_id(ids::PEERING.prefix);
    site.region.peerings.add(id.as_str(), peering);
    told(site, &id)
}

/// Holds that there can be one more connection, and that there is none between the two yet.
fn hold_new(site: &Site, requester: &Side, accepter: &Side) -> Result<(), Refusal> {
    let all = || site.region.peerings.iter().map(|(_, peering)| peering);
    if all().any(|other| other.may_lead() && other.joins_both(requester, accepter)) {
        let message = "A VPC peering connection between the VPCs already exists.";
        return Err(Refusal::new("VpcPeeringConnectionAlreadyExists", message));
    }
    let open = all().filter(|other| other.phase.is_open() && other.requester.region == requester.region).count();
    site.terms.quotas.hold(Quota::OutstandingPeerings, open + 1)?;
    hold_active(site, &requester.vpc)
}

fn hold_active(site: &Site, vpc: &str) -> Result<(), Refusal> {
    let counts = |peering: &Peering| peering.may_lead() && !peering.phase.is_open();
    let mine = site.region.peerings.iter().filter(|(_, other)| counts(other) && other.joins(&site.region.name, vpc));
    site.terms.quotas.hold(Quota::Peerings, mine.count() + 1)
}

/// The VPC of a side, if it is one of the account's.
fn vpc_of<'s>(site: &'s Site, side: &Side) -> Option<&'s Vpc> {
    let region = if side.region == site.region.name { &*site.region } else { site.elsewhere.region(&side.region)? };
    region.vpcs.get(&side.vpc).filter(|_| side.owner == site.account)
}

/// `AcceptVpcPeeringConnection` and `DeleteVpcPeeringConnection`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Named {
    vpc_peering_connection_id: String,
}

/// `AcceptVpcPeeringConnection`: by the owner of the VPC that was asked, in its region.
pub(super) fn accept(site: &mut Site, call: Named) -> Reply {
    let id = call.vpc_peering_connection_id.as_str();
    let peering = site.region.peerings.find(id)?;
    if peering.accepter.owner != site.account {
        let message = format!("User {} cannot accept peering {id}", site.account);
        return Err(Refusal::new("OperationNotPermitted", message));
    }
    if peering.accepter.region != site.region.name {
        let message = format!(
            "Incorrect region ({}) specified for this request. VPC peering connection {id} must be accepted in region {}",
            site.region.name, peering.accepter.region
        );
        return Err(Refusal::new("OperationNotPermitted", message));
    }
    if peering.phase != Phase::PendingAcceptance {
        return Err(wrong_state(id, peering, "active"));
    }
    site.region.vpcs.find(&peering.accepter.vpc)?;
    hold_active(site, &peering.accepter.vpc)?;
    let until = site.now.after(site.terms.timing.peering);
    site.region.peerings.find_mut(id)?.phase = Phase::Provisioning { until };
    told(site, id)
}

/// `DeleteVpcPeeringConnection`: by either side. Routes to it turn into black holes.
pub(super) fn delete(site: &mut Site, call: Named) -> Reply {
    let id = call.vpc_peering_connection_id.as_str();
    let peering = site.region.peerings.find(id)?;
    match peering.phase {
        Phase::Deleted { .. } => return Err(ids::PEERING.absent(id)),
        Phase::Failed { .. } | Phase::Expired { .. } => return Err(wrong_state(id, peering, "deleting")),
        Phase::Deleting { .. } => {}
        _ => {
            let until = site.now.after(site.terms.timing.peering);
            site.region.peerings.find_mut(id)?.phase = Phase::Deleting { until };
        }
    }
    told(site, id)?;
    Ok(Map::new().with("Return", true))
}

fn wrong_state(id: &str, peering: &Peering, to: &str) -> Refusal {
    let from = peering.phase.code();
    let message = format!("Invalid state transition for {id}, attempted to transition from {from} to {to}");
    Refusal::new("InvalidStateTransition", message)
}

/// Tells a changed connection: to who asked, and to its other region.
fn told(site: &mut Site, id: &str) -> Reply {
    let peering = site.region.peerings.find(id)?.clone();
    let answer = Map::new().with("VpcPeeringConnection", view(site, id, &peering));
    let sides = [&peering.requester, &peering.accepter];
    let other = sides.iter().find(|side| side.region != site.region.name && side.owner == site.account);
    if let Some(region) = other.map(|side| side.region.clone()) {
        site.letters.push(Letter { region, id: id.to_owned(), peering });
    }
    Ok(answer)
}

/// Takes in what another region tells.
pub(super) fn deliver(region: &mut Region, letter: Letter) {
    let Letter { id, mut peering, .. } = letter;
    peering.tags = region.peerings.get(&id).map(|known| known.tags.clone()).unwrap_or_default();
    region.peerings.add(id, peering);
}

/// Takes connections into their next phases where that is due; gives how many changed. Those at their end are listed for
/// a while.
pub(super) fn settle(region: &mut Region, timing: &Timing, now: Moment) -> usize {
    let mut changed = 0;
    for (_, peering) in region.peerings.iter_mut() {
        while let Some(next) = next(peering).filter(|(at, _)| *at <= now).map(|(_, phase)| phase) {
            peering.phase = next;
            changed += 1;
        }
    }
    let before = region.peerings.len();
    region.peerings.retain(|peering| peering.phase.ended().is_none_or(|since| now < since.after(timing.listed)));
    changed + before - region.peerings.len()
}

/// What a connection turns into by itself, and when.
fn next(peering: &Peering) -> Option<(Moment, Phase)> {
    let expires = peering.made.after(PATIENCE);
    match peering.phase {
        Phase::Initiating { until, fails: true } => Some((until, Phase::Failed { since: until })),
        Phase::Initiating { until, fails: false } => Some((until, Phase::PendingAcceptance)),
        Phase::PendingAcceptance => Some((expires, Phase::Expired { since: expires })),
        Phase::Provisioning { until } => Some((until, Phase::Active)),
        Phase::Deleting { until } => Some((until, Phase::Deleted { since: until })),
        _ => None,
    }
}

/// The VPCs that a VPC has an active connection with, as far as they are the account's.
pub(super) fn peers<'s>(site: &'s Site, vpc: &str) -> Vec<&'s Vpc> {
    let here = site.region.name.as_str();
    let mine = site.region.peerings.iter().filter(|(_, peering)| peering.is_active() && peering.joins(here, vpc));
    mine.filter_map(|(_, peering)| vpc_of(site, peering.other(here, vpc))).collect()
}

/// The last connection between two VPCs of this region, an active one before others: its id, and the code of its status.
pub(super) fn between<'s>(site: &'s Site, one: &str, other: &str) -> Option<(&'s str, &'static str)> {
    let here = site.region.name.as_str();
    let joins = |peering: &Peering| {
        let side = peering.other(here, one);
        peering.joins(here, one) && side.region == here && side.vpc == other
    };
    let found = site.region.peerings.iter().filter(|(_, peering)| joins(peering));
    let found = found.max_by_key(|(_, peering)| (peering.is_active(), peering.made));
    found.map(|(id, peering)| (id, peering.phase.code()))
}

/// `DescribeVpcPeeringConnections`.
pub(super) static PEERINGS: Listing = Listing {
    list: "VpcPeeringConnections",
    ids: "VpcPeeringConnectionIds",
    kind: &ids::PEERING,
    filters: &[
        ("accepter-vpc-info.cidr-block", "AccepterVpcInfo.CidrBlock"),
        ("accepter-vpc-info.owner-id", "AccepterVpcInfo.OwnerId"),
        ("accepter-vpc-info.vpc-id", "AccepterVpcInfo.VpcId"),
        ("expiration-time", "ExpirationTime"),
        ("requester-vpc-info.cidr-block", "RequesterVpcInfo.CidrBlock"),
        ("requester-vpc-info.owner-id", "RequesterVpcInfo.OwnerId"),
        ("requester-vpc-info.vpc-id", "RequesterVpcInfo.VpcId"),
        ("status-code", "Status.Code"),
        ("status-message", "Status.Message"),
        ("tag-key", "Tags.Key"),
        ("vpc-peering-connection-id", "VpcPeeringConnectionId"),
    ],
    pages: Pages::USUAL,
    items: |site| site.region.peerings.iter().map(|(id, peering)| Item::new(id, view(site, id, peering))).collect(),
};

/// A connection as EC2 tells it: the blocks of the accepter once it has accepted, and until when it can.
fn view(site: &Site, id: &str, peering: &Peering) -> Map {
    let expires = peering.phase.is_open().then(|| peering.made.after(PATIENCE).text());
    let accepted = peering.may_lead() && !peering.phase.is_open();
    let accepter = side(&peering.accepter, vpc_of(site, &peering.accepter).filter(|_| accepted));
    Map::new()
        .with("VpcPeeringConnectionId", id)
        .with("Status", Map::new().with("Code", peering.phase.code()).with("Message", message(peering)))
        .with("RequesterVpcInfo", side(&peering.requester, vpc_of(site, &peering.requester)))
        .with("AccepterVpcInfo", accepter)
        .with_some("ExpirationTime", expires)
        .with_tags(&peering.tags)
}

fn message(peering: &Peering) -> String {
    let accepter = &peering.accepter.owner;
    match peering.phase {
        Phase::Initiating { .. } => format!("Initiating Request to {accepter}"),
        Phase::PendingAcceptance => format!("Pending Acceptance by {accepter}"),
        Phase::Provisioning { .. } => "Provisioning".to_owned(),
        Phase::Active => "Active".to_owned(),
        Phase::Failed { .. } => "Failed due to incorrect VPC-ID, Account ID, or overlapping CIDR range".to_owned(),
        Phase::Expired { .. } => "Expired".to_owned(),
        Phase::Deleting { .. } => "Deleting".to_owned(),
        Phase::Deleted { .. } => format!("Deleted by {}", peering.requester.owner),
    }
}

fn side(side: &Side, vpc: Option<&Vpc>) -> Map {
    let blocks = |family: Family, name: &'static str| {
        let blocks = vpc.into_iter().flat_map(Vpc::blocks).filter(move |block| block.family() == family);
        blocks.map(move |block| Map::new().with(name, block.to_string()))
    };
    Map::new()
        .with("OwnerId", side.owner.as_str())
        .with("Region", side.region.as_str())
        .with("VpcId", side.vpc.as_str())
        .with_some("CidrBlock", vpc.map(|vpc| vpc.block.to_string()))
        .with_list("CidrBlockSet", blocks(Family::V4, "CidrBlock"))
        .with_list("Ipv6CidrBlockSet", blocks(Family::V6, "Ipv6CidrBlock"))
}
