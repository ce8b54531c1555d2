//! Pages that wear a tenant's name, logo and colours, and the page that has to
//! ask which application is meant.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::json;

use super::support::{Server, Visitor, run};

const LOGO: &[u8] = include_bytes!("logo.png");

#[test]
fn branded_pages_can_be_read_whatever_the_colours() {
    run(async {
        let server = Server::start(&[]);
        let visitor = Visitor::new(&server).await;
        for (name, primary, background) in
            [("blue", "#0b5394", "#eef3f8"), ("yellow", "#ffe600", "#101820"), ("grey", "#808080", "#808080")]
        {
            let branding = json!({
                "displayName": "Northwind Traders", "primaryColor": primary, "backgroundColor": background,
                "logo": BASE64_STANDARD.encode(LOGO),
            });
            server.call(reqwest::Method::PUT, "/api/v1/branding", Some(&branding)).await;
            visitor.open("/forgot-password").await;
            assert_eq!(visitor.text(".brand").await, "Northwind Traders");
            assert_eq!(visitor.ask("return document.querySelector('.brand img').naturalWidth;").await, 96);
            visitor.judge(&format!("branded-{name}")).await;
        }
        visitor.leave().await;
    });
}

#[test]
fn who_comes_from_nowhere_is_asked_where_to() {
    run(async {
        let server = Server::start(&[]);
        server.bootstrap("second");
        let visitor = Visitor::new(&server).await;
        visitor.open("/reset-password?token=damaged").await;
        visitor.until("This link is not recognised").await;
        visitor.judge("link-unknown-ask").await;
        visitor.fill("#application", " Demo").await;
        visitor.click("button.main").await;
        visitor.until("Forgot your password?").await;
        visitor.leave().await;
    });
}
