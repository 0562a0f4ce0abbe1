//! From a model to what is shown of it.

use super::chart::{Chart, Class, Door, DoorKind, NetworkChart, SubnetChart, Way};
use super::links::{door_key, read_links};
use super::lists::Lists;
use super::words;
use crate::model::{
    Address, EndpointForm, Gateway, GatewayKind, Id, Model, Network, RouteTable, RouteTarget, Sound, Subnet,
};
use ecow::{EcoString, eco_format};
use std::collections::{BTreeMap, BTreeSet};

/// What a model's picture shows.
pub fn read(model: &Sound) -> Chart {
    let model: &Model = model;
    let lists = Lists::of(model);
    let mut networks: Vec<(Id<Network>, &Network)> = model.networks.iter().collect();
    networks.sort_by(|(_, a), (_, b)| a.address.cmp(&b.address));
    let mut chart = Chart { stack: model.stack.clone(), region: model.region.clone(), ..Chart::default() };
    for (id, network) in networks {
        chart.networks.push(Reading { model, lists: &lists, id, network }.chart());
    }
    read_links(model, &mut chart);
    chart
}

/// A network, and the model that it is of.
#[derive(Clone, Copy)]
pub(super) struct Reading<'m> {
    pub model: &'m Model,
    pub lists: &'m Lists<'m>,
    pub id: Id<Network>,
    pub network: &'m Network,
}

impl<'m> Reading<'m> {
    fn chart(self) -> NetworkChart {
        let zones: BTreeSet<&EcoString> = self.subnets().map(|(_, subnet)| &subnet.zone).collect();
        let zones: Vec<EcoString> = zones.into_iter().cloned().collect();
        let (subnets, rows) = self.rows(&zones);
        let region = self.network.region.as_ref().or(self.model.region.as_ref());
        NetworkChart {
            key: self.network.address.clone(),
            blocks: words::blocks(self.network),
            facts: words::facts(self),
            doors: self.doors(),
            zones: zones.iter().map(|zone| words::zone(region, zone)).collect(),
            rows,
            subnets,
            groups: self.groups(),
            acls: self.acls(),
        }
    }

    /// Its name of something that is declared in it.
    pub(super) fn name(self, address: &Address) -> EcoString {
        words::within(&self.network.address, address)
    }

    fn subnets(self) -> impl Iterator<Item = (Id<Subnet>, &'m Subnet)> {
        self.model.subnets.iter().filter(move |(_, subnet)| subnet.network == self.id)
    }

    fn doors(self) -> Vec<Door> {
        let (model, id) = (self.model, self.id);
        let gateways = model.gateways.iter().filter(|(_, gateway)| gateway.network == id);
        let mut doors: Vec<Door> = gateways.filter_map(|(_, gateway)| self.gateway(gateway)).collect();
        for (_, endpoint) in model.endpoints.iter().filter(|(_, endpoint)| endpoint.network == id) {
            if let EndpointForm::Gateway(_) = endpoint.form {
                let note = eco_format!("{} endpoint", words::service(&endpoint.service));
                let key = endpoint.address.clone();
                doors.push(Door { name: self.name(&key), key, kind: DoorKind::Service, note });
            }
        }
        for (_, peer) in model.peers.iter().filter(|(_, peer)| peer.joins(id)) {
            let (key, name) = (door_key(model, peer, id), self.name(&peer.address));
            let far = peer.across_from(id).map(|other| eco_format!("peering with {}", model.networks[other].address));
            doors.push(Door { key, kind: DoorKind::Peer, name, note: far.unwrap_or_else(|| "peering".into()) });
        }
        doors.sort_by(|a, b| (a.kind, &a.key).cmp(&(b.kind, &b.key)));
        doors
    }

    fn gateway(self, gateway: &Gateway) -> Option<Door> {
        let (kind, note) = match gateway.kind {
            GatewayKind::Internet => (DoorKind::Internet, "internet gateway"),
            GatewayKind::Egress => (DoorKind::Egress, "egress-only gateway"),
            GatewayKind::Vpn { .. } => (DoorKind::Vpn, "VPN gateway"),
            GatewayKind::Nat { .. } => return None,
        };
        let key = gateway.address.clone();
        Some(Door { name: self.name(&key), key, kind, note: note.into() })
    }

