//! Serves a portal for a person to try things on.
fn main() {}
