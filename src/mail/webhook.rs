//! Notices as signed JSON to one URL. The receiver checks the signature with the shared secret.

use hmac::{Hmac, Mac};
use reqwest::{Client, ClientBuilder, StatusCode, Url, header::CONTENT_TYPE};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use sha2::Sha256;

use crate::mail::{Delivery, MailError, Notice, delivery::reply_text};

/// HMAC-SHA256 over the body, with the secret as its key.
const SIGNATURE: &str = "X-Dormouse-Signature";
/// More of an answer is not read.
const LARGEST_ANSWER: usize = 4096;

pub struct Webhook {
    client: Client,
    url: Url,
    secret: SecretString,
}

/// What is posted.
#[derive(Serialize)]
struct Body<'a> {
    schema: &'static str,
    #[serde(flatten)]
    notice: &'a Notice,
}

impl Webhook {
    /// # Errors
    /// TLS cannot be set up.
    pub fn new(url: Url, secret: SecretString, builder: ClientBuilder) -> Result<Self, MailError> {
        let client = builder.build().map_err(|e| MailError::Webhook(root_cause(&e)))?;
        Ok(Self { client, url, secret })
    }

    /// Posts one notice.
    pub async fn send(&self, notice: &Notice) -> Delivery {
        let body = Body { schema: "dormouse.notice/1", notice };
        let signed = serde_json::to_string(&body)
            .map_err(|e| e.to_string())
            .and_then(|body| Ok((self.signature(&body)?, body)));
        let (signature, body) = match signed {
            Ok(signed) => signed,
            Err(reason) => return Delivery::Deferred { reply: self.shown(&reason) },
        };
        let request = self
            .client
            .post(self.url.clone())
            .header(CONTENT_TYPE, "application/json")
            .header(SIGNATURE, signature)
            .body(body);
        match request.send().await {
            Ok(response) => self.delivery(response).await,
            // Nothing was sent before there was a connection.
            Err(e) if e.is_connect() || e.is_builder() => Delivery::Deferred {
                reply: self.shown(&format!("cannot reach the webhook: {}", root_cause(&e))),
            },
            Err(e) if e.is_timeout() => Delivery::Unproven {
                reply: "the notice was sent, and no answer came in time".to_owned(),
            },
            Err(e) => Delivery::Unproven {
                reply: self.shown(&format!("the notice was sent, and then: {}", root_cause(&e))),
            },
        }
    }

    async fn delivery(&self, response: reqwest::Response) -> Delivery {
        let status = response.status();
        let reply = self.shown(&format!("{} {}", status.as_u16(), beginning(response).await));
        match status {
            _ if status.is_success() => Delivery::Accepted { reply },
            // These are about this notice. The others are about the address, the secret or the moment.
            StatusCode::BAD_REQUEST
            | StatusCode::PAYLOAD_TOO_LARGE
            | StatusCode::UNSUPPORTED_MEDIA_TYPE
            | StatusCode::UNPROCESSABLE_ENTITY => Delivery::Refused { reply },
            _ => Delivery::Deferred { reply },
        }
    }

    fn signature(&self, body: &str) -> Result<String, String> {
        let key = self.secret.expose_secret().as_bytes();
        let mut mac = Hmac::<Sha256>::new_from_slice(key).map_err(|e| e.to_string())?;
        mac.update(body.as_bytes());
        Ok(format!("sha256={:x}", mac.finalize().into_bytes()))
    }

    fn shown(&self, text: &str) -> String {
        reply_text(text, &[self.secret.expose_secret(), self.url.query().unwrap_or_default()])
    }
}

/// What comes first of an answer.
async fn beginning(mut response: reqwest::Response) -> String {
    let mut bytes = Vec::new();
    while let Ok(Some(chunk)) = response.chunk().await {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > LARGEST_ANSWER {
            bytes.truncate(LARGEST_ANSWER);
            break;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The innermost cause: reqwest's own text repeats the URL.
fn root_cause(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}
