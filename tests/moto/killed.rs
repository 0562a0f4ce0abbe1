//! Runs that are killed at a request, or never hear what became of it: the same command goes on.

use super::emulator::Moto;
use super::proxy::{Mishap, Ran, run};
use super::support::{ends, stderr, workspace};
use super::{cluster, everything, nothing_to_change, shape};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use vpcc::Exit;

/// An emulator with something of somebody else's in it, and a program.
pub struct Place {
    pub moto: Moto,
    folder: tempfile::TempDir,
    before: Census,
}

/// Everything in the account by id, and by place.
type Census = [Vec<String>; 2];

fn census(moto: &Moto) -> Census {
    let [mut ids, mut places] = [everything(moto), shape(moto)];
    // The emulator forgets the tags that DHCP options are made with. Who dies before setting them leaves orphans.
    ids.retain(|id| !id.starts_with("dopt-"));
    places.retain(|place| place != "DhcpOptions: nowhere");
    [ids, places]
}

impl Place {
    pub fn new() -> Place {
        let (moto, folder) = (Moto::start(), workspace());
        super::somebody_elses(&moto);
        let before = census(&moto);
        Place { moto, folder, before }
    }

    /// The path of the program.
    pub fn program(&self) -> String {
        cluster(self.folder.path())
    }

    /// Runs a command with a mishap.
    pub fn run(&self, mishap: Mishap, command: &str) -> Ran {
        run(&self.moto, mishap, &[command, &self.program(), "--yes"])
    }

    /// Asserts that there is nothing but what was there at first.
    #[track_caller]
    pub fn is_empty(&self) {
        assert_eq!(census(&self.moto), self.before);
    }

    /// Runs a command with a mishap, and then to its end; says whether the mishap happened.
    fn twice(&self, command: &str, mishap: Mishap) -> bool {
        let first = self.run(mishap, command);
        let again = self.moto.vpcc(&[command, &self.program(), "--yes"]);
        assert_eq!(again.status.code(), Some(0), "{command} {mishap:?}\n{}\n{}", stderr(&first.output), stderr(&again));
        first.reached
    }
}

/// What goes wrong at a request: one thing after the other, or with `KILLS=all` each of all things.
fn trials(number: usize) -> Vec<Mishap> {
    let ways: [fn(usize) -> Mishap; 3] = [Mishap::KilledBefore, Mishap::KilledAfter, Mishap::Silent];
    let all = std::env::var("KILLS").is_ok_and(|kills| kills == "all");
    let tried = ways.iter().enumerate().filter(|(index, _)| all || number % ways.len() == *index);
    tried.map(|(_, way)| way(number)).collect()
}

/// What is killed at a request, or does not hear its answer, is gone on with by the same command.
#[test]
fn the_notes_cluster_goes_on_after_any_request() {
    let place = Place::new();
    let applied = place.run(Mishap::None, "apply");
    ends(&applied.output, Exit::Done);
    let [_, whole] = census(&place.moto);
    let destroyed = place.run(Mishap::None, "destroy");
    ends(&destroyed.output, Exit::Done);
    place.is_empty();

    let most = applied.actions.len().max(destroyed.actions.len());
    let trials: Vec<Mishap> = (0..most).flat_map(trials).collect();
    let (next, happened) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let worker = |place: Place| {
        while let Some(mishap) = trials.get(next.fetch_add(1, Ordering::Relaxed)) {
            let applied = place.twice("apply", *mishap);
            nothing_to_change(&place.moto, &place.program());
            let [_, mut applied_twice] = census(&place.moto);
            // A run that finds nothing to do takes no lock, so it leaves that of a dead one to the next.
            applied_twice.retain(|place| place != "LaunchTemplates: nowhere");
            assert_eq!(applied_twice, whole, "apply {mishap:?}");
            let destroyed = place.twice("destroy", *mishap);
            assert_eq!(census(&place.moto), place.before, "destroy {mishap:?}");
            happened.fetch_add(usize::from(applied) + usize::from(destroyed), Ordering::Relaxed);
        }
    };
    thread::scope(|scope| {
        scope.spawn(|| worker(place));
        scope.spawn(|| worker(Place::new()));
    });
    println!("{} runs were killed or did not hear an answer", happened.into_inner());
}
