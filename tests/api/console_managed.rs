//! Managing an application in the console: what is done there is done as
//! through the API, and written down with the operator.

use rekey::domain::audit::Chain;
use rekey::store::audit;
use reqwest::Method;
use serde_json::json;

use crate::support::app::{TestApp, on_both_databases};
use crate::support::console::{Operator, leads_to};

/// The actions in the application's log so far, all of them an operator's.
async fn acts(app: &TestApp) -> Vec<String> {
    let chain = Chain::Application(app.application);
    let all = audit::following(app.app.engine.database.read(), chain, 0, i64::MAX).await.unwrap();
    let of_console = all.into_iter().filter(|linked| linked.entry.actor_type == "CONSOLE_OPERATOR");
    of_console.map(|linked| linked.entry.action).collect()
}

/// The secret that a page shows once.
fn shown(text: &str) -> String {
    let code = text.split("<code id=\"link\">").nth(1).unwrap_or_else(|| panic!("no secret in {text}"));
    code.split('<').next().unwrap().replace("&#x3D;", "=")
}

#[test]
fn tenants_are_made_changed_and_deleted_by_whoever_means_it() {
    on_both_databases(async |app| {
        let mut olga = Operator::joined(app, "olga@example.test").await;
        let here = format!("/console/applications/{}/tenants", app.application);
        let new = [("name", "berlin"), ("display_name", "Berlin & Co"), ("locale", "de")];
        assert_eq!(leads_to(&olga.act(app, &here, &here, &new).await), here);
        let again = olga.act(app, &here, &here, &new).await;
        assert!(again.status == 422 && again.text.contains("There is one of this name already."), "{}", again.text);
        let odd = olga.act(app, &here, &here, &[("name", "Not A Name"), ("display_name", ""), ("locale", "")]).await;
        assert!(odd.status == 422 && odd.text.contains("lower-case letters"), "{}", odd.text);
        let list = olga.get(app, &here).await;
        let one = list.text.split("<a href=\"").filter(|part| part.contains("Berlin")).last().unwrap();
        let one = one.split('"').next().unwrap().to_owned();
        let page = olga.get(app, &one).await;
        let change = [("name", "berlin"), ("display_name", "Berlin"), ("locale", ""), ("version", "1")];
        assert_eq!(leads_to(&olga.browser.submit(app, &page, &one, &change).await), one);
        let stale = olga.browser.submit(app, &page, &one, &change).await;
        assert!(stale.status == 409 && stale.text.contains("Olga changed this meanwhile"), "{}", stale.text);
        let wrong = olga.act(app, &one, &format!("{one}/delete"), &[("name", "munich")]).await;
        assert_eq!(wrong.status, 422);
        let gone = olga.act(app, &one, &format!("{one}/delete"), &[("name", "berlin")]).await;
        assert_eq!(leads_to(&gone), here);
        assert_eq!(olga.get(app, &one).await.status, 404);
        assert_eq!(acts(app).await, ["tenant.created", "tenant.updated", "tenant.deleted"]);
        app.drain().await;
    });
}

