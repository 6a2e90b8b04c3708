//! The rooms of the crate and what each may use, held by reading the tree: main and app, then commands,
//! then engine, then portal and store beside output and report, then domain and time. No room has a
//! circle of imports in it.

mod circles;
mod named;

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use clap::CommandFactory;
use dormouse::cli::Cli;

use self::{
    circles::circles,
    named::{begins_a_path, code, named},
};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// Modules of the crate that a layer may name, besides itself; `None`: it is none of the layers.
fn allowed(layer: &str) -> Option<&'static [&'static str]> {
    match layer {
        "time" => Some(&[]),
        "domain" => Some(&["time"]),
        "mail" | "portal" | "store" | "output" | "roster" => Some(&["domain", "time"]),
        "report" => Some(&["domain", "output", "time"]),
        "engine" => Some(&ENGINE),
        "cli" => Some(&["commands", "domain", "output", "time"]),
        "config" => Some(&["cli", "domain", "time"]),
        _ => None,
    }
}

/// Use cases know portal and store, never a terminal: they return values and report progress as such.
const ENGINE: [&str; 9] =
    ["config", "domain", "exit", "lock", "mail", "portal", "roster", "store", "time"];

/// What nothing but the top may name.
const TOP: [&str; 2] = ["main", "app"];

/// Crates that the rules may use: data and arithmetic, nothing that reads or writes.
const DOMAIN_CRATES: [&str; 7] =
    ["chrono", "chrono_tz", "uuid", "thiserror", "serde", "serde_json", "sha2"];

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

/// Names of all commands, as they are typed.
fn commands() -> BTreeSet<String> {
    let all = Cli::command();
    all.get_subcommands().map(|command| command.get_name().to_owned()).collect()
}

/// Whether a command's file names another command.
fn is_another_command(module: &[String], path: &[String], commands: &BTreeSet<String>) -> bool {
    match (module, path) {
        ([room, own, ..], [other_room, other, ..]) => {
            [room, other_room] == ["commands"; 2] && own != other && commands.contains(other)
        }
        _ => false,
    }
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
    let mut faults = Vec::new();
    let named = named(&code, module);
    let rooms: BTreeSet<&String> = named.iter().map(|path| &path[0]).collect();
    for name in rooms.into_iter().filter(|name| *name != layer) {
        let fine = match allowed(layer) {
            Some(below) => below.contains(&name.as_str()),
            None => TOP.contains(&layer) || !TOP.contains(&name.as_str()),
        };
        if !fine {
            faults.push(format!("{file}: {layer} may not name {name}"));
        }
    }
    let commands = commands();
    for path in named.iter().filter(|path| is_another_command(module, path, &commands)) {
        faults.push(format!("{file}: a command may not name another one, {}", path.join("::")));
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
    let faults = files.iter().flat_map(|file| {
        let text = fs::read_to_string(file).expect("a source");
        let name = file.strip_prefix(Path::new(ROOT).join("src")).expect("a file below src");
        faults(&name.display().to_string(), &text, &module(file), &dependencies)
    });
    assert_eq!(faults.collect::<Vec<_>>(), Vec::<String>::new());
}

#[test]
fn no_room_has_a_circle_of_imports() {
    let files = sources(&Path::new(ROOT).join("src"));
    let uses = files.iter().map(|file| {
        let (text, module) = (fs::read_to_string(file).expect("a source"), module(file));
        let named = named(&code(&text), &module);
        (module, named)
    });
    assert_eq!(circles(&uses.collect()), [""; 0]);
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
        (&["engine", "sync"], "use crate::output::Output;"),
        (&["engine", "sync", "walk"], "use super::super::super::commands::Context;"),
        (&["report", "html"], "use crate::store::runs;"),
        (&["output", "rows"], "use crate::portal::Page;"),
        (&["commands", "apply"], "use super::decide::warnings;"),
        (&["commands", "report", "gather"], "use crate::commands::{Context, history::list};"),
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
        (&["commands", "decide", "show"], "use super::{super::Context, warnings::warn};"),
        (&["engine", "sync"], "use crate::{portal::Page, store::{self, Store}, time};"),
        (&["main"], "use dormouse::cli;"),
    ] {
        assert_eq!(count(module, text), 0, "{text}");
    }
}
