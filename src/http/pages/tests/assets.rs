//! Assets, and the mailbox of development.

use actix_web::test::TestRequest;

use super::world::{Browser, World};
use crate::domain::clock::Timestamp;
use crate::domain::email_address::EmailAddress;
use crate::domain::mail::{MailContext, MailKind};
use crate::domain::policy::WorkflowOverrides;
use crate::domain::template::LanguageTag;
use crate::mail::message::{Addressing, MessageId, OutgoingMessage, Party};
use crate::mail::render::built_in;

pub(super) fn keep_a_mail(world: &World) {
    let rendered =
        built_in().render_built_in(&MailContext::sample(MailKind::PasswordResetLink), LanguageTag::english()).unwrap();
    let addressing = Addressing {
        from: Party::parse("Acme Portal <no-reply@example.com>").unwrap(),
        reply_to: None,
        return_path: None,
        to: EmailAddress::parse("ada@example.org").unwrap(),
        message_id: MessageId::new("one", "example.com").unwrap(),
        date: Timestamp::from_millis(1_767_258_000_000),
    };
    let _ = world.mailbox.keep(&OutgoingMessage::new(addressing, rendered).unwrap());
}

#[actix_web::test]
async fn an_asset_is_kept_for_ever_only_under_the_address_of_its_content() {
    let world = World::with(WorkflowOverrides::default()).await;
    let browser = Browser::new(&world);
    let page = browser.get("/forgot-password").await;
    let address = page
        .body
        .split('"')
        .find(|text| text.starts_with("/assets/rekey.css?v=") || text.starts_with("/assets/rekey.css?v&#x3D;"));
    let address = address.unwrap().replace("&#x3D;", "=");
    let css = browser.get(&address).await;
    assert_eq!((css.status, css.header("content-type")), (200, "text/css; charset=utf-8"));
    assert!(css.header("cache-control").ends_with("immutable") && css.header("set-cookie").is_empty());
    let plain = browser.get("/assets/rekey.css").await;
    assert_eq!(plain.header("cache-control"), "public, max-age=300");
    let tag = plain.header("etag");
    let same = browser.send(TestRequest::get().uri("/assets/rekey.css").insert_header(("if-none-match", tag))).await;
    assert!(same.status == 304 && same.body.is_empty());
    assert_eq!(browser.get("/assets/rekey.js").await.header("content-type"), "text/javascript; charset=utf-8");
    assert_eq!(browser.get("/assets/rekey.svg").await.header("content-type"), "image/svg+xml");
    let missing = browser.get("/assets/..%2fCargo.toml").await;
    assert!(missing.status == 404 && missing.header("cache-control") == "no-store");
}

#[actix_web::test]
async fn kept_mails_are_shown_with_their_html_in_a_sandbox() {
    let world = World::with(WorkflowOverrides::default()).await;
    let browser = Browser::new(&world);
    assert!(browser.get("/dev/mailbox").await.body.contains("Nothing yet."));
    keep_a_mail(&world);
    assert!(browser.get("/dev/mailbox").await.body.contains("href=\"/dev/mailbox/1\""));
    let mail = browser.get("/dev/mailbox/1").await;
    assert!(mail.body.contains("<iframe") && mail.body.contains("sandbox=\"allow-popups\""));
    assert!(mail.header("content-security-policy").ends_with("frame-src 'self'"));
    let html = browser.get("/dev/mailbox/1/html").await;
    let policy = html.header("content-security-policy");
    assert!(
        policy.contains("style-src 'unsafe-inline'") && policy.contains("sandbox") && !policy.contains("script-src")
    );
    assert_eq!(browser.get("/dev/mailbox/1/raw").await.header("content-type"), "text/plain; charset=utf-8");
    let json: serde_json::Value = serde_json::from_str(&browser.get("/dev/mailbox.json").await.body).unwrap();
    assert_eq!(json[0]["to"], "ada@example.org");
    for unknown in ["/dev/mailbox/2", "/dev/mailbox/x", "/dev/mailbox/2/html"] {
        assert_eq!(browser.get(unknown).await.status, 404);
    }
}
