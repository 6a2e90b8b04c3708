//! `init`: a commented dormouse.toml and .env from questions or flags. A file that exists is left as
//! it is; .env can be read by its owner only.

use std::path::{Path, PathBuf};

use clap::Args as ClapArgs;
use reqwest::Url;

use crate::{
    cli::values::days,
    commands::Start,
    config::{self, DEFAULT_NAME},
    exit::{Exit, Failure},
    output::files::{Existing, Protected, Readers, Target},
};

#[derive(Debug, Clone, Default, ClapArgs)]
pub struct Args {
    /// Base URL of the portal; without it, init asks
    #[arg(long, value_name = "URL")]
    pub url: Option<String>,

    /// File that holds the API key; without it, init asks for the key
    #[arg(long, value_name = "FILE")]
    pub api_key_file: Option<PathBuf>,

    /// Treat accounts as inactive after this many days [default: 30]
    #[arg(long, value_name = "DAYS", value_parser = days())]
    pub inactivity_days: Option<u32>,
}

const TOML: &str = include_str!("../../dormouse.example.toml");
const DOTENV: &str = include_str!("../../.env.example");

/// What goes into `.env` about the key.
enum Key {
    Text(String),
    File(String),
    Later,
}

pub(crate) fn run(start: &mut Start, args: &Args) -> anyhow::Result<Exit> {
    let (toml, dotenv) = (start.cwd.join(DEFAULT_NAME), start.cwd.join(".env"));
    if toml.exists() && dotenv.exists() {
        start.out.note(format!("{} and .env are there already; nothing written", toml.display()));
        return Ok(Exit::Done);
    }
    let url = match &args.url {
        Some(url) => config::base_url(url).map_err(Failure::usage)?,
        None => ask_url(start)?,
    };
    let url = url.as_str().trim_end_matches('/');
    let key = key(start, args)?;
    let days = args.inactivity_days.unwrap_or(30);

    let toml_text = TOML.replace("\ninactivity_days = 30", &format!("\ninactivity_days = {days}"));
    let dotenv_text = dotenv_text(url, &key)?;
    write_new(start, &toml, &toml_text, Readers::Everyone)?;
    write_new(start, &dotenv, &dotenv_text, Readers::Owner)?;
    start.out.note("Next: dormouse doctor");
    Ok(Exit::Done)
}

/// Asks until the answer is a URL. One without a scheme is proposed with `https://`.
fn ask_url(start: &mut Start) -> anyhow::Result<Url> {
    const OTHERWISE: &str = "cannot prompt without a terminal; pass --url (and --api-key-file)";
    let mut proposed = String::new();
    loop {
        let question = "Base URL of the portal:";
        let answer = start.input.line(&mut start.out, question, &proposed, OTHERWISE)?;
        let problem = match config::base_url(&answer) {
            Ok(url) => return Ok(url),
            Err(problem) => problem,
        };
        if answer.is_empty() {
            return Err(Failure::usage("no URL was given").into());
        }
        let with_scheme = format!("https://{answer}");
        let is_proposal = !answer.contains("://") && config::base_url(&with_scheme).is_ok();
        proposed = if is_proposal { with_scheme } else { String::new() };
        start.out.note(problem);
    }
}

/// Asks until the answer can be a key; an empty one is filled in later.
fn key(start: &mut Start, args: &Args) -> anyhow::Result<Key> {
    if let Some(file) = &args.api_key_file {
        return Ok(Key::File(file.display().to_string()));
    }
    // With --url the command is scripted: the key is filled in later.
    if args.url.is_some() {
        return Ok(Key::Later);
    }
    let question = "API key (not shown; empty to fill in later):";
    loop {
        let text = start.input.secret(&mut start.out, question, "pass --api-key-file")?;
        if text.is_empty() {
            return Ok(Key::Later);
        }
        match config::api_key(&text) {
            Ok(_) => return Ok(Key::Text(text)),
            Err(problem) => start.out.note(problem),
        }
    }
}

fn dotenv_text(url: &str, key: &Key) -> Result<String, Failure> {
    let mut text = String::with_capacity(DOTENV.len() + 128);
    for line in DOTENV.lines() {
        let line = match (line.split_once('='), key) {
            (Some(("DOCSPACE_API_HOST", _)), _) => format!("DOCSPACE_API_HOST={}", quoted(url)?),
            (Some(("DOCSPACE_API_KEY", _)), Key::Text(key)) => {
                format!("DOCSPACE_API_KEY={}", quoted(key)?)
            }
            (Some(("# DOCSPACE_API_KEY_FILE", _)), Key::File(file)) => {
                format!("DOCSPACE_API_KEY_FILE={}", quoted(file)?)
            }
            _ => line.to_owned(),
        };
        text.push_str(&line);
        text.push('\n');
    }
    Ok(text)
}

/// A value that `.env` gives back as it is: nothing in single quotes is special.
fn quoted(value: &str) -> Result<String, Failure> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/' | ':');
    if value.chars().all(plain) {
        return Ok(value.to_owned());
    }
    if value.contains(['\'', '\n', '\r']) {
        return Err(Failure::usage(
            "a value with a quotation mark or line break cannot be in .env",
        ));
    }
    Ok(format!("'{value}'"))
}

fn write_new(start: &mut Start, path: &Path, text: &str, readers: Readers) -> anyhow::Result<()> {
    // Also a link that leads nowhere is somebody's.
    if path.symlink_metadata().is_ok() {
        start.out.note(format!("left as it is: {}", path.display()));
        return Ok(());
    }
    Target::find(path, Existing::Keep, &Protected::default())?.write(text.as_bytes(), readers)?;
    start.out.note(format!("written: {}", path.display()));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoted_values_come_back_from_dotenv() {
        for value in ["https://docspace.example.com", "/run/my secrets/key", "a$B#c\"d=e\\f"] {
            let text = dotenv_text(value, &Key::File(value.to_owned())).unwrap();
            let pairs: Vec<(String, String)> =
                dotenvy::from_read_iter(text.as_bytes()).collect::<Result<_, _>>().unwrap();
            let given: Vec<_> = pairs.iter().filter(|(_, v)| v == value).map(|(k, _)| k).collect();
            assert_eq!(given, ["DOCSPACE_API_HOST", "DOCSPACE_API_KEY_FILE"], "{text}");
        }
    }
}
