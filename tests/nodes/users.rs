//! `rekey users`, as an operator runs it: killed in the middle, run again, and
//! what it writes read back.

use std::io::Write as _;
use std::time::Duration;

use crate::database::TestDatabase;
use crate::installation::{Installation, with};

/// Users of the file.
const USERS: usize = 4000;

async fn killed_and_resumed(installation: &mut Installation) {
    installation.bootstrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("users.csv");
    let mut file = std::fs::File::create(&path).unwrap();
    writeln!(file, "email,externalId,firstName").unwrap();
    for n in 0..USERS {
        let email = if n % 100 == 7 { format!("wrong{n}") } else { format!("user{n}@example.test") };
        writeln!(file, "{email},{n},'=Formula{n}").unwrap();
    }
    drop(file);
    let name = path.to_str().unwrap();
    for round in 1..=3_u64 {
        let mut child = installation.command(&["users", "import", name]).spawn().unwrap();
        tokio::time::sleep(Duration::from_millis(250 * round)).await;
        let _ = child.kill();
        child.wait().unwrap();
        println!("killed with {} users", installation.database.count("users").await);
    }
    let output = installation.command(&["users", "import", name]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    println!("{}", String::from_utf8_lossy(&output.stdout));
    let wrong = USERS / 100;
    assert_eq!(installation.database.count("users").await, i64::try_from(USERS - wrong).unwrap());
    let created = "SELECT count(*) AS n FROM events WHERE kind = 'user.created'";
    assert_eq!(installation.database.number(created).await, i64::try_from(USERS - wrong).unwrap(), "one event each");
    let rejects = std::fs::read_to_string(folder.path().join("users.csv.rejects")).unwrap();
    let lines: Vec<serde_json::Value> = rejects.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), wrong, "each wrong line once");
    assert_eq!((&lines[0]["line"], &lines[0]["code"]), (&9.into(), &"invalid_email".into()));
    assert!(!folder.path().join("users.csv.progress").exists());
    round_trip(installation, folder.path());
}

/// What is exported changes nothing when it is imported again, in either form.
fn round_trip(installation: &mut Installation, folder: &std::path::Path) {
    for format in ["csv", "ndjson"] {
        let path = folder.join(format!("out.{format}"));
        let name = path.to_str().unwrap();
        let output = installation.command(&["users", "export", "--output", name]).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(text.lines().count(), USERS - USERS / 100 + usize::from(format == "csv"));
        assert!(!text.contains("passwordHash"), "hashes only when asked for");
        if format == "csv" {
            assert!(text.contains(",'=Formula0,") && !text.contains(",=Formula"), "no cell is a formula");
        }
        let output = installation.command(&["users", "import", name]).output().unwrap();
        let told = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(
            told.contains(&format!("0 created, 0 updated, {} unchanged, 0 refused", USERS - USERS / 100)),
            "{told}"
        );
    }
    let refused = installation.command(&["users", "import", "/nowhere.csv"]).output().unwrap();
    assert!(!refused.status.success() && String::from_utf8_lossy(&refused.stderr).contains("/nowhere.csv"));
}

#[test]
fn an_import_that_was_killed_goes_on_sqlite() {
    with(TestDatabase::sqlite, async |installation| Box::pin(killed_and_resumed(installation)).await);
}

#[test]
fn an_import_that_was_killed_goes_on_postgresql() {
    with(TestDatabase::postgres, async |installation| Box::pin(killed_and_resumed(installation)).await);
}
