//! What to do after a decision. Only a command that would work is named.

use crate::{
    commands::{Context, decide::Made},
    domain::verdict::Verdict,
    output::{next::Next, when::many},
    store::decisions::Currency,
};

pub(super) fn next(cx: &Context, made: &Made) -> Next {
    let Made { id, judged, load, .. } = made;
    let findings = &judged.findings;
    let with = |verdict| findings.iter().filter(|f| f.reason.verdict() == verdict).count();
    let (inactive, undetermined) = (with(Verdict::Inactive), with(Verdict::Undetermined));
    let unchecked = judged.unchecked();
    if judged.currency == Currency::Historical {
        let why = "a historical decision can be reported, never applied";
        return match id {
            Some(id) => Next::run(format!("dormouse report {id} -o decision-{id}.html"), why),
            None => Next::nothing(why),
        };
    }
    if findings.is_empty() {
        let why = "no account is under review: check the population in dormouse.toml or the roster";
        return Next::run("dormouse policy show", why);
    }
    if cx.clock.now() - judged.as_of > cx.settings.brakes.max_evidence_age {
        return Next::run("dormouse sync", "the evidence is too old to act on");
    }
    if unchecked > 0 {
        let days = judged.policy.inactivity_days;
        let why = format!("the audit trail was not checked for {}", many(unchecked, "account"));
        return Next::run(format!("dormouse sync --inactivity-days {days}"), why);
    }
    if inactive == 0 && undetermined > 0 {
        return Next::nothing(
            "no account is proven inactive; the undetermined ones need more history",
        );
    }
    if inactive == 0 {
        return Next::nothing("nothing to do; no account is inactive");
    }
    if id.is_none() {
        return Next::run("dormouse decide", "stores this decision, so that it can be applied");
    }
    Next::apply(&cx.settings.brakes, *load)
}
