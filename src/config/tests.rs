//! Layers, names and printing.

use super::*;
use crate::domain::reset::Strategy;

pub(super) fn env(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

pub(super) fn load(pairs: &[(&str, &str)]) -> Settings {
    Settings::load(env(pairs)).unwrap()
}

pub(super) fn refusal(pairs: &[(&str, &str)]) -> String {
    Settings::load(env(pairs)).unwrap_err().to_string()
}

/// A file with this text, and the folder that keeps it alive.
fn file(text: &str) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rekey.toml");
    std::fs::write(&path, text).unwrap();
    let path = path.to_str().unwrap().to_owned();
    (folder, path)
}

#[test]
fn without_any_configuration_development_runs_on_loopback() {
    let settings = load(&[("PATH", "/bin"), ("HOME", "/root")]);
    assert_eq!(settings.profile, Profile::Development);
    assert_eq!(settings.server.bind.to_string(), "127.0.0.1:8080");
    assert_eq!(settings.server.public_url, "http://127.0.0.1:8080");
    assert_eq!(settings.database.url.expose(), "sqlite://data/rekey.db");
    assert_eq!(settings.mail.transport, mail::MailTransport::Mailbox);
    assert_eq!((settings.hashing.memory_kib, settings.hashing.iterations), (19456, 2));
    assert_eq!(settings.limits.resend_seconds, [60, 120, 240]);
    assert!(settings.limits.enabled);
}

#[test]
fn the_environment_wins_over_the_file_the_profile_and_the_default() {
    let (_folder, path) = file("[hashing]\nqueue = 7\nmemory_kib = 128\n[database]\npool_size = 3\n");
    let base = [("REKEY_PROFILE", "test"), ("REKEY_CONFIG", path.as_str())];
    let settings = load(&[base[0], base[1], ("REKEY__HASHING__QUEUE", "9")]);
    assert_eq!(settings.hashing.queue, 9, "environment over file");
    assert_eq!(settings.hashing.memory_kib, 128, "file over profile");
    assert_eq!(settings.hashing.iterations, 1, "profile over default");
    assert_eq!(settings.hashing.parallelism, 1, "default");
    assert_eq!(settings.database.pool_size, 3);
}

#[test]
fn every_name_that_scripts_use_is_a_setting() {
    let settings = load(&[
        ("REKEY__SERVER__BIND", "127.0.0.1:9000"),
        ("REKEY__SERVER__PUBLIC_URL", "https://id.example.com/"),
        ("REKEY__SERVER__TRUSTED_PROXIES", "10.0.0.0/8, ::1"),
        ("REKEY__DATABASE__URL", "postgres://rekey@localhost/rekey"),
        ("REKEY__MAIL__TRANSPORT", "smtp"),
        ("REKEY__MAIL__SMTP__URL", "smtp://127.0.0.1:2525"),
        ("REKEY__MAIL__FROM", "help@example.com"),
        ("REKEY__SECRETS__KEYS_FILE", "/run/keys.json"),
        ("REKEY__HASHING__THREADS", "2"),
        ("REKEY__HASHING__MEMORY_KIB", "64"),
        ("REKEY__HASHING__ITERATIONS", "1"),
        ("REKEY__HASHING__PARALLELISM", "2"),
        ("REKEY__HASHING__QUEUE", "5"),
        ("REKEY__LIMITS__ENABLED", "false"),
        ("REKEY__LIMITS__RESEND_SECONDS", "30,60"),
        ("REKEY__WORKFLOW__STRATEGY", "OTP"),
        ("RUST_LOG", "debug"),
    ]);
    assert_eq!(settings.server.public_url, "https://id.example.com");
    assert_eq!(settings.server.trusted_proxies.len(), 2);
    assert_eq!(settings.database.kind(), Some(database::DatabaseKind::Postgres));
    assert_eq!(settings.mail.smtp.security(), smtp::SmtpSecurity::Plain);
    assert_eq!(settings.secrets.keys_file, std::path::Path::new("/run/keys.json"));
    assert_eq!(settings.workflow.0.strategy, Some(Strategy::Otp));
    assert_eq!(settings.limits.resend_seconds, [30, 60]);
    assert!(!settings.limits.enabled);
    assert_eq!(settings.telemetry.log_filter, "debug");
}

#[test]
fn an_unknown_key_in_a_file_is_refused_with_its_nearest_match() {
    let (_folder, path) =
        file("[server]\nbnd = \"127.0.0.1:1\"\n[workflow]\nimmediateLogin = true\n[smtp]\nurl = \"x\"\n");
    let text = refusal(&[("REKEY_CONFIG", &path)]);
    assert!(text.contains("no setting server.bnd; did you mean server.bind?"), "{text}");
    assert!(text.contains("no setting workflow.immediateLogin; did you mean workflow.immediate_login?"), "{text}");
    assert!(text.contains("no setting smtp.url; did you mean mail.smtp.url?"), "{text}");
}

