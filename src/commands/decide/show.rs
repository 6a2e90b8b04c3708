//! A decision for people, as JSON and as CSV.

use std::{
    borrow::Cow,
    cmp::Reverse,
    collections::{BTreeMap, HashMap},
};

use crate::commands::decide::{Judged, reconciliation};
use crate::{
    commands::Context,
    domain::{
        account::AccountId,
        compare::{Change, Shift, compare},
        decision::Finding,
        evidence::Evidence,
        explain::{message, not_on_portal},
        population::Member,
        verdict::{Reason, Verdict},
    },
    output::{
        Format,
        decision::{ChangeRow, Counts, Document},
        style::Style,
        table::{Cell, Table},
        when,
    },
};

/// Rows of a table before it is summarised.
const MOST: usize = 40;

/// Counts in one line.
pub(crate) fn counted(judged: &Judged) -> String {
    let c = Counts::of(&judged.findings);
    format!(
        "{} active, {} inactive, {} exempt, {} disabled, {} undetermined",
        c.active, c.inactive, c.exempt, c.disabled, c.undetermined
    )
}

pub(super) fn show(
    cx: &mut Context,
    judged: &Judged,
    id: Option<i64>,
    older: Option<&[Finding]>,
) -> anyhow::Result<()> {
    let changes = older.map(|old| compare(old, &judged.findings)).unwrap_or_default();
    match cx.out.format() {
        Format::Json => {
            let about = judged.about(id, cx.clock.now());
            let changes = changes.into_iter().map(change_row).collect();
            let document = Document::new(
                &about,
                judged.digest()?,
                &judged.findings,
                judged.reconciled(),
                changes,
            );
            cx.out.json(&document)?;
        }
        Format::Csv => csv(cx, judged)?,
        Format::Table | Format::Html => {
            tables(cx, judged, id)?;
            if older.is_some() {
                show_changes(cx, &changes)?;
            }
        }
    }
    Ok(())
}

fn csv(cx: &mut Context, judged: &Judged) -> anyhow::Result<()> {
    let mut csv = cx.out.csv([
        "account_id",
        "email",
        "display_name",
        "kind",
        "verdict",
        "reason",
        "last_activity_at",
        "last_activity_source",
        "last_event_id",
        "idle_days",
        "registered_at",
    ])?;
    for f in &judged.findings {
        csv.record([
            f.account_id.to_string().into(),
            (&f.email).into(),
            (&f.display_name).into(),
            f.kind.as_str().into(),
            f.reason.verdict().as_str().into(),
            f.reason.as_str().into(),
            f.last_activity.map(|a| a.at).into(),
            f.last_activity.map(|a| a.source.as_str()).into(),
            f.last_activity.and_then(|a| a.event_id).into(),
            f.idle_days.into(),
            f.registered_at.into(),
        ])?;
    }
    Ok(csv.finish()?)
}

fn tables(cx: &mut Context, judged: &Judged, id: Option<i64>) -> anyhow::Result<()> {
    let name = id.map_or_else(|| "Decision (not stored)".to_owned(), |id| format!("Decision {id}"));
    let title = format!("{name} as of {}", when::minute(judged.as_of));
    let title = cx.out.paint(Style::Strong, &title);
    cx.out.line(title)?;
    if let Some(c) = judged.generation.sync_run.coverage {
        cx.out.line(format_args!(
            "threshold {} days; login history known from {} to {}",
            judged.policy.inactivity_days,
            when::minute(c.from),
            when::minute(c.to)
        ))?;
    }
    cx.out.line(counted(judged))?;
    let facts = Facts { evidence: judged.evidence(), judged };
    for verdict in [Verdict::Inactive, Verdict::Undetermined] {
        facts.table(cx, verdict)?;
    }
    facts.others(cx)?;
    reconciliation::show(cx, &judged.reconciled())?;
    let digest = judged.digest()?;
    let line = cx.out.paint(Style::Dim, &format!("digest {digest}"));
    Ok(cx.out.line(format_args!("\n{line}"))?)
}

struct Facts<'a> {
    evidence: HashMap<AccountId, Cow<'a, Evidence>>,
    judged: &'a Judged,
}

