//! A decision as JSON (`dormouse.decision/1`) and as CSV.

use std::io::{self, Write};

use serde::Serialize;

use crate::{
    domain::{
        account::AccountId,
        compare::{Change, Shift},
        coverage::Coverage,
        decision::Finding,
        digest::{DecisionSubject, VerdictCounts, VerdictRow, VerdictRows},
        reconciliation::Reconciled,
        verdict::Reason,
    },
    output::rows::{Row, write_csv},
    time::Timestamp,
};

#[derive(Debug, Serialize)]
pub(crate) struct DecisionDocument<'a> {
    schema: &'static str,
    decision: Head<'a>,
    verdicts: VerdictRows<'a>,
    reconciliation: &'a Reconciled,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    changes: Vec<ChangeRow<'a>>,
}

#[derive(Debug, Serialize)]
struct Head<'a> {
    id: Option<i64>,
    decided_at: Timestamp,
    as_of: Timestamp,
    current: bool,
    inactivity_days: u32,
    policy_sha256: &'a str,
    digest: &'a str,
    coverage: Option<Coverage>,
    counts: VerdictCounts,
}

/// How a decision came about, besides what it is about.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Origin<'a> {
    /// Its number; none where it is not stored.
    pub(crate) id: Option<i64>,
    /// This machine's clock.
    pub(crate) decided_at: Timestamp,
    /// Whether it can be applied.
    pub(crate) current: bool,
    pub(crate) digest: &'a str,
}

/// A changed verdict, for `--compare`.
#[derive(Debug, Serialize)]
struct ChangeRow<'a> {
    account_id: AccountId,
    email: &'a str,
    from: Option<Reason>,
    to: Option<Reason>,
    why: &'a str,
}

/// The reasons before and now; none where the account was not in that decision.
pub(crate) fn before_and_now(shift: Shift) -> (Option<Reason>, Option<Reason>) {
    match shift {
        Shift::Appeared(to) => (None, Some(to)),
        Shift::Disappeared(from) => (Some(from), None),
        Shift::Changed { from, to } => (Some(from), Some(to)),
    }
}

impl<'a> DecisionDocument<'a> {
    /// `findings` are ordered by account id.
    pub(crate) fn new(
        origin: Origin<'a>,
        subject: &'a DecisionSubject,
        findings: &'a [Finding],
        reconciliation: &'a Reconciled,
        changes: &'a [Change],
    ) -> Self {
        let Origin { id, decided_at, current, digest } = origin;
        Self {
            schema: "dormouse.decision/1",
            decision: Head {
                id,
                decided_at,
                as_of: subject.as_of,
                current,
                inactivity_days: subject.inactivity_days,
                policy_sha256: &subject.policy_sha256,
                digest,
                coverage: subject.coverage,
                counts: VerdictCounts::of(findings),
            },
            verdicts: VerdictRows(findings),
            reconciliation,
            changes: changes.iter().map(ChangeRow::from).collect(),
        }
    }
}

impl<'a> From<&'a Change> for ChangeRow<'a> {
    fn from(change: &'a Change) -> Self {
        let (from, to) = before_and_now(change.shift);
        Self { account_id: change.account_id, email: &change.email, from, to, why: &change.why }
    }
}

impl Row for VerdictRow<'_> {
    const COLUMNS: &'static [&'static str] = &[
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
    ];
}

/// The verdicts as CSV.
pub(crate) fn verdicts_csv(to: &mut dyn Write, findings: &[Finding]) -> io::Result<()> {
    write_csv(to, findings.iter().map(VerdictRow::from))
}
