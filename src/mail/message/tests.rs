//! What becomes of a message on its way to bytes.

use proptest::prelude::*;

use super::*;
use crate::domain::mail::MailKind;

fn email(text: &str) -> EmailAddress {
    EmailAddress::parse(text).unwrap()
}

fn addressing() -> Addressing {
    Addressing {
        from: Party::parse("Acme Portal <no-reply@example.com>").unwrap(),
        reply_to: Some(Party::parse("help@example.com").unwrap()),
        return_path: Some(email("bounces@example.com")),
        to: email("Ada.Lovelace@Example.org"),
        message_id: MessageId::new("msg_01ARZ3NDEKTSV4RRFFQ69G5FAV", "mail.example.com").unwrap(),
        date: Timestamp::from_millis(1_767_258_000_000),
    }
}

fn rendered(subject: &str, body: &str) -> Rendered {
    Rendered {
        kind: MailKind::Test,
        subject: subject.to_owned(),
        preheader: String::new(),
        text: body.to_owned(),
        html: body.to_owned(),
    }
}

fn raw(addressing: Addressing, rendered: Rendered) -> String {
    String::from_utf8(OutgoingMessage::new(addressing, rendered).unwrap().raw().to_vec()).unwrap()
}

/// The names of the top-level headers, in order.
fn header_names(raw: &str) -> Vec<&str> {
    let (head, _) = raw.split_once("\r\n\r\n").unwrap();
    head.lines().filter(|line| !line.starts_with([' ', '\t'])).map(|line| line.split_once(':').unwrap().0).collect()
}

const HEADERS: [&str; 9] =
    ["From", "To", "Message-ID", "Date", "Subject", "Auto-Submitted", "Reply-To", "MIME-Version", "Content-Type"];

#[test]
fn a_message_has_exactly_the_expected_headers_and_two_parts() {
    let raw = raw(addressing(), rendered("Hello", "body"));
    assert_eq!(header_names(&raw), HEADERS);
    for line in [
        "From: \"Acme Portal\" <no-reply@example.com>",
        "To: Ada.Lovelace@Example.org",
        "Message-ID: <msg_01ARZ3NDEKTSV4RRFFQ69G5FAV@mail.example.com>",
        "Date: Thu, 01 Jan 2026 09:00:00 +0000",
        "Auto-Submitted: auto-generated",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Type: text/html; charset=utf-8",
        "Content-Transfer-Encoding: quoted-printable",
    ] {
        assert!(raw.lines().any(|found| found == line), "{line} in {raw}");
    }
    assert!(raw.contains("multipart/alternative"));
}

#[test]
fn a_retry_is_the_same_message_byte_for_byte() {
    assert_eq!(raw(addressing(), rendered("Hello", "body")), raw(addressing(), rendered("Hello", "body")));
}

#[test]
fn bounces_go_to_the_return_path_and_mail_to_the_stored_address() {
    let message = OutgoingMessage::new(addressing(), rendered("s", "b")).unwrap();
    assert_eq!(message.envelope.from().unwrap().to_string(), "bounces@example.com");
    assert_eq!(message.envelope.to().len(), 1);
    assert_eq!(message.envelope.to()[0].to_string(), "Ada.Lovelace@Example.org");
    let message = OutgoingMessage::new(Addressing { return_path: None, ..addressing() }, rendered("s", "b")).unwrap();
    assert_eq!(message.envelope.from().unwrap().to_string(), "no-reply@example.com");
}

#[test]
fn an_international_domain_travels_as_its_a_label() {
    let addressing = Addressing { to: email("ada@bücher.example"), ..addressing() };
    assert!(raw(addressing, rendered("s", "b")).contains("\r\nTo: ada@xn--bcher-kva.example\r\n"));
}

#[test]
fn h05_no_body_leaves_a_bare_line_end_or_a_long_line() {
    for body in [
        "a\n.\nQUIT\n",
        "a\r.\rQUIT\r",
        "a\r\n.\r\nQUIT",
        "\n.\r\n",
        "\r.\n",
        ".",
        "\u{2028}.\u{2028}",
        "a\u{85}.\u{85}b\0c\u{b}d\u{c}",
        &"x".repeat(5000),
        &"ü".repeat(5000),
    ] {
        let raw = raw(addressing(), rendered("s", body));
        assert!(is_fit_for_the_wire(raw.as_bytes()) && raw.is_ascii(), "{body:?}");
        assert_eq!(header_names(&raw), HEADERS);
        let head = raw.split_once("\r\n\r\n").unwrap().0;
        assert!(raw[head.len()..].lines().all(|line| line.len() <= 76), "{raw}");
    }
}

#[test]
fn a08_no_name_or_subject_adds_a_header_or_a_recipient() {
    for bad in [
        "x\r\nBcc: evil@evil.test",
        "x\nBcc: evil@evil.test",
        "x\rBcc: evil@evil.test",
        "x\u{2028}Bcc: evil@evil.test",
        "x\u{85}\0Bcc: evil@evil.test",
        "\" <evil@evil.test>, \"",
        "=?utf-8?Q?=0D=0ABcc:_evil=40evil.test?=",
        "a\\",
        "Ünï, <b>",
        &"ü".repeat(5000),
    ] {
        let mut addressing = addressing();
        addressing.from.name = Some(bad.to_owned());
        addressing.reply_to.as_mut().unwrap().name = Some(bad.to_owned());
        let message = OutgoingMessage::new(addressing, rendered(bad, bad)).unwrap();
        assert_eq!(message.envelope.to().len(), 1);
        let raw = String::from_utf8(message.raw().to_vec()).unwrap();
        assert_eq!(header_names(&raw), HEADERS, "{raw}");
        let parsed: Message = message_of(&message);
        let from = parsed.headers().get_raw("From").unwrap();
        assert!(from.ends_with("<no-reply@example.com>"), "{from}");
    }
}

fn message_of(message: &OutgoingMessage) -> Message {
    build(&message.addressing, &message.rendered, message.envelope.clone()).unwrap()
}

#[test]
fn a_party_is_a_name_and_one_address() {
    let named = Party::parse(" \"Acme\r\nBcc\" <no-reply@example.com> ").unwrap();
    assert_eq!(named.name.as_deref(), Some("Acme Bcc"));
    assert_eq!(Party::parse("rekey@localhost").unwrap().name, None);
    for bad in ["", "Acme", "Acme <a@b.test", "a@b.test, c@d.test", "Acme <a@b.test>, <c@d.test>"] {
        assert!(Party::parse(bad).is_err(), "{bad}");
    }
}

#[test]
fn a_message_id_is_plain() {
    for (local, domain) in [("", "a.test"), ("a", ""), ("a>", "a.test"), ("a", "a\r\n"), ("a@b", "a.test"), ("ü", "a")]
    {
        assert!(MessageId::new(local, domain).is_err(), "{local} {domain}");
    }
}

proptest! {
    #[test]
    fn any_content_gives_one_clean_message(subject in "(?s).{1,40}", body in "(?s)[\\r\\n.a=é\u{2028}\\-]{0,80}") {
        let raw = raw(addressing(), rendered(&subject, &body));
        prop_assert!(is_fit_for_the_wire(raw.as_bytes()));
        prop_assert_eq!(header_names(&raw), HEADERS);
    }
}
