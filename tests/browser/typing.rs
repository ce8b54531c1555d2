//! What a script adds while one types and waits.

use std::time::Duration;

use super::support::{ADA, Server, Visitor, run};

#[test]
fn rules_and_strength_follow_the_typing() {
    run(async {
        let server = Server::start(&[]);
        let visitor = Visitor::new(&server).await;
        visitor.open(&server.handed_over().await).await;
        visitor.until("Choose a new password").await;
        visitor.fill("#new-password", "aaaaaaaaaaaaaaaaaaaa").await;
        assert!(visitor.sees("#rules li.done[data-check=length]").await);
        assert_eq!(visitor.text("#strength .level").await, "Strength: very weak");
        visitor.fill("#new-password", "short").await;
        assert!(!visitor.sees("#rules li.done").await);
        visitor.fill("#new-password", "quiet maple lantern 42").await;
        assert!(visitor.sees("#rules li.done[data-check=length]").await);
        assert_eq!(visitor.text("#strength .level").await, "Strength: strong");
        visitor.fill("#repeat-password", "quiet maple").await;
        assert_eq!(visitor.text("#repeat-status").await, "");
        visitor.fill("#repeat-password", "quiet maple lantern 43").await;
        assert!(visitor.text("#repeat-status").await.starts_with("The two passwords are not the same."));
        visitor.fill("#repeat-password", "quiet maple lantern 42").await;
        assert_eq!(visitor.text("#repeat-status").await, "The two passwords match.");
        tokio::time::sleep(Duration::from_millis(1500)).await;
        let told = visitor.ask("return document.getElementById('rules-status').textContent;").await;
        assert_eq!(told, "All of this is there. Strength: strong");
        visitor.ask("navigator.clipboard; document.getElementById('new-password').dispatchEvent(new ClipboardEvent('paste', { cancelable: true, bubbles: true })) || fail();").await;
        visitor.leave().await;
    });
}

#[test]
fn the_resend_counts_down_and_then_works() {
    run(async {
        let server = Server::start(&[
            ("REKEY__WORKFLOW__STRATEGY", "OTP"),
            ("REKEY__LIMITS__ENABLED", "true"),
            ("REKEY__LIMITS__RESEND_SECONDS", "10,60"),
        ]);
        let visitor = Visitor::new(&server).await;
        visitor.open("/forgot-password").await;
        visitor.fill("#email", ADA).await;
        visitor.click("button.main").await;
        visitor.until("Enter your code").await;
        assert!(visitor.text("#resend-wait").await.starts_with("possible in 0:"));
        assert!(visitor.sees(".aside button[aria-disabled=true]").await);
        tokio::time::sleep(Duration::from_secs(11)).await;
        assert_eq!(visitor.text("#resend-wait").await, "");
        assert_eq!(
            visitor.ask("return document.getElementById('resend-now').textContent;").await,
            "You can ask for the code again now."
        );
        visitor.click(".aside button").await;
        visitor.find(".note[role=status]").await;
        assert!(visitor.text("#resend-wait").await.starts_with("possible in "));
        visitor.leave().await;
    });
}
