//! What the profiles refuse.

use super::tests::{load, refusal};
use super::*;

/// A complete production configuration with some settings changed, run with
/// an existing key file.
fn production(changes: &[(&str, &str)]) -> Result<Settings, String> {
    let folder = tempfile::tempdir().unwrap();
    let keys = folder.path().join("keys.json");
    std::fs::write(&keys, "{}").unwrap();
    let mut env = std::collections::BTreeMap::from([
        ("REKEY_PROFILE", "production"),
        ("REKEY__SERVER__PUBLIC_URL", "https://id.example.com"),
        ("REKEY__SERVER__BIND", "0.0.0.0:8080"),
        ("REKEY__MAIL__SMTP__URL", "smtp://mail.example.com:587"),
        ("REKEY__MAIL__FROM", "help@example.com"),
        ("REKEY__SECRETS__KEYS_FILE", keys.to_str().unwrap()),
    ]);
    env.extend(changes.iter().copied());
    let env = env.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned()));
    Settings::load(env).map_err(|error| error.to_string())
}

#[track_caller]
fn refused(changes: &[(&str, &str)], name: &str) {
    let text = production(changes).unwrap_err();
    assert!(text.contains(&format!("({name})")), "{text}");
    assert_eq!(text.lines().count(), 2, "one problem alone: {text}");
}

#[test]
fn development_refuses_an_address_that_others_reach() {
    for address in ["0.0.0.0:8080", "[::]:8080", "192.0.2.1:80"] {
        assert!(refusal(&[("REKEY__SERVER__BIND", address)]).contains("REKEY__SERVER__BIND"), "{address}");
    }
    for address in ["127.0.0.1:0", "[::1]:8080", "127.0.0.9:8080"] {
        load(&[("REKEY__SERVER__BIND", address)]);
    }
    load(&[("REKEY_PROFILE", "test"), ("REKEY__SERVER__BIND", "0.0.0.0:8080")]);
}

#[test]
fn a_complete_production_configuration_is_taken() {
    let settings = production(&[]).unwrap();
    assert_eq!(settings.profile, Profile::Production);
    assert_eq!(settings.mail.smtp.security(), smtp::SmtpSecurity::Starttls);
    assert_eq!(settings.telemetry.log_format, telemetry::LogFormat::Json);
    assert_eq!(settings.mail.smtp.server(), Some(("mail.example.com".into(), 587)));
}

#[test]
fn production_refuses_generated_keys() {
    refused(&[("REKEY__SECRETS__KEYS_FILE", "/nowhere/keys.json")], "REKEY__SECRETS__KEYS_FILE");
}

#[test]
fn production_refuses_plain_smtp_to_another_machine() {
    refused(&[("REKEY__MAIL__SMTP__TLS", "none")], "REKEY__MAIL__SMTP__TLS");
    let insisting = [("REKEY__MAIL__SMTP__TLS", "none"), ("REKEY__MAIL__SMTP__ALLOW_PLAIN", "true")];
    refused(&insisting, "REKEY__MAIL__SMTP__TLS");
    for local in ["smtp://127.0.0.1:2525", "smtp://localhost:2525", "smtp://[::1]:2525"] {
        assert!(production(&[("REKEY__MAIL__SMTP__URL", local)]).is_ok(), "{local}");
    }
    refused(&[insisting[0], ("REKEY__MAIL__SMTP__URL", "smtp://localhost.example.com")], "REKEY__MAIL__SMTP__TLS");
}

#[test]
fn production_refuses_mails_that_stay_readable() {
    refused(&[("REKEY__MAIL__TRANSPORT", "mailbox")], "REKEY__MAIL__TRANSPORT");
    refused(&[("REKEY__MAIL__TRANSPORT", "file")], "REKEY__MAIL__TRANSPORT");
}

#[test]
fn production_refuses_to_have_no_mail_server() {
    refused(&[("REKEY__MAIL__SMTP__URL", "")], "REKEY__MAIL__SMTP__URL");
}

#[test]
fn production_refuses_to_send_in_nobodys_name() {
    refused(&[("REKEY__MAIL__FROM", "no-reply@localhost.localdomain")], "REKEY__MAIL__FROM");
}

#[test]
fn production_refuses_an_http_public_url() {
    refused(&[("REKEY__SERVER__PUBLIC_URL", "http://id.example.com")], "REKEY__SERVER__PUBLIC_URL");
    refused(&[("REKEY__SERVER__PUBLIC_URL", "")], "REKEY__SERVER__PUBLIC_URL");
}

#[test]
fn production_refuses_to_run_without_limits() {
    refused(&[("REKEY__LIMITS__ENABLED", "false")], "REKEY__LIMITS__ENABLED");
}

#[test]
fn production_refuses_default_secrets() {
    refused(&[("REKEY__DATABASE__URL", "postgres://postgres:postgres@db/rekey")], "REKEY__DATABASE__URL");
    let mail = [("REKEY__MAIL__SMTP__USERNAME", "ada"), ("REKEY__MAIL__SMTP__PASSWORD", "changeme")];
    refused(&mail, "REKEY__MAIL__SMTP__PASSWORD");
    refused(&[("REKEY__MAIL__SMTP__URL", "smtp://ada:secret@mail.example.com")], "REKEY__MAIL__SMTP__PASSWORD");
    assert!(production(&[("REKEY__DATABASE__URL", "postgres://rekey:quiet-otter-46@db/rekey")]).is_ok());
}

#[test]
fn production_names_all_problems_at_once() {
    let text = refusal(&[
        ("REKEY_PROFILE", "production"),
        ("REKEY__MAIL__TRANSPORT", "mailbox"),
        ("REKEY__LIMITS__ENABLED", "false"),
        ("REKEY__SECRETS__KEYS_FILE", "/nowhere/keys.json"),
        ("REKEY__SERVER__BNID", "127.0.0.1:1"),
    ]);
    for name in ["SERVER__PUBLIC_URL", "MAIL__TRANSPORT", "LIMITS__ENABLED", "SECRETS__KEYS_FILE", "SERVER__BIND"] {
        assert!(text.contains(&format!("REKEY__{name}")), "{name} is missing in {text}");
    }
}

#[test]
fn commands_that_serve_nobody_run_before_production_is_complete() {
    let env = [("REKEY_PROFILE".to_owned(), "production".to_owned())];
    assert!(Settings::inspect(env.clone()).is_ok());
    assert!(Settings::load(env).is_err());
}
