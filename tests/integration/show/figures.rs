//! Everything that a report states, taken again from the store by SQL.

use serde_json::{Value, json};

use super::support::{Site, story};

/// One JSON text per row.
fn ask(site: &Site, sql: &'static str) -> Vec<Value> {
    site.with_store(async |store| {
        let rows: Vec<String> = sqlx::query_scalar(sql).fetch_all(store.conn()).await.unwrap();
        rows.iter().map(|row| serde_json::from_str(row).unwrap()).collect()
    })
}

fn one(site: &Site, sql: &'static str) -> Value {
    let mut rows = ask(site, sql);
    assert_eq!(rows.len(), 1, "{sql}");
    rows.remove(0)
}

/// Only these fields of each row.
fn only(rows: &Value, fields: &[&str]) -> Vec<Value> {
    let cut = |row: &Value| fields.iter().map(|f| ((*f).to_owned(), row[*f].clone())).collect();
    rows.as_array().unwrap().iter().map(|row| Value::Object(cut(row))).collect()
}

const ACCOUNT: [&str; 11] = [
    "account_id",
    "email",
    "display_name",
    "kind",
    "registered_at",
    "verdict",
    "reason",
    "last_activity_at",
    "last_activity_source",
    "last_event_id",
    "idle_days",
];

#[test]
fn verdicts_reasons_and_decision_are_those_stored() {
    let site = story();
    let pack = site.must("report --format json").json();
    assert_eq!(pack["schema"], "dormouse.report/1");
    assert_eq!(
        only(&pack["accounts"], &ACCOUNT),
        ask(
            &site,
            "SELECT json_object('account_id', account_id, 'email', email, 'display_name', display_name,
                'kind', kind, 'registered_at', registered_at, 'verdict', verdict, 'reason', reason,
                'last_activity_at', last_activity_at, 'last_activity_source', last_activity_source,
                'last_event_id', last_event_id, 'idle_days', idle_days)
             FROM verdicts WHERE decision_id = 2 ORDER BY account_id"
        )
    );
    let mut reasons = pack["reasons"].as_array().unwrap().clone();
    reasons.sort_by_key(|r| r["reason"].to_string());
    assert_eq!(
        reasons,
        ask(
            &site,
            "SELECT json_object('verdict', verdict, 'reason', reason, 'accounts', count(*))
             FROM verdicts WHERE decision_id = 2 GROUP BY reason ORDER BY reason"
        )
    );
    let d = &pack["decision"];
    assert_eq!(
        json!([
            d["id"],
            d["decided_at"],
            d["as_of"],
            d["current"],
            d["inactivity_days"],
            d["policy"],
            d["policy_sha256"],
            d["digest"],
            d["sync_run_id"],
            d["history_seq"]
        ]),
        one(
            &site,
            "SELECT json_array(id, decided_at, as_of, json(iif(current, 'true', 'false')),
                inactivity_days, json(policy), policy_sha256, digest, sync_run_id, history_seq)
             FROM decisions WHERE id = 2"
        )
    );
    let c = &d["counts"];
    assert_eq!(
        json!([c["active"], c["inactive"], c["exempt"], c["disabled"], c["undetermined"]]),
        one(
            &site,
            "SELECT json_array(sum(verdict = 'active'), sum(verdict = 'inactive'), sum(verdict = 'exempt'),
                sum(verdict = 'disabled'), sum(verdict = 'undetermined'))
             FROM verdicts WHERE decision_id = 2"
        )
    );
    assert_eq!(
        only(&pack["exemptions"], &["reason", "owner", "expires"]),
        ask(
            &site,
            "SELECT json_object('reason', e.value ->> 'reason', 'owner', e.value ->> 'owner',
                'expires', e.value ->> 'expires')
             FROM decisions d, json_each(d.policy, '$.exemptions') e WHERE d.id = 2 ORDER BY e.key"
        )
    );
}

#[test]
fn population_and_coverage_are_those_of_the_pull() {
    let site = story();
    let pack = site.must("report --format json").json();
    let p = &pack["population"];
    assert_eq!(
        json!([p["accounts_listed"], p["under_review"]]),
        one(
            &site,
            "SELECT json_array(s.accounts_seen,
                (SELECT count(*) FROM verdicts WHERE decision_id = d.id AND reason <> 'not_on_portal'))
             FROM decisions d JOIN sync_runs s ON s.id = d.sync_run_id WHERE d.id = 2"
        )
    );
    let c = &pack["coverage"];
    assert_eq!(
        json!([c["relied_on"]["from"], c["relied_on"]["to"], c["events"]]),
        one(
            &site,
            "SELECT json_array(coverage_from, coverage_to, (SELECT count(*) FROM login_events
                WHERE at BETWEEN coverage_from AND coverage_to)) FROM decisions WHERE id = 2"
        )
    );
    assert_eq!(
        c["segments"].as_array().unwrap().clone(),
        ask(&site, "SELECT json_object('from', from_at, 'to', to_at) FROM coverage")
    );
}

