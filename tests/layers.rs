//! The layers, held by reading the tree: main, app, commands, then portal, store and report side by
//! side, then domain. Each may use only what is below it.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// Modules of the crate that a layer may name, besides itself; `None`: it is none of the layers.
fn allowed(layer: &str) -> Option<&'static [&'static str]> {
    match layer {
        "time" => Some(&[]),
        "domain" => Some(&["time"]),
        "portal" | "store" | "output" | "roster" => Some(&["domain", "time"]),
        "report" => Some(&["domain", "output", "time"]),
        "cli" => Some(&["commands", "domain", "output", "time"]),
        "config" => Some(&["cli", "domain", "time"]),
        _ => None,
    }
}

/// What nothing but the top may name.
const TOP: [&str; 2] = ["main", "app"];

/// Crates that the rules may use: data and arithmetic, nothing that reads or writes.
const DOMAIN_CRATES: [&str; 6] = ["chrono", "uuid", "thiserror", "serde", "serde_json", "sha2"];

/// Where a rule would learn something that is not its argument.
const OUTSIDE: [&str; 14] = [
    "::now(",
    "Local::",
    "Local,",
    "SystemTime",
    "std::time",
    "std::env",
    "std::fs",
    "std::io",
    "std::net",
    "std::process",
    "std::thread",
    "async ",
    ".await",
    "println!",
];

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder of sources") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The text without comment lines and without what stands between double quotes on one line.
fn code(text: &str) -> String {
    let lines = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    lines
        .map(|line| line.split('"').step_by(2).collect::<Vec<_>>().join("\"\""))
        .collect::<Vec<_>>()
        .join("\n")
}

/// Module path of a source file: `src/portal/http.rs` is `[portal, http]`, `src/lib.rs` is `[]`.
fn module(file: &Path) -> Vec<String> {
    let relative = file.strip_prefix(Path::new(ROOT).join("src")).expect("a file below src");
    let mut parts: Vec<String> =
        relative.with_extension("").iter().map(|p| p.to_string_lossy().into_owned()).collect();
    if parts.last().is_some_and(|last| last == "mod" || last == "lib") {
        parts.pop();
    }
    parts
}

/// First names of what follows a path's `::`: one, or each of a group in braces.
fn heads(rest: &str) -> Vec<String> {
    let word = |text: &str| -> String {
        text.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
    };
    let Some(group) = rest.trim_start().strip_prefix('{') else {
        // A star names nothing: in a test module it is the file itself.
        return Some(word(rest)).filter(|name| !name.is_empty()).into_iter().collect();
    };
    let mut depth = 0_u32;
    let mut start = 0;
    let mut names = Vec::new();
    for (place, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth > 0 => depth -= 1,
            ',' | '}' if depth == 0 => {
                names.push(word(&group[start..place]));
                start = place + 1;
                if c == '}' {
                    break;
                }
            }
            _ => {}
        }
    }
    names.retain(|name| !name.is_empty());
    names
}

/// True where the text before a match does not make it the tail of a longer name or path.
fn begins_a_path(before: &str) -> bool {
    !before.ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':' || c == '$')
}

/// Top-level modules of the crate that a file names, by `crate::`, `dormouse::` or enough `super::`.
fn named(code: &str, module: &[String]) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for root in ["crate::", "$crate::", "dormouse::"] {
        for (place, _) in code.match_indices(root) {
            if begins_a_path(&code[..place]) {
                found.extend(heads(&code[place + root.len()..]));
            }
        }
    }
    for (place, _) in code.match_indices("super::") {
        if !begins_a_path(&code[..place]) {
            continue;
        }
        let mut rest = &code[place..];
        let mut depth = module.len();
        while let Some(after) = rest.strip_prefix("super::") {
            depth = depth.saturating_sub(1);
            rest = after;
        }
        if depth == 0 {
            found.extend(heads(rest));
        } else {
            found.extend(module.first().cloned());
        }
    }
    found
}

/// Names of the dependencies in Cargo.toml as they are written in code.
fn dependencies() -> Vec<String> {
    let text = fs::read_to_string(Path::new(ROOT).join("Cargo.toml")).expect("Cargo.toml");
    let manifest: toml::Table = text.parse().expect("TOML");
    let table = manifest["dependencies"].as_table().expect("a table");
    table.keys().map(|name| name.replace('-', "_")).collect()
}

