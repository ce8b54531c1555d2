//! With the keyboard alone.

use thirtyfour::Key;

use super::support::{ADA, PASSWORD, Server, Visitor, run};

#[test]
fn the_keyboard_alone_is_enough() {
    run(async {
        let server = Server::start(&[]);
        let visitor = Visitor::new(&server).await;
        visitor.open("/forgot-password").await;
        visitor.tab_to("#email").await;
        visitor.press("not an address").await;
        visitor.press(Key::Enter).await;
        visitor.find("#email[aria-invalid]").await;
        assert_eq!(
            visitor.ask("return document.activeElement.matches('.note.bad');").await,
            true,
            "the summary is read"
        );
        visitor.tab_to(".note.bad a").await;
        visitor.press(Key::Enter).await;
        assert_eq!(visitor.ask("return document.activeElement.id;").await, "email");
        visitor.press(Key::Control + "a").await;
        visitor.press(ADA).await;
        visitor.tab_to("button.main").await;
        visitor.press(Key::Enter).await;
        visitor.until("Check your email").await;
        visitor.open(&server.link_in_mail(0).await).await;
        visitor.until("Choose a new password").await;
        visitor.tab_to("#new-password").await;
        visitor.press(PASSWORD).await;
        visitor.tab_to("button.reveal").await;
        visitor.press(Key::Space).await;
        assert_eq!(visitor.ask("return document.getElementById('new-password').type;").await, "text");
        visitor.tab_to("#repeat-password").await;
        visitor.press(PASSWORD).await;
        visitor.press(Key::Enter).await;
        visitor.until("Your password was changed").await;
        assert!(server.signs_in(PASSWORD).await);
        visitor.open("/forgot-password").await;
        visitor.tab_to("footer a[lang=ja]").await;
        visitor.press(Key::Enter).await;
        visitor.until("パスワードをお忘れですか？").await;
        visitor.leave().await;
    });
}
