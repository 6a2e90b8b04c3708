//! Tables for people. Every cell is made printable here, so that no caller can forget it.

use comfy_table::{
    Attribute, Cell as Inner, CellAlignment, Color, ContentArrangement, Table as Grid,
    presets::NOTHING,
};

use crate::output::{
    style::{Paint, Style},
    text::printable,
};

/// One cell: text and what it is to the reader.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Cell {
    text: String,
    style: Style,
}

impl Cell {
    /// Text in a style.
    pub fn styled(text: impl Into<String>, style: Style) -> Self {
        Self { text: text.into(), style }
    }
}

impl<T: Into<String>> From<T> for Cell {
    fn from(text: T) -> Self {
        Self::styled(text, Style::Plain)
    }
}

/// Rows under a header.
#[derive(Debug, Clone)]
pub struct Table {
    header: Vec<&'static str>,
    right: Vec<&'static str>,
    rows: Vec<Vec<Cell>>,
    most: usize,
    all: &'static str,
}

impl Table {
    /// An empty table.
    #[must_use]
    pub fn new<const N: usize>(header: [&'static str; N]) -> Self {
        Self {
            header: header.into(),
            right: Vec::new(),
            rows: Vec::new(),
            most: usize::MAX,
            all: "",
        }
    }

    /// An empty table that shows no header: names and their values.
    #[must_use]
    pub fn pairs() -> Self {
        Self { header: Vec::new(), ..Self::new(["name", "value"]) }
    }

    /// Aligns these columns to the right, as numbers are read.
    #[must_use]
    pub fn right<const N: usize>(mut self, columns: [&'static str; N]) -> Self {
        self.right = columns.into();
        self
    }

    /// Shows `most` rows and says how many more there are; `all` says how to see them.
    #[must_use]
    pub fn at_most(mut self, most: usize, all: &'static str) -> Self {
        self.most = most;
        self.all = all;
        self
    }

    /// Adds a row.
    pub fn row<const N: usize>(&mut self, cells: [Cell; N]) {
        self.rows.push(cells.into());
    }

    /// True without rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The text, with a line break at its end. Lines are wrapped to `width` columns where one is
    /// given.
    #[must_use]
    pub fn render(&self, width: Option<u16>, paint: Paint) -> String {
        let mut grid = Grid::new();
        grid.load_style(NOTHING).style_text_only();
        match width {
            Some(width) => {
                grid.set_content_arrangement(ContentArrangement::Dynamic).set_width(width);
            }
            None => {
                grid.set_content_arrangement(ContentArrangement::Disabled);
            }
        }
        match paint {
            Paint::Colored => grid.enforce_styling(),
            Paint::Bare => grid.force_no_tty(),
        };
        if !self.header.is_empty() {
            grid.set_header(self.header.iter().map(|name| inner(name, Style::Strong)));
        }
        for row in self.rows.iter().take(self.most) {
            grid.add_row(row.iter().map(|cell| inner(&cell.text, cell.style)));
        }
        for (place, column) in grid.column_iter_mut().enumerate() {
            column.set_padding((0, 2));
            if self.header.get(place).is_some_and(|name| self.right.contains(name)) {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        let mut text = String::new();
        for line in grid.lines() {
            text.push_str(line.trim_end());
            text.push('\n');
        }
        if let Some(hidden) = self.rows.len().checked_sub(self.most).filter(|n| *n > 0) {
            text.push_str(&format!("… and {hidden} more; {}\n", self.all));
        }
        text
    }
}

fn inner(text: &str, style: Style) -> Inner {
    let cell = Inner::new(printable(text));
    match style {
        Style::Plain => cell,
        Style::Strong => cell.add_attribute(Attribute::Bold),
        Style::Good => cell.fg(Color::Green),
        Style::Warn => cell.fg(Color::Yellow),
        Style::Bad => cell.fg(Color::Red).add_attribute(Attribute::Bold),
        Style::Dim => cell.add_attribute(Attribute::Dim),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let mut table = Table::new(["account", "days"]).right(["days"]);
        table.row(["ann@example.com".into(), Cell::styled("93", Style::Warn)]);
        table.row(["\u{202e}bob\n@example.com".into(), "7".into()]);
        table
    }

    #[test]
    fn cells_are_aligned_and_printable() {
        assert_eq!(
            table().render(None, Paint::Bare),
            "account                    days\n\
             ann@example.com              93\n\
             \\u{202e}bob\\n@example.com     7\n"
        );
    }

    #[test]
    fn colour_is_written_only_when_asked_for() {
        assert!(table().render(None, Paint::Colored).contains("\u{1b}["));
        assert!(!table().render(Some(80), Paint::Bare).contains('\u{1b}'));
    }

    #[test]
    fn a_narrow_terminal_wraps_and_a_long_list_says_what_it_leaves_out() {
        let text = table().at_most(1, "--format csv shows all").render(Some(16), Paint::Bare);
        assert!(text.lines().take(3).all(|line| line.chars().count() <= 16), "{text}");
        assert!(text.ends_with("… and 1 more; --format csv shows all\n"), "{text}");
    }
}