/// Everything wrong with one file.
fn faults(file: &str, text: &str, module: &[String], dependencies: &[String]) -> Vec<String> {
    let code = code(text);
    let layer = module.first().map_or("lib", String::as_str);
    let others = named(&code, module).into_iter().filter(|name| name != layer);
    let mut faults = Vec::new();
    for name in others {
        let fine = match allowed(layer) {
            Some(below) => below.contains(&name.as_str()),
            None => TOP.contains(&layer) || !TOP.contains(&name.as_str()),
        };
        if !fine {
            faults.push(format!("{file}: {layer} may not name {name}"));
        }
    }
    if layer == "domain" {
        for name in dependencies.iter().filter(|name| !DOMAIN_CRATES.contains(&name.as_str())) {
            let path = format!("{name}::");
            if code.match_indices(&path).any(|(place, _)| begins_a_path(&code[..place])) {
                faults.push(format!("{file}: domain may not use {name}"));
            }
        }
        for outside in OUTSIDE.iter().filter(|outside| code.contains(**outside)) {
            faults.push(format!("{file}: domain is pure, but there is `{outside}`"));
        }
    }
    faults
}

#[test]
fn each_layer_uses_only_what_is_below_it() {
    let dependencies = dependencies();
    let files = sources(&Path::new(ROOT).join("src"));
    assert!(files.iter().filter(|f| module(f).first().is_some_and(|m| m == "domain")).count() > 10);
    let faults: Vec<String> = files
        .iter()
        .flat_map(|file| {
            let text = fs::read_to_string(file).expect("a source");
            faults(&file.display().to_string(), &text, &module(file), &dependencies)
        })
        .collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn a_forbidden_import_is_found_however_it_is_written() {
    let dependencies = ["sqlx".to_owned(), "chrono".to_owned(), "tokio".to_owned()];
    let count = |module: &[&str], text: &str| {
        let module: Vec<String> = module.iter().map(ToString::to_string).collect();
        faults("file", text, &module, &dependencies).len()
    };
    for (module, text) in [
        (&["domain", "verdict"] as &[&str], "use crate::store::Store;"),
        (&["domain", "verdict"], "use super::super::portal;"),
        (&["domain", "policy", "canonical"], "use super::super::super::{report};"),
        (&["domain", "verdict"], "use crate::{\n    domain::{login, account},\n    store,\n};"),
        (&["domain", "verdict"], "fn f() { crate::commands::run() }"),
        (&["domain", "verdict"], "let now = chrono::Utc::now();"),
        (&["domain", "verdict"], "use sqlx::query;"),
        (&["domain", "verdict"], "let x: sqlx::Error = y;"),
        (&["domain", "verdict"], "use std::fs;"),
        (&["portal", "http"], "use crate::store::codec;"),
        (&["store", "codec"], "use crate::portal::Page;"),
        (&["store", "codec"], "use crate::commands;"),
        (&["output", "table"], "use crate::{time, store};"),
        (&["commands", "sync"], "use crate::app::World;"),
        (&["cli", "values"], "use crate::config::Settings;"),
    ] {
        assert_eq!(count(module, text), 1, "{text}");
    }
    for (module, text) in [
        (&["domain", "verdict"] as &[&str], "use super::account::AccountId;"),
        (
            &["domain", "policy", "canonical"],
            "use super::super::login; use crate::{domain::account::Kind, time};",
        ),
        (&["time"], "use chrono::{DateTime, Utc};\n// crate::store, Utc::now()"),
        (&["domain", "account"], "type Err = $crate::domain::account::UnknownName;"),
        (&["domain", "words"], "let text = \"run crate::store and sqlx::query\";"),
        (&["portal", "http"], "use super::error; use crate::domain::account::Account;"),
        (&["commands", "sync"], "use crate::{portal, store, report, domain, time};"),
        (&["app"], "use crate::commands::sync;"),
        (&["commands", "sync"], "use crate::cli::Sync;"),
        (&["main"], "use dormouse::cli;"),
    ] {
        assert_eq!(count(module, text), 0, "{text}");
    }
}
