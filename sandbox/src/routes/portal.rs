//! Facts about the portal: identity, plan and payment.

use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

use crate::wire::call::{Call, Scope, Unpaid};
use crate::wire::date;
use crate::wire::envelope::Counts;
use crate::wire::reply::Answer;
use crate::world::{Payment, Plan, Status, World};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PortalDto {
    tenant_alias: String,
    calls: bool,
    creation_date_time: String,
    tenant_id: i32,
    industry: i32,
    language: &'static str,
    last_modified: String,
    mapped_domain: String,
    name: &'static str,
    owner_id: Uuid,
    payment_id: &'static str,
    region: &'static str,
    status: i32,
    status_change_date: &'static str,
    time_zone: String,
    trusted_domains: [&'static str; 0],
    version: i32,
}

/// People who are no administrators are told the tenant's id only.
pub(crate) fn portal(world: &mut World, call: &Call) -> Answer {
    call.admit(world, Scope::SETTINGS, Unpaid::Answers)?;
    if !world.is_portal_admin(call.user()?) {
        return call.reply(&json!({ "tenantId": world.tenant_id() }), Counts::One);
    }
    let created = world.created().format("%Y-%m-%dT%H:%M:%SZ").to_string();
    let portal = PortalDto {
        tenant_alias: world.alias().to_owned(),
        calls: true,
        creation_date_time: created.clone(),
        tenant_id: world.tenant_id(),
        industry: 0,
        language: "en-US",
        last_modified: created,
        mapped_domain: String::new(),
        name: "Sandbox",
        owner_id: world.owner(),
        payment_id: "",
        region: "",
        status: world.settings.tenant_status.number(),
        status_change_date: "0001-01-01T00:00:00",
        time_zone: world.settings.timezone.name().to_owned(),
        trusted_domains: [],
        version: 0,
    };
    call.reply(&portal, Counts::One)
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Quota {
    tenant_id: i32,
    name: &'static str,
    price: i32,
    visible: bool,
    wallet: bool,
    features: &'static str,
    max_file_size: i64,
    max_total_size: i64,
    count_user: i32,
    count_room_admin: i32,
    users_in_room: i32,
    count_room: i32,
    free: bool,
    trial: bool,
    audit: bool,
    statistic: bool,
    lifetime: bool,
}

pub(crate) fn quota(world: &mut World, call: &Call) -> Answer {
    call.admit(world, Scope::SETTINGS, Unpaid::Answers)?;
    call.require_portal_admin(world)?;
    let plan = world.settings.plan;
    let seats = world.settings.seats.and_then(|seats| i32::try_from(seats).ok());
    let quota = Quota {
        tenant_id: -3,
        name: plan.name(),
        price: 0,
        visible: false,
        wallet: false,
        features: if plan.has_audit() {
            "audit,ldap,sso,statistic"
        } else {
            "free,total_size:2147483648"
        },
        max_file_size: 1_073_741_824,
        max_total_size: 2_147_483_648,
        count_user: -1,
        count_room_admin: seats.unwrap_or(-1),
        users_in_room: -1,
        count_room: -1,
        free: plan == Plan::Startup,
        trial: plan == Plan::Trial,
        audit: plan.has_audit(),
        statistic: plan.has_audit(),
        lifetime: false,
    };
    call.reply(&quota, Counts::One)
}

pub(crate) fn tariff(world: &mut World, call: &Call) -> Answer {
    call.admit(world, Scope::SETTINGS, Unpaid::Answers)?;
    let state = match (world.settings.payment, world.settings.plan) {
        (Payment::Unpaid, _) => 3,
        (Payment::Paid, Plan::Trial) => 0,
        (Payment::Paid, _) => 1,
    };
    let due = "9999-12-31T23:59:59.9999999Z";
    let tariff = json!({
        "id": 0, "state": state, "dueDate": due, "delayDueDate": date::UNSET,
        "licenseDate": date::UNSET, "customerId": "", "quotas": [],
    });
    call.reply(&tariff, Counts::One)
}

/// Active people with a user name.
pub(crate) fn users_count(world: &mut World, call: &Call) -> Answer {
    call.admit(world, Scope::SETTINGS, Unpaid::Refuses)?;
    call.require_portal_admin(world)?;
    let counted = world
        .accounts()
        .iter()
        .filter(|account| account.status == Status::Active && !account.user_name.is_empty());
    call.reply(&counted.count(), Counts::One)
}
