PRAGMA application_id = 0;
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE _sqlx_migrations (
    version BIGINT PRIMARY KEY,
    description TEXT NOT NULL,
    installed_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    success BOOLEAN NOT NULL,
    checksum BLOB NOT NULL,
    execution_time BIGINT NOT NULL
);
INSERT INTO _sqlx_migrations VALUES(20261124000001,'runs','2026-11-28 05:13:50',1,X'34abc8cb161f1e49b48af56dfce931ec2218f46ff29aeb499e6ce21e99e6508b0e910059fc5e2f8ba4899a03cd0937e3',7081761);
INSERT INTO _sqlx_migrations VALUES(20261124000002,'accounts','2026-11-28 05:13:50',1,X'6802b4f57e3fb683ba8fb3364e06efd9120bd81177e6131e2296e3d26c7db8df35cb75ebb3f4cb7bab02e67a795fe570',4750956);
INSERT INTO _sqlx_migrations VALUES(20261124000003,'login events','2026-11-28 05:13:50',1,X'3aef4af9defcb77c4fb87089670d5261c59ea3b1322b89869256445237ec4a429a0e347dc0dd92023ecf47cfaf1f4438',4823653);
INSERT INTO _sqlx_migrations VALUES(20261124000004,'signals','2026-11-28 05:13:50',1,X'25cc9b45638092bd4c342754e295406e7c1d5d68cfadd2ff92e5d5a7f67f6ea2c18d3c93d47b0fc9b30e2e9d79f88d71',1763199);
INSERT INTO _sqlx_migrations VALUES(20261124000005,'population','2026-11-28 05:13:50',1,X'1fc585d343f50541a4ff827502a23d50a9a7a22ce5f1748684376d7a30a04feafa394b83f11c27887e5b9ee187aca797',1815748);
INSERT INTO _sqlx_migrations VALUES(20261124000006,'decisions','2026-11-28 05:13:50',1,X'365f0d8d27a94147d212a3936d874c0bdfe60188be1a7e629accdd740addeb627f98c320a256cc50d0496d74670d2137',2107766);
INSERT INTO _sqlx_migrations VALUES(20261124000007,'history','2026-11-28 05:13:50',1,X'43d2d425f33973afe07a474502a088e37c1ac2371bd4fa61dc1e9cde6465cd707222272879c0d1d3f5c5456e53aa2e2f',1525143);
INSERT INTO _sqlx_migrations VALUES(20261124000008,'lookups','2026-11-28 05:13:50',1,X'0b13ca0c175c987f26194d73ca87400baf02b1e6c1c948d4f7ebe89e555b7fefa6f174eaf497dde0c9d826902f181bd6',1637513);
CREATE TABLE portal (
    id            INTEGER PRIMARY KEY CHECK (id = 1),
    tenant_id     INTEGER NOT NULL,       -- survives renaming; a restore from backup changes it
    owner_id      TEXT    NOT NULL,       -- GUID of the portal owner
    url           TEXT    NOT NULL,       -- as last used, for messages only
    first_seen_at TEXT    NOT NULL
) STRICT;
INSERT INTO portal VALUES(1,1,'cc93eeb8-51ab-464c-8d87-6744a1c58db6','http://127.0.0.1:8080','2026-05-04T09:00:00.000Z');
CREATE TABLE runs (
    id          INTEGER PRIMARY KEY,
    command     TEXT    NOT NULL CHECK (command IN ('sync', 'decide', 'apply', 'restore')),
    started_at  TEXT    NOT NULL,
    finished_at TEXT,
    exit_code   INTEGER,                  -- null: running, or killed
    decision_id INTEGER REFERENCES decisions (id) DEFERRABLE INITIALLY DEFERRED,
    actor       TEXT    NOT NULL,         -- operating system user and host
    overrides   TEXT    NOT NULL,         -- one-shot flags given, as typed; '' for none
    detail      TEXT    NOT NULL,         -- what came of it, in words
    CHECK (exit_code IS NULL OR finished_at IS NOT NULL)
) STRICT;
INSERT INTO runs VALUES(1,'sync','2026-05-04T09:00:00.000Z','2026-05-04T09:00:00.000Z',0,NULL,'ann@workstation','','complete: 15 accounts, 309 new login events, 7 activity checks');
INSERT INTO runs VALUES(2,'decide','2026-05-04T09:00:00.000Z','2026-05-04T09:00:00.000Z',0,1,'ann@workstation','','decision 1: 4 active, 6 inactive, 2 exempt, 1 disabled, 0 undetermined');
INSERT INTO runs VALUES(3,'apply','2026-05-04T09:00:00.000Z','2026-05-04T09:00:00.000Z',5,1,'ann@workstation','--yes --max 1','6 accounts to disable and 0 disabled in the last 24 hours are more than max_accounts = 1; nothing was done; to go on this once: --max 6');
INSERT INTO runs VALUES(4,'apply','2026-05-04T12:00:00.000Z','2026-05-04T12:00:00.000Z',4,1,'ann@workstation','--yes --max-percent 100','4 applied, 1 skipped, 1 refused, 0 failed');
INSERT INTO runs VALUES(5,'sync','2026-05-05T12:00:00.000Z','2026-05-05T12:00:00.000Z',0,NULL,'ann@workstation','','complete: 15 accounts, 0 new login events, 1 activity checks');
INSERT INTO runs VALUES(6,'decide','2026-05-05T12:00:00.000Z','2026-05-05T12:00:00.000Z',0,2,'ann@workstation','','decision 2: 2 active, 1 inactive, 0 exempt, 3 disabled, 0 undetermined');
INSERT INTO runs VALUES(7,'restore','2026-05-05T12:00:00.000Z','2026-05-05T12:00:00.000Z',0,NULL,'ann@workstation','twice@agency.example --yes','1 applied, 0 skipped, 0 refused, 0 failed');
INSERT INTO runs VALUES(8,'sync','2026-05-06T12:00:00.000Z','2026-05-06T12:00:00.000Z',3,NULL,'ann@workstation','','GET security/audit/login/filter: the portal hides its history: it answered with its newest events whatever was asked; this needs a plan with the audit option (self-hosted: the login history and audit trail switched on)');
INSERT INTO runs VALUES(9,'sync','2026-05-07T12:00:00.000Z','2026-05-07T12:00:00.000Z',0,NULL,'ann@workstation','','complete: 14 accounts, 0 new login events, 1 activity checks');
INSERT INTO runs VALUES(10,'decide','2026-05-07T12:00:00.000Z','2026-05-07T12:00:00.000Z',0,3,'ann@workstation','--as-of 2026-05-01T00:00:00.000Z','decision 3: 0 active, 5 inactive, 0 exempt, 0 disabled, 1 undetermined');
INSERT INTO runs VALUES(11,'decide','2026-05-07T12:00:00.000Z','2026-05-07T12:00:00.000Z',0,4,'ann@workstation','','decision 4: 4 active, 1 inactive, 0 exempt, 1 disabled, 0 undetermined');
CREATE TABLE sync_runs (
    id               INTEGER PRIMARY KEY,
    run_id           INTEGER NOT NULL REFERENCES runs (id),
    started_at       TEXT    NOT NULL,
    finished_at      TEXT,
    status           TEXT    NOT NULL CHECK (status IN ('running', 'complete', 'failed', 'interrupted')),
    reason           TEXT    NOT NULL,    -- why it failed, '' otherwise
    events_added     INTEGER NOT NULL CHECK (events_added >= 0),
    accounts_seen    INTEGER NOT NULL CHECK (accounts_seen >= 0),
    contractors_seen INTEGER NOT NULL CHECK (contractors_seen >= 0),
    requests         INTEGER NOT NULL CHECK (requests >= 0),
    retries          INTEGER NOT NULL CHECK (retries >= 0),
    coverage_from    TEXT,
    coverage_to      TEXT,
    portal_time      TEXT,                -- the portal's clock at the start
    key_account_id   TEXT,                -- account of the key used: exempt as `self`
    server_version   TEXT,                -- as the portal says it
    retention_days   INTEGER,             -- how long the portal keeps login events
    session_minutes  INTEGER,             -- how long a session can live; null: not known
    CHECK ((coverage_from IS NULL) = (coverage_to IS NULL)),
    CHECK (coverage_from <= coverage_to)
) STRICT;
INSERT INTO sync_runs VALUES(1,1,'2026-05-04T09:00:00.000Z','2026-05-04T09:00:00.000Z','complete','',309,15,13,22,0,'2025-11-20T10:00:00.000Z','2026-05-04T07:00:00.000Z','2026-05-04T09:00:00.000Z','ef514e67-80a0-458b-850f-adc1b5babaa0','3.7.2',180,525600);
INSERT INTO sync_runs VALUES(2,4,'2026-05-04T12:00:00.000Z','2026-05-04T12:00:00.000Z','complete','',1,15,13,10,0,'2025-11-20T10:00:00.000Z','2026-05-04T10:00:00.000Z','2026-05-04T12:00:00.000Z','ef514e67-80a0-458b-850f-adc1b5babaa0','3.7.2',180,525600);
INSERT INTO sync_runs VALUES(3,5,'2026-05-05T12:00:00.000Z','2026-05-05T12:00:00.000Z','complete','',0,15,6,6,0,'2025-11-20T10:00:00.000Z','2026-05-05T10:00:00.000Z','2026-05-05T12:00:00.000Z','ef514e67-80a0-458b-850f-adc1b5babaa0','3.7.2',180,525600);
INSERT INTO sync_runs VALUES(4,7,'2026-05-05T12:00:00.000Z','2026-05-05T12:00:00.000Z','complete','',0,15,6,5,0,'2025-11-20T10:00:00.000Z','2026-05-05T10:00:00.000Z','2026-05-05T12:00:00.000Z','ef514e67-80a0-458b-850f-adc1b5babaa0','3.7.2',180,525600);
INSERT INTO sync_runs VALUES(5,8,'2026-05-06T12:00:00.000Z','2026-05-06T12:00:00.000Z','failed','GET security/audit/login/filter: the portal hides its history: it answered with its newest events whatever was asked; this needs a plan with the audit option (self-hosted: the login history and audit trail switched on)',0,0,0,0,0,'2025-11-20T10:00:00.000Z','2026-05-05T10:00:00.000Z',NULL,'ef514e67-80a0-458b-850f-adc1b5babaa0','3.7.2',180,525600);
INSERT INTO sync_runs VALUES(6,9,'2026-05-07T12:00:00.000Z','2026-05-07T12:00:00.000Z','complete','',0,14,6,6,0,'2025-11-20T10:00:00.000Z','2026-05-07T10:00:00.000Z','2026-05-07T12:00:00.000Z','ef514e67-80a0-458b-850f-adc1b5babaa0','3.7.2',180,525600);
CREATE TABLE account_keys (
    pk            INTEGER PRIMARY KEY,
    account_id    TEXT NOT NULL UNIQUE CHECK (account_id = lower(account_id) AND length(account_id) = 36),
    first_seen_at TEXT,                   -- first listing that showed it
    last_seen_at  TEXT                    -- newest listing that showed it
) STRICT;
INSERT INTO account_keys VALUES(1,'1656f7d8-7739-4b4c-8107-c17dc8bcd3e7','2026-05-04T09:00:00.000Z','2026-05-07T12:00:00.000Z');
INSERT INTO account_keys VALUES(2,'3251fc41-9385-4eaf-99ec-e383ab42febd','2026-05-04T09:00:00.000Z','2026-05-07T12:00:00.000Z');
INSERT INTO account_keys VALUES(3,'3473a987-0fa7-46de-9438-be3d618dad7d','2026-05-04T09:00:00.000Z','2026-05-07T12:00:00.000Z');
INSERT INTO account_keys VALUES(4,'58c5ce76-a34f-416f-8d62-0b90f9726487','2026-05-04T09:00:00.000Z','2026-05-07T12:00:00.000Z');
INSERT INTO account_keys VALUES(5,'7a16a101-3305-4d66-ac72-29858e8e12ee','2026-05-04T09:00:00.000Z','2026-05-07T12:00:00.000Z');
INSERT INTO account_keys VALUES(6,'7c6a0a0e-a77f-4879-8ff7-c9221dd27f5b','2026-05-04T09:00:00.000Z','2026-05-07T12:00:00.000Z');
INSERT INTO account_keys VALUES(7,'82b90dff-85c7-421c-8912-ece389514df6','2026-05-04T09:00:00.000Z','2026-05-07T12:00:00.000Z');
INSERT INTO account_keys VALUES(8,'a5387956-7bed-45c2-8c39-d0aa13c0f107','2026-05-04T09:00:00.000Z','2026-05-07T12:00:00.000Z');
INSERT INTO account_keys VALUES(9,'a5d9ef5b-e5a3-4990-892d-8fc6c6e502a4','2026-05-04T09:00:00.000Z','2026-05-05T12:00:00.000Z');
INSERT INTO account_keys VALUES(10,'cc93eeb8-51ab-464c-8d87-6744a1c58db6','2026-05-04T09:00:00.000Z','2026-05-07T12:00:00.000Z');
INSERT INTO account_keys VALUES(11,'d0eb1344-873f-455b-b969-c5ea9757f13c','2026-05-04T09:00:00.000Z','2026-05-07T12:00:00.000Z');
INSERT INTO account_keys VALUES(12,'d88c4a1d-e67d-45a2-b26f-9fb870eb7e9a','2026-05-04T09:00:00.000Z','2026-05-07T12:00:00.000Z');
INSERT INTO account_keys VALUES(13,'dc271b2c-a3a4-4dac-8f49-c695a7845e6b','2026-05-04T09:00:00.000Z','2026-05-07T12:00:00.000Z');
INSERT INTO account_keys VALUES(14,'ef514e67-80a0-458b-850f-adc1b5babaa0','2026-05-04T09:00:00.000Z','2026-05-07T12:00:00.000Z');
INSERT INTO account_keys VALUES(15,'fd2e9594-58bc-431b-828f-521b16aa5096','2026-05-04T09:00:00.000Z','2026-05-07T12:00:00.000Z');
INSERT INTO account_keys VALUES(16,'712d9ec3-5d2b-4b13-824f-71f00191dcca',NULL,NULL);
CREATE TABLE account_versions (
    account_pk    INTEGER NOT NULL REFERENCES account_keys (pk),
    sync_run_id   INTEGER NOT NULL REFERENCES sync_runs (id),
    at            TEXT    NOT NULL,       -- the portal's clock when it was shown
    history_seq   INTEGER NOT NULL,       -- newest history row at that time; 0 for none
    presence      TEXT    NOT NULL CHECK (presence IN ('listed', 'gone')),
    email         TEXT    NOT NULL,
    display_name  TEXT    NOT NULL,
    kind          TEXT    NOT NULL CHECK (kind IN ('owner', 'docspace_admin', 'room_admin', 'user', 'guest', 'unknown')),
    status        TEXT    NOT NULL CHECK (status IN ('active', 'pending', 'disabled', 'unknown')),
    registered_at TEXT,
    management    TEXT    NOT NULL CHECK (management IN ('portal', 'directory')),
    groups        TEXT    NOT NULL CHECK (json_valid(groups)),  -- [[id, name], ...]
    PRIMARY KEY (account_pk, sync_run_id)
) STRICT, WITHOUT ROWID;
INSERT INTO account_versions VALUES(1,1,'2026-05-04T09:00:00.000Z',0,'listed','twice@agency.example','twice Guest','guest','active','2025-07-08T09:00:00.000Z','portal','[]');
INSERT INTO account_versions VALUES(1,3,'2026-05-05T12:00:00.000Z',15,'listed','twice@agency.example','twice Guest','guest','disabled','2025-07-08T09:00:00.000Z','portal','[]');
INSERT INTO account_versions VALUES(1,6,'2026-05-07T12:00:00.000Z',18,'listed','twice@agency.example','twice Guest','guest','active','2025-07-08T09:00:00.000Z','portal','[]');
INSERT INTO account_versions VALUES(2,1,'2026-05-04T09:00:00.000Z',0,'listed','refused@agency.example','refused Guest','guest','active','2025-07-08T09:00:00.000Z','portal','[]');
INSERT INTO account_versions VALUES(3,1,'2026-05-04T09:00:00.000Z',0,'listed','silent@agency.example','silent Guest','guest','active','2026-01-24T09:00:00.000Z','portal','[]');
INSERT INTO account_versions VALUES(3,3,'2026-05-05T12:00:00.000Z',15,'listed','silent@agency.example','silent Guest','guest','disabled','2026-01-24T09:00:00.000Z','portal','[]');
INSERT INTO account_versions VALUES(3,6,'2026-05-07T12:00:00.000Z',18,'listed','silent@agency.example','silent Guest','guest','active','2026-01-24T09:00:00.000Z','portal','[]');
INSERT INTO account_versions VALUES(4,1,'2026-05-04T09:00:00.000Z',0,'listed','by-key@agency.example','by-key Guest','guest','active','2025-07-08T09:00:00.000Z','portal','[]');
INSERT INTO account_versions VALUES(5,1,'2026-05-04T09:00:00.000Z',0,'listed','busy@agency.example','busy Guest','guest','active','2025-07-08T09:00:00.000Z','portal','[]');
INSERT INTO account_versions VALUES(6,1,'2026-05-04T09:00:00.000Z',0,'listed','ldap@agency.example','Lea Ldap','guest','active','2025-10-16T09:00:00.000Z','directory','[]');
INSERT INTO account_versions VALUES(7,1,'2026-05-04T09:00:00.000Z',0,'listed','idle@agency.example','idle Guest','guest','active','2025-07-08T09:00:00.000Z','portal','[]');
INSERT INTO account_versions VALUES(7,3,'2026-05-05T12:00:00.000Z',15,'listed','idle@agency.example','idle Guest','guest','disabled','2025-07-08T09:00:00.000Z','portal','[]');
INSERT INTO account_versions VALUES(8,1,'2026-05-04T09:00:00.000Z',0,'listed','disabled@agency.example','disabled Guest','guest','disabled','2025-10-16T09:00:00.000Z','portal','[]');
INSERT INTO account_versions VALUES(9,1,'2026-05-04T09:00:00.000Z',0,'listed','leaver@agency.example','leaver Guest','guest','active','2025-07-08T09:00:00.000Z','portal','[]');
INSERT INTO account_versions VALUES(9,6,'2026-05-07T12:00:00.000Z',18,'gone','leaver@agency.example','leaver Guest','guest','active','2025-07-08T09:00:00.000Z','portal','[]');
INSERT INTO account_versions VALUES(10,1,'2026-05-04T09:00:00.000Z',0,'listed','owner@portal.example.com','Olga Owner','owner','active','2023-11-16T09:00:00.000Z','portal','[]');
INSERT INTO account_versions VALUES(11,1,'2026-05-04T09:00:00.000Z',0,'listed','audited@agency.example','audited Guest','guest','active','2025-07-08T09:00:00.000Z','portal','[]');
INSERT INTO account_versions VALUES(12,1,'2026-05-04T09:00:00.000Z',0,'listed','invited@agency.example','invited@agency.example','guest','pending','2026-02-03T09:00:00.000Z','portal','[]');
INSERT INTO account_versions VALUES(12,3,'2026-05-05T12:00:00.000Z',15,'listed','invited@agency.example','invited@agency.example','guest','disabled','2026-02-03T09:00:00.000Z','portal','[]');
INSERT INTO account_versions VALUES(13,1,'2026-05-04T09:00:00.000Z',0,'listed','exempt@agency.example','exempt Guest','guest','active','2025-07-08T09:00:00.000Z','portal','[]');
INSERT INTO account_versions VALUES(14,1,'2026-05-04T09:00:00.000Z',0,'listed','key@portal.example','Kay Key','docspace_admin','active','2025-03-30T09:00:00.000Z','portal','[["519aa81d-d056-4ac4-9eac-3f4fbf36fd26","Externals"]]');
INSERT INTO account_versions VALUES(15,1,'2026-05-04T09:00:00.000Z',0,'listed','back@agency.example','back Guest','guest','active','2025-07-08T09:00:00.000Z','portal','[]');
CREATE TABLE events (
    event_id    INTEGER PRIMARY KEY,      -- the portal's id
    account_pk  INTEGER NOT NULL REFERENCES account_keys (pk),
    at_ms       INTEGER NOT NULL,         -- milliseconds since 1970 UTC
    action_code INTEGER NOT NULL,
    sync_run_id INTEGER NOT NULL REFERENCES sync_runs (id),   -- the first run that saw it
    ip          TEXT,
    country     TEXT,
    city        TEXT,
    browser     TEXT,
    platform    TEXT
) STRICT;
INSERT INTO events VALUES(400001,10,1777876200000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400002,10,1777789800000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400003,10,1777703400000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400004,10,1777617000000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400005,10,1777530600000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400006,10,1777444200000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400007,10,1777357800000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400008,10,1777271400000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400009,10,1777185000000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400010,10,1777098600000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400011,10,1777012200000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400012,10,1776925800000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400013,10,1776839400000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400014,10,1776753000000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400015,10,1776666600000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400016,10,1776580200000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400017,10,1776493800000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400018,10,1776407400000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400019,10,1776321000000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400020,10,1776234600000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400021,10,1776148200000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400022,10,1776061800000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400023,10,1775975400000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400024,10,1775889000000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400025,10,1775802600000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400026,10,1775716200000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400027,10,1775629800000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400028,10,1775543400000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400029,10,1775457000000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400030,10,1775370600000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400031,10,1775284200000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400032,10,1775197800000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400033,10,1775111400000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400034,10,1775025000000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400035,10,1774938600000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400036,10,1774852200000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400037,10,1774765800000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400038,10,1774679400000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400039,10,1774593000000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400040,10,1774506600000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400041,10,1774420200000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400042,10,1774333800000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400043,10,1774247400000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400044,10,1774161000000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400045,10,1774074600000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400046,10,1773988200000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400047,10,1773901800000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400048,10,1773815400000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400049,10,1773729000000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400050,10,1773642600000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400051,10,1773556200000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400052,10,1773469800000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400053,10,1773383400000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400054,10,1773297000000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400055,10,1773210600000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400056,10,1773124200000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400057,10,1773037800000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400058,10,1772951400000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400059,10,1772865000000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400060,10,1772778600000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400061,10,1772692200000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400062,10,1772605800000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400063,10,1772519400000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400064,10,1772433000000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400065,10,1772346600000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400066,10,1772260200000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400067,10,1772173800000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400068,10,1772087400000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400069,10,1772001000000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400070,10,1771914600000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400071,10,1771828200000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400072,10,1771741800000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400073,10,1771655400000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400074,10,1771569000000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400075,10,1771482600000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400076,10,1771396200000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400077,10,1771309800000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400078,10,1771223400000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400079,10,1771137000000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400080,10,1771050600000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400081,10,1770964200000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400082,10,1770877800000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400083,10,1770791400000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400084,10,1770705000000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400085,10,1770618600000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400086,10,1770532200000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400087,10,1770445800000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400088,10,1770359400000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400089,10,1770273000000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400090,10,1770186600000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400091,10,1770100200000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400092,10,1770013800000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400093,10,1769927400000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400094,10,1769841000000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400095,10,1769754600000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400096,10,1769668200000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400097,10,1769581800000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400098,10,1769495400000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400099,10,1769409000000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400100,10,1769322600000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400101,10,1769236200000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400102,10,1769149800000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400103,10,1769063400000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400104,10,1768977000000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400105,10,1768890600000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400106,10,1768804200000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400107,10,1768717800000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400108,10,1768631400000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400109,10,1768545000000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400110,10,1768458600000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400111,10,1768372200000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400112,10,1768285800000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400113,10,1768199400000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400114,10,1768113000000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400115,10,1768026600000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400116,10,1767940200000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400117,10,1767853800000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400118,10,1767767400000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400119,10,1767681000000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400120,10,1767594600000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400121,10,1767508200000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400122,10,1767421800000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400123,10,1767335400000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400124,10,1767249000000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400125,10,1767162600000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400126,10,1767076200000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400127,10,1766989800000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400128,10,1766903400000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400129,10,1766817000000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400130,10,1766730600000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400131,10,1766644200000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400132,10,1766557800000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400133,10,1766471400000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400134,10,1766385000000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400135,10,1766298600000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400136,10,1766212200000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400137,10,1766125800000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400138,10,1766039400000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400139,10,1765953000000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400140,10,1765866600000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400141,10,1765780200000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400142,10,1765693800000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400143,10,1765607400000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400144,10,1765521000000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400145,10,1765434600000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400146,10,1765348200000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400147,10,1765261800000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400148,10,1765175400000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400149,10,1765089000000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400150,10,1765002600000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400151,10,1764916200000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400152,10,1764829800000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400153,10,1764743400000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400154,10,1764657000000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400155,10,1764570600000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400156,10,1764484200000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400157,10,1764397800000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400158,10,1764311400000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400159,10,1764225000000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400160,10,1764138600000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400161,10,1764052200000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400162,10,1763965800000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400163,10,1763879400000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400164,10,1763793000000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400165,10,1763706600000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400166,10,1763620200000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400167,10,1763533800000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400168,10,1763447400000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400169,10,1763361000000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400170,10,1763274600000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400171,7,1770109200000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400172,7,1770109740000,1006,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400173,1,1770973200000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400174,1,1770973740000,1006,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400175,15,1771837200000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400176,15,1771837740000,1006,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400177,2,1772701200000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400178,2,1772701740000,1006,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400179,13,1773565200000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400180,13,1773565740000,1006,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400181,11,1773997200000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400182,11,1773997740000,1006,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400183,4,1774083600000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400184,4,1774084140000,1006,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400185,5,1777626000000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400186,5,1777626540000,1006,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400187,9,1777712400000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400188,9,1777712940000,1006,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400189,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400190,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400191,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400192,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400193,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400194,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400195,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400196,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400197,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400198,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400199,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400200,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400201,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400202,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400203,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400204,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400205,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400206,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400207,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400208,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400209,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400210,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400211,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400212,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400213,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400214,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400215,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400216,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400217,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400218,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400219,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400220,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400221,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400222,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400223,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400224,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400225,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400226,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400227,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400228,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400229,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400230,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400231,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400232,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400233,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400234,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400235,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400236,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400237,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400238,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400239,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400240,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400241,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400242,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400243,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400244,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400245,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400246,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400247,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400248,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400249,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400250,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400251,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400252,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400253,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400254,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400255,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400256,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400257,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400258,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400259,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400260,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400261,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400262,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400263,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400264,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400265,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400266,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400267,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400268,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400269,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400270,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400271,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400272,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400273,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400274,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400275,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400276,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400277,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400278,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400279,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400280,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400281,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400282,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400283,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400284,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400285,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400286,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400287,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400288,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400289,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400290,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400291,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400292,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400293,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400294,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400295,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400296,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400297,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400298,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400299,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400300,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400301,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400302,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400303,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400304,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400305,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400306,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400307,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400308,16,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400309,10,1777194000000,1999,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
INSERT INTO events VALUES(400310,15,1777885200000,1029,2,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10');
CREATE TABLE last_events (
    account_pk INTEGER NOT NULL REFERENCES account_keys (pk),
    class      TEXT    NOT NULL CHECK (class IN ('login', 'presence', 'other')),
    at_ms      INTEGER NOT NULL,
    event_id   INTEGER NOT NULL,
    PRIMARY KEY (account_pk, class)
) STRICT, WITHOUT ROWID;
INSERT INTO last_events VALUES(1,'login',1770973200000,400173);
INSERT INTO last_events VALUES(1,'presence',1770973740000,400174);
INSERT INTO last_events VALUES(2,'login',1772701200000,400177);
INSERT INTO last_events VALUES(2,'presence',1772701740000,400178);
INSERT INTO last_events VALUES(4,'login',1774083600000,400183);
INSERT INTO last_events VALUES(4,'presence',1774084140000,400184);
INSERT INTO last_events VALUES(5,'login',1777626000000,400185);
INSERT INTO last_events VALUES(5,'presence',1777626540000,400186);
INSERT INTO last_events VALUES(7,'login',1770109200000,400171);
INSERT INTO last_events VALUES(7,'presence',1770109740000,400172);
INSERT INTO last_events VALUES(9,'login',1777712400000,400187);
INSERT INTO last_events VALUES(9,'presence',1777712940000,400188);
INSERT INTO last_events VALUES(10,'login',1777876200000,400001);
INSERT INTO last_events VALUES(10,'other',1777194000000,400309);
INSERT INTO last_events VALUES(11,'login',1773997200000,400181);
INSERT INTO last_events VALUES(11,'presence',1773997740000,400182);
INSERT INTO last_events VALUES(13,'login',1773565200000,400179);
INSERT INTO last_events VALUES(13,'presence',1773565740000,400180);
INSERT INTO last_events VALUES(15,'login',1777885200000,400310);
INSERT INTO last_events VALUES(15,'presence',1771837740000,400176);
CREATE TABLE segments (
    id        INTEGER PRIMARY KEY,
    from_ms   INTEGER NOT NULL,
    to_ms     INTEGER NOT NULL,
    oldest_ms INTEGER NOT NULL,
    tail      TEXT    NOT NULL CHECK (json_valid(tail)),
    reaches   TEXT    NOT NULL CHECK (reaches IN ('open', 'end', 'hole')),
    CHECK (from_ms <= to_ms)
) STRICT;
INSERT INTO segments VALUES(1,1763632800000,1778148000000,1763629200000,'[400308,400307,400306,400305,400304,400303,400302,400301,400300,400299,400298,400297,400296,400295,400294,400293,400292,400291,400290,400289,400288,400287,400286,400285,400284,400283,400282,400281,400280,400279,400278,400277,400276,400275,400274,400273,400272,400271,400270,400269,400268,400267,400266,400265,400264,400263,400262,400261,400260,400259,400258,400257,400256,400255,400254,400253,400252,400251,400250,400249,400248,400247,400246,400245,400244,400243,400242,400241,400240,400239,400238,400237,400236,400235,400234,400233,400232,400231,400230,400229,400228,400227,400226,400225,400224,400223,400222,400221,400220,400219,400218,400217,400216,400215,400214,400213,400212,400211,400210,400209]','hole');
INSERT INTO segments VALUES(2,1763274600000,1763616600000,1763274600000,'[400166]','end');
CREATE TABLE holes (
    from_ms     INTEGER NOT NULL,
    to_ms       INTEGER NOT NULL,
    reason      TEXT    NOT NULL,
    sync_run_id INTEGER NOT NULL REFERENCES sync_runs (id),
    PRIMARY KEY (from_ms, to_ms),
    CHECK (from_ms <= to_ms)
) STRICT, WITHOUT ROWID;
INSERT INTO holes VALUES(1763620200000,1763629200000,'one second has more events than a page shows',1);
CREATE TABLE checks (
    account_pk  INTEGER NOT NULL REFERENCES account_keys (pk),
    checked_at  TEXT    NOT NULL,         -- the portal's clock when it answered
    event_id    INTEGER,                  -- null: no action by this account on record
    event_at    TEXT,
    action_code INTEGER,
    sync_run_id INTEGER NOT NULL REFERENCES sync_runs (id),
    PRIMARY KEY (account_pk, checked_at),
    CHECK ((event_id IS NULL) = (event_at IS NULL)),
    CHECK ((event_id IS NULL) = (action_code IS NULL))
) STRICT, WITHOUT ROWID;
INSERT INTO checks VALUES(1,'2026-05-04T09:00:00.000Z',NULL,NULL,NULL,1);
INSERT INTO checks VALUES(1,'2026-05-04T12:00:00.000Z',NULL,NULL,NULL,2);
INSERT INTO checks VALUES(2,'2026-05-04T09:00:00.000Z',NULL,NULL,NULL,1);
INSERT INTO checks VALUES(2,'2026-05-04T12:00:00.000Z',NULL,NULL,NULL,2);
INSERT INTO checks VALUES(2,'2026-05-05T12:00:00.000Z',NULL,NULL,NULL,3);
INSERT INTO checks VALUES(2,'2026-05-07T12:00:00.000Z',NULL,NULL,NULL,6);
INSERT INTO checks VALUES(3,'2026-05-04T09:00:00.000Z',NULL,NULL,NULL,1);
INSERT INTO checks VALUES(3,'2026-05-04T12:00:00.000Z',NULL,NULL,NULL,2);
INSERT INTO checks VALUES(7,'2026-05-04T09:00:00.000Z',NULL,NULL,NULL,1);
INSERT INTO checks VALUES(7,'2026-05-04T12:00:00.000Z',NULL,NULL,NULL,2);
INSERT INTO checks VALUES(11,'2026-05-04T09:00:00.000Z',90001,'2026-04-30T09:00:00.000Z',5054,1);
INSERT INTO checks VALUES(12,'2026-05-04T09:00:00.000Z',NULL,NULL,NULL,1);
INSERT INTO checks VALUES(12,'2026-05-04T12:00:00.000Z',NULL,NULL,NULL,2);
INSERT INTO checks VALUES(15,'2026-05-04T09:00:00.000Z',NULL,NULL,NULL,1);
CREATE TABLE key_uses (
    account_pk  INTEGER NOT NULL REFERENCES account_keys (pk),
    used_at     TEXT    NOT NULL,
    sync_run_id INTEGER NOT NULL REFERENCES sync_runs (id),
    PRIMARY KEY (account_pk, used_at)
) STRICT, WITHOUT ROWID;
INSERT INTO key_uses VALUES(4,'2026-05-03T09:00:00.000Z',1);
INSERT INTO key_uses VALUES(14,'2026-05-04T09:00:00.000Z',1);
INSERT INTO key_uses VALUES(14,'2026-05-04T12:00:00.000Z',2);
INSERT INTO key_uses VALUES(14,'2026-05-05T12:00:00.000Z',3);
INSERT INTO key_uses VALUES(14,'2026-05-07T12:00:00.000Z',6);
CREATE TABLE status_changes (
    event_id    INTEGER NOT NULL,
    account_pk  INTEGER NOT NULL REFERENCES account_keys (pk),
    at          TEXT    NOT NULL,
    action_code INTEGER NOT NULL CHECK (action_code IN (4020, 4006)),
    actor_id    TEXT    NOT NULL,         -- who made the change
    targets     INTEGER NOT NULL CHECK (targets >= 1),   -- accounts named by the event
    sync_run_id INTEGER NOT NULL REFERENCES sync_runs (id),
    PRIMARY KEY (event_id, account_pk)
) STRICT, WITHOUT ROWID;
INSERT INTO status_changes VALUES(90003,3,'2026-05-04T12:00:00.000Z',4020,'ef514e67-80a0-458b-850f-adc1b5babaa0',1,2);
INSERT INTO status_changes VALUES(90005,7,'2026-05-04T12:00:00.000Z',4020,'ef514e67-80a0-458b-850f-adc1b5babaa0',1,2);
INSERT INTO status_changes VALUES(90007,12,'2026-05-04T12:00:00.000Z',4020,'ef514e67-80a0-458b-850f-adc1b5babaa0',1,2);
INSERT INTO status_changes VALUES(90009,1,'2026-05-04T12:00:00.000Z',4020,'ef514e67-80a0-458b-850f-adc1b5babaa0',1,2);
INSERT INTO status_changes VALUES(90010,1,'2026-05-05T12:00:00.000Z',4020,'ef514e67-80a0-458b-850f-adc1b5babaa0',1,4);
INSERT INTO status_changes VALUES(90011,3,'2026-05-06T12:00:00.000Z',4020,'cc93eeb8-51ab-464c-8d87-6744a1c58db6',1,6);
CREATE TABLE rosters (
    sync_run_id INTEGER PRIMARY KEY REFERENCES sync_runs (id),
    at          TEXT NOT NULL,
    sha256      TEXT NOT NULL             -- of the files as given, in order
) STRICT;
INSERT INTO rosters VALUES(3,'2026-05-05T12:00:00.000Z','a0008ae0dc6c053dee08524429dbb0788bfc3e97679937c6f9515afdcb64261a');
CREATE TABLE roster_rows (
    sync_run_id  INTEGER NOT NULL REFERENCES rosters (sync_run_id),
    place        INTEGER NOT NULL,        -- order over all files of the roster
    file         TEXT    NOT NULL,
    line         INTEGER NOT NULL CHECK (line >= 1),
    id           TEXT,
    email        TEXT,
    display_name TEXT,
    contract_end TEXT,                    -- date
    extra        TEXT    NOT NULL CHECK (json_valid(extra)),  -- columns that dormouse does not use
    PRIMARY KEY (sync_run_id, place)
) STRICT, WITHOUT ROWID;
INSERT INTO roster_rows VALUES(3,0,'hr.csv',2,NULL,'idle@agency.example','Ida Idle',NULL,'{"Cost centre":"K1"}');
INSERT INTO roster_rows VALUES(3,1,'hr.csv',3,NULL,'busy@agency.example','Bo Busy','2026-04-30','{"Cost centre":"K1"}');
INSERT INTO roster_rows VALUES(3,2,'hr.csv',4,NULL,'back@agency.example','Ben Back',NULL,'{"Cost centre":"K2"}');
INSERT INTO roster_rows VALUES(3,3,'hr.csv',5,NULL,'refused@agency.example','Ruth Refused',NULL,'{"Cost centre":"K2"}');
INSERT INTO roster_rows VALUES(3,4,'hr.csv',6,NULL,'silent@agency.example','Sid Silent',NULL,'{"Cost centre":"K3"}');
INSERT INTO roster_rows VALUES(3,5,'hr.csv',7,NULL,'twice@agency.example','Ted Twice',NULL,'{"Cost centre":"K3"}');
INSERT INTO roster_rows VALUES(3,6,'hr.csv',8,NULL,'nobody@agency.example','Not There',NULL,'{"Cost centre":"K4"}');
CREATE TABLE population (
    account_pk INTEGER PRIMARY KEY REFERENCES account_keys (pk),
    source     TEXT NOT NULL CHECK (source IN ('roster', 'portal'))
) STRICT;
INSERT INTO population VALUES(1,'roster');
INSERT INTO population VALUES(2,'roster');
INSERT INTO population VALUES(3,'roster');
INSERT INTO population VALUES(5,'roster');
INSERT INTO population VALUES(7,'roster');
INSERT INTO population VALUES(15,'roster');
CREATE TABLE decisions (
    id              INTEGER PRIMARY KEY,
    decided_at      TEXT    NOT NULL,     -- this machine's clock
    as_of           TEXT    NOT NULL,     -- the moment decided
    current         INTEGER NOT NULL CHECK (current IN (0, 1)),
    inactivity_days INTEGER NOT NULL CHECK (inactivity_days >= 1),
    policy          TEXT    NOT NULL CHECK (json_valid(policy)),
    policy_sha256   TEXT    NOT NULL,     -- of policy, byte for byte
    digest          TEXT    NOT NULL,
    sync_run_id     INTEGER NOT NULL REFERENCES sync_runs (id),  -- newest evidence used
    history_seq     INTEGER NOT NULL,     -- newest history row used; 0 for none
    coverage_from   TEXT,
    coverage_to     TEXT,
    CHECK ((coverage_from IS NULL) = (coverage_to IS NULL))
) STRICT;
INSERT INTO decisions VALUES(1,'2026-05-04T09:00:00.000Z','2026-05-04T07:00:00.000Z',1,30,'{"inactivity_days":30,"never_logged_in_grace_days":30,"signals":["logins","audit"],"population":{"kinds":["guest"],"groups":[],"email_domains":[]},"exemptions":[{"email":"exempt@agency.example","reason":"on parental leave","owner":"HR","expires":"2026-06-30"}]}','06d3aa930ea82d342439ab9b6dc3f2f4e0c98f3e0c6dc2deac54b40b46b93618','sha256:c277ad0298a2ece22e022fa76a9e9d56ce97412f7eb936a68ac50c2ab3715451',1,0,'2025-11-20T10:00:00.000Z','2026-05-04T07:00:00.000Z');
INSERT INTO decisions VALUES(2,'2026-05-05T12:00:00.000Z','2026-05-05T10:00:00.000Z',1,45,'{"inactivity_days":45,"never_logged_in_grace_days":45,"signals":["logins","audit"],"population":{"kinds":["guest"],"groups":[],"email_domains":[]},"exemptions":[{"email":"exempt@agency.example","reason":"on parental leave","owner":"HR","expires":"2026-06-30"}]}','08c8d2c934e70c0b8cebbb8462de7335b53eb0b86e27bc61b9d8d5be39b97a85','sha256:1016ff0e661641bf8c26d2c518e29711b00ab9636938744cb9415321fd0a61bf',3,15,'2025-11-20T10:00:00.000Z','2026-05-05T10:00:00.000Z');
INSERT INTO decisions VALUES(3,'2026-05-07T12:00:00.000Z','2026-05-01T00:00:00.000Z',0,30,'{"inactivity_days":30,"never_logged_in_grace_days":30,"signals":["logins","audit"],"population":{"kinds":["guest"],"groups":[],"email_domains":[]},"exemptions":[{"email":"exempt@agency.example","reason":"on parental leave","owner":"HR","expires":"2026-06-30"}]}','06d3aa930ea82d342439ab9b6dc3f2f4e0c98f3e0c6dc2deac54b40b46b93618','sha256:9b31ecd626be706434d42672199b1486e738e5ff96ea0b16b2313641e0e6b82d',6,18,'2025-11-20T10:00:00.000Z','2026-05-07T10:00:00.000Z');
INSERT INTO decisions VALUES(4,'2026-05-07T12:00:00.000Z','2026-05-07T10:00:00.000Z',1,30,'{"inactivity_days":30,"never_logged_in_grace_days":30,"signals":["logins","audit"],"population":{"kinds":["guest"],"groups":[],"email_domains":[]},"exemptions":[{"email":"exempt@agency.example","reason":"on parental leave","owner":"HR","expires":"2026-06-30"}]}','06d3aa930ea82d342439ab9b6dc3f2f4e0c98f3e0c6dc2deac54b40b46b93618','sha256:d6532c6dec880d10538eaaeb537cd94dfebe866442c7a66597db1f16761d1862',6,18,'2025-11-20T10:00:00.000Z','2026-05-07T10:00:00.000Z');
CREATE TABLE verdicts (
    decision_id          INTEGER NOT NULL REFERENCES decisions (id) DEFERRABLE INITIALLY DEFERRED,
    account_id           TEXT    NOT NULL,
    email                TEXT    NOT NULL,
    display_name         TEXT    NOT NULL,
    kind                 TEXT    NOT NULL,
    registered_at        TEXT,
    verdict              TEXT    NOT NULL CHECK (verdict IN ('active', 'inactive', 'exempt', 'disabled', 'undetermined')),
    reason               TEXT    NOT NULL,
    last_activity_at     TEXT,
    last_activity_source TEXT CHECK (last_activity_source IN ('login', 'presence', 'other', 'audit', 'api_key')),
    last_event_id        INTEGER,
    idle_days            INTEGER CHECK (idle_days >= 0),
    PRIMARY KEY (decision_id, account_id),
    CHECK ((last_activity_at IS NULL) = (last_activity_source IS NULL))
) STRICT, WITHOUT ROWID;
INSERT INTO verdicts VALUES(1,'1656f7d8-7739-4b4c-8107-c17dc8bcd3e7','twice@agency.example','twice Guest','guest','2025-07-08T09:00:00.000Z','inactive','idle','2026-02-13T09:09:00.000Z','presence',400174,79);
INSERT INTO verdicts VALUES(1,'3251fc41-9385-4eaf-99ec-e383ab42febd','refused@agency.example','refused Guest','guest','2025-07-08T09:00:00.000Z','inactive','idle','2026-03-05T09:09:00.000Z','presence',400178,59);
INSERT INTO verdicts VALUES(1,'3473a987-0fa7-46de-9438-be3d618dad7d','silent@agency.example','silent Guest','guest','2026-01-24T09:00:00.000Z','inactive','never_logged_in',NULL,NULL,NULL,99);
INSERT INTO verdicts VALUES(1,'58c5ce76-a34f-416f-8d62-0b90f9726487','by-key@agency.example','by-key Guest','guest','2025-07-08T09:00:00.000Z','active','recent_activity','2026-05-03T09:00:00.000Z','api_key',NULL,0);
INSERT INTO verdicts VALUES(1,'7a16a101-3305-4d66-ac72-29858e8e12ee','busy@agency.example','busy Guest','guest','2025-07-08T09:00:00.000Z','active','recent_activity','2026-05-01T09:09:00.000Z','presence',400186,2);
INSERT INTO verdicts VALUES(1,'7c6a0a0e-a77f-4879-8ff7-c9221dd27f5b','ldap@agency.example','Lea Ldap','guest','2025-10-16T09:00:00.000Z','exempt','directory_managed',NULL,NULL,NULL,164);
INSERT INTO verdicts VALUES(1,'82b90dff-85c7-421c-8912-ece389514df6','idle@agency.example','idle Guest','guest','2025-07-08T09:00:00.000Z','inactive','idle','2026-02-03T09:09:00.000Z','presence',400172,89);
INSERT INTO verdicts VALUES(1,'a5387956-7bed-45c2-8c39-d0aa13c0f107','disabled@agency.example','disabled Guest','guest','2025-10-16T09:00:00.000Z','disabled','already_disabled',NULL,NULL,NULL,164);
INSERT INTO verdicts VALUES(1,'a5d9ef5b-e5a3-4990-892d-8fc6c6e502a4','leaver@agency.example','leaver Guest','guest','2025-07-08T09:00:00.000Z','active','recent_activity','2026-05-02T09:09:00.000Z','presence',400188,1);
INSERT INTO verdicts VALUES(1,'d0eb1344-873f-455b-b969-c5ea9757f13c','audited@agency.example','audited Guest','guest','2025-07-08T09:00:00.000Z','active','recent_activity','2026-04-30T09:00:00.000Z','audit',90001,3);
INSERT INTO verdicts VALUES(1,'d88c4a1d-e67d-45a2-b26f-9fb870eb7e9a','invited@agency.example','invited@agency.example','guest','2026-02-03T09:00:00.000Z','inactive','never_logged_in',NULL,NULL,NULL,89);
INSERT INTO verdicts VALUES(1,'dc271b2c-a3a4-4dac-8f49-c695a7845e6b','exempt@agency.example','exempt Guest','guest','2025-07-08T09:00:00.000Z','exempt','exemption','2026-03-15T09:09:00.000Z','presence',400180,49);
INSERT INTO verdicts VALUES(1,'fd2e9594-58bc-431b-828f-521b16aa5096','back@agency.example','back Guest','guest','2025-07-08T09:00:00.000Z','inactive','idle','2026-02-23T09:09:00.000Z','presence',400176,69);
INSERT INTO verdicts VALUES(2,'1656f7d8-7739-4b4c-8107-c17dc8bcd3e7','twice@agency.example','twice Guest','guest','2025-07-08T09:00:00.000Z','disabled','already_disabled','2026-02-13T09:09:00.000Z','presence',400174,81);
INSERT INTO verdicts VALUES(2,'3251fc41-9385-4eaf-99ec-e383ab42febd','refused@agency.example','refused Guest','guest','2025-07-08T09:00:00.000Z','inactive','idle','2026-03-05T09:09:00.000Z','presence',400178,61);
INSERT INTO verdicts VALUES(2,'3473a987-0fa7-46de-9438-be3d618dad7d','silent@agency.example','silent Guest','guest','2026-01-24T09:00:00.000Z','disabled','already_disabled',NULL,NULL,NULL,101);
INSERT INTO verdicts VALUES(2,'7a16a101-3305-4d66-ac72-29858e8e12ee','busy@agency.example','busy Guest','guest','2025-07-08T09:00:00.000Z','active','recent_activity','2026-05-01T09:09:00.000Z','presence',400186,4);
INSERT INTO verdicts VALUES(2,'82b90dff-85c7-421c-8912-ece389514df6','idle@agency.example','idle Guest','guest','2025-07-08T09:00:00.000Z','disabled','already_disabled','2026-02-03T09:09:00.000Z','presence',400172,91);
INSERT INTO verdicts VALUES(2,'fd2e9594-58bc-431b-828f-521b16aa5096','back@agency.example','back Guest','guest','2025-07-08T09:00:00.000Z','active','recent_activity','2026-05-04T09:00:00.000Z','login',400310,1);
INSERT INTO verdicts VALUES(3,'1656f7d8-7739-4b4c-8107-c17dc8bcd3e7','twice@agency.example','twice Guest','guest','2025-07-08T09:00:00.000Z','inactive','idle','2026-02-13T09:09:00.000Z','presence',400174,76);
INSERT INTO verdicts VALUES(3,'3251fc41-9385-4eaf-99ec-e383ab42febd','refused@agency.example','refused Guest','guest','2025-07-08T09:00:00.000Z','inactive','idle','2026-03-05T09:09:00.000Z','presence',400178,56);
INSERT INTO verdicts VALUES(3,'3473a987-0fa7-46de-9438-be3d618dad7d','silent@agency.example','silent Guest','guest','2026-01-24T09:00:00.000Z','inactive','never_logged_in',NULL,NULL,NULL,96);
INSERT INTO verdicts VALUES(3,'7a16a101-3305-4d66-ac72-29858e8e12ee','busy@agency.example','busy Guest','guest','2025-07-08T09:00:00.000Z','undetermined','no_activity_check',NULL,NULL,NULL,161);
INSERT INTO verdicts VALUES(3,'82b90dff-85c7-421c-8912-ece389514df6','idle@agency.example','idle Guest','guest','2025-07-08T09:00:00.000Z','inactive','idle','2026-02-03T09:09:00.000Z','presence',400172,86);
INSERT INTO verdicts VALUES(3,'fd2e9594-58bc-431b-828f-521b16aa5096','back@agency.example','back Guest','guest','2025-07-08T09:00:00.000Z','inactive','idle','2026-02-23T09:09:00.000Z','presence',400176,66);
INSERT INTO verdicts VALUES(4,'1656f7d8-7739-4b4c-8107-c17dc8bcd3e7','twice@agency.example','twice Guest','guest','2025-07-08T09:00:00.000Z','active','recently_enabled','2026-02-13T09:09:00.000Z','presence',400174,1);
INSERT INTO verdicts VALUES(4,'3251fc41-9385-4eaf-99ec-e383ab42febd','refused@agency.example','refused Guest','guest','2025-07-08T09:00:00.000Z','inactive','idle','2026-03-05T09:09:00.000Z','presence',400178,63);
INSERT INTO verdicts VALUES(4,'3473a987-0fa7-46de-9438-be3d618dad7d','silent@agency.example','silent Guest','guest','2026-01-24T09:00:00.000Z','active','recently_enabled',NULL,NULL,NULL,0);
INSERT INTO verdicts VALUES(4,'7a16a101-3305-4d66-ac72-29858e8e12ee','busy@agency.example','busy Guest','guest','2025-07-08T09:00:00.000Z','active','recent_activity','2026-05-01T09:09:00.000Z','presence',400186,6);
INSERT INTO verdicts VALUES(4,'82b90dff-85c7-421c-8912-ece389514df6','idle@agency.example','idle Guest','guest','2025-07-08T09:00:00.000Z','disabled','already_disabled','2026-02-03T09:09:00.000Z','presence',400172,93);
INSERT INTO verdicts VALUES(4,'fd2e9594-58bc-431b-828f-521b16aa5096','back@agency.example','back Guest','guest','2025-07-08T09:00:00.000Z','active','recent_activity','2026-05-04T09:00:00.000Z','login',400310,3);
CREATE TABLE history (
    seq             INTEGER PRIMARY KEY,
    at              TEXT    NOT NULL,
    run_id          INTEGER NOT NULL REFERENCES runs (id),
    decision_id     INTEGER REFERENCES decisions (id),
    account_id      TEXT    NOT NULL,
    email           TEXT    NOT NULL,
    action          TEXT    NOT NULL CHECK (action IN ('disable', 'enable')),
    phase           TEXT    NOT NULL CHECK (phase IN ('intent', 'outcome', 'corroboration')),
    outcome         TEXT    CHECK (outcome IN ('applied', 'skipped', 'refused', 'failed')),
    detail          TEXT    NOT NULL,
    actor           TEXT    NOT NULL,     -- account of the key used
    status_before   TEXT    CHECK (status_before IN ('active', 'pending', 'disabled', 'unknown')),
    status_after    TEXT    CHECK (status_after IN ('active', 'pending', 'disabled', 'unknown')),
    http_status     INTEGER,
    portal_event_id INTEGER,
    prev_hash       TEXT    NOT NULL,
    hash            TEXT    NOT NULL UNIQUE CHECK (length(hash) = 64),
    CHECK ((phase = 'outcome') = (outcome IS NOT NULL)),
    CHECK (phase <> 'corroboration' OR portal_event_id IS NOT NULL)
) STRICT;
INSERT INTO history VALUES(1,'2026-05-04T12:00:00.000Z',4,1,'fd2e9594-58bc-431b-828f-521b16aa5096','back@agency.example','disable','outcome','skipped','active (recent_activity): last activity 2026-05-04T09:00:00.000Z by login (event 400310), 0 days ago; inactive after 30 days','ef514e67-80a0-458b-850f-adc1b5babaa0','active','active',NULL,NULL,'0000000000000000000000000000000000000000000000000000000000000000','b607fd1dd052e2a83d5c0e7d419c73c007c159247c46e7f1ec7531fe9cc3004c');
INSERT INTO history VALUES(2,'2026-05-04T12:00:00.000Z',4,1,'3473a987-0fa7-46de-9438-be3d618dad7d','silent@agency.example','disable','intent',NULL,'sha256:c277ad0298a2ece22e022fa76a9e9d56ce97412f7eb936a68ac50c2ab3715451','ef514e67-80a0-458b-850f-adc1b5babaa0','active',NULL,NULL,NULL,'b607fd1dd052e2a83d5c0e7d419c73c007c159247c46e7f1ec7531fe9cc3004c','e7e724573c9df908c6b72e7ff80fb07772c9e1a91918cbaa8899938cf60a4fb0');
INSERT INTO history VALUES(3,'2026-05-04T12:00:00.000Z',4,1,'82b90dff-85c7-421c-8912-ece389514df6','idle@agency.example','disable','intent',NULL,'sha256:c277ad0298a2ece22e022fa76a9e9d56ce97412f7eb936a68ac50c2ab3715451','ef514e67-80a0-458b-850f-adc1b5babaa0','active',NULL,NULL,NULL,'e7e724573c9df908c6b72e7ff80fb07772c9e1a91918cbaa8899938cf60a4fb0','6b602a09dda2d31b2c999b309508e8ba8a60c7e3ed03f87877aa443bd91fffad');
INSERT INTO history VALUES(4,'2026-05-04T12:00:00.000Z',4,1,'d88c4a1d-e67d-45a2-b26f-9fb870eb7e9a','invited@agency.example','disable','intent',NULL,'sha256:c277ad0298a2ece22e022fa76a9e9d56ce97412f7eb936a68ac50c2ab3715451','ef514e67-80a0-458b-850f-adc1b5babaa0','pending',NULL,NULL,NULL,'6b602a09dda2d31b2c999b309508e8ba8a60c7e3ed03f87877aa443bd91fffad','dd1a1cfee5e303860ee7253bdd30cc9e16ece90f8d5d4997773238902ea6755c');
INSERT INTO history VALUES(5,'2026-05-04T12:00:00.000Z',4,1,'1656f7d8-7739-4b4c-8107-c17dc8bcd3e7','twice@agency.example','disable','intent',NULL,'sha256:c277ad0298a2ece22e022fa76a9e9d56ce97412f7eb936a68ac50c2ab3715451','ef514e67-80a0-458b-850f-adc1b5babaa0','active',NULL,NULL,NULL,'dd1a1cfee5e303860ee7253bdd30cc9e16ece90f8d5d4997773238902ea6755c','4a850527b9bca0bd22feafab1aa3e420d702f3cd3938d698deeb3479c45dafbd');
INSERT INTO history VALUES(6,'2026-05-04T12:00:00.000Z',4,1,'3473a987-0fa7-46de-9438-be3d618dad7d','silent@agency.example','disable','outcome','applied','the answer shows disabled','ef514e67-80a0-458b-850f-adc1b5babaa0','active','disabled',200,NULL,'4a850527b9bca0bd22feafab1aa3e420d702f3cd3938d698deeb3479c45dafbd','11784d493ec056b8a942fee58c8e82e752b1c41b71baf3d111ae24dfd690380a');
INSERT INTO history VALUES(7,'2026-05-04T12:00:00.000Z',4,1,'82b90dff-85c7-421c-8912-ece389514df6','idle@agency.example','disable','outcome','applied','the answer shows disabled','ef514e67-80a0-458b-850f-adc1b5babaa0','active','disabled',200,NULL,'11784d493ec056b8a942fee58c8e82e752b1c41b71baf3d111ae24dfd690380a','22a5fc6a233b1f309b062aecf2f9f63189c6b00b3029018333a29b9a680b74db');
INSERT INTO history VALUES(8,'2026-05-04T12:00:00.000Z',4,1,'d88c4a1d-e67d-45a2-b26f-9fb870eb7e9a','invited@agency.example','disable','outcome','applied','the answer shows disabled','ef514e67-80a0-458b-850f-adc1b5babaa0','pending','disabled',200,NULL,'22a5fc6a233b1f309b062aecf2f9f63189c6b00b3029018333a29b9a680b74db','41c5fc8cfc9eb142a34c639d2c01c8dd79ab8d41995d0defe48c1d7c93e2b71c');
INSERT INTO history VALUES(9,'2026-05-04T12:00:00.000Z',4,1,'1656f7d8-7739-4b4c-8107-c17dc8bcd3e7','twice@agency.example','disable','outcome','applied','the answer shows disabled','ef514e67-80a0-458b-850f-adc1b5babaa0','active','disabled',200,NULL,'41c5fc8cfc9eb142a34c639d2c01c8dd79ab8d41995d0defe48c1d7c93e2b71c','0ffab3b16cdf208d4be5af58e0e52ea3c7338aa3003095931d41965db3ae051b');
INSERT INTO history VALUES(10,'2026-05-04T12:00:00.000Z',4,1,'3251fc41-9385-4eaf-99ec-e383ab42febd','refused@agency.example','disable','intent',NULL,'sha256:c277ad0298a2ece22e022fa76a9e9d56ce97412f7eb936a68ac50c2ab3715451','ef514e67-80a0-458b-850f-adc1b5babaa0','active',NULL,NULL,NULL,'0ffab3b16cdf208d4be5af58e0e52ea3c7338aa3003095931d41965db3ae051b','0f65a8c5683cc7ff29a1faefe5cd3717e1805f12cddcd62cf507a93c4dcccaf4');
INSERT INTO history VALUES(11,'2026-05-04T12:00:00.000Z',4,1,'3251fc41-9385-4eaf-99ec-e383ab42febd','refused@agency.example','disable','outcome','refused','the portal declined (403, "Access denied"): protected from this key, or deleted; it still is active','ef514e67-80a0-458b-850f-adc1b5babaa0','active','active',403,NULL,'0f65a8c5683cc7ff29a1faefe5cd3717e1805f12cddcd62cf507a93c4dcccaf4','9f74e7d44b328cebc9fe76dacdebf2523baf2715b56994f8cad51c126793e101');
INSERT INTO history VALUES(12,'2026-05-04T12:00:00.000Z',4,1,'3473a987-0fa7-46de-9438-be3d618dad7d','silent@agency.example','disable','corroboration',NULL,'the portal''s audit trail shows the change','ef514e67-80a0-458b-850f-adc1b5babaa0',NULL,NULL,NULL,90003,'9f74e7d44b328cebc9fe76dacdebf2523baf2715b56994f8cad51c126793e101','7d98f55f2e4fc62f8387b52569d778339da000f4a01ddde900b2c683775143ad');
INSERT INTO history VALUES(13,'2026-05-04T12:00:00.000Z',4,1,'82b90dff-85c7-421c-8912-ece389514df6','idle@agency.example','disable','corroboration',NULL,'the portal''s audit trail shows the change','ef514e67-80a0-458b-850f-adc1b5babaa0',NULL,NULL,NULL,90005,'7d98f55f2e4fc62f8387b52569d778339da000f4a01ddde900b2c683775143ad','9986e93e9747ca4b83f332b0b5dae77a0c8d773d8aa58987a497a3c0055af414');
INSERT INTO history VALUES(14,'2026-05-04T12:00:00.000Z',4,1,'d88c4a1d-e67d-45a2-b26f-9fb870eb7e9a','invited@agency.example','disable','corroboration',NULL,'the portal''s audit trail shows the change','ef514e67-80a0-458b-850f-adc1b5babaa0',NULL,NULL,NULL,90007,'9986e93e9747ca4b83f332b0b5dae77a0c8d773d8aa58987a497a3c0055af414','4a44fbad640d716cc6f0368fbde5e0536460013228cf14ca5de113a1885e0619');
INSERT INTO history VALUES(15,'2026-05-04T12:00:00.000Z',4,1,'1656f7d8-7739-4b4c-8107-c17dc8bcd3e7','twice@agency.example','disable','corroboration',NULL,'the portal''s audit trail shows the change','ef514e67-80a0-458b-850f-adc1b5babaa0',NULL,NULL,NULL,90009,'4a44fbad640d716cc6f0368fbde5e0536460013228cf14ca5de113a1885e0619','111c86206a6f29c274d2674035aed67087532e2597f6c4346e4b49fb4d3712ef');
INSERT INTO history VALUES(16,'2026-05-05T12:00:00.000Z',7,NULL,'1656f7d8-7739-4b4c-8107-c17dc8bcd3e7','twice@agency.example','enable','intent',NULL,'undoes run 4','ef514e67-80a0-458b-850f-adc1b5babaa0','disabled',NULL,NULL,NULL,'111c86206a6f29c274d2674035aed67087532e2597f6c4346e4b49fb4d3712ef','213c2bad86a232085f6428197a169fcfc42ecf37e378e58f188119db2d4edb7c');
INSERT INTO history VALUES(17,'2026-05-05T12:00:00.000Z',7,NULL,'1656f7d8-7739-4b4c-8107-c17dc8bcd3e7','twice@agency.example','enable','outcome','applied','the answer shows active','ef514e67-80a0-458b-850f-adc1b5babaa0','disabled','active',200,NULL,'213c2bad86a232085f6428197a169fcfc42ecf37e378e58f188119db2d4edb7c','2d424e5edb0a382db553f9dc170dda25eff4be802d6193f5f0a6ad07b5c59f32');
INSERT INTO history VALUES(18,'2026-05-05T12:00:00.000Z',7,NULL,'1656f7d8-7739-4b4c-8107-c17dc8bcd3e7','twice@agency.example','enable','corroboration',NULL,'the portal''s audit trail shows the change','ef514e67-80a0-458b-850f-adc1b5babaa0',NULL,NULL,NULL,90010,'2d424e5edb0a382db553f9dc170dda25eff4be802d6193f5f0a6ad07b5c59f32','bc612b14c5d356ab0c075beac8851cfe624d2cf86704639fa117be3c9d75d113');
CREATE TRIGGER runs_keep_rows BEFORE DELETE ON runs
BEGIN SELECT raise(ABORT, 'runs: rows are never deleted'); END;
CREATE TRIGGER runs_keep_results BEFORE UPDATE ON runs WHEN OLD.finished_at IS NOT NULL
BEGIN SELECT raise(ABORT, 'runs: a finished run is never changed'); END;
CREATE TRIGGER runs_append BEFORE INSERT ON runs
WHEN NEW.id <> (SELECT coalesce(max(id), 0) + 1 FROM runs)
BEGIN SELECT raise(ABORT, 'runs: id must be the last plus one'); END;
CREATE TRIGGER account_versions_keep BEFORE UPDATE ON account_versions
BEGIN SELECT raise(ABORT, 'account_versions: a version is never changed'); END;
CREATE VIEW accounts AS
SELECT k.account_id, v.email, v.display_name, v.kind, v.status, v.registered_at,
       k.first_seen_at, k.last_seen_at, v.presence, v.management, v.groups
FROM account_keys k
JOIN account_versions v ON v.account_pk = k.pk
WHERE v.sync_run_id = (SELECT max(sync_run_id) FROM account_versions WHERE account_pk = k.pk);
CREATE TRIGGER events_keep BEFORE UPDATE ON events
BEGIN SELECT raise(ABORT, 'events: an event is never changed'); END;
CREATE VIEW login_events AS
SELECT e.event_id, k.account_id,
       strftime('%Y-%m-%dT%H:%M:%fZ', e.at_ms / 1000.0, 'unixepoch') AS at,
       e.action_code,
       CASE
           WHEN e.action_code IN (1000, 1001, 1007, 1010, 1011, 1012, 1015, 1019, 1021, 1024, 1027, 1028, 1029) THEN 'login'
           WHEN e.action_code IN (1006, 1016, 1017) THEN 'presence'
           WHEN e.action_code IN (1002, 1003, 1004, 1005, 1008, 1009, 1013, 1014, 1018, 1020, 1022, 1023, 1025, 1026) THEN 'failure'
           ELSE 'other'
       END AS class,
       e.ip, e.country, e.city, e.browser, e.platform, e.sync_run_id
FROM events e JOIN account_keys k ON k.pk = e.account_pk;
CREATE VIEW coverage AS
SELECT strftime('%Y-%m-%dT%H:%M:%fZ', from_ms / 1000.0, 'unixepoch') AS from_at,
       strftime('%Y-%m-%dT%H:%M:%fZ', to_ms / 1000.0, 'unixepoch') AS to_at
FROM segments ORDER BY from_ms;
CREATE VIEW activity_checks AS
SELECT k.account_id, c.checked_at, c.event_id, c.event_at, c.action_code, c.sync_run_id
FROM checks c JOIN account_keys k ON k.pk = c.account_pk;
CREATE INDEX status_changes_of_account ON status_changes (account_pk, at);
CREATE VIEW contractors AS
SELECT a.account_id, a.email, a.display_name, a.kind, a.status, a.registered_at,
       a.first_seen_at, a.last_seen_at, p.source
FROM population p
JOIN account_keys k ON k.pk = p.account_pk
JOIN accounts a ON a.account_id = k.account_id;
CREATE TRIGGER decisions_append BEFORE INSERT ON decisions
WHEN NEW.id <> (SELECT coalesce(max(id), 0) + 1 FROM decisions)
BEGIN SELECT raise(ABORT, 'decisions: id must be the last plus one'); END;
CREATE TRIGGER decisions_no_update BEFORE UPDATE ON decisions
BEGIN SELECT raise(ABORT, 'decisions: rows are never changed'); END;
CREATE TRIGGER decisions_no_delete BEFORE DELETE ON decisions
BEGIN SELECT raise(ABORT, 'decisions: rows are never deleted'); END;
CREATE TRIGGER verdicts_sealed BEFORE INSERT ON verdicts
WHEN EXISTS (SELECT 1 FROM decisions WHERE id = NEW.decision_id)
BEGIN SELECT raise(ABORT, 'verdicts: the decision is sealed'); END;
CREATE TRIGGER verdicts_no_update BEFORE UPDATE ON verdicts
BEGIN SELECT raise(ABORT, 'verdicts: rows are never changed'); END;
CREATE TRIGGER verdicts_no_delete BEFORE DELETE ON verdicts
BEGIN SELECT raise(ABORT, 'verdicts: rows are never deleted'); END;
CREATE INDEX history_of_account ON history (account_id, seq);
CREATE INDEX history_of_run ON history (run_id, account_id, action);
CREATE TRIGGER history_append BEFORE INSERT ON history
WHEN NEW.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM history)
  OR NEW.prev_hash <> coalesce((SELECT hash FROM history ORDER BY seq DESC LIMIT 1),
                               '0000000000000000000000000000000000000000000000000000000000000000')
BEGIN SELECT raise(ABORT, 'history: rows are only appended, each to the end of the chain'); END;
CREATE TRIGGER history_no_update BEFORE UPDATE ON history
BEGIN SELECT raise(ABORT, 'history: rows are never changed'); END;
CREATE TRIGGER history_no_delete BEFORE DELETE ON history
BEGIN SELECT raise(ABORT, 'history: rows are never deleted'); END;
CREATE INDEX account_versions_by_email ON account_versions (lower(email));
CREATE INDEX account_versions_odd_email ON account_versions (email) WHERE email GLOB '*[^!-~]*';
CREATE INDEX roster_rows_by_email ON roster_rows (sync_run_id, lower(email));
CREATE INDEX roster_rows_odd_email ON roster_rows (sync_run_id, email) WHERE email GLOB '*[^!-~]*';
CREATE INDEX roster_rows_by_id ON roster_rows (sync_run_id, lower(id));
CREATE INDEX events_of_account ON events (account_pk, at_ms)
WHERE action_code NOT IN (1002, 1003, 1004, 1005, 1008, 1009, 1013, 1014, 1018, 1020, 1022, 1023, 1025, 1026);
COMMIT;
