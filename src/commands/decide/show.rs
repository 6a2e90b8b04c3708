//! A decision for people, as JSON and as CSV.

use std::{
    collections::BTreeMap,
    io::{self, Write},
};

use serde::{Serialize, Serializer};

use crate::{
    commands::{
        Context,
        decide::{Length, Made, reconciliation},
    },
    domain::{
        compare::{Change, compare},
        decision::Finding,
        digest::VerdictCounts,
        explain::{message, not_on_portal},
        reconciliation::Reconciled,
        verdict::{Reason, Verdict},
    },
    engine::{due::due_within, evaluate::Judged},
    output::{
        Output,
        decision::{DecisionDocument, Origin, before_and_now, verdicts_csv},
        next::Next,
        style::Style,
        table::{Cell, Table},
        terminal::View,
        verdicts::{VerdictColumn, style, verdict_table},
        when::{date, many, minute, thousands},
    },
    store::decisions::Currency,
};

/// Rows of a list before it is cut.
const MOST: usize = 40;
const ALL: &str = "`dormouse accounts --verdict inactive --all` shows all";
/// How far ahead crossing the threshold is announced.
const SOON_DAYS: u32 = 7;

/// Counts in one line.
pub(super) fn counts(findings: &[Finding]) -> String {
    let c = VerdictCounts::of(findings);
    let each = [
        (c.active, "active"),
        (c.inactive, "inactive"),
        (c.exempt, "exempt"),
        (c.disabled, "disabled"),
        (c.undetermined, "undetermined"),
    ];
    each.map(|(count, verdict)| format!("{} {verdict}", thousands(count as u64))).join(", ")
}

struct Shown<'a> {
    document: DecisionDocument<'a>,
    made: &'a Made,
    digest: &'a str,
    changes: &'a [Change],
    reconciled: &'a Reconciled,
    next: Next,
    length: Length,
}

pub(super) fn show(cx: &mut Context, made: &Made, length: Length) -> anyhow::Result<()> {
    let Made { id, judged, older, .. } = made;
    let changes = older.as_ref().map(|old| compare(old, &judged.findings)).unwrap_or_default();
    let (digest, subject, reconciled) = (judged.digest()?, judged.subject(), judged.reconciled());
    let current = judged.currency == Currency::Current;
    let origin = Origin { id: *id, decided_at: cx.clock.now(), current, digest };
    let document = DecisionDocument::new(origin, &subject, &judged.findings, &reconciled, &changes);
    let next = super::next::next(cx, made);
    let shown =
        Shown { document, made, digest, changes: &changes, reconciled: &reconciled, next, length };
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
        title(out, self.made.id, judged)?;
        inactive(out, judged, self.length)?;
        undetermined(out, judged)?;
        reconciliation::print(out, self.reconciled)?;
        if self.made.older.is_some() {
            changed(out, self.changes)?;
        }
        out.line("")?;
        let due = due_within(judged, SOON_DAYS);
        if let [first, ..] = due.as_slice() {
            let count = due.len();
            out.line(format_args!(
                "{} within {SOON_DAYS} days (first: {})",
                if count == 1 {
                    "1 more account crosses the threshold".to_owned()
                } else {
                    format!("{} more cross the threshold", thousands(count as u64))
                },
                date(first.at)
            ))?;
        }
        self.next.print(out)?;
        let digest = self.digest.trim_start_matches("sha256:").get(..12).unwrap_or_default();
        let line = format!("Details: dormouse explain E-MAIL   Digest: {digest}…");
        let line = out.paint(Style::Dim, &line);
        out.line(line)
    }
}

fn title(out: &mut Output, id: Option<i64>, judged: &Judged) -> io::Result<()> {
    let name = id.map_or_else(|| "Not stored".to_owned(), |id| format!("Decision {id}"));
    let title = out.paint(Style::Strong, &name);
    out.line(format_args!(
        "{title} · as of {} · {} · {} under review",
        minute(judged.as_of),
        many(judged.policy.inactivity_days as usize, "day"),
        many(judged.findings.len(), "account")
    ))?;
    let c = VerdictCounts::of(&judged.findings);
    let counts = [
        (c.inactive, Verdict::Inactive),
        (c.active, Verdict::Active),
        (c.undetermined, Verdict::Undetermined),
        (c.exempt, Verdict::Exempt),
        (c.disabled, Verdict::Disabled),
    ];
    let counts = counts.map(|(count, verdict)| {
        let text = format!("{} {verdict}", thousands(count as u64));
        out.paint(if count == 0 { Style::Dim } else { style(verdict) }, &text)
    });
    out.line(counts.join("   "))
}

fn inactive(out: &mut Output, judged: &Judged, length: Length) -> io::Result<()> {
    let mut found: Vec<&Finding> = of_verdict(judged, Verdict::Inactive).collect();
    if found.is_empty() {
        return Ok(());
    }
    found.sort_by(|a, b| a.by_idleness(b));
    let title = format!("INACTIVE ({})", thousands(found.len() as u64));
    let table = verdict_table(Cell::styled(title, Style::Bad), VerdictColumn::Hidden, found);
    out.line("")?;
    out.table(&match length {
        Length::Cut => table.at_most(MOST, ALL),
        Length::All => table,
    })
}

/// Equal reasons are one line: what is missing is the same for all of them.
fn undetermined(out: &mut Output, judged: &Judged) -> io::Result<()> {
    let evidence = judged.evidence();
    let mut groups: BTreeMap<(Reason, String), usize> = BTreeMap::new();
    for finding in of_verdict(judged, Verdict::Undetermined) {
        let message = match evidence.get(&finding.account_id) {
            Some(evidence) => message(finding.reason, &judged.policy, evidence, judged.as_of),
            None => judged
                .row_without_account(finding.account_id)
                .map(not_on_portal)
                .unwrap_or_default(),
        };
        *groups.entry((finding.reason, message)).or_default() += 1;
    }
    if groups.is_empty() {
        return Ok(());
    }
    let count = thousands(of_verdict(judged, Verdict::Undetermined).count() as u64);
    let title = Cell::styled(format!("UNDETERMINED ({count})"), Style::Warn);
    let mut table = Table::new(["reason name", "accounts", "detail"])
        .titled(title)
        .right(["accounts"])
        .at_most(MOST, "`dormouse accounts --verdict undetermined --all` shows all");
    for ((reason, message), count) in groups {
        table.row([reason.as_str().into(), thousands(count as u64).into(), message.into()]);
    }
    out.line("")?;
    out.table(&table)
}

fn of_verdict(judged: &Judged, verdict: Verdict) -> impl Iterator<Item = &Finding> {
    judged.findings.iter().filter(move |finding| finding.reason.verdict() == verdict)
}

fn changed(out: &mut Output, changes: &[Change]) -> io::Result<()> {
    let title = out.paint(Style::Strong, &format!("Changed verdicts: {}", changes.len()));
    out.line(format_args!("\n{title}"))?;
    let mut table =
        Table::new(["account", "before", "now", "reason"]).at_most(MOST, "--format json shows all");
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
