//! What is taken as a roster and what is refused.

use std::io::Cursor;

use crate::roster::*;

fn read_bytes(bytes: &[u8]) -> Result<Roster, RosterError> {
    read_with(&RosterFormat::default(), bytes)
}

fn read_with(format: &RosterFormat, bytes: &[u8]) -> Result<Roster, RosterError> {
    read(&["-".into()], format, Path::new("."), &mut Cursor::new(bytes))
}

fn rows_of(text: &str) -> Vec<Row> {
    read_bytes(text.as_bytes()).unwrap().rows
}

fn refusal(bytes: impl AsRef<[u8]>) -> String {
    read_bytes(bytes.as_ref()).unwrap_err().to_string()
}

fn emails(rows: &[Row]) -> Vec<&str> {
    rows.iter().filter_map(|(row, _)| row.email.as_deref()).collect()
}

#[test]
fn csv_in_its_usual_shapes() {
    for text in [
        "id,email,display_name,contract_end,team\n17,ann@example.com,Ann,2026-12-31,Ops\n",
        "ID;E-Mail;Name;Contract End;team\r\n17;ann@example.com;Ann;2026-12-31;Ops\r\n",
        "\u{feff}account_id\tmail\tdisplayName\tcontractEnd\tteam\n17\tann@example.com\tAnn\t2026-12-31\tOps",
        "team,\"id\",\"email\",\"name\",contract_end\nOps,\"17\",\" ann@example.com \",\"Ann\",2026-12-31\n",
        "id,email,name,contract_end,team\r17,ann@example.com,Ann,2026-12-31,Ops\r",
    ] {
        let rows = rows_of(text);
        let (row, extra) = &rows[0];
        assert_eq!(rows.len(), 1, "{text:?}");
        assert_eq!((row.file.as_str(), row.line), ("-", 2));
        assert_eq!(row.id.as_deref(), Some("17"));
        assert_eq!(row.email.as_deref(), Some("ann@example.com"));
        assert_eq!(row.display_name.as_deref(), Some("Ann"));
        assert_eq!(row.contract_end, "2026-12-31".parse().ok());
        assert_eq!(extra["team"], "Ops");
    }
}

#[test]
fn lines_are_counted_through_blank_lines_and_line_breaks_in_values() {
    let rows =
        rows_of("\n\nemail,note\r\n\r\nann@example.com,\"two\r\nlines\"\n\n\nbob@example.com,x\n");
    assert_eq!(rows.iter().map(|(row, _)| row.line).collect::<Vec<_>>(), [5, 9]);
    assert_eq!(rows[0].1["note"], "two\r\nlines");
}

#[test]
fn json_in_the_reference_form_and_with_more() {
    let text = "[\n  {\"id\":\"5f2b4a52-0000-4000-8000-000000000001\",\"email\":\"ann@example.com\",\"displayName\":\"Ann\"},\n\
                \n  {\"email\":\"bob@example.com\",\"id\":42,\"displayName\":null,\"cost\":{\"center\":7}}\n]\n";
    let rows = rows_of(text);
    assert_eq!(emails(&rows), ["ann@example.com", "bob@example.com"]);
    assert_eq!((rows[0].0.line, rows[1].0.line), (2, 4));
    assert_eq!(rows[1].0.id.as_deref(), Some("42"));
    assert_eq!(rows[1].1["cost"]["center"], 7);
    assert!(rows_of("[]").is_empty());
}

#[test]
fn an_empty_file_or_a_header_alone_is_an_empty_roster() {
    for text in ["", "\u{feff}\r\n", "id,email\n"] {
        assert!(rows_of(text).is_empty(), "{text:?}");
    }
}

#[test]
fn hostile_names_are_kept_as_they_are() {
    let name = "=cmd|' /C calc'!A1 \u{202e}\u{1b}[2J <script>";
    let rows = rows_of(&format!("email,name\nann@example.com,\"{name}\"\n"));
    assert_eq!(rows[0].0.display_name.as_deref(), Some(name));
}