impl Facts<'_> {
    fn table(&self, cx: &mut Context, verdict: Verdict) -> anyhow::Result<()> {
        let mut found: Vec<&Finding> =
            self.judged.findings.iter().filter(|f| f.reason.verdict() == verdict).collect();
        if found.is_empty() {
            return Ok(());
        }
        found.sort_by_key(|f| (Reverse(f.idle_days), f.email.as_str(), f.account_id));
        let style = if verdict == Verdict::Inactive { Style::Bad } else { Style::Warn };
        let title = cx.out.paint(style, &format!("{verdict}: {}", found.len()));
        cx.out.line(format_args!("\n{title}"))?;
        let mut table =
            Table::new(["e-mail", "name", "kind", "last activity", "idle", "why"]).right(["idle"]);
        for f in found.iter().take(MOST) {
            table.row([
                f.email.as_str().into(),
                f.display_name.as_str().into(),
                f.kind.as_str().into(),
                self.last_activity(f).into(),
                f.idle_days.map_or_else(String::new, |d| format!("{d} d")).into(),
                Cell::styled(self.why(f), Style::Dim),
            ]);
        }
        cx.out.table(&table)?;
        if found.len() > MOST {
            let hidden = found.len() - MOST;
            cx.out.line(format_args!("… and {hidden} more; --format csv shows all"))?;
        }
        Ok(())
    }

    fn last_activity(&self, f: &Finding) -> String {
        match f.last_activity {
            Some(a) => format!("{} ({})", when::date(a.at), a.source),
            None => "none on record".to_owned(),
        }
    }

    fn why(&self, f: &Finding) -> String {
        match self.evidence.get(&f.account_id) {
            Some(evidence) => message(f.reason, &self.judged.policy, evidence, self.judged.as_of),
            None => self
                .judged
                .resolved
                .members
                .iter()
                .find_map(|m| match m {
                    Member::NotOnPortal { id, row } if *id == f.account_id => {
                        Some(not_on_portal(row))
                    }
                    Member::NotOnPortal { .. } | Member::Account { .. } => None,
                })
                .unwrap_or_default(),
        }
    }

    /// The verdicts that ask for nothing, by reason.
    fn others(&self, cx: &mut Context) -> anyhow::Result<()> {
        let mut by_reason: BTreeMap<(Verdict, Reason), usize> = BTreeMap::new();
        for f in &self.judged.findings {
            *by_reason.entry((f.reason.verdict(), f.reason)).or_default() += 1;
        }
        by_reason.retain(|(verdict, _), _| match verdict {
            Verdict::Active | Verdict::Exempt | Verdict::Disabled => true,
            Verdict::Inactive | Verdict::Undetermined => false,
        });
        if by_reason.is_empty() {
            return Ok(());
        }
        let mut table = Table::new(["verdict", "reason", "accounts"]).right(["accounts"]);
        for ((verdict, reason), n) in by_reason {
            table.row([verdict.as_str().into(), reason.as_str().into(), n.to_string().into()]);
        }
        cx.out.line("")?;
        Ok(cx.out.table(&table)?)
    }
}

fn show_changes(cx: &mut Context, changes: &[Change]) -> anyhow::Result<()> {
    let title = cx.out.paint(Style::Strong, &format!("changed verdicts: {}", changes.len()));
    cx.out.line(format_args!("\n{title}"))?;
    if changes.is_empty() {
        return Ok(());
    }
    let mut table =
        Table::new(["e-mail", "before", "now", "why"]).at_most(MOST, "--format json shows all");
    for change in changes {
        let (from, to) = shift(change.shift);
        table.row([
            change.email.as_str().into(),
            from.unwrap_or("not decided").into(),
            to.unwrap_or("not decided").into(),
            change.why.as_str().into(),
        ]);
    }
    Ok(cx.out.table(&table)?)
}

fn shift(shift: Shift) -> (Option<&'static str>, Option<&'static str>) {
    match shift {
        Shift::Appeared(to) => (None, Some(to.as_str())),
        Shift::Disappeared(from) => (Some(from.as_str()), None),
        Shift::Changed { from, to } => (Some(from.as_str()), Some(to.as_str())),
    }
}

fn change_row(change: Change) -> ChangeRow {
    let (from, to) = shift(change.shift);
    ChangeRow {
        account_id: change.account_id.to_string(),
        email: change.email,
        from,
        to,
        why: change.why,
    }
}
