//! HTML encoding as .NET's `HttpUtility.HtmlEncode` does it: display names and departments.

/// Encodes the five markup characters, Latin-1 above 160 and everything beyond the BMP.
pub(crate) fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\u{a0}'..='\u{ff}' | '\u{10000}'.. => out.push_str(&format!("&#{};", u32::from(c))),
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    #[test]
    fn markup_latin_and_emoji_are_encoded_and_the_rest_is_kept() {
        assert_eq!(
            super::encode("O'Brien <é> & Ж 😀"),
            "O&#39;Brien &lt;&#233;&gt; &amp; Ж &#128512;"
        );
    }
}
