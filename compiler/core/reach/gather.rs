//! Matrices and changes as people want to see them: the same things of several zones, or of one range, in one line, where
//! they fare alike.
//!
//! In: what has been found of classes, which packets can tell apart by their subnets alone. Out: the same, with parties
//! joined that come from one declaration and between which nobody could tell from the table. Absent on purpose: any
//! loss; what differs stays apart.

use super::flows::Flow;
use super::matrix::{Change, Matrix, Party, PartyKind, Passage};
use crate::model::Address;
use ecow::EcoString;
use std::collections::{BTreeMap, HashMap};

/// What a passage is like; none is like this one.
type Look<'m> = Option<(&'m [Flow], bool)>;

/// The same matrix with fewer lines. `names` tells what people call a thing.
pub(super) fn gathered(matrix: &Matrix, names: &HashMap<&str, &str>) -> Matrix {
    let parties = matrix.parties.iter().map(|party| called(party, names)).collect();
    let matrix = &Matrix { parties, passages: matrix.passages.clone() };
    let looks: HashMap<(usize, usize), Look<'_>> = matrix
        .passages
        .iter()
        .map(|passage| ((passage.from, passage.to), Some((passage.flows.as_slice(), passage.not_modelled))))
        .collect();
    let mut by_declaration: BTreeMap<(PartyKind, EcoString), Vec<usize>> = BTreeMap::new();
    for (place, party) in matrix.parties.iter().enumerate() {
        by_declaration.entry((party.kind, declaration(party))).or_default().push(place);
    }
    let mut groups: Vec<Vec<usize>> = by_declaration.into_values().collect();
    groups.sort();
    let look = |from: usize, to: usize| looks.get(&(from, to)).copied().flatten();
    // Each round parts one group, so this ends.
    while let Some(odd) = (0..groups.len()).find(|group| !is_even(&groups, *group, &look)) {
        let members = groups.remove(odd);
        groups.extend(members.into_iter().map(|member| vec![member]));
        groups.sort();
    }
    groups.sort_by_cached_key(|group| {
        let party = group.first().and_then(|place| matrix.parties.get(*place));
        party.map(|party| (party.kind, first_name(party)))
    });
    joined(matrix, &groups)
}

/// A party by the names that people call its members by.
fn called(party: &Party, names: &HashMap<&str, &str>) -> Party {
    let name = |name: &EcoString| names.get(name.as_str()).map_or_else(|| name.clone(), |name| EcoString::from(*name));
    Party { kind: party.kind, names: sorted(party.names.iter().map(name)) }
}

/// Names as people count.
fn sorted(names: impl Iterator<Item = EcoString>) -> Vec<EcoString> {
    let mut addresses: Vec<Address> = names.map(|name| Address::from_tag(&name)).collect();
    addresses.sort();
    addresses.into_iter().map(|address| address.text()).collect()
}

fn first_name(party: &Party) -> Option<Address> {
    party.names.first().map(|name| Address::from_tag(name))
}

/// Whether the members of a group fare alike with each other group, and with each other.
fn is_even<'m>(groups: &[Vec<usize>], group: usize, look: &impl Fn(usize, usize) -> Look<'m>) -> bool {
    let Some(members) = groups.get(group).filter(|members| members.len() > 1) else { return true };
    let alike = |from: &[usize], to: &[usize]| {
        let pairs = from.iter().flat_map(|from| to.iter().map(move |to| (*from, *to)));
        // What several that are alike do among themselves is seen between two of them.
        let mut seen = pairs.filter(|(from, to)| from != to).map(|(from, to)| look(from, to));
        let first = seen.next();
        seen.all(|other| Some(other) == first)
    };
    let own = members.iter().filter_map(|member| look(*member, *member));
    let between = members.first().zip(members.get(1)).and_then(|(one, other)| look(*one, *other));
    let within = own.into_iter().all(|own| Some(own) == between);
    within && groups.iter().all(|others| alike(members, others) && alike(others, members))
}

fn joined(matrix: &Matrix, groups: &[Vec<usize>]) -> Matrix {
    let party = |group: &Vec<usize>| {
        let parties: Vec<&Party> = group.iter().filter_map(|place| matrix.parties.get(*place)).collect();
        let names = sorted(parties.iter().flat_map(|party| party.names.iter().cloned()));
        Party { kind: parties.first().map_or(PartyKind::Interfaces, |party| party.kind), names }
    };
    let place_of: HashMap<usize, usize> =
        groups.iter().enumerate().flat_map(|(place, group)| group.iter().map(move |old| (*old, place))).collect();
    let place = |old: usize| place_of.get(&old).copied().unwrap_or_default();
    let mut passages: BTreeMap<(usize, usize), Passage> = BTreeMap::new();
    for passage in &matrix.passages {
        let (from, to) = (place(passage.from), place(passage.to));
        passages.entry((from, to)).or_insert_with(|| Passage { from, to, ..passage.clone() });
    }
    Matrix { parties: groups.iter().map(party).collect(), passages: passages.into_values().collect() }
}

