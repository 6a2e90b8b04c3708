//! `report`: one page that needs nothing from elsewhere, a folder of CSV, JSON; and every figure in
//! them taken again by SQL.

use crate::support::{Desk, story};

#[test]
fn a_page_is_written() {
    let desk = story();
    desk.must("report -o report.html");
    let page = std::fs::read(desk.path().join("report.html")).unwrap();
    let dir = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"));
    std::fs::write(dir.join("report.html"), &page).unwrap();
    std::fs::copy(desk.store(), dir.join("story.db")).unwrap();
    let period = desk.must("report --from 2026-11-20 --format json");
    std::fs::write(dir.join("report.json"), &period.stdout).unwrap();
    desk.must("report --from 2026-11-20 -o period.html");
    std::fs::copy(desk.path().join("period.html"), dir.join("period.html")).unwrap();
}
