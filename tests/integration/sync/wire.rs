//! Answers as the server writes them, traps included, and what becomes of them in the store.

use sandbox::{Fault, Rule, World};

use super::support::{AUDIT, LOGINS, PEOPLE, Site, at};

const LOGIN_PAGE: &str = r#"{"response":[
 {"id":418233,"date":"2026-01-15T13:30:02.0000000+03:00","user":"Ann Guest","userId":"2f6c1c1e-5b0a-4a55-9d7e-0a4b8d3f1a10","action":"Login success via login and password","actionId":1029,"ip":"203.0.113.7","country":"Germany","city":"Berlin","browser":"Chrome 131","platform":"Windows 10","page":"https://portal.example.com/login?key=secret"},
 {"id":418231,"date":"2026-01-15T13:29:40.0000000+03:00","user":"ann@contractor.example","userId":"712d9ec3-5d2b-4b13-824f-71f00191dcca","login":"ann@contractor.example","action":"Failed Login via API","actionId":1013,"ip":"203.0.113.7","country":"","city":"","page":"https://portal.example.com/login"},
 {"id":418102,"date":"2026-01-15T09:02:11.0000000+03:00","user":"Bob User","userId":"9d1f0d55-1c2b-4f0e-8a55-6a2f0f6f2b77","login":"Bob User","action":"Logout","actionId":1006,"ip":"2001","country":"","city":"","browser":"Firefox 133","platform":"Linux","page":"https://portal.example.com/rooms/shared"},
 {"id":418101,"date":"2026-01-15T06:02:11.0000000Z","user":"Bob User","userId":"9d1f0d55-1c2b-4f0e-8a55-6a2f0f6f2b77","action":"","actionId":1042,"ip":"","country":"","city":"","page":"","aNewProperty":{"of":["a","later","release"]}}],
 "count":4,"links":[{"href":"https://portal.example.com/api/2.0/security/audit/login/filter?count=100","action":"GET"}],"status":0,"statusCode":200}"#;

const CHANGES: &str = r#"{"response":[{"id":90311,"date":"2026-01-15T13:41:00.0000000+03:00","user":"Sync Admin","userId":"66faa6e4-f133-11ea-b126-00ffeec8b4ef","action":"Users [Ann Guest, Bob User]. Updated Status","actionId":4020,"ip":"198.51.100.4","country":"","city":"","browser":"Other","platform":"Other","page":"https://portal.example.com/api/2.0/people/status/Terminated","actionType":2,"product":8,"location":30,"target":["2f6c1c1e-5b0a-4a55-9d7e-0a4b8d3f1a10,9d1f0d55-1c2b-4f0e-8a55-6a2f0f6f2b77"],"entries":[23],"context":"Contacts"}],"count":1,"links":[],"status":0,"statusCode":200}"#;

const PEOPLE_PAGE: &str = r#"{"response":[
 {"firstName":"Ann","lastName":"O'Guest","userName":"ann","email":"ann@contractor.example","status":1,"activationStatus":1,"department":"","isAdmin":false,"isRoomAdmin":false,"isLDAP":false,"isOwner":false,"isVisitor":true,"isCollaborator":false,"mobilePhoneActivationStatus":0,"isSSO":false,"usedSpace":0,"createdBy":{"id":"66faa6e4-f133-11ea-b126-00ffeec8b4ef","displayName":"Sync Admin"},"registrationDate":"2025-11-02T10:00:00.0000000+03:00","id":"2f6c1c1e-5b0a-4a55-9d7e-0a4b8d3f1a10","displayName":"Ann O&#39;Guest","avatar":"…","profileUrl":"…","hasAvatar":false,"isAnonim":false},
 {"firstName":"","lastName":"","userName":"","email":"invited@contractor.example","status":4,"activationStatus":2,"department":"","isAdmin":false,"isRoomAdmin":false,"isLDAP":false,"isOwner":false,"isVisitor":true,"isCollaborator":false,"isSSO":false,"usedSpace":0,"registrationDate":"0001-01-01T00:00:00.0000000Z","id":"3a6c1c1e-5b0a-4a55-9d7e-0a4b8d3f1a11","displayName":"","isAnonim":false},
 {"firstName":"Bob","lastName":"User","userName":"bob","email":"bob@portal.example.com","status":2,"activationStatus":1,"terminated":"2026-01-02T10:00:00.0000000+03:00","department":"Contractors","groups":[{"id":"77faa6e4-f133-11ea-b126-00ffeec8b4ef","name":"Contractors","manager":"bob"}],"isAdmin":false,"isRoomAdmin":false,"isLDAP":true,"isOwner":false,"isVisitor":false,"isCollaborator":true,"isSSO":false,"usedSpace":0,"registrationDate":"2025-01-02T10:00:00.0000000+03:00","id":"9d1f0d55-1c2b-4f0e-8a55-6a2f0f6f2b77","displayName":"Bob User","isAnonim":false}],
 "count":3,"total":3,"links":[{"href":"…","action":"GET"}],"status":0,"statusCode":200}"#;

const KEYS: &str = r#"{"response":[
 {"id":"11faa6e4-f133-11ea-b126-00ffeec8b4ef","name":"sync","key":"sk-***9f3c","keyPostfix":"9f3c","permissions":["*:read","accounts:write"],"lastUsed":"2026-01-15T13:30:00.0000000+03:00","createOn":"2026-01-01T00:00:00.0000000+03:00","createBy":{"id":"9d1f0d55-1c2b-4f0e-8a55-6a2f0f6f2b77","displayName":"Bob User"},"expiresAt":"2026-12-31T00:00:00.0000000+03:00","isActive":true},
 {"id":"12faa6e4-f133-11ea-b126-00ffeec8b4ef","name":"never used","key":"sk-***9f3d","permissions":[],"createBy":{"id":"9d1f0d55-1c2b-4f0e-8a55-6a2f0f6f2b77","displayName":"Bob User"},"isActive":true}],
 "count":1,"links":[],"status":0,"statusCode":200}"#;