#[test]
fn an_unknown_key_in_the_environment_is_refused_with_its_nearest_match() {
    let text = refusal(&[("REKEY__SERVER__PUBLIC_ULR", "http://x.test"), ("REKEY__SERVER_BIND", "127.0.0.1:1")]);
    assert!(text.contains("no setting REKEY__SERVER__PUBLIC_ULR; did you mean REKEY__SERVER__PUBLIC_URL?"), "{text}");
    assert!(text.contains("no setting REKEY__SERVER_BIND; did you mean REKEY__SERVER__BIND?"), "{text}");
}

#[test]
fn a_value_of_the_wrong_kind_names_its_setting() {
    let (_folder, path) = file("[server]\nworkers = \"two\"\nbind = 8080\n[limits]\nresend_seconds = [\"a\"]\n");
    let text = refusal(&[
        ("REKEY_CONFIG", &path),
        ("REKEY__HASHING__THREADS", "2.5"),
        ("REKEY__LIMITS__ENABLED", "maybe"),
        ("REKEY__MAIL__TRANSPORT", "pigeon"),
        ("REKEY__DATABASE__POOL_SIZE", "0"),
        ("REKEY__WORKFLOW__STRATEGY", "SMS"),
    ]);
    for line in [
        "server.workers (REKEY__SERVER__WORKERS): has to be a whole number",
        "server.bind (REKEY__SERVER__BIND): has to be a text",
        "limits.resend_seconds (REKEY__LIMITS__RESEND_SECONDS): has to be a list of whole numbers",
        "hashing.threads (REKEY__HASHING__THREADS): has to be a whole number",
        "limits.enabled (REKEY__LIMITS__ENABLED): has to be true or false",
        "mail.transport (REKEY__MAIL__TRANSPORT): ",
        "workflow.strategy (REKEY__WORKFLOW__STRATEGY): ",
    ] {
        assert!(text.contains(line), "{line}\nis missing in\n{text}");
    }
}

#[test]
fn a_number_out_of_bounds_names_its_setting_and_the_bounds() {
    let text = refusal(&[("REKEY__WORKFLOW__EMAIL_OTP_MINUTES", "11"), ("REKEY__LIMITS__WRONG_CODES_PER_RESET", "11")]);
    assert!(text.contains("REKEY__WORKFLOW__EMAIL_OTP_MINUTES): 11 is not between 2 and 10"), "{text}");
    assert!(text.contains("REKEY__LIMITS__WRONG_CODES_PER_RESET): 11 is not between 1 and 10"), "{text}");
}

#[test]
fn a_value_may_come_from_a_file() {
    let (_folder, path) = file("correct horse\n");
    let settings = load(&[("REKEY__MAIL__SMTP__USERNAME", "ada"), ("REKEY__MAIL__SMTP__PASSWORD_FILE", &path)]);
    let (name, password) = settings.mail.smtp.credentials().unwrap();
    assert_eq!((name.as_str(), password.expose()), ("ada", "correct horse"));
    let text = refusal(&[("REKEY__MAIL__SMTP__PASSWORD_FILE", &path), ("REKEY__MAIL__SMTP__PASSWORD", "x")]);
    assert!(text.contains("is given twice"), "{text}");
    let text = refusal(&[("REKEY__MAIL__SMTP__PASSWORD_FILE", "/nowhere/at/all")]);
    assert!(text.contains("mail.smtp.password") && text.contains("cannot read /nowhere/at/all"), "{text}");
}

#[test]
fn an_unreadable_configuration_file_is_named_and_not_quoted() {
    let (_folder, path) = file("[mail.smtp]\npassword = hunter2\n");
    let text = refusal(&[("REKEY_CONFIG", &path)]);
    assert!(text.contains(&path) && text.contains("line 2") && !text.contains("hunter2"), "{text}");
    assert!(refusal(&[("REKEY_CONFIG", "/nowhere.toml")]).contains("/nowhere.toml"));
    assert!(refusal(&[("REKEY_PROFILE", "prod")]).contains("development, production or test"));
}

#[test]
fn the_printed_settings_hide_secrets_and_nothing_else() {
    let settings = load(&[
        ("REKEY__DATABASE__URL", "postgres://ada:hunter2hunter2@db/rekey"),
        ("REKEY__MAIL__SMTP__USERNAME", "ada"),
        ("REKEY__MAIL__SMTP__PASSWORD", "hunter3hunter3"),
        ("REKEY__SERVER__TRUSTED_PROXIES", "10.0.0.0/8"),
    ]);
    let text = settings.masked().unwrap();
    assert!(!text.contains("hunter") && !format!("{settings:?}").contains("hunter"), "{text}");
    assert!(text.contains("url = \"postgres://ada:********@db/rekey\""), "{text}");
    assert!(text.contains("password = \"********\"") && text.contains("username = \"ada\""), "{text}");
    assert!(text.contains("trusted_proxies = [\"10.0.0.0/8\"]") && text.contains("[mail.smtp]"), "{text}");
}

#[test]
fn the_printed_settings_are_a_configuration_file_with_every_setting() {
    let printed = load(&[]).masked().unwrap();
    let (_folder, path) = file(&printed);
    assert_eq!(load(&[("REKEY_CONFIG", &path)]).masked().unwrap(), printed);
    let keys = |text: &str| schema::parse(text).unwrap().into_keys().collect::<Vec<_>>();
    assert_eq!(keys(&printed), keys(include_str!("../../config/default.toml")));
}
