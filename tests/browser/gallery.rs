//! Every page and state: judged by axe in light and dark, wide and narrow, and
//! kept as a picture.

use super::support::{ADA, Looks, PASSWORD, Scheme, Server, Visitor, run};

#[test]
fn every_page_by_link_is_for_everybody() {
    run(async {
        let server = Server::start(&[]);
        let visitor = Visitor::new(&server).await;
        visitor.open("/forgot-password").await;
        visitor.judge("forgot").await;
        visitor.fill("#email", "nobody@").await;
        visitor.click("button.main").await;
        visitor.find("#email[aria-invalid]").await;
        visitor.judge("forgot-error").await;
        visitor.open("/forgot-password/sent").await;
        visitor.judge("sent").await;
        visitor.open("/reset-password").await;
        visitor.judge("no-flow").await;
        visitor.open("/nowhere").await;
        visitor.judge("not-found").await;
        let link = server.mailed_link().await;
        visitor.open(&link).await;
        visitor.until("Choose a new password").await;
        visitor.judge("password").await;
        visitor.fill("#new-password", "quiet maple lantern 42").await;
        visitor.fill("#repeat-password", "quiet maple lantern 42").await;
        visitor.judge("password-typed").await;
        visitor.choose("short").await;
        visitor.find("#new-password[aria-invalid]").await;
        visitor.judge("password-error").await;
        visitor.leave().await;
    });
}

#[test]
fn every_dead_end_is_for_everybody() {
    run(async {
        let server = Server::start(&[]);
        let visitor = Visitor::new(&server).await;
        let (older, newer) = (server.mailed_link().await, server.mailed_link().await);
        visitor.open(&older).await;
        visitor.until("There is a newer link").await;
        visitor.judge("link-superseded").await;
        visitor.open(&newer).await;
        visitor.choose(PASSWORD).await;
        visitor.until("Your password was changed").await;
        visitor.judge("done").await;
        visitor.open(&newer).await;
        visitor.until("This link was already used").await;
        visitor.judge("link-used").await;
        visitor.open("/reset-password?token=damaged").await;
        visitor.until("This link is not recognised").await;
        visitor.judge("link-unknown").await;
        visitor.leave().await;
    });
}

#[test]
fn every_page_by_code_is_for_everybody() {
    run(async {
        let server = Server::start(&[("REKEY__WORKFLOW__STRATEGY", "OTP")]);
        let visitor = Visitor::new(&server).await;
        visitor.open("/forgot-password").await;
        visitor.fill("#email", ADA).await;
        visitor.click("button.main").await;
        visitor.until("Enter your code").await;
        visitor.judge("code").await;
        visitor.fill("#code", "1234").await;
        visitor.click("form button.main").await;
        visitor.find("#code[aria-invalid]").await;
        visitor.judge("code-error").await;
        visitor.leave().await;
    });
}

#[test]
fn every_language_looks_as_it_should() {
    run(async {
        let server = Server::start(&[]);
        let visitor = Visitor::new(&server).await;
        let link = server.mailed_link().await;
        let looks = [Looks { scheme: Scheme::Light, width: 1280 }, Looks { scheme: Scheme::Dark, width: 320 }];
        for tag in ["de", "fr", "es", "pt-BR", "ja", "ar"] {
            visitor.open(&format!("/forgot-password?ui_locales={tag}")).await;
            assert_eq!(visitor.ask("return document.documentElement.lang;").await, tag);
            visitor.pictures(&format!("{tag}/forgot"), &looks).await;
            visitor.open(&link).await;
            visitor.fill("#new-password", "quiet maple lantern").await;
            visitor.pictures(&format!("{tag}/password"), &looks).await;
            if tag == "ar" {
                visitor.judge("ar/password").await;
                let side =
                    visitor.ask("return getComputedStyle(document.querySelector('label')).textAlign + document.dir;");
                assert!(side.await.as_str().unwrap().ends_with("rtl"));
            }
            visitor.open("/reset-password?token=damaged").await;
            visitor.pictures(&format!("{tag}/link-unknown"), &looks).await;
        }
        visitor.leave().await;
    });
}
