//! Signatures of mails, judged by a program of somebody else, and signing in
//! with access tokens.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use crate::support::app::on_both_with;
use crate::support::receiver::{Receiver, Reply};

/// Reads a message from its input, and checks its signature with the key that
/// its argument publishes.
const VERIFY: &str = r#"
import sys, dkim
record = sys.argv[2].encode()
def dns(name, timeout=5):
    assert name == sys.argv[1].encode() + b"._domainkey.shop.test.", name
    return record
print("pass" if dkim.verify(sys.stdin.buffer.read(), dnsfunc=dns) else "fail")
"#;

/// The interpreter of an environment with `dkimpy`, made when it is missing.
fn python() -> std::path::PathBuf {
    use std::sync::OnceLock;
    static READY: OnceLock<std::path::PathBuf> = OnceLock::new();
    READY
        .get_or_init(|| {
            let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("dkimpy-1.1.8");
            let interpreter = folder.join("bin/python");
            let ready = || {
                let asked = Command::new(&interpreter).args(["-c", "import dkim, nacl"]).stderr(Stdio::null()).status();
                asked.is_ok_and(|status| status.success())
            };
            if !ready() {
                let run = |program: &Path, arguments: &[&str]| {
                    let output = Command::new(program).args(arguments).output().unwrap();
                    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
                };
                run(Path::new("python3"), &["-m", "venv", folder.to_str().unwrap()]);
                let wanted =
                    ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "dkimpy==1.1.8", "PyNaCl"];
                run(&interpreter, &wanted);
                assert!(ready(), "dkimpy cannot be installed");
            }
            interpreter
        })
        .clone()
}

