//! Examples shown below the help of each command, and the table of exit codes.

/// Below `dormouse -h`.
pub(super) const OVERVIEW: &str = "\
Examples:
  dormouse sync --contractors hr-export.csv
  dormouse decide
  dormouse apply

See `dormouse help COMMAND`; `dormouse --help` lists global options and exit codes.";

/// Below `dormouse --help`.
pub(super) const OVERVIEW_LONG: &str = "\
Examples:
  dormouse sync --contractors hr-export.csv
  dormouse decide
  dormouse apply

Environment (also read from .env in the working directory, which does not override it):
  DOCSPACE_API_HOST      base URL of the portal, https://docspace.example.com
  DOCSPACE_API_KEY       API key of the portal owner or a DocSpace admin
  DOCSPACE_API_KEY_FILE  file with the key, instead of DOCSPACE_API_KEY
  INACTIVITY_DAYS        threshold in days [default: 30]
  LOGIN_LOOKBACK_DAYS    how many days the first sync reads back [default: 180]
  DISABLED_STATUS        Terminated or 2: how accounts are disabled; nothing else is accepted
  DATABASE_URL           the store [default: sqlite://dormouse.db]

Flags override the environment, which overrides the configuration file.

Exit codes:
   0  done, including nothing to do, only skips, some accounts undetermined
   1  failed
   2  usage, configuration or a bad roster row; no terminal to prompt on without --yes
   3  refused: evidence is missing, stale, incomplete or of another portal
   4  partly applied: an account was refused or failed
   5  refused by a brake, a shrunken or unmatched roster, or a declined prompt
   6  another dormouse holds the store
  10  decide --check found inactive accounts";

pub(super) const INIT: &str = "\
Examples:
  dormouse init
  dormouse init --url https://docspace.example.com --api-key-file /run/secrets/docspace";

pub(super) const SYNC: &str = "\
Examples:
  dormouse sync
  dormouse sync --contractors hr-export.csv --contractors agency.json
  hr-tool export | dormouse sync --contractors -";

pub(super) const DECIDE: &str = "\
Examples:
  dormouse decide
  dormouse decide --inactivity-days 90 --dry-run
  dormouse decide --thresholds 35,45,90
  dormouse decide --due 7
  dormouse decide --as-of 2026-09-30 --format csv
  dormouse decide verify 41";

pub(super) const BACKTEST: &str = "\
Examples:
  dormouse backtest
  dormouse backtest --thresholds 35,90 --from 2026-01-01 --to 2026-06-30
  dormouse backtest --thresholds 30 --details --format csv";

pub(super) const ACCOUNTS: &str = "\
Examples:
  dormouse accounts --verdict inactive --all
  dormouse accounts --domain contoso.example --sort email --format csv";

pub(super) const EXPLAIN: &str = "\
Examples:
  dormouse explain ann@example.com
  dormouse explain ann@example.com --decision 41";

pub(super) const NOTIFY: &str = "\
Examples:
  dormouse notify --dry-run
  dormouse notify
  dormouse notify --resend ann@example.com";

pub(super) const APPLY: &str = "\
Examples:
  dormouse apply --dry-run
  dormouse apply 41 --limit 10
  dormouse apply --only ann@example.com --yes";

pub(super) const RESTORE: &str = "\
Examples:
  dormouse restore ann@example.com
  dormouse restore --run 7 --dry-run";

pub(super) const HISTORY: &str = "\
Examples:
  dormouse history --since 2026-09-01
  dormouse history --account ann@example.com --format json
  dormouse history head
  dormouse history verify --head 12:5f0c…
  dormouse history acknowledge 90311 --reason \"Ann left; disabled by hand, ticket 4711\"";

pub(super) const REPORT: &str = "\
Examples:
  dormouse report -o decision.html
  dormouse report --backtest -o decision.html
  dormouse report 41 --format csv -o decision-41
  dormouse report --from 2026-07-01 --to 2026-09-30 -o third-quarter.html";

pub(super) const BACKUP: &str = "\
Examples:
  dormouse backup archive/dormouse-2026-11.db";

pub(super) const STATUS: &str = "\
Examples:
  dormouse status
  dormouse status --format json
  dormouse status --format prometheus --output /var/lib/prometheus/node-exporter/dormouse-acme.prom";

pub(super) const DOCTOR: &str = "\
Examples:
  dormouse doctor
  dormouse doctor --format json";

pub(super) const POLICY: &str = "\
Examples:
  dormouse policy check
  dormouse policy show --format json";

pub(super) const CONFIG: &str = "\
Examples:
  dormouse config
  INACTIVITY_DAYS=90 dormouse config --format json";

pub(super) const COMPLETIONS: &str = "\
Examples:
  dormouse completions bash > ~/.local/share/bash-completion/completions/dormouse
  dormouse completions zsh > ~/.zfunc/_dormouse";

pub(super) const MAN: &str = "\
Examples:
  dormouse man /usr/local/share/man/man1";
