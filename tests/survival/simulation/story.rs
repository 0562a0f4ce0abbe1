//! What happens under one seed: a program comes to life, is edited, and goes, while everything goes wrong that can.

use super::account::{Account, REGION, calm_census};
use super::generate::{edited, once_in, program};
use super::process::{Death, End, Fate, Moment, Who, break_lock, plan, vpcc};
use super::program::Program;
use super::tally::Tally;
use crate::embedded::{self, text};
use fastrand::Rng;
use std::time::Duration;
use vpcc_core::check::{Given, compile};
use vpcc_core::kinds::Wanted;
use vpcc_core::model::Sound;
use vpcc_core::plan::lower;
use vpcc_core::source::Memory;
use vpcc_runtime::sim::{Faults, Timing};

/// After the last fault, everything is done within so many runs.
const CALM_RUNS: usize = 3;
/// A run that takes longer hangs.
const LONGEST: Duration = Duration::from_secs(24 * 3600);
/// Looking takes a call or two a kind of thing, whatever there is to do.
const KINDS: u64 = 10;
/// A run sends so many calls a step at most, whatever goes wrong: a removal is repeated for twenty minutes.
const MOST_CALLS: u64 = 200;
/// Servers that are behind have caught up.
const CAUGHT_UP: Duration = Duration::from_secs(20);
/// What was on its way out, which nobody waits for but who sent it there, is gone.
const GONE: Duration = Duration::from_secs(600);

thread_local! {
    static FILES: Memory = embedded::world("");
}

/// What a program wants; nothing if the compiler rejects it.
fn wanted(program: &Program) -> Option<Wanted> {
    let world = FILES.with(Clone::clone).with("program.vpc", program.text());
    let compiled = compile(&world, "program.vpc", &Given::new());
    let (sound, _) = Sound::new(compiled.checked).ok()?;
    Some(lower(&sound, &compiled.sources, REGION))
}

/// A program that the compiler takes, or none within some tries.
fn accepted(tally: &mut Tally, mut try_one: impl FnMut() -> Program) -> Option<(Program, Wanted)> {
    for _ in 0..8 {
        let program = try_one();
        let wanted = wanted(&program);
        tally.count(if wanted.is_some() { "accepted" } else { "rejected" });
        if let Some(wanted) = wanted {
            return Some((program, wanted));
        }
    }
    None
}

/// Tells the story of a seed: what happened how often, and the calls.
pub async fn tell(seed: u64) -> (Tally, Vec<String>) {
    let mut chance = Rng::with_seed(seed);
    let timing = [Timing::QUICK, Timing::REAL, slow()][chance.usize(..3)];
    let mut story = Story {
        account: Account::new(timing).await,
        tally: Tally::default(),
        processes: 0,
        last: Who { number: 0, machine: "one" },
        text: String::new(),
        ends: Vec::new(),
        chance,
    };
    story.tell().await;
    story.tally.add("locks not given back", story.account.unreleased.get());
    story.tally.add("locks broken for a dead process", story.account.taken_over.get());
    let calls = story.account.sim.calls().into_iter().map(|(action, at)| format!("{at:?} {action}")).collect();
    (story.tally, calls)
}

/// Everything takes three times as long as usual.
fn slow() -> Timing {
    let Timing { start, stop, terminate, nat_gateway, nat_gateway_deletion, endpoint, .. } = Timing::REAL;
    Timing {
        vpc: Duration::from_secs(6),
        subnet: Duration::from_secs(6),
        block: Duration::from_secs(15),
        start: start * 3,
        stop: stop * 3,
        terminate: terminate * 3,
        nat_gateway: nat_gateway * 3,
        nat_gateway_deletion: nat_gateway_deletion * 3,
        endpoint: endpoint * 3,
        ..Timing::REAL
    }
}

struct Story {
    account: Account,
    tally: Tally,
    processes: u64,
    /// Who was at work last.
    last: Who,
    /// The program that is at work.
    text: String,
    /// How processes have ended.
    ends: Vec<String>,
    chance: Rng,
}

