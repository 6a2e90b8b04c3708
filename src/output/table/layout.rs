//! Which columns of a table fit, and how a cell is set in its column. No token is ever broken.

use crate::output::text::{width, wrap};

/// What is left out first where the terminal is narrow.
const DROPPED: [&str; 3] = ["why", "kind", "sync run"];
/// Shortened once these are gone, and left out where that does not do.
const SHORTENED: &str = "name";
/// Shorter than this a name says nothing.
const SHORTEST_NAME: usize = 12;
/// Columns of sentences, which may be wrapped between words.
const PROSE: [&str; 8] =
    ["detail", "difference", "facts", "from", "reason", "result", "value", "last activity"];
/// Narrower than this a sentence is hard to read.
const NARROWEST_PROSE: usize = 24;
/// Blanks between columns.
pub(super) const GAP: usize = 2;

/// A column as it fits.
#[derive(Debug, Clone, Copy)]
pub(super) struct Column {
    /// Its place in a row.
    pub(super) place: usize,
    pub(super) name: &'static str,
    pub(super) width: usize,
}

/// The columns of each line of a record, so that they fit into `limit`: as few left out, and as little
/// shortened, as will do.
pub(super) fn arranged(mut columns: Vec<Column>, limit: usize) -> Vec<Vec<Column>> {
    for dropped in DROPPED {
        if fits(&mut columns, limit) {
            return vec![columns];
        }
        columns.retain(|column| column.name != dropped);
    }
    if fits(&mut columns, limit) || shorten(&mut columns, limit) {
        return vec![columns];
    }
    columns.retain(|column| column.name != SHORTENED);
    if fits(&mut columns, limit) {
        return vec![columns];
    }
    stacked(columns, limit)
}

/// True where the columns fit, if need be with the last column of sentences wrapped.
fn fits(columns: &mut [Column], limit: usize) -> bool {
    let total = total(columns);
    if total <= limit {
        return true;
    }
    let Some(prose) = columns.iter_mut().rev().find(|c| PROSE.contains(&c.name)) else {
        return false;
    };
    let narrowed = prose.width.saturating_sub(total - limit);
    let fits = narrowed >= NARROWEST_PROSE;
    if fits {
        prose.width = narrowed;
    }
    fits
}

fn shorten(columns: &mut [Column], limit: usize) -> bool {
    let total = total(columns);
    let Some(name) = columns.iter_mut().find(|c| c.name == SHORTENED) else { return false };
    let shortened = name.width.saturating_sub(total.saturating_sub(limit));
    let fits = shortened >= SHORTEST_NAME;
    if fits {
        name.width = shortened;
    }
    fits
}

/// As many columns a line as fit.
fn stacked(columns: Vec<Column>, limit: usize) -> Vec<Vec<Column>> {
    let mut lines: Vec<Vec<Column>> = Vec::new();
    for mut column in columns {
        let room = limit.saturating_sub(GAP);
        if PROSE.contains(&column.name) {
            column.width = column.width.min(room);
        }
        match lines.last_mut() {
            Some(line) if total(line) + GAP + column.width <= room => line.push(column),
            Some(_) | None => lines.push(vec![column]),
        }
    }
    lines
}

fn total(columns: &[Column]) -> usize {
    columns.iter().map(|c| c.width).sum::<usize>() + GAP * columns.len().saturating_sub(1)
}

/// The lines of a cell. In a line with other columns, a word that is wider than its own begins below
/// them, where nothing stands to its left.
pub(super) fn cell_lines(text: &str, column: Column, columns: usize) -> Vec<String> {
    if width(text) <= column.width {
        return vec![text.to_owned()];
    }
    if column.name == SHORTENED && text.contains('@') {
        // Guests often have their address for a name; half an address would be a wrong one.
        return vec![String::new()];
    }
    if column.name == SHORTENED {
        let mut short = text.to_owned();
        while width(&short) >= column.width && short.pop().is_some() {}
        return vec![format!("{}…", short.trim_end())];
    }
    let mut lines = wrap(text, column.width);
    if columns > 1 && lines.first().is_some_and(|first| width(first) > column.width) {
        lines.insert(0, String::new());
    }
    lines
}
