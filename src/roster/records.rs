//! Records of a CSV file by RFC 4180, read strictly: what a lenient reader repairs can make one person
//! of two.

/// One record with its line, from 1.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Record {
    pub(super) line: u32,
    pub(super) cells: Vec<String>,
}

impl Record {
    pub(super) fn is_blank(&self) -> bool {
        self.cells.iter().all(|cell| cell.trim().is_empty())
    }
}

/// A place that is not CSV: its line and what is wrong there. Nothing after it can be read.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Malformed {
    pub(super) line: u32,
    pub(super) problem: String,
}

/// Reads record by record; ends after one that is malformed.
#[derive(Debug, Clone)]
pub(super) struct Records<'t> {
    rest: &'t str,
    line: u32,
    separator: char,
}

/// What comes after a cell.
enum After {
    Cell,
    Record,
}

impl<'t> Records<'t> {
    /// `line` is the number of the text's first line.
    pub(super) fn new(text: &'t str, line: u32, separator: char) -> Self {
        Self { rest: text, line, separator }
    }

    fn record(&mut self) -> Result<Record, Malformed> {
        let mut record = Record { line: self.line, cells: Vec::new() };
        loop {
            let cell = match self.rest.strip_prefix('"') {
                Some(rest) => {
                    self.rest = rest;
                    self.quoted()?
                }
                None => self.plain()?,
            };
            record.cells.push(cell);
            match self.after() {
                After::Cell => {}
                After::Record => return Ok(record),
            }
        }
    }

    fn plain(&mut self) -> Result<String, Malformed> {
        let ends = |c: char| c == self.separator || c == '\r' || c == '\n';
        let (cell, rest) = self.rest.split_at(self.rest.find(ends).unwrap_or(self.rest.len()));
        if cell.contains('"') {
            let problem = "a quotation mark inside a value without quotation marks around it";
            return Err(Malformed { line: self.line, problem: problem.to_owned() });
        }
        self.rest = rest;
        Ok(cell.to_owned())
    }

    /// The rest of a value after the quotation mark that opens it.
    fn quoted(&mut self) -> Result<String, Malformed> {
        let opened = self.line;
        let mut cell = String::new();
        loop {
            let Some((part, rest)) = self.rest.split_once('"') else {
                let problem = "a quotation mark opens a value that never ends";
                return Err(Malformed { line: opened, problem: problem.to_owned() });
            };
            cell.push_str(part);
            self.line = self.line.saturating_add(super::decode::breaks(part));
            self.rest = rest;
            match rest.strip_prefix('"') {
                Some(rest) => {
                    cell.push('"');
                    self.rest = rest;
                }
                None => break,
            }
        }
        match self.rest.chars().next() {
            Some(c) if c != self.separator && c != '\r' && c != '\n' => {
                let text = self.rest.lines().next().unwrap_or_default();
                let text = super::error::shown(text);
                let problem = match self.line {
                    line if line == opened => {
                        format!("text after a closing quotation mark: {text}")
                    }
                    line => format!(
                        "the quotation mark that opens a value here is closed on line {line}, with \
                         text after it: {text}"
                    ),
                };
                Err(Malformed { line: opened, problem })
            }
            Some(_) | None => Ok(cell),
        }
    }

    /// Steps over the separator or line break after a cell.
    fn after(&mut self) -> After {
        if let Some(rest) = self.rest.strip_prefix(self.separator) {
            self.rest = rest;
            return After::Cell;
        }
        for end in ["\r\n", "\n", "\r"] {
            if let Some(rest) = self.rest.strip_prefix(end) {
                self.rest = rest;
                self.line = self.line.saturating_add(1);
                break;
            }
        }
        After::Record
    }
}

impl Iterator for Records<'_> {
    type Item = Result<Record, Malformed>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let record = self.record();
        if record.is_err() {
            self.rest = "";
        }
        Some(record)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<Record>, Malformed> {
        Records::new(text, 1, ',').collect()
    }

    #[test]
    fn values_lines_and_quotation_marks() {
        let record = |line, cells: &[&str]| {
            let cells = cells.iter().map(ToString::to_string).collect();
            Record { line, cells }
        };
        assert_eq!(
            read("a,\"b, \"\"c\"\"\"\r\n\"d\ne\",\"\"\rf,\n").unwrap(),
            [record(1, &["a", "b, \"c\""]), record(2, &["d\ne", ""]), record(4, &["f", ""]),]
        );
        assert_eq!(read("").unwrap(), []);
    }

    #[test]
    fn what_is_not_csv_names_the_line_where_it_begins() {
        for (text, line, problem) in [
            ("a\n\"b\" c\n", 2, "text after a closing quotation mark:  c"),
            ("a\n\"b\n\"c\" d\n", 2, "closed on line 3, with text after it: c\" d"),
            ("a\nb,\"c\nd\n", 2, "opens a value that never ends"),
            ("a\nb \"c\" d\n", 2, "a quotation mark inside a value"),
        ] {
            let found = read(text).unwrap_err();
            assert_eq!(found.line, line, "{text:?}");
            assert!(found.problem.contains(problem), "{}", found.problem);
        }
    }
}
