//! What is said of exemptions and names that do not do what they were written for.

use super::team::{Site, team};

const POLICY: &str = r#"
[population]
groups = ["Externals", "Nobody knows"]
email_domains = ["contractor.example", "typo.example"]

[[exemption]]
email = "idle@contractor.example"
reason = "leave"
expires = 2026-11-24

[[exemption]]
email = "silent@contractor.example"
reason = "court case"
expires = 2026-11-23

[[exemption]]
email = "nobody@contractor.example"
reason = "left"
"#;

fn site() -> Site {
    let mut world = team();
    let group = world.add_group("Externals");
    world.add_group("Empty");
    world.add_group("externals");
    let owner = world.owner();
    let owner = world.account_mut(owner).unwrap();
    owner.groups.push(group);
    let site = Site::new(world);
    site.write("dormouse.toml", POLICY);
    site
}

#[test]
fn decide_warns_and_decides_all_the_same() {
    let site = site();
    site.must("sync");
    let ran = site.must("decide");
    insta::assert_snapshot!(ran.stderr, @r#"
        warning: exemption of email nobody@contractor.example matches no account on the portal
        warning: population group "Nobody knows" matches no account on the portal; group names match exactly, and guests are never in groups
        warning: population domain typo.example matches no account on the portal
        warning: the exemption of email silent@contractor.example ended on 2026-11-23 and no longer applies
        warning: the exemption of email idle@contractor.example ends on 2026-11-24
        "#);
    assert_eq!(site.reason("idle"), "exemption", "on its last day it still holds");
    assert_eq!(site.reason("silent"), "idle", "an expired one spares nobody");
}

#[test]
fn policy_check_refuses() {
    let site = site();
    site.must("sync");
    let ran = site.run_alone("policy check");
    assert_eq!(ran.code, 2);
    insta::assert_snapshot!(ran.stdout, @r#"
        problem: exemption of email silent@contractor.example expired on 2026-11-23; remove it or set a new date
        problem: exemption of email nobody@contractor.example matches no account on the portal
        problem: population group "Nobody knows" matches no account on the portal; group names match exactly, and guests are never in groups
        problem: population domain typo.example matches no account on the portal
        "#);
    insta::assert_snapshot!(ran.stderr, @"error: the policy has 4 problems");
}

#[test]
fn with_a_key_the_portal_itself_is_asked_for_groups() {
    let site = site();
    site.write("dormouse.toml", "[population]\ngroups = [\"Externals\", \"Empty\"]\n");
    // Before any sync: whether they exist can be told, whether somebody is in them cannot.
    let ran = site.run("policy check");
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "no problem found\n"), "{}", ran.stderr);
    site.write("dormouse.toml", "[population]\ngroups = [\"Externals\", \"External\"]\n");
    let ran = site.run("policy check");
    assert_eq!(ran.code, 2);
    insta::assert_snapshot!(ran.stdout, @r#"problem: the portal has no group "External"; group names match exactly"#);
    site.portal.world().add_group("Externals");
    site.write("dormouse.toml", "[[exemption]]\ngroup = \"Externals\"\nreason = \"x\"\n");
    let ran = site.run("policy check");
    assert_eq!(ran.code, 2);
    insta::assert_snapshot!(ran.stdout, @r#"problem: the portal has 2 groups "Externals", so the name could mean any of them"#);
    // A group without members is there, and still reviews nobody.
    site.write("dormouse.toml", "[population]\ngroups = [\"Empty\"]\n");
    site.must("sync");
    let ran = site.run("policy check");
    assert_eq!(ran.code, 2);
    insta::assert_snapshot!(ran.stdout, @r#"problem: population group "Empty" matches no account on the portal; group names match exactly, and guests are never in groups"#);
}
