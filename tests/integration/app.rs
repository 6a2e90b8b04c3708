//! Commands that need no portal and no store, run in process as `main` runs them.

use crate::harness::{Machine, at};

fn machine() -> Machine {
    Machine::at(at("2026-11-24T12:00:00Z"))
}

#[test]
fn help_goes_to_stdout_and_usage_errors_to_stderr() {
    let machine = machine();
    let help = machine.run("--help");
    assert_eq!((help.code, help.stderr.as_str()), (0, ""));
    assert!(help.stdout.contains("10  decide --check found inactive accounts"));
    for line in ["", "sink", "apply --limit 0", "--format table report", "decide --format html"] {
        let wrong = machine.run(line);
        assert_eq!((wrong.code, wrong.stdout.as_str()), (2, ""), "{line}");
        assert!(!wrong.stderr.is_empty());
    }
}

#[test]
fn a_wrong_configuration_ends_with_2_and_says_where() {
    let machine = machine();
    std::fs::write(machine.path().join("dormouse.toml"), "[policy]\ninactivity_day = 3\n").unwrap();
    let ran = machine.run("config");
    assert_eq!(ran.code, 2);
    assert_eq!(
        ran.stderr,
        "error: dormouse.toml:2: unknown key `inactivity_day`; did you mean `inactivity_days`?\n"
    );
    // What needs no settings works nevertheless.
    assert_eq!(machine.run("completions bash").code, 0);
}

#[test]
fn init_writes_what_config_reads_and_overwrites_nothing() {
    let machine = machine();
    let refused = machine.run("init");
    assert_eq!(refused.code, 2);
    assert!(refused.stderr.contains("--url"), "{}", refused.stderr);
    let refused = machine.answering("init", "http://docspace.example.com\n");
    assert_eq!(refused.code, 2);
    assert!(machine.path().read_dir().unwrap().next().is_none());

    let answers = "https://docspace.example.com\nsk-0123456789\n";
    let ran = machine.answering("init --inactivity-days 45", answers);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(!ran.stderr.contains("sk-0123456789"));
    let config = machine.run("config --format csv");
    assert_eq!(config.stderr, "");
    assert!(config.stdout.contains("policy.inactivity_days,45,dormouse.toml:"));
    assert!(config.stdout.contains("portal.api_key,\"(set, not shown)\",DOCSPACE_API_KEY in .env"));
    assert!(!config.stdout.contains("sk-0123456789"));

    let before = std::fs::read(machine.path().join(".env")).unwrap();
    assert_eq!(machine.run("init --url https://other.example.com").code, 0);
    assert_eq!(std::fs::read(machine.path().join(".env")).unwrap(), before);
}

#[cfg(unix)]
#[test]
fn only_its_owner_can_read_the_env_file_that_init_writes() {
    use std::os::unix::fs::PermissionsExt;
    let machine = machine();
    assert_eq!(machine.run("init --url https://docspace.example.com").code, 0);
    let mode = machine.path().join(".env").metadata().unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn policy_show_gives_the_text_that_its_digest_is_of() {
    let machine = machine();
    let shown = machine.run("policy show --format json").stdout;
    let start = shown.find("\"policy\":").unwrap() + "\"policy\":".len();
    let end = shown.find(",\"policy_sha256\"").unwrap();
    let digest = dormouse::domain::history::sha256(&shown.as_bytes()[start..end]);
    assert!(shown.contains(&digest), "{shown}");
}

#[test]
fn policy_check_names_exemptions_that_expired() {
    let machine = machine();
    assert_eq!(machine.run("policy check").code, 0);
    let toml = "[[exemption]]\nemail = \"ann@example.com\"\nreason = \"leave\"\n\
                expires = 2026-11-23\n";
    std::fs::write(machine.path().join("dormouse.toml"), toml).unwrap();
    let ran = machine.run("policy check");
    assert_eq!(ran.code, 2);
    assert!(ran.stdout.contains("email ann@example.com expired on 2026-11-23"), "{}", ran.stdout);
    assert!(ran.stderr.ends_with("error: the policy has 1 problem\n"), "{}", ran.stderr);
}

#[test]
fn every_command_has_a_manual_page() {
    let machine = machine();
    assert_eq!(machine.run("man pages/man1").code, 0);
    for page in ["dormouse.1", "dormouse-decide-verify.1", "dormouse-history-head.1"] {
        assert!(machine.path().join("pages/man1").join(page).is_file(), "{page}");
    }
}

#[test]
fn less_is_said_when_asked_for() {
    let machine = machine();
    std::fs::write(machine.path().join("dormouse.toml"), "x = 1\n").unwrap();
    assert!(machine.run("-q config").stderr.starts_with("error: "));
    assert_eq!(machine.run("-qq config").stderr, "");
}
