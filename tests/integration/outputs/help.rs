//! Help, completions and manual pages.

use super::{compare, keep};
use crate::harness::{Machine, at};

const COMMANDS: [&str; 23] = [
    "",
    "init",
    "sync",
    "decide",
    "decide verify",
    "backtest",
    "explain",
    "notify",
    "apply",
    "restore",
    "history",
    "history verify",
    "history head",
    "history export",
    "report",
    "status",
    "doctor",
    "policy",
    "policy check",
    "policy show",
    "config",
    "completions",
    "man",
];

fn machine() -> Machine {
    let mut machine = Machine::at(at("2026-11-24T12:00:00Z"));
    machine.columns = Some(100);
    machine
}

#[test]
fn help_of_every_command() {
    let machine = machine();
    for command in COMMANDS {
        let line = format!("{command} --help");
        let name = format!("help-{}", if command.is_empty() { "all" } else { command });
        compare(&name.replace(' ', "-"), line.trim(), &machine, &machine.run(&line));
    }
    compare("help-short", "-h", &machine, &machine.run("-h"));
}

#[test]
fn completions_begin_as_their_shell_expects() {
    let machine = machine();
    let shells = ["bash", "elvish", "fish", "powershell", "zsh"];
    let begin = shells.map(|shell| {
        let script = machine.must(&format!("completions {shell}")).stdout;
        let lines: Vec<&str> = script.lines().take(4).collect();
        format!("== {shell}\n{}", lines.join("\n"))
    });
    keep("completions", &begin.join("\n"));
}

#[test]
fn manual_pages() {
    let machine = machine();
    machine.must("man pages");
    let pages = std::fs::read_dir(machine.path().join("pages")).unwrap();
    let mut names: Vec<String> =
        pages.map(|page| page.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    let page = std::fs::read_to_string(machine.path().join("pages/dormouse.1")).unwrap();
    let page = page.replace(env!("CARGO_PKG_VERSION"), "VERSION");
    keep("man", &format!("{}\n\n== dormouse.1\n{page}", names.join("\n")));
}
