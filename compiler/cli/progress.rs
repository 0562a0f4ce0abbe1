//! Telling what happens while a plan is carried out: in place on a terminal, as plain lines elsewhere, as JSON for
//! scripts.

use crate::exit::Exit;
use crate::failure::of_step;
use crate::shell::Shell;
use anstyle::{AnsiColor, Style};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::io::{self, Write};
use std::time::{Duration, Instant};
use vpcc_core::model::Address;
use vpcc_core::plan::{Action, Plan, Step, to_json};
use vpcc_core::problem::render::visible;
use vpcc_runtime::{Event, Outcome, StepEnd};

const GREEN: Style = AnsiColor::Green.on_default();
const RED: Style = AnsiColor::Red.on_default().bold();
const BOLD: Style = Style::new().bold();

/// How often plain output says what still goes on.
const STILL: Duration = Duration::from_secs(10);

/// More names than these are not listed at the bottom of a terminal.
const NAMES: usize = 3;

/// Where progress goes.
pub struct Progress<'s> {
    start: Instant,
    state: RefCell<State<'s>>,
}

struct State<'s> {
    shell: &'s mut Shell,
    form: Form,
    /// The steps under way, and when each began.
    running: BTreeMap<Address, (Action, Instant)>,
    calls: usize,
    last_said: Instant,
    /// Why scripts don't hear everything.
    unheard: Option<io::Error>,
}

enum Form {
    /// A line at the bottom of the terminal; what is complete scrolls up.
    Live(ProgressBar),
    /// Lines on standard error.
    Plain,
    /// JSON on standard output.
    Json,
}

impl<'s> Progress<'s> {
    /// Progress of a plan, in the form that the shell and the flags ask for.
    pub fn new(shell: &'s mut Shell, plan: &Plan, form: Output) -> Progress<'s> {
        let form = match form {
            Output::Json => Form::Json,
            Output::Human if shell.live && !shell.quiet => Form::Live(bar(plan.steps.len())),
            Output::Human => Form::Plain,
        };
        let start = Instant::now();
        let mut state = State { shell, form, running: BTreeMap::new(), calls: 0, last_said: start, unheard: None };
        if matches!(state.form, Form::Json) {
            let plan: Value = serde_json::from_str(&to_json(plan)).unwrap_or_default();
            state.json(&json!({ "type": "plan", "plan": plan, "elapsed_ms": 0 }));
        }
        Progress { start, state: RefCell::new(state) }
    }

    /// Tells an event.
    pub fn event(&self, event: &Event<'_>) {
        let mut state = self.state.borrow_mut();
        let elapsed = self.start.elapsed();
        match event {
            Event::Started(step) => state.started(step, elapsed),
            Event::Calling(step, action) => state.calling(step, action, elapsed),
            Event::Waiting(step, fault) => state.waiting(step, fault, elapsed),
            Event::Finished(step, took) => state.finished(step, *took, elapsed),
            Event::Failed(step, fault, _) => state.failed(step, fault, elapsed),
        }
        state.show();
    }

    /// Says now and then what is still under way, for as long as somebody waits for it.
    pub async fn keep_telling(&self) -> Infallible {
        loop {
            tokio::time::sleep(STILL).await;
            self.state.borrow_mut().show();
        }
    }

    /// Tells scripts that there was nothing to do; people have been told by the plan.
    pub fn finish_idle(self) {
        if matches!(self.state.borrow().form, Form::Json) {
            self.finish(&Summary::idle());
        }
    }

    /// Tells how it ended.
    pub fn finish(self, summary: &Summary) {
        let elapsed = self.start.elapsed();
        let mut state = self.state.into_inner();
        if let Form::Live(bar) = &state.form {
            bar.finish_and_clear();
        }
        if matches!(state.form, Form::Json) {
            state.json(&summary.json(state.calls, elapsed));
            if let Some(error) = &state.unheard {
                state.shell.say(format_args!("warning: not all that happened could be told: {error}"));
            }
            return;
        }
        for line in summary.lines(state.calls, elapsed) {
            // What is left or went wrong is no progress: it is told even to those who want quiet.
            if summary.exit == Exit::Done { state.shell.say(line) } else { drop(writeln!(state.shell.err, "{line}")) }
        }
    }
}

/// What output is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Output {
    /// People.
    Human,
    /// Scripts.
    Json,
}

fn bar(steps: usize) -> ProgressBar {
    let bar = ProgressBar::new(steps as u64);
    if let Ok(style) = ProgressStyle::with_template("{spinner} {pos}/{len}  {wide_msg} {elapsed}") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(120));
    bar
}

