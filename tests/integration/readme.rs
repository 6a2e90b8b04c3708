//! What the README shows is what the repository holds.

use std::fs;

fn read(path: &str) -> String {
    fs::read_to_string(path).unwrap()
}

#[test]
fn the_checker_is_shown_as_it_is() {
    let script = format!("```python\n{}```", read("docs/check_history.py"));
    assert!(read("README.md").contains(&script));
}

#[test]
fn every_variable_of_the_example_is_read_and_every_one_read_is_in_it() {
    let example = read(".env.example");
    for name in dormouse::config::env::NAMES {
        let named = example.lines().any(|l| l.trim_start_matches("# ").starts_with(name));
        assert!(named || name == "NO_COLOR", "{name} is not in .env.example");
    }
}
