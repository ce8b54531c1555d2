//! Mail on the wire: the real transport against a real socket.

use std::sync::Arc;
use std::time::{Duration, Instant};

use rekey::domain::clock::Timestamp;
use rekey::domain::email_address::EmailAddress;
use rekey::domain::mail::{MailContext, MailKind};
use rekey::domain::template::LanguageTag;
use rekey::locales::Locales;
use rekey::mail::message::{Addressing, MessageId, OutgoingMessage, Party};
use rekey::mail::render::{Rendered, Renderer};
use rekey::mail::smtp::{SmtpSettings, SmtpTransport};
use rekey::mail::transport::{FailureKind, SendError, Stage, Transport};

use crate::support::smtp::{Fault, Received, Security, SmtpServer};

const SOON: Duration = Duration::from_secs(5);

fn settings(server: &SmtpServer) -> SmtpSettings {
    SmtpSettings {
        timeout: Duration::from_secs(2),
        extra_ca_file: Some(server.ca_file()),
        ..SmtpSettings::parse(&server.url()).unwrap()
    }
}

fn transport(settings: SmtpSettings) -> Transport {
    Transport::Smtp(Box::new(SmtpTransport::new(settings).unwrap()))
}

fn message(subject: &str, body: &str) -> OutgoingMessage {
    let (subject, text, html) = (subject.to_owned(), body.to_owned(), body.to_owned());
    let rendered = Rendered { kind: MailKind::Test, subject, preheader: String::new(), text, html };
    OutgoingMessage::new(addressing(), rendered).unwrap()
}

fn renderer() -> Renderer {
    Renderer::new(None, &Arc::new(Locales::new(None).unwrap())).unwrap()
}

fn addressing() -> Addressing {
    Addressing {
        from: Party::parse("Acme Portal <no-reply@example.com>").unwrap(),
        reply_to: None,
        return_path: Some(EmailAddress::parse("bounces@example.com").unwrap()),
        to: EmailAddress::parse("Ada@example.org").unwrap(),
        message_id: MessageId::new("msg_1", "example.com").unwrap(),
        date: Timestamp::from_millis(1_767_258_000_000),
    }
}

async fn sent(server: &SmtpServer, message: &OutgoingMessage) -> Received {
    let before = server.messages().len();
    transport(settings(server)).send(message).await.unwrap();
    server.wait_for(before + 1, SOON).await.remove(before)
}

fn header_names(data: &str) -> Vec<&str> {
    let (head, _) = data.split_once("\r\n\r\n").unwrap();
    head.lines().filter(|line| !line.starts_with([' ', '\t'])).map(|line| line.split_once(':').unwrap().0).collect()
}

#[track_caller]
fn assert_clean(received: &Received) {
    let wire = &received.wire;
    for (at, byte) in wire.iter().enumerate() {
        match byte {
            b'\r' => assert_eq!(wire.get(at + 1), Some(&b'\n'), "a bare CR at {at}"),
            b'\n' => assert_eq!(at.checked_sub(1).map(|before| wire[before]), Some(b'\r'), "a bare LF at {at}"),
            _ => assert!(byte.is_ascii() && *byte != 0),
        }
    }
    let lines: Vec<&[u8]> = wire.strip_suffix(b"\r\n").unwrap().split(|byte| *byte == b'\n').collect();
    let (last, lines) = lines.split_last().unwrap();
    assert_eq!(*last, b".", "the one line that is a dot is the last");
    for line in lines {
        assert!(line.len() <= 999 && (!line.starts_with(b".") || line.starts_with(b"..")), "{line:?}");
    }
}

#[tokio::test]
async fn h05_only_crlf_is_on_the_wire_and_dots_are_stuffed() {
    let server = SmtpServer::start().await;
    for body in
        ["a\n.\nb\n", "a\r.\rb", "a\r\n.\r\nMAIL FROM:<x@evil.test>\r\n", "\n.\r\n", ".", "..", "\u{2028}.\u{2028}"]
    {
        let message = message("s", body);
        let received = sent(&server, &message).await;
        assert_clean(&received);
        assert_eq!(received.data().as_bytes(), message.raw(), "{body:?}");
    }
    assert_eq!(server.messages().len(), 7, "one message each");
}

