//! What lives in one region: a table for each kind of thing.
//!
//! A kind with a table of its own is one line in [`tables!`]; finding by id, tags and snapshots follow from it.
//! Absent on purpose: rules. Those stand with the actions, one file for each family.

use super::acls::NetworkAcl;
use super::customer_gateways::CustomerGateway;
use super::dhcp::DhcpOptions;
use super::egress_gateways::EgressGateway;
use super::elastic_ips::ElasticIp;
use super::endpoints::Endpoint;
use super::flow_logs::FlowLog;
use super::gateways::InternetGateway;
use super::groups::SecurityGroup;
use super::ids::{self, Kind};
use super::instances::Instance;
use super::interfaces::Interface;
use super::keys::KeyPair;
use super::nat_gateways::NatGateway;
use super::own_images::OwnImage;
use super::peerings::Peering;
use super::refusal::Refusal;
use super::route_tables::RouteTable;
use super::snapshots::Snapshot;
use super::subnet::Subnet;
use super::tags::Tags;
use super::templates::LaunchTemplate;
use super::tokens::Repeat;
use super::volumes::Volume;
use super::vpc::Vpc;
use super::vpn_connections::VpnConnection;
use super::vpn_gateways::VpnGateway;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Something that has an id and can have tags.
pub(super) trait Thing: Clone + Serialize + DeserializeOwned {
    /// Its kind.
    const KIND: &'static Kind;

    /// Its tags.
    fn tags(&self) -> &Tags;

    /// Its tags, to change them.
    fn tags_mut(&mut self) -> &mut Tags;

    /// Whether somebody made it and it has not come to its end: what a snapshot shows.
    fn lives(&self) -> bool;
}

/// Says what kind of thing a struct with `tags` is, and if need be which of them live.
macro_rules! thing {
    ($thing:ty, $kind:path) => {
        $crate::sim::region::thing!($thing, $kind, |_| true);
    };
    ($thing:ty, $kind:path, $lives:expr) => {
        impl $crate::sim::region::Thing for $thing {
            const KIND: &'static $crate::sim::ids::Kind = &$kind;

            fn tags(&self) -> &$crate::sim::tags::Tags {
                &self.tags
            }

            fn tags_mut(&mut self) -> &mut $crate::sim::tags::Tags {
                &mut self.tags
            }

            fn lives(&self) -> bool {
                let lives: fn(&$thing) -> bool = $lives;
                lives(self)
            }
        }
    };
}

pub(super) use thing;

/// All things of a kind, by id. They are listed in the order of their ids, which is not the one of creation: EC2
/// promises no order (EC2 API Reference, "DescribeInstances").
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent, bound = "T: Thing")]
pub(super) struct Table<T>(BTreeMap<String, T>);

impl<T> Default for Table<T> {
    fn default() -> Table<T> {
        Table(BTreeMap::new())
    }
}

impl<T: Thing> Table<T> {
    /// The thing of an id that a request names.
    pub fn find(&self, id: &str) -> Result<&T, Refusal> {
        T::KIND.check(id)?;
        self.0.get(id).ok_or_else(|| T::KIND.absent(id))
    }

    /// The thing of an id that a request names, to change it.
    pub fn find_mut(&mut self, id: &str) -> Result<&mut T, Refusal> {
        T::KIND.check(id)?;
        self.0.get_mut(id).ok_or_else(|| T::KIND.absent(id))
    }

    /// The thing of an id, if it is there.
    pub fn get(&self, id: &str) -> Option<&T> {
        self.0.get(id)
    }

    /// The thing of an id, if it is there, to change it.
    pub fn get_mut(&mut self, id: &str) -> Option<&mut T> {
        self.0.get_mut(id)
    }

    /// Puts in a new thing.
    pub fn add(&mut self, id: impl Into<String>, thing: T) {
        self.0.insert(id.into(), thing);
    }

    /// Takes a thing out.
    pub fn remove(&mut self, id: &str) -> Option<T> {
        self.0.remove(id)
    }

    /// Keeps only what `keep` says.
    pub fn retain(&mut self, mut keep: impl FnMut(&T) -> bool) {
        self.0.retain(|_, thing| keep(thing));
    }

    /// All things with their ids.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &T)> {
        self.0.iter().map(|(id, thing)| (id.as_str(), thing))
    }

    /// All things with their ids, to change them.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = (&str, &mut T)> {
        self.0.iter_mut().map(|(id, thing)| (id.as_str(), thing))
    }

    /// How many things there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Drops what `before` doesn't have, as far as `drops` says.
    fn forget(&mut self, before: &Table<T>, drops: &mut dyn FnMut() -> bool) {
        self.0.retain(|id, _| before.0.contains_key(id) || !drops());
    }

    fn tagged(&self) -> impl Iterator<Item = Tagged<'_>> {
        self.iter().map(|(id, thing)| Tagged { kind: T::KIND, id, tags: thing.tags() })
    }

    fn living(&self) -> Option<serde_json::Value> {
        let living: BTreeMap<&String, &T> = self.0.iter().filter(|(_, thing)| thing.lives()).collect();
        if living.is_empty() { None } else { serde_json::to_value(living).ok() }
    }
}

