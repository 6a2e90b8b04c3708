//! The report on paper and on a telephone, for a portal of 2,000 contractors.

use std::{path::Path, process::Command};

use chrono::TimeDelta;
use sandbox::{Login, World};

use super::support::{Site, ago, now};

/// Pages that a report of this portal may take.
const MOST_PAGES: u32 = 40;

/// Seven of eight are active, some of them idle soon; of the rest half were never there.
fn large() -> World {
    let mut world = World::builder(now().into()).build();
    let owner = world.owner();
    world.add_login(Login::success(owner).at(ago(170).into()));
    for number in 0..2000 {
        let email = format!("forename.surname.{number}@contractor-{}.example", number % 9);
        let id = world.add_guest(&email, ago(300).into());
        let idle = match number % 16 {
            0 => continue,
            1 => 40 + number % 100,
            _ => number % 30,
        };
        let at = ago(idle) + TimeDelta::seconds(number % 3600) - TimeDelta::hours(3);
        world.add_login(Login::success(id).at(at.into()));
    }
    world
}

#[expect(clippy::print_stderr, reason = "a test that does not look must not seem to")]
fn skipped(why: &str) {
    eprintln!("skipped: {why}");
}

/// None where no browser is installed, which is said.
fn browser(site: &Site, arguments: &[&str]) -> Option<String> {
    let ran = Command::new("chromium")
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"])
        .args(["--disable-component-update", "--disable-sync", "--no-pdf-header-footer"])
        .arg(format!("--user-data-dir={}", site.path().join("browser").display()))
        .args(arguments)
        .arg(format!("file://{}", site.path().join("report.html").display()))
        .output();
    match ran {
        Ok(ran) => Some(String::from_utf8_lossy(&ran.stdout).into_owned()),
        Err(_) => {
            skipped("chromium is not installed");
            None
        }
    }
}

/// The text of each page, its lines as they are printed; none where poppler is not installed.
fn pages(pdf: &Path) -> Option<Vec<String>> {
    let Ok(ran) = Command::new("pdftotext").arg("-layout").arg(pdf).arg("-").output() else {
        skipped("pdftotext (poppler-utils) is not installed");
        return None;
    };
    let text = String::from_utf8(ran.stdout).unwrap();
    Some(text.trim_end_matches('\u{c}').split('\u{c}').map(str::to_owned).collect())
}

#[test]
fn two_thousand_accounts_are_forty_pages_with_exceptions_first() {
    // Nobody but the idle was there before the last month, which is no reason for suspicion here.
    let site = Site::with(large(), "[policy]\nmax_silence_hours = 4320");
    site.must("sync");
    site.must("decide");
    site.must("apply --yes --limit 2");
    let page = site.must("report").stdout;
    let place = |id: &str| page.find(&format!("<section id=\"{id}\"")).unwrap();
    let order = ["signoff", "exceptions", "actions", "due", "verdicts", "population", "accounts"];
    assert!(order.map(place).is_sorted(), "{:?}", order.map(place));
    let appendix = &page[place("accounts")..];
    assert_eq!(appendix.matches("<tr data-kind=").count(), 2000);
    assert!(page.contains("The first 100 of 248"), "what is cut is said");

    site.must("report -o report.html");
    let pdf = site.path().join("report.pdf");
    let print = format!("--print-to-pdf={}", pdf.display());
    let Some(_) = browser(&site, &[&print]) else { return };
    let Some(pages) = pages(&pdf) else { return };
    let count = u32::try_from(pages.len()).unwrap();
    assert!(count <= MOST_PAGES, "{count} pages");
    let digest = site.json("report")["decision"]["digest"].as_str().unwrap().to_owned();
    for (number, page) in (1..).zip(&pages) {
        assert!(page.contains(&format!("page {number} of {count}")), "{page}");
        assert!(page.contains(&digest) && page.contains(&site.portal.url()), "{page}");
    }
    let printed = pages.concat();
    for number in 0..2000 {
        let email = format!("forename.surname.{number}@contractor-{}.example", number % 9);
        assert!(printed.contains(&email), "{email} is broken, or not there");
    }
    // Heads are repeated on each page of the appendix.
    let appendix = pages.iter().skip_while(|p| !p.contains("every account under review"));
    for page in appendix {
        let head = page.lines().position(|line| line.contains("Idle days"));
        assert!(head.is_some_and(|line| line < 8), "{page}");
    }
}