#[test]
fn bad_csv_names_line_column_and_value() {
    for (text, problem) in [
        ("id,email,x\n,,1\n", "-:2: the row has neither an id nor an e-mail"),
        ("id,email\n1,ann\n", "-:2: column \"email\": \"ann\" is not a valid e-mail address"),
        (
            "email,contract_end\na@example.com,31.12.2026\n",
            "-:2: column \"contract_end\": \"31.12.2026\" is not a valid date; write YYYY-MM-DD",
        ),
        (
            "email,contract_end\na@example.com,2026-02-30\n",
            "-:2: column \"contract_end\": \"2026-02-30\" is not a valid date; write YYYY-MM-DD",
        ),
        ("id,email\n1,a@example.com\n2\n", "-:3: the row has 1 values, the header 2 columns"),
        (
            "user,phone\nx,y\n",
            "-:1: the header has no column id or email; it has \"user\", \"phone\"; say in dormouse.toml \
             which one to read, for example [roster] email = \"user\"",
        ),
        (
            "email,Mail\na@b.c,a@b.c\n",
            "-:1: columns \"Mail\" and \"email\" mean the same; rename or remove one, or name the one to \
             read in dormouse.toml: [roster] email = \"email\"",
        ),
        (
            "email,x,x\na@b.c,1,2\n",
            "-:1: columns \"x\" and \"x\" mean the same; rename or remove one",
        ),
        (
            "email,name\na@b.c,A\nb@b.c,\"B\nc@b.c,C\n",
            "-:3: a quotation mark opens a value that never ends",
        ),
    ] {
        assert_eq!(refusal(text), problem, "{text:?}");
    }
}

#[test]
fn bad_json_names_line_and_key() {
    for (text, problem) in [
        (
            "{\"email\":\"a@b.c\"}",
            "-:1: invalid type: map, expected a sequence; a JSON roster is an array of objects",
        ),
        (
            "[\n\"a@b.c\"]",
            "-:2: invalid type: string \"a@b.c\", expected an object; a JSON roster is an array of objects",
        ),
        ("[{\"email\":\"a@b.c\"},\n{\"email\":7}]", "-:2: column \"email\": \"7\" is not text"),
        (
            "[{\"email\":\"a@b.c\",\"email\":\"b@b.c\"}]",
            "-:1: columns \"email\" and \"email\" mean the same; rename or remove one",
        ),
        ("[{\"displayName\":\"A\"}]", "-:1: the row has neither an id nor an e-mail"),
        (
            "[{\"email\":\"a@b.c\"},\n",
            "-:2: EOF while parsing a value; a JSON roster is an array of objects",
        ),
    ] {
        assert_eq!(refusal(text), problem, "{text:?}");
    }
}

#[test]
fn only_utf8_is_taken() {
    assert!(refusal([0xff, 0xfe, b'i', 0, b'd', 0]).contains("is UTF-16"));
    assert!(refusal(b"i\0d\0,\0").contains("NUL"));
    assert!(refusal(b"PK\x03\x04rest").contains("workbook"));
    let problem = refusal(b"email,name\na@example.com,Ann\nb@example.com,Andr\xe9\n");
    assert!(problem.starts_with("-:3: byte 0xe9 is not UTF-8"), "{problem}");
}

#[test]
fn several_files_are_one_roster_and_one_bad_row_refuses_all() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("a.csv"), "email\nann@example.com\n").unwrap();
    std::fs::write(dir.path().join("b.json"), "[{\"email\":\"bob@example.com\"}]").unwrap();
    let files = |names: &[&str]| names.iter().map(PathBuf::from).collect::<Vec<_>>();
    let format = RosterFormat::default();
    let read =
        |names: &[&str]| read(&files(names), &format, dir.path(), &mut Cursor::new("email\nx\n"));

    let roster = read(&["a.csv", "b.json"]).unwrap();
    assert_eq!(emails(&roster.rows), ["ann@example.com", "bob@example.com"]);
    let both = b"email\nann@example.com\n[{\"email\":\"bob@example.com\"}]";
    assert_eq!(roster.sha256, sha256(both));
    assert!(read(&["a.csv", "-"]).unwrap_err().to_string().starts_with("-:2: "));
    assert!(read(&["none.csv"]).unwrap_err().to_string().starts_with("none.csv: cannot be read"));
}

#[test]
fn blank_rows_and_the_separator_line_of_spreadsheets_mean_nothing() {
    let rows = rows_of("email;name;note\r\n;;;\r\nann@example.com;Ann;x\r\n; ;\r\n\r\n");
    assert_eq!((emails(&rows), rows[0].0.line), (vec!["ann@example.com"], 3));
    for (text, line) in [
        (
            "sep=;\r\nEmail Address;Full Name;Contract End Date\r\nann@example.com;Ann;2027-01-31\r\n",
            3,
        ),
        ("\u{feff}SEP=,\nemail,name,contract_end\nann@example.com,Ann,2027-01-31\n", 3),
        ("\"sep=|\"\nemail|name|contract_end\nann@example.com|Ann|2027-01-31", 3),
    ] {
        let row = &rows_of(text)[0].0;
        assert_eq!(row.email.as_deref(), Some("ann@example.com"), "{text:?}");
        assert_eq!(row.display_name.as_deref(), Some("Ann"));
        assert_eq!(row.contract_end, "2027-01-31".parse().ok());
        assert_eq!(row.line, line);
    }
}

