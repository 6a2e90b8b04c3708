//! CSV that a spreadsheet opens without running it: RFC 4180, UTF-8, and text that looks like a
//! formula gets a leading apostrophe.

use std::io::{self, Write};

use crate::time::Timestamp;

/// One cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Field {
    /// Text from anywhere.
    Text(String),
    /// A number, never mistaken for a formula although it may begin with a minus.
    Number(i64),
    Empty,
}

impl From<&str> for Field {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Field {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&String> for Field {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}

impl From<i64> for Field {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<u32> for Field {
    fn from(number: u32) -> Self {
        Self::Number(number.into())
    }
}

impl From<Timestamp> for Field {
    fn from(at: Timestamp) -> Self {
        Self::Text(at.to_string())
    }
}

impl<T: Into<Field>> From<Option<T>> for Field {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Empty, Into::into)
    }
}

/// Writes records below one header.
pub struct Writer<W: Write>(csv::Writer<W>);

impl<W: Write> Writer<W> {
    /// Starts with the header.
    ///
    /// # Errors
    /// The stream cannot be written.
    pub fn new(stream: W, header: &[&str]) -> io::Result<Self> {
        let mut writer =
            csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(stream);
        writer.write_record(header)?;
        Ok(Self(writer))
    }

    /// Writes one record.
    ///
    /// # Errors
    /// The stream cannot be written, or the record has not as many cells as the header.
    pub fn record(&mut self, cells: impl IntoIterator<Item = Field>) -> io::Result<()> {
        Ok(self.0.write_record(cells.into_iter().map(|cell| match cell {
            Field::Text(text) => harmless(text),
            Field::Number(number) => number.to_string(),
            Field::Empty => String::new(),
        }))?)
    }

    /// Writes out what is still held back.
    ///
    /// # Errors
    /// The stream cannot be written.
    pub fn finish(mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// Spreadsheets take these first characters, also in their full-width forms, for a formula.
fn harmless(text: String) -> String {
    const FORMULA: [char; 11] =
        ['=', '+', '-', '@', '\t', '\r', '\n', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'];
    if text.starts_with(FORMULA) { format!("'{text}") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_neutralised_and_numbers_are_not() {
        let mut bytes = Vec::new();
        let mut writer = Writer::new(&mut bytes, &["name", "days"]).unwrap();
        for name in ["=1+1", "@SUM(A1)", "-2", "+49 30", "\tx", "Ann, \"A\"", "a=b"] {
            writer.record([name.into(), Field::Number(-1)]).unwrap();
        }
        writer.record(["".into(), Field::from(None::<i64>)]).unwrap();
        writer.finish().unwrap();
        assert_eq!(
            String::from_utf8(bytes).unwrap(),
            "name,days\r\n'=1+1,-1\r\n'@SUM(A1),-1\r\n'-2,-1\r\n'+49 30,-1\r\n'\tx,-1\r\n\
             \"Ann, \"\"A\"\"\",-1\r\na=b,-1\r\n,\r\n"
        );
    }

    #[test]
    fn a_record_of_the_wrong_length_is_refused() {
        let mut writer = Writer::new(Vec::new(), &["a", "b"]).unwrap();
        assert!(writer.record(["x".into()]).is_err());
    }
}
