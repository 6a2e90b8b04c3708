//! Which messages are due: one for each recipient, however many accounts it is about, and none about an
//! account whose stage that recipient has been sent already.

use std::collections::{BTreeMap, HashMap};

use crate::{
    config::{Addressee, Notices, shown_webhook},
    domain::{
        account::{Account, AccountId, Status, email_key},
        decision::Finding,
        history::sha256,
        notices::{DueNotice, Role, SentNotices, due, is_sent},
        verdict::Verdict,
    },
    engine::evaluate::Judged,
    exit::Failure,
    mail::{self, Notice, NoticeAccount},
    time::Timestamp,
};

/// What is asked for; nothing set is everything that is due.
#[derive(Debug, Clone, Default)]
pub(crate) struct Order {
    /// About these accounts only.
    pub(crate) only: Vec<AskedAccount>,
    /// About this account only, also what was sent already.
    pub(crate) resend: Option<AskedAccount>,
    /// Most messages.
    pub(crate) limit: Option<u32>,
}

/// An account as it was asked for; an address can have belonged to several.
#[derive(Debug, Clone)]
pub(crate) struct AskedAccount {
    /// As typed.
    pub(crate) name: String,
    pub(crate) ids: Vec<AccountId>,
}

impl AskedAccount {
    fn is(&self, finding: &Finding) -> bool {
        self.ids.contains(&finding.account_id)
    }
}

/// One message to one recipient.
#[derive(Debug, Clone)]
pub(crate) struct Letter {
    pub(crate) role: Role,
    /// An address, or the webhook's URL without query and credentials.
    pub(crate) recipient: String,
    pub(crate) subjects: Vec<Subject>,
}

/// An account that a message is about.
#[derive(Debug, Clone)]
pub(crate) struct Subject {
    pub(crate) finding: Finding,
    pub(crate) due: DueNotice,
}

/// Accounts without an inviter who can act, and among how many.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Uninvited {
    pub(crate) accounts: usize,
    pub(crate) of: usize,
}

#[derive(Debug, Default)]
pub(crate) struct Letters {
    /// Those to the people themselves first.
    pub(crate) letters: Vec<Letter>,
    /// Accounts about which nobody can be told, in words.
    pub(crate) unaddressed: Vec<String>,
}

impl Order {
    /// One-shot flags as typed, for the record.
    pub(super) fn overrides(&self) -> String {
        let mut flags: Vec<String> =
            self.only.iter().map(|a| format!("--only {}", a.name)).collect();
        flags.extend(self.resend.iter().map(|a| format!("--resend {}", a.name)));
        flags.extend(self.limit.map(|n| format!("--limit {n}")));
        flags.join(" ")
    }

    fn names(&self, finding: &Finding) -> bool {
        match &self.resend {
            Some(named) => named.is(finding),
            None => self.only.is_empty() || self.only.iter().any(|named| named.is(finding)),
        }
    }
}

/// The messages that are due.
///
/// # Errors
/// An account named is not due for a notice: usage.
pub(crate) fn letters(
    judged: &Judged,
    notices: &Notices,
    sent: &SentNotices,
    order: &Order,
) -> Result<Letters, Failure> {
    let evidence = judged.evidence();
    let due = |f: &Finding| {
        due(&notices.rules, &judged.policy, evidence.get(&f.account_id)?, judged.as_of)
    };
    let mut subjects: Vec<Subject> = judged
        .findings
        .iter()
        .filter(|finding| order.names(finding))
        .filter_map(|finding| Some(Subject { finding: finding.clone(), due: due(finding)? }))
        .collect();
    subjects.sort_by(|a, b| a.finding.by_idleness(&b.finding));
    refuse_unknown(judged, order, &subjects)?;
    let accounts: HashMap<AccountId, &Account> =
        judged.gathered.facts.accounts().map(|account| (account.id, account)).collect();
    let mut found = Letters::default();
    let mut shared: BTreeMap<(Role, String), Letter> = BTreeMap::new();
    for subject in subjects {
        let recipients = recipients(notices, &accounts, &subject.finding);
        if recipients.is_empty() {
            let Finding { email, .. } = &subject.finding;
            found.unaddressed.push(format!(
                "nobody can be told about {email}: the account that invited it is disabled, deleted or \
                 unknown, and [notices] names no address"
            ));
        }
        let known = sent.about(subject.finding.account_id);
        for (role, recipient) in recipients {
            if order.resend.is_none() && is_sent(known, &subject.due, &recipient) {
                continue;
            }
            let letter = Letter { role, recipient, subjects: vec![subject.clone()] };
            if role == Role::Account {
                found.letters.push(letter);
                continue;
            }
            // Somebody who invited one account and is a fixed address for another gets one message.
            let shelf = if role == Role::Webhook { role } else { Role::Inviter };
            shared
                .entry((shelf, email_key(&letter.recipient)))
                .and_modify(|known| {
                    known.role = known.role.max(role);
                    known.subjects.push(subject.clone());
                })
                .or_insert(letter);
        }
    }
    found.letters.extend(shared.into_values());
    Ok(found)
}

