//! Describing one login event before it is added: codes, texts and who is named in it.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::account::ANONYMOUS;
use super::logins::Shape;
use super::{Account, World};

/// A login event to add; what is not said gets a plain default.
#[derive(Clone, Debug)]
pub struct Login {
    pub(crate) user_id: Uuid,
    pub(crate) code: u16,
    pub(crate) at: Option<DateTime<Utc>>,
    pub(crate) login: Option<String>,
    pub(crate) ip: String,
    pub(crate) id: Option<i32>,
    pub(crate) user: Option<String>,
}

impl Login {
    /// Any code for an account.
    pub fn code(user_id: Uuid, code: u16) -> Self {
        let ip = "203.0.113.7".to_owned();
        Self { user_id, code, at: None, login: None, ip, id: None, user: None }
    }

    /// A password log-in on the web (1029).
    pub fn success(user_id: Uuid) -> Self {
        Self::code(user_id, 1029)
    }

    /// A logout (1006).
    pub fn logout(user_id: Uuid) -> Self {
        Self::code(user_id, 1006)
    }

    /// A failed attempt (1013): the anonymous id, whatever was typed.
    pub fn failure(typed: &str) -> Self {
        Self { login: Some(typed.to_owned()), ..Self::code(ANONYMOUS, 1013) }
    }

    /// When; the portal's now by default.
    #[must_use]
    pub fn at(mut self, at: DateTime<Utc>) -> Self {
        self.at = Some(at);
        self
    }

    /// From where.
    #[must_use]
    pub fn ip(mut self, ip: &str) -> Self {
        self.ip = ip.to_owned();
        self
    }

    /// The `login` property.
    #[must_use]
    pub fn login(mut self, login: &str) -> Self {
        self.login = Some(login.to_owned());
        self
    }

    /// The `user` property; the account's name by default.
    #[must_use]
    pub fn user(mut self, user: &str) -> Self {
        self.user = Some(user.to_owned());
        self
    }

    /// A given id; the next free one by default.
    #[must_use]
    pub fn id(mut self, id: i32) -> Self {
        self.id = Some(id);
        self
    }
}

impl World {
    pub(crate) fn shape_of(&self, login: &Login) -> Shape {
        let name = self.account(login.user_id).map(Account::display_name);
        let named_in_login = matches!(login.code, 1005 | 1006 | 1014 | 1025);
        let shown = match (&login.login, &name) {
            (None, Some(name)) if named_in_login => Some(name.clone()),
            (given, _) => given.clone(),
        };
        let user = login.user.clone().or(name).or_else(|| shown.clone());
        Shape {
            user_id: login.user_id,
            code: login.code,
            user: user.unwrap_or_else(|| "Guest".to_owned()),
            login: shown,
            action: action_text(login.code).to_owned(),
            ip: login.ip.clone(),
            country: "Germany".to_owned(),
            city: "Berlin".to_owned(),
            browser: Some("Chrome 131".to_owned()),
            platform: Some("Windows 10".to_owned()),
            page: "https://portal.example.com/login".to_owned(),
        }
    }
}

/// The English text of a login code; empty for unknown ones.
pub(crate) fn action_text(code: u16) -> &'static str {
    match code {
        1000 => "Login success",
        1001 => "Login success via social account",
        1002 => "Failed login: invalid combination",
        1003 => "Failed login: social account not found",
        1004 => "Failed login: disabled profile",
        1005 => "Failed login",
        1006 => "Logout",
        1007 => "Login success via SMS",
        1008 => "Failed login via SMS",
        1009 => "Failed login: IP security",
        1010 => "Login success via API",
        1011 => "Login success via social app",
        1012 => "Login success via API and SMS",
        1013 => "Failed Login via API",
        1014 => "Failed login via API and SMS",
        1015 => "Login success via SSO",
        1016 => "Session started",
        1017 => "Session completed",
        1018 => "Failed login via SSO",
        1019 => "Login success via API social account",
        1020 => "Failed login via API social account",
        1021 => "Login success via TFA app",
        1022 => "Failed login via TFA app",
        1023 => "Failed login: brute force protection",
        1024 => "Login success via API and TFA",
        1025 => "Failed login via API and TFA",
        1026 => "Failed login: recaptcha",
        1027 => "Authorization link activated",
        1028 => "Login success via OAuth",
        1029 => "Login success via login and password",
        _ => "",
    }
}
