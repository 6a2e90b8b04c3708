//! What notices need: secrets, texts, a mail server that takes mail, stages that tell people in time, and
//! inviters who are still there. Nothing is sent.

use std::time::Duration;

use crate::{
    commands::{Context, doctor::check::Check},
    config::{Addressee, Notices},
    engine::{self, evaluate, notify::Uninvited},
    output::when::{many, thousands},
    store::{Mode, decisions::Currency},
};

/// Longest wait for the mail server.
const PATIENCE: Duration = Duration::from_secs(15);

pub(super) async fn examine(cx: &Context) -> Vec<Check> {
    let Some(notices) = &cx.settings.notices else { return Vec::new() };
    let mut checks = vec![
        delivery(cx, notices).await,
        stages(notices, cx.settings.policy.inactivity_days),
        required(notices),
    ];
    if notices.to.contains(&Addressee::Inviter) {
        checks.push(inviters(cx, notices).await);
    }
    checks
}

/// Whether anybody can be disabled without a notice.
fn required(notices: &Notices) -> Check {
    const NAME: &str = "notices required";
    if notices.rules.required {
        let days = many(notices.rules.min_notice_days, "day");
        return Check::ok(NAME, format!("`apply` skips accounts that were not told {days} before"));
    }
    Check::ok(NAME, "no: `apply` also disables accounts that nobody was told about")
        .advise("required = true in [notices] makes it skip accounts that were not told in time")
}

/// Accounts whose inviter gets no notice, by what the newest sync knows.
async fn inviters(cx: &Context, notices: &Notices) -> Check {
    const NAME: &str = "inviters";
    let Uninvited { accounts, of } = match uninvited(cx).await {
        Ok(found) => found,
        Err(error) => return Check::skipped(NAME, format!("{error:#}")),
    };
    let of = many(of, "account");
    if accounts == 0 {
        return Check::ok(NAME, format!("each of {of} under review has one who can be told"));
    }
    let whose = format!(
        "{} of {of} under review: the account that invited them is disabled, deleted or unknown",
        thousands(accounts as u64)
    );
    let also_told = notices.to.iter().filter(|to| **to != Addressee::Inviter);
    let also_told: Vec<String> = also_told.map(ToString::to_string).collect();
    match also_told.as_slice() {
        [] => Check::warning(
            NAME,
            format!("{whose}, and nobody else is told about them"),
            "add \"account\" or an address of your own to `to` in [notices]",
        ),
        others => Check::ok(NAME, format!("{whose}; told instead: {}", others.join(", "))),
    }
}

async fn uninvited(cx: &Context) -> anyhow::Result<Uninvited> {
    let mut store = cx.open(Mode::Read).await?;
    let policy = cx.settings.policy.clone();
    let mut snapshot = store.snapshot().await?;
    let (newest, end) = evaluate::newest(&mut snapshot, &policy).await?;
    let judged = evaluate::judge(&mut snapshot, newest, policy, end, Currency::Current).await?;
    Ok(engine::notify::without_inviter(&judged))
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
                many(inactivity_days, "day")
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
                many(earliest, "day")
            ),
            "let before_days begin with min_notice_days or more",
        );
    }
    Check::ok(NAME, format!("the first notice comes {} before", many(earliest, "day")))
}
