//! The first sync of a newer version, killed at any moment around its migration: the store is the old
//! one or the new one, and every row of the history is in it.

use std::{fs, time::Duration};

use super::{Dormouse, files, lived};
use crate::harness::kill::{Chance, Fate, kill_at, kills};

#[test]
fn a_kill_during_an_upgrade_leaves_the_old_store_or_the_new_one() {
    let file = files().remove(0);
    let site = lived(Dormouse::IsAway);
    site.sql(&format!(".read {}", file.display()));
    let older = fs::read(site.store()).unwrap();
    let schema = "SELECT count(*) FROM _sqlx_migrations";
    let history = "SELECT seq, hash FROM history ORDER BY seq";
    let (old_schema, rows) = (site.sql(schema), site.sql(history));
    site.must("sync");
    let new_schema = site.sql(schema);
    assert_ne!(new_schema, old_schema);
    let mut chance = Chance(8);
    // The migration lies between the last request that leaves the old store and the first that leaves
    // the new one.
    let (mut from, mut to) = (1, site.portal.journal().entries().len() as u64);
    let (mut killed, mut old, mut new) = (0, 0, 0);
    while killed < kills(50) {
        for beside in ["-wal", "-shm"] {
            let _ = fs::remove_file(site.path().join(format!("dormouse.db{beside}")));
        }
        fs::write(site.store(), &older).unwrap();
        let request = from + chance.below(to + 1 - from);
        let moment = chance.within(Duration::from_millis(40));
        let fate = kill_at(&site, site.clocked_process("sync"), request, moment);
        killed += u64::from(fate == Fate::Killed);
        let found = site.sql(schema);
        assert!(found == old_schema || found == new_schema, "{found:?}");
        assert_eq!(site.sql("PRAGMA integrity_check"), ["ok"]);
        assert_eq!(site.sql(history)[..rows.len()], rows);
        if found == old_schema {
            old += 1;
            from = from.max(request.min(to));
        } else {
            new += 1;
            to = to.min(request.max(from));
        }
        site.must("history verify");
        if chance.below(10) == 0 {
            site.must("sync");
            assert_eq!(site.sql(schema), new_schema);
            site.must("history verify");
        }
    }
    assert!(old > 0 && new > 0, "{old} old, {new} new");
}
