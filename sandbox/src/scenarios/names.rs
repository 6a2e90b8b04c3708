//! Names and firms that look real and belong to nobody; some are there to break naive readers.

use rand::{Rng, rngs::SmallRng};

const FIRST: [&str; 40] = [
    "Ann", "Ben", "Carla", "Dmitri", "Elif", "Farid", "Greta", "Hugo", "Ines", "Jonas", "Katya",
    "Liam", "Mei", "Nadia", "Oskar", "Priya", "Quentin", "Rosa", "Sven", "Tomasz", "Ursula",
    "Viktor", "Wanda", "Xenia", "Yusuf", "Zoé", "Søren", "Łukasz", "José", "Aoife", "Bjørn",
    "Chloé", "Đorđe", "Emre", "Fatima", "Giulia", "Hana", "Igor", "Jan", "Klára",
];

const LAST: [&str; 40] = [
    "Abbott",
    "Bauer",
    "Castillo",
    "Dvořák",
    "Eriksen",
    "Fischer",
    "García",
    "Haddad",
    "Ivanova",
    "Jansen",
    "Kowalski",
    "Lindqvist",
    "Moreau",
    "Nakamura",
    "O'Brien",
    "Petrov",
    "Quispe",
    "Rossi",
    "Schmidt",
    "Tanaka",
    "Ueda",
    "Vasquez",
    "Weber",
    "Xu",
    "Yilmaz",
    "Zimmermann",
    "d'Angelo",
    "McCarthy",
    "Saint-Just",
    "Müller & Sohn",
    "Nováková",
    "Okafor",
    "Papadopoulos",
    "Quinn",
    "Ramírez",
    "Sørensen",
    "Thompson",
    "van Dijk",
    "Wójcik",
    "Żak",
];

const FIRMS: [&str; 12] = [
    "northwind",
    "brightforge",
    "alder-partners",
    "cobaltworks",
    "delta-translations",
    "eastgate",
    "fjordline",
    "greyhound-legal",
    "hallmark-audit",
    "ironbridge",
    "juniper-design",
    "kestrel",
];

/// A person of a firm.
pub(super) struct Person {
    pub(super) first: &'static str,
    pub(super) last: &'static str,
    pub(super) email: String,
}

/// A person whose address is unique for each `number`.
pub(super) fn contractor(rng: &mut SmallRng, number: usize) -> Person {
    let firm = FIRMS[rng.random_range(0..FIRMS.len())];
    person(rng, number, &format!("{firm}.example"))
}

/// A member of the staff.
pub(super) fn staff(rng: &mut SmallRng, number: usize) -> Person {
    person(rng, number, "portal.example.com")
}

fn person(rng: &mut SmallRng, number: usize, domain: &str) -> Person {
    let first = FIRST[rng.random_range(0..FIRST.len())];
    let last = LAST[rng.random_range(0..LAST.len())];
    let email = format!("{}.{}{number}@{domain}", ascii(first), ascii(last));
    Person { first, last, email }
}

fn ascii(name: &str) -> String {
    name.to_lowercase().chars().filter(char::is_ascii_alphabetic).collect()
}