/// The same changes with fewer lines.
pub(super) fn gathered_changes(changes: &[Change], names: &HashMap<&str, &str>) -> Vec<Change> {
    let by_name =
        |change: &Change| Change { from: called(&change.from, names), to: called(&change.to, names), ..change.clone() };
    let mut changes: Vec<Change> = changes.iter().map(by_name).collect();
    changes.sort_by_cached_key(|change| [&change.from, &change.to].map(|party| (party.kind, first_name(party))));
    let mut alike: Vec<(Change, Vec<&Change>)> = Vec::new();
    for change in &changes {
        let of = |change: &Change| (declaration(&change.from), declaration(&change.to));
        let same = |(first, _): &&mut (Change, Vec<&Change>)| {
            of(first) == of(change) && first.opened == change.opened && first.closed == change.closed
        };
        match alike.iter_mut().find(same) {
            Some((_, members)) => members.push(change),
            None => alike.push((change.clone(), vec![change])),
        }
    }
    alike.into_iter().flat_map(|(first, members)| joined_changes(&first, &members)).collect()
}

/// Changes that are alike as one, if they are those of all pairs of two groups.
fn joined_changes(first: &Change, members: &[&Change]) -> Vec<Change> {
    let mut from: Vec<&Party> = members.iter().map(|change| &change.from).collect();
    let mut to: Vec<&Party> = members.iter().map(|change| &change.to).collect();
    for side in [&mut from, &mut to] {
        side.sort_by_cached_key(|party| first_name(party));
        side.dedup();
    }
    let themselves = from.iter().filter(|party| to.contains(party)).count();
    let pairs = from.len() * to.len();
    if members.len() != pairs && members.len() + themselves != pairs {
        return members.iter().map(|change| (*change).clone()).collect();
    }
    let one = |kind: PartyKind, parties: &[&Party]| Party {
        kind,
        names: sorted(parties.iter().flat_map(|party| party.names.iter().cloned())),
    };
    let (from, to) = (one(first.from.kind, &from), one(first.to.kind, &to));
    vec![Change { from, to, ..first.clone() }]
}

/// What a party's members are declared as, if it is one thing: `cluster.web` of `cluster.web[a,0]`.
fn declaration(party: &Party) -> EcoString {
    let mut declared = party.names.iter().map(|name| Address::from_tag(name).declared().text());
    let first = declared.next().unwrap_or_default();
    let same = declared.all(|other| other == first);
    if same { first } else { party.names.join(" ").into() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Protocol, Traffic};
    use crate::reach::Passing;

    fn flow(port: i32) -> Flow {
        let traffic = Traffic { protocol: Protocol::Tcp, ports: Some((port, port)) };
        Flow { traffic: Passing::Traffic(traffic), outside: Vec::new() }
    }

    fn matrix(passages: &[(usize, usize, i32)]) -> Matrix {
        let names = ["n.web[a]", "n.web[b]", "n.db[a]", "n.db[b]"];
        let party = |name: &&str| Party { kind: PartyKind::Interfaces, names: vec![EcoString::from(*name)] };
        let passage = |(from, to, port): &(usize, usize, i32)| Passage {
            from: *from,
            to: *to,
            flows: vec![flow(*port)],
            not_modelled: false,
        };
        Matrix { parties: names.iter().map(party).collect(), passages: passages.iter().map(passage).collect() }
    }

    fn lines(passages: &[(usize, usize, i32)]) -> (usize, usize) {
        let gathered = gathered(&matrix(passages), &HashMap::new());
        (gathered.parties.len(), gathered.passages.len())
    }

    #[test]
    fn what_fares_alike_is_one_line() {
        assert_eq!(lines(&[(0, 2, 5432), (0, 3, 5432), (1, 2, 5432), (1, 3, 5432)]), (2, 1));
        assert_eq!(lines(&[(0, 1, 80), (1, 0, 80)]), (2, 1));
    }

    #[test]
    fn what_stays_in_its_zone_stays_apart() {
        assert_eq!(lines(&[(0, 2, 5432), (1, 3, 5432)]), (4, 2));
        assert_eq!(lines(&[(0, 2, 5432), (0, 3, 5432), (1, 2, 5432), (1, 3, 22)]), (4, 4));
        assert_eq!(lines(&[(0, 1, 80)]), (3, 1));
    }

    #[test]
    fn changes_of_all_pairs_are_one() {
        let party = |name: &str| Party { kind: PartyKind::Interfaces, names: vec![name.into()] };
        let change = |from: &str, to: &str| Change {
            from: party(from),
            to: party(to),
            opened: vec![flow(80)],
            closed: Vec::new(),
        };
        let all = [change("w[0]", "d[a]"), change("w[0]", "d[b]"), change("w[1]", "d[a]"), change("w[1]", "d[b]")];
        assert_eq!(gathered_changes(&all, &HashMap::new()).len(), 1);
        assert_eq!(gathered_changes(&all[..3], &HashMap::new()).len(), 3);
        let among = [change("w[0]", "w[1]"), change("w[1]", "w[0]")];
        assert_eq!(gathered_changes(&among, &HashMap::new()).len(), 1);
    }
}
