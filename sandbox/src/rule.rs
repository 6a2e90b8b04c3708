//! Rules: which requests a fault spoils, and when.
//!
//! Every rule counts the requests it matches; all faults of the rules that fire are applied.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rand::{Rng, SeedableRng, rngs::SmallRng};

use crate::fault::Fault;
use crate::wire::query::Query;
use crate::world::World;

type Predicate = Arc<dyn Fn(&Hit<'_>, &World) -> bool + Send + Sync>;

/// The request that a rule looks at.
#[derive(Debug)]
pub struct Hit<'a> {
    /// Upper case.
    pub method: &'a str,
    /// Without the query.
    pub path: &'a str,
    pub(crate) query: &'a Query,
    /// The body as text.
    pub body: &'a str,
}

impl Hit<'_> {
    /// A query parameter.
    pub fn param(&self, name: &str) -> Option<&str> {
        self.query.get(name)
    }

    /// Would this page of the login history contain the event? (Ties are not shuffled here.)
    pub fn page_contains(&self, event: i32, world: &World) -> bool {
        let number = |name| self.param(name).and_then(|text| text.parse::<usize>().ok());
        let start = number("startIndex").unwrap_or(0);
        let count = number("count").unwrap_or(100);
        world.logins().iter().rev().skip(start).take(count).any(|row| row.id == event)
    }
}

#[derive(Clone, Debug)]
enum When {
    Always,
    First(u64),
    Nth(u64),
    After(u64),
    Chance { percent: u8, rng: SmallRng },
}

/// Which requests a fault spoils. Without a condition it fires at every match.
#[derive(Clone)]
pub struct Rule {
    method: Option<String>,
    prefix: String,
    only: Vec<Predicate>,
    when: When,
    matched: u64,
    fault: Fault,
}

impl Rule {
    /// Any request.
    pub fn any(fault: Fault) -> Self {
        let prefix = String::new();
        Self { method: None, prefix, only: Vec::new(), when: When::Always, matched: 0, fault }
    }

    /// GETs whose path begins so.
    pub fn get(prefix: &str, fault: Fault) -> Self {
        Self::any(fault).method("GET").path(prefix)
    }

    /// PUTs whose path begins so.
    pub fn put(prefix: &str, fault: Fault) -> Self {
        Self::any(fault).method("PUT").path(prefix)
    }

    /// Only this method.
    #[must_use]
    pub fn method(mut self, method: &str) -> Self {
        self.method = Some(method.to_owned());
        self
    }

    /// Only paths that begin so.
    #[must_use]
    pub fn path(mut self, prefix: &str) -> Self {
        prefix.clone_into(&mut self.prefix);
        self
    }

    /// Only with this value of a query parameter.
    #[must_use]
    pub fn param(self, name: &str, value: &str) -> Self {
        let (name, value) = (name.to_owned(), value.to_owned());
        self.only_if(move |hit, _| hit.param(&name) == Some(value.as_str()))
    }

    /// Only login pages that contain this event.
    #[must_use]
    pub fn containing(self, event: i32) -> Self {
        self.only_if(move |hit, world| hit.page_contains(event, world))
    }

    /// Only when this holds.
    #[must_use]
    pub fn only_if(
        mut self,
        holds: impl Fn(&Hit<'_>, &World) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.only.push(Arc::new(holds));
        self
    }

    /// Fires at the first `n` matches.
    #[must_use]
    pub fn first(mut self, n: u64) -> Self {
        self.when = When::First(n);
        self
    }

    /// Fires at the `n`th match alone, counted from 1.
    #[must_use]
    pub fn nth(mut self, n: u64) -> Self {
        self.when = When::Nth(n);
        self
    }

    /// Fires at every match after the first `n`.
    #[must_use]
    pub fn after(mut self, n: u64) -> Self {
        self.when = When::After(n);
        self
    }

    /// Fires at so many matches out of a hundred, drawn from the seed.
    #[must_use]
    pub fn chance(mut self, percent: u8, seed: u64) -> Self {
        self.when = When::Chance { percent, rng: SmallRng::seed_from_u64(seed) };
        self
    }

    fn fires(&mut self, hit: &Hit<'_>, world: &World) -> bool {
        let matches = self.method.as_deref().is_none_or(|method| method == hit.method)
            && hit.path.starts_with(&self.prefix)
            && self.only.iter().all(|holds| holds(hit, world));
        if !matches {
            return false;
        }
        self.matched += 1;
        match &mut self.when {
            When::Always => true,
            When::First(n) => self.matched <= *n,
            When::Nth(n) => self.matched == *n,
            When::After(n) => self.matched > *n,
            When::Chance { percent, rng } => rng.random_range(0..100) < *percent,
        }
    }
}

/// The portal's rules; clones are the same list.
#[derive(Clone, Default)]
pub struct Faults(Arc<Mutex<Vec<Rule>>>);

impl Faults {
    /// Adds a rule after the others.
    pub fn push(&self, rule: Rule) {
        self.rules().push(rule);
    }

    /// Removes all rules.
    pub fn clear(&self) {
        self.rules().clear();
    }

    pub(crate) fn firing(&self, hit: &Hit<'_>, world: &World) -> Vec<Fault> {
        self.rules()
            .iter_mut()
            .filter_map(|rule| rule.fires(hit, world).then(|| rule.fault.clone()))
            .collect()
    }

    fn rules(&self) -> MutexGuard<'_, Vec<Rule>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