#[test]
fn the_servers_answers_are_stored_as_they_are_meant() {
    let site = Site::fast(World::builder(at("2026-01-15T12:00:00Z")).build());
    let answer = |body: &str| Fault::json(200, body);
    for rule in [
        Rule::get(LOGINS, answer(LOGIN_PAGE)).param("count", "100"),
        Rule::get(AUDIT, answer(CHANGES)).param("action", "4020"),
        Rule::get(PEOPLE, answer(PEOPLE_PAGE)),
        Rule::get("/api/2.0/keys", answer(KEYS)).only_if(|hit, _| hit.path.ends_with("keys")),
    ] {
        site.portal.faults().push(rule);
    }
    // Something must have been recorded for anything to be covered.
    let owner = site.portal.world().owner();
    site.portal.world().add_login(sandbox::Login::success(owner));
    site.sync();
    let columns =
        "event_id, account_id, at, action_code, class, ip, country, city, browser, platform";
    insta::assert_snapshot!(
        site.sql(&format!("SELECT {columns} FROM login_events ORDER BY event_id")).join("\n"), @r#"
    418101|9d1f0d55-1c2b-4f0e-8a55-6a2f0f6f2b77|2026-01-15T06:02:11.000Z|1042|other|||||
    418102|9d1f0d55-1c2b-4f0e-8a55-6a2f0f6f2b77|2026-01-15T06:02:11.000Z|1006|presence|2001|||Firefox 133|Linux
    418231|712d9ec3-5d2b-4b13-824f-71f00191dcca|2026-01-15T10:29:40.000Z|1013|failure|203.0.113.7||||
    418233|2f6c1c1e-5b0a-4a55-9d7e-0a4b8d3f1a10|2026-01-15T10:30:02.000Z|1029|login|203.0.113.7|Germany|Berlin|Chrome 131|Windows 10
    "#);
    let columns = "account_id, email, display_name, kind, status, registered_at, management, groups, invited_by";
    insta::assert_snapshot!(
        site.sql(&format!("SELECT {columns} FROM accounts ORDER BY email")).join("\n"), @r#"
    2f6c1c1e-5b0a-4a55-9d7e-0a4b8d3f1a10|ann@contractor.example|Ann O'Guest|guest|active|2025-11-02T07:00:00.000Z|portal|[]|66faa6e4-f133-11ea-b126-00ffeec8b4ef
    9d1f0d55-1c2b-4f0e-8a55-6a2f0f6f2b77|bob@portal.example.com|Bob User|user|disabled|2025-01-02T07:00:00.000Z|directory|[["77faa6e4-f133-11ea-b126-00ffeec8b4ef","Contractors"]]|
    3a6c1c1e-5b0a-4a55-9d7e-0a4b8d3f1a11|invited@contractor.example||guest|pending||portal|[]|
    "#);
    insta::assert_snapshot!(
        site.sql("SELECT event_id, account_id, at, action_code, actor_id, targets FROM status_changes
                 JOIN account_keys ON pk = account_pk ORDER BY 2").join("\n"), @r#"
    90311|2f6c1c1e-5b0a-4a55-9d7e-0a4b8d3f1a10|2026-01-15T10:41:00.000Z|4020|66faa6e4-f133-11ea-b126-00ffeec8b4ef|2
    90311|9d1f0d55-1c2b-4f0e-8a55-6a2f0f6f2b77|2026-01-15T10:41:00.000Z|4020|66faa6e4-f133-11ea-b126-00ffeec8b4ef|2
    "#);
    insta::assert_snapshot!(
        site.sql("SELECT account_id, used_at FROM key_uses JOIN account_keys ON pk = account_pk")
            .join("\n"), @r#"9d1f0d55-1c2b-4f0e-8a55-6a2f0f6f2b77|2026-01-15T10:30:00.000Z"#);
    assert!(!site.dump().contains("secret"), "the page of an event is stored");
}

#[test]
fn an_odd_property_of_one_row_stops_nothing() {
    let site = Site::fast(World::builder(at("2026-01-15T12:00:00Z")).build());
    let people = PEOPLE_PAGE
        .replace("66faa6e4-f133-11ea-b126-00ffeec8b4ef", "nobody")
        .replace("2025-01-02T10:00:00.0000000+03:00", "long ago");
    let keys = KEYS.replace("2026-01-15T13:30:00.0000000+03:00", "just now");
    site.portal.faults().push(Rule::get(PEOPLE, Fault::json(200, &people)));
    let rule = Rule::get("/api/2.0/keys", Fault::json(200, &keys));
    site.portal.faults().push(rule.only_if(|hit, _| hit.path.ends_with("keys")));
    let owner = site.portal.world().owner();
    site.portal.world().add_login(sandbox::Login::success(owner));
    site.sync();
    assert_eq!(
        site.sql("SELECT email, registered_at, invited_by FROM accounts ORDER BY email"),
        [
            "ann@contractor.example|2025-11-02T07:00:00.000Z|",
            "bob@portal.example.com||",
            "invited@contractor.example||",
        ]
    );
    // Whoever used a key at a moment that cannot be read counts as there now.
    let used = "SELECT used_at >= '2026-01-15T12:00:00.000Z' FROM key_uses";
    assert_eq!(site.sql(used), ["1"]);
}
