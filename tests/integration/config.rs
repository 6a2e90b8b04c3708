//! Where settings come from, which source wins, and what is refused.

use std::{fs, path::Path};

use dormouse::{
    cli::Global,
    config::{ConfigError, Env, Overrides, Settings, env},
};
use tempfile::TempDir;

const KEY: &str = "sk-5f0c7e3b9a1d";

struct Setup {
    dir: TempDir,
    env: Vec<(&'static str, String)>,
    globals: Global,
    overrides: Overrides,
}

impl Setup {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let globals = Global::default();
        Self { dir, env: Vec::new(), globals, overrides: Overrides::default() }
    }

    fn file(self, name: &str, text: &str) -> Self {
        fs::write(self.path().join(name), text).unwrap();
        self
    }

    fn toml(self, text: &str) -> Self {
        self.file("dormouse.toml", text)
    }

    fn var(mut self, name: &'static str, value: &str) -> Self {
        self.env.push((name, value.to_owned()));
        self
    }

    fn path(&self) -> &Path {
        self.dir.path()
    }

    fn load(&self) -> Result<Settings, ConfigError> {
        let env: Env = self.env.iter().cloned().collect();
        let today = "2026-11-24".parse().unwrap();
        Settings::load(&self.globals, self.overrides, &env, self.path(), today)
    }

    fn refusal(&self) -> String {
        self.load().expect_err("the configuration is refused").to_string()
    }
}

fn origin(settings: &Settings, name: &str) -> String {
    let found = settings.origins.iter().find(|s| s.name == name);
    found.expect("the setting is listed").origin.to_string()
}

#[test]
fn each_source_wins_over_the_next() {
    let mut setup = Setup::new();
    let days = |setup: &Setup| {
        let settings = setup.load().unwrap();
        (settings.policy.inactivity_days, origin(&settings, "policy.inactivity_days"))
    };
    assert_eq!(days(&setup), (30, "default".into()));
    setup = setup.toml("[policy]\ninactivity_days = 60\n");
    assert_eq!(days(&setup), (60, "dormouse.toml:2".into()));
    setup = setup.toml("[policy]\npreset = \"pci-90\"\n");
    assert_eq!(days(&setup), (90, "dormouse.toml:2".into()));
    setup = setup.file(".env", "# comment\nINACTIVITY_DAYS=45\n");
    assert_eq!(days(&setup), (45, "INACTIVITY_DAYS in .env".into()));
    setup = setup.var("INACTIVITY_DAYS", "50");
    assert_eq!(days(&setup), (50, "INACTIVITY_DAYS in the environment".into()));
    setup.overrides.inactivity_days = Some(7);
    assert_eq!(days(&setup), (7, "--inactivity-days".into()));
}

#[test]
fn the_grace_follows_the_threshold_unless_it_is_set() {
    let setup = Setup::new().var("INACTIVITY_DAYS", "60");
    assert_eq!(setup.load().unwrap().policy.grace_days, 60);
    let setup = setup.toml("[policy]\nnever_logged_in_grace_days = 14\n");
    assert_eq!(setup.load().unwrap().policy.grace_days, 14);
}

#[test]
fn an_empty_variable_counts_as_not_set() {
    let setup = Setup::new().file(".env", "INACTIVITY_DAYS=45").var("INACTIVITY_DAYS", "");
    assert_eq!(setup.load().unwrap().policy.inactivity_days, 45);
}

#[test]
fn wrong_numbers_name_their_variable_or_line() {
    for (value, part) in [("abc", "\"abc\""), ("0", "from 1"), ("-3", "from 1"), ("1.5", "\"1.5\"")]
    {
        let problem = Setup::new().var("INACTIVITY_DAYS", value).refusal();
        assert!(problem.starts_with("INACTIVITY_DAYS in the environment: "), "{problem}");
        assert!(problem.contains(part), "{problem}");
    }
}

