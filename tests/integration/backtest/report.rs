//! The same figures as a part of the report.

use std::fs;

use sandbox::scenarios;

use crate::harness::{Site, at};

fn decided() -> Site {
    let (world, _) = scenarios::demo(at("2026-11-24T12:00:00Z"), 7);
    let site = Site::fast(world);
    site.must("sync");
    site.must("decide");
    site
}

#[test]
fn the_report_says_what_the_command_says_and_only_where_it_is_asked() {
    let site = decided();
    let backtest = site.json("backtest");
    assert_eq!(site.json("report --backtest")["backtest"], backtest);
    assert!(site.json("report").get("backtest").is_none());

    let page = site.must("report --backtest").stdout;
    let (_, section) = page.split_once("<section id=\"backtest\"").unwrap();
    let (section, _) = section.split_once("</section>").unwrap();
    assert!(page.contains("<a href=\"#backtest\">"), "in the contents");
    assert!(section.contains("<svg") && section.contains("This is an estimate."), "{section}");
    for threshold in backtest["thresholds"].as_array().unwrap() {
        for counted in threshold["false_disables"].as_array().unwrap() {
            let shown = format!("{} of {}", counted["returned"], counted["measurable"]);
            assert!(section.contains(&shown), "{shown}: {section}");
        }
    }
    assert!(!site.must("report").stdout.contains("backtest"));

    site.must("report --backtest --format csv -o pack");
    let file = fs::read_to_string(site.path().join("pack/backtest.csv")).unwrap();
    assert_eq!(file, site.must("backtest --format csv").stdout);
    site.must("report --format csv -o plain");
    assert!(!site.path().join("plain/backtest.csv").exists());
}

#[test]
fn the_threshold_of_the_decision_is_tried_too() {
    let site = decided();
    site.must("decide --inactivity-days 35");
    let report = site.json("report --backtest");
    let thresholds = report["backtest"]["thresholds"].as_array().unwrap().iter();
    let days: Vec<_> = thresholds.map(|t| &t["inactivity_days"]).collect();
    assert_eq!(days, [30, 35, 45, 60, 90]);
}
