//! The status as a textfile for the node_exporter of Prometheus. Only gauges, one portal a file; what is
//! not known is left out, so that an alert on it does not fire on a made-up number.

use prometheus::{GaugeVec, Opts, Registry, TextEncoder};

use crate::{
    commands::status::document::{SOON_DAYS, StatusReport},
    time::Timestamp,
};

/// How every textfile of ours begins.
pub(super) const MARK: &str = "# HELP dormouse_";

const PREFIX: &str = "dormouse";

/// Metrics under one prefix, labelled with the portal.
struct Metrics(Registry);

impl Metrics {
    /// A gauge with one value for each value of a label.
    fn by<'a>(
        &self,
        name: &str,
        help: &str,
        label: &str,
        values: impl IntoIterator<Item = (&'a str, f64)>,
    ) -> prometheus::Result<()> {
        let gauge = GaugeVec::new(Opts::new(name, help), &[label])?;
        for (value, number) in values {
            gauge.with_label_values(&[value]).set(number);
        }
        self.0.register(Box::new(gauge))
    }

    /// A gauge without labels of its own.
    fn one(&self, name: &str, help: &str, value: Option<f64>) -> prometheus::Result<()> {
        let gauge = GaugeVec::new(Opts::new(name, help), &[])?;
        if let Some(value) = value {
            gauge.with_label_values::<&str>(&[]).set(value);
        }
        self.0.register(Box::new(gauge))
    }
}

/// The whole file.
pub(super) fn text(report: &StatusReport) -> prometheus::Result<String> {
    let portal = report.portal.iter().map(|portal| ("portal".to_owned(), portal.url.clone()));
    let registry = Registry::new_custom(Some(PREFIX.to_owned()), Some(portal.collect()))?;
    let metrics = Metrics(registry);
    let version = [(env!("CARGO_PKG_VERSION"), 1.0)];
    metrics.by("build_info", "The dormouse that wrote this; always 1.", "version", version)?;
    runs(&metrics, report)?;
    evidence(&metrics, report)?;
    accounts(&metrics, report)?;
    TextEncoder::new().encode_to_string(&metrics.0.gather())
}

fn runs(metrics: &Metrics, report: &StatusReport) -> prometheus::Result<()> {
    let commands = || report.commands.iter().map(|run| (run.command.as_str(), run));
    metrics.by(
        "last_success_timestamp_seconds",
        "When a command last succeeded.",
        "command",
        commands().filter_map(|(name, run)| Some((name, seconds(run.succeeded_at?)))),
    )?;
    metrics.by(
        "last_exit_code",
        "Exit code of the last run of a command that ended.",
        "command",
        commands().filter_map(|(name, run)| Some((name, f64::from(run.exit_code?)))),
    )?;
    let expiry = report.last_sync.as_ref().and_then(|sync| sync.key_expires_at);
    let help = "When the API key ends, as the last sync was told.";
    metrics.one("key_expiry_timestamp_seconds", help, expiry.map(seconds))?;
    let open = count(report.open_intents.len());
    metrics.one("open_intents", "Actions without a known result.", Some(open))
}

fn evidence(metrics: &Metrics, report: &StatusReport) -> prometheus::Result<()> {
    let coverage = report.coverage.as_ref();
    metrics.one(
        "coverage_start_timestamp_seconds",
        "Since when the copy of the login history is complete.",
        coverage.map(|c| seconds(c.from)),
    )?;
    metrics.one(
        "coverage_end_timestamp_seconds",
        "Until when the copy of the login history is complete.",
        coverage.map(|c| seconds(c.to)),
    )?;
    metrics.one(
        "evidence_age_seconds",
        "How long ago coverage ended when this was written.",
        coverage.map(|c| (report.at - c.to).as_seconds_f64()),
    )?;
    metrics.one(
        "evidence_max_age_seconds",
        "How old the evidence may be for apply.",
        Some(report.max_age.as_seconds_f64()),
    )?;
    let holes = count(report.holes.len());
    metrics.one("coverage_holes", "Parts of the history that could not be read.", Some(holes))?;
    let silences = count(report.silences.len());
    let help = "Parts of the history in which the portal may not have recorded.";
    metrics.one("coverage_silences", help, Some(silences))
}

fn accounts(metrics: &Metrics, report: &StatusReport) -> prometheus::Result<()> {
    let decision = report.decision.as_ref();
    metrics.by(
        "decision_accounts",
        "Accounts by their verdict in the newest current decision.",
        "verdict",
        decision.into_iter().flat_map(|d| d.verdicts.iter()).map(|(v, n)| (v.as_str(), count(*n))),
    )?;
    metrics.one(
        "decision_as_of_timestamp_seconds",
        "The moment that the newest current decision is about.",
        decision.map(|d| seconds(d.as_of)),
    )?;
    metrics.one(
        "due_accounts",
        &format!("Accounts that become inactive within {SOON_DAYS} days if they stay away."),
        report.population.as_ref().map(|p| count(p.inactive_soon.len())),
    )
}

fn seconds(at: Timestamp) -> f64 {
    at.timestamp_millis() as f64 / 1000.0
}

/// Exact up to 2^53.
fn count(n: usize) -> f64 {
    n as f64
}
