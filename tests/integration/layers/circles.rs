//! Circles of imports inside one room.

use std::collections::{BTreeMap, BTreeSet};

/// Circles among the files and folders side by side in one room, as `room: a, b`: each of them uses
/// the next one, in whatever depth, and the last one the first.
pub(super) fn circles(uses: &BTreeMap<Vec<String>, BTreeSet<Vec<String>>>) -> Vec<String> {
    let mut rooms: BTreeMap<&[String], BTreeMap<&str, BTreeSet<&str>>> = BTreeMap::new();
    for (module, paths) in uses {
        for path in paths {
            let shared = module.iter().zip(path).take_while(|(a, b)| a == b).count();
            // The crate's own level has its order of layers.
            if shared == 0 || shared == module.len() || shared == path.len() {
                continue;
            }
            let sibling = &path[..=shared];
            if uses.keys().any(|file| file.starts_with(sibling)) {
                let room = rooms.entry(&module[..shared]).or_default();
                room.entry(&module[shared]).or_default().insert(&path[shared]);
            }
        }
    }
    let mut found = Vec::new();
    for (room, uses) in &rooms {
        let circle: Vec<&str> =
            uses.keys().copied().filter(|name| reaches(uses, name).contains(name)).collect();
        if !circle.is_empty() {
            found.push(format!("{}: {}", room.join("::"), circle.join(", ")));
        }
    }
    found
}

/// Everything that `from` uses, and what that uses.
fn reaches<'n>(uses: &BTreeMap<&'n str, BTreeSet<&'n str>>, from: &str) -> BTreeSet<&'n str> {
    let mut found = BTreeSet::new();
    let mut open: Vec<&str> = uses.get(from).into_iter().flatten().copied().collect();
    while let Some(name) = open.pop() {
        if found.insert(name) {
            open.extend(uses.get(name).into_iter().flatten());
        }
    }
    found
}

#[test]
fn a_circle_is_found_through_folders_and_a_line_is_none() {
    let path = |text: &str| text.split("::").map(str::to_owned).collect::<Vec<_>>();
    let count = |files: &[(&str, &str)]| {
        let uses = files.iter().map(|(name, text)| (path(name), super::named(text, &path(name))));
        circles(&uses.collect()).len()
    };
    let line = [
        ("engine", "pub use self::{b::B, a::A};"),
        ("engine::a", "use super::b::{self, B};\nuse crate::store::x;"),
        ("engine::b", "use super::{Shared, c::{deep::D as Other, *}};"),
        ("engine::c", "use self::deep::D;"),
        ("engine::c::deep", "use super::Top; use crate::engine::Shared;"),
    ];
    assert_eq!(count(&line), 0);
    let mut circle = line;
    circle[4].1 = "fn f() { crate::engine::a::run() }";
    assert_eq!(count(&circle), 1);
}