fn verdict(selector: &str, record: &str, message: &str) -> String {
    use std::io::Write as _;
    let mut child = Command::new(python())
        .args(["-c", VERIFY, selector, record])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(message.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let verdict = String::from_utf8(output.stdout).unwrap().trim().to_owned();
    if verdict.is_empty() { String::from_utf8_lossy(&output.stderr).into_owned() } else { verdict }
}

fn openssl(arguments: &[&str]) -> Vec<u8> {
    let output = Command::new("openssl").args(arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// Makes a key of each kind; its file, its selector and its DNS record.
fn keys(folder: &Path) -> Vec<(String, &'static str, String)> {
    let path = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let (rsa, old, edwards) = (path("rsa.pem"), path("old.pem"), path("ed.pem"));
    openssl(&["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", &rsa]);
    openssl(&["rsa", "-in", &rsa, "-traditional", "-out", &old]);
    openssl(&["genpkey", "-algorithm", "ED25519", "-out", &edwards]);
    let published = |file: &str| openssl(&["pkey", "-in", file, "-pubout", "-outform", "DER"]);
    let whole = |file: &str| format!("v=DKIM1; k=rsa; p={}", STANDARD.encode(published(file)));
    // RFC 8463 § 4: the 32 bytes alone.
    let spki = published(&edwards);
    let bare = format!("v=DKIM1; k=ed25519; p={}", STANDARD.encode(&spki[spki.len() - 32..]));
    let (first, second) = (whole(&rsa), whole(&old));
    vec![(rsa, "s1", first), (old, "s2", second), (edwards, "s3", bare)]
}

#[test]
fn a_signature_is_good_for_somebody_else_and_covers_what_matters() {
    let folder = tempfile::tempdir().unwrap();
    for (file, selector, record) in keys(folder.path()) {
        let setting = format!("{selector}._domainkey.shop.test={file}");
        let settings = [("REKEY__MAIL__DKIM_KEYS", setting.as_str()), ("REKEY__MAIL__FROM", "no-reply@mail.shop.test")];
        on_both_with(&settings, async |app| {
            let user = app.user("ann@example.test").await;
            app.send_link(user).await;
            let mail = app.latest_mail().await;
            let good = mail.data();
            assert_eq!(verdict(selector, &record, &good), "pass", "{good}");
            for (what, bad) in [
                ("a second From", format!("From: evil@evil.test\r\n{good}")),
                ("another recipient", good.replace("To: ann@", "To: bob@")),
                ("another link", good.replace("token=3D", "token=3Dx")),
                ("another subject", good.replacen("\r\nSubject: ", "\r\nSubject: Now! ", 1)),
            ] {
                assert_ne!(bad, good, "{what}");
                assert_ne!(verdict(selector, &record, &bad), "pass", "{what} is not covered");
            }
            // The same message again is the same message.
            app.database.run("UPDATE messages SET state = 'queued', finished_at = NULL").await;
            app.drain().await;
            let again = app.smtp.messages();
            assert_eq!(again[0].header("DKIM-Signature").is_some(), again[1].header("DKIM-Signature").is_some());
        });
    }
}

#[test]
fn only_the_domain_itself_is_signed_for() {
    let folder = tempfile::tempdir().unwrap();
    let (file, _, _) = keys(folder.path()).remove(2);
    let setting = format!("s3._domainkey.other.test={file}");
    on_both_with(&[("REKEY__MAIL__DKIM_KEYS", setting.as_str())], async |app| {
        let user = app.user("ann@example.test").await;
        app.send_link(user).await;
        assert_eq!(app.latest_mail().await.header("DKIM-Signature"), None);
    });
}

#[test]
fn a_token_file_is_read_anew_for_every_connection() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("token");
    let path = file.to_str().unwrap().to_owned();
    let settings = [
        ("REKEY__MAIL__SMTP__AUTH", "xoauth2"),
        ("REKEY__MAIL__SMTP__USERNAME", "robot@shop.test"),
        ("REKEY__MAIL__SMTP__TOKEN_FILE", path.as_str()),
    ];
    on_both_with(&settings, async |app| {
        app.smtp.require_token("second-token");
        std::fs::write(&file, "first-token\n").unwrap();
        let user = app.user("ann@example.test").await;
        app.send_link(user).await;
        let failed = app.latest_message().await;
        assert_eq!(
            (&failed["state"], &failed["attemptLog"][0]["answer"]),
            (&json!("QUEUED"), &json!("535 5.7.8 the token is not good"))
        );
        assert!(!failed.to_string().contains("first-token"));
        std::fs::write(&file, "second-token\n").unwrap();
        app.advance(Duration::from_secs(6));
        app.drain().await;
        assert_eq!(app.latest_mail().await.signed_in_as.as_deref(), Some("robot@shop.test"));
    });
}

#[test]
fn a_token_endpoint_is_asked_once_per_token_and_again_when_it_is_refused() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    for refresh in ["", "refresh-me"] {
        let endpoint = runtime.block_on(Receiver::start());
        let url = endpoint.url();
        let settings = [
            ("REKEY__OUTBOUND__ALLOWED_NETWORKS", "127.0.0.0/8"),
            ("REKEY__MAIL__SMTP__AUTH", "xoauth2"),
            ("REKEY__MAIL__SMTP__ALLOW_PLAIN", "true"),
            ("REKEY__MAIL__SMTP__USERNAME", "robot@shop.test"),
            ("REKEY__MAIL__SMTP__TOKEN_URL", url.as_str()),
            ("REKEY__MAIL__SMTP__CLIENT_ID", "rekey"),
            ("REKEY__MAIL__SMTP__CLIENT_SECRET", "client-secret"),
            ("REKEY__MAIL__SMTP__REFRESH_TOKEN", refresh),
            ("REKEY__MAIL__SMTP__TOKEN_SCOPE", "smtp.send"),
        ];
        on_both_with(&settings, async |app| {
            let before = endpoint.received().len();
            endpoint.always(Reply::Json(r#"{"access_token":"token-one","expires_in":3600}"#));
            app.smtp.require_token("token-one");
            for number in 0..3 {
                let user = app.user(&format!("user{number}@example.test")).await;
                app.send_link(user).await;
            }
            assert_eq!(app.smtp.messages().len(), 3);
            assert_eq!(endpoint.received().len(), before + 1, "a token that lives is asked for again");
            let asked = String::from_utf8(endpoint.received()[before].body.clone()).unwrap();
            let grant = if refresh.is_empty() { "client_credentials" } else { "refresh_token" };
            assert!(asked.contains(&format!("grant_type={grant}")) && asked.contains("scope=smtp.send"), "{asked}");
        });
    }
}
