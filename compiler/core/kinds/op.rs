//! A call of a step.

use crate::call::{Call, Map};
use crate::model::Address;
use ecow::EcoString;

/// A call of a step, and what it does for the step.
#[derive(Clone, Debug, PartialEq)]
pub struct Op {
    /// The request.
    pub call: Call,
    /// A value of the answer that later calls refer to by an address: names separated by dots, numbers for places in
    /// lists, and `Name=?` for the item of a list whose `Name` is the id of the step's own thing. The first call of a
    /// creation gives the id of what it makes.
    pub gives: Option<(Address, &'static str)>,
    /// Where the answer shows the new thing. If it shows it without tags, whoever answered has dropped them (some
    /// emulators do), and they are set by a call of their own.
    pub shows: Option<&'static str>,
    /// The list in the request in which calls of several steps can be put together into one.
    pub merges: Option<&'static str>,
    /// Where to send it, if not where the thing lives.
    pub region: Option<EcoString>,
    /// What to wait for when the call is done.
    pub wait: Option<Wait>,
    /// A value that later calls refer to by an address, and that only a listing shows after the wait.
    pub tells: Option<(Address, &'static str)>,
}

/// What a step waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
    /// That it is [`State::Ready`](super::State::Ready).
    Ready,
    /// That it is [`State::Stopped`](super::State::Stopped).
    Stopped,
    /// That it is [`State::Ready`](super::State::Ready) or [`State::Stopped`](super::State::Stopped), as others decide.
    Either,
    /// That it is [`State::Gone`](super::State::Gone).
    Gone,
}

impl Op {
    /// A call that nothing waits for.
    pub fn new(action: &'static str, parameters: Map) -> Op {
        Op {
            call: Call::new(action, parameters),
            gives: None,
            shows: None,
            merges: None,
            region: None,
            wait: None,
            tells: None,
        }
    }

    /// Says where the answer holds what later calls refer to.
    #[must_use]
    pub fn gives(mut self, address: &Address, path: &'static str) -> Op {
        self.gives = Some((address.clone(), path));
        self
    }

    /// Says where the answer shows the new thing with its tags.
    #[must_use]
    pub fn shows(mut self, path: &'static str) -> Op {
        self.shows = Some(path);
        self
    }

    /// Says in which list calls of several steps can be put together.
    #[must_use]
    pub fn merges(mut self, list: &'static str) -> Op {
        self.merges = Some(list);
        self
    }

    /// What it has in common with calls that it can be put together with: all but the list.
    pub fn merged_with(&self) -> Option<Call> {
        let mut call = self.call.clone();
        call.parameters.remove(self.merges?);
        Some(call)
    }

    /// Says where to send it.
    #[must_use]
    pub fn in_region(mut self, region: Option<&str>) -> Op {
        self.region = region.map(EcoString::from);
        self
    }

    /// Says what to wait for.
    #[must_use]
    pub fn wait(mut self, wait: Wait) -> Op {
        self.wait = Some(wait);
        self
    }

    /// Says what a listing shows after the wait.
    #[must_use]
    pub fn tells(mut self, address: &Address, path: &'static str) -> Op {
        self.tells = Some((address.clone(), path));
        self
    }
}
