//! Where lines run inside a network: what is led to by a route has a lane of its own in each column that it is led to from,
//! and one above all columns if it stands there or in another column.

use crate::model::Address;
use crate::picture::chart::NetworkChart;
use std::collections::{BTreeMap, BTreeSet};

/// Between lanes.
pub(super) const LANE: i32 = 8;
/// With more lanes in one place, lines would say less than the names do.
const MOST: usize = 10;

/// The lanes of a network.
#[derive(Clone, Debug, Default)]
pub(super) struct Lanes {
    /// For each column, what is led to there.
    columns: Vec<Vec<Address>>,
    /// What is led to above the columns.
    band: Vec<Address>,
    /// The columns of what stands in one.
    homes: BTreeMap<Address, usize>,
}

impl Lanes {
    /// Those of a network; none, if there would be too many.
    pub(super) fn of(chart: &NetworkChart) -> Lanes {
        let doors: BTreeSet<&Address> = chart.doors.iter().map(|door| &door.key).collect();
        let mut homes = BTreeMap::new();
        for subnet in &chart.subnets {
            let forwarding = subnet.cards.iter().filter(|card| card.forwards);
            homes.extend(forwarding.map(|card| (card.key.clone(), subnet.column)));
        }
        let mut columns = vec![BTreeSet::new(); chart.zones.len()];
        let mut band = BTreeSet::new();
        for subnet in &chart.subnets {
            for way in &subnet.ways {
                let home = homes.get(&way.to).copied();
                if home.is_none() && !doors.contains(&way.to) {
                    continue;
                }
                for column in [Some(subnet.column), home].into_iter().flatten() {
                    columns.get_mut(column).map(|lanes: &mut BTreeSet<Address>| lanes.insert(way.to.clone()));
                }
                if home != Some(subnet.column) {
                    band.insert(way.to.clone());
                }
            }
        }
        if columns.iter().chain([&band]).any(|lanes| lanes.len() > MOST) {
            return Lanes::default();
        }
        let columns = columns.into_iter().map(|lanes| lanes.into_iter().collect()).collect();
        Lanes { columns, band: band.into_iter().collect(), homes }
    }

    /// How wide the lanes of the widest column are.
    pub(super) fn width(&self) -> i32 {
        self.columns.iter().map(|lanes| room(lanes)).max().unwrap_or_default()
    }

    /// How high the lanes above the columns are.
    pub(super) fn height(&self) -> i32 {
        room(&self.band)
    }

    /// The column that something stands in, if it does.
    pub(super) fn home(&self, key: &Address) -> Option<usize> {
        self.homes.get(key).copied()
    }

    /// How far right of the first lane of a column one is.
    pub(super) fn in_column(&self, column: usize, key: &Address) -> Option<i32> {
        offset(self.columns.get(column)?, key)
    }

    /// How far below the first lane above the columns one is.
    pub(super) fn in_band(&self, key: &Address) -> Option<i32> {
        offset(&self.band, key)
    }
}

fn room(lanes: &[Address]) -> i32 {
    i32::try_from(lanes.len()).unwrap_or_default() * LANE
}

fn offset(lanes: &[Address], key: &Address) -> Option<i32> {
    let place = lanes.iter().position(|lane| lane == key)?;
    Some(i32::try_from(place).unwrap_or_default() * LANE)
}
