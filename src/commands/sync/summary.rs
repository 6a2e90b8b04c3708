//! What a sync did and found (`dormouse.sync/1`): the roster, who is under review, what is new, and the
//! next step.

use std::io::{self, Write};

use serde::Serialize;

use crate::{
    domain::{
        account::AccountId,
        coverage::Coverage,
        policy::{Policy, PopulationSource},
        population::MatchCounts,
    },
    engine::{
        own_actions::reenabled::{Reenabled, reenabled},
        silences::silences,
        sync::Pulled,
    },
    output::{
        Output,
        next::Next,
        rows::{row, write_csv},
        style::Style,
        table::{Cell, Table},
        terminal::View,
        when::{date, many, matched_words, minute, thousands},
    },
    portal::Traffic,
    roster::Roster,
    store::{
        self, Store, StoreError, population::RosterHead, segments::Hole, sync_runs::SyncStatus,
    },
};

#[derive(Serialize)]
pub(super) struct Summary {
    schema: &'static str,
    sync_run_id: i64,
    status: SyncStatus,
    accounts_seen: u64,
    contractors_seen: u64,
    /// The roster that counts, where there is one.
    roster: Option<RosterSummary>,
    events_added: u64,
    events_stored: u64,
    activity_checks: u64,
    corroborated: u64,
    requests: u64,
    retries: u64,
    coverage_before: Option<Coverage>,
    coverage: Option<Coverage>,
    came_back: Vec<CameBack>,
    holes: Vec<Hole>,
    #[serde(skip)]
    returned: Vec<Reenabled>,
    #[serde(skip)]
    silences: Vec<String>,
}

/// The roster that counts, and how its rows were matched by this sync.
#[derive(Serialize)]
struct RosterSummary {
    files: Vec<String>,
    rows: u64,
    #[serde(flatten)]
    counts: MatchCounts,
    /// Columns of a new roster that mean nothing to dormouse.
    ignored_columns: Vec<String>,
    in_use: bool,
    /// The day on which it was given, where that was not now.
    #[serde(skip)]
    given: Option<String>,
}

/// An account that dormouse disabled and somebody enabled again.
#[derive(Serialize)]
struct CameBack {
    account_id: AccountId,
    email: String,
    disabled_by_run: i64,
    event_id: Option<i64>,
    by: Option<String>,
}

row! {
    struct Item {
        item: &'static str,
        value: String,
    }
}

impl Summary {
    /// `roster` is what this run was given.
    pub(super) async fn of(
        store: &mut Store,
        pulled: Pulled,
        traffic: Traffic,
        roster: Option<&Roster>,
        policy: &Policy,
    ) -> anyhow::Result<Self> {
        let Pulled { sync_run, status, counts, before, after } = pulled;
        let returned = reenabled(store, sync_run).await?;
        let silences = silences(store.conn(), sync_run, after, policy).await?;
        let came_back = returned.iter().map(|r| CameBack {
            account_id: r.account_id,
            email: r.email.clone(),
            disabled_by_run: r.run_id,
            event_id: r.by.as_ref().map(|by| by.0),
            by: r.by.as_ref().map(|by| by.1.clone()),
        });
        Ok(Self {
            schema: "dormouse.sync/1",
            sync_run_id: sync_run,
            status,
            accounts_seen: counts.accounts,
            contractors_seen: counts.contractors,
            roster: RosterSummary::of(store, sync_run, roster, policy).await?,
            events_added: counts.events_added,
            events_stored: store::events::total(store.conn()).await?,
            activity_checks: counts.checks,
            corroborated: counts.corroborated,
            requests: traffic.requests,
            retries: traffic.retries,
            coverage_before: before,
            coverage: after,
            came_back: came_back.collect(),
            holes: store::segments::holes(store.conn()).await?,
            returned,
            silences: silences.warnings(policy.inactivity_days),
        })
    }

    /// What should not be so.
    pub(super) fn warn(&self, out: &mut Output) {
        for account in &self.returned {
            out.warn(account);
        }
        for Hole { from, to, reason } in &self.holes {
            let (from, to) = (minute(*from), minute(*to));
            out.warn(format_args!("hole in the history from {from} to {to}: {reason}"));
        }
        for silence in &self.silences {
            out.warn(silence);
        }
        if self.coverage.is_none() {
            out.warn("no login event can be relied on yet, so no account can be called inactive");
        }
    }

    fn items(&self) -> Vec<(&'static str, String)> {
        let mut items = self.roster.as_ref().map(RosterSummary::items).unwrap_or_default();
        items.push((
            "Under review",
            format!(
                "{} of {}",
                thousands(self.contractors_seen),
                many(self.accounts_seen, "account")
            ),
        ));
        let since = self.coverage.map_or_else(
            || "nothing proven complete yet".to_owned(),
            |c| format!("history complete since {}", date(c.from)),
        );
        let (new, stored) = (thousands(self.events_added), thousands(self.events_stored));
        items.push(("Logins", format!("{new} new, {stored} stored; {since}")));
        let checks = usize::try_from(self.activity_checks).unwrap_or(usize::MAX);
        let mut trail = format!("{} double-checked", many(checks, "account"));
        if self.corroborated > 0 {
            trail.push_str(&format!("; {} of our own actions confirmed", self.corroborated));
        }
        items.push(("Audit trail", trail));
        items
    }

    fn next(&self) -> Next {
        match (self.coverage, self.contractors_seen) {
            (None, _) => Next::run("dormouse doctor", "nothing can be concluded yet"),
            (Some(_), 0) => Next::nothing(
                "no account is under review: check the population in dormouse.toml or the roster",
            ),
            (Some(_), _) => Next::run("dormouse decide", ""),
        }
    }
}

impl RosterSummary {
    async fn of(
        store: &mut Store,
        sync_run: i64,
        new: Option<&Roster>,
        policy: &Policy,
    ) -> Result<Option<Self>, StoreError> {
        let Some(head) = store::population::roster_head(store.conn(), sync_run).await? else {
            return Ok(None);
        };
        let rows = head.rows();
        let RosterHead { at, files, .. } = head;
        let counts = store::roster::newest_match(store.conn()).await?.unwrap_or_default();
        Ok(Some(Self {
            rows,
            files: files.into_iter().map(|(file, _)| file).collect(),
            counts,
            ignored_columns: new.map(|roster| roster.ignored.clone()).unwrap_or_default(),
            in_use: policy.population.source != Some(PopulationSource::Portal),
            given: new.is_none().then(|| date(at)),
        }))
    }

    fn items(&self) -> Vec<(&'static str, String)> {
        let rows = many(self.rows, "row");
        let given = self.given.as_ref().map(|day| format!(" of {day}")).unwrap_or_default();
        let files = self.files.join(", ");
        let mut text = format!("{rows} ({files}{given}): {}", matched_words(self.counts));
        if !self.in_use {
            text.push_str("; not used, because population.source is \"portal\"");
        }
        let mut items = vec![("Roster", text)];
        if !self.ignored_columns.is_empty() {
            let ignored = self.ignored_columns.join(", ");
            items.push(("", format!("ignored columns: {ignored}")));
        }
        items
    }
}

impl View for Summary {
    fn csv(&self, to: &mut dyn Write) -> io::Result<()> {
        write_csv(to, self.items().into_iter().map(|(item, value)| Item { item, value }))
    }

    fn print(&self, out: &mut Output) -> io::Result<()> {
        let mut table = Table::pairs();
        for (item, value) in self.items() {
            table.row([Cell::styled(item, Style::Strong), value.into()]);
        }
        out.table(&table)?;
        self.next().print(out)
    }
}
