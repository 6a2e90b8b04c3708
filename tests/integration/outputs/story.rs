//! Three days of the demonstration portal, told once in each rendering.

use chrono::TimeDelta;
use sandbox::{
    Kind, Plan,
    scenarios::{self, Truth, TruthRow},
};

use super::{Rendering, compare, keep, stable};
use crate::harness::{Site, at};

const CONFIGURATION: &str = "\
[portal]
# One request at a time has one order.
concurrency = 1

[[exemption]]
domain = \"kestrel.example\"
reason = \"on call, works through the telephone\"
owner = \"Facilities\"
expires = 2026-11-30

[[exemption]]
email = \"nobody@kestrel.example\"
reason = \"=HYPERLINK(\\\"http://evil.example\\\") <b>until</b> further notice\"
";

/// One account of each of these sorts is explained.
const EXPLAINED: [(&str, Truth); 8] = [
    ("active", Truth::Active),
    ("idle", Truth::Idle),
    ("long-gone", Truth::LongGone),
    ("never", Truth::NeverLoggedIn),
    ("invited", Truth::JustInvited),
    ("audit", Truth::AuditOnly),
    ("directory", Truth::Ldap),
    ("disabled", Truth::Disabled),
];

/// The portal, a machine that has synchronized nothing yet, and the truth about everybody.
pub(super) fn site() -> (Site, Vec<TruthRow>) {
    let (world, truth) = scenarios::demo(at("2026-11-22T12:00:00Z"), 7);
    let site = Site::new(world);
    site.configure(CONFIGURATION);
    (site, truth)
}

struct Telling {
    site: Site,
    rendering: Rendering,
}

impl Telling {
    /// People go on working meanwhile, who are not reviewed.
    fn pass_a_day(&self) {
        self.site.pass(TimeDelta::days(1));
        let mut world = self.site.portal.world();
        let admin = world.accounts().iter().find(|a| a.kind == Kind::DocSpaceAdmin);
        let admin = admin.unwrap().id;
        world.act(admin, 5054);
    }

    /// Runs a line and compares it; lines that run twice are told apart by `name`.
    fn tell(&self, name: &str, line: &str) {
        let line = format!("--color never --format {} {line}", self.rendering.format());
        let ran = self.site.run(&line);
        compare(&format!("{name}.{}", self.rendering.name()), &line, &self.site, &ran);
    }

    /// Runs a line whose JSON and CSV are those of another one, with other values.
    fn tell_table(&self, name: &str, line: &str) {
        match self.rendering {
            Rendering::Wide | Rendering::Plain => self.tell(name, line),
            Rendering::Json | Rendering::Csv => drop(self.site.run(line)),
        }
    }

    fn tell_all(&self, lines: &[(&str, &str)]) {
        for (name, line) in lines {
            self.tell(name, line);
        }
    }

    fn tell_tables(&self, lines: &[(&str, &str)]) {
        for (name, line) in lines {
            self.tell_table(name, line);
        }
    }
}

