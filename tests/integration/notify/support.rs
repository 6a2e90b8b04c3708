//! A portal whose guests stopped coming on different days, a mail server, and notices set up.

use chrono::{DateTime, TimeDelta, Utc};
use sandbox::{Login, MailServer, World};
use uuid::Uuid;

pub(crate) use crate::harness::Site;

pub(crate) fn now() -> DateTime<Utc> {
    "2026-06-15T12:00:00Z".parse().unwrap()
}

pub(crate) struct Post {
    pub(crate) site: Site,
    pub(crate) mail: MailServer,
}

/// Guests who were last there so many days ago; the threshold is 30.
pub(crate) fn world(guests: &[(&str, i64)]) -> World {
    let mut world = World::builder(now()).build();
    for (name, days) in guests {
        let id = world.add_guest(&address(name), now() - TimeDelta::days(120));
        // The two hours that are always left open are not to move a stage.
        let left = now() - TimeDelta::days(*days) - TimeDelta::hours(3);
        world.add_login(Login::success(id).at(left));
    }
    for days in 0..150 {
        let stranger = Login::failure("stranger@elsewhere.example");
        world.add_login(stranger.at(now() - TimeDelta::days(days) - TimeDelta::minutes(3)));
    }
    world
}

pub(crate) fn address(name: &str) -> String {
    format!("{name}@contractor.example")
}

impl Post {
    /// With `to` and more lines of `[notices]`.
    pub(crate) fn new(world: World, to: &str, more: &str) -> Self {
        let mut site = Site::new(world);
        let mail = MailServer::spawn().unwrap();
        site.write("mail-ca.pem", mail.authority());
        site.machine.env.push(("DORMOUSE_SMTP_PASSWORD", mail.password().to_owned()));
        let post = Self { site, mail };
        post.configure(to, more);
        post
    }

    pub(crate) fn configure(&self, to: &str, more: &str) {
        self.site.configure(&format!(
            "[portal]\nrequests_per_minute = 1000000\nca_file = \"mail-ca.pem\"\n\
             [brakes]\nmax_percent = 100\n\
             [notices]\nbefore_days = [14, 3]\nto = {to}\nsmtp = \"{}\"\n\
             from = \"DocSpace <noreply@portal.example.com>\"\nper_minute = 60000\n{more}\n",
            self.mail.url()
        ));
    }

    pub(crate) fn id(&self, name: &str) -> Uuid {
        self.site.portal.world().account_by_email(&address(name)).unwrap().id
    }

    /// Days on which somebody else is there, so that the portal is seen to record.
    pub(crate) fn pass_days(&self, days: i64) {
        for _ in 0..days {
            self.site.pass(TimeDelta::days(1));
            let stranger = Login::failure("stranger@elsewhere.example");
            self.site.portal.world().add_login(stranger);
        }
    }

    /// Recipients of all mails so far, in order, each without its domain.
    pub(crate) fn told(&self) -> Vec<String> {
        let letters = self.mail.letters();
        let names = letters.iter().flat_map(|l| &l.to).map(|to| to.split('@').next().unwrap());
        names.map(str::to_owned).collect()
    }

    /// Rows of notices in the history: who, which stage, to whom, how it ended.
    pub(crate) fn rows(&self) -> Vec<String> {
        self.site.sql(
            "SELECT email || ' ' || stage || ' ' || recipient || ' ' || coalesce(outcome, phase) || ' ' ||
                    coalesce(json_extract(detail, '$.delivery'), '')
             FROM history WHERE action = 'notify' ORDER BY seq",
        )
    }
}
