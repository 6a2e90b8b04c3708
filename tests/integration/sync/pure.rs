//! The proof by itself, without portal or store: pages of a list that changes between requests.

use std::collections::{BTreeSet, VecDeque};

use chrono::{DateTime, TimeDelta};
use dormouse::{
    domain::{
        contiguity::{Asked, Frontier, PAGE, Page, Row, Step, join},
        coverage::{Segment, SegmentEnd, merge},
    },
    time::Timestamp,
};
use proptest::prelude::*;

use crate::harness::generated;

fn moment(second: i64) -> Timestamp {
    DateTime::from_timestamp(1_800_000_000 + second, 0).unwrap().into()
}

/// The portal's list, newest first, as true seconds and ids; seconds of one hour are told twice.
struct List {
    rows: Vec<(i64, i64)>,
    next: i64,
    dice: u64,
}

/// The hour that is repeated begins here, and its first pass is told an hour late.
const REPEATED: i64 = 7200;

impl List {
    fn roll(&mut self, below: u64) -> u64 {
        self.dice = self.dice.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let n = (self.dice ^ (self.dice >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        (n ^ (n >> 31)) % below.max(1)
    }

    fn add(&mut self, second: i64) {
        let place = self.rows.partition_point(|row| row.0 > second);
        self.rows.insert(place, (second, self.next));
        self.next += 1;
    }

    fn told(second: i64) -> Timestamp {
        let late = (REPEATED - 3600..REPEATED).contains(&second);
        moment(if late { second + 3600 } else { second })
    }

    /// An answer: rows of one second in an order of its own.
    fn page(&mut self, offset: u64, asked: Asked) -> Page {
        let seed = self.roll(u64::MAX);
        let start = usize::try_from(offset).unwrap().min(self.rows.len());
        let end = (start + PAGE).min(self.rows.len());
        // Whole seconds, shuffled, then cut.
        let second = |place: usize| self.rows.get(place).map_or(i64::MIN, |row| row.0);
        let from = self.rows.partition_point(|row| row.0 > second(start));
        let to = self.rows.partition_point(|row| row.0 >= second(end.saturating_sub(1)));
        let mut span = self.rows[from.min(start)..to.max(end)].to_vec();
        let order = |id: i64| (id.unsigned_abs() ^ seed).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        span.sort_by_key(|(second, id)| (-second, order(*id)));
        let rows = span[start - from.min(start)..].iter().take(end - start);
        let rows = rows.map(|(second, id)| Row { id: *id, at: Self::told(*second) }).collect();
        Page { offset, count: PAGE, asked, rows }
    }
}

/// Walks down while events arrive, pages come out of order and retention cuts. Everything that was
/// there from the beginning and is above the frontier must have been taken.
fn walk(gaps: &[i64], dice: u64, arrivals: u64, cut: Option<u64>) {
    let mut list = List { rows: Vec::new(), next: 1, dice };
    let mut second = 12_000;
    for gap in gaps {
        second -= gap;
        list.add(second);
    }
    let mut first: Vec<(i64, i64)> = list.rows.clone();
    let mut taken = BTreeSet::new();
    let mut frontier = Frontier::top(moment(12_000));
    let mut ahead: VecDeque<Page> = VecDeque::new();
    for step in 0..400 {
        if Some(step) == cut {
            let keep = list.rows.len() * 2 / 3;
            let gone: BTreeSet<_> = list.rows.split_off(keep).into_iter().collect();
            first.retain(|row| !gone.contains(row));
        }
        if list.roll(3) == 0 {
            let offset = frontier.place.offset() + list.roll(2) * 98 + list.roll(3);
            let page = list.page(offset, Asked::Ahead);
            ahead.push_back(page);
        }
        for _ in 0..list.roll(arrivals + 1) {
            let newest = list.rows.first().map_or(12_000, |row| row.0);
            let age = i64::try_from(list.roll(3)).unwrap();
            list.add(newest + 1 - age);
        }
        let page = match list.roll(2) {
            0 if !ahead.is_empty() => ahead.pop_front().unwrap(),
            _ => list.page(frontier.place.offset(), Asked::After),
        };
        match join(&frontier, &page) {
            Step::Retry(place) => frontier.place = place,
            Step::Joined(next) => {
                taken.extend(page.rows.iter().map(|r| r.id));
                frontier = next;
            }
            Step::Ended => {
                taken.extend(page.rows.iter().map(|r| r.id));
                let missed: Vec<_> = first.iter().filter(|(_, id)| !taken.contains(id)).collect();
                assert!(missed.is_empty(), "at the end {missed:?}");
                return;
            }
            Step::Gone => {
                let there = list.rows.iter().any(|(_, id)| frontier.tail.contains(id));
                assert!(!there, "what is still there counts as gone");
                return;
            }
            Step::Tie(_) => return,
        }
        let Some(tail) = first.iter().position(|(_, id)| frontier.tail.contains(id)) else {
            continue;
        };
        let oldest = first[tail].0;
        let above = first.iter().take_while(|(second, _)| *second > oldest);
        let missed: Vec<_> = above.filter(|(_, id)| !taken.contains(id)).collect();
        assert!(missed.is_empty(), "step {step}: {missed:?}");
    }
    // With arrivals in every step it may never come to an end, but it must without them.
    assert!(arrivals > 0, "the walk stands still at {frontier:?}");
}

fn segment() -> impl Strategy<Value = Segment> {
    (
        0..1000_i64,
        0..80_i64,
        prop_oneof![Just(SegmentEnd::Open), Just(SegmentEnd::End), Just(SegmentEnd::Hole)],
    )
        .prop_map(|(from, length, below)| Segment {
            from: moment(from),
            to: moment(from + length),
            oldest: moment(from),
            tail: vec![from],
            below,
        })
}

proptest! {
    #![proptest_config(generated(400))]

    #[test]
    fn no_row_above_the_frontier_is_missed(
        gaps in prop::collection::vec(
            prop_oneof![3 => Just(0_i64), 3 => 1..4_i64, 2 => 5..60_i64, 1 => 300..900_i64], 0..700),
        dice in any::<u64>(),
        arrivals in prop_oneof![Just(0_u64), 1..9_u64, Just(130_u64)],
        cut in prop::option::of(0..12_u64),
    ) {
        walk(&gaps, dice, arrivals, cut);
    }

    #[test]
    fn merged_segments_claim_what_their_parts_claimed(parts in prop::collection::vec(segment(), 1..9)) {
        let mut merged = Vec::new();
        for part in &parts {
            merged = merge(&merged, part.clone());
        }
        let claimed = |segments: &[Segment], at: Timestamp| segments.iter().any(|s| s.from <= at && at <= s.to);
        for second in 0..1100 {
            for at in [moment(second), moment(second) + TimeDelta::milliseconds(500)] {
                prop_assert_eq!(claimed(&parts, at), claimed(&merged, at));
            }
        }
        for pair in merged.windows(2) {
            prop_assert!(pair[1].to < pair[0].from, "newest first, apart from each other");
        }
    }
}
