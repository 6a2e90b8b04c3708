//! What a decision prints and the digest over it. The digest is taken of the very JSON that is printed,
//! less the ids and times of our own run, so that anyone can recompute it.

use serde::{Serialize, Serializer};
use sha2::{Digest, Sha256};

use crate::{
    domain::{
        account::{AccountId, Kind},
        coverage::Coverage,
        decision::Finding,
        evidence::Source,
        verdict::{Reason, Verdict},
    },
    time::Timestamp,
};

/// What a decision is about, apart from its verdicts.
#[derive(Debug, Clone)]
pub struct DecisionSubject {
    pub as_of: Timestamp,
    pub inactivity_days: u32,
    /// Of the canonical policy.
    pub policy_sha256: String,
    /// The interval known complete.
    pub coverage: Option<Coverage>,
}

/// A verdict as it is printed.
#[derive(Debug, Serialize)]
pub struct VerdictRow<'a> {
    pub account_id: AccountId,
    pub email: &'a str,
    pub display_name: &'a str,
    pub kind: Kind,
    pub verdict: Verdict,
    pub reason: Reason,
    pub last_activity_at: Option<Timestamp>,
    pub last_activity_source: Option<Source>,
    pub last_event_id: Option<i64>,
    pub idle_days: Option<u32>,
    pub registered_at: Option<Timestamp>,
}

impl<'a> From<&'a Finding> for VerdictRow<'a> {
    fn from(finding: &'a Finding) -> Self {
        Self {
            account_id: finding.account_id,
            email: &finding.email,
            display_name: &finding.display_name,
            kind: finding.kind,
            verdict: finding.reason.verdict(),
            reason: finding.reason,
            last_activity_at: finding.last_activity.map(|a| a.at),
            last_activity_source: finding.last_activity.map(|a| a.source),
            last_event_id: finding.last_activity.and_then(|a| a.event_id),
            idle_days: finding.idle_days,
            registered_at: finding.registered_at,
        }
    }
}

/// All verdicts, written one by one: a hundred thousand of them need not be in memory twice.
#[derive(Debug)]
pub struct VerdictRows<'a>(pub &'a [Finding]);

impl Serialize for VerdictRows<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(VerdictRow::from))
    }
}

/// How many accounts have each verdict.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct VerdictCounts {
    pub active: usize,
    pub inactive: usize,
    pub exempt: usize,
    pub disabled: usize,
    pub undetermined: usize,
}

impl VerdictCounts {
    #[must_use]
    pub fn of(findings: &[Finding]) -> Self {
        let mut counts = Self::default();
        for finding in findings {
            *match finding.reason.verdict() {
                Verdict::Active => &mut counts.active,
                Verdict::Inactive => &mut counts.inactive,
                Verdict::Exempt => &mut counts.exempt,
                Verdict::Disabled => &mut counts.disabled,
                Verdict::Undetermined => &mut counts.undetermined,
            } += 1;
        }
        counts
    }
}

/// The digest of a decision: `sha256:` and 64 hex digits. `findings` are ordered by account id.
///
/// # Errors
/// Never in practice: everything in it can be written as JSON.
pub fn digest(
    subject: &DecisionSubject,
    findings: &[Finding],
) -> Result<String, serde_json::Error> {
    #[derive(Serialize)]
    struct Input<'a> {
        as_of: Timestamp,
        inactivity_days: u32,
        policy_sha256: &'a str,
        coverage: Option<Coverage>,
        verdicts: VerdictRows<'a>,
    }
    let input = Input {
        as_of: subject.as_of,
        inactivity_days: subject.inactivity_days,
        policy_sha256: &subject.policy_sha256,
        coverage: subject.coverage,
        verdicts: VerdictRows(findings),
    };
    let mut hasher = Sha256::new();
    serde_json::to_writer(&mut hasher, &input)?;
    let hash: String = hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(format!("sha256:{hash}"))
}
