//! Notices on their way out: by mail (SMTP over TLS) and to a webhook (signed JSON). Each message has one
//! recipient, and every attempt to send it ends in a [`Delivery`], which says what is proven about it.

mod compose;
mod delivery;
mod error;
mod message;
mod settings;
mod smtp;
mod templates;
mod webhook;

pub use self::{
    delivery::Delivery,
    error::MailError,
    message::{Notice, NoticeAccount, Role},
    settings::{MailSettings, SmtpServer},
    smtp::Mailer,
    templates::Preview,
    webhook::Webhook,
};
