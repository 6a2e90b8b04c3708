//! Verdicts as a table, the same wherever they are listed.

use crate::{
    domain::{
        decision::Finding,
        verdict::{Reason, Verdict},
    },
    output::{
        style::Style,
        table::{Cell, Table},
        when::{date, thousands},
    },
};

/// Whether a list shows each account's verdict, or is of one verdict only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum VerdictColumn {
    Shown,
    Hidden,
}

/// Findings under a title such as `INACTIVE (12)`.
pub(crate) fn verdict_table<'a>(
    title: Cell,
    verdict: VerdictColumn,
    findings: impl IntoIterator<Item = &'a Finding>,
) -> Table {
    let table = match verdict {
        VerdictColumn::Hidden => {
            Table::new(["account", "name", "kind", "idle", "last seen", "why"])
        }
        VerdictColumn::Shown => {
            Table::new(["account", "name", "kind", "verdict", "idle", "last seen", "why"])
        }
    };
    let mut table = table.titled(title).right(["idle"]);
    for finding in findings {
        let given = finding.reason.verdict();
        let email = finding.email.as_str().into();
        let name = shown_name(&finding.display_name, &finding.email).into();
        let kind = finding.kind.as_str().into();
        let idle = idle(finding).into();
        let seen = finding.last_activity.map_or_else(|| "never".to_owned(), |a| date(a.at)).into();
        let why = Cell::styled(why(finding), Style::Dim);
        match verdict {
            VerdictColumn::Hidden => table.row([email, name, kind, idle, seen, why]),
            VerdictColumn::Shown => {
                let given = Cell::styled(given.as_str(), style(given));
                table.row([email, name, kind, given, idle, seen, why]);
            }
        }
    }
    table
}

/// Guests often have their address for a name: it is not shown twice.
pub(crate) fn shown_name<'a>(name: &'a str, email: &str) -> &'a str {
    if name == email { "" } else { name }
}

/// For example `93 d`; `179+ d` where the record is shorter than the idleness.
pub(crate) fn idle(finding: &Finding) -> String {
    let Some(days) = finding.idle_days else { return String::new() };
    let is_lower_bound = finding.last_activity.is_none() && finding.reason != Reason::NeverLoggedIn;
    format!("{}{} d", thousands(u64::from(days)), if is_lower_bound { "+" } else { "" })
}

/// A few words, empty where the other columns say it all.
fn why(finding: &Finding) -> &'static str {
    match finding.reason {
        Reason::Idle if finding.last_activity.is_none() => "no activity on record",
        Reason::Idle | Reason::RecentActivity => "",
        Reason::NeverLoggedIn => "invited, never used",
        Reason::WithinGrace => "within grace",
        Reason::RecentlyEnabled => "recently enabled",
        Reason::Owner => "portal owner",
        Reason::Admin => "DocSpace admin",
        Reason::Own => "owns the API key",
        Reason::DirectoryManaged => "managed by LDAP",
        Reason::Exemption => "exempted by the policy",
        Reason::AlreadyDisabled => "",
        Reason::InsufficientCoverage => "history too short",
        Reason::NoActivityCheck => "audit trail not checked",
        Reason::NotOnPortal => "not on the portal",
        Reason::AmbiguousMatch => "ambiguous match",
        Reason::UnknownRegistration => "registration unknown",
        Reason::UnknownKind => "kind or status unknown",
    }
}

pub(crate) fn style(verdict: Verdict) -> Style {
    match verdict {
        Verdict::Inactive => Style::Bad,
        Verdict::Undetermined => Style::Warn,
        Verdict::Active | Verdict::Exempt | Verdict::Disabled => Style::Good,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{
            account::Kind,
            evidence::{Activity, Source},
        },
        output::style::Paint,
    };

    fn finding(number: u128, email: &str, name: &str, seen: Option<&str>) -> Finding {
        Finding {
            account_id: uuid::Uuid::from_u128(number).into(),
            email: email.to_owned(),
            display_name: name.to_owned(),
            kind: Kind::DocspaceAdmin,
            registered_at: None,
            reason: Reason::Idle,
            last_activity: seen.map(|at| Activity {
                at: at.parse().unwrap(),
                source: Source::Login,
                event_id: None,
            }),
            idle_days: Some(179),
        }
    }

    #[test]
    fn no_width_breaks_an_address_or_a_date() {
        let findings = [
            finding(1, "ann@example.com", "Ann", Some("2026-07-04T10:00:00Z")),
            finding(
                2,
                "a.very.long.name.of.a.person@hallmark-audit.example",
                "張偉 👩 von und zu",
                None,
            ),
            finding(
                3,
                "bob@example.com",
                "\u{202e}\n\u{1b}[2J hostile",
                Some("2026-07-05T10:00:00Z"),
            ),
        ];
        for columns in 60..=200 {
            for shown in [VerdictColumn::Shown, VerdictColumn::Hidden] {
                let table =
                    verdict_table(Cell::styled("INACTIVE (3)", Style::Bad), shown, &findings);
                let text = table.render(Some(columns), Paint::Bare);
                for token in
                    findings.iter().map(|f| f.email.as_str()).chain(["2026-07-04", "179+ d"])
                {
                    assert!(text.contains(token), "{token} at {columns}:\n{text}");
                }
                let widest = text.lines().map(crate::output::text::width).max();
                assert!(widest <= Some(columns.into()), "{columns}:\n{text}");
            }
        }
    }
}
