//! Commands that need no portal and no store, run in process as `main` runs them.

#![expect(clippy::unwrap_used, reason = "what cannot be set up is a failed test")]

mod common;

use std::{io::Cursor, path::Path, sync::Arc};

use dormouse::{
    app::World,
    config::Env,
    prompt::{Input, Prompt},
    time::FixedClock,
};

use common::Ran;

fn run_with(dir: &Path, line: &str, answers: Option<&str>) -> Ran {
    common::run(line, |streams| World {
        env: Env::default(),
        cwd: dir.to_owned(),
        clock: Arc::new(FixedClock::at(
            "2026-11-24T12:00:00Z".parse::<dormouse::time::Timestamp>().unwrap(),
        )),
        input: Input {
            reader: Box::new(Cursor::new(answers.unwrap_or_default().to_owned())),
            prompt: if answers.is_some() { Prompt::Scripted } else { Prompt::Nobody },
        },
        streams,
    })
}

fn run(dir: &Path, line: &str) -> Ran {
    run_with(dir, line, None)
}

#[test]
fn help_goes_to_stdout_and_usage_errors_to_stderr() {
    let dir = tempfile::tempdir().unwrap();
    let help = run(dir.path(), "--help");
    assert_eq!((help.code, help.stderr.as_str()), (0, ""));
    assert!(help.stdout.contains("10  decide --check found inactive accounts"));
    for line in ["", "sink", "apply --limit 0", "--format table report", "decide --format html"] {
        let wrong = run(dir.path(), line);
        assert_eq!((wrong.code, wrong.stdout.as_str()), (2, ""), "{line}");
        assert!(!wrong.stderr.is_empty());
    }
}

#[test]
fn a_wrong_configuration_ends_with_2_and_says_where() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("dormouse.toml"), "[policy]\ninactivity_day = 3\n").unwrap();
    let ran = run(dir.path(), "config");
    assert_eq!(ran.code, 2);
    assert_eq!(
        ran.stderr,
        "error: dormouse.toml:2: unknown key `inactivity_day`; did you mean `inactivity_days`?\n"
    );
    // What needs no settings works nevertheless.
    assert_eq!(run(dir.path(), "completions bash").code, 0);
}

#[test]
fn init_writes_what_config_reads_and_overwrites_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let refused = run(dir.path(), "init");
    assert_eq!(refused.code, 2);
    assert!(refused.stderr.contains("--url"), "{}", refused.stderr);
    let refused = run_with(dir.path(), "init", Some("http://docspace.example.com\n"));
    assert_eq!(refused.code, 2);
    assert!(dir.path().read_dir().unwrap().next().is_none());

    let answers = "https://docspace.example.com\nsk-0123456789\n";
    let ran = run_with(dir.path(), "init --inactivity-days 45", Some(answers));
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(!ran.stderr.contains("sk-0123456789"));
    let config = run(dir.path(), "config --format csv");
    assert_eq!(config.stderr, "");
    assert!(config.stdout.contains("policy.inactivity_days,45,dormouse.toml:"));
    assert!(config.stdout.contains("portal.api_key,\"(set, not shown)\",DOCSPACE_API_KEY in .env"));
    assert!(!config.stdout.contains("sk-0123456789"));

    let before = std::fs::read(dir.path().join(".env")).unwrap();
    assert_eq!(run(dir.path(), "init --url https://other.example.com").code, 0);
    assert_eq!(std::fs::read(dir.path().join(".env")).unwrap(), before);
}

#[cfg(unix)]
#[test]
fn only_its_owner_can_read_the_env_file_that_init_writes() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    assert_eq!(run(dir.path(), "init --url https://docspace.example.com").code, 0);
    let mode = dir.path().join(".env").metadata().unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn policy_show_gives_the_text_that_its_digest_is_of() {
    let dir = tempfile::tempdir().unwrap();
    let shown = run(dir.path(), "policy show --format json").stdout;
    let start = shown.find("\"policy\":").unwrap() + "\"policy\":".len();
    let end = shown.find(",\"policy_sha256\"").unwrap();
    let digest = dormouse::domain::history::sha256(&shown.as_bytes()[start..end]);
    assert!(shown.contains(&digest), "{shown}");
}

#[test]
fn policy_check_names_exemptions_that_expired() {
    let dir = tempfile::tempdir().unwrap();
    assert_eq!(run(dir.path(), "policy check").code, 0);
    let toml = "[[exemption]]\nemail = \"ann@example.com\"\nreason = \"leave\"\n\
                expires = 2026-11-23\n";
    std::fs::write(dir.path().join("dormouse.toml"), toml).unwrap();
    let ran = run(dir.path(), "policy check");
    assert_eq!(ran.code, 2);
    assert!(ran.stdout.contains("email ann@example.com expired on 2026-11-23"), "{}", ran.stdout);
    assert!(ran.stderr.ends_with("error: the policy has 1 problem\n"), "{}", ran.stderr);
}

#[test]
fn every_command_has_a_manual_page() {
    let dir = tempfile::tempdir().unwrap();
    assert_eq!(run(dir.path(), "man pages/man1").code, 0);
    for page in ["dormouse.1", "dormouse-decide-verify.1", "dormouse-history-head.1"] {
        assert!(dir.path().join("pages/man1").join(page).is_file(), "{page}");
    }
}

#[test]
fn less_is_said_when_asked_for() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("dormouse.toml"), "x = 1\n").unwrap();
    assert!(run(dir.path(), "-q config").stderr.starts_with("error: "));
    assert_eq!(run(dir.path(), "-qq config").stderr, "");
}
