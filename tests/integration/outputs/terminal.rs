//! What people see on a terminal: nothing that is read as one word is broken at any width, and a job
//! that went well is silent under `--quiet`.

use std::ops::RangeInclusive;

use dormouse::time::{Clock, SystemClock};
use sandbox::scenarios::TruthRow;
use textwrap::core::display_width;

use super::{keep, stable, story};
use crate::harness::{Machine, Site};

/// Commands that show tables, in an order in which each finds something to show.
const LINES: [&str; 23] = [
    "sync",
    "doctor",
    "decide",
    "decide --due 30 --all",
    "decide --thresholds 35,45,90",
    "backtest",
    "backtest --details",
    "accounts --all",
    "accounts --verdict active --sort seen",
    "apply --dry-run",
    "apply --limit 3 --yes",
    "restore --run 3 --dry-run",
    "decide --compare 1",
    "status",
    "history",
    "history --raw",
    "history verify",
    "policy show",
    "config",
    "decide verify 1",
    "sync --contractors hr.csv",
    "decide --dry-run",
    "status",
];

/// Everybody but the last, and somebody without an account.
fn write_roster(site: &Site, truth: &[TruthRow]) {
    let known = truth.iter().skip(1).map(|row| format!("{};A;B\n", row.email));
    let rows = known.chain(["gone@agency.example;\"Gone; Long\";C\n".to_owned()]);
    site.write("hr.csv", &format!("E-mail;Name;Department\n{}", rows.collect::<String>()));
}

/// The words of a text that must be whole: addresses, dates and digests.
fn tokens(text: &str) -> Vec<String> {
    let is_token = |word: &&str| {
        let digits =
            |n: usize| word.get(..n).is_some_and(|w| w.bytes().all(|b| b.is_ascii_digit()));
        word.contains('@')
            || word.contains("sha256:")
            || (digits(4) && word.as_bytes().get(4) == Some(&b'-'))
    };
    let words = text.split(|c: char| c.is_whitespace() || "(),;\"<>".contains(c));
    words.filter(is_token).map(|word| word.trim_matches([':', '.']).to_owned()).collect()
}

/// Runs a line of which nothing may be broken, wider than the terminal, or act on it; gives what it shows.
fn unbroken(site: &Machine, line: &str, columns: u16) -> String {
    let ran = site.run(&format!("--color never {line}"));
    assert!(ran.code <= 1, "{line}: {}", ran.stderr);
    for token in tokens(&ran.stdout) {
        let is_whole = if token.contains('@') {
            [".example", ".com"].iter().any(|end| token.ends_with(end))
        } else if let Some((_, digest)) = token.split_once("sha256:") {
            digest.len() == 64 || digest.ends_with('…')
        } else {
            token.len() == 10 || token.len() == 24
        };
        assert!(is_whole, "{token} of {line} at {columns}:\n{}", ran.stdout);
    }
    let longest = ran.stdout.lines().filter(|text| {
        // A word that is wider than the terminal has a line of its own.
        display_width(text) > columns.into() && text.trim().contains(' ')
    });
    assert_eq!(longest.collect::<Vec<_>>(), [""; 0], "{line} at {columns}:\n{}", ran.stdout);
    let acting =
        |c: &char| (c.is_control() && *c != '\n') || DECEPTIVE.iter().any(|d| d.contains(c));
    let found = [&ran.stdout, &ran.stderr].map(|text| text.chars().find(acting));
    assert_eq!(found, [None, None], "{line} at {columns}:\n{}", ran.stdout);
    format!("$ dormouse {line}\n{}\n", ran.stdout)
}

/// What all lines show, one after the other. How `config` is set depends on the length of a path.
fn all(site: &Site, columns: u16) -> String {
    let mut shown = String::new();
    for line in LINES {
        let text = unbroken(site, line, columns);
        if line != "config" {
            shown.push_str(&text);
        }
    }
    stable::text(site, &shown)
}

/// Characters that turn a line around or cannot be seen.
const DECEPTIVE: [RangeInclusive<char>; 5] = [
    '\u{200b}'..='\u{200f}',
    '\u{202a}'..='\u{202e}',
    '\u{2060}'..='\u{2069}',
    '\u{feff}'..='\u{feff}',
    '\u{e0000}'..='\u{e007f}',
];

#[test]
fn no_width_breaks_an_address_a_date_or_a_digest() {
    for columns in [60, 80, 120, 200] {
        let (mut site, truth) = story::site();
        site.columns = Some(columns);
        write_roster(&site, &truth);
        keep(&format!("tables.{columns}"), &all(&site, columns));
    }
}

/// Each takes the name of an account that is inactive, so that every command shows it.
const HOSTILE: [&str; 8] = [
    "\u{1b}[2J\u{1b}]0;title\u{7}\r\n\tAnn",
    "\u{202e}elpmaxe.moc\u{2066}",
    "ad\u{200b}min\u{feff}\u{200d}",
    "張偉さんとても長い名前を持っている人でございますから幅が広い",
    "A\u{301}\u{302}\u{303}\u{304}\u{305}nn of the many accents e\u{301}e\u{302}",
    "\u{9b}31m\u{85}x\u{e0041}",
    "👩‍👩‍👧‍👦 👩‍👩‍👧‍👦 👩‍👩‍👧‍👦 of the family",
    "Averylongnamewithoutanyspace",
];

