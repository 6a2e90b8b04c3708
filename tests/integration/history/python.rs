//! The checkers that need no dormouse, as they are printed. Where there is no Python they cannot run;
//! what they compute is then still computed here, by hand.

use std::{fs, io, io::Write, path::Path, process::Command};

use dormouse::domain::history::{COLUMNS, GENESIS, sha256};

use super::{
    fixture::{ROWS, intent, now},
    support::{Machine, empty, full},
};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// The script, which is on the page word for word where the page shows it.
fn printed(name: &str) -> String {
    let script = fs::read_to_string(Path::new(ROOT).join("docs").join(name)).unwrap();
    let page = fs::read_to_string(Path::new(ROOT).join("docs/history.md")).unwrap();
    let shown = page.contains(&format!("```python\n{script}```\n"));
    assert!(shown || name != "check_history.py", "docs/history.md shows another {name}");
    script
}

/// Output and success of a script; none without Python.
fn python(script: &str, args: &[&str]) -> Option<(bool, String)> {
    match Command::new("python3").arg("-c").arg(script).args(args).output() {
        Ok(ran) => {
            let text = [ran.stdout, ran.stderr].concat();
            Some((ran.status.success(), String::from_utf8(text).unwrap().trim().to_owned()))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => panic!("python3: {error}"),
    }
}

/// Both checkers on a store and its export.
fn check(machine: &Machine, head: &str) -> Option<[(bool, String); 2]> {
    let export = machine.store().with_extension("jsonl");
    fs::write(&export, machine.run("history export").stdout).unwrap();
    let (store, export) = (machine.store(), export);
    let on_store = python(&printed("check_history.py"), &[store.to_str().unwrap(), head]);
    let on_export = python(&printed("check_export.py"), &[export.to_str().unwrap(), head]);
    let answers = on_store.zip(on_export).map(|(a, b)| [a, b]);
    if answers.is_none() {
        skipped();
    }
    answers
}

/// Past the capture of the test runner: nobody should believe that they were run.
fn skipped() {
    io::stderr().write_all(b"SKIPPED: no python3; docs/*.py were not run\n").unwrap();
}

#[test]
fn python_agrees_with_dormouse_on_a_whole_history() {
    let machine = full();
    let head = machine.head();
    let Some(answers) = check(&machine, &head) else { return };
    for answer in answers {
        assert_eq!(answer, (true, format!("ok: {ROWS} rows, head {head}")));
    }
    machine.append(vec![intent(5, 300)]);
    for (fine, said) in check(&machine, &head).unwrap() {
        assert!(fine, "{said}");
    }
    for (fine, said) in check(&empty(), &format!("0:{GENESIS}")).unwrap() {
        assert!(fine, "{said}");
    }
}

/// Read-only media: SQLite can make no file beside the store there.
#[cfg(unix)]
#[test]
fn python_reads_a_store_in_a_read_only_folder() {
    use std::os::unix::{fs::PermissionsExt, process::CommandExt};
    let machine = full();
    let head = machine.head();
    let allow = |mode| {
        fs::set_permissions(machine.path(), fs::Permissions::from_mode(mode)).unwrap();
    };
    fs::set_permissions(machine.store(), fs::Permissions::from_mode(0o444)).unwrap();
    allow(0o555);
    let mut python = Command::new("python3");
    python.arg("-c").arg(printed("check_history.py")).arg(machine.store());
    // Root may write everywhere.
    if fs::File::create(machine.path().join("probe")).is_ok() {
        python.uid(65534).gid(65534);
    }
    let ran = python.output();
    allow(0o755);
    let Ok(ran) = ran else { return skipped() };
    let said = String::from_utf8([ran.stdout, ran.stderr].concat()).unwrap();
    assert_eq!(said.trim(), format!("ok: {ROWS} rows, head {head}"));
}

#[test]
fn python_reads_a_store_of_an_older_schema() {
    let machine = Machine::at(now());
    machine.sql(&format!(".read {ROOT}/tests/data/stores/schema-8.sql"));
    let head = machine.head();
    let Some(answers) = check(&machine, &head) else { return };
    for (fine, said) in answers {
        assert!(fine && said.ends_with(&format!("head {head}")), "{said}");
    }
}

#[test]
fn python_finds_what_was_changed() {
    for (sql, said) in [
        ("UPDATE history SET detail = detail || '.' WHERE seq = 3", "row 3 was changed"),
        ("UPDATE history SET http_status = NULL WHERE seq = 2", "row 2 was changed"),
        ("UPDATE history SET hash = replace(hash, '0', '1') WHERE seq = 4", "row 4 was changed"),
        ("DELETE FROM history WHERE seq = 5", "row 6 does not follow row 4"),
        ("DELETE FROM history WHERE seq > 7", "is not in this history: rows were cut from its end"),
        (
            "UPDATE history SET seq = -1 WHERE seq = 3; UPDATE history SET seq = 3 WHERE seq = 6; \
             UPDATE history SET seq = 6 WHERE seq = -1",
            "row 3 does not follow row 2",
        ),
    ] {
        let machine = full();
        let head = machine.head();
        machine.tamper(sql);
        let Some(answers) = check(&machine, &head) else { return };
        for (fine, found) in answers {
            assert!(!fine && found.contains(said), "{sql}\n{found}");
        }
    }
}

#[test]
fn python_finds_columns_that_were_renamed_or_written_twice() {
    let machine = full();
    let script = printed("check_export.py");
    for (from, to) in [
        ("\"status_before\"", "\"status_after\""),
        ("\"detail\":", "\"detail\":\"harmless\",\"detail\":"),
        ("\"seq\":1,", "\"seq\":1.0,"),
    ] {
        let export = machine.run("history export").stdout.replacen(from, to, 1);
        let file = machine.store().with_extension("jsonl");
        fs::write(&file, export).unwrap();
        let Some((fine, said)) = python(&script, &[file.to_str().unwrap()]) else { return };
        assert!(!fine && said.starts_with("row 1"), "{from}: {said}");
    }
}

#[test]
fn the_checkers_are_about_twenty_lines() {
    for name in ["check_history.py", "check_export.py"] {
        assert!(printed(name).lines().count() <= 22, "{name}");
    }
}

/// The same computation without Python and without the code of dormouse: JSON by hand.
#[test]
fn the_export_holds_all_that_the_chain_needs() {
    let machine = full();
    let mut head = GENESIS.to_owned();
    for line in machine.run("history export").stdout.lines() {
        let row: serde_json::Map<String, serde_json::Value> = serde_json::from_str(line).unwrap();
        assert_eq!((row.len(), row["prev_hash"].as_str()), (COLUMNS.len(), Some(head.as_str())));
        let columns: Vec<String> = COLUMNS[..16].iter().map(|c| plain_json(&row[*c])).collect();
        head = sha256(format!("[{}]", columns.join(",")).as_bytes());
        assert_eq!(row["hash"], head);
    }
    assert_eq!(machine.head(), format!("{ROWS}:{head}"));
}

fn plain_json(value: &serde_json::Value) -> String {
    let Some(text) = value.as_str() else { return value.to_string() };
    let escaped = text.chars().map(|c| match c {
        '"' | '\\' => format!("\\{c}"),
        '\u{8}' => "\\b".into(),
        '\t' => "\\t".into(),
        '\n' => "\\n".into(),
        '\u{c}' => "\\f".into(),
        '\r' => "\\r".into(),
        '\0'..='\u{1f}' => format!("\\u{:04x}", u32::from(c)),
        c => c.to_string(),
    });
    format!("\"{}\"", escaped.collect::<String>())
}