#[test]
fn a_quotation_mark_that_hides_rows_is_refused_where_it_opens() {
    let text = "id,email,note\n1,ann@example.com,\"ok\n2,bob@example.com,x\n3,cyd@example.com,\"open\" tail\n";
    assert_eq!(
        refusal(text),
        "-:2: the quotation mark that opens a value here is closed on line 4, with text after it: \
         open\" tail"
    );
    assert!(refusal("email,name\na@b.c,\"A\" x\n").starts_with("-:2: text after a closing"));
}

#[test]
fn dates_are_exactly_as_the_format_says() {
    for date in ["01-02-27", "27-12-31", "2027- 1- 5", "+2027-01-05", "2027-1-5", "2027-01-05 "] {
        let read = read_bytes(format!("email,contract_end\na@b.c,{date}\n").as_bytes());
        assert_eq!(read.is_ok(), date.ends_with("05 "), "{date}: spaces around it mean nothing");
    }
    let format = RosterFormat { date_format: Some("%d.%m.%Y".into()), ..RosterFormat::default() };
    let read =
        |date: &str| read_with(&format, format!("email,contract_end\na@b.c,{date}\n").as_bytes());
    assert_eq!(read("31.01.2027").unwrap().rows[0].0.contract_end, "2027-01-31".parse().ok());
    assert_eq!(
        read("31.1.2027").unwrap_err().to_string(),
        "-:2: column \"contract_end\": \"31.1.2027\" is not a valid date of the form %d.%m.%Y"
    );
}

#[test]
fn columns_are_mapped_and_those_that_mean_nothing_are_named() {
    let text =
        "Business Email;Name;Vertragsende;Kostenstelle\r\nann@example.com;Ann;31.01.2027;4711\r\n";
    let some = |name: &str| Some(name.to_owned());
    let format = RosterFormat {
        email: some("business email"),
        contract_end: some("Vertragsende"),
        date_format: some("%d.%m.%Y"),
        ..RosterFormat::default()
    };
    let roster = read_with(&format, text.as_bytes()).unwrap();
    let (row, extra) = &roster.rows[0];
    assert_eq!(row.email.as_deref(), Some("ann@example.com"));
    assert_eq!(row.contract_end, "2027-01-31".parse().ok());
    assert_eq!(
        (roster.ignored.as_slice(), &extra["Kostenstelle"]),
        (&["Kostenstelle".to_owned()][..], &"4711".into())
    );

    let unmapped = refusal(text);
    let columns = "\"Business Email\", \"Name\", \"Vertragsende\", \"Kostenstelle\"";
    assert!(
        unmapped
            .starts_with(&format!("-:1: the header has no column id or email; it has {columns}"))
    );
    let absent = read_with(&format, b"email,name\na@b.c,A\n").unwrap_err().to_string();
    assert_eq!(
        absent,
        "-:1: the header has no column \"business email\", which [roster] email names; it has \
         \"email\", \"name\""
    );
}

#[test]
fn characters_that_are_not_seen_are_named() {
    for (email, code) in [
        ("\u{200b}ann@example.com", "invisible character U+200B"),
        ("ann@example.com\u{200e}", "invisible character U+200E"),
        ("ann\u{ad}@example.com", "invisible character U+00AD"),
        ("ann\u{7f}@example.com", "control character U+007F"),
        ("ann\u{fe0f}@example.com", "invisible character U+FE0F"),
    ] {
        for text in [format!("email\n{email}\n"), format!("[\n{{\"email\":\"{email}\"}}]")] {
            let problem = refusal(&text);
            assert!(problem.starts_with("-:2: column \"email\": "), "{problem}");
            assert!(problem.contains(code), "{problem}");
        }
    }
    assert!(refusal("\u{200b}email\na@b.c\n").contains("U+200B"), "in a header");
}

#[test]
fn up_to_twenty_problems_are_named_at_once() {
    let rows: String = (0..12)
        .map(|n| format!("person{n},{}\n", if n % 2 == 1 { "soon" } else { "2027-01-31" }))
        .collect();
    let error = read_bytes(format!("email,contract_end\n{rows}").as_bytes()).unwrap_err();
    assert_eq!((error.count(), error.problems().len()), (18, 18));
    let rows: String = (0..30).map(|n| format!("{{\"email\":\"person{n}\"}},\n")).collect();
    let error = read_bytes(format!("[\n{rows}{{\"email\":\"a@b.c\"}}]").as_bytes()).unwrap_err();
    assert_eq!((error.count(), error.problems().len()), (30, 20));
    assert!(error.problems()[19].starts_with("-:21: "), "{error}");
}
