//! Pages of the login history and of the audit trail.
//!
//! A login row's JSON is ready but for its id and date, so a page is little more than copying.

use std::fmt::Write as _;

use serde::Serialize;
use uuid::Uuid;

use super::date::EventDates;
use super::odd;
use crate::world::{AuditEvent, LoginRow, Oddities, Settings};

/// A JSON array of login events.
pub(crate) fn logins<'a>(
    settings: &Settings,
    oddities: &Oddities,
    rows: impl Iterator<Item = &'a LoginRow>,
) -> (String, usize) {
    let mut dates = EventDates::new(settings);
    let mut out = String::with_capacity(48 * 1024);
    let mut count = 0;
    out.push('[');
    for row in rows {
        if count > 0 {
            out.push(',');
        }
        let start = out.len();
        // Writing to a String cannot fail.
        let _ = write!(out, r#"{{"id":{},"date":""#, row.id);
        dates.push(&mut out, row.at_micros);
        out.push('"');
        out.push_str(row.shape.json_tail());
        if let Some(&oddity) = oddities.get(&row.id) {
            let odd = odd::event(&out[start..], oddity);
            out.truncate(start);
            out.push_str(&odd);
        }
        count += 1;
    }
    out.push(']');
    (out, count)
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Audit<'a> {
    id: i32,
    date: String,
    user: &'a str,
    user_id: Uuid,
    action: &'a str,
    action_id: u16,
    ip: &'a str,
    country: &'a str,
    city: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    browser: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    platform: Option<&'a str>,
    page: &'a str,
    action_type: i32,
    product: i32,
    location: i32,
    target: &'a [String],
    entries: &'a [i32],
    context: &'a str,
}

/// A JSON array of audit events.
pub(crate) fn audits(
    settings: &Settings,
    oddities: &Oddities,
    rows: &[&AuditEvent],
) -> serde_json::Result<String> {
    let mut dates = EventDates::new(settings);
    let mut items = Vec::with_capacity(rows.len());
    for row in rows {
        let audit = Audit {
            id: row.id,
            date: dates.text(row.at.timestamp_micros()),
            user: &row.user,
            user_id: row.user_id,
            action: &row.action,
            action_id: row.code,
            ip: &row.ip,
            country: "",
            city: "",
            browser: row.browser.as_deref(),
            platform: row.platform.as_deref(),
            page: &row.page,
            action_type: row.action_type,
            product: row.product,
            location: 30,
            target: &row.target,
            entries: &row.entries,
            context: &row.context,
        };
        let json = serde_json::to_string(&audit)?;
        items.push(match oddities.get(&row.id) {
            Some(&oddity) => odd::event(&json, oddity),
            None => json,
        });
    }
    Ok(format!("[{}]", items.join(",")))
}
