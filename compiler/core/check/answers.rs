//! Whether the answers to what a network ACL lets through get through too.
//!
//! An ACL keeps no track of connections: an answer needs an entry of its own, for the ports that clients use (VPC User
//! Guide, "Network ACLs", "Ephemeral ports").

use super::Checker;
use super::acls::{free_above, free_below};
use crate::model::{Acl, AclEntry, Direction, Protocol};
use crate::net::{Block, Family};
use crate::problem::{Diagnostic, codes};
use crate::source::Span;

/// The ports that a message asks for: those of every client, NAT gateways included.
const EPHEMERAL: (i32, i32) = (1024, 65535);

/// The ports that clients of every system use, Linux and Windows alike: an entry without these is no entry for answers.
const USED_BY_ALL: (i32, i32) = (49152, 60999);

/// As many parts of what is asked for are followed at most.
const MAX_PARTS: usize = 4096;

struct Unanswered {
    request: AclEntry,
    /// Further requests that fare the same.
    others: Vec<Span>,
    protocol: Protocol,
    blocked: Blocked,
    /// What to write.
    help: Option<String>,
}

/// What stops some answers.
struct Blocked {
    /// The entry that denies them; without one, no entry speaks of them.
    by: Option<AclEntry>,
    /// Answers to where.
    block: Block,
}

/// Addresses with ports.
type Part = (Block, (i32, i32));

impl Checker<'_> {
    /// Tells of requests that ACLs let through, the answers to which they do not, one diagnostic for each way and protocol.
    /// Entries that can never match are told of as such.
    pub(super) fn check_answers(&mut self) {
        let ways = [Direction::Ingress, Direction::Egress];
        let all = ways.into_iter().flat_map(|way| [(way, Protocol::Tcp), (way, Protocol::Udp)]);
        let mut found: Vec<Diagnostic> = Vec::new();
        for id in &self.whole_acls {
            let (acl, never_matches) = (&self.model.acls[*id], self.idle_of(*id));
            let unanswered = all.clone().filter_map(|(way, protocol)| unanswered(acl, way, protocol, &never_matches));
            found.extend(unanswered.map(Diagnostic::from));
        }
        self.problems.extend(found);
    }
}

fn unanswered(
    acl: &Acl,
    way: Direction,
    protocol: Protocol,
    never_matches: &impl Fn(&AclEntry) -> bool,
) -> Option<Unanswered> {
    let requests = acl.entries.iter().filter(|entry| entry.direction == way && is_request(entry, protocol));
    let stopped = requests.filter_map(|entry| Some((entry, stopped(acl, entry, protocol)?)));
    let mut stopped = stopped.filter(|(entry, _)| !never_matches(entry));
    let (request, blocked) = stopped.next()?;
    let others: Vec<&AclEntry> = stopped.map(|(entry, _)| entry).collect();
    let blocks: Vec<Block> = others.iter().map(|entry| entry.block).chain([request.block]).collect();
    let widest = blocks.iter().find(|wide| blocks.iter().all(|block| wide.contains(*block))).copied();
    let to = widest.unwrap_or_else(|| Block::all(request.block.family()));
    let help = mend(acl, request, protocol, &blocked, to);
    let others = others.into_iter().map(|entry| entry.origin).collect();
    Some(Unanswered { request: request.clone(), others, protocol, blocked, help })
}

/// Whether an entry lets requests through, and not answers to the requests of the other side.
fn is_request(entry: &AclEntry, protocol: Protocol) -> bool {
    let of_protocol =
        entry.traffic.protocol == protocol || (entry.traffic.protocol, protocol) == (Protocol::All, Protocol::Tcp);
    let (first, last) = ports(entry);
    let takes_answers = first <= USED_BY_ALL.0 && USED_BY_ALL.1 <= last;
    // What lets everything out is there for answers as often as for requests.
    let for_answers = takes_answers && (first >= EPHEMERAL.0 || entry.direction == Direction::Egress);
    entry.allow && of_protocol && !for_answers
}

fn ports(entry: &AclEntry) -> (i32, i32) {
    match entry.traffic.protocol {
        Protocol::Tcp | Protocol::Udp => entry.traffic.ports.unwrap_or((0, 65535)),
        _ => (0, 65535),
    }
}

fn opposite(way: Direction) -> Direction {
    match way {
        Direction::Ingress => Direction::Egress,
        Direction::Egress => Direction::Ingress,
    }
}

/// The entries of one way in the order in which EC2 goes through them.
fn in_order(acl: &Acl, way: Direction) -> Vec<&AclEntry> {
    let mut entries: Vec<&AclEntry> = acl.entries.iter().filter(|entry| entry.direction == way).collect();
    entries.sort_by_key(|entry| entry.number);
    entries
}

/// What stops answers to the requests that an entry lets through, if something does.
fn stopped(acl: &Acl, request: &AclEntry, protocol: Protocol) -> Option<Blocked> {
    let mut parts: Vec<Part> = vec![(request.block, USED_BY_ALL)];
    // What an earlier entry decides, this one does not.
    let earlier = in_order(acl, request.direction).into_iter().filter(|entry| entry.number < request.number);
    for entry in earlier.filter(|entry| entry.traffic.covers(&request.traffic)) {
        parts = parts.into_iter().flat_map(|part| without(part, entry.block, USED_BY_ALL)).collect();
    }
    let speaks = |entry: &&AclEntry| [Protocol::All, protocol].contains(&entry.traffic.protocol);
    for entry in in_order(acl, opposite(request.direction)).into_iter().filter(speaks) {
        let met = parts.iter().find(|part| meets(part, entry));
        if let (Some((block, _)), false) = (met, entry.allow) {
            let block = if block.contains(entry.block) { entry.block } else { *block };
            return Some(Blocked { by: Some(entry.clone()), block });
        }
        parts = parts.into_iter().flat_map(|part| without(part, entry.block, ports(entry))).collect();
        if parts.len() > MAX_PARTS {
            return None;
        }
    }
    parts.first().map(|(block, _)| Blocked { by: None, block: *block })
}

