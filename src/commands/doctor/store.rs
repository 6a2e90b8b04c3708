//! The store: can it be read, is it whole, does its history hold together.

use sqlx::SqliteConnection;

use crate::commands::doctor::check::Check;
use crate::{
    commands::Context,
    domain::{history::Verified, policy::Policy, population::MatchCounts, recorded::Pace},
    engine::silences::{Silences, silences},
    output::when::{many, matched_words},
    store::{
        self, Mode, StoreError,
        portal::{self, KnownPortal},
        sync_runs, verification,
    },
};

/// What the store knows and other checks need.
#[derive(Debug, Default)]
pub(super) struct Known {
    pub(super) portal: Option<KnownPortal>,
    pub(super) silences: Silences,
}

/// Everything about the store.
pub(super) async fn examine(cx: &Context) -> (Vec<Check>, Known) {
    const NAME: &str = "store";
    let path = cx.settings.database.display();
    let mut store = match cx.open(Mode::Read).await {
        Ok(store) => store,
        Err(StoreError::Missing(_)) => {
            let advice = "run `dormouse sync`, which creates it, or name another with --db";
            return (
                vec![Check::warning(NAME, format!("none at {path}"), advice)],
                Known::default(),
            );
        }
        Err(error) => return (vec![Check::failed(NAME, error)], Known::default()),
    };
    let mut checks = vec![Check::ok(NAME, format!("{path}, schema up to date"))];
    let (found, known) = match store.snapshot().await {
        Ok(mut snapshot) => {
            (whole(&mut snapshot).await, known(&mut snapshot, &cx.settings.policy).await)
        }
        Err(error) => (vec![Check::failed(NAME, error)], Ok(Known::default())),
    };
    checks.extend(found);
    let known = known.unwrap_or_else(|error| {
        checks.push(Check::failed(NAME, error));
        Known::default()
    });
    checks.extend(silent(&known.silences));
    (checks, known)
}

async fn known(conn: &mut SqliteConnection, policy: &Policy) -> Result<Known, StoreError> {
    let mut known = Known { portal: portal::known(conn).await?, ..Known::default() };
    if let Some(run) = sync_runs::newest_ended(conn).await? {
        known.silences = silences(conn, run.id, run.coverage, policy).await?;
    }
    Ok(known)
}

fn silent(silences: &Silences) -> Vec<Check> {
    const NAME: &str = "silences";
    const VOUCH: &str =
        "find out whether the portal had stopped recording; `dormouse status` says more";
    let found = silences.found.iter().map(|s| Check::warning(NAME, s.stretch(), VOUCH));
    let mut checks: Vec<Check> = found.collect();
    let remove = "take this day out of [[quiet]] in dormouse.toml";
    checks.extend(silences.refuted().map(|text| Check::warning("quiet", text, remove)));
    checks.extend(silences.quiet.iter().map(|q| Check::ok("quiet", q.to_string())));
    match silences.pace {
        Some(Pace::TooQuiet) => checks.push(Check::warning(
            NAME,
            "too few login events to notice when the portal stops recording",
            "look now and then whether Settings > Security > Login History shows new ones",
        )),
        Some(Pace::Known) if silences.found.is_empty() => {
            checks.push(Check::ok(NAME, "no gap where login events were to be expected"));
        }
        Some(Pace::Known) | None => {}
    }
    checks
}

async fn whole(conn: &mut SqliteConnection) -> Vec<Check> {
    const RESTORE: &str = "restore the store from a backup; keep this file for the investigation";
    let integrity = match verification::integrity(conn).await {
        Ok(faults) if faults.is_empty() => Check::ok("integrity", "the file is whole"),
        Ok(faults) => Check::problem("integrity", faults.join("; "), RESTORE),
        Err(error) => Check::failed("integrity", error),
    };
    let references = match verification::dangling(conn).await {
        Ok(0) => Check::ok("references", "every row that is referred to exists"),
        Ok(n) => {
            let detail = format!("{} to missing rows", many(n, "reference"));
            Check::problem("references", detail, RESTORE)
        }
        Err(error) => Check::failed("references", error),
    };
    let record = match verification::verify(conn, None).await {
        Ok(verified) => record(&verified),
        Err(error) => Check::failed("history", error),
    };
    let mut checks = vec![integrity, references, record];
    checks.extend(roster(conn).await.unwrap_or_else(|error| Some(Check::failed("roster", error))));
    checks
}

/// How the rows of the newest roster matched at the last sync; nothing where there is no roster.
async fn roster(conn: &mut SqliteConnection) -> Result<Option<Check>, StoreError> {
    const NAME: &str = "roster";
    let Some(counts) = store::roster::newest_match(conn).await? else { return Ok(None) };
    let text = matched_words(counts);
    let advice = "`dormouse decide --dry-run` lists these rows; correct the file, or the accounts";
    Ok(Some(match counts {
        MatchCounts { matched: 0, .. } | MatchCounts { ambiguous: 1.., .. } => {
            Check::warning(NAME, text, advice)
        }
        MatchCounts { .. } => Check::ok(NAME, text),
    }))
}

fn record(verified: &Verified) -> Check {
    const NAME: &str = "history";
    let Verified { rows, head: (seq, hash), findings, .. } = verified;
    match findings.as_slice() {
        [] if *rows == 0 => Check::ok(NAME, "empty"),
        [] => {
            let rows = many(*rows, "row");
            Check::ok(NAME, format!("{rows}, chain intact, head {seq}:{hash}"))
        }
        [first, ..] => {
            let row = first.seq.map_or_else(String::new, |seq| format!("row {seq}: "));
            Check::problem(
                NAME,
                format!("{}: {row}{}", many(findings.len(), "finding"), first.message),
                "`dormouse history verify` shows all; compare with a backup and with the head that \
                 you keep elsewhere",
            )
        }
    }
}