#[test]
fn wrong_values_in_the_file_name_their_line() {
    for (text, problem) in [
        (
            "[brakes]\nmax_percent = 101",
            "dormouse.toml:2: max_percent = 101 is not a whole number from 1 to 100",
        ),
        (
            "[brakes]\n\nmin_roster_ratio = 1.5",
            "dormouse.toml:3: min_roster_ratio = 1.5 is not between 0 and 1",
        ),
        (
            "[policy]\npreset = \"cis-45\"\ninactivity_days = 45",
            "dormouse.toml:2: preset and inactivity_days both set the threshold; keep one of the \
             two",
        ),
        ("[policy]\nsignals = [\"audit\"]", "dormouse.toml:2: signals must contain \"logins\""),
        (
            "[population]\nkinds = [\"guests\"]",
            "dormouse.toml:2: kinds: \"guests\" is unknown; did you mean \"guest\"?",
        ),
        (
            "[population]\nemail_domains = [\"@agency.example\"]",
            "dormouse.toml:2: \"@agency.example\" is not an e-mail domain; write it bare, for example \
             agency.example",
        ),
    ] {
        assert_eq!(Setup::new().toml(text).refusal(), problem);
    }
}

#[test]
fn an_exemption_has_one_subject_a_reason_and_perhaps_a_last_day() {
    for (table, part) in [
        ("reason = \"x\"", "exactly one of"),
        ("email = \"a@example.com\"\ndomain = \"example.com\"\nreason = \"x\"", "exactly one of"),
        ("email = \"a@example.com\"", "needs a reason"),
        ("email = \"a@example.com\"\nreason = \"  \"", "needs a reason"),
        ("account = \"17\"\nreason = \"x\"", "is not a GUID"),
        ("group = \"G\"\nreason = \"x\"\nexpires = \"soon\"", "is not a date; write"),
        ("group = \"G\"\nreason = \"x\"\nexpires = 2026-12-31T00:00:00Z", "is not a date; write"),
    ] {
        let problem = Setup::new().toml(&format!("\n[[exemption]]\n{table}\n")).refusal();
        assert!(problem.starts_with("dormouse.toml:2: "), "{problem}");
        assert!(problem.contains(part), "{problem}");
    }
    let toml = "[[exemption]]\ndomain = \"Agency.Example\"\nreason = \"on call\"\n\
                expires = 2026-12-31\n\
                [[exemption]]\nemail = \"Ann@Example.com\"\nreason = \"leave\"\n\
                expires = \"2026-12-31\"\n";
    let exemptions = Setup::new().toml(toml).load().unwrap().policy.exemptions;
    assert_eq!(exemptions.len(), 2);
    assert_eq!(exemptions[0].expires, exemptions[1].expires);
}

#[test]
fn a_named_file_must_exist_and_the_default_one_need_not() {
    let mut setup = Setup::new();
    assert!(setup.load().is_ok());
    setup.globals.config = Some("other.toml".into());
    assert!(setup.refusal().starts_with("other.toml: cannot be read"));
}

#[test]
fn the_store_is_a_file_named_by_a_path_or_a_sqlite_url() {
    let mut setup = Setup::new();
    assert_eq!(setup.load().unwrap().database, setup.path().join("dormouse.db"));
    setup = setup.var("DATABASE_URL", "sqlite:///var/lib/dormouse.db");
    assert_eq!(setup.load().unwrap().database, Path::new("/var/lib/dormouse.db"));
    setup.globals.db = Some("sqlite://other.db".into());
    assert_eq!(setup.load().unwrap().database, setup.path().join("other.db"));
    setup.globals.db = Some("other.db".into());
    assert_eq!(setup.load().unwrap().database, setup.path().join("other.db"));
    setup.globals.db = Some("/var/lib/dormouse.db".into());
    assert_eq!(setup.load().unwrap().database, Path::new("/var/lib/dormouse.db"));
    for url in [
        "postgres://u:hunter2@h/db",
        "postgres:u:hunter2@h/db",
        "file:dormouse.db",
        "sqlite::memory:",
        "sqlite://",
        "sqlite://a.db?mode=ro",
    ] {
        setup.globals.db = Some(url.into());
        let problem = setup.refusal();
        assert!(problem.starts_with("--db: "), "{problem}");
        assert!(!problem.contains("hunter2"), "{problem}");
    }
}

