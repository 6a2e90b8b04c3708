//! Placeholders for what differs from run to run and from machine to machine. They are as long as what
//! they stand for, so that columns keep their places.

use crate::harness::Machine;

/// Replaces paths, ports, who ran it, free space and the version.
pub(super) fn text(machine: &Machine, text: &str) -> String {
    let mut text = text.replace(&machine.path().display().to_string(), "/DIR");
    for (name, value) in &machine.env {
        if *name == "DOCSPACE_API_HOST" {
            let port = value.rsplit(':').next().unwrap();
            text = text.replace(&format!("127.0.0.1:{port}"), &format!("127.0.0.1:{:0>5}", ""));
        }
    }
    for (before, after, placeholder) in
        [("", " MB where the store is", "FREE"), ("process ", ", since", "PID")]
    {
        text = between(&text, before, after, placeholder);
    }
    for operator in operators(machine) {
        text = text.replace(&operator, "USER@HOST");
    }
    let version = concat!("dormouse ", env!("CARGO_PKG_VERSION"));
    text.replace(version, "dormouse VERSION")
}

/// Who ran what is in the store.
fn operators(machine: &Machine) -> Vec<String> {
    match machine.store().exists() {
        true => machine.sql("SELECT DISTINCT actor FROM runs"),
        false => Vec::new(),
    }
}

/// Replaces the number between `before` and `after`, wherever they stand around one.
fn between(text: &str, before: &str, after: &str, placeholder: &str) -> String {
    let mut parts = text.split(after).peekable();
    let mut told = String::new();
    while let Some(part) = parts.next() {
        let start = part.trim_end_matches(|c: char| c.is_ascii_digit() || c == ',').len();
        match parts.peek() {
            Some(_) if part[..start].ends_with(before) => {
                told.push_str(&part[..start]);
                told.push_str(placeholder);
                told.push_str(after);
            }
            Some(_) => {
                told.push_str(part);
                told.push_str(after);
            }
            None => told.push_str(part),
        }
    }
    told
}
