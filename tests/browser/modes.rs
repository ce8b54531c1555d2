//! All three modes, as somebody with a mouse goes through them.

use super::support::{ADA, PASSWORD, Server, Visitor, run};

#[test]
fn an_emailed_link_leads_to_a_new_password() {
    run(async {
        let server = Server::start(&[]);
        let visitor = Visitor::new(&server).await;
        visitor.open("/.well-known/change-password").await;
        visitor.fill("#email", ADA).await;
        visitor.click("button.main").await;
        visitor.until("Check your email").await;
        visitor.open(&server.link_in_mail(0).await).await;
        visitor.until("Choose a new password").await;
        assert_eq!(visitor.place().await, "/reset-password", "the token is out of the address");
        visitor.choose(PASSWORD).await;
        visitor.until("Your password was changed").await;
        assert!(server.signs_in(PASSWORD).await);
        visitor.open("/reset-password").await;
        visitor.until("Open your link again").await;
        visitor.leave().await;
    });
}

#[test]
fn an_emailed_code_leads_to_a_new_password() {
    run(async {
        let server = Server::start(&[("REKEY__WORKFLOW__STRATEGY", "OTP")]);
        let visitor = Visitor::new(&server).await;
        visitor.open("/forgot-password?ui_locales=de").await;
        visitor.fill("#email", ADA).await;
        visitor.click("button.main").await;
        visitor.until("Code eingeben").await;
        visitor.fill("#code", "0000 0000").await;
        visitor.click("form button.main").await;
        visitor.find("#code[aria-invalid]").await;
        let code = server.code_in_mail(0).await;
        visitor.fill("#code", &format!("{} {}", &code[..4], &code[4..])).await;
        visitor.click("form button.main").await;
        visitor.until("Neues Passwort wählen").await;
        visitor.choose(PASSWORD).await;
        visitor.until("Ihr Passwort wurde geändert").await;
        assert!(server.signs_in(PASSWORD).await);
        visitor.leave().await;
    });
}

#[test]
fn a_link_that_is_handed_over_leads_to_a_new_password() {
    run(async {
        let server = Server::start(&[]);
        let visitor = Visitor::new(&server).await;
        visitor.open(&server.handed_over().await).await;
        visitor.until("Choose a new password").await;
        visitor.choose("short").await;
        visitor.find("#new-password[aria-invalid]").await;
        visitor.choose(PASSWORD).await;
        visitor.until("Your password was changed").await;
        assert!(server.signs_in(PASSWORD).await);
        visitor.leave().await;
    });
}