/// Whom to tell of an account, each address once, the person first.
fn recipients(
    notices: &Notices,
    accounts: &HashMap<AccountId, &Account>,
    finding: &Finding,
) -> Vec<(Role, String)> {
    let mut addresses: Vec<(Role, String)> = Vec::new();
    let mut to: Vec<&Addressee> = notices.to.iter().collect();
    to.sort_by_key(|addressee| addressee.role());
    for addressee in to {
        let address = match addressee {
            Addressee::Account => Some(finding.email.clone()),
            Addressee::Inviter => inviter(accounts, finding.account_id).map(|i| i.email.clone()),
            Addressee::Address(address) => Some(address.clone()),
        };
        let is_new = |address: &String| {
            !addresses.iter().any(|(_, known)| email_key(known) == email_key(address))
        };
        if let Some(address) = address.filter(is_new) {
            addresses.push((addressee.role(), address));
        }
    }
    addresses.extend(notices.webhook.iter().map(|hook| (Role::Webhook, shown_webhook(&hook.url))));
    addresses
}

/// The account that invited another one, where it can act.
fn inviter<'a>(
    accounts: &HashMap<AccountId, &'a Account>,
    invited: AccountId,
) -> Option<&'a Account> {
    let inviter = accounts.get(&accounts.get(&invited)?.invited_by?)?;
    (inviter.status == Status::Active && !inviter.email.is_empty()).then_some(inviter)
}

/// Of the accounts that can become inactive, those that nobody can be told about as their inviter: it is
/// disabled, deleted or unknown.
pub(crate) fn without_inviter(judged: &Judged) -> Uninvited {
    let accounts: HashMap<AccountId, &Account> =
        judged.gathered.facts.accounts().map(|account| (account.id, account)).collect();
    let can_become_inactive = |finding: &&Finding| match finding.reason.verdict() {
        Verdict::Active | Verdict::Inactive | Verdict::Undetermined => true,
        Verdict::Exempt | Verdict::Disabled => false,
    };
    let reviewed = || judged.findings.iter().filter(can_become_inactive);
    let has_none = |finding: &&Finding| inviter(&accounts, finding.account_id).is_none();
    Uninvited { accounts: reviewed().filter(has_none).count(), of: reviewed().count() }
}

fn refuse_unknown(judged: &Judged, order: &Order, subjects: &[Subject]) -> Result<(), Failure> {
    let only = order.only.iter().map(|named| ("--only", named));
    let resent = order.resend.iter().map(|named| ("--resend", named));
    for (flag, named) in only.chain(resent) {
        if subjects.iter().any(|subject| named.is(&subject.finding)) {
            continue;
        }
        let said = match judged.findings.iter().find(|finding| named.is(finding)) {
            Some(f) => format!("not due for a notice: {} ({})", f.reason.verdict(), f.reason),
            None => "not under review".to_owned(),
        };
        let message = format!("{flag} {}: this account is {said}; nothing was sent", named.name);
        return Err(Failure::usage(message));
    }
    Ok(())
}

impl Letter {
    /// What is sent at `now`.
    pub(crate) fn notice(
        &self,
        portal: &str,
        notices: &Notices,
        judged: &Judged,
        now: Timestamp,
        message_id: String,
    ) -> Notice {
        let account = |Subject { finding, due }: &Subject| NoticeAccount {
            account_id: finding.account_id.to_string(),
            email: finding.email.clone(),
            display_name: finding.display_name.clone(),
            kind: finding.kind.to_string(),
            last_activity_at: finding.last_activity.map(|activity| activity.at),
            idle_days: finding.idle_days.unwrap_or(0).into(),
            not_before: due.not_before(&notices.rules, now),
            stage_days: due.stage,
        };
        Notice {
            recipient: self.recipient.clone(),
            role: match self.role {
                Role::Account => mail::Role::Account,
                Role::Inviter => mail::Role::Inviter,
                Role::Fixed | Role::Webhook => mail::Role::Fixed,
            },
            portal: portal.to_owned(),
            accounts: self.subjects.iter().map(account).collect(),
            threshold_days: judged.policy.inactivity_days,
            message_id,
        }
    }

    /// The same however often run `run_id` tries it.
    pub(super) fn message_id(&self, portal: &str, run_id: i64) -> String {
        let Self { role, recipient, subjects } = self;
        let about = subjects.iter().map(|s| s.finding.account_id.to_string()).collect::<Vec<_>>();
        let digest =
            sha256(format!("{portal} {run_id} {role} {recipient} {}", about.join(" ")).as_bytes());
        format!("<{}@dormouse>", digest.get(..32).unwrap_or(&digest))
    }
}
