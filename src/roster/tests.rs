//! What is taken as a roster and what is refused.

use std::io::Cursor;

use crate::roster::*;

fn read_bytes(bytes: &[u8]) -> Result<Roster, RosterError> {
    read(&["-".into()], Path::new("."), &mut Cursor::new(bytes))
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
        ("id,email\n,\n", "-:2: the row has neither an id nor an e-mail"),
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
            "-:1: the header has no column id or email; it has \"user\", \"phone\"",
        ),
        (
            "email,Mail\na@b.c,a@b.c\n",
            "-:1: columns \"email\" and \"Mail\" mean the same; rename or remove one",
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
            "-:1: the keys \"email\" and \"email\" mean the same; remove one",
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
    let read = |names: &[&str]| read(&files(names), dir.path(), &mut Cursor::new("email\nx\n"));

    let roster = read(&["a.csv", "b.json"]).unwrap();
    assert_eq!(emails(&roster.rows), ["ann@example.com", "bob@example.com"]);
    let both = b"email\nann@example.com\n[{\"email\":\"bob@example.com\"}]";
    assert_eq!(roster.sha256, sha256(both));
    assert!(read(&["a.csv", "-"]).unwrap_err().to_string().starts_with("-:2: "));
    assert!(read(&["none.csv"]).unwrap_err().to_string().starts_with("none.csv: cannot be read"));
}
