//! What thresholds would have done over the recorded past, where the report was asked for it.

use maud::{Markup, html};

use crate::{
    output::{
        backtest::{BacktestDocument, FalseDisables, ThresholdFigures},
        when::{date, many},
    },
    report::{
        AuditReport,
        html::{
            charts::{self, WITHIN},
            components::{
                Column::{Number, Text},
                figure, section, table,
            },
        },
    },
    time::days,
};

pub(super) fn backtest(report: &AuditReport) -> Markup {
    match &report.backtest {
        Some(backtest) => section("backtest", "Backtest of thresholds", &tried(backtest)),
        None => Markup::default(),
    }
}

fn tried(backtest: &BacktestDocument) -> Markup {
    let columns = [
        Number("Threshold in days", |t: &ThresholdFigures| Some(t.inactivity_days.into())),
        Number("Would-be disables", |t| i64::try_from(t.would_be_disables).ok()),
        Text("Back within 30 days", |t| rate(t.false_disables[0])),
        Text("Back within 60 days", |t| rate(t.false_disables[1])),
        Text("Back within 90 days", |t| rate(t.false_disables[2])),
        Number("Account-days saved", |t| Some(t.exposure_saved_account_days)),
        Number("Days not judged", |t| Some(t.days_not_judged.into())),
    ];
    let legend = ["back within 30 days", "back within 60 days", "back within 90 days"];
    let legend: Vec<(&str, &str)> = WITHIN.into_iter().zip(legend).collect();
    html! {
        p {
            "What each threshold would have done to " (many(backtest.accounts, "account"))
            @if backtest.days > 0 {
                " with one review a day from " (date(backtest.from)) " to " (date(backtest.to - days(1)))
            }
            ". A would-be disable is the first day of an idle stretch on which the threshold holds; days without "
            "as many days of coverage before them are not judged. Those that came back are counted among those "
            "that can be followed for as long and stayed enabled."
        }
        @for sentence in backtest.sentences() { p { (sentence) } }
        (table("Thresholds", &columns, &backtest.thresholds))
        (figure(
            charts::false_disables(backtest),
            "Would-be disables that came back, in percent of those that can be followed",
            &legend,
        ))
        p.soft { "This is an estimate. " (backtest.estimate.join(" ")) }
    }
}

fn rate(of: FalseDisables) -> Markup {
    html! { (of.in_words()) }
}
