//! Steps that wait for each other. A plan that [`diff`](super::diff) makes has none; whoever runs one looks all the same,
//! since such steps would wait for ever.

use super::Plan;
use crate::model::Address;
use std::collections::{BTreeSet, HashMap};

impl Plan {
    /// Steps that wait for themselves, through others, and those between two such rings.
    pub fn rings(&self) -> BTreeSet<&Address> {
        let places: HashMap<&Address, usize> =
            self.steps.iter().enumerate().map(|(place, step)| (&step.address, place)).collect();
        let needs: Vec<Vec<usize>> = self
            .steps
            .iter()
            .map(|step| step.needs.iter().filter_map(|need| places.get(need).copied()).collect())
            .collect();
        let mut users: Vec<Vec<usize>> = vec![Vec::new(); needs.len()];
        for (user, needs) in needs.iter().enumerate() {
            needs.iter().for_each(|need| users[*need].push(user));
        }
        let mut left = vec![true; needs.len()];
        // What waits for nothing is in no ring, nor is what nothing waits for.
        peel(&needs, &users, &mut left);
        peel(&users, &needs, &mut left);
        self.steps.iter().zip(left).filter(|(_, left)| *left).map(|(step, _)| &step.address).collect()
    }
}

/// Takes away what has no way on to anything that is left, until there is no such thing.
fn peel(ways: &[Vec<usize>], back: &[Vec<usize>], left: &mut [bool]) {
    let mut open: Vec<usize> = ways.iter().map(|ways| ways.iter().filter(|next| left[**next]).count()).collect();
    let mut ends: Vec<usize> = (0..ways.len()).filter(|place| left[*place] && open[*place] == 0).collect();
    while let Some(end) = ends.pop() {
        left[end] = false;
        for before in back[end].iter().copied().filter(|before| left[*before]) {
            open[before] -= 1;
            if open[before] == 0 {
                ends.push(before);
            }
        }
    }
}