#[tokio::test]
async fn a08_a_mail_has_exactly_the_expected_headers_and_one_recipient() {
    let server = SmtpServer::start().await;
    for bad in ["Hello", "x\r\nBcc: evil@evil.test", "x\nBcc: evil@evil.test", "x\u{2028}\u{85}\0Bcc: evil@evil.test"] {
        let mut addressing = addressing();
        addressing.from.name = Some(bad.to_owned());
        let rendered = Rendered {
            kind: MailKind::Test,
            subject: bad.into(),
            preheader: String::new(),
            text: "t".into(),
            html: "h".into(),
        };
        let received = sent(&server, &OutgoingMessage::new(addressing, rendered).unwrap()).await;
        assert_clean(&received);
        assert_eq!(
            (received.from.as_str(), received.to.as_slice()),
            ("bounces@example.com", &["Ada@example.org".to_owned()][..])
        );
        let names = ["From", "To", "Message-ID", "Date", "Subject", "Auto-Submitted", "MIME-Version", "Content-Type"];
        assert_eq!(header_names(&received.data()), names);
    }
}

#[tokio::test]
async fn every_kind_of_mail_arrives() {
    let server = SmtpServer::start().await;
    let (room, transport) = (renderer(), transport(settings(&server)));
    for kind in MailKind::ALL {
        let rendered = room.render_built_in(&MailContext::sample(kind), LanguageTag::english()).unwrap();
        let accepted = transport.send(&OutgoingMessage::new(addressing(), rendered).unwrap()).await.unwrap();
        assert!(accepted.answer.starts_with("250 2.0.0 taken as"), "{}", accepted.answer);
    }
    for received in server.messages() {
        assert_clean(&received);
        assert_eq!(received.connection, 1);
    }
    assert_eq!((server.messages().len(), server.connections()), (MailKind::ALL.len(), 1), "over one connection");
}

async fn failure(fault: Fault) -> SendError {
    let server = SmtpServer::start().await;
    server.script([fault]);
    let transport = transport(SmtpSettings { timeout: Duration::from_millis(300), ..settings(&server) });
    let error = transport.send(&message("s", "b")).await.unwrap_err();
    assert!(server.messages().is_empty());
    // Whatever went wrong, the next mail goes through.
    transport.send(&message("s", "b")).await.unwrap();
    assert_eq!(server.messages().len(), 1);
    error
}

#[tokio::test]
async fn failures_for_good_and_for_now_are_told_apart() {
    use FailureKind::{Permanent, Temporary};
    for (fault, kind, stage, answer) in [
        (Fault::Recipient("550 5.1.1 no such user"), Permanent, Stage::Recipient, "550 5.1.1 no such user"),
        (Fault::Recipient("451 4.7.1 come back later"), Temporary, Stage::Recipient, "451 4.7.1 come back later"),
        (Fault::Recipient("421 4.3.2 going down"), Temporary, Stage::Recipient, "421 4.3.2 going down"),
        (Fault::Content("554 5.7.1 looks like spam"), Permanent, Stage::Content, "554 5.7.1 looks like spam"),
        (Fault::Content("452 4.3.1 disk full"), Temporary, Stage::Content, "452 4.3.1 disk full"),
        (Fault::Sender("553 5.7.1 not your domain"), Temporary, Stage::Sender, "553 5.7.1 not your domain"),
        (Fault::DropDuringData, Temporary, Stage::Content, ""),
        (Fault::Stall, Temporary, Stage::Recipient, "no answer in time"),
    ] {
        let error = failure(fault).await;
        assert_eq!((error.kind, error.stage), (kind, stage), "{fault:?}: {error}");
        assert!(error.answer.contains(answer), "{error}");
        assert_eq!(error.refuses_recipient(), kind == Permanent && stage == Stage::Recipient);
    }
}

