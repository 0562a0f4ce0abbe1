//! The embedded EC2's time, and how long things take in it.
//!
//! Time runs with tokio's clock while a [`Sim`](super::Sim) lives, and stands still while it only is in a file. The wall
//! clock is not asked, so that the same calls give the same answers.

use serde::{Deserialize, Serialize};
use std::time::Duration;

/// A point in time: milliseconds since the embedded EC2 came to be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Moment(u64);

/// The day on which every embedded EC2 comes to be, in days since 1970: 1 January 2026.
const FIRST_DAY: u64 = 20_454;

const DAY: u64 = 86_400_000;

impl Moment {
    /// This much later.
    pub fn after(self, time: Duration) -> Moment {
        Moment(self.0.saturating_add(u64::try_from(time.as_millis()).unwrap_or(u64::MAX)))
    }

    /// How long after `earlier` this is; nothing if it isn't.
    pub fn since(self, earlier: Moment) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0))
    }

    /// As EC2 writes it: `2026-01-01T00:00:00.250Z`.
    pub fn text(self) -> String {
        let (year, month, day) = date(FIRST_DAY + self.0 / DAY);
        let rest = self.0 % DAY;
        let (hours, minutes) = (rest / 3_600_000, rest / 60_000 % 60);
        let (seconds, millis) = (rest / 1000 % 60, rest % 1000);
        format!("{year}-{month:02}-{day:02}T{hours:02}:{minutes:02}:{seconds:02}.{millis:03}Z")
    }
}

/// Year, month and day of a day since 1970 (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms").
fn date(days: u64) -> (u64, u64, u64) {
    let shifted = days.saturating_add(719_468);
    let (era, day_of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    (era * 400 + year_of_era + u64::from(month <= 2), month, day)
}

/// How long things take in the embedded EC2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timing {
    /// Until a new VPC is available.
    pub vpc: Duration,
    /// Until a new subnet is available.
    pub subnet: Duration,
    /// Until a block is associated with a VPC or a subnet, or is no more.
    pub block: Duration,
    /// Until a launched or started instance is running.
    pub start: Duration,
    /// Until an instance that is being stopped is stopped.
    pub stop: Duration,
    /// Until an instance that is being terminated is terminated, and its interface and volumes are gone.
    pub terminate: Duration,
    /// How long something that has ended is still listed: a terminated instance, a deleted NAT gateway.
    pub listed: Duration,
    /// Until a new NAT gateway is available, or has failed.
    pub nat_gateway: Duration,
    /// Until a NAT gateway that is being deleted is gone, and its interface with it.
    pub nat_gateway_deletion: Duration,
    /// Until a virtual private gateway is attached to a VPC, or detached from it.
    pub vpn_attachment: Duration,
    /// Until a new VPN connection is available, or one that is being deleted is deleted.
    pub vpn_connection: Duration,
    /// Until a peering connection goes on: to where it can be accepted, from there to active, or to its end.
    pub peering: Duration,
    /// Until changed metadata options or an instance profile have taken effect.
    pub settle: Duration,
    /// Until a new or changed interface endpoint is available, and until a deleted endpoint is gone.
    pub endpoint: Duration,
    /// Until a new volume is available, until one is attached or detached, and until a deleted one is gone.
    pub disk: Duration,
    /// Until a new image and its snapshots are available.
    pub image: Duration,
    /// Until a volume is done with a modification, and takes another one.
    pub volume: Duration,
}

impl Timing {
    /// Short enough for trying things out.
    pub const QUICK: Timing = Timing {
        vpc: Duration::from_millis(50),
        subnet: Duration::from_millis(50),
        block: Duration::from_millis(50),
        start: Duration::from_millis(300),
        stop: Duration::from_millis(300),
        terminate: Duration::from_millis(300),
        listed: Duration::from_secs(3600),
        nat_gateway: Duration::from_millis(300),
        nat_gateway_deletion: Duration::from_millis(300),
        vpn_attachment: Duration::from_millis(300),
        vpn_connection: Duration::from_millis(300),
        peering: Duration::from_millis(50),
        settle: Duration::from_millis(50),
        endpoint: Duration::from_millis(300),
        disk: Duration::from_millis(50),
        image: Duration::from_millis(300),
        volume: Duration::from_millis(300),
    };

    /// About what people see with the real one.
    pub const REAL: Timing = Timing {
        vpc: Duration::from_secs(2),
        subnet: Duration::from_secs(2),
        block: Duration::from_secs(5),
        start: Duration::from_secs(20),
        stop: Duration::from_secs(30),
        terminate: Duration::from_secs(40),
        listed: Duration::from_secs(3600),
        nat_gateway: Duration::from_secs(100),
        nat_gateway_deletion: Duration::from_secs(60),
        vpn_attachment: Duration::from_secs(60),
        vpn_connection: Duration::from_secs(240),
        peering: Duration::from_secs(2),
        settle: Duration::from_secs(5),
        endpoint: Duration::from_secs(60),
        disk: Duration::from_secs(3),
        image: Duration::from_secs(300),
        volume: Duration::from_secs(600),
    };
}

impl Default for Timing {
    fn default() -> Timing {
        Timing::QUICK
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_dates_from_2026_on() {
        assert_eq!(Moment::default().text(), "2026-01-01T00:00:00.000Z");
        let later = Moment::default().after(Duration::from_secs(59 * 86_400 + 3723) + Duration::from_millis(4));
        assert_eq!(later.text(), "2026-03-01T01:02:03.004Z");
    }
}