    /// Its subnets and how many rows they take: those that are most open first, and side by side what fits there.
    fn rows(self, zones: &[EcoString]) -> (Vec<SubnetChart>, usize) {
        let mut tiers: BTreeMap<Address, Vec<SubnetChart>> = BTreeMap::new();
        let mut firsts: BTreeMap<Address, _> = BTreeMap::new();
        for (id, subnet) in self.subnets() {
            let column = zones.iter().position(|zone| *zone == subnet.zone).unwrap_or_default();
            let declared = subnet.address.declared();
            let first = firsts.entry(declared.clone()).or_insert(subnet.block);
            *first = (*first).min(subnet.block);
            tiers.entry(declared).or_default().push(self.subnet(id, subnet, column));
        }
        let class = |tier: &[SubnetChart]| tier.iter().map(|subnet| subnet.class).min();
        let mut ordered: Vec<(Address, Vec<SubnetChart>)> = tiers.into_iter().collect();
        ordered.sort_by_key(|(address, tier)| (class(tier), firsts.get(address).copied(), address.clone()));
        let mut rows: Vec<(Option<Class>, Vec<SubnetChart>)> = Vec::new();
        for (_, tier) in ordered {
            let free = |row: &[SubnetChart]| !row.iter().any(|a| tier.iter().any(|b| a.column == b.column));
            let class = class(&tier);
            match rows.iter_mut().find(|(kind, row)| *kind == class && free(row)) {
                Some((_, row)) => row.extend(tier),
                None => rows.push((class, tier)),
            }
        }
        let count = rows.len();
        let mut placed = Vec::new();
        for (index, (_, mut row)) in rows.into_iter().enumerate() {
            row.sort_by_key(|subnet| subnet.column);
            placed.extend(row.into_iter().map(|subnet| SubnetChart { row: index, ..subnet }));
        }
        (placed, count)
    }

    fn subnet(self, id: Id<Subnet>, subnet: &Subnet, column: usize) -> SubnetChart {
        let table = self.model.table_of(id);
        let ways = table.map(|table| self.ways(table)).unwrap_or_default();
        let acl = subnet.acl.or(self.network.default_acl);
        let mut notes = Vec::new();
        if let Some(table) = table.map(|table| &self.model.tables[table])
            && (table.address.owner().is_none() || table.is_main)
        {
            notes.push(eco_format!(
                "route table {}",
                if table.is_main { "main".into() } else { self.name(&table.address) }
            ));
        }
        if let Some(acl) = acl.map(|acl| &self.model.acls[acl]) {
            notes.push(eco_format!("ACL {}", words::own_or_default(acl.is_default, self.name(&acl.address))));
        }
        SubnetChart {
            key: subnet.address.clone(),
            name: self.name(&subnet.address),
            block: words::subnet_block(subnet),
            column,
            row: 0,
            class: self.class(table),
            ways,
            notes,
            cards: self.cards(id, subnet),
        }
    }

    fn class(self, table: Option<Id<RouteTable>>) -> Class {
        let Some(table) = table.map(|table| &self.model.tables[table]) else { return Class::Closed };
        let open = |target: RouteTarget| {
            let gateway = target.gateway().map(|gateway| self.model.gateways[gateway].kind);
            gateway == Some(GatewayKind::Internet)
        };
        match table {
            table if table.routes.iter().any(|route| open(route.target)) => Class::Open,
            table if !table.routes.is_empty() || !table.propagates.is_empty() => Class::Outward,
            _ => Class::Closed,
        }
    }

    /// The routes of a table, by what they lead to.
    fn ways(self, id: Id<RouteTable>) -> Vec<Way> {
        let table = &self.model.tables[id];
        let mut ways: BTreeMap<(Address, EcoString), Vec<EcoString>> = BTreeMap::new();
        let mut destinations: Vec<_> = table.routes.iter().map(|route| (&route.destination, route.target)).collect();
        destinations.sort_by_key(|(destination, _)| *destination);
        for (destination, target) in destinations {
            ways.entry(self.target(target)).or_default().push(eco_format!("{destination}"));
        }
        for gateway in &table.propagates {
            let address = self.model.gateways[*gateway].address.clone();
            let name = self.name(&address);
            ways.entry((address, name)).or_default().push("by BGP".into());
        }
        for (_, endpoint) in self.model.endpoints.iter() {
            if matches!(&endpoint.form, EndpointForm::Gateway(tables) if tables.contains(&id)) {
                let name = self.name(&endpoint.address);
                ways.entry((endpoint.address.clone(), name)).or_default().push(words::service(&endpoint.service));
            }
        }
        let way = |((to, via), texts): (_, Vec<EcoString>)| Way { destinations: texts.join(", ").into(), via, to };
        ways.into_iter().map(way).collect()
    }

    fn target(self, target: RouteTarget) -> (Address, EcoString) {
        let address = match target {
            RouteTarget::Gateway(id) => self.model.gateways[id].address.clone(),
            RouteTarget::Peer(id) => {
                let peer = &self.model.peers[id];
                return (door_key(self.model, peer, self.id), self.name(&peer.address));
            }
            RouteTarget::Node(id, index) => self.model.nodes[id].member_address(index.unwrap_or(0)),
        };
        let name = self.name(&address);
        (address, name)
    }
}
