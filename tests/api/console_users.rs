//! Helping a user in the console.

use rekey::domain::audit::{Chain, Linked};
use rekey::store::audit;

use crate::support::app::on_both_databases;
use crate::support::console::{Operator, leads_to};

#[test]
fn a_user_is_found_sent_a_reset_and_told_apart_in_the_timeline() {
    on_both_databases(async |app| {
        let ann = app.user("ann@example.test").await;
        app.user("bob@example.test").await;
        let mut olga = Operator::joined(app, "olga@example.test").await;
        let here = format!("/console/applications/{}/users", app.application);
        let found = olga.get(app, &format!("{here}?find=ANN%40")).await;
        assert!(found.text.contains("ann@example.test") && !found.text.contains("bob@example.test"));
        let nobody = olga.get(app, &format!("{here}?find=%25")).await;
        assert!(nobody.text.contains("Nobody like that"), "a percent sign is only itself: {}", nobody.text);
        assert!(olga.get(app, &format!("{here}?find={ann}")).await.text.contains("ann@example.test"));

        let page = format!("{here}/{ann}");
        let sent = olga.act(app, &page, &format!("{page}/send"), &[]).await;
        assert_eq!(leads_to(&sent), page);
        let mail = app.latest_mail().await;
        assert!(mail.link_token().len() == 43);
        let log = app.get("/api/v1/audit-log").await;
        assert_eq!(log.text_at("/items/0/action"), "password_reset.email_sent");
        assert!(log.text_at("/items/0/requestId").starts_with("req_"), "{}", log.text);
        let told = olga.get(app, &page).await;
        assert!(told.text.contains("A reset mail is on its way"), "{}", told.text);
        for words in
            ["A password reset began", "Mail with a reset link: taken by the mail server", "A link sent by mail"]
        {
            assert!(told.text.contains(words), "{words}: {}", told.text);
        }
        assert!(!olga.get(app, &page).await.text.contains("is on its way"), "said once");

        let cancelled = olga.act(app, &page, &format!("{page}/cancel"), &[]).await;
        assert_eq!(leads_to(&cancelled), page);
        let told = olga.get(app, &page).await;
        assert!(told.text.contains("Olga: cancelled the pending resets of a user"), "{}", told.text);
        app.drain().await;
    });
}

#[test]
fn a_link_is_shown_once_works_and_is_audited_with_the_operator() {
    on_both_databases(async |app| {
        let ann = app.user("ann@example.test").await;
        let mut olga = Operator::joined(app, "olga@example.test").await;
        let page = format!("/console/applications/{}/users/{ann}", app.application);
        let wish = [("minutes", "15"), ("reason", "call 17")];
        let made = olga.act(app, &page, &format!("{page}/link"), &wish).await;
        assert_eq!(made.status, 200, "{}", made.text);
        assert!(made.text.contains("<svg class=\"qr\""));
        let link = made.text.split("<code id=\"link\">").nth(1).unwrap().split('<').next().unwrap();
        let token = link.replace("&#x3D;", "=").rsplit_once("token=").unwrap().1.to_owned();
        assert!(!olga.get(app, &page).await.text.contains(&token), "never again");
        let body = serde_json::json!({"passwordResetCode": token, "newPassword": crate::support::app::NEW_PASSWORD});
        let done = app.workflow("reset-password", &body).await;
        assert_eq!(done.status, 200, "{}", done.text);

        let chain = Chain::Application(app.application);
        let all = audit::following(app.app.engine.database.read(), chain, 0, i64::MAX).await.unwrap();
        let of_links = |linked: &&Linked| linked.entry.target_type == "password_reset";
        let entry = all.iter().find(of_links).unwrap().entry.to_object();
        assert_eq!(entry["actor"]["type"], "CONSOLE_OPERATOR");
        assert!(entry["actor"]["id"].as_str().unwrap().starts_with("operator_"));
        assert_eq!(entry["details"]["reason"], "call 17");
        assert_eq!(entry["requestId"].as_str().map(|id| id.starts_with("req_")), Some(true));
        let log = olga.get(app, &format!("/console/applications/{}/audit", app.application)).await;
        assert!(log.text.contains("Made a reset link to hand over") && log.text.contains("Olga"));
        app.drain().await;
    });
}

#[test]
fn the_overview_counts_what_happened() {
    on_both_databases(async |app| {
        app.user("ann@example.test").await;
        app.user("bob@example.test").await;
        let mut olga = Operator::joined(app, "olga@example.test").await;
        let here = format!("/console/applications/{}/overview", app.application);
        assert!(olga.get(app, &here).await.text.contains("Nothing happened in this time"));
        let token = app.link_token("ann@example.test").await;
        app.link_token("bob@example.test").await;
        let body = serde_json::json!({"emailAuthCode": token, "newPassword": crate::support::app::NEW_PASSWORD});
        assert_eq!(app.workflow("reset-password", &body).await.status, 200);
        app.drain().await;
        for range in ["24h", "7d", "30d"] {
            let page = olga.get(app, &format!("{here}?range={range}")).await;
            let numbers: Vec<_> =
                page.text.split("<span><strong>").skip(1).map(|part| part.split('<').next().unwrap()).collect();
            assert_eq!(numbers, ["2", "2", "0", "1"], "requested, sent, opened, completed: {}", page.text);
            assert!(page.text.contains("50 %") && page.text.matches("<svg class=\"chart\"").count() == 2);
            assert!(page.text.contains("Mail leaves as it should."));
        }
        app.advance(std::time::Duration::from_secs(26 * 60 * 60));
        let code = olga.code(app);
        olga.signs_in(app, crate::support::app::PASSWORD, &code).await;
        assert!(olga.get(app, &here).await.text.contains("Nothing happened in this time"));
    });
}
