//! Who is reached by what is open to the whole internet.

use super::Checker;
use crate::model::{Id, Traffic};
use crate::problem::{Diagnostic, codes};
use crate::reach::fabric::{Group, InterfaceOf, Origin};
use crate::reach::{Analysis, Drawn, Endpoint, Query, Verdict};
use crate::source::Span;

impl Checker<'_> {
    /// Adds a node that is reached from the internet to each warning of what is open to it, if there is one.
    pub(super) fn name_open_nodes(&mut self, drawn: &Drawn, analysis: &Analysis<'_>) {
        let open = [codes::OPEN_PORT, codes::OPEN_ADMIN_PORT];
        let mut problems = std::mem::take(&mut self.problems);
        for problem in problems.iter_mut().filter(|problem| open.contains(&problem.code)) {
            let node = problem.place().and_then(|place| self.reached_by(place, drawn, analysis));
            if let Some(Origin { name, span: Some(span), .. }) = node {
                *problem = labelled(problem, span, &name);
            }
        }
        self.problems = problems;
    }

    /// The first node that is reached by a rule that is written at a place.
    fn reached_by(&self, place: Span, drawn: &Drawn, analysis: &Analysis<'_>) -> Option<Origin> {
        let groups = self.model.groups.iter().zip(&drawn.groups);
        let mut rules = groups.flat_map(|((_, group), id)| group.rules.iter().map(move |rule| (*id, rule)));
        rules.find_map(|(group, rule)| {
            let is_meant = rule.origin == place;
            is_meant.then(|| reached(group, rule.traffic, drawn, analysis)).flatten()
        })
    }
}

fn reached(group: Id<Group>, traffic: Traffic, drawn: &Drawn, analysis: &Analysis<'_>) -> Option<Origin> {
    let members = drawn
        .fabric
        .interfaces
        .iter()
        .filter(|(_, interface)| interface.of == InterfaceOf::Instance && interface.groups.contains(&group));
    let to = Endpoint::Interfaces(members.map(|(id, _)| id).collect());
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
