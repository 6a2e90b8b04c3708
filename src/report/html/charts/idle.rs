//! How many accounts have been idle for how long, with the threshold.

use svg::Document;

use crate::report::html::charts::{bar, chart, count, label, line};
use crate::{output::when::many, report::pack::Pack};

/// Verdicts in the order in which a bar is built up from its foot.
pub(in crate::report::html) const STACK: [&str; 5] =
    ["active", "exempt", "undetermined", "disabled", "inactive"];
/// Widths of a bar in days.
const WIDTHS: [u32; 8] = [1, 5, 10, 15, 30, 60, 90, 365];
/// More bars are too thin to point at.
const MOST: u32 = 40;
const TOP: f64 = 22.0;
const FOOT: f64 = 150.0;

/// None where no account has a number of idle days.
pub(in crate::report::html) fn idle_days(pack: &Pack) -> Option<Document> {
    let threshold = pack.decision.as_ref()?.inactivity_days;
    let idle: Vec<(u32, &str)> =
        pack.accounts.iter().filter_map(|a| Some((a.idle_days?, a.verdict))).collect();
    let longest = idle.iter().map(|(days, _)| *days).max()?.max(threshold);
    let width = WIDTHS.into_iter().find(|w| longest / w < MOST).unwrap_or(longest.div_ceil(MOST));
    let bins = longest / width + 1;
    let of_bin = |bin: u32, verdict: Option<&str>| {
        let is_in = |days: u32| days / width == bin;
        idle.iter().filter(|(d, v)| is_in(*d) && verdict.is_none_or(|only| only == *v)).count()
    };
    let highest = (0..bins).map(|bin| of_bin(bin, None)).max().unwrap_or(0).max(1);

    let beyond = idle.iter().filter(|(days, _)| *days >= threshold).count();
    let mut chart = chart(
        178.0,
        &format!(
            "Idle days of {}; {beyond} reach the threshold of {threshold} days",
            many(idle.len(), "account")
        ),
    );
    let height = |accounts: usize| count(accounts) / count(highest) * (FOOT - TOP);
    let place = |days: u32| 100.0 * f64::from(days) / f64::from(bins * width);
    chart = chart.add(line("grid", (0.0, TOP), (100.0, TOP))).add(label(
        &many(highest, "account"),
        0.0,
        TOP - 6.0,
    ));
    for bin in 0..bins {
        let mut top = FOOT;
        for verdict in STACK {
            let accounts = of_bin(bin, Some(verdict));
            if accounts == 0 {
                continue;
            }
            let (first, last) = (bin * width, (bin + 1) * width - 1);
            let title = format!("{first} to {last} days: {} {verdict}", many(accounts, "account"));
            top -= height(accounts);
            let wide = 0.86 * place(width);
            chart = chart.add(bar(
                &format!("v-{verdict}"),
                place(first) + 0.07 * place(width),
                top,
                wide,
                height(accounts),
                &title,
            ));
        }
    }
    let x = place(threshold);
    chart = chart
        .add(line("axis", (0.0, FOOT), (100.0, FOOT)))
        .add(line("mark", (x, TOP - 4.0), (x, FOOT)))
        .add(label("0", 0.0, FOOT + 18.0))
        .add(label(&format!("{threshold} days"), x, FOOT + 18.0));
    if place(longest) > x + 25.0 {
        chart = chart.add(label(&format!("{longest} days"), 100.0, FOOT + 18.0));
    }
    Some(chart)
}
