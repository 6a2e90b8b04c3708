//! Where a report goes: stdout, a file that is there whole or not at all, or a folder of files. Made
//! readable by its owner only, since it names people.

use std::{
    fs::{self, OpenOptions},
    io::Write,
    path::Path,
};

use anyhow::Context as _;

use crate::{
    commands::Context,
    exit::Failure,
    output::Format,
    report::{folder, html, pack::Pack},
};

/// Says what cannot work before anything is read.
///
/// # Errors
/// CSV without a folder to write to.
pub(super) fn possible(cx: &Context, format: Format, output: Option<&Path>) -> Result<(), Failure> {
    let path = output.map(|path| cx.cwd.join(path));
    match (format, path) {
        (Format::Csv, None) => Err(Failure::usage(
            "a report in CSV is a folder of files; name the folder with --output",
        )),
        (Format::Csv, Some(path)) if path.is_file() => Err(Failure::usage(format!(
            "{} is a file, and a report in CSV is a folder of files",
            path.display()
        ))),
        (Format::Html | Format::Json | Format::Table, Some(path)) if path.is_dir() => {
            Err(Failure::usage(format!("{} is a folder; name a file in it", path.display())))
        }
        _ => Ok(()),
    }
}

/// Writes the report.
///
/// # Errors
/// A file cannot be written.
pub(super) fn write(
    cx: &mut Context,
    pack: &Pack,
    format: Format,
    output: Option<&Path>,
) -> anyhow::Result<()> {
    let Some(output) = output else {
        if format == Format::Json {
            return Ok(cx.out.json(pack)?);
        }
        return Ok(cx.out.stdout().write_all(html::page(pack).as_bytes())?);
    };
    let path = cx.cwd.join(output);
    match format {
        Format::Csv => {
            fs::create_dir_all(&path)
                .with_context(|| format!("cannot make the folder {}", path.display()))?;
            for (name, bytes) in folder::files(pack)? {
                file(&path.join(name), &bytes)?;
            }
        }
        Format::Json => file(&path, &serde_json::to_vec_pretty(pack)?)?,
        Format::Html | Format::Table => file(&path, html::page(pack).as_bytes())?,
    }
    cx.out.note(format_args!("wrote {}", path.display()));
    Ok(())
}

/// Writes beside the file and then takes its name, so that nobody reads half a report.
fn file(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".part");
    let beside = Path::new(&beside);
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options
        .open(beside)
        .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()))
        .and_then(|()| fs::rename(beside, path));
    if written.is_err() {
        // What cannot be removed either is no worse than what cannot be written.
        let _ = fs::remove_file(beside);
    }
    written.with_context(|| format!("cannot write the report {}", path.display()))
}
