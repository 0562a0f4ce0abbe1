//! Egress-only internet gateways.

use super::answer::Members;
use super::describe::{Item, Listing, Pages};
use super::ids;
use super::quotas::Quota;
use super::refusal::Reply;
use super::region::thing;
use super::site::Site;
use super::tags::{self, Specifications, Tags};
use super::tokens::Token;
use serde::{Deserialize, Serialize};
use vpcc_core::call::Map;

/// An egress-only internet gateway. It is attached to its VPC for all its life.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct EgressGateway {
    pub vpc: String,
    tags: Tags,
}

thing!(EgressGateway, ids::EGRESS_GATEWAY);

/// `CreateEgressOnlyInternetGateway`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Create {
    vpc_id: String,
    client_token: Option<String>,
    #[serde(default)]
    tag_specifications: Specifications,
}

/// `CreateEgressOnlyInternetGateway`.
pub(super) fn create(site: &mut Site, call: Create) -> Reply {
    let token = Token::new(site, call.client_token.as_deref(), "")?;
    let made = token.made(site)?;
    if let Some((id, gateway)) = made.and_then(|id| site.region.egress_gateways.get(&id).map(|found| (id, found))) {
        return Ok(created(&id, gateway, call.client_token));
    }
    site.region.vpcs.find(&call.vpc_id)?;
    let tags = tags::for_new(&call.tag_specifications, &ids::EGRESS_GATEWAY)?;
    site.terms.quotas.hold(Quota::EgressGateways, site.region.egress_gateways.len() + 1)?;
    let id = site.region.new_id(ids::EGRESS_GATEWAY.prefix);
    let gateway = EgressGateway { vpc: call.vpc_id, tags };
    let answer = created(&id, &gateway, call.client_token);
    site.region.egress_gateways.add(id.as_str(), gateway);
    token.remember(site, &id);
    Ok(answer)
}

fn created(id: &str, gateway: &EgressGateway, token: Option<String>) -> Map {
    Map::new().with("EgressOnlyInternetGateway", view(id, gateway)).with_some("ClientToken", token)
}

/// `DeleteEgressOnlyInternetGateway`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Delete {
    egress_only_internet_gateway_id: String,
}

/// `DeleteEgressOnlyInternetGateway`: nothing keeps it. Routes to it turn into black holes.
pub(super) fn delete(site: &mut Site, call: Delete) -> Reply {
    site.region.egress_gateways.find(&call.egress_only_internet_gateway_id)?;
    site.region.egress_gateways.remove(&call.egress_only_internet_gateway_id);
    Ok(Map::new().with("ReturnCode", true))
}

/// `DescribeEgressOnlyInternetGateways`, whose only filters are those for tags (EC2 API Reference).
pub(super) static EGRESS_GATEWAYS: Listing = Listing {
    list: "EgressOnlyInternetGateways",
    ids: "EgressOnlyInternetGatewayIds",
    kind: &ids::EGRESS_GATEWAY,
    filters: &[("tag-key", "Tags.Key")],
    pages: Pages::Of { least: 5, most: 255, unasked: 255 },
    items: |site| site.region.egress_gateways.iter().map(|(id, gateway)| Item::new(id, view(id, gateway))).collect(),
};

fn view(id: &str, gateway: &EgressGateway) -> Map {
    let attachment = Map::new().with("State", "attached").with("VpcId", gateway.vpc.as_str());
    Map::new().with("EgressOnlyInternetGatewayId", id).with("Attachments", [attachment]).with_tags(&gateway.tags)
}
