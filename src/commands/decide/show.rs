//! A decision for people, as JSON and as CSV.

use std::{
    borrow::Cow,
    cmp::Reverse,
    collections::{BTreeMap, HashMap},
    io::{self, Write},
};

use serde::{Serialize, Serializer};

use crate::{
    commands::{
        Context,
        decide::{Made, reconciliation},
    },
    domain::{
        account::AccountId,
        compare::{Change, compare},
        decision::Finding,
        digest::VerdictCounts,
        evidence::Evidence,
        explain::{message, not_on_portal},
        population::Member,
        reconciliation::Reconciled,
        verdict::{Reason, Verdict},
    },
    engine::evaluate::Judged,
    output::{
        Output,
        decision::{DecisionDocument, Origin, before_and_now, verdicts_csv},
        style::Style,
        table::{Cell, Table},
        terminal::View,
        when,
    },
    store::decisions::Currency,
};

/// Rows of a table before it is summarised.
const MOST: usize = 40;

/// Counts in one line.
pub(super) fn counts(findings: &[Finding]) -> String {
    let c = VerdictCounts::of(findings);
    format!(
        "{} active, {} inactive, {} exempt, {} disabled, {} undetermined",
        c.active, c.inactive, c.exempt, c.disabled, c.undetermined
    )
}

struct Shown<'a> {
    document: DecisionDocument<'a>,
    made: &'a Made,
    digest: &'a str,
    changes: &'a [Change],
    reconciled: &'a Reconciled,
}

pub(super) fn show(cx: &mut Context, made: &Made) -> anyhow::Result<()> {
    let Made { id, judged, older } = made;
    let changes = older.as_ref().map(|old| compare(old, &judged.findings)).unwrap_or_default();
    let (digest, subject, reconciled) = (judged.digest()?, judged.subject(), judged.reconciled());
    let current = judged.currency == Currency::Current;
    let origin = Origin { id: *id, decided_at: cx.clock.now(), current, digest };
    let document = DecisionDocument::new(origin, &subject, &judged.findings, &reconciled, &changes);
    let shown = Shown { document, made, digest, changes: &changes, reconciled: &reconciled };
    Ok(cx.out.show(&shown)?)
}

impl Serialize for Shown<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.document.serialize(serializer)
    }
}

impl View for Shown<'_> {
    fn csv(&self, to: &mut dyn Write) -> io::Result<()> {
        verdicts_csv(to, &self.made.judged.findings)
    }

    fn print(&self, out: &mut Output) -> io::Result<()> {
        let judged = &self.made.judged;
        let name = self
            .made
            .id
            .map_or_else(|| "Decision (not stored)".to_owned(), |id| format!("Decision {id}"));
        let title = format!("{name} as of {}", when::minute(judged.as_of));
        let title = out.paint(Style::Strong, &title);
        out.line(title)?;
        if let Some(c) = judged.snapshot.sync_run.coverage {
            out.line(format_args!(
                "threshold {} days; login history known from {} to {}",
                judged.policy.inactivity_days,
                when::minute(c.from),
                when::minute(c.to)
            ))?;
        }
        out.line(counts(&judged.findings))?;
        let facts = Facts { evidence: judged.evidence(), judged };
        for verdict in [Verdict::Inactive, Verdict::Undetermined] {
            facts.table(out, verdict)?;
        }
        facts.others(out)?;
        reconciliation::print(out, self.reconciled)?;
        let line = out.paint(Style::Dim, &format!("digest {}", self.digest));
        out.line(format_args!("\n{line}"))?;
        match self.made.older {
            Some(_) => changed(out, self.changes),
            None => Ok(()),
        }
    }
}

struct Facts<'a> {
    evidence: HashMap<AccountId, Cow<'a, Evidence>>,
    judged: &'a Judged,
}

impl Facts<'_> {
    fn table(&self, out: &mut Output, verdict: Verdict) -> io::Result<()> {
        let mut found: Vec<&Finding> =
            self.judged.findings.iter().filter(|f| f.reason.verdict() == verdict).collect();
        if found.is_empty() {
            return Ok(());
        }
        found.sort_by_key(|f| (Reverse(f.idle_days), f.email.as_str(), f.account_id));
        let style = if verdict == Verdict::Inactive { Style::Bad } else { Style::Warn };
        let title = out.paint(style, &format!("{verdict}: {}", found.len()));
        out.line(format_args!("\n{title}"))?;
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
        out.table(&table)?;
        match found.len().checked_sub(MOST) {
            None | Some(0) => Ok(()),
            Some(hidden) => out.line(format_args!("… and {hidden} more; --format csv shows all")),
        }
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
    fn others(&self, out: &mut Output) -> io::Result<()> {
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
        out.line("")?;
        out.table(&table)
    }
}

fn changed(out: &mut Output, changes: &[Change]) -> io::Result<()> {
    let title = out.paint(Style::Strong, &format!("changed verdicts: {}", changes.len()));
    out.line(format_args!("\n{title}"))?;
    let mut table =
        Table::new(["e-mail", "before", "now", "why"]).at_most(MOST, "--format json shows all");
    for change in changes {
        let (from, to) = before_and_now(change.shift);
        let or_none = |reason: Option<Reason>| reason.map_or("not decided", Reason::as_str).into();
        table.row([
            change.email.as_str().into(),
            or_none(from),
            or_none(to),
            change.why.as_str().into(),
        ]);
    }
    if changes.is_empty() { Ok(()) } else { out.table(&table) }
}
