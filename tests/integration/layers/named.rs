//! The paths that a source file names.

use std::collections::BTreeSet;

/// The text without comment lines and without what stands between double quotes on one line.
pub(super) fn code(text: &str) -> String {
    let lines = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    lines
        .map(|line| line.split('"').step_by(2).collect::<Vec<_>>().join("\"\""))
        .collect::<Vec<_>>()
        .join("\n")
}

/// Every path of what follows a root's `::`, with groups in braces taken apart. A star names nothing
/// beyond what stands before it.
fn paths(rest: &str) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    tree(rest, &[], &mut found);
    found
}

/// Reads one tree of a `use` and returns what follows it.
fn tree<'t>(text: &'t str, before: &[String], found: &mut Vec<Vec<String>>) -> &'t str {
    let text = text.trim_start();
    if let Some(mut group) = text.strip_prefix('{') {
        loop {
            group = tree(group, before, found).trim_start();
            match group.strip_prefix(',') {
                Some(rest) if rest.trim_start().starts_with('}') => group = rest.trim_start(),
                Some(rest) => {
                    group = rest;
                    continue;
                }
                None => {}
            }
            return group.strip_prefix('}').unwrap_or(group);
        }
    }
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    let (name, rest) = text.split_at(text.find(|c| !is_name(c)).unwrap_or(text.len()));
    let mut path = before.to_vec();
    path.extend(Some(name.to_owned()).filter(|name| !name.is_empty()));
    if let Some(deeper) = rest.strip_prefix("::") {
        return tree(deeper, &path, found);
    }
    found.push(path);
    match rest.trim_start().strip_prefix("as ") {
        Some(other) => other.trim_start_matches(is_name),
        None => rest.strip_prefix('*').unwrap_or(rest),
    }
}

/// True where the text before a match does not make it the tail of a longer name or path.
pub(super) fn begins_a_path(before: &str) -> bool {
    !before.ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':' || c == '$')
}

/// Paths from the crate's root that a file names, by `crate::`, `dormouse::`, `self::` or `super::`.
pub(super) fn named(code: &str, module: &[String]) -> BTreeSet<Vec<String>> {
    let mut found = BTreeSet::new();
    for root in ["crate::", "$crate::", "dormouse::"] {
        for (place, _) in code.match_indices(root) {
            if begins_a_path(&code[..place]) {
                found.extend(paths(&code[place + root.len()..]));
            }
        }
    }
    for (place, _) in code.match_indices("super::").chain(code.match_indices("self::")) {
        if !begins_a_path(&code[..place]) {
            continue;
        }
        let mut rest = &code[place..];
        rest = rest.strip_prefix("self::").unwrap_or(rest);
        let mut depth = module.len();
        while let Some(after) = rest.strip_prefix("super::") {
            depth = depth.saturating_sub(1);
            rest = after;
        }
        let whole = |path: Vec<String>| [&module[..depth], &path].concat();
        found.extend(paths(rest).into_iter().map(whole));
    }
    found.retain(|path| !path.is_empty());
    found
}
