//! Operators as operators manage each other through the API: invited, listed,
//! shut out, and their keys revoked.

use std::time::Duration;

use rekey::domain::access::Origin;
use rekey::workflows::Failure;
use rekey::workflows::operators::managed::OperatorChange;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::app::{PASSWORD, TestApp, on_both_databases, on_postgres};
use crate::support::console::{Browser, Operator, leads_to};
use crate::support::http::Answer;

const OPERATORS: &str = "/api/v1/operators";
const NOBODY: &str = "operator_01JH0000000000000000000000";

/// Ada, who has an API key.
struct Ada {
    key: String,
    id: String,
}

impl Ada {
    async fn begins(app: &mut TestApp) -> Self {
        let key = app.operator("Ada").await;
        Self { key, id: id_of(app, "Ada").await }
    }

    async fn call(&self, app: &TestApp, method: Method, path: &str, body: Option<&Value>) -> Answer {
        app.call_as(&self.key, method, &format!("{OPERATORS}{path}"), body).await
    }

    async fn shuts(&self, app: &TestApp, id: &str, disabled: bool) -> Answer {
        self.call(app, Method::PATCH, &format!("/{id}"), Some(&json!({"disabled": disabled}))).await
    }

    /// What was done above all applications, newest first: who did what to
    /// whom.
    async fn log(&self, app: &TestApp) -> Vec<String> {
        let log = self.call(app, Method::GET, "/audit-log?count=100", None).await;
        assert_eq!(log.status, 200, "{}", log.text);
        let text = |item: &Value, path: &str| item.pointer(path).and_then(Value::as_str).unwrap_or("-").to_owned();
        let line = |item: &Value| {
            format!("{} {} {}", text(item, "/actor/type"), text(item, "/action"), text(item, "/target/id"))
        };
        let verified = self.call(app, Method::GET, "/audit-log/verify", None).await;
        assert_eq!(verified.body["valid"], json!(true), "{}", verified.text);
        log.body["items"].as_array().unwrap().iter().map(line).collect()
    }
}

async fn id_of(app: &mut TestApp, name: &str) -> String {
    app.database.text(&format!("SELECT id AS t FROM operators WHERE name = '{name}'")).await
}

#[test]
fn somebody_is_invited_joins_and_is_listed() {
    on_both_databases(async |app| {
        let ada = Ada::begins(app).await;
        let invited = ada.call(app, Method::POST, "", Some(&json!({"name": "Pia"}))).await;
        assert_eq!(invited.status, 201, "{}", invited.text);
        assert!(invited.text_at("/id").starts_with("operator_invitation_"), "{}", invited.text);
        assert_eq!(invited.text_at("/expirationTime"), "2026-01-01T00:15:00.000Z");
        let link = invited.text_at("/link");
        let path = link.strip_prefix("https://rekey.test").unwrap().to_owned();
        let token = path.split_once("token=").unwrap().1.to_owned();
        assert!(!app.database.dump().await.contains(&token), "kept by digest only");
        let pia = invited.text_at("/operatorId");
        let before = ada.call(app, Method::GET, &format!("/{pia}"), None).await;
        assert_eq!(before.told(), "404 operator_not_found", "an invitation is no operator");

        Operator::joining(app, &path, "pia@example.test").await;
        let again = Browser::default().get(app, &path).await;
        assert_eq!(leads_to(&again), "/console/join");
        let one = ada.call(app, Method::GET, &format!("/{pia}"), None).await;
        assert_eq!((one.status, one.text_at("/email")), (200, "pia@example.test".into()), "{}", one.text);
        assert_eq!((&one.body["disabled"], &one.body["metadata"]["version"]), (&json!(false), &json!(1)));
        let all = ada.call(app, Method::GET, "?sort_by=name:desc", None).await;
        assert_eq!(all.body["totalResults"], json!(2));
        let last = all.body["items"].as_array().unwrap().last().unwrap();
        assert_eq!(
            (&last["name"], &last["email"]),
            (&json!("Ada"), &json!(null)),
            "who has a key alone has no address"
        );
        for (query, found) in [("name eq \"Ada\"", 1), ("email co \"pia@\"", 1), ("disabled eq \"true\"", 0)] {
            let query = url::form_urlencoded::byte_serialize(query.as_bytes()).collect::<String>();
            let page = ada.call(app, Method::GET, &format!("?query={query}"), None).await;
            assert_eq!(page.body["totalResults"], json!(found), "{query}: {}", page.text);
        }
        let log = ada.log(app).await;
        assert!(log.contains(&format!("OPERATOR operator.invited {pia}")), "{log:?}");
        assert!(log.contains(&format!("CONSOLE_OPERATOR operator.joined {pia}")), "{log:?}");
    });
}

