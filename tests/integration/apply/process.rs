//! The real process: two at once, and asked to stop.

use std::{
    process::Stdio,
    thread,
    time::{Duration, Instant},
};

use dormouse::domain::history::{Outcome, Phase};

use super::{support::*, template::*};

/// Waits until the portal has seen so many calls.
fn until_called(site: &Site, calls: usize) {
    let began = Instant::now();
    while site.portal.journal().writes().len() < calls {
        assert!(began.elapsed() < Duration::from_secs(60), "no call came");
        thread::sleep(Duration::from_millis(2));
    }
}

#[test]
fn a_second_process_is_told_who_holds_the_store() {
    let (world, _) = present(12);
    let site = Template::decided(world).site();
    site.portal.world().settings.latency = Duration::from_millis(60);
    let mut first = site.quiet_process("apply --yes --max-percent 100").spawn().unwrap();
    until_called(&site, 1);
    for line in ["apply --yes --max-percent 100", "sync", "decide"] {
        let ran = site.run(line).ends(6);
        let said =
            format!("holds the store {}: process {}, since 2", site.store().display(), first.id());
        assert!(ran.error().contains(&said), "{ran:?}");
    }
    // The prompt comes before the lock, so what was refused before it is still what is said.
    site.run("apply --yes --only nobody@x.example").ends(2);
    // Whoever only reads is never held up.
    for line in [
        "apply --dry-run --max-percent 100",
        "restore --run 1 --dry-run",
        "decide --dry-run",
        "history",
        "status",
    ] {
        assert_ne!(site.run(line).code, 6, "{line}");
    }
    site.run("decide --dry-run").ends(0);
    assert!(first.try_wait().unwrap().is_none(), "all that while the first one works");
    assert!(first.wait().unwrap().success());
    site.verifies();
    // The lock ends with its holder.
    site.run("decide").ends(0);
}

#[cfg(unix)]
#[test]
fn a_link_to_the_store_is_the_same_store() {
    let (world, _) = present(12);
    let site = Template::decided(world).site();
    site.portal.world().settings.latency = Duration::from_millis(60);
    let link = site.path().join("link.db");
    std::os::unix::fs::symlink(site.store(), &link).unwrap();
    let mut first = site.quiet_process("apply --yes --max-percent 100").spawn().unwrap();
    until_called(&site, 1);
    site.run(&format!("--db sqlite://{} decide", link.display())).ends(6);
    assert!(first.wait().unwrap().success());
}

#[cfg(unix)]
#[test]
fn asked_to_stop_it_finishes_what_is_under_way() {
    for signal in ["-INT", "-TERM"] {
        let (world, _) = present(12);
        let site = Template::decided(world).site();
        site.portal.world().settings.latency = Duration::from_millis(100);
        let child = site
            .process("apply --yes --max-percent 100")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        until_called(&site, 1);
        let id = child.id().to_string();
        assert!(std::process::Command::new("kill").args([signal, &id]).status().unwrap().success());
        let output = child.wait_with_output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
        assert_eq!(output.status.code(), Some(1), "{stderr}");
        assert!(stderr.contains("stopped on request; 8 accounts were not touched"), "{stderr}");
        assert!(stdout.contains("\n4 disabled\n"), "{stdout}");
        let history = site.history();
        sound(&history);
        let of = |phase| history.iter().filter(|e| e.draft.phase == phase).count();
        assert_eq!((of(Phase::Intent), of(Phase::Outcome)), (4, 4));
        assert!(history.iter().all(|e| e.draft.outcome.is_none_or(|o| o == Outcome::Applied)));
        assert_eq!(site.last_run().exit_code, Some(1));
        assert_eq!(site.called().len(), 4);
    }
}
