//! Email policies: who a mail is from, where it leads, which way it goes.

use std::time::Duration;

use reqwest::Method;
use serde_json::json;

use crate::support::delivery::on_both_with_backup;

const ALLOWED: [(&str, &str); 2] = [
    ("REKEY__MAIL__ALLOWED_FROM", "north.test, shop/south=mail@south.test"),
    ("REKEY__MAIL__TRANSPORTS__BACKUP__ALLOWED_FOR", "shop/south"),
];

#[test]
fn a_policy_says_who_a_mail_is_from_and_a_tenant_cannot_send_as_another() {
    on_both_with_backup(&ALLOWED, async |app, _| {
        let south = app.another_tenant("south").await;
        let (ann, bob) = (app.user("ann@example.test").await, app.user_in(south, "bob@example.test").await);
        let policy = |from: &str| json!({"PASSWORD_RESET_LINK": {"fromName": "The North", "fromAddress": from, "replyTo": "help@north.test"}});
        for (tenant, user, from, expected) in [
            (None, ann, "mail@north.test", "mail@north.test"),
            (None, ann, "mail@south.test", "no-reply@rekey.test"),
            (None, ann, "mail@evil.test", "no-reply@rekey.test"),
            (Some(south), bob, "mail@south.test", "mail@south.test"),
            (Some(south), bob, "other@south.test", "no-reply@rekey.test"),
        ] {
            app.email_policy(tenant, policy(from)).await;
            app.send_link(user).await;
            let mail = app.latest_mail().await;
            assert_eq!(mail.from, expected, "{from}");
            assert_eq!(mail.header("From").unwrap(), format!("\"The North\" <{expected}>"));
            assert_eq!(mail.header("Reply-To").as_deref(), Some("help@north.test"));
            assert!(mail.header("Message-ID").unwrap().ends_with("@rekey.test>"));
        }
    });
}

#[test]
fn a_policy_chooses_among_the_transports_that_its_tenant_may_use() {
    on_both_with_backup(&ALLOWED, async |app, backup| {
        let south = app.another_tenant("south").await;
        let (ann, bob) = (app.user("ann@example.test").await, app.user_in(south, "bob@example.test").await);
        app.email_policy(None, json!({"PASSWORD_RESET_LINK": {"transports": ["backup"]}})).await;
        app.send_link(ann).await;
        assert_eq!((app.smtp.messages().len(), backup.messages().len()), (1, 0), "another tenant's transport was used");
        app.send_link(bob).await;
        assert_eq!((app.smtp.messages().len(), backup.messages().len()), (1, 1));
        app.email_policy(Some(south), json!({"PASSWORD_RESET_LINK": {"transports": ["gone", "default"]}})).await;
        app.send_link(bob).await;
        assert_eq!((app.smtp.messages().len(), backup.messages().len()), (2, 1));
    });
}

#[test]
fn a_policy_says_where_a_link_leads_and_how_long_it_lives() {
    on_both_with_backup(&[], async |app, _| {
        let ann = app.user("ann@example.test").await;
        let fields = json!({"actionLinkUrl": "https://shop.test/reset?a=b", "lifetimeMinutes": 7});
        app.email_policy(None, json!({"PASSWORD_RESET_LINK": fields, "PASSWORD_RESET_CODE": {"lifetimeMinutes": 3}}))
            .await;
        app.send_link(ann).await;
        let mail = app.latest_mail().await;
        assert!(mail.text().contains("https://shop.test/reset?a=b&token="), "{}", mail.text());
        let lives = "SELECT expires_at - created_at AS n FROM password_resets";
        assert_eq!(app.database.number(lives).await, 7 * 60 * 1000);
        let token = mail.link_token();
        app.advance(Duration::from_secs(7 * 60));
        let body = json!({"emailAuthCode": token, "newPassword": crate::support::app::NEW_PASSWORD});
        assert_eq!(app.workflow("reset-password", &body).await.status, 400);
    });
}

#[test]
fn a_policy_is_set_through_the_api_and_refused_when_it_says_what_it_may_not() {
    on_both_with_backup(&ALLOWED, async |app, _| {
        const POLICIES: &str = "/api/v1/email-policies";
        let south = app.another_tenant("south").await;
        let of_south = format!("{POLICIES}?tenantId={south}");
        let policy = json!({"NO_ACCOUNT": {"fromAddress": "mail@south.test", "transports": ["backup", "default"]}});
        let set = app.call(Method::PUT, &of_south, Some(&policy)).await;
        assert_eq!(set.status, 200, "{}", set.text);
        assert_eq!(set.body["override"], policy);
        let told = |field: &str| set.body["effective"][field].clone();
        assert_eq!(told("NO_ACCOUNT.fromAddress"), json!({"value": "mail@south.test", "level": "TENANT"}));
        assert_eq!(told("TEST.fromAddress"), json!({"value": "no-reply@rekey.test", "level": "SERVER"}));
        for (path, body, field, code) in [
            (POLICIES, &policy, "NO_ACCOUNT.fromAddress", "not_allowed"),
            (POLICIES, &policy, "NO_ACCOUNT.transports", "not_allowed"),
            (&of_south, &json!({"TEST": {"lifetimeMinutes": 5}}), "TEST.lifetimeMinutes", "not_for_this_kind"),
            (
                &of_south,
                &json!({"PASSWORD_RESET_LINK": {"actionLinkUrl": "http://shop.test/"}}),
                "PASSWORD_RESET_LINK.actionLinkUrl",
                "https_required",
            ),
        ] {
            let refused = app.call(Method::PUT, path, Some(body)).await;
            assert_eq!((refused.status, refused.violations(field)), (400, vec![code.to_owned()]), "{}", refused.text);
        }
        assert_eq!(app.call(Method::DELETE, &of_south, None).await.status, 204);
        assert_eq!(app.get(&of_south).await.body["metadata"], json!({"version": 0}));
    });
}
