//! Bytes of a roster file to text. Only UTF-8 is taken: a guess at another encoding would turn one
//! person's name or address into another's.

use crate::roster::error::{Named, RosterError};

/// The text without its byte order mark.
pub(super) fn text<'b>(file: Named<'_>, bytes: &'b [u8]) -> Result<&'b str, RosterError> {
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(file.refused("is UTF-16; save it as UTF-8 (in Excel: \"CSV UTF-8\")"));
    }
    if bytes.starts_with(b"PK\x03\x04") {
        return Err(file.refused("is a workbook, not text; save it as CSV in UTF-8"));
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let good = &bytes[..error.valid_up_to()];
        let line = 1 + breaks(&String::from_utf8_lossy(good));
        let byte = bytes.get(error.valid_up_to()).copied().unwrap_or_default();
        file.at(
            line,
            format!(
                "byte 0x{byte:02x} is not UTF-8; save the file as UTF-8 (perhaps it is Latin-1)"
            ),
        )
    })?;
    if text.contains('\0') {
        return Err(file.refused("holds NUL characters: perhaps UTF-16; save it as UTF-8"));
    }
    Ok(text)
}

/// Number of line breaks, of whichever system.
pub(super) fn breaks(text: &str) -> u32 {
    let bytes = text.as_bytes();
    let count = bytes
        .iter()
        .enumerate()
        .filter(|(i, b)| **b == b'\n' || (**b == b'\r' && bytes.get(i + 1) != Some(&b'\n')))
        .count();
    u32::try_from(count).unwrap_or(u32::MAX)
}
