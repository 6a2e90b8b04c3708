//! Restore from a portal backup: everything gets a new id, only e-mail addresses stay.

use std::collections::HashMap;

use uuid::Uuid;

use super::logins::{Logins, SharedShape};
use super::{Shape, World};

impl World {
    /// Gives the tenant, every account, every group and every event a new id. Keys keep their
    /// secrets, so that the same client meets the restored portal.
    pub fn restore_from_backup(&mut self) {
        self.tenant_id += 1;
        let mut ids: HashMap<Uuid, Uuid> = HashMap::new();
        for place in 0..self.accounts.len() {
            let id = self.new_guid();
            ids.insert(self.accounts[place].id, id);
            self.accounts[place].id = id;
        }
        for place in 0..self.groups.len() {
            let id = self.new_guid();
            ids.insert(self.groups[place].id, id);
            self.groups[place].id = id;
        }
        let renamed = |id: Uuid| ids.get(&id).copied().unwrap_or(id);
        for account in &mut self.accounts {
            account.created_by = account.created_by.map(renamed);
            account.groups.iter_mut().for_each(|id| *id = renamed(*id));
        }
        for group in &mut self.groups {
            group.manager = group.manager.map(renamed);
        }
        for key in &mut self.keys {
            key.created_by = renamed(key.created_by);
        }
        for event in &mut self.audits {
            self.last_audit_id += 1;
            event.id = self.last_audit_id;
            event.user_id = renamed(event.user_id);
        }
        self.owner = renamed(self.owner);
        self.index_accounts();
        self.renumber_logins(renamed);
    }

    fn renumber_logins(&mut self, renamed: impl Fn(Uuid) -> Uuid) {
        let mut shapes = HashMap::new();
        let mut rows = self.logins.take();
        for row in &mut rows {
            self.last_login_id += 1;
            row.id = self.last_login_id;
            let old = row.shape().clone();
            let shape = shapes.entry(old).or_insert_with_key(|old| {
                let user_id = renamed(old.user_id);
                SharedShape::new(Shape { user_id, ..old.clone() })
            });
            row.shape = std::sync::Arc::clone(shape);
        }
        self.logins = Logins::from_rows(rows);
    }
}
