//! A mail as it was accepted, and enough of MIME to read it.

use base64::{Engine, prelude::BASE64_STANDARD};

/// An accepted mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// As MAIL named it.
    pub from: String,
    /// As RCPT named them.
    pub to: Vec<String>,
    /// Headers and body, with CRLF line ends.
    pub data: String,
    /// Who had logged in.
    pub user: Option<String>,
    /// Which connection it came over, counted from 1.
    pub connection: u64,
}

impl Letter {
    /// Lines of the header, unfolded.
    pub fn headers(&self) -> Vec<(String, String)> {
        headers(&self.data)
    }

    /// A header that is there exactly once, decoded.
    pub fn header(&self, name: &str) -> Option<String> {
        only(&self.headers(), name)
    }

    pub fn subject(&self) -> String {
        self.header("Subject").unwrap_or_default()
    }

    /// The plain part.
    pub fn text(&self) -> String {
        self.part("text/plain")
    }

    pub fn html(&self) -> String {
        self.part("text/html")
    }

    fn part(&self, kind: &str) -> String {
        let content_type = self.header("Content-Type").unwrap_or_default();
        let boundary = content_type.split_once("boundary=").map_or("", |(_, rest)| rest);
        let boundary = boundary.trim_matches('"');
        let (begin, end) = (format!("--{boundary}\r\n"), format!("\r\n--{boundary}"));
        for part in self.data.split(&begin).skip(1) {
            let part = part.split(&end).next().unwrap_or_default();
            let headers = headers(part);
            if only(&headers, "Content-Type").is_some_and(|found| found.starts_with(kind)) {
                let encoding = only(&headers, "Content-Transfer-Encoding").unwrap_or_default();
                let body = part.split_once("\r\n\r\n").map_or("", |(_, body)| body);
                return decoded(&encoding, body).replace("\r\n", "\n");
            }
        }
        String::new()
    }
}

fn headers(data: &str) -> Vec<(String, String)> {
    let head = data.split("\r\n\r\n").next().unwrap_or_default();
    let unfolded = head.replace("\r\n ", " ").replace("\r\n\t", " ");
    let lines = unfolded.split("\r\n").filter_map(|line| line.split_once(": "));
    lines.map(|(name, value)| (name.to_owned(), words(value))).collect()
}

fn only(headers: &[(String, String)], name: &str) -> Option<String> {
    let mut found = headers.iter().filter(|(header, _)| header.eq_ignore_ascii_case(name));
    let (_, value) = found.next()?;
    found.next().is_none().then(|| value.clone())
}

/// `=?utf-8?b?…?=` as text (RFC 2047); blanks between two such words do not count.
fn words(value: &str) -> String {
    let mut text = String::new();
    let mut was_encoded = false;
    for word in value.split(' ') {
        let encoded = word
            .strip_prefix("=?utf-8?b?")
            .and_then(|word| word.strip_suffix("?="))
            .and_then(|word| BASE64_STANDARD.decode(word).ok());
        let is_joined = was_encoded && encoded.is_some();
        if !text.is_empty() && !is_joined {
            text.push(' ');
        }
        was_encoded = encoded.is_some();
        match encoded {
            Some(bytes) => text.push_str(&String::from_utf8_lossy(&bytes)),
            None => text.push_str(word),
        }
    }
    text
}

fn decoded(encoding: &str, body: &str) -> String {
    match encoding.to_ascii_lowercase().as_str() {
        "base64" => {
            let packed: String = body.split_whitespace().collect();
            String::from_utf8_lossy(&BASE64_STANDARD.decode(packed).unwrap_or_default())
                .into_owned()
        }
        "quoted-printable" => quoted_printable(body),
        _ => body.to_owned(),
    }
}

fn quoted_printable(body: &str) -> String {
    let joined = body.replace("=\r\n", "");
    let mut bytes = Vec::new();
    let mut rest = joined.as_bytes();
    while let [first, after @ ..] = rest {
        let code = after.get(..2).and_then(|code| std::str::from_utf8(code).ok());
        match code.filter(|_| *first == b'=').and_then(|code| u8::from_str_radix(code, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