fn tell(rendering: Rendering) {
    let (mut site, truth) = site();
    site.columns = rendering.columns();
    let story = Telling { site, rendering };
    let email = |sort: Truth| &truth.iter().find(|row| row.truth == sort).unwrap().email;
    story.tell_tables(&[("status-without-store", "status"), ("doctor-before-sync", "doctor")]);
    story.tell("sync-first", "sync");
    story.tell_tables(&[("status-without-decision", "status"), ("history-empty", "history")]);
    story.tell_all(&[
        ("decide", "decide"),
        ("status-decided", "status"),
        ("apply-dry-run", "apply --dry-run"),
    ]);
    for (name, sort) in EXPLAINED {
        story.tell(&format!("explain-{name}"), &format!("explain {}", email(sort)));
    }
    story.tell_all(&[
        ("apply-braked", "apply --yes --max 1"),
        ("apply-limit", "apply --limit 4 --yes"),
    ]);
    story.pass_a_day();
    story.tell_all(&[
        ("sync-again", "sync"),
        ("decide-compare", "decide --compare 1"),
        ("apply-rest", "apply --yes"),
        ("restore-dry-run", "restore --run 4 --dry-run"),
        ("restore-run", "restore --run 4 --yes"),
    ]);
    story.tell_tables(&[
        ("apply-nothing", "apply --yes"),
        ("restore-nothing", "restore --run 4 --yes"),
        ("status-restored", "status"),
    ]);
    story.pass_a_day();
    let portal = &story.site.portal;
    portal.world().set_plan(Plan::Startup);
    story.tell_table("sync-hidden-history", "sync");
    portal.world().set_plan(Plan::SelfHosted);
    story.tell_tables(&[
        ("sync-third", "sync"),
        ("decide-check", "decide --check"),
        ("decide-inactivity-days", "decide --inactivity-days 90"),
        ("decide-as-of", "decide --as-of 2026-11-10T00:00:00Z"),
    ]);
    story.tell_all(&[
        ("decide-thresholds", "decide --thresholds 35,45,90"),
        ("backtest", "backtest"),
        ("backtest-details", "backtest --thresholds 30 --details"),
        ("decide-verify", "decide verify 1"),
        ("history-run", "history --run 4"),
        ("history-verify", "history verify"),
        ("history-head", "history head"),
        ("status", "status"),
        ("doctor", "doctor"),
        ("policy-check", "policy check"),
        ("policy-show", "policy show"),
        ("config", "config"),
    ]);
    let (idle, gone) = (email(Truth::Idle), email(Truth::LongGone));
    story.tell_tables(&[
        ("history", "history"),
        ("history-since", "history --since 2026-11-23T12:00:00Z"),
        ("history-account", &format!("history --account {gone}")),
        ("explain-restored", &format!("explain {gone}")),
        ("explain-of-decision", &format!("explain {idle} --decision 1")),
        ("explain-as-of", &format!("explain {idle} --as-of 2026-10-01T00:00:00Z")),
    ]);
    story.tell("restore-account", &format!("restore {idle} --yes"));
    match rendering {
        Rendering::Wide => report_as_page(&story.site),
        Rendering::Plain => story.tell("history-export", "history export"),
        Rendering::Json => report_as_json(&story.site),
        Rendering::Csv => report_as_folder(&story.site),
    }
}

fn report_as_page(site: &Site) {
    let mut ran = site.run("report 1");
    // The style that names the portal, and with it a port, has another digest each time.
    let (before, digest) = ran.stdout.split_once("' 'sha256-").unwrap();
    let (_, after) = digest.split_once("'; script-src").unwrap();
    ran.stdout = format!("{before}' 'sha256-FOOT'; script-src{after}");
    compare("report.html", "report 1", site, &ran);
}

fn report_as_json(site: &Site) {
    let line = "report --format json --from 2026-11-23 --to 2026-11-23";
    compare("report.json", line, site, &site.run(line));
}

/// The beginning of each file.
fn report_as_folder(site: &Site) {
    let line = "report --run 4 --format csv --output pack";
    compare("report.csv", line, site, &site.run(line));
    let files = std::fs::read_dir(site.path().join("pack")).unwrap();
    let mut paths: Vec<_> = files.map(|file| file.unwrap().path()).collect();
    paths.sort();
    let begin = paths.iter().map(|path| {
        let text = std::fs::read_to_string(path).unwrap();
        let lines: Vec<&str> = text.lines().take(4).collect();
        format!("== {}\n{}", path.file_name().unwrap().display(), lines.join("\n"))
    });
    let begin = begin.collect::<Vec<_>>().join("\n");
    keep("report-files.csv", &stable::text(site, &begin));
}

#[test]
fn tables_at_100_columns() {
    tell(Rendering::Wide);
}

#[test]
fn tables_off_a_terminal() {
    tell(Rendering::Plain);
}

#[test]
fn json() {
    tell(Rendering::Json);
}

#[test]
fn csv() {
    tell(Rendering::Csv);
}
