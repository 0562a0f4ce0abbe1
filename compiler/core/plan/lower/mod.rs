//! What EC2 should hold for a model.

mod acls;
mod endpoints;
mod gateways;
mod groups;
mod images;
mod keys;
mod networks;
mod nodes;
mod peers;
mod routing;
mod vpn;

use crate::call::Map;
use crate::kinds::{Claimed, Existing, Kind, Origin, Resource, Wanted};
use crate::model::{Address, Assertion, Id, Network, Sound, Tags};
use crate::source::{Sources, Span};
use ecow::EcoString;
use std::collections::HashMap;
use std::sync::Arc;

/// What EC2 should hold. `region` is where networks live if neither they nor the program say.
///
/// The order is that of kinds, networks and addresses, whatever the order of the statements was.
pub fn lower(model: &Sound, sources: &Sources, region: &str) -> Wanted {
    let mut lowering =
        Lowering { model, sources, region, files: HashMap::new(), resources: Vec::new(), existing: Vec::new() };
    lowering.keys();
    lowering.networks();
    lowering.elastics();
    lowering.gateways();
    lowering.vpns();
    lowering.peers();
    lowering.tables();
    lowering.acls();
    lowering.subnets();
    lowering.groups();
    lowering.endpoints();
    lowering.flow_logs();
    lowering.nodes();
    lowering.images();
    let assertions = lowering.assertions();
    let Lowering { mut resources, existing, .. } = lowering;
    resources.sort_by(|a, b| (a.kind.rank(), &a.address).cmp(&(b.kind.rank(), &b.address)));
    let mut kinds: Vec<&'static Kind> = resources.iter().map(|resource| resource.kind.listed_with()).collect();
    kinds.sort_by_key(|kind| kind.rank());
    kinds.dedup();
    let (renamed, keeps) = (model.renamed.clone(), model.keeps.clone());
    Wanted { resources, kinds, existing, renamed, keeps, settled: model.region.is_some(), assertions }
}

struct Lowering<'m> {
    model: &'m Sound,
    sources: &'m Sources,
    region: &'m str,
    files: HashMap<crate::source::FileId, Arc<str>>,
    resources: Vec<Resource>,
    existing: Vec<Existing>,
}

impl<'m> Lowering<'m> {
    fn origin(&mut self, span: Span) -> Option<Origin> {
        let file = self.files.entry(span.file).or_insert_with(|| self.sources.name(span.file).into());
        let line = self.sources.file(span.file).line_index(span.start as usize) + 1;
        Some(Origin { span, file: Arc::clone(file), line })
    }

    fn assertions(&mut self) -> Vec<Claimed> {
        let model = self.model;
        let claimed =
            |assertion: &Assertion| Claimed { claim: assertion.claim.clone(), origin: self.origin(assertion.origin) };
        let mut claims: Vec<Claimed> = model.assertions.iter().map(claimed).collect();
        claims.sort_by(|a, b| a.claim.cmp(&b.claim));
        claims
    }

    fn program_region(&self) -> EcoString {
        self.model.region.clone().unwrap_or_else(|| self.region.into())
    }

    fn region_of(&self, network: Id<Network>) -> EcoString {
        self.model.networks[network].region.clone().unwrap_or_else(|| self.program_region())
    }

    /// The program's tags, the network's over them, and the thing's own over those.
    fn tags(&self, network: Option<Id<Network>>, own: &Tags) -> Arc<Tags> {
        let mut tags = self.model.tags.clone();
        if let Some(network) = network {
            tags.extend(self.model.networks[network].tags.clone());
        }
        tags.extend(own.clone());
        Arc::new(tags)
    }

    fn push(
        &mut self,
        kind: &'static Kind,
        address: Address,
        network: Id<Network>,
        own: &Tags,
        span: Span,
        attributes: Map,
    ) -> &mut Resource {
        let (region, tags, origin) = (self.region_of(network), self.tags(Some(network), own), self.origin(span));
        self.add(Resource { address, kind, region, attributes, tags, marks: Vec::new(), after: Vec::new(), origin })
    }

    /// Something of a network that lives already.
    fn existing(
        &mut self,
        kind: &'static Kind,
        address: &Address,
        network: Id<Network>,
        id: &EcoString,
        span: Span,
        attributes: Map,
    ) {
        let (region, origin) = (self.region_of(network), self.origin(span));
        self.existing.push(Existing { address: address.clone(), kind, region, id: id.clone(), attributes, origin });
    }

    fn add(&mut self, resource: Resource) -> &mut Resource {
        self.resources.push(resource);
        let last = self.resources.len() - 1;
        &mut self.resources[last]
    }
}