impl State<'_> {
    fn json(&mut self, event: &Value) {
        // What nobody can be told does not stop the work.
        let told = writeln!(self.shell.out, "{event}").and_then(|()| self.shell.out.flush());
        self.unheard = self.unheard.take().or(told.err());
    }

    fn line(&mut self, text: &str) {
        match &self.form {
            Form::Live(bar) if self.shell.colour => bar.println(text),
            Form::Live(bar) => bar.println(anstream::adapter::strip_str(text).to_string()),
            Form::Plain => self.shell.say(text),
            Form::Json => {}
        }
        self.last_said = Instant::now();
    }

    fn step_event(&mut self, kind: &str, step: &Step, elapsed: Duration, more: &Value) {
        let mut event = json!({
            "type": kind,
            "address": step.address,
            "kind": step.kind.name,
            "action": step.action.word(),
            "elapsed_ms": millis(elapsed),
        });
        if let (Some(event), Some(more)) = (event.as_object_mut(), more.as_object()) {
            event.extend(more.clone());
        }
        self.json(&event);
    }

    fn started(&mut self, step: &Step, elapsed: Duration) {
        self.running.insert(step.address.clone(), (step.action, Instant::now()));
        if matches!(self.form, Form::Json) {
            self.step_event("step_started", step, elapsed, &json!({}));
        }
    }

    fn calling(&mut self, step: &Step, action: &str, elapsed: Duration) {
        self.calls += 1;
        if matches!(self.form, Form::Json) {
            self.step_event("call", step, elapsed, &json!({ "call": action }));
        }
    }

    fn waiting(&mut self, step: &Step, fault: &vpcc_runtime::Fault, elapsed: Duration) {
        if matches!(self.form, Form::Json) {
            let more = json!({ "code": fault.code, "message": fault.message });
            return self.step_event("step_waiting", step, elapsed, &more);
        }
        self.line(&format!("  … {} `{}` waits: {}", step.kind.noun(), step.address, visible(&fault.message)));
    }

    fn finished(&mut self, step: &Step, took: Duration, elapsed: Duration) {
        self.running.remove(&step.address);
        if matches!(self.form, Form::Json) {
            return self.step_event("step_finished", step, elapsed, &json!({ "took_ms": millis(took) }));
        }
        let done = past(step.action);
        self.line(&format!("  {GREEN}✓{GREEN:#} {done} {} {}  {}", step.kind.noun(), step.address, seconds(took)));
        if let Form::Live(bar) = &self.form {
            bar.inc(1);
        }
    }

    fn failed(&mut self, step: &Step, fault: &vpcc_runtime::Fault, elapsed: Duration) {
        self.running.remove(&step.address);
        if matches!(self.form, Form::Json) {
            let more = json!({ "code": fault.code, "message": fault.message });
            return self.step_event("step_failed", step, elapsed, &more);
        }
        self.line(&format!("  {RED}✗{RED:#} {} {}  {}", step.kind.noun(), step.address, fault.code));
    }

    /// Says what is under way, where it can be drawn in place; elsewhere now and then.
    fn show(&mut self) {
        let mut names: Vec<String> = self.running.keys().take(NAMES).map(Address::to_string).collect();
        if self.running.len() > NAMES {
            names.push(format!("and {} more", self.running.len() - NAMES));
        }
        match &self.form {
            Form::Live(bar) => bar.set_message(names.join(", ")),
            Form::Plain if !names.is_empty() && self.last_said.elapsed() >= STILL => {
                self.line(&format!("  … still at work: {}", names.join(", ")))
            }
            _ => {}
        }
    }
}

fn past(action: Action) -> &'static str {
    match action {
        Action::Create => "created",
        Action::Update => "changed",
        Action::Replace => "replaced",
        Action::Delete => "deleted",
    }
}

fn seconds(time: Duration) -> String {
    format!("{:.1}s", time.as_secs_f64())
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// How carrying out a plan ended.
pub struct Summary {
    /// How the command ends.
    pub exit: Exit,
    done: usize,
    /// The failures, each as it is told.
    failures: Vec<String>,
    /// Steps that were not done, with why.
    left: Vec<(Address, String)>,
    interrupted: bool,
}

impl Summary {
    fn idle() -> Summary {
        Summary { exit: Exit::Done, done: 0, failures: Vec::new(), left: Vec::new(), interrupted: false }
    }

    /// The summary of a run.
    pub fn new(plan: &Plan, outcome: &Outcome, interrupted: bool) -> Summary {
        let mut summary = Summary { done: outcome.done(), interrupted, ..Summary::idle() };
        for (step, (address, end)) in plan.steps.iter().zip(&outcome.ends) {
            match end {
                StepEnd::Done => {}
                StepEnd::Failed(fault) => {
                    let failure = of_step(step, fault);
                    let help = failure.help.iter().map(|help| format!("\n  = help: {help}"));
                    summary.failures.push(failure.message.clone() + &help.collect::<String>());
                }
                StepEnd::Left(first) => summary.left.push((address.clone(), format!("needs `{first}`"))),
                StepEnd::Interrupted => summary.left.push((address.clone(), "interrupted".to_owned())),
            }
        }
        summary.exit = match (outcome.is_complete(), interrupted, outcome.changed) {
            (true, ..) => Exit::Done,
            (false, true, _) => Exit::Interrupted,
            (false, false, false) => Exit::Failed,
            (false, false, true) => Exit::Partial,
        };
        summary
    }

    fn lines(&self, calls: usize, elapsed: Duration) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        lines.extend(self.failures.iter().map(|failure| format!("\n{RED}error{RED:#}: {}", visible(failure))));
        if !self.left.is_empty() {
            lines.push("\nNot done:".to_owned());
            lines.extend(self.left.iter().map(|(address, why)| format!("  {address}  ({why})")));
        }
        let word = if self.exit == Exit::Done { "Done" } else { "Stopped" };
        let steps = if self.done == 1 { "1 step".to_owned() } else { format!("{} steps", self.done) };
        let calls = if calls == 1 { "1 call".to_owned() } else { format!("{calls} calls") };
        lines.push(format!("\n{BOLD}{word}{BOLD:#}: {steps} in {}, {calls} to EC2.", seconds(elapsed)));
        if self.exit != Exit::Done {
            lines.push("Run the same command again to go on from here.".to_owned());
        }
        lines
    }

    fn json(&self, calls: usize, elapsed: Duration) -> Value {
        let left: Vec<Value> =
            self.left.iter().map(|(address, why)| json!({ "address": address, "why": why })).collect();
        json!({
            "type": "finished",
            "done": self.done,
            "failed": self.failures.len(),
            "left": left,
            "interrupted": self.interrupted,
            "calls": calls,
            "exit_code": self.exit.code(),
            "elapsed_ms": millis(elapsed),
        })
    }
}