#[test]
fn actions_are_the_rows_of_the_history() {
    let site = story();
    let pack = site.must("report --from 2026-11-20 --format json").json();
    let fields = [
        "run_id",
        "decision_id",
        "account_id",
        "action",
        "intent_at",
        "outcome_at",
        "outcome",
        "detail",
        "portal_event_id",
        "days_over_threshold",
        "actor_email",
    ];
    assert_eq!(
        only(&pack["actions"], &fields),
        ask(
            &site,
            "SELECT json_object('run_id', i.run_id, 'decision_id', i.decision_id, 'account_id', i.account_id,
                'action', i.action, 'intent_at', i.at, 'outcome_at', o.at, 'outcome', o.outcome,
                'detail', o.detail,
                'portal_event_id', (SELECT portal_event_id FROM history c WHERE c.phase = 'corroboration'
                    AND (c.run_id, c.account_id, c.action) = (i.run_id, i.account_id, i.action)),
                'days_over_threshold', v.idle_days + (unixepoch(o.at) - unixepoch(d.as_of)) / 86400
                    - iif(v.reason = 'never_logged_in', d.policy ->> 'never_logged_in_grace_days',
                          d.inactivity_days),
                'actor_email', (SELECT email FROM accounts a WHERE a.account_id = i.actor))
             FROM history i
             JOIN history o ON (o.run_id, o.account_id, o.action) = (i.run_id, i.account_id, i.action)
                AND o.phase = 'outcome'
             LEFT JOIN decisions d ON d.id = i.decision_id AND i.action = 'disable'
             LEFT JOIN verdicts v ON v.decision_id = d.id AND v.account_id = i.account_id
             WHERE i.phase = 'intent' ORDER BY i.seq"
        )
    );
    let h = &pack["history"];
    assert_eq!(
        json!([h["entries"], h["head_seq"], h["head_hash"]]),
        one(
            &site,
            "SELECT json_array((SELECT count(*) FROM history), seq, hash) FROM history
             ORDER BY seq DESC LIMIT 1"
        )
    );
    assert_eq!(h["findings"], json!([]));
}

#[test]
fn runs_are_all_there_also_the_refused_one() {
    let site = story();
    let pack = site.must("report --from 2026-11-20 --format json").json();
    assert_eq!(
        pack["runs"].as_array().unwrap().clone(),
        ask(
            &site,
            "SELECT json_object('id', id, 'command', command, 'started_at', started_at,
                'finished_at', finished_at, 'exit_code', exit_code, 'decision_id', decision_id,
                'actor', actor, 'overrides', overrides, 'detail', detail) FROM runs ORDER BY id"
        )
    );
    assert!(pack["runs"].as_array().unwrap().iter().any(|r| r["exit_code"] == 3));
    let fields =
        ["id", "run_id", "status", "events_added", "accounts_seen", "contractors_seen", "requests"];
    assert_eq!(
        only(&pack["sync_runs"], &fields),
        ask(
            &site,
            "SELECT json_object('id', id, 'run_id', run_id, 'status', status, 'events_added', events_added,
                'accounts_seen', accounts_seen, 'contractors_seen', contractors_seen,
                'requests', requests) FROM sync_runs ORDER BY id"
        )
    );
    assert_eq!(
        only(&pack["decisions"], &["id", "inactive", "digest"]),
        ask(
            &site,
            "SELECT json_object('id', id, 'inactive', (SELECT count(*) FROM verdicts v
                WHERE v.decision_id = d.id AND verdict = 'inactive'), 'digest', digest)
             FROM decisions d ORDER BY id"
        )
    );
}

/// The measures as their definitions on the page have it.
#[test]
fn the_measures_of_cis_can_be_counted_again() {
    let site = story();
    for decision in [1, 2] {
        let pack = site.must(&format!("report {decision} --format json")).json();
        let m = &pack["measures"];
        let counted = ask(
            &site,
            "WITH judged AS (
                SELECT v.decision_id, d.inactivity_days,
                    CASE WHEN verdict = 'inactive' THEN 1 WHEN verdict = 'active' THEN 0
                         WHEN verdict IN ('disabled', 'exempt') THEN idle_days >= d.inactivity_days
                    END AS dormant,
                    coalesce((SELECT h.action = 'disable' FROM history h
                              WHERE h.account_id = v.account_id AND h.outcome = 'applied'
                                AND h.seq > d.history_seq
                                AND (h.decision_id = d.id OR h.action = 'enable')
                              ORDER BY h.seq DESC LIMIT 1), verdict = 'disabled') AS is_disabled
                FROM verdicts v JOIN decisions d ON d.id = v.decision_id
                WHERE reason <> 'not_on_portal')
             SELECT json_array(count(*), max(inactivity_days), sum(dormant), sum(NOT dormant),
                sum(dormant AND is_disabled), sum(dormant AND NOT is_disabled), sum(dormant IS NULL))
             FROM judged GROUP BY decision_id ORDER BY decision_id",
        );
        let shown = json!([
            m["m1_accounts"],
            m["m2_threshold_days"],
            m["m3_dormant"],
            m["m4_within_threshold"],
            m["m5_dormant_disabled"],
            m["m6_dormant_enabled"],
            m["not_judged"]
        ]);
        assert_eq!(shown, counted[decision - 1], "decision {decision}");
    }
}

/// "Since then" begins behind the decision, also where the period began before it.
#[test]
fn an_account_shows_what_was_done_since_it_was_judged() {
    let site = story();
    let pack = site.must("report --from 2026-11-20 --format json").json();
    assert_eq!(
        only(&pack["accounts"], &["account_id", "action", "outcome"]),
        ask(
            &site,
            "SELECT json_object('account_id', v.account_id, 'action', h.action, 'outcome', h.outcome)
             FROM verdicts v JOIN decisions d ON d.id = v.decision_id
             LEFT JOIN history h ON h.seq = (SELECT max(seq) FROM history l
                WHERE l.account_id = v.account_id AND l.phase = 'outcome' AND l.seq > d.history_seq)
             WHERE d.id = 2 ORDER BY v.account_id"
        )
    );
}
