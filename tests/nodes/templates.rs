//! `rekey templates` beside the database, as somebody runs it who keeps the
//! mails of an installation in Git: exported, edited, imported, and sent.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::time::Duration;

use rekey::app::App;
use serde_json::json;

use crate::database::TestDatabase;
use crate::installation::{Installation, Node, with};
use crate::smtp::Received;

/// Every version that anybody has made.
const VERSIONS: &str = "SELECT count(*) AS n FROM email_template_versions";
/// Every act on a template that was written down.
const ACTS: &str = "SELECT count(*) AS n FROM audit_entries WHERE action LIKE 'email_template.%'";

/// A folder of templates, and how it gets into the database and out of it.
struct Desk<'a> {
    installation: &'a mut Installation,
    folder: tempfile::TempDir,
}

impl Desk<'_> {
    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    fn edit(&self, name: &str, from: &str, to: &str) {
        let text = std::fs::read_to_string(self.path(name)).unwrap();
        assert!(text.contains(from), "{from} is not in {name}:\n{text}");
        self.write(name, &text.replace(from, to));
    }

    fn run(&self, action: &str, folder: &Path, more: &[&str]) -> Output {
        let arguments = [&["templates", action, folder.to_str().unwrap(), "--application", "shop"], more].concat();
        self.installation.command(&arguments).output().unwrap()
    }

    /// What it prints when it is done.
    fn imports(&self, more: &[&str]) -> String {
        let output = self.run("import", self.folder.path(), more);
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// What it says of the files when it is refused, and why it failed.
    fn refuses(&self) -> (String, String) {
        let output = self.run("import", self.folder.path(), &[]);
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap())
    }

    /// A fresh folder with what the database has.
    fn exports(&self, more: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let output = self.run("export", folder.path(), more);
        assert!(output.status.success(), "{output:?}");
        folder
    }

    /// The versions and the acts of the audit log.
    async fn kept(&mut self) -> (i64, i64) {
        let database = &mut self.installation.database;
        (database.number(VERSIONS).await, database.number(ACTS).await)
    }

    /// A reset mail that the server sends now.
    async fn mail(&mut self, node: &Node, inside: &App) -> Received {
        let sent = self.installation.smtp.messages().len();
        let user = self.installation.user(inside, &format!("user{sent}@example.test")).await;
        let body = json!({"userId": user.to_string()});
        assert_eq!(self.installation.call(&node.url, "send-password-reset-email", &body).await.status, 200);
        let waiting = "SELECT count(*) AS n FROM messages WHERE state = 'queued'";
        self.installation.until(waiting, 0, Duration::from_secs(20)).await;
        let mails = self.installation.smtp.messages();
        assert_eq!(mails.len(), sent + 1);
        mails.into_iter().next_back().unwrap()
    }
}

/// Every file of a folder with its text, by its path inside it.
fn files(folder: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
                found.insert(name, std::fs::read_to_string(&path).unwrap());
            }
        }
    }
    found
}