#[tokio::test]
async fn a_refused_recipient_does_not_cost_the_connection() {
    let server = SmtpServer::start().await;
    server.script([Fault::None, Fault::Recipient("550 no"), Fault::None]);
    let transport = transport(settings(&server));
    transport.send(&message("s", "b")).await.unwrap();
    transport.send(&message("s", "b")).await.unwrap_err();
    transport.send(&message("s", "b")).await.unwrap();
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn a_connection_that_died_in_the_pool_is_replaced_unnoticed() {
    let server = SmtpServer::start().await;
    server.script([Fault::HangUpAfterwards, Fault::Sender("421 4.4.2 idle for too long")]);
    let transport = transport(settings(&server));
    transport.send(&message("s", "b")).await.unwrap();
    tokio::time::sleep(Duration::from_millis(50)).await;
    // The first connection is gone; the second says goodbye to its first mail,
    // which is no fault of a pooled connection and therefore told.
    let error = transport.send(&message("s", "b")).await.unwrap_err();
    assert_eq!((error.kind, error.stage), (FailureKind::Temporary, Stage::Sender));
    transport.send(&message("s", "b")).await.unwrap();
    assert_eq!((server.messages().len(), server.connections()), (2, 3));
}

#[tokio::test]
async fn nobody_listening_is_a_failure_for_now() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let transport = transport(SmtpSettings::parse(&format!("smtp://127.0.0.1:{port}")).unwrap());
    let error = transport.send(&message("s", "b")).await.unwrap_err();
    assert_eq!((error.kind, error.stage), (FailureKind::Temporary, Stage::Connect));
    assert_eq!(transport.check().await.unwrap_err().stage, Stage::Connect);
}

#[tokio::test]
async fn tls_is_used_and_the_extra_authority_is_trusted() {
    for security in [Security::StartTls, Security::Implicit] {
        let server = SmtpServer::start_with(security).await;
        let received = sent(&server, &message("s", "b")).await;
        assert!(received.secure, "{security:?}");
        let answer = transport(settings(&server)).check().await.unwrap().answer;
        assert!(answer.contains("test.invalid answers") && answer.contains("TLS, without signing in"), "{answer}");
    }
}

#[tokio::test]
async fn a_certificate_of_nobody_known_is_refused() {
    for security in [Security::StartTls, Security::Implicit] {
        let server = SmtpServer::start_with(security).await;
        let transport = transport(SmtpSettings { extra_ca_file: None, ..settings(&server) });
        let error = transport.send(&message("s", "b")).await.unwrap_err();
        assert_eq!((error.kind, error.stage), (FailureKind::Temporary, Stage::Tls), "{error}");
        assert!(server.messages().is_empty());
    }
}

#[tokio::test]
async fn a_server_without_starttls_gets_no_mail_when_it_is_required() {
    let server = SmtpServer::start().await;
    let url = format!("{}?tls=starttls", server.url());
    let error = transport(SmtpSettings::parse(&url).unwrap()).send(&message("s", "b")).await.unwrap_err();
    assert_eq!((error.kind, error.stage), (FailureKind::Temporary, Stage::Tls));
    assert!(server.messages().is_empty());
}

#[tokio::test]
async fn it_signs_in_and_a_wrong_password_blames_no_message() {
    let server = SmtpServer::start_with(Security::StartTls).await;
    server.require_password("p/w#");
    let url = server.url();
    let with = |credentials: &str| SmtpSettings {
        extra_ca_file: Some(server.ca_file()),
        ..SmtpSettings::parse(&url.replace("//", &format!("//{credentials}@"))).unwrap()
    };
    transport(with("ann%40example.com:p%2Fw%23")).send(&message("s", "b")).await.unwrap();
    assert_eq!(server.messages()[0].signed_in_as.as_deref(), Some("ann@example.com"));
    let wrong = transport(with("ann:hunter2"));
    let error = wrong.send(&message("s", "b")).await.unwrap_err();
    assert_eq!((error.kind, error.stage), (FailureKind::Temporary, Stage::Auth));
    assert!(error.answer.contains("535 5.7.8") && !error.to_string().contains("hunter2"), "{error}");
    assert_eq!(wrong.check().await.unwrap_err().stage, Stage::Auth);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_pool_is_bounded_and_no_mail_waits_for_a_delayed_acknowledgement() {
    let server = SmtpServer::start().await;
    let transport = Arc::new(transport(SmtpSettings { pool_size: 4, ..settings(&server) }));
    let begin = Instant::now();
    let all = (0..200).map(|_| {
        let transport = Arc::clone(&transport);
        async move { transport.send(&message("s", "b")).await }
    });
    for result in futures_util::future::join_all(all).await {
        result.unwrap();
    }
    let took = begin.elapsed();
    assert_eq!(server.messages().len(), 200);
    assert!(server.connections() <= 8, "{}", server.connections());
    // Over four connections, 40 ms a mail would be two seconds.
    assert!(took < Duration::from_millis(1500), "{took:?}");
}