fn meets((block, (first, last)): &Part, entry: &AclEntry) -> bool {
    let (from, to) = ports(entry);
    block.overlaps(entry.block) && *first <= to && from <= *last
}

/// A part without what an entry speaks of.
fn without(part: Part, block: Block, (from, to): (i32, i32)) -> Vec<Part> {
    let (own, (first, last)) = part;
    if !own.overlaps(block) || last < from || to < first {
        return vec![part];
    }
    let (common, mut rest) = if block.contains(own) { (own, Vec::new()) } else { (block, around(own, block)) };
    let mut parts: Vec<Part> = rest.drain(..).map(|block| (block, (first, last))).collect();
    parts.extend((first < from).then(|| (common, (first, from - 1))));
    parts.extend((to < last).then(|| (common, (to + 1, last))));
    parts
}

/// The blocks that make up one without a smaller one inside it.
fn around(outer: Block, inner: Block) -> Vec<Block> {
    let family = outer.family();
    let sibling = |len: u8| {
        let bit = 1u128 << (family.bits() - len);
        Block::around(family.address(inner.first_number() ^ bit), len)
    };
    (outer.prefix() + 1..=inner.prefix()).map(sibling).collect()
}

/// The entry to add: one that lets the answers through, or, where they are denied on purpose, one that denies the
/// requests too.
fn mend(acl: &Acl, request: &AclEntry, protocol: Protocol, blocked: &Blocked, to: Block) -> Option<String> {
    let back = opposite(request.direction);
    match &blocked.by {
        Some(deny) if !deny.block.contains(request.block) => {
            let number = free_below(acl, request.direction, request.number)?;
            let amazon = request.amazon.clone().filter(|_| blocked.block == request.block);
            let entry = AclEntry { number, allow: false, block: blocked.block, amazon, ..request.clone() };
            Some(format!("deny the requests too: `{entry}`"))
        }
        by => {
            let last = in_order(acl, back).last().map_or(90, |entry| entry.number);
            let number = match by {
                Some(deny) => free_below(acl, back, deny.number)?,
                None => free_above(acl, back, last)?,
            };
            let traffic = crate::model::Traffic { protocol, ports: Some(EPHEMERAL) };
            let amazon = request.amazon.clone().filter(|_| to == request.block);
            let entry =
                AclEntry { number, allow: true, direction: back, traffic, block: to, amazon, ..request.clone() };
            Some(format!("add `{entry}`"))
        }
    }
}

impl From<Unanswered> for Diagnostic {
    fn from(Unanswered { request, others, protocol, blocked, help }: Unanswered) -> Self {
        let number = request.number;
        let (title, lets, stays) = match request.direction {
            Direction::Ingress => (
                format!("requests come in through entry {number}, and their answers cannot leave"),
                "lets requests in",
                "out",
            ),
            Direction::Egress => (
                format!("requests leave through entry {number}, and their answers cannot come in"),
                "lets requests out",
                "in",
            ),
        };
        let family = if blocked.block.family() == Family::V4 { "" } else { " over IPv6" };
        let mut diagnostic = Diagnostic::new(codes::UNANSWERED_ENTRY, title).primary(request.origin, lets);
        for other in others.iter().take(2) {
            diagnostic = diagnostic.secondary(*other, "so does this entry");
        }
        diagnostic = match &blocked.by {
            Some(deny) => diagnostic.secondary(deny.origin, "and this one stops the answers"),
            None => diagnostic.note(format!(
                "no entry lets {protocol} answers{family} {stays}: a network ACL keeps no track of connections, and \
                 clients wait for answers on ports 1024 to 65535"
            )),
        };
        match help {
            Some(help) => diagnostic.help(help),
            None => diagnostic,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn block() -> impl Strategy<Value = Block> {
        (0u32..16, 28u8..=32).prop_map(|(low, len)| Block::around(std::net::Ipv4Addr::from(low).into(), len))
    }

    fn holds(parts: &[Part], address: u128, port: i32) -> usize {
        let address = Family::V4.address(address);
        parts.iter().filter(|(block, (first, last))| block.holds(address) && (*first..=*last).contains(&port)).count()
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn what_is_taken_away_is_gone_and_the_rest_is_there_once(
            own in block(), other in block(), a in 0i32..8, b in 0i32..8, c in 0i32..8, d in 0i32..8,
        ) {
            let (ports, taken) = ((a.min(b), a.max(b)), (c.min(d), c.max(d)));
            let parts = without((own, ports), other, taken);
            for address in 0..16 {
                for port in 0..8 {
                    let left = holds(&[(own, ports)], address, port) == 1 && holds(&[(other, taken)], address, port) == 0;
                    prop_assert_eq!(holds(&parts, address, port), usize::from(left));
                }
            }
        }
    }
}
