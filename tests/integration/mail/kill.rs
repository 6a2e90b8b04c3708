//! Killed with a mail on its way, again and again: nobody gets a second one, and what the server may have
//! taken over without an answer is recorded as such.

use std::{collections::HashMap, time::Duration};

use sandbox::{MailServer, Moment, Reaction, Trouble, World};

use super::support::{idle, mailing};
use crate::harness::{
    Site, at,
    kill::{Chance, Fate, kill_when, kills},
};

/// Each has 14 days or less.
const PEOPLE: usize = 40;
/// Without the audit trail, which would be asked about everybody in every run.
const NOTICES: &str = "before_days = [14]\nto = [\"account\"]\n[policy]\nsignals = [\"logins\"]\n";

fn world() -> World {
    idle(at("2026-06-15T12:00:00Z"), PEOPLE)
}

/// Notices whose intent has no outcome yet.
fn open_intents(site: &Site) -> usize {
    let open = site.sql(
        "SELECT count(*) FROM history i WHERE action = 'notify' AND phase = 'intent' AND NOT EXISTS (SELECT 1 \
         FROM history o WHERE o.phase = 'outcome' AND (o.run_id, o.account_id, o.stage, o.recipient) = \
         (i.run_id, i.account_id, i.stage, i.recipient) AND o.action = 'notify')",
    );
    open[0].parse().unwrap()
}

fn per_recipient(server: &MailServer) -> HashMap<String, Vec<String>> {
    let mut letters: HashMap<String, Vec<String>> = HashMap::new();
    for letter in server.letters() {
        let [to] = &letter.to[..] else { panic!("{:?}", letter.to) };
        let id = letter.header("Message-ID").unwrap();
        letters.entry(to.clone()).or_default().push(id);
    }
    letters
}

/// Holds the record against what the server counted; the number that it cannot answer for.
fn assert_agrees(site: &Site, server: &MailServer) -> usize {
    let letters = per_recipient(server);
    let rows = site.sql(
        "SELECT recipient, json_extract(detail, '$.delivery'), json_extract(detail, '$.message_id') FROM \
         history WHERE action = 'notify' AND phase = 'outcome' ORDER BY seq",
    );
    let mut unproven = 0;
    let mut recorded: HashMap<&str, &str> = HashMap::new();
    for row in &rows {
        let [recipient, delivery, id] = row.split('|').collect::<Vec<_>>()[..] else {
            panic!("{row}")
        };
        let got = letters.get(recipient).map_or(&[][..], Vec::as_slice);
        match delivery {
            "accepted" => assert_eq!(got, [id], "{row}"),
            "unproven" => {
                unproven += 1;
                assert!(got.is_empty() || got == [id], "{row}: {got:?}");
            }
            _ => panic!("{row}"),
        }
        assert_eq!(recorded.insert(recipient, delivery), None, "told once: {row}");
    }
    assert_eq!(recorded.len(), PEOPLE, "everybody was told, or may have been");
    assert!(letters.values().all(|got| got.len() == 1), "{letters:?}");
    unproven
}

/// Kills runs until everybody was told; how many of the kills came while a mail was on its way.
fn kill_until_all_are_told(chance: &mut Chance) -> (u64, u64) {
    let (site, server) = mailing(world(), NOTICES);
    site.must("sync");
    // The server takes its time around the end of a text.
    let slowly = || Reaction::Wait(Duration::from_millis(4));
    server.trouble(Trouble::at(Moment::Data, slowly()));
    server.trouble(Trouble::at(Moment::AfterText, slowly()));
    let (mut killed, mut sending) = (0, 0);
    loop {
        let step = [Moment::Recipient, Moment::Data, Moment::InText, Moment::AfterText]
            [usize::try_from(chance.below(4)).unwrap()];
        // Sometimes not in the first mail of the run.
        let enough = server.reached(step) + 1 + chance.below(2);
        let has_begun = || server.reached(step) >= enough;
        let moment = chance.within(Duration::from_millis(8));
        if kill_when(site.clocked_process("notify"), has_begun, moment) == Fate::Ended {
            break;
        }
        killed += 1;
        sending += u64::from(open_intents(&site) > 0);
        assert!(per_recipient(&server).values().all(|got| got.len() == 1));
    }
    let unproven = assert_agrees(&site, &server);
    assert!(unproven as u64 >= sending, "{unproven} of {sending}");
    let counted = server.letters().len();
    site.must("notify");
    assert_eq!(server.letters().len(), counted, "nothing is left to send");
    site.must("history verify");
    (killed, sending)
}

#[test]
fn nobody_is_told_twice_however_often_the_program_is_killed() {
    let times = kills(100);
    let mut chance = Chance(times);
    let (mut killed, mut sending) = (0, 0);
    while sending < times {
        let (more, hits) = kill_until_all_are_told(&mut chance);
        (killed, sending) = (killed + more, sending + hits);
        assert!(killed < 10 * times, "{sending} of {killed} came while a mail was on its way");
    }
}
