//! Serves a generated portal for a person to try things on: prints its address and key, runs
//! until interrupted.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::Utc;
use clap::{Parser, ValueEnum};
use sandbox::{Clock, Limits, MailServer, Sandbox, Serve, Version, scenarios};

#[derive(Clone, Copy, ValueEnum)]
enum Scenario {
    /// About sixty contractors, one or two of every case.
    Demo,
    /// As many contractors and events as asked.
    Busy,
}

/// A simulated DocSpace portal, in memory.
#[derive(Parser)]
#[command(name = "sandbox")]
struct Args {
    /// Which portal to generate
    #[arg(long, value_enum, default_value = "demo")]
    scenario: Scenario,
    /// Contractors of `busy`
    #[arg(long, default_value_t = 2_000)]
    contractors: usize,
    /// Login events of `busy`
    #[arg(long, default_value_t = 300_000)]
    events: usize,
    /// Another seed makes another portal
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Port on 127.0.0.1; 0 takes a free one
    #[arg(long, default_value_t = 8092)]
    port: u16,
    /// Server release to behave as
    #[arg(long, default_value_t = Version::V3_7_2)]
    version: Version,
    /// Switch the server's rate limits on
    #[arg(long)]
    limits: bool,
    /// Also start a mail server, and print what it accepts; its certificate authority is written here
    #[arg(long, value_name = "FILE")]
    smtp: Option<PathBuf>,
    /// Time that every answer takes
    #[arg(long, default_value_t = 0)]
    latency_ms: u64,
}

fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    let now = Utc::now();
    let (mut world, _) = match args.scenario {
        Scenario::Demo => scenarios::demo(now, args.seed),
        Scenario::Busy => scenarios::busy(now, args.seed, args.contractors, args.events),
    };
    world.set_clock(Clock::running_from(now));
    world.set_version(args.version);
    world.set_limits(args.limits.then_some(Limits::SHIPPED));
    world.settings.latency = Duration::from_millis(args.latency_ms);

    let portal = Sandbox::spawn_with(world, Serve { port: args.port, threads: 2 })?;
    let mut out = std::io::stdout();
    writeln!(out, "DOCSPACE_API_HOST={}", portal.url())?;
    writeln!(out, "DOCSPACE_API_KEY={}", portal.admin_key())?;
    let mail = args.smtp.as_deref().map(|file| mail_server(file, &mut out)).transpose()?;
    out.flush()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        tokio::select! {
            interrupted = tokio::signal::ctrl_c() => interrupted,
            shown = show_letters(mail.as_ref(), &mut out) => shown,
        }
    })?;
    Ok(())
}

fn mail_server(authority: &Path, out: &mut impl Write) -> anyhow::Result<MailServer> {
    let server = MailServer::spawn()?;
    std::fs::write(authority, server.authority())?;
    writeln!(out, "DORMOUSE_SMTP_PASSWORD={}", server.password())?;
    writeln!(out, "# [notices] smtp = \"{}\"", server.url())?;
    writeln!(out, "# [portal] ca_file = \"{}\"", authority.display())?;
    Ok(server)
}

/// Prints what arrives, for ever.
async fn show_letters(server: Option<&MailServer>, out: &mut impl Write) -> std::io::Result<()> {
    let mut shown = 0;
    loop {
        let letters = server.map(|server| server.letters_after(shown)).unwrap_or_default();
        for letter in &letters {
            writeln!(out, "\nTo: {}\nSubject: {}\n", letter.to.join(", "), letter.subject())?;
            writeln!(out, "{}", letter.text())?;
        }
        shown += letters.len();
        out.flush()?;
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}
