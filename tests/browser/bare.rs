//! Without JavaScript.

use super::support::{ADA, Looks, PASSWORD, Scheme, Server, Visitor, run};

#[test]
fn everything_works_without_javascript() {
    run(async {
        let server = Server::start(&[("REKEY__WORKFLOW__STRATEGY", "OTP")]);
        let visitor = Visitor::without_javascript(&server).await;
        visitor.open("/forgot-password").await;
        visitor.click("footer a[lang=fr]").await;
        visitor.until("Mot de passe oublié ?").await;
        visitor.click("footer a[lang=en]").await;
        visitor.until("Forgot your password?").await;
        visitor.fill("#email", ADA).await;
        visitor.click("button.main").await;
        visitor.until("Enter your code").await;
        visitor.fill("#code", &server.code_in_mail(0).await).await;
        visitor.click("form button.main").await;
        visitor.until("Choose a new password").await;
        for hidden in ["button.reveal", "#strength", "#repeat-status"] {
            assert!(
                !visitor.find(hidden).await.is_displayed().await.unwrap(),
                "{hidden} does nothing without a script"
            );
        }
        visitor.pictures("password-without-javascript", &[Looks { scheme: Scheme::Light, width: 1280 }]).await;
        visitor.fill("#new-password", "short").await;
        visitor.fill("#repeat-password", "short").await;
        visitor.click("form button.main").await;
        visitor.find("#new-password[aria-invalid]").await;
        visitor.choose(PASSWORD).await;
        visitor.until("Your password was changed").await;
        assert!(server.signs_in(PASSWORD).await);
        visitor.leave().await;
    });
}
