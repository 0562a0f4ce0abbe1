//! Who is reached by what is open to the whole internet.

use super::Checker;
use crate::limits::MAX_STEPS_OF_WARNINGS;
use crate::model::{Id, Traffic};
use crate::problem::{Diagnostic, codes};
use crate::reach::fabric::{Group, Interface, InterfaceOf, Origin};
use crate::reach::{Analysis, Drawn, Endpoint, Query, Verdict};
use crate::source::Span;
use std::collections::HashMap;

/// A rule that is open: its group, and what it lets in.
type Opening = (Id<Group>, Traffic);

impl Checker<'_> {
    /// Adds a node that is reached from the internet to each warning of what is open to it, if there is one.
    pub(super) fn name_open_nodes(&mut self, drawn: &Drawn, analysis: &Analysis<'_>) {
        let open = [codes::OPEN_PORT, codes::OPEN_ADMIN_PORT];
        let mut rules: HashMap<Span, Vec<Opening>> = HashMap::new();
        for ((_, group), id) in self.model.groups.iter().zip(&drawn.groups) {
            for rule in &group.rules {
                rules.entry(rule.origin).or_default().push((*id, rule.traffic));
            }
        }
        let members = members(drawn);
        analysis.allow(MAX_STEPS_OF_WARNINGS);
        for problem in self.problems.iter_mut().filter(|problem| open.contains(&problem.code)) {
            let openings = problem.place().and_then(|place| rules.get(&place)).map_or(&[][..], Vec::as_slice);
            let node = openings.iter().find_map(|opening| reached(*opening, &members, analysis));
            if analysis.is_spent() {
                break;
            }
            if let Some(Origin { name, span: Some(span), .. }) = node {
                *problem = labelled(problem, span, &name);
            }
        }
    }
}

/// The instances in each group.
fn members(drawn: &Drawn) -> HashMap<Id<Group>, Vec<Id<Interface>>> {
    let mut members: HashMap<Id<Group>, Vec<Id<Interface>>> = HashMap::new();
    let instances = drawn.fabric.interfaces.iter().filter(|(_, interface)| interface.of == InterfaceOf::Instance);
    for (id, interface) in instances {
        for group in &interface.groups {
            members.entry(*group).or_default().push(id);
        }
    }
    members
}

/// The first node that is reached by a rule.
fn reached(
    (group, traffic): Opening,
    members: &HashMap<Id<Group>, Vec<Id<Interface>>>,
    analysis: &Analysis<'_>,
) -> Option<Origin> {
    let to = Endpoint::Interfaces(members.get(&group)?.clone());
    let traffic = Some(traffic);
    let query = Query { from: Endpoint::Internet, to, traffic, source_ports: None, source: None, destination: None };
    match analysis.leak(&query) {
        Verdict::Reachable(path) => path.forward.last().map(|hop| hop.place.clone()),
        _ => None,
    }
}

fn labelled(problem: &Diagnostic, span: Span, node: &str) -> Diagnostic {
    problem.clone().secondary(span, format!("`{node}` is reached"))
}