async fn with_desk(installation: &mut Installation, test: impl AsyncFnOnce(&mut Desk<'_>)) {
    installation.bootstrap();
    let mut desk = Desk { installation, folder: tempfile::tempdir().unwrap() };
    Box::pin(test(&mut desk)).await;
}

/// What is built in, edited and imported, is what the next mail says; what is
/// exported then changes nothing when it is imported again.
async fn edited_and_sent(desk: &mut Desk<'_>) {
    let inside = desk.installation.inside().await;
    let node = desk.installation.node().await;
    assert!(!desk.mail(&node, &inside).await.text().contains("Ring extension 17"));

    let folder = desk.folder.path().to_str().unwrap().to_owned();
    desk.installation.run(&["templates", "export", &folder]);
    let all = files(desk.folder.path());
    for name in all.keys().filter(|name| !name.starts_with("password-reset-link/")) {
        std::fs::remove_file(desk.path(name)).unwrap();
    }
    desk.edit("password-reset-link/text.hbs", "{{actionUrl}}", "{{actionUrl}}\n\nRing extension 17.");
    desk.write("password-reset-link/en/subject.hbs", "{{application.displayName}}: come back in");
    assert_eq!(desk.imports(&["--note", "extension"]), "2 published, 0 unchanged\n");
    let mail = desk.mail(&node, &inside).await;
    assert!(mail.text().contains("Ring extension 17.") && mail.link_token().len() == 43, "{}", mail.text());
    assert_eq!(mail.header("Subject").as_deref(), Some("shop: come back in"));
    assert_eq!(desk.kept().await, (2, 2));

    assert_eq!(desk.imports(&[]), "0 published, 2 unchanged\n", "the same again makes no version");
    assert_eq!(desk.kept().await, (2, 2));

    let exported = desk.exports(&[]);
    assert_eq!(files(exported.path()), files(desk.folder.path()));
    desk.folder = exported;
    desk.edit("password-reset-link/text.hbs", "extension 17", "extension 18");
    assert_eq!(desk.imports(&[]), "1 published, 1 unchanged\n");
    assert!(desk.mail(&node, &inside).await.text().contains("Ring extension 18."), "a server that runs sends it");
    assert_eq!(desk.kept().await, (3, 3));
    let (holds, _) = crate::commands::verify(desk.installation, &[]);
    assert!(holds, "the audit log is whole");
    inside.engine.database.clone().close().await.unwrap();
    assert!(node.stop());
}

/// MJML is kept as it was written, and is not published anew.
async fn mjml_comes_back_as_it_was(desk: &mut Desk<'_>) {
    let source = "<mjml><mj-body><mj-section><mj-column><mj-text>Hello <b>{{user.givenName}}</b></mj-text>\
                  </mj-column></mj-section></mj-body></mjml>";
    desk.write("test/html.mjml", source);
    desk.write("layout.html.hbs", "<html><body>{{{body}}}</body></html>");
    desk.write("de/layout.html.hbs", "<html lang=\"de\"><body>{{{body}}}</body></html>");
    assert!(desk.imports(&[]).ends_with("3 published, 0 unchanged\n"));
    assert!(desk.imports(&[]).ends_with("0 published, 3 unchanged\n"));
    assert_eq!(files(desk.exports(&[]).path()), files(desk.folder.path()));
}

/// A tenant's templates are its own.
async fn a_tenant_has_its_own(desk: &mut Desk<'_>) {
    let inside = desk.installation.inside().await;
    let tenant = inside.engine.tenancy(&desk.installation.scope(), None).await.unwrap().tenant.clone();
    inside.engine.database.clone().close().await.unwrap();
    desk.write("test/subject.hbs", "Of the application");
    desk.imports(&[]);
    desk.write("test/subject.hbs", "Of the tenant");
    for named in [tenant.name.clone(), tenant.id.to_string()] {
        desk.imports(&["--tenant", &named]);
        let exported = desk.exports(&["--tenant", &named]);
        assert_eq!(files(exported.path())["test/subject.hbs"], "Of the tenant");
    }
    assert_eq!(desk.kept().await, (2, 2));
    assert_eq!(files(desk.exports(&[]).path())["test/subject.hbs"], "Of the application");
    for more in [["--tenant", "nobody"], ["--tenant", "tenant_01ARZ3NDEKTSV4RRFFQ69G5FAV"]] {
        let output = desk.run("import", desk.folder.path(), &more);
        assert!(!output.status.success(), "{output:?}");
    }
}

/// One file that does not parse, or has no name here, and nothing is
/// published: not even what is right.
async fn all_or_nothing(desk: &mut Desk<'_>) {
    desk.write("test/subject.hbs", "Quite right");
    desk.write("test/text.hbs", "Quite right too");
    desk.write("password-reset-link/text.hbs", "{{actionUrl}}\n\n  {{#if user.givenName}}\nHello");
    let (told, why) = desk.refuses();
    let mark = told.lines().find(|line| line.contains(": error: ")).unwrap_or_else(|| panic!("no error in {told}"));
    assert!(mark.starts_with("password-reset-link/text.hbs:3:3: error: "), "where the block begins: {told}");
    assert!(why.contains("nothing was imported"), "{why}");
    assert_eq!(desk.kept().await, (0, 0));

    desk.write("password-reset-link/text.hbs", "{{actionUrl}} {{user.nmae}}");
    desk.write("no-account/de/subject.hbs", "{{#each}}");
    let (told, _) = desk.refuses();
    assert!(told.contains("password-reset-link/text.hbs:1:15: error: "), "{told}");
    assert!(told.contains("no-account/de/subject.hbs:1:1: error: "), "every fault is told at once: {told}");
    assert_eq!(desk.kept().await, (0, 0));

    desk.write("password-reset-link/text.hbs", "{{actionUrl}} {{expiresAt}}");
    std::fs::remove_dir_all(desk.path("no-account")).unwrap();
    for name in ["password-rest-link/text.hbs", "test/subjet.hbs", "test/xx_yy/text.hbs"] {
        desk.write(name, "{{actionUrl}}");
        let (told, why) = desk.refuses();
        assert!(told.is_empty() && why.contains(name) && why.contains("is not the name of an email template"), "{why}");
        std::fs::remove_file(desk.path(name)).unwrap();
        assert_eq!(desk.kept().await, (0, 0));
    }
    std::fs::remove_dir(desk.path("password-rest-link")).unwrap();
    std::fs::remove_dir(desk.path("test/xx_yy")).unwrap();
    assert!(desk.imports(&[]).ends_with("2 published, 0 unchanged\n"));
    assert_eq!(desk.kept().await, (2, 2));
    let nowhere = desk.run("import", Path::new("/nowhere/at/all"), &[]);
    assert!(!nowhere.status.success() && String::from_utf8_lossy(&nowhere.stderr).contains("/nowhere/at/all"));
}

#[test]
fn what_is_edited_and_imported_is_what_the_next_mail_says_on_sqlite() {
    with(TestDatabase::sqlite, async |installation| with_desk(installation, edited_and_sent).await);
}

#[test]
fn what_is_edited_and_imported_is_what_the_next_mail_says_on_postgresql() {
    with(TestDatabase::postgres, async |installation| with_desk(installation, edited_and_sent).await);
}

#[test]
fn mjml_and_layouts_come_back_as_they_were_on_sqlite() {
    with(TestDatabase::sqlite, async |installation| with_desk(installation, mjml_comes_back_as_it_was).await);
}

#[test]
fn mjml_and_layouts_come_back_as_they_were_on_postgresql() {
    with(TestDatabase::postgres, async |installation| with_desk(installation, mjml_comes_back_as_it_was).await);
}

#[test]
fn a_tenant_is_named_either_way_and_keeps_its_own_on_sqlite() {
    with(TestDatabase::sqlite, async |installation| with_desk(installation, a_tenant_has_its_own).await);
}

#[test]
fn a_tenant_is_named_either_way_and_keeps_its_own_on_postgresql() {
    with(TestDatabase::postgres, async |installation| with_desk(installation, a_tenant_has_its_own).await);
}

#[test]
fn one_bad_file_is_told_with_its_place_and_nothing_is_published_on_sqlite() {
    with(TestDatabase::sqlite, async |installation| with_desk(installation, all_or_nothing).await);
}

#[test]
fn one_bad_file_is_told_with_its_place_and_nothing_is_published_on_postgresql() {
    with(TestDatabase::postgres, async |installation| with_desk(installation, all_or_nothing).await);
}
