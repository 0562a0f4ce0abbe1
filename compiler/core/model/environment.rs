//! What boot scripts find in their environment.

use ecow::EcoString;
use std::collections::BTreeMap;

/// Variables by name.
pub type Environment = BTreeMap<EcoString, EnvValue>;

/// The value of a variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EnvValue {
    /// Known when the program is planned.
    Text(EcoString),
    /// Known to the node itself, when it boots.
    Own(OwnFact),
}

/// What a node knows of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum OwnFact {
    /// Its public address; empty if it has none.
    PublicIp,
    /// Its private address.
    PrivateIp,
    /// Its instance id.
    InstanceId,
    /// Its zone: `us-west-2a`.
    Zone,
    /// Its address in the program: `cluster.node[0]`.
    Name,
}

impl OwnFact {
    /// Each by the name that it has behind `self.`.
    pub const ALL: [(&'static str, OwnFact); 5] = [
        ("public_ip", OwnFact::PublicIp),
        ("private_ip", OwnFact::PrivateIp),
        ("instance_id", OwnFact::InstanceId),
        ("zone", OwnFact::Zone),
        ("name", OwnFact::Name),
    ];

    /// Where instance metadata has it (EC2 User Guide, "Instance metadata categories"); nowhere, if it is known before.
    pub fn metadata(self) -> Option<&'static str> {
        match self {
            OwnFact::PublicIp => Some("public-ipv4"),
            OwnFact::PrivateIp => Some("local-ipv4"),
            OwnFact::InstanceId => Some("instance-id"),
            OwnFact::Zone => Some("placement/availability-zone"),
            OwnFact::Name => None,
        }
    }
}