#[test]
fn an_invitation_is_good_for_a_quarter_of_an_hour_and_for_a_proper_name() {
    on_both_databases(async |app| {
        let ada = Ada::begins(app).await;
        for (body, code) in [
            (json!({}), "required"),
            (json!({"name": null}), "required"),
            (json!({"name": " "}), "empty"),
            (json!({"name": "a\nb"}), "invalid_characters"),
            (json!({"name": "x".repeat(81)}), "too_long"),
            (json!({"name": "x".repeat(201)}), "too_long"),
        ] {
            let refused = ada.call(app, Method::POST, "", Some(&body)).await;
            assert_eq!((refused.status, refused.violations("name")), (400, vec![code.to_owned()]), "{body}");
        }
        let more = ada.call(app, Method::POST, "", Some(&json!({"name": "Pia", "disabled": true}))).await;
        assert_eq!(more.status, 400);
        assert_eq!(app.database.count("operator_invitations").await, 0);
        let invited = ada.call(app, Method::POST, "", Some(&json!({"name": "x".repeat(80)}))).await;
        assert_eq!(invited.status, 201, "{}", invited.text);
        app.advance(Duration::from_secs(15 * 60));
        let link = invited.text_at("/link");
        let mut browser = Browser::default();
        browser.get(app, link.strip_prefix("https://rekey.test").unwrap()).await;
        assert_eq!(browser.get(app, "/console/join").await.status, 410);
    });
}

#[test]
fn whoever_is_shut_out_is_out_everywhere_at_once_until_they_are_let_in_again() {
    on_both_databases(async |app| {
        let ada = Ada::begins(app).await;
        let eve_key = app.operator("Eve").await;
        let eve = id_of(app, "Eve").await;
        let mut olga = Operator::joined(app, "olga@example.test").await;
        let olga_id = id_of(app, "Olga").await;
        assert_eq!(app.call_as(&eve_key, Method::GET, OPERATORS, None).await.status, 200);
        assert_eq!(olga.get(app, "/console/account").await.status, 200);

        let shut = ada.shuts(app, &eve, true).await;
        assert_eq!((shut.status, &shut.body["disabled"]), (200, &json!(true)), "{}", shut.text);
        assert_eq!(shut.body["metadata"]["version"], json!(2));
        assert_eq!(app.call_as(&eve_key, Method::GET, OPERATORS, None).await.told(), "401 unauthorized");
        assert_eq!(ada.shuts(app, &olga_id, true).await.status, 200);
        let sent_away = olga.get(app, "/console/account").await;
        assert!(leads_to(&sent_away).starts_with("/console/sign-in"), "their sessions have ended");
        app.advance(Duration::from_secs(60));
        let code = olga.code(app);
        assert_eq!(olga.signs_in(app, PASSWORD, &code).await.status, 422);

        let same = ada.shuts(app, &eve, true).await;
        assert_eq!(same.body, shut.body, "nothing changes twice");
        let stale = json!({"disabled": false});
        let path = format!("{OPERATORS}/{eve}");
        let stale = app.call_with(&ada.key, ("if-match", "\"1\""), Method::PATCH, &path, Some(&stale)).await;
        assert_eq!((stale.told().as_str(), stale.text_at("/changedBy/name").as_str()), ("412 version_mismatch", "Ada"));
        for id in [&eve, &olga_id] {
            assert_eq!(ada.shuts(app, id, false).await.body["disabled"], json!(false));
        }
        assert_eq!(app.call_as(&eve_key, Method::GET, OPERATORS, None).await.status, 200);
        assert_ne!(olga.get(app, "/console/account").await.status, 200, "a session that ended stays ended");
        app.advance(Duration::from_secs(60));
        let code = olga.code(app);
        assert_eq!(olga.signs_in(app, PASSWORD, &code).await.status, 303);
        let log = ada.log(app).await;
        let of = |line: String| log.iter().filter(|one| **one == line).count();
        for id in [&eve, &olga_id] {
            assert_eq!(of(format!("OPERATOR operator.disabled {id}")), 1, "{log:?}");
            assert_eq!(of(format!("OPERATOR operator.enabled {id}")), 1, "{log:?}");
        }
    });
}

