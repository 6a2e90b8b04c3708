//! The verdicts as a chart: for how long accounts have been idle.

use maud::{Markup, html};

use crate::{
    domain::verdict::Verdict,
    output::when::many,
    report::{
        AuditReport,
        html::{
            charts::{as_f64, bar, chart, label, line},
            components::verdict_class,
        },
    },
};

/// Verdicts in the order in which a bar is stacked, from its foot.
pub(in crate::report::html) const STACK: [Verdict; 5] =
    [Verdict::Active, Verdict::Exempt, Verdict::Undetermined, Verdict::Disabled, Verdict::Inactive];

/// Widths of a bar in days.
const WIDTHS: [u32; 8] = [1, 5, 10, 15, 30, 60, 90, 365];
/// More bars are too thin to point at.
const MOST_BARS: u32 = 40;
const TOP: f64 = 22.0;
const FOOT: f64 = 150.0;

/// Accounts by whole days idle, and the threshold. None where no account has a number of idle days.
pub(in crate::report::html) fn idle_days(report: &AuditReport) -> Option<Markup> {
    let threshold = report.decision.as_ref()?.inactivity_days;
    let idle: Vec<(u32, Verdict)> =
        report.accounts.iter().filter_map(|a| Some((a.idle_days?, a.verdict))).collect();
    let longest = idle.iter().map(|(days, _)| *days).max()?.max(threshold);
    let width =
        WIDTHS.into_iter().find(|w| longest / w < MOST_BARS).unwrap_or(longest.div_ceil(MOST_BARS));
    let bins = longest / width + 1;
    let of_bin = |bin| idle.iter().filter(move |(days, _)| days / width == bin);
    let highest = (0..bins).map(|bin| of_bin(bin).count()).max().unwrap_or(0).max(1);

    let place = |days: u32| 100.0 * f64::from(days) / f64::from(bins * width);
    let at_threshold = place(threshold);
    let stacked = |bin: u32| {
        let (first, last) = (bin * width, (bin + 1) * width - 1);
        let mut top = FOOT;
        html! {
            @for verdict in STACK {
                @let accounts = of_bin(bin).filter(|(_, v)| *v == verdict).count();
                @if accounts > 0 {
                    @let title = format!("{first} to {last} days: {} {verdict}", many(accounts, "account"));
                    @let height = as_f64(accounts) / as_f64(highest) * (FOOT - TOP);
                    @let x = place(first) + 0.07 * place(width);
                    ({ top -= height; bar(verdict_class(verdict), &title, (x, top), (0.86 * place(width), height)) })
                }
            }
        }
    };
    let shapes = html! {
        (line("grid", (0.0, TOP), (100.0, TOP)))
        (label(&many(highest, "account"), 0.0, TOP - 6.0))
        @for bin in 0..bins { (stacked(bin)) }
        (line("axis", (0.0, FOOT), (100.0, FOOT)))
        (line("mark", (at_threshold, TOP - 4.0), (at_threshold, FOOT)))
        (label("0", 0.0, FOOT + 18.0))
        (label(&format!("{threshold} days"), at_threshold, FOOT + 18.0))
        @if place(longest) > at_threshold + 25.0 {
            (label(&format!("{longest} days"), 100.0, FOOT + 18.0))
        }
    };
    let beyond = idle.iter().filter(|(days, _)| *days >= threshold).count();
    let alternative = format!(
        "Idle days of {}; {beyond} reach the threshold of {threshold} days",
        many(idle.len(), "account")
    );
    Some(chart(178.0, &alternative, &shapes))
}