#[test]
fn a_service_account_gets_its_secrets_once_and_loses_them_at_once() {
    on_both_databases(async |app| {
        let mut olga = Operator::joined(app, "olga@example.test").await;
        let here = format!("/console/applications/{}/service-accounts", app.application);
        let nothing = olga.act(app, &here, &here, &[("name", "Desk"), ("kind", "chosen"), ("tenant", "")]).await;
        assert!(nothing.status == 422 && nothing.text.contains("Tick at least one"), "{}", nothing.text);
        let chosen = [("name", "Desk"), ("kind", "chosen"), ("tenant", ""), ("may user:read", "on")];
        let made = olga.act(app, &here, &here, &chosen).await;
        assert_eq!(made.status, 200, "{}", made.text);
        assert!(
            made.text.contains("In the whole application") && made.text.contains("<li>See users</li>"),
            "{}",
            made.text
        );
        let secret = shown(&made.text);
        let mut path = made.text.split("action=\"").filter_map(|part| part.split('"').next());
        let one = path.find_map(|path| path.strip_suffix("/rotate")).unwrap().to_owned();
        assert!(!olga.get(app, &one).await.text.contains(&secret));
        let key = shown(&olga.act(app, &one, &format!("{one}/keys"), &[("name", "desk 1")]).await.text);
        let users = async |key: &str| {
            let path = "/user_management/users?email=ann@example.test";
            app.call_as(key, Method::GET, path, None).await.status
        };
        assert_eq!(users(&key).await, 200);
        let page = olga.get(app, &one).await;
        let mut revoke = page.text.split("action=\"").filter_map(|part| part.split('"').next());
        let revoke = revoke.find(|path| path.ends_with("/revoke")).unwrap().to_owned();
        assert_eq!(leads_to(&olga.browser.submit(app, &page, &revoke, &[]).await), one);
        assert_eq!(users(&key).await, 401);
        let rotated = olga.act(app, &one, &format!("{one}/rotate"), &[]).await;
        assert!(rotated.status == 200 && shown(&rotated.text) != secret);
        assert_eq!(olga.act(app, &one, &format!("{one}/end-rotation"), &[]).await.status, 303);
        assert_eq!(olga.act(app, &one, &format!("{one}/shut"), &[("out", "true")]).await.status, 303);
        assert!(olga.get(app, &here).await.text.contains("shut out"));
        assert_eq!(leads_to(&olga.act(app, &one, &format!("{one}/delete"), &[]).await), here);
        assert_eq!(
            acts(app).await,
            [
                "service_account.created",
                "service_account.api_key_created",
                "service_account.api_key_revoked",
                "service_account.secret_rotated",
                "service_account.rotation_ended",
                "service_account.updated",
                "service_account.deleted"
            ]
        );
    });
}

#[test]
fn a_webhook_is_added_tried_out_and_switched_off() {
    on_both_databases(async |app| {
        let mut olga = Operator::joined(app, "olga@example.test").await;
        let here = format!("/console/applications/{}/webhooks", app.application);
        let inside = [("url", "https://10.0.0.1/"), ("event user.created", "on")];
        let refused = olga.act(app, &here, &here, &inside).await;
        assert!(
            refused.status == 422 && refused.text.contains("leads to an address that is not public"),
            "{}",
            refused.text
        );
        let made = olga.act(app, &here, &here, &[("url", "https://8.8.8.8/"), ("event user.created", "on")]).await;
        assert_eq!(made.status, 200, "{}", made.text);
        assert!(!shown(&made.text).is_empty());
        let mut paths = made.text.split("action=\"").filter_map(|part| part.split('"').next());
        let one = paths.find_map(|path| path.strip_suffix("/test")).unwrap().to_owned();
        assert_eq!(olga.act(app, &one, &format!("{one}/switch"), &[("on", "false")]).await.status, 303);
        let off = olga.act(app, &one, &format!("{one}/test"), &[("kind", "user.created")]).await;
        assert!(off.status == 409 && off.text.contains("It is switched off"), "{}", off.text);
        assert_eq!(leads_to(&olga.act(app, &one, &format!("{one}/delete"), &[]).await), here);
        assert_eq!(
            acts(app).await,
            ["webhook_endpoint.created", "webhook_endpoint.updated", "webhook_endpoint.deleted"]
        );
    });
}