/// Something with its tags.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tagged<'r> {
    pub kind: &'static Kind,
    pub id: &'r str,
    pub tags: &'r Tags,
}

macro_rules! tables {
    ($($(#[$doc:meta])* $name:ident: $thing:ty,)*) => {
        /// What tables there are: the kind of each.
        pub(super) const KINDS: &[&Kind] = &[$(<$thing as Thing>::KIND),*];

        /// A region of the account.
        #[derive(Clone, Debug, Serialize, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub(super) struct Region {
            /// Its name: `eu-central-1`.
            pub name: String,
            $($(#[$doc])* #[serde(default)] pub $name: Table<$thing>,)*
            /// What was asked for with a client token.
            #[serde(default)]
            pub repeats: BTreeMap<String, Repeat>,
            counters: BTreeMap<String, u64>,
        }

        impl Region {
            /// A region in which nothing lives.
            pub fn new(name: &str) -> Region {
                Region {
                    name: name.to_owned(),
                    $($name: Table::default(),)*
                    repeats: BTreeMap::new(),
                    counters: BTreeMap::new(),
                }
            }

            /// Drops what was made since `before`, as far as `drops` says.
            pub fn forget(&mut self, before: &Region, drops: &mut dyn FnMut() -> bool) {
                $(self.$name.forget(&before.$name, drops);)*
            }

            /// Everything that can have tags.
            pub fn tagged(&self) -> impl Iterator<Item = Tagged<'_>> {
                let things = std::iter::empty()$(.chain(self.$name.tagged()))*;
                things.chain(self.security_groups.iter().flat_map(|(_, group)| group.tagged_rules()))
            }

            /// The tags of an id, if anything has it.
            pub fn tags_mut(&mut self, id: &str) -> Option<&mut Tags> {
                $(if self.$name.get(id).is_some() {
                    return self.$name.get_mut(id).map(Thing::tags_mut);
                })*
                self.security_groups.iter_mut().find_map(|(_, group)| group.rule_tags_mut(id))
            }

            /// Everything that lives, by table.
            pub fn living(&self) -> serde_json::Map<String, serde_json::Value> {
                let tables = [$((stringify!($name), self.$name.living())),*];
                tables.into_iter().filter_map(|(name, table)| Some((name.to_owned(), table?))).collect()
            }
        }
    };
}

tables! {
    /// VPCs.
    vpcs: Vpc,
    /// DHCP option sets.
    dhcp_options: DhcpOptions,
    /// Internet gateways.
    internet_gateways: InternetGateway,
    /// Subnets.
    subnets: Subnet,
    /// Route tables.
    route_tables: RouteTable,
    /// Network ACLs.
    network_acls: NetworkAcl,
    /// Security groups.
    security_groups: SecurityGroup,
    /// Key pairs.
    key_pairs: KeyPair,
    /// Instances, and for a while those that were.
    instances: Instance,
    /// Volumes.
    volumes: Volume,
    /// Network interfaces.
    interfaces: Interface,
    /// VPC endpoints.
    endpoints: Endpoint,
    /// Flow logs.
    flow_logs: FlowLog,
    /// Images of the account.
    images: OwnImage,
    /// Snapshots of volumes.
    snapshots: Snapshot,
    /// Elastic IP addresses.
    elastic_ips: ElasticIp,
    /// NAT gateways, and for a while those that were.
    nat_gateways: NatGateway,
    /// Egress-only internet gateways.
    egress_gateways: EgressGateway,
    /// Virtual private gateways, and for a while those that were.
    vpn_gateways: VpnGateway,
    /// Customer gateways, and for a while those that were.
    customer_gateways: CustomerGateway,
    /// VPN connections, and for a while those that were.
    vpn_connections: VpnConnection,
    /// Peering connections, and for a while those that were.
    peerings: Peering,
    /// Launch templates.
    launch_templates: LaunchTemplate,
}

impl Region {
    /// A new id.
    pub fn new_id(&mut self, prefix: &str) -> String {
        let count = self.count(prefix);
        ids::id(&self.name, prefix, count)
    }

    /// The next number of a series, from 1.
    pub fn count(&mut self, series: &str) -> u64 {
        let count = self.counters.entry(series.to_owned()).or_default();
        *count += 1;
        *count
    }
}
