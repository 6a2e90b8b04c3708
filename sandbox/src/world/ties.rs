//! The order of rows whose sort keys are equal: the database promises none.

use rand::seq::SliceRandom;
use rand::{SeedableRng, rngs::SmallRng};

/// The order of rows with equal keys.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ties {
    /// The newest first, always.
    Stable,
    /// Another order for every request, drawn from this seed and the request's number.
    Shuffled(u64),
}

impl Ties {
    /// Reorders the rows inside each run of equal keys, for this request.
    pub(crate) fn settle<T>(self, request: u64, rows: &mut [T], same: impl Fn(&T, &T) -> bool) {
        let Self::Shuffled(seed) = self else { return };
        let seed = seed ^ request.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mut rng = SmallRng::seed_from_u64(seed);
        for run in rows.chunk_by_mut(same) {
            run.shuffle(&mut rng);
        }
    }
}