#[test]
fn only_terminated_disables() {
    for good in ["Terminated", "2"] {
        assert!(Setup::new().var("DISABLED_STATUS", good).load().is_ok());
    }
    for bad in ["terminated", "Disabled", "1", "Active"] {
        let problem = Setup::new().var("DISABLED_STATUS", bad).refusal();
        assert!(problem.contains("write Terminated"), "{problem}");
    }
}

#[test]
fn what_the_portal_needs_is_named_when_it_is_missing() {
    let missing = |setup: &Setup| setup.load().unwrap().portal_required().unwrap_err().to_string();
    let mut setup = Setup::new();
    assert!(missing(&setup).contains("DOCSPACE_API_HOST"));
    setup = setup.var("DOCSPACE_API_HOST", "https://docspace.example.com/");
    assert!(missing(&setup).contains("DOCSPACE_API_KEY"));
    setup = setup.var("DOCSPACE_API_KEY", KEY);
    let (url, _) = setup.load().unwrap().portal_required().unwrap();
    assert_eq!(url.as_str(), "https://docspace.example.com/");
    let setup = setup.var("DOCSPACE_API_HOST", "http://docspace.example.com");
    assert!(setup.refusal().contains("unencrypted"));
}

#[test]
fn a_key_file_is_read_late_and_relative_to_what_names_it() {
    let setup = Setup::new()
        .toml("[portal]\nurl = \"https://docspace.example.com\"\napi_key_file = \"key\"\n");
    let unusable = setup.load().unwrap().portal_required().unwrap_err().to_string();
    assert!(unusable.contains("/key: the API key file cannot be read"), "{unusable}");
    let setup = setup.file("key", &format!("{KEY}\n"));
    assert!(setup.load().unwrap().portal_required().is_ok());

    let both = setup.var("DOCSPACE_API_KEY", KEY).var("DOCSPACE_API_KEY_FILE", "key");
    assert!(both.refusal().contains("keep one of the two"));
}

#[cfg(unix)]
#[test]
fn a_key_that_everyone_can_read_is_a_warning() {
    use std::os::unix::fs::PermissionsExt;
    let setup = Setup::new().file("key", KEY).var("DOCSPACE_API_KEY_FILE", "key");
    let mode = |mode| {
        fs::set_permissions(setup.path().join("key"), fs::Permissions::from_mode(mode)).unwrap();
        setup.load().unwrap().warnings
    };
    assert!(mode(0o600).is_empty());
    assert!(mode(0o644)[0].to_string().contains("mode 644"));
}

#[test]
fn the_key_is_shown_nowhere() {
    let setup = Setup::new().var("DOCSPACE_API_KEY", KEY);
    let settings = setup.load().unwrap();
    assert!(!format!("{settings:?}").contains(KEY));
    let env: Env = setup.env.iter().cloned().collect();
    assert!(!format!("{env:?}").contains(KEY));

    for bad in [
        Setup::new().var("DOCSPACE_API_KEY", &format!("{KEY} {KEY}")),
        Setup::new().file(".env", &format!("DOCSPACE_API_KEY=\"{KEY}\n")),
        Setup::new().file(".env", &format!("# key\n{KEY}\n")),
        Setup::new().toml(&format!("[portal]\napi_key = \"{KEY}\"\n")),
        Setup::new().toml(&format!("[portal]\napi_key_file = {KEY}\n")),
    ] {
        let problem = bad.refusal();
        assert!(!problem.contains(KEY), "{problem}");
        assert!(!format!("{:?}", bad.load()).contains(KEY));
    }
}