#[test]
fn a_template_is_written_previewed_published_and_taken_back() {
    on_both_databases(async |app| {
        let mut olga = Operator::joined(app, "olga@example.test").await;
        let here = format!("/console/applications/{}/email-templates", app.application);
        assert!(olga.get(app, &here).await.text.contains("Reset by link"));
        let one = format!("{here}/PASSWORD_RESET_LINK/all");
        let page = olga.get(app, &one).await;
        assert_eq!(page.status, 200, "{}", page.text);
        assert!(page.headers["content-security-policy"].ends_with("frame-src 'self'"));
        let fields = |subject: &'static str| {
            [("tenant", ""), ("version", "0"), ("subject", subject), ("text", ""), ("html", "")]
        };
        let wrong = olga.browser.submit(app, &page, &format!("{one}/check"), &fields("{{nonsense}}")).await;
        assert_eq!(wrong.body["marks"][0]["line"], 1, "{}", wrong.text);
        let seen =
            olga.browser.submit(app, &page, &format!("{one}/check"), &fields("A new one for {{user.email}}")).await;
        assert!(seen.body["mail"]["subject"].as_str().unwrap().starts_with("A new one for "), "{}", seen.text);
        let frame = olga.browser.submit(app, &page, &format!("{one}/preview"), &fields("x")).await;
        let policy = &frame.headers["content-security-policy"];
        assert!(policy.ends_with("sandbox") && policy.contains("frame-ancestors 'self'") && frame.status == 200);
        let broken = olga.browser.submit(app, &page, &format!("{one}/publish"), &fields("{{#if")).await;
        assert!(broken.status == 422 && broken.text.contains("subject, line 1"), "{}", broken.text);
        let page = olga.get(app, &one).await;
        let version =
            page.text.split("name=\"version\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let good = [("tenant", ""), ("version", version.as_str()), ("subject", "Open sesame"), ("note", "first")];
        let published = olga.browser.submit(app, &page, &format!("{one}/publish"), &good).await;
        assert_eq!(leads_to(&published), one, "{}", published.text);
        app.user("ann@example.test").await;
        app.workflow("request-password-reset", &json!({"email": "ann@example.test"})).await;
        assert!(app.latest_mail().await.data().contains("Subject: Open sesame"));
        let page = olga.get(app, &one).await;
        let version =
            page.text.split("name=\"version\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let second = [("tenant", ""), ("version", version.as_str()), ("subject", "Other words")];
        assert_eq!(olga.browser.submit(app, &page, &format!("{one}/publish"), &second).await.status, 303);
        let history = olga.get(app, &format!("{one}/history")).await;
        assert!(history.text.contains("Version 2") && history.text.contains("-Open sesame"), "{}", history.text);
        let back = [("tenant", ""), ("number", "1")];
        let restored = olga.browser.submit(app, &history, &format!("{one}/history"), &back).await;
        assert_eq!(leads_to(&restored), one);
        assert!(olga.get(app, &format!("{one}/history")).await.text.contains("Restores version 1"));
        app.drain().await;
    });
}

#[test]
fn a_policy_is_set_for_one_tenant_and_what_is_wrong_is_marked() {
    on_both_databases(async |app| {
        let mut olga = Operator::joined(app, "olga@example.test").await;
        let here = format!("/console/applications/{}/policies", app.application);
        assert_eq!(leads_to(&olga.get(app, &here).await), format!("{here}/workflow"));
        let one = format!("{here}/password");
        let page = format!("{one}?tenant={}", app.tenant);
        let tenant = app.tenant.to_string();
        let wrong = [("tenant", tenant.as_str()), ("version", "0"), ("minimumLength", "3")];
        let refused = olga.act(app, &page, &one, &wrong).await;
        assert!(refused.status == 422 && refused.text.contains("id=\"minimumLength-error\""), "{}", refused.text);
        let typed = [("tenant", tenant.as_str()), ("version", "0"), ("minimumLength", "many")];
        assert!(olga.act(app, &page, &one, &typed).await.text.contains("Enter whole numbers."));
        let good = [("tenant", tenant.as_str()), ("version", "0"), ("minimumLength", "20"), ("digitRequired", "true")];
        let saved = olga.act(app, &page, &one, &good).await;
        assert_eq!(leads_to(&saved), page, "{}", saved.text);
        let shown = olga.get(app, &page).await;
        assert!(shown.text.contains("<strong>20 characters</strong>, from this tenant"), "{}", shown.text);
        assert!(olga.get(app, &one).await.text.contains("<strong>15 characters</strong>, from the server"));
        assert_eq!(olga.act(app, &page, &one, &good).await.status, 409, "made for a version that is over");
        assert_eq!(acts(app).await.len(), 1);
    });
}

#[test]
fn branding_is_set_with_colours_and_a_logo() {
    on_both_databases(async |app| {
        let mut olga = Operator::joined(app, "olga@example.test").await;
        let here = format!("/console/applications/{}/branding", app.application);
        let wrong = [("tenant", ""), ("version", "0"), ("primary_color", "red")];
        let refused = olga.act(app, &here, &here, &wrong).await;
        assert!(refused.status == 422 && refused.text.contains("written as #rrggbb"), "{}", refused.text);
        let no_image = [("tenant", ""), ("version", "0"), ("logo", "bm8gaW1hZ2U=")];
        let refused = olga.act(app, &here, &here, &no_image).await;
        assert!(refused.status == 422 && refused.text.contains("PNG, JPEG or WebP"), "{}", refused.text);
        let good = [("tenant", ""), ("version", "0"), ("display_name", "Northwind"), ("primary_color", "#0b5394")];
        assert_eq!(leads_to(&olga.act(app, &here, &here, &good).await), here);
        let page = app.send(Method::GET, "/forgot-password", &[], None).await;
        assert!(page.text.contains("Northwind"), "{}", page.text);
        assert_eq!(acts(app).await, ["branding.replaced"]);
    });
}

#[test]
fn a_mail_that_failed_is_seen_in_the_providers_words() {
    on_both_databases(async |app| {
        let ann = app.user("ann@example.test").await;
        let mut olga = Operator::joined(app, "olga@example.test").await;
        let here = format!("/console/applications/{}/messages", app.application);
        assert!(olga.get(app, &here).await.text.contains("No mail yet"));
        let user = format!("/console/applications/{}/users/{ann}", app.application);
        assert_eq!(olga.act(app, &user, &format!("{user}/send"), &[]).await.status, 303);
        app.drain().await;
        let list = olga.get(app, &here).await;
        assert!(list.text.contains("taken by the mail server"), "{}", list.text);
        let mut one = list.text.split("<a href=\"").filter_map(|part| part.split('"').next());
        let one = one.find(|path| path.contains("/messages/message_")).unwrap().to_owned();
        let shown = olga.get(app, &one).await;
        assert!(shown.text.contains("What the mail servers said") && shown.text.contains("250"), "{}", shown.text);
        let again = olga.browser.submit(app, &shown, &format!("{one}/replay"), &[]).await;
        assert!(again.status == 409 && again.text.contains("Only what failed or was held back"), "{}", again.text);
        let none = olga.get(app, &format!("/console/applications/{}/suppressions", app.application)).await;
        assert!(none.text.contains("Every address gets its mail"));
    });
}

#[test]
fn a_user_is_signed_out_shut_out_and_deleted() {
    on_both_databases(async |app| {
        let ann = app.user("ann@example.test").await;
        assert!(app.signs_in("ann@example.test", crate::support::app::PASSWORD).await);
        let mut olga = Operator::joined(app, "olga@example.test").await;
        let page = format!("/console/applications/{}/users/{ann}", app.application);
        assert_eq!(leads_to(&olga.act(app, &page, &format!("{page}/sign-out"), &[]).await), page);
        assert!(olga.get(app, &page).await.text.contains("nowhere"));
        assert_eq!(olga.act(app, &page, &format!("{page}/shut"), &[("out", "true")]).await.status, 303);
        assert!(!app.signs_in("ann@example.test", crate::support::app::PASSWORD).await);
        let sent = olga.act(app, &page, &format!("{page}/send"), &[]).await;
        assert_eq!(leads_to(&sent), page);
        assert!(olga.get(app, &page).await.text.contains("The user may be shut out."));
        assert_eq!(olga.act(app, &page, &format!("{page}/shut"), &[("out", "false")]).await.status, 303);
        let gone = olga.act(app, &page, &format!("{page}/delete"), &[]).await;
        assert_eq!(leads_to(&gone), format!("/console/applications/{}/users", app.application));
        assert_eq!(olga.get(app, &page).await.status, 404);
        assert_eq!(acts(app).await, ["user.sessions_revoked", "user.updated", "user.updated", "user.deleted"]);
        app.drain().await;
    });
}

#[test]
fn the_editor_of_a_template_shows_what_can_stand_in_it_and_what_its_sentences_say() {
    on_both_databases(async |app| {
        let mut olga = Operator::joined(app, "olga@example.test").await;
        let templates = format!("/console/applications/{}/email-templates", app.application);
        let german = olga.get(app, &format!("{templates}/PASSWORD_RESET_LINK/de")).await;
        for said in ["{{actionUrl}}", "{{moment expiresAt}}", "{{user.givenName}}", "Neues Passwort wählen"] {
            let said = said.replace('=', "&#x3D;");
            assert!(german.text.contains(&format!(">{said}<")), "{said} is not in {}", german.text);
        }
        let notice = olga.get(app, &format!("{templates}/PASSWORD_UPDATED/all")).await;
        assert!(!notice.text.contains(">{{actionUrl}}<"), "a notice has no link");
        let layout = olga.get(app, &format!("{templates}/LAYOUT/all")).await;
        assert!(layout.text.contains(">{{body}}<") && layout.text.contains("the body of the mail"), "{}", layout.text);
    });
}
