//! `decide --thresholds`: how many accounts have each verdict under several thresholds. Stores nothing.

use serde_json::json;

use crate::engine::evaluate::{dated, moment, newest};
use crate::{
    cli,
    commands::Context,
    domain::{account::Account, decision::decide, policy::Policy, population::resolve},
    exit::Exit,
    output::{Format, decision::Counts, table::Table, when},
    store::{Mode, evidence::gather},
};

pub(super) async fn run(cx: &mut Context, args: &cli::Decide) -> anyhow::Result<Exit> {
    let mut store = cx.open(Mode::Read).await?;
    let (generation, end) = newest(store.conn()).await?;
    let (as_of, currency) = moment(args.as_of, end)?;
    let gathered = gather(store.conn(), &generation, dated(as_of, currency)).await?;
    let mut thresholds = args.thresholds.clone();
    thresholds.sort_unstable();
    thresholds.dedup();
    let policy = &cx.settings.policy;
    let accounts: Vec<&Account> = gathered.facts.accounts().collect();
    let roster = gathered.roster.as_ref().map(|r| r.rows.as_slice());
    let resolved = resolve(&policy.population, roster, &accounts, as_of);
    let counted = |days: u32| {
        let policy = with_threshold(policy, days);
        Counts::of(&decide(&policy, &gathered.facts, &resolved, as_of))
    };
    let rows: Vec<_> = thresholds.into_iter().map(|days| (days, counted(days))).collect();
    match cx.out.format() {
        Format::Json => {
            let rows: Vec<_> = rows
                .iter()
                .map(|(days, c)| json!({"inactivity_days": days, "counts": c}))
                .collect();
            cx.out.json(&json!({
                "schema": "dormouse.thresholds/1", "as_of": as_of.to_string(), "thresholds": rows,
            }))?;
        }
        Format::Csv => {
            let mut csv = cx.out.csv([
                "inactivity_days",
                "active",
                "inactive",
                "exempt",
                "disabled",
                "undetermined",
            ])?;
            for (days, c) in rows {
                csv.record(
                    [c.active, c.inactive, c.exempt, c.disabled, c.undetermined]
                        .map(|n| i64::try_from(n).unwrap_or(i64::MAX).into())
                        .into_iter()
                        .fold(vec![days.into()], |mut row, cell| {
                            row.push(cell);
                            row
                        }),
                )?;
            }
            csv.finish()?;
        }
        Format::Table | Format::Html => {
            cx.out.line(format_args!("as of {}; nothing is stored", when::minute(as_of)))?;
            let names = ["threshold", "active", "inactive", "exempt", "disabled", "undetermined"];
            let mut table = Table::new(names).right(names);
            for (days, c) in rows {
                table.row([
                    format!("{days} days").into(),
                    c.active.to_string().into(),
                    c.inactive.to_string().into(),
                    c.exempt.to_string().into(),
                    c.disabled.to_string().into(),
                    c.undetermined.to_string().into(),
                ]);
            }
            cx.out.table(&table)?;
        }
    }
    Ok(Exit::Done)
}

/// A grace that is the threshold stays the threshold.
fn with_threshold(policy: &Policy, days: u32) -> Policy {
    let grace_days =
        if policy.grace_days == policy.inactivity_days { days } else { policy.grace_days };
    Policy { inactivity_days: days, grace_days, ..policy.clone() }
}