/// Every `# key = value` of the example, so that nothing in it is out of date.
fn uncommented(example: &str) -> String {
    let lines = example.lines().map(|line| match line.strip_prefix("# ") {
        Some(rest) if rest.starts_with('[') => rest,
        Some(rest)
            if rest.split_once(" = ").is_some_and(|(key, _)| {
                key.chars().all(|c| c.is_ascii_lowercase() || c == '_')
            }) =>
        {
            rest
        }
        _ => line,
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn the_example_file_says_the_defaults_and_every_key_of_it_is_known() {
    let example = include_str!("../../dormouse.example.toml");
    let plain = Setup::new().load().unwrap();
    let written = Setup::new().toml(example).load().unwrap();
    assert_eq!(written.policy, plain.policy);
    assert_eq!(written.brakes, plain.brakes);

    let all = uncommented(example).replace("preset =", "# preset =");
    let all = Setup::new().toml(&all).load().unwrap();
    assert_eq!(all.brakes, plain.brakes);
    assert_eq!(all.portal.concurrency, plain.portal.concurrency);
    assert_eq!(all.portal.timeout, plain.portal.timeout);
    assert_eq!(all.policy.exemptions.len(), 1);
    let left: Vec<_> =
        all.origins.iter().filter(|s| s.origin.to_string() == "default").map(|s| s.name).collect();
    let unset = ["notices.smtp_password", "notices.webhook_secret"];
    let rest = ["database", "sync.lookback_days", unset[0], unset[1], "apply.disabled_status"];
    assert_eq!(left, rest);
}

#[test]
fn the_example_environment_names_every_variable_and_no_secret() {
    let example = include_str!("../../.env.example");
    for name in env::NAMES.iter().filter(|name| **name != env::NO_COLOR) {
        assert!(example.contains(&format!("{name}=")), "{name}");
    }
    let settings = Setup::new().file(".env", example).load().unwrap();
    let missing = settings.portal_required().unwrap_err().to_string();
    assert!(missing.contains("no API key"), "{missing}");
}

const NOTICES: &str = "[notices]\nbefore_days = [3, 14]\nto = [\"account\"]\n\
                       from = \"a@x.example\"\nsmtp = \"smtps://dorm%40x@mail.x.example\"\n";

#[test]
fn notices_have_defaults_and_show_no_secret() {
    assert!(Setup::new().load().unwrap().notices.is_none());
    let setup = Setup::new().toml(NOTICES).var(env::SMTP_PASSWORD, "a-pass-word");
    let settings = setup.load().unwrap();
    assert!(!format!("{settings:?}").contains("a-pass-word"));
    let notices = settings.notices.unwrap();
    assert_eq!(notices.rules.before_days, [14, 3]);
    assert_eq!((notices.rules.min_notice_days, notices.per_minute), (3, 60));
    let server = notices.mail.unwrap();
    assert_eq!((server.user.as_deref(), server.port), (Some("dorm@x"), 465));
    assert!(server.password().unwrap().is_some());
}

#[test]
fn wrong_notices_name_file_line_and_what_to_write() {
    for (from, to, part) in [
        ("[3, 14]", "[]", "dormouse.toml:2: before_days is empty"),
        ("[3, 14]", "[3, 3]", "dormouse.toml:2: before_days names a day twice"),
        ("[3, 14]", "[0]", "dormouse.toml:2: before_days = 0 is not"),
        ("before_days = [3, 14]\n", "", "dormouse.toml:1: [notices] needs before_days"),
        ("\"account\"", "\"acount\"", "dormouse.toml:3: to: \"acount\" is neither"),
        ("\"account\"", "\"account\", \"account\"", "dormouse.toml:3: to names somebody twice"),
        ("to = [\"account\"]", "to = [\"inviter\"]\nrequired = true", "needs \"account\" in to"),
        ("a@x.example", "nobody", "is not a valid e-mail address"),
        ("from = \"a@x.example\"\n", "", "[notices] needs from"),
        ("smtps://", "http://", "is not the URL of a mail server"),
        ("dorm%40x@", "dorm:secret@", "the password does not belong into the URL"),
        ("smtp =", "webhook =", "is not the URL of a webhook"),
        ("[notices]\n", "[notices]\nbefore = 3\n", "unknown key `before`"),
    ] {
        let text = NOTICES.replace(from, to);
        let problem = Setup::new().toml(&text).load().unwrap_err().to_string();
        assert!(problem.contains(part) && !problem.contains("secret@"), "{text}\n{problem}");
    }
}