#[test]
fn nobody_shuts_out_themselves_or_the_last_one_who_can_act() {
    on_both_databases(async |app| {
        let ada = Ada::begins(app).await;
        assert_eq!(ada.shuts(app, &ada.id, true).await.told(), "403 forbidden");
        app.operator("Eve").await;
        let eve = id_of(app, "Eve").await;
        assert_eq!(ada.shuts(app, &ada.id, true).await.told(), "403 forbidden");
        let wrong = ada.call(app, Method::PATCH, &format!("/{eve}"), Some(&json!({"disabled": null}))).await;
        assert_eq!(wrong.violations("disabled"), ["required"]);
        let unknown = ada.call(app, Method::PATCH, &format!("/{eve}"), Some(&json!({"name": "Evil"}))).await;
        assert_eq!(unknown.status, 400);
        for nobody in [NOBODY, "x", &app.application.to_string()] {
            assert_eq!(ada.shuts(app, nobody, true).await.told(), "404 operator_not_found", "{nobody}");
        }
        assert_eq!(app.database.number("SELECT count(*) AS n FROM operators WHERE disabled = TRUE").await, 0);

        // Eve is there by name only: without a key there is no way in for her.
        app.database.run(&format!("UPDATE operator_keys SET revoked_at = 1 WHERE operator_id = '{eve}'")).await;
        let change = OperatorChange { disabled: Some(true), version: None };
        let last = app.app.engine.change_operator(&Origin::command_line(), ada.id.parse().unwrap(), change).await;
        assert!(matches!(last, Err(Failure::LastOperator)), "{last:?}");
        assert_eq!(ada.call(app, Method::GET, "", None).await.status, 200);
        let mut olga = Operator::joined(app, "olga@example.test").await;
        let olga_id = id_of(app, "Olga").await;
        assert_eq!(ada.shuts(app, &olga_id, true).await.status, 200);
        assert_eq!(ada.shuts(app, &olga_id, false).await.status, 200);
        app.advance(Duration::from_secs(60));
        let code = olga.code(app);
        assert_eq!(olga.signs_in(app, PASSWORD, &code).await.status, 303);
        let page = olga.get(app, "/console/operators").await;
        let shut = format!("/console/operators/{}/shut", ada.id);
        assert_eq!(olga.browser.submit(app, &page, &shut, &[("out", "true")]).await.status, 303);
        assert_eq!(ada.call(app, Method::GET, "", None).await.status, 401, "the console does the same");
    });
}

