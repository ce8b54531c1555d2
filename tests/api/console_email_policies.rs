//! How mails are sent, as an operator sets it in the console.

use serde_json::json;

use crate::support::app::on_both_databases;
use crate::support::console::{Operator, assert_asks_again, leads_to};

#[test]
fn a_kind_of_mail_is_set_for_a_tenant_seen_with_its_levels_and_set_no_more() {
    on_both_databases(async |app| {
        let mut olga = Operator::joined(app, "olga@example.test").await;
        let list = format!("/console/applications/{}/policies/email", app.application);
        let link = format!("{list}/PASSWORD_RESET_LINK");
        let wrong =
            [("tenant", ""), ("version", "0"), ("replyTo", "nobody"), ("transports", "none"), ("lifetimeMinutes", "0")];
        let refused = olga.act(app, &link, &link, &wrong).await;
        for field in ["replyTo", "transports", "lifetimeMinutes"] {
            assert!(
                refused.status == 422 && refused.text.contains(&format!("id=\"{field}-error\"")),
                "{field} {}",
                refused.text
            );
        }
        assert!(
            olga.act(app, &link, &link, &[("tenant", ""), ("version", "0"), ("lifetimeMinutes", "ten")])
                .await
                .text
                .contains("Enter whole numbers.")
        );
        let whole = [("tenant", ""), ("version", "0"), ("fromName", "The Shop"), ("lifetimeMinutes", "10")];
        assert_eq!(leads_to(&olga.act(app, &link, &link, &whole).await), link);
        let notice = format!("{list}/PASSWORD_UPDATED");
        assert!(
            !olga.get(app, &notice).await.text.contains("id=\"lifetimeMinutes\""),
            "a notice carries nothing that ends"
        );
        let other = [("tenant", ""), ("version", "1"), ("fromName", "Shop alarm")];
        assert_eq!(leads_to(&olga.act(app, &notice, &notice, &other).await), notice);
        let tenant = app.tenant.to_string();
        let north = [("tenant", tenant.as_str()), ("version", "0"), ("fromName", "North")];
        let page = format!("{link}?tenant={tenant}");
        assert_eq!(leads_to(&olga.act(app, &page, &link, &north).await), page);
        let shown = olga.get(app, &page).await;
        assert!(shown.text.contains("Now: <strong>North</strong>, from this tenant."), "{}", shown.text);
        assert!(shown.text.contains("Now: <strong>10 minutes</strong>, from the application."), "{}", shown.text);
        let all = olga.get(app, &format!("{list}?tenant={tenant}")).await;
        assert!(all.text.contains("<strong>North</strong> <span class=\"soft\">from this tenant"), "{}", all.text);
        assert!(all.text.contains("<strong>Shop alarm</strong> <span class=\"soft\">from the application"));
        let own = app.get("/api/v1/email-policies").await.body["override"].clone();
        let both = json!({"PASSWORD_RESET_LINK": {"fromName": "The Shop", "lifetimeMinutes": 10},
            "PASSWORD_UPDATED": {"fromName": "Shop alarm"}});
        assert_eq!(own, both, "one kind of mail leaves the others alone");
        let stale = olga.act(app, &link, &link, &whole).await;
        assert!(stale.status == 409 && stale.text.contains("Olga changed this meanwhile"), "{}", stale.text);
        let removed = olga.act(app, &page, &format!("{link}/remove"), &[("tenant", &tenant), ("version", "1")]).await;
        assert_eq!(leads_to(&removed), page);
        assert!(olga.get(app, &page).await.text.contains("<strong>The Shop</strong>, from the application"));
        let removed = olga.act(app, &list, &format!("{list}/remove"), &[("tenant", ""), ("version", "2")]).await;
        assert_eq!(leads_to(&removed), list);
        assert_eq!(app.get("/api/v1/email-policies").await.body["override"], json!(null));
    });
}

#[test]
fn a_policy_of_resets_is_set_no_more_by_who_proves_themselves() {
    on_both_databases(async |app| {
        let mut olga = Operator::joined(app, "olga@example.test").await;
        let page = format!("/console/applications/{}/policies/workflow", app.application);
        let set = [("tenant", ""), ("version", "0"), ("emailLinkMinutes", "20")];
        assert_eq!(leads_to(&olga.act(app, &page, &page, &set).await), page);
        let remove = format!("{page}/remove");
        app.advance(std::time::Duration::from_secs(301));
        let asked = olga.act(app, &page, &remove, &[("tenant", ""), ("version", "1")]).await;
        assert_asks_again(&asked);
        olga.confirms(app).await;
        let stale = olga.act(app, &page, &remove, &[("tenant", ""), ("version", "9")]).await;
        assert_eq!(stale.status, 409, "{}", stale.text);
        assert_eq!(leads_to(&olga.act(app, &page, &remove, &[("tenant", ""), ("version", "1")]).await), page);
        assert_eq!(app.get("/api/v1/workflow-policies").await.body["override"], json!(null));
    });
}
