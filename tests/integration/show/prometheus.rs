//! `status --format prometheus`: the text that Prometheus reads, and the file that the node_exporter
//! collects.

use chrono::TimeDelta;

use super::support::{Machine, Site, now, small};

const FORMAT: &str = "status --format prometheus";

fn decided() -> Site {
    let site = Site::new(small());
    site.must("sync");
    site.must("decide");
    site
}

fn read(site: &Site, name: &str) -> String {
    std::fs::read_to_string(site.path().join(name)).unwrap()
}

/// Values of the samples that begin like this.
fn values(text: &str, name: &str) -> Vec<f64> {
    let samples = text.lines().filter(|line| line.starts_with(name));
    samples.map(|line| line.rsplit(' ').next().unwrap().parse().unwrap()).collect()
}

#[test]
fn the_text_says_where_things_stand() {
    let site = decided();
    let ran = site.must(FORMAT);
    insta::assert_snapshot!(site.stable(&ran.stdout));
    assert_eq!(site.must("--format prometheus status").stdout, ran.stdout);
}

/// Each family has its help and its type, then its samples, each with the portal.
#[test]
fn every_line_is_of_the_exposition_format() {
    let text = decided().must(FORMAT).stdout;
    let mut family = "";
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("# HELP ") {
            let help;
            (family, help) = rest.split_once(' ').unwrap();
            assert!(family.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'), "{line}");
            assert!(family.starts_with("dormouse_") && help.ends_with('.'), "{line}");
        } else if let Some(rest) = line.strip_prefix("# TYPE ") {
            assert_eq!(rest, format!("{family} gauge"));
        } else {
            let (labels, value) = line
                .strip_prefix(family)
                .and_then(|rest| rest.strip_prefix('{'))
                .and_then(|rest| rest.split_once("} "))
                .unwrap_or_else(|| panic!("{line}"));
            assert!(labels.contains("portal=\"http://127.0.0.1:"), "{line}");
            assert!(value.parse::<f64>().unwrap().is_finite(), "{line}");
        }
    }
    assert!(text.ends_with('\n'));
}

#[test]
fn what_is_not_known_is_left_out() {
    let site = Site::new(small());
    site.must("sync");
    let text = site.must(FORMAT).stdout;
    for name in ["dormouse_decision_accounts", "dormouse_last_exit_code{command=\"decide\""] {
        assert!(!text.contains(name), "{text}");
    }
}

#[test]
fn the_key_s_end_is_known_from_the_last_sync() {
    let mut world = small();
    let key = world.admin_key().to_owned();
    world.key_mut(&key).unwrap().expires_at = Some((now() + TimeDelta::days(20)).into());
    let mut site = Site::new(world);
    site.must("sync");
    site.portal.shut_down();
    site.run("sync");
    let text = site.must(FORMAT).stdout;
    let end = (now() + TimeDelta::days(20)).timestamp() as f64;
    assert_eq!(values(&text, "dormouse_key_expiry_timestamp_seconds"), [end], "{text}");
}

#[test]
fn a_failed_sync_shows_and_the_last_good_one_stays() {
    let mut site = decided();
    let succeeded = "dormouse_last_success_timestamp_seconds{command=\"sync\"";
    let before = values(&site.must(FORMAT).stdout, succeeded);
    site.portal.shut_down();
    assert_eq!(site.run("sync").code, 1);
    let text = site.must(FORMAT).stdout;
    assert_eq!(values(&text, "dormouse_last_exit_code{command=\"sync\""), [1.0], "{text}");
    assert_eq!(values(&text, succeeded), before);
}

#[test]
fn old_evidence_ends_with_3_and_is_written_all_the_same() {
    let mut site = decided();
    site.clock.skew = TimeDelta::hours(23);
    let ran = site.run("status --format prometheus -o acme.prom");
    assert_eq!((ran.code, ran.stdout.as_str()), (3, ""), "{}", ran.stderr);
    let text = read(&site, "acme.prom");
    let age = values(&text, "dormouse_evidence_age_seconds");
    assert!(age > values(&text, "dormouse_evidence_max_age_seconds"), "{text}");
}

#[test]
fn a_textfile_is_replaced_and_nothing_else_is() {
    let site = decided();
    let line = "status --format prometheus -o acme.prom";
    site.must(line);
    site.must("apply --yes");
    site.must(line);
    assert!(read(&site, "acme.prom").contains("{command=\"apply\""));

    site.write("notes.prom", "mine\n");
    let ran = site.run("status --format prometheus -o notes.prom");
    assert_eq!(ran.code, 2, "{}", ran.stderr);
    assert_eq!(read(&site, "notes.prom"), "mine\n");
    assert_eq!(site.run("status --format prometheus -o dormouse.db").code, 2);
    assert_eq!(site.run("status --format json -o status.json").code, 2);
}

/// The node_exporter runs as another user, and the service with a umask that keeps all others out.
#[cfg(unix)]
#[test]
fn everybody_may_read_the_textfile() {
    use std::os::unix::fs::PermissionsExt;
    let site = decided();
    site.shell("umask 077; \"$0\" status --format prometheus -o acme.prom");
    let mode = site.path().join("acme.prom").metadata().unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o644);
}

#[test]
fn no_other_command_is_written_so() {
    for line in
        ["decide --format prometheus", "--format prometheus accounts", "--format prometheus report"]
    {
        let ran = Machine::at(now()).run(line);
        assert_eq!(ran.code, 2, "{line}");
        assert!(ran.stderr.contains("only `status` is written as prometheus"), "{}", ran.stderr);
    }
}
