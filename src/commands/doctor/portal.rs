//! The portal as the key sees it. Each question is asked by itself, so that one failure does not hide
//! the others.

use crate::commands::doctor::{
    check::Check,
    rules::{clock, key_expiry, lookback, recording, retention, server_version, session},
    store::Known,
};
use crate::{
    commands::Context,
    domain::account::{AccountId, Kind, SEED_OWNER},
    portal::{Answer, ApiKey, Identity, PortalError, PortalReader},
    time::Timestamp,
};

/// Everything about the portal, in the order in which one thing blocks another.
pub(super) async fn examine(cx: &Context, known: &Known) -> Vec<Check> {
    let policy = &cx.settings.policy;
    let mut checks = vec![match cx.connection() {
        Ok(_) => Check::ok("configuration", "address and key are set"),
        Err(error) => Check::failed("configuration", error),
    }];
    let days = policy.inactivity_days;
    checks.push(lookback(cx.settings.lookback_days, days, known.silences.coverage));
    if let Ok(connection) = cx.connection() {
        // The settings take nothing else.
        let how = match connection.url.scheme() {
            "https" => "encrypted",
            _ => "not encrypted, to this machine only",
        };
        checks.push(Check::ok("address", format!("{} ({how})", connection.url)));
        if let Some(proxy) = &connection.route.proxy {
            checks.push(Check::ok("proxy", proxy.shown()));
        }
        match PortalReader::new(&connection) {
            Ok(reader) => checks.extend(ask(cx, &reader, known).await),
            Err(error) => checks.push(Check::failed("key", error)),
        }
    }
    checks
}

async fn ask(cx: &Context, reader: &PortalReader, known: &Known) -> Vec<Check> {
    let now = cx.clock.now();
    let identity = match reader.identity().await {
        Ok(identity) => identity,
        Err(error @ PortalError::Unauthorized(_)) => return vec![Check::failed("key", error)],
        Err(error) => {
            let rest = Check::skipped("key and portal", "the portal could not be reached");
            return vec![Check::failed("reachable", error), rest];
        }
    };
    let mut checks = vec![
        Check::ok("reachable", format!("tenant {}", identity.value.tenant_id)),
        clock(identity.at, now),
    ];
    checks.extend(same_portal(&identity, known));
    checks.extend(identity.value.owner_id.and_then(told_apart));
    match reader.key().await {
        Ok(key) => {
            checks.push(Check::ok("key", "accepted"));
            checks.push(key_expiry(key.expires_at, now));
            checks.push(scopes(&key));
        }
        Err(error) => checks.push(Check::failed("key", error)),
    }
    checks.push(role(reader).await);
    let (audit, newest) = history(reader).await;
    checks.push(audit);
    if let (Some(newest), Some(silence)) = (newest, &cx.settings.policy.silence) {
        checks.push(recording(newest, now, silence.max_silence_hours, known.silences.pace));
    }
    checks.extend(keeping(cx, reader, known).await);
    checks
}

fn same_portal(identity: &Answer<Identity>, known: &Known) -> Option<Check> {
    const NAME: &str = "same portal";
    let bound = known.portal.as_ref()?;
    let Identity { tenant_id, owner_id, .. } = &identity.value;
    Some(if bound.tenant_id != *tenant_id {
        Check::problem(
            NAME,
            format!("the store belongs to tenant {}, this is tenant {tenant_id}", bound.tenant_id),
            "use another store with --db; a portal restored from a backup is another portal, \
             since every account has a new id",
        )
    } else if owner_id.is_some_and(|id| id != bound.owner_id) {
        Check::problem(
            NAME,
            "the portal has a different owner than at the last sync",
            "if ownership was transferred, run `dormouse sync --accept-owner` once",
        )
    } else {
        Check::ok(NAME, "the one that the store belongs to")
    })
}

fn told_apart(owner: AccountId) -> Option<Check> {
    (owner == SEED_OWNER).then(|| {
        Check::ok(
            "identity",
            "tenant and owner are those of every self-hosted portal: a store knows its portal by \
             the history it recorded; give each portal a folder of its own",
        )
    })
}

fn scopes(key: &ApiKey) -> Check {
    const NAME: &str = "permissions";
    let has = match key.permissions.as_slice() {
        [] => "everything".to_owned(),
        some => some.join(", "),
    };
    if !key.can_read() {
        let advice = "make a key with [\"*:read\",\"accounts:write\"]; [\"*:read\"] is enough for \
                      sync and decide";
        return Check::problem(NAME, format!("{has}: sync needs *:read"), advice);
    }
    if !key.can_write_accounts() {
        let advice = "enough for sync and decide; apply and restore need a key that also has \
                      accounts:write";
        return Check::warning(NAME, format!("{has}: apply needs accounts:write"), advice);
    }
    Check::ok(NAME, has)
}

async fn role(reader: &PortalReader) -> Check {
    const NAME: &str = "key's owner";
    let owner = match reader.key_owner().await {
        Ok(owner) => owner,
        Err(error) => return Check::failed(NAME, error),
    };
    let who = format!("{}, {}", owner.email, owner.kind);
    match owner.kind {
        Kind::Owner | Kind::DocspaceAdmin => Check::ok(NAME, who).advise(
            "let only dormouse use this account: each change that a person makes with it is a finding \
             of `dormouse history verify` until somebody explains it",
        ),
        Kind::RoomAdmin | Kind::User | Kind::Guest | Kind::Unknown => Check::problem(
            NAME,
            format!("{who}, who cannot see every account"),
            "use a key of the portal owner or a DocSpace admin",
        ),
    }
}

/// Whether the portal shows both histories, and if so its newest event of any kind.
async fn history(reader: &PortalReader) -> (Check, Option<Option<Timestamp>>) {
    const NAME: &str = "audit option";
    const ADVICE: &str = "choose a plan with the audit option; on your own server turn on the login \
                          history and the audit trail";
    let newest = async {
        let login = reader.login_page(0, 1).await?.value.rows.first().map(|row| row.at);
        let action = reader.newest_action().await?.value.map(|a| a.at);
        Ok::<_, PortalError>(login.max(action))
    };
    match (newest.await, reader.plan_has_audit().await) {
        (Err(error), _) => (Check::failed(NAME, error), None),
        (Ok(_), Ok(Some(false))) => {
            let detail = "the plan lacks it: the portal shows only its newest events";
            (Check::problem(NAME, detail, ADVICE), None)
        }
        (Ok(newest), Ok(Some(true))) => (Check::ok(NAME, "part of the plan"), Some(newest)),
        (Ok(newest), Ok(None) | Err(_)) => {
            (Check::ok(NAME, "both histories answer as asked"), Some(newest))
        }
    }
}

/// How long the portal keeps what the threshold needs, and what it runs.
async fn keeping(cx: &Context, reader: &PortalReader, known: &Known) -> Vec<Check> {
    let policy = &cx.settings.policy;
    let days = policy.inactivity_days;
    let kept = reader.retention_days().await;
    let sessions = reader.session_lifetime().await;
    let kept_days = kept.as_ref().ok().copied();
    vec![
        kept.map_or_else(
            |error| Check::failed("retention", error),
            |kept| retention(kept, days, known.silences.coverage),
        ),
        sessions.map_or_else(
            |error| Check::failed("session lifetime", error),
            |s| session(s.minutes, kept_days, days, policy.signals),
        ),
        reader.server_version().await.map_or_else(
            |error| Check::failed("server version", error),
            |version| server_version(version.as_deref()),
        ),
    ]
}