impl Story {
    async fn tell(&mut self) {
        let first = accepted(&mut self.tally, || program(&mut self.chance));
        let Some((mut program, mut now)) = first else { return };
        self.tally.count("programs");
        self.becomes(&program, &now).await;
        for _ in 0..self.chance.usize(1..3) {
            let Some((next, wanted)) = accepted(&mut self.tally, || edited(&mut self.chance, &program)) else {
                continue;
            };
            self.tally.count("edits");
            if self.is_kept(&next, &wanted).await {
                continue;
            }
            self.becomes(&next, &wanted).await;
            (program, now) = (next, wanted);
        }
        if !now.keeps.is_empty() {
            program.networks.iter_mut().for_each(|network| network.keep = false);
            now = wanted(&program).expect("a program without `keep` is as good as with it");
        }
        self.becomes(&Program::default(), &now.gone()).await;
        assert_eq!(self.account.census(), Vec::<String>::new());
    }

    /// The program, and what has become of the processes so far.
    fn told(&self) -> String {
        format!("{}\n{}", self.text, self.ends.join("\n"))
    }

    /// Whether a program must not be applied, since it says to keep what would go; then nothing happens.
    async fn is_kept(&mut self, program: &Program, wanted: &Wanted) -> bool {
        if wanted.keeps.is_empty() {
            return false;
        }
        self.text = program.text();
        let before = self.account.census();
        let refused = !plan(&self.account, wanted).await.refused.is_empty();
        if refused {
            let (end, _) = self.run(wanted, &Fate::default()).await;
            assert!(matches!(end, End::Refused), "{end:?}");
            assert_eq!(before, self.account.census());
            self.tally.count("keeps that held");
        }
        refused
    }

    /// Runs vpcc until the account is what a program says, through a time of faults and then a calm one.
    async fn becomes(&mut self, program: &Program, wanted: &Wanted) {
        self.text = if wanted.resources.is_empty() { "(nothing)".to_owned() } else { program.text() };
        let census = if wanted.resources.is_empty() { Vec::new() } else { calm_census(wanted).await };
        let storm = self.chance.usize(..6);
        let faults = (storm > 0).then(|| self.faults());
        self.account.sim.set_faults(faults);
        for run in 0..storm + CALM_RUNS {
            let stormy = run < storm;
            if run == storm {
                self.clears_up().await;
            }
            let end = self.one_run(wanted, stormy).await;
            self.account.has_all_of_others();
            if matches!(end, End::Done) {
                self.clears_up().await;
                return self.has_become(wanted, &census, run + 1).await;
            }
        }
        let rest = plan(&self.account, wanted).await;
        panic!("it does not converge:\n{}\n{}", text(&rest), self.told());
    }

    async fn has_become(&mut self, wanted: &Wanted, census: &[String], runs: usize) {
        // What was in the way of clearing up is no longer.
        let (end, steps) = self.run(wanted, &Fate::default()).await;
        assert!(matches!(end, End::Done) && steps == 0, "{end}\n{}", self.told());
        // Nobody knows whether who is dead on another machine is.
        if let Some(machine) = break_lock(&self.account).await {
            self.tally.count("locks left by the dead");
            assert_ne!(machine, self.last.machine, "its own machine's lock is left");
        }
        let rest = plan(&self.account, wanted).await;
        assert!(rest.is_empty(), "done, and this is left:\n{}\n{}", text(&rest), self.told());
        tokio::time::sleep(GONE).await;
        assert_eq!(self.account.census(), census, "{}", self.told());
        self.tally.most("runs until it was done", runs as u64);
    }

    /// The faults end.
    async fn clears_up(&mut self) {
        for (what, times) in self.account.sim.faults() {
            self.tally.add(what, times);
        }
        self.account.sim.set_faults(None);
        tokio::time::sleep(CAUGHT_UP).await;
    }

