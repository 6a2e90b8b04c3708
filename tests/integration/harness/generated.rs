//! How many cases a generated test runs: the same ones each time, so that only a change makes a run fail.
//! `DORMOUSE_CASES=50` runs fifty times as many, new ones each time.

use proptest::test_runner::{Config, RngSeed};

/// `usual` is what a test runs without being asked for more.
pub(crate) fn generated(usual: u32) -> Config {
    let times = std::env::var("DORMOUSE_CASES").ok().map(|times| times.parse::<u32>().unwrap());
    Config {
        cases: usual * times.unwrap_or(1),
        rng_seed: times.map_or(RngSeed::Fixed(20_261_128), |_| RngSeed::Random),
        failure_persistence: None,
        ..Config::default()
    }
}