#[test]
fn two_who_shut_each_other_out_at_once_leave_one() {
    on_postgres(async |app| {
        for round in 0..10 {
            let (one, two) = (format!("one{round}"), format!("two{round}"));
            let keys = (app.operator(&one).await, app.operator(&two).await);
            let ids = (id_of(app, &one).await, id_of(app, &two).await);
            app.database
                .run(&format!("UPDATE operators SET disabled = TRUE WHERE id NOT IN ('{}', '{}')", ids.0, ids.1))
                .await;
            let body = json!({"disabled": true});
            let paths = (format!("{OPERATORS}/{}", ids.1), format!("{OPERATORS}/{}", ids.0));
            let (first, second) = tokio::join!(
                app.call_as(&keys.0, Method::PATCH, &paths.0, Some(&body)),
                app.call_as(&keys.1, Method::PATCH, &paths.1, Some(&body)),
            );
            let mut told = [first.told(), second.told()];
            told.sort();
            assert!(told[0].starts_with("200"), "{told:?}");
            assert!(["401 unauthorized", "409 last_operator"].contains(&told[1].as_str()), "{told:?}");
            assert_eq!(app.database.number("SELECT count(*) AS n FROM operators WHERE NOT disabled").await, 1);
        }
    });
}

#[test]
fn a_key_that_is_revoked_stops_at_once_and_says_so_in_the_list() {
    on_both_databases(async |app| {
        let ada = Ada::begins(app).await;
        let eve_key = app.operator("Eve").await;
        let eve = id_of(app, "Eve").await;
        assert_eq!(app.call_as(&eve_key, Method::GET, OPERATORS, None).await.status, 200);
        let keys = ada.call(app, Method::GET, &format!("/{eve}/api-keys"), None).await;
        let listed = &keys.body["items"][0];
        assert_eq!((keys.status, keys.body["items"].as_array().unwrap().len()), (200, 1), "{}", keys.text);
        assert_eq!((&listed["revokedTime"], &listed["name"]), (&json!(null), &json!("bootstrap")));
        assert!(!listed["lastUsedTime"].is_null() && !keys.text.contains(&eve_key), "{}", keys.text);
        assert!(eve_key.starts_with(listed["hint"].as_str().unwrap().trim_end_matches('…')), "{listed}");
        let key = listed["id"].as_str().unwrap().to_owned();

        let elsewhere = format!("/{}/api-keys/{key}", ada.id);
        assert_eq!(ada.call(app, Method::DELETE, &elsewhere, None).await.told(), "404 api_key_not_found");
        for (path, told) in [
            (format!("/{NOBODY}/api-keys/{key}"), "404 operator_not_found"),
            (format!("/{eve}/api-keys/x"), "404 api_key_not_found"),
        ] {
            assert_eq!(ada.call(app, Method::DELETE, &path, None).await.told(), told, "{path}");
        }
        assert_eq!(
            ada.call(app, Method::GET, &format!("/{NOBODY}/api-keys"), None).await.told(),
            "404 operator_not_found"
        );
        assert_eq!(app.call_as(&eve_key, Method::GET, OPERATORS, None).await.status, 200);

        let path = format!("/{eve}/api-keys/{key}");
        assert_eq!(ada.call(app, Method::DELETE, &path, None).await.status, 204);
        assert_eq!(app.call_as(&eve_key, Method::GET, OPERATORS, None).await.told(), "401 unauthorized");
        let keys = ada.call(app, Method::GET, &format!("/{eve}/api-keys"), None).await;
        assert_eq!(keys.text_at("/items/0/revokedTime"), "2026-01-01T00:00:00.000Z");
        assert_eq!(ada.call(app, Method::DELETE, &path, None).await.told(), "404 api_key_not_found", "only once");
        let log = ada.log(app).await;
        let revoked = format!("OPERATOR operator.api_key_revoked {eve}");
        assert_eq!(log.iter().filter(|line| **line == revoked).count(), 1, "{log:?}");

        let own = ada.call(app, Method::GET, &format!("/{}/api-keys", ada.id), None).await;
        let own = format!("/{}/api-keys/{}", ada.id, own.text_at("/items/0/id"));
        assert_eq!(ada.call(app, Method::DELETE, &own, None).await.status, 204, "a leaked key can end itself");
        assert_eq!(ada.call(app, Method::GET, "", None).await.status, 401);
    });
}
