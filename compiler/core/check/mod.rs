//! From syntax trees to a model: names are looked up, literals become values, and every rule that can be decided
//! without asking AWS is decided.
//!
//! One file a subject. Each states its findings as an enum of facts and puts them into words in one `From`. What is
//! absent on purpose: anything that depends on what lives in EC2.

mod acls;
mod across;
mod answers;
mod assertions;
mod blocks;
mod budget;
mod capacity;
pub mod catalogue;
mod declare;
mod defaults;
mod disks;
mod endpoints;
mod environment;
mod existing;
mod fill;
mod flow_logs;
mod gateways;
mod groups;
mod identities;
mod idle_entries;
mod idle_rules;
mod images;
mod index;
mod inputs;
mod interfaces;
mod ipv6;
mod made_images;
mod misnamed;
mod modules;
mod names;
mod networks;
mod nodes;
mod open_nodes;
mod outputs;
mod peers;
mod policies;
mod program;
mod quotas;
mod reachability;
mod references;
mod repeats;
mod resolve;
mod routes;
mod services;
mod settings;
mod subnets;
mod tables;
mod tags;
mod targets;
mod unused;
mod vpn;
mod ways;
mod zones;

pub use index::{Declaration, Index, Use, Value};
pub use names::RESERVED;

use crate::With;
use crate::model::{Acl, Id, Model, Network};
use crate::problem::{self, Diagnostic, codes};
use crate::source::{self, Sources, World};
use crate::syntax::Parsed;
use modules::Program;
use std::collections::BTreeMap;

/// Values given for parameters, by name, as texts.
pub type Given = BTreeMap<String, String>;

/// A program with everything that was found out about it.
#[derive(Clone, Debug)]
pub struct Compiled {
    /// Its files.
    pub sources: Sources,
    /// What they say, a tree a file.
    pub files: Vec<Parsed>,
    /// Its names, with the places at which they are declared and used.
    pub index: Index,
    /// What it means, and what is wrong with it, in the order of the files.
    pub checked: With<Model>,
}

/// Reads, parses and checks the program at `path`: one file, or a folder of them, and the files that these use.
pub fn compile(world: &dyn World, path: &str, given: &Given) -> Compiled {
    compile_again(world, path, given, Vec::new())
}

/// The same for a program that was compiled before: of `earlier` files, only what has changed is parsed again.
pub fn compile_again(world: &dyn World, path: &str, given: &Given, earlier: Vec<Parsed>) -> Compiled {
    let mut problems = Vec::new();
    let mut sources = source::load(world, path).drain_into(&mut problems);
    let loaded = problems.is_empty();
    let program = modules::read(world, &mut sources, &mut problems, earlier);
    let readable = loaded && !program.is_too_large && program.files.iter().all(|file| file.tree.readable);
    let (value, index) = if readable {
        let (checked, index) = check(world, &sources, &program, given);
        (checked.drain_into(&mut problems), index)
    } else {
        Default::default()
    };
    if problems.iter().any(Diagnostic::is_error) {
        // The very line that uses a name may be the one that could not be read.
        problems.retain(|problem| problem.code != codes::UNUSED);
    }
    problem::sort(&mut problems);
    Compiled { sources, files: program.files, index, checked: With { value, problems } }
}

/// Checks the trees of a program's files.
fn check(world: &dyn World, sources: &Sources, program: &Program, given: &Given) -> (With<Model>, Index) {
    let mut checker = Checker {
        world,
        sources,
        given: inputs::from_outside(given),
        inputs: Vec::new(),
        names: names::Names::default(),
        made: zones::Made::default(),
        whole_acls: Vec::new(),
        quotas: quotas::Quotas::default(),
        model: Model::default(),
        budget: budget::Budget::default(),
        problems: Vec::new(),
        known_types: Default::default(),
    };
    let declared = checker.declare(program);
    checker.program(program, &declared);
    checker.networks(&declared);
    checker.peers(&declared);
    checker.identities(&declared);
    checker.subnets(&declared);
    checker.elastics(&declared);
    checker.gateways(&declared);
    checker.vpns(&declared);
    checker.acls(&declared);
    checker.groups(&declared);
    checker.defaults_of_networks(&declared);
    checker.nodes(&declared);
    checker.environments(&declared);
    checker.made_images(&declared);
    checker.addresses_in_use(&declared);
    checker.tables(&declared);
    checker.endpoints(&declared);
    checker.check_room();
    checker.flow_logs(&declared);
    checker.outputs(program);
    checker.check_ways();
    checker.check_names_of_subnets(&declared);
    checker.check_locked_out();
    checker.check_peers();
    checker.check_quotas();
    checker.check_answers();
    checker.reachability(&declared);
    checker.check_unused();
    repeats::once_a_place(&mut checker.problems);
    repeats::merge_repeated(&mut checker.problems);
    let index = std::mem::take(&mut checker.names.index).sorted();
    (With { value: checker.model, problems: checker.problems }, index)
}

/// What the checks carry along.
struct Checker<'a> {
    world: &'a dyn World,
    sources: &'a Sources,
    given: inputs::Values,
    /// The parameters of each module.
    inputs: Vec<inputs::Inputs>,
    names: names::Names,
    made: zones::Made,
    /// The ACLs of which each entry could be made out.
    whole_acls: Vec<Id<Acl>>,
    quotas: quotas::Quotas,
    model: Model,
    budget: budget::Budget,
    problems: Vec<Diagnostic>,
    known_types: std::collections::HashSet<ecow::EcoString>,
}

/// Where a name is used: in a network, or at the top level.
type Scope = Option<Id<Network>>;

impl Checker<'_> {
    fn report(&mut self, problem: impl Into<Diagnostic>) {
        self.problems.push(problem.into());
    }

    /// Takes the result if there is one, and reports the problem if not.
    fn accept<T, P: Into<Diagnostic>>(&mut self, result: Result<T, P>) -> Option<T> {
        result.map_err(|problem| self.report(problem)).ok()
    }
}
