//! A decision as JSON (`dormouse.decision/1`) and its digest. The digest is taken of the very text that
//! is printed, less the ids and times of our own run, so that anyone can take it again.

use std::io::{self, BufWriter, Write};

use serde::{Serialize, Serializer};
use sha2::{Digest, Sha256};

use crate::output::reconciliation::Reconciled;
use crate::{
    domain::{account::AccountId, coverage::Coverage, decision::Finding, verdict::Verdict},
    time::Timestamp,
};

/// The whole object.
#[derive(Debug, Serialize)]
pub struct Document<'a> {
    schema: &'static str,
    decision: Head,
    verdicts: Rows<'a>,
    reconciliation: Reconciled,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    changes: Vec<ChangeRow>,
}

/// What a decision is about.
#[derive(Debug, Clone)]
pub struct About {
    /// Its number; none where it is not stored.
    pub id: Option<i64>,
    /// This machine's clock.
    pub decided_at: Timestamp,
    /// The moment decided.
    pub as_of: Timestamp,
    /// Whether it can be applied.
    pub current: bool,
    /// Threshold in days.
    pub inactivity_days: u32,
    /// Of the canonical policy.
    pub policy_sha256: String,
    /// The interval known complete.
    pub coverage: Option<Coverage>,
}

#[derive(Debug, Serialize)]
struct Head {
    id: Option<i64>,
    decided_at: String,
    as_of: String,
    current: bool,
    inactivity_days: u32,
    policy_sha256: String,
    digest: String,
    coverage: Option<Interval>,
    counts: Counts,
}

#[derive(Debug, Serialize)]
struct Interval {
    from: String,
    to: String,
}

/// How many accounts have each verdict.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Used, or too young.
    pub active: usize,
    /// To be disabled.
    pub inactive: usize,
    /// Spared.
    pub exempt: usize,
    /// Disabled already.
    pub disabled: usize,
    /// Not proven either way.
    pub undetermined: usize,
}

impl Counts {
    /// Counts verdicts.
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

/// Written one by one: a hundred thousand of them need not be in memory twice.
#[derive(Debug)]
struct Rows<'a>(&'a [Finding]);

impl Serialize for Rows<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(Row::of))
    }
}

#[derive(Debug, Serialize)]
struct Row<'a> {
    account_id: AccountId,
    email: &'a str,
    display_name: &'a str,
    kind: &'static str,
    verdict: &'static str,
    reason: &'static str,
    last_activity_at: Option<String>,
    last_activity_source: Option<&'static str>,
    last_event_id: Option<i64>,
    idle_days: Option<u32>,
    registered_at: Option<String>,
}

/// A changed verdict, for `--compare`.
#[derive(Debug, Serialize)]
pub struct ChangeRow {
    /// Whom it is about.
    pub account_id: String,
    /// Address.
    pub email: String,
    /// Reason in the older decision; none where the account was not in it.
    pub from: Option<&'static str>,
    /// Reason now; none where it is not in this one.
    pub to: Option<&'static str>,
    /// Why, in words.
    pub why: String,
}

impl<'a> Row<'a> {
    fn of(f: &'a Finding) -> Self {
        Self {
            account_id: f.account_id,
            email: &f.email,
            display_name: &f.display_name,
            kind: f.kind.as_str(),
            verdict: f.reason.verdict().as_str(),
            reason: f.reason.as_str(),
            last_activity_at: f.last_activity.map(|a| a.at.to_string()),
            last_activity_source: f.last_activity.map(|a| a.source.as_str()),
            last_event_id: f.last_activity.and_then(|a| a.event_id),
            idle_days: f.idle_days,
            registered_at: f.registered_at.map(|at| at.to_string()),
        }
    }
}

fn interval(coverage: Option<Coverage>) -> Option<Interval> {
    coverage.map(|c| Interval { from: c.from.to_string(), to: c.to.to_string() })
}

/// Takes the hash of what is written to it.
struct Hashing(Sha256);

impl Write for Hashing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The digest of a decision, `sha256:` and 64 hex digits.
///
/// # Errors
/// Never in practice: everything in it can be written as JSON.
pub fn digest(about: &About, findings: &[Finding]) -> io::Result<String> {
    #[derive(Serialize)]
    struct Input<'a> {
        as_of: String,
        inactivity_days: u32,
        policy_sha256: &'a str,
        coverage: Option<Interval>,
        verdicts: Rows<'a>,
    }
    let input = Input {
        as_of: about.as_of.to_string(),
        inactivity_days: about.inactivity_days,
        policy_sha256: &about.policy_sha256,
        coverage: interval(about.coverage),
        verdicts: Rows(findings),
    };
    let mut stream = BufWriter::with_capacity(1 << 16, Hashing(Sha256::new()));
    serde_json::to_writer(&mut stream, &input)?;
    let Hashing(hash) = stream.into_inner()?;
    Ok(hash.finalize().iter().fold("sha256:".to_owned(), |text, b| text + &format!("{b:02x}")))
}

impl<'a> Document<'a> {
    /// Puts a decision together. `findings` are ordered by account id.
    #[must_use]
    pub fn new(
        about: &About,
        digest: &str,
        findings: &'a [Finding],
        reconciliation: Reconciled,
        changes: Vec<ChangeRow>,
    ) -> Self {
        Self {
            schema: "dormouse.decision/1",
            decision: Head {
                id: about.id,
                decided_at: about.decided_at.to_string(),
                as_of: about.as_of.to_string(),
                current: about.current,
                inactivity_days: about.inactivity_days,
                policy_sha256: about.policy_sha256.clone(),
                digest: digest.to_owned(),
                coverage: interval(about.coverage),
                counts: Counts::of(findings),
            },
            verdicts: Rows(findings),
            reconciliation,
            changes,
        }
    }
}