    fn faults(&mut self) -> Faults {
        let chance = &mut self.chance;
        let mut faults = Faults::seeded(chance.u64(..)).slow(Duration::from_millis(chance.u64(1..1500)));
        if chance.bool() {
            faults = faults.losing(chance.f64() * 0.25);
        }
        if chance.bool() {
            faults = faults.stale(chance.f64() * 0.4, Duration::from_millis(chance.u64(1..5000)));
        }
        if chance.bool() {
            faults = faults.failing(chance.f64() * 0.4).full(chance.f64() * 0.4);
        }
        if once_in(chance, 3) { faults.crowded(chance.f64() * 0.95) } else { faults }
    }

    async fn one_run(&mut self, wanted: &Wanted, stormy: bool) -> End {
        let fate = if stormy { self.fate() } else { Fate::default() };
        let end = if stormy && once_in(&mut self.chance, 10) {
            self.two_at_once(wanted, &fate).await
        } else {
            self.run(wanted, &fate).await.0
        };
        if let End::Held(_) = &end {
            self.locked_out().await;
        }
        let pauses = [0, 0, 1000, 10_000, 3_600_000];
        tokio::time::sleep(Duration::from_millis(pauses[self.chance.usize(..5)])).await;
        end
    }

    fn fate(&mut self) -> Fate {
        let chance = &mut self.chance;
        let changing = chance.bool();
        let death = Death {
            call: if changing { chance.usize(1..40) } else { chance.usize(1..150) },
            changing,
            moment: [Moment::Before, Moment::Meanwhile, Moment::After][chance.usize(..3)],
            cuts: chance.bool(),
        };
        Fate {
            death: chance.bool().then_some(death),
            stops: once_in(chance, 8).then(|| Duration::from_millis(chance.u64(..120_000))),
            waits: Duration::from_secs(if once_in(chance, 4) { 600 } else { 0 }),
        }
    }

    fn somebody(&mut self) -> Who {
        self.processes += 1;
        Who { number: self.processes, machine: if once_in(&mut self.chance, 4) { "two" } else { "one" } }
    }

    /// One process, to its end.
    async fn run(&mut self, wanted: &Wanted, fate: &Fate) -> (End, usize) {
        let who = self.somebody();
        let before = self.account.calls();
        let running = tokio::time::timeout(LONGEST, vpcc(&self.account, &who, wanted, fate));
        let (end, steps) = running.await.unwrap_or_else(|_| panic!("it hangs:\n{}", self.told()));
        let calls = self.account.calls() - before;
        self.tally.add("calls", calls);
        self.tally.most("calls in a run", calls);
        let size = steps as u64 + KINDS;
        self.tally.most("calls a step", calls / size);
        assert!(calls <= MOST_CALLS * size, "{calls} calls for {steps} steps:\n{}", self.told());
        self.tally.count("runs");
        self.tally.end(&end);
        self.ends.push(end.to_string());
        self.last = who;
        (end, steps)
    }

    /// Two processes that want the same, of which one comes a little later.
    async fn two_at_once(&mut self, wanted: &Wanted, fate: &Fate) -> End {
        self.tally.count("two at once");
        let (one, other) = (self.somebody(), self.somebody());
        let later = Duration::from_millis(self.chance.u64(..5000));
        let patient = Fate { waits: Duration::from_secs(1200), ..Fate::default() };
        let account = &self.account;
        let second = async {
            tokio::time::sleep(later).await;
            vpcc(account, &other, wanted, &patient).await
        };
        let ((first, _), (second, _)) = tokio::join!(vpcc(account, &one, wanted, fate), second);
        for end in [&first, &second] {
            self.tally.end(end);
            self.ends.push(end.to_string());
        }
        self.tally.add("runs", 2);
        self.last = other;
        second
    }

    /// Whoever is locked out by a dead process of another machine breaks the lock, or waits until it has expired.
    async fn locked_out(&mut self) {
        if self.chance.bool() {
            self.tally.count("locks broken by hand");
            break_lock(&self.account).await;
        } else {
            self.tally.count("waits for a lock");
            tokio::time::sleep(Duration::from_secs(41 * 60)).await;
        }
    }
}
