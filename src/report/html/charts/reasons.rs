//! How many accounts have each reason.

use svg::Document;

use crate::report::html::charts::{bar, chart, count, label};
use crate::{output::when::many, report::pack::Pack};

const ROW: f64 = 40.0;

/// A bar for each reason below its name. None without verdicts.
pub(in crate::report::html) fn reasons(pack: &Pack) -> Option<Document> {
    let most = pack.reasons.iter().map(|r| r.accounts).max()?;
    let said: Vec<String> =
        pack.reasons.iter().map(|r| format!("{} {}", r.accounts, words(r.reason))).collect();
    let mut chart =
        chart(ROW * count(pack.reasons.len()), &format!("Verdicts: {}", said.join(", ")));
    for (place, r) in pack.reasons.iter().enumerate() {
        let y = ROW * count(place);
        let title = format!("{}: {}", words(r.reason), many(r.accounts, "account"));
        let width = 100.0 * count(r.accounts) / count(most);
        chart = chart
            .add(label(
                &format!("{}: {} ({})", r.verdict, words(r.reason), r.accounts),
                0.0,
                y + 14.0,
            ))
            .add(bar(&format!("v-{}", r.verdict), 0.0, y + 20.0, width, 12.0, &title));
    }
    Some(chart)
}

fn words(reason: &str) -> String {
    reason.replace('_', " ")
}
