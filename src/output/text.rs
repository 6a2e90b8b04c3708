//! Text made safe and fit to show. Names and addresses come from people on the portal: they
//! must not move the cursor, turn the line around or hide in it.

use std::borrow::Cow;

use crate::domain::text::is_deceptive;

/// The text with every character escaped that a terminal or a reader would not show as itself.
#[must_use]
pub fn printable(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_deceptive) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if is_deceptive(c) {
            shown.extend(c.escape_default());
        } else {
            shown.push(c);
        }
    }
    Cow::Owned(shown)
}

/// How many columns of a terminal the text takes. Escape sequences take none.
pub(crate) fn width(text: &str) -> usize {
    textwrap::core::display_width(text)
}

/// Lines of at most `width` columns, broken between words only: a longer word has its own line, and a
/// date stays with its time.
pub(crate) fn wrap(text: &str, width: usize) -> Vec<String> {
    let options = textwrap::Options::new(width)
        .break_words(false)
        .word_separator(textwrap::WordSeparator::AsciiSpace)
        .word_splitter(textwrap::WordSplitter::NoHyphenation)
        .wrap_algorithm(textwrap::WrapAlgorithm::FirstFit);
    let glued = glued(text);
    textwrap::wrap(&glued, options).into_iter().map(|line| line.replace(GLUE, " ")).collect()
}

const GLUE: char = '\u{a0}';

/// The text with `2026-11-24 07:00 UTC` made one word.
fn glued(text: &str) -> String {
    let mut glued = String::with_capacity(text.len());
    let mut before = "";
    for (number, word) in text.split(' ').enumerate() {
        let is_date = before.trim_start_matches('(').len() == 10
            && before.matches('-').count() == 2
            && word.as_bytes().get(2) == Some(&b':');
        let is_time = before.as_bytes().get(2) == Some(&b':') && word.starts_with("UTC");
        if number > 0 {
            glued.push(if is_date || is_time { GLUE } else { ' ' });
        }
        glued.push_str(word);
        before = word;
    }
    glued
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_text_of_any_language_stays() {
        for text in ["Ann O'Neil <ann@example.com>", "Жанна", "محمد", "張偉", "José 👩", ""]
        {
            assert!(matches!(printable(text), Cow::Borrowed(same) if same == text));
        }
    }

    #[test]
    fn lines_are_broken_between_words_and_never_within_a_date() {
        assert_eq!(
            wrap("ends 25 hours ago (2026-11-23 11:00 UTC); ann.of.contoso@example.com", 20),
            ["ends 25 hours ago", "(2026-11-23 11:00 UTC);", "ann.of.contoso@example.com"]
        );
    }

    #[test]
    fn what_acts_is_shown() {
        for (text, shown) in [
            ("a\u{1b}[2Jb", r"a\u{1b}[2Jb"),
            ("a\r\nb\tc", r"a\r\nb\tc"),
            ("\u{202e}moc.elpmaxe", r"\u{202e}moc.elpmaxe"),
            ("ad\u{200b}min", r"ad\u{200b}min"),
            ("\u{9b}31m", r"\u{9b}31m"),
            ("x\u{e0041}", r"x\u{e0041}"),
        ] {
            assert_eq!(printable(text), shown);
        }
    }
}
