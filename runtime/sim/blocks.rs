//! Blocks that come to VPCs and subnets, and go again. The first IPv4 block of each is none of these: it stays.

use super::addresses;
use super::region::Region;
use super::site::Site;
use super::time::Moment;
use serde::{Deserialize, Serialize};
use vpcc_core::call::Map;
use vpcc_core::net::{Block, Family};

/// That a block is a VPC's or a subnet's.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Association {
    pub id: String,
    #[serde(with = "addresses")]
    pub block: Block,
    phase: Phase,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Phase {
    Associating { until: Moment },
    Associated,
    Disassociating { until: Moment },
}

impl Association {
    /// One that is there at once.
    pub fn new(region: &mut Region, prefix: &str, block: Block) -> Association {
        Association { id: region.new_id(prefix), block, phase: Phase::Associated }
    }

    /// One that takes a while.
    pub fn begin(site: &mut Site, prefix: &str, block: Block) -> Association {
        let phase = Phase::Associating { until: site.now.after(site.terms.timing.block) };
        Association { phase, ..Association::new(site.region, prefix, block) }
    }

    /// Lets it end, which takes a while.
    pub fn end(&mut self, until: Moment) {
        self.phase = Phase::Disassociating { until };
    }

    /// Whether the block can be used.
    pub fn is_there(&self) -> bool {
        self.phase == Phase::Associated
    }

    /// Takes it into its next phase, if that is due: gives whether it came to be, or nothing.
    pub fn settle(&mut self, now: Moment) -> bool {
        let due = matches!(self.phase, Phase::Associating { until } if until <= now);
        if due {
            self.phase = Phase::Associated;
        }
        due
    }

    /// Whether it is gone by now.
    pub fn is_gone(&self, now: Moment) -> bool {
        matches!(self.phase, Phase::Disassociating { until } if until <= now)
    }

    /// As EC2 tells it. Which IPv6 block Amazon gives is known once it is associated.
    pub fn view(&self) -> Map {
        let (block, state) = match self.block.family() {
            Family::V4 => ("CidrBlock", "CidrBlockState"),
            Family::V6 => ("Ipv6CidrBlock", "Ipv6CidrBlockState"),
        };
        let (word, known) = match self.phase {
            Phase::Associating { .. } => ("associating", self.block.prefix() != AMAZONS),
            Phase::Associated => ("associated", true),
            Phase::Disassociating { .. } => ("disassociating", true),
        };
        Map::new()
            .with("AssociationId", self.id.as_str())
            .with_some(block, known.then(|| self.block.to_string()))
            .with(state, Map::new().with("State", word))
    }
}

/// The size of the IPv6 blocks that Amazon gives to VPCs (VPC User Guide, "VPC CIDR blocks").
pub(super) const AMAZONS: u8 = 56;
