//! What is noted while packets are followed: of one packet, each place it comes by and where it stops; of sets, what
//! depends on things that are not modelled.

use super::fabric::Origin;
use super::packets::Packets;
use super::query::{Hop, HopKind, Packet, Path};
use super::reason::Reason;
use ecow::EcoString;

/// Notes of a walk.
#[derive(Default)]
pub(super) struct Trail {
    /// Of one packet.
    pub(super) single: Option<Single>,
    /// What nobody knows of, in the fields with which it was sent.
    pub(super) unsure: Vec<Packets>,
}

/// The way of one packet.
#[derive(Default)]
pub(super) struct Single {
    pub(super) path: Path,
    /// Whether it is the answer that is on its way.
    back: bool,
    pub(super) stop: Option<Stop>,
    pub(super) not_modelled: Option<(EcoString, Origin)>,
}

/// Where a packet stops.
pub(super) struct Stop {
    pub(super) reason: Reason,
    pub(super) at: Origin,
    pub(super) by: Option<Origin>,
    pub(super) groups: Vec<Origin>,
    pub(super) packet: Option<Packet>,
}

impl Trail {
    /// Notes for one packet.
    pub(super) fn of_one() -> Trail {
        Trail { single: Some(Single::default()), unsure: Vec::new() }
    }

    /// Whether it is one packet that is followed.
    pub(super) fn is_single(&self) -> bool {
        self.single.is_some()
    }

    /// Notes a place that packets come by, if any do.
    pub(super) fn hop(&mut self, kind: HopKind, place: &Origin, by: Option<&Origin>, packets: &Packets) {
        let Some(single) = &mut self.single else { return };
        let Some(packet) = packets.witness() else { return };
        let hop = Hop { kind, place: place.clone(), by: by.cloned(), packet };
        if single.back { single.path.back.push(hop) } else { single.path.forward.push(hop) }
    }

    /// Notes where packets stop, if there are any and none stopped before.
    pub(super) fn stop(&mut self, reason: Reason, at: &Origin, by: Option<&Origin>, packets: &Packets) {
        self.stop_at(reason, at, by, Vec::new(), packets);
    }

    /// Notes where packets stop for want of a rule in some groups.
    pub(super) fn stop_at(
        &mut self,
        reason: Reason,
        at: &Origin,
        by: Option<&Origin>,
        groups: Vec<Origin>,
        packets: &Packets,
    ) {
        let Some(single) = self.single.as_mut().filter(|single| single.stop.is_none()) else { return };
        if let Some(packet) = packets.witness() {
            single.stop = Some(Stop { reason, at: at.clone(), by: by.cloned(), groups, packet: Some(packet) });
        }
    }

    /// Notes packets of which nobody knows where they go.
    pub(super) fn not_modelled(&mut self, what: impl Into<EcoString>, at: &Origin, packets: Packets) {
        if packets.is_empty() {
            return;
        }
        if let Some(single) = self.single.as_mut().filter(|single| single.not_modelled.is_none()) {
            single.not_modelled = Some((what.into(), at.clone()));
        }
        self.unsure.push(packets);
    }

    /// Forgets what stopped a packet, if it is tried by another way.
    pub(super) fn again(&mut self, packets: &Packets) {
        if let Some(single) = self.single.as_mut().filter(|single| single.not_modelled.is_none())
            && !packets.is_empty()
        {
            *single = Single::default();
        }
    }

    /// From here on it is answers that are followed.
    pub(super) fn turn(&mut self) {
        if let Some(single) = &mut self.single {
            single.back = true;
        }
    }

    /// Whether it is the answer to a single packet that is followed.
    pub(super) fn mark(&self) -> usize {
        self.unsure.len()
    }

    /// Changes what was noted as unsure since a mark into what was sent.
    pub(super) fn restore(&mut self, mark: usize, change: impl Fn(Packets) -> Packets) {
        for packets in self.unsure.iter_mut().skip(mark) {
            *packets = change(std::mem::take(packets));
        }
    }
}
