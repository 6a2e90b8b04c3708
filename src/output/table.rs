//! Tables for people. A date, an e-mail, an id or a digest is never broken: where the width does not do,
//! columns are left out, then names are shortened, and below that a record takes two lines. Every
//! cell is made printable here, so that no caller can forget it.

mod layout;

use crate::output::{
    style::{Paint, Style},
    table::layout::{Column, GAP, arranged, cell_lines},
    text::{printable, width},
};

/// One cell: text and what it is to the reader.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Cell {
    text: String,
    style: Style,
}

impl Cell {
    pub(crate) fn styled(text: impl Into<String>, style: Style) -> Self {
        Self { text: text.into(), style }
    }
}

impl<T: Into<String>> From<T> for Cell {
    fn from(text: T) -> Self {
        Self::styled(text, Style::Plain)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Header {
    Shown,
    /// The columns have names for the layout only.
    Hidden,
}

/// Rows under a header.
#[derive(Debug, Clone)]
pub(crate) struct Table {
    columns: Vec<&'static str>,
    header: Header,
    /// Stands in the header in place of the first column's name.
    title: Option<Cell>,
    right: Vec<&'static str>,
    rows: Vec<Vec<Cell>>,
    most: usize,
    all: String,
}

impl Table {
    pub(crate) fn new<const N: usize>(columns: [&'static str; N]) -> Self {
        Self {
            columns: columns.into(),
            header: Header::Shown,
            title: None,
            right: Vec::new(),
            rows: Vec::new(),
            most: usize::MAX,
            all: String::new(),
        }
    }

    /// Names and their values, without a header.
    pub(crate) fn pairs() -> Self {
        Self { header: Header::Hidden, ..Self::new(["", "value"]) }
    }

    /// The same with these columns.
    pub(crate) fn without_header<const N: usize>(columns: [&'static str; N]) -> Self {
        Self { header: Header::Hidden, ..Self::new(columns) }
    }

    /// Puts a title where the first column's name would be.
    pub(crate) fn titled(mut self, title: Cell) -> Self {
        self.title = Some(title);
        self
    }

    /// Aligns these columns to the right, as numbers are read.
    pub(crate) fn right<const N: usize>(mut self, columns: [&'static str; N]) -> Self {
        self.right = columns.into();
        self
    }

    /// Shows `most` rows and says how many more there are; `all` says how to see them.
    pub(crate) fn at_most(mut self, most: usize, all: impl Into<String>) -> Self {
        self.most = most;
        self.all = all.into();
        self
    }

    pub(crate) fn row<const N: usize>(&mut self, cells: [Cell; N]) {
        let printable = |cell: Cell| Cell { text: printable(&cell.text).into_owned(), ..cell };
        self.rows.push(cells.into_iter().map(printable).collect());
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The text, with a line break at its end, for a terminal of this many columns.
    pub(crate) fn render(&self, columns: Option<u16>, paint: Paint) -> String {
        let limit = columns.map_or(usize::MAX, usize::from);
        let lines = self.layout(limit);
        let mut text = String::new();
        if self.header == Header::Shown {
            let header = self.header();
            self.record(&mut text, &lines, &header, limit, paint);
        }
        for row in self.rows.iter().take(self.most) {
            self.record(&mut text, &lines, row, limit, paint);
        }
        if let Some(hidden) = self.rows.len().checked_sub(self.most).filter(|n| *n > 0) {
            text.push_str(&format!("… and {hidden} more; {}\n", self.all));
        }
        text
    }

    fn header(&self) -> Vec<Cell> {
        let names = self.columns.iter();
        let mut header: Vec<Cell> =
            names.map(|name| Cell::styled(name.to_uppercase(), Style::Strong)).collect();
        if let (Some(first), Some(title)) = (header.first_mut(), &self.title) {
            first.clone_from(title);
        }
        header
    }

    /// The columns of each line of a record. All records are laid out alike.
    fn layout(&self, limit: usize) -> Vec<Vec<Column>> {
        let header = match self.header {
            Header::Shown => self.header(),
            Header::Hidden => Vec::new(),
        };
        let shown = self.rows.iter().take(self.most).chain([&header]);
        // A column in which no row has anything is not worth its width.
        let has_content = |place: usize| {
            self.rows.is_empty()
                || self.rows.iter().any(|row| row.get(place).is_some_and(|c| !c.text.is_empty()))
        };
        let columns: Vec<Column> = self
            .columns
            .iter()
            .enumerate()
            .filter(|(place, _)| has_content(*place))
            .map(|(place, name)| {
                let cells = shown.clone().filter_map(|row| row.get(place));
                let width = cells.map(|cell| width(&cell.text)).max().unwrap_or_default();
                Column { place, name, width }
            })
            .collect();
        arranged(columns, limit)
    }

    fn record(
        &self,
        text: &mut String,
        lines: &[Vec<Column>],
        row: &[Cell],
        limit: usize,
        paint: Paint,
    ) {
        for (number, columns) in lines.iter().enumerate() {
            let indent = if number == 0 { 0 } else { GAP };
            let cells: Vec<(Vec<String>, Style)> = columns
                .iter()
                .map(|column| match row.get(column.place) {
                    Some(cell) => (cell_lines(&cell.text, *column, columns.len()), cell.style),
                    None => (Vec::new(), Style::Plain),
                })
                .collect();
            let height = cells.iter().map(|(lines, _)| lines.len()).max().unwrap_or_default();
            for at in 0..height {
                let mut line = " ".repeat(indent);
                for (column, (lines, style)) in columns.iter().zip(&cells) {
                    let part = lines.get(at).map(String::as_str).unwrap_or_default();
                    let space = column.width.saturating_sub(width(part));
                    if width(part) > column.width {
                        // A word wider than its column moves to the left, as far as it must.
                        line.truncate(line.len().min(limit.saturating_sub(width(part))));
                    }
                    let space = " ".repeat(space);
                    let part =
                        if part.is_empty() { String::new() } else { style.paint(part, paint) };
                    if self.right.contains(&column.name) {
                        line.extend([space, part]);
                    } else {
                        line.extend([part, space]);
                    }
                    line.push_str(&" ".repeat(GAP));
                }
                text.push_str(line.trim_end());
                text.push('\n');
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let mut table = Table::new(["account", "name", "kind", "days", "why"]).right(["days"]);
        table.row([
            "ann@example.com".into(),
            "Ann of the very long name".into(),
            "guest".into(),
            Cell::styled("93", Style::Warn),
            "no activity on record".into(),
        ]);
        table.row([
            "\u{202e}bob\n@example.com".into(),
            "Bob".into(),
            "guest".into(),
            "7".into(),
            "".into(),
        ]);
        table
    }

    #[test]
    fn cells_are_aligned_and_printable() {
        let mut table = Table::new(["account", "days"]).right(["days"]);
        table.row(["ann@example.com".into(), "93".into()]);
        table.row(["\u{202e}bob\n@example.com".into(), "7".into()]);
        assert_eq!(
            table.render(None, Paint::Bare),
            "ACCOUNT                    DAYS\n\
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
    fn what_does_not_fit_is_left_out_in_order_and_nothing_is_broken() {
        let header = |width| {
            let text = table().render(Some(width), Paint::Bare);
            assert!(text.contains("\\u{202e}bob\\n@example.com"), "{text}");
            assert!(text.lines().all(|line| crate::output::text::width(line) <= width.into()));
            text.lines().next().unwrap().split_whitespace().collect::<Vec<_>>().join(" ")
        };
        assert_eq!(header(120), "ACCOUNT NAME KIND DAYS WHY");
        assert_eq!(header(70), "ACCOUNT NAME KIND DAYS");
        assert_eq!(header(60), "ACCOUNT NAME DAYS");
        assert!(table().render(Some(50), Paint::Bare).contains("Ann of the very…"));
        assert_eq!(header(40), "ACCOUNT DAYS");
        assert!(table().render(Some(26), Paint::Bare).contains("ann@example.com\n  "));
    }

    #[test]
    fn an_address_in_place_of_a_name_is_never_shortened() {
        let mut table = Table::new(["account", "name"]);
        table.row(["ann@example.com".into(), "ann@example.com".into()]);
        table.row(["bob@example.com".into(), "Bob of a long name".into()]);
        assert_eq!(
            table.render(Some(30), Paint::Bare),
            "ACCOUNT          NAME\nann@example.com\nbob@example.com  Bob of a lon…\n"
        );
    }

    #[test]
    fn a_word_wider_than_its_column_is_whole_on_a_line_of_its_own() {
        let mut table = Table::pairs();
        table.row(["digest".into(), "0123456789".repeat(4).into()]);
        table.row(["key's owner".into(), "0123456789012345678901234@example.com, admin".into()]);
        assert_eq!(
            table.render(Some(42), Paint::Bare),
            "digest\n  \
               0123456789012345678901234567890123456789\n\
             key's owner\n    \
                 0123456789012345678901234@example.com,\n             \
                          admin\n"
        );
    }

    #[test]
    fn records_of_two_lines_have_a_header_of_two_lines() {
        let mut table = Table::new(["account", "result", "confirmed"]);
        table.row(["ann@example.com".into(), "disabled".into(), "audit".into()]);
        assert_eq!(
            table.render(Some(30), Paint::Bare),
            "ACCOUNT          RESULT\n  CONFIRMED\nann@example.com  disabled\n  audit\n"
        );
    }

    #[test]
    fn a_long_list_says_what_it_leaves_out() {
        let text = table().at_most(1, "--all shows all").render(Some(80), Paint::Bare);
        assert!(text.ends_with("… and 1 more; --all shows all\n"), "{text}");
    }
}