#[test]
fn hostile_names_break_nothing_at_any_width_and_never_reach_the_terminal() {
    for columns in [60, 80, 120, 200] {
        let (mut site, truth) = story::site();
        site.columns = Some(columns);
        let idle = truth.iter().filter(|row| row.should_be_disabled(site.clock.followed.now(), 30));
        let named: Vec<_> = idle.zip(HOSTILE).collect();
        assert_eq!(named.len(), HOSTILE.len());
        for (row, name) in &named {
            let mut world = site.portal.world();
            let account = world.account_mut(row.account_id).unwrap();
            account.first_name = name.repeat(if name.starts_with("Avery") { 12 } else { 1 });
            account.last_name = (*name).to_owned();
        }
        write_roster(&site, &truth);
        keep(&format!("hostile.{columns}"), &all(&site, columns));
        for (row, _) in &named {
            unbroken(&site, &format!("explain {}", row.email), columns);
            unbroken(&site, &format!("history --account {}", row.email), columns);
        }
    }
}

#[test]
fn a_job_that_went_well_is_silent_when_asked_to_be() {
    let (site, _) = story::site();
    for line in ["-q sync", "-q decide", "-q apply --limit 3 --yes", "-q status"] {
        let ran = site.must(line);
        assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), ("", ""), "{line}");
    }
    assert!(site.must("-q decide --format csv").stdout.starts_with("account_id,"));
    assert!(site.must("-q history head").stdout.contains(':'));
}

#[test]
fn each_request_is_logged_when_asked_for() {
    let now = Clock::now(&SystemClock).into();
    let site = Site::new(sandbox::scenarios::demo(now, 7).0);
    let output = site.process("-vv sync").output().unwrap();
    let log = String::from_utf8(output.stderr).unwrap();
    let logged = log.lines().filter(|l| l.contains("DEBUG request request=GET ")).count();
    assert_eq!(logged, site.portal.journal().entries().len(), "{log}");
    let quieter = String::from_utf8(site.process("-v sync").output().unwrap().stderr).unwrap();
    assert!(quieter.contains("INFO") && !quieter.contains("DEBUG"), "{quieter}");
}

#[test]
fn a_moment_may_be_a_date() {
    let (site, truth) = story::site();
    site.must("sync");
    let line = "decide --as-of 2026-11-10 --format json";
    assert_eq!(site.must(line).json()["decision"]["as_of"], "2026-11-10T00:00:00.000Z");
    site.must(&format!("explain {} --as-of 2026-11-10", truth[0].email));
}

#[test]
fn who_is_due_is_told_in_each_rendering_and_nothing_is_stored() {
    let (site, _) = story::site();
    site.must("sync");
    let due = site.must("decide --due 7 --format json").json();
    assert_eq!(due["schema"], "dormouse.due/1");
    let count = due["due"].as_array().unwrap().len();
    assert!(count > 0);
    assert_eq!(site.must("decide --due 7 --format csv").stdout.lines().count(), count + 1);
    assert!(site.must("decide --due 7").stdout.starts_with(&format!("{count} accounts become")));
    assert_eq!(site.sql("SELECT count(*) FROM decisions"), ["0"]);
}

#[test]
fn accounts_are_listed_by_what_is_asked_for() {
    let (site, _) = story::site();
    site.must("sync");
    let listed = |line: &str| site.must(&format!("accounts --format json {line}")).json();
    let all = listed("")["accounts"].as_array().unwrap().len();
    let inactive = listed("--verdict inactive");
    assert_eq!(inactive["schema"], "dormouse.accounts/1");
    let rows = inactive["accounts"].as_array().unwrap();
    assert!(rows.len() < all && rows.iter().all(|row| row["verdict"] == "inactive"));
    let domain = listed("--domain northwind.example --sort email");
    let emails: Vec<_> =
        domain["accounts"].as_array().unwrap().iter().map(|r| &r["email"]).collect();
    assert!(
        !emails.is_empty()
            && emails.iter().all(|e| e.as_str().unwrap().ends_with("@northwind.example"))
    );
    assert!(emails.is_sorted_by_key(|email| email.as_str()));
    assert_eq!(site.run("accounts --verdict asleep").code, 2);
}

#[test]
fn init_asks_again_after_a_typo_and_proposes_https() {
    let (site, _) = story::site();
    let fresh = Machine::at(site.clock.followed.now());
    let ran = fresh.answering(
        "init",
        "htps:/typo\ndocspace.example.com\n\nBearer sk-0123456789\nsk-0123456789\n",
    );
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    for said in ["portal [https://docspace.example.com]: ", "remove the \"Bearer\" prefix"] {
        assert!(ran.stderr.contains(said), "{said}: {}", ran.stderr);
    }
    let written = std::fs::read_to_string(fresh.path().join(".env")).unwrap();
    assert!(written.contains("DOCSPACE_API_HOST=https://docspace.example.com"), "{written}");
    assert!(written.contains("DOCSPACE_API_KEY=sk-0123456789"), "{written}");
}
