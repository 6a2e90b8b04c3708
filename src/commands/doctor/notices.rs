//! What notices need: secrets, texts, a mail server that takes mail, and stages that tell people in time.
//! Nothing is sent.

use std::time::Duration;

use crate::{
    commands::{Context, doctor::check::Check},
    config::Notices,
    engine,
    output::when::counted,
};

/// Longest wait for the mail server.
const PATIENCE: Duration = Duration::from_secs(15);

pub(super) async fn examine(cx: &Context) -> Vec<Check> {
    let Some(notices) = &cx.settings.notices else { return Vec::new() };
    vec![delivery(cx, notices).await, stages(notices, cx.settings.policy.inactivity_days)]
}

async fn delivery(cx: &Context, notices: &Notices) -> Check {
    const NAME: &str = "notices";
    let tried = engine::notify::check(&cx.settings, notices);
    match tokio::time::timeout(PATIENCE, tried).await {
        Ok(Ok(())) => Check::ok(
            NAME,
            match (&notices.mail, &notices.webhook) {
                (Some(mail), _) => format!("{} takes mail from {}", mail.host, mail.from),
                (None, _) => "the webhook has its secret".to_owned(),
            },
        ),
        Ok(Err(error)) => Check::failed(NAME, format!("{error:#}")),
        Err(_) => Check::problem(
            NAME,
            format!("the mail server did not answer within {} seconds", PATIENCE.as_secs()),
            "check smtp in [notices], and the firewall between",
        ),
    }
}

/// Whether the stages are moments at which people should be told.
fn stages(notices: &Notices, inactivity_days: u32) -> Check {
    const NAME: &str = "notice stages";
    let rules = &notices.rules;
    let earliest = rules.largest();
    if earliest >= inactivity_days {
        return Check::warning(
            NAME,
            format!(
                "before_days begins with {earliest}, and the threshold is {}: people are told \
                 directly after every visit",
                counted(inactivity_days.into(), "day")
            ),
            "use fewer days than inactivity_days",
        );
    }
    if rules.min_notice_days > earliest {
        return Check::warning(
            NAME,
            format!(
                "min_notice_days is {}, and the first notice comes {} before: nobody is disabled \
                 when the threshold is reached",
                rules.min_notice_days,
                counted(earliest.into(), "day")
            ),
            "let before_days begin with min_notice_days or more",
        );
    }
    Check::ok(NAME, format!("the first notice comes {} before", counted(earliest.into(), "day")))
}
