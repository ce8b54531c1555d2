//! Users as SDKs make, find and change them.

use futures_util::future::join_all;
use rekey::domain::access::{Boundary, Grant, Permission};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::app::{NEW_PASSWORD, PASSWORD, on_both_databases};
use crate::support::http::Answer;

const USERS: &str = "/user_management/users";

#[test]
fn a_user_is_found_by_the_id_that_the_application_knows_them_by() {
    on_both_databases(async |app| {
        for external in ["7", "a/b", "sessions", "with space", "%2e%2e", "a?b#c+d", "{id}"] {
            let made = app.make(&json!({"email": "ann@example.test", "external_id": external})).await;
            let encoded: String = external.bytes().map(|byte| format!("%{byte:02X}")).collect::<Vec<_>>().concat();
            let found = app.get(&format!("{USERS}/external_id/{encoded}")).await;
            assert_eq!((found.status, &found.body), (200, &made), "{external}");
            let id = made["id"].as_str().unwrap();
            assert_eq!(app.call_as(&app.key, Method::DELETE, &format!("{USERS}/{id}"), None).await.status, 204);
            let gone = app.get(&format!("{USERS}/external_id/{encoded}")).await;
            assert_eq!(gone.told(), "404 entity_not_found");
            assert_eq!(gone.body["entity_id"], external);
        }
        for never in ["%00", "a%00", "%C3%A9", &"x".repeat(5000)] {
            let missing = app.get(&format!("{USERS}/external_id/{never}")).await;
            assert_eq!(missing.told(), "404 entity_not_found", "{never}: {}", missing.text);
        }
    });
}

#[test]
fn an_external_id_is_found_inside_the_boundary_of_the_key_only() {
    on_both_databases(async |app| {
        app.make(&json!({"email": "ann@example.test", "external_id": "7"})).await;
        let elsewhere = app.another_tenant("elsewhere").await;
        let (_, bounded) = app.account(vec![Grant::new(Permission::UserRead, Boundary::Tenant(elsewhere))]).await;
        let (_, _, stranger) = app.another_application("other").await;
        for key in [&bounded, &stranger] {
            let hidden = app.call_as(key, Method::GET, &format!("{USERS}/external_id/7"), None).await;
            assert_eq!(hidden.told(), "404 entity_not_found");
        }
        // Another application may use the same id for somebody of its own.
        let body = json!({"email": "bob@example.test", "external_id": "7"});
        assert_eq!(app.call_as(&stranger, Method::POST, USERS, Some(&body)).await.status, 201);
    });
}

#[test]
fn a_list_is_filtered_by_address_in_every_spelling() {
    on_both_databases(async |app| {
        for name in ["ann", "bob", "cyd"] {
            app.make(&json!({"email": format!("{name}@example.test")})).await;
            app.advance(std::time::Duration::from_millis(1));
        }
        for query in [
            "email=ann@example.test",
            "email=ANN%40example.test",
            "email[]=ann@example.test",
            "email%5B%5D=ann%40example.test",
            "email[0]=ann@example.test",
            "email=ann@example.test&email=ann@example.test",
            "email=ann@example.test&limit=1&order=normal&some_new_filter=x",
        ] {
            assert_eq!(app.listed(query).await, ["ann@example.test"], "{query}");
        }
        let both = "email=bob@example.test&email=ann@example.test&order=asc";
        assert_eq!(app.listed(both).await, ["ann@example.test", "bob@example.test"]);
        assert!(app.listed("email=nobody@example.test").await.is_empty());
        for query in ["email=", "email=nobody", "email[]=ann@example.test&email[]=", "email=a@b.test,c@d.test"] {
            app.get(&format!("{USERS}?{query}")).await.names(&[("email", "invalid_email")]);
        }
        let many = vec!["email=ann@example.test"; 21].join("&");
        app.get(&format!("{USERS}?{many}")).await.names(&[("email", "too_many")]);
    });
}

#[test]
fn a_list_is_walked_in_both_directions_and_orders() {
    on_both_databases(async |app| {
        let names = ["a", "b", "c", "d", "e"];
        for name in names {
            app.make(&json!({"email": format!("{name}@example.test")})).await;
            app.advance(std::time::Duration::from_millis(1));
        }
        let walk = async |order: &str, forwards: bool, mut cursor: Option<String>| {
            let (mut seen, word) = (String::new(), if forwards { "after" } else { "before" });
            loop {
                let from = cursor.map_or(String::new(), |cursor| format!("&{word}={cursor}"));
                let page = app.get(&format!("{USERS}?limit=2&order={order}{from}")).await;
                let mut part: Vec<&str> = page.body["data"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|user| &user["email"].as_str().unwrap()[..1])
                    .collect();
                if !forwards {
                    part.reverse();
                }
                seen.push_str(&part.concat());
                cursor = page.body["list_metadata"][word].as_str().map(str::to_owned);
                if cursor.is_none() {
                    return seen;
                }
            }
        };
        assert_eq!(walk("asc", true, None).await, "abcde");
        assert_eq!(walk("desc", true, None).await, "edcba");
        assert_eq!(walk("normal", true, None).await, "edcba");
        let last = app.get(&format!("{USERS}?order=asc&limit=100")).await.text_at("/data/4/id");
        assert_eq!(walk("asc", false, Some(last.clone())).await, "dcba");
        assert_eq!(app.listed(&format!("order=desc&before={last}")).await, Vec::<String>::new());
    });
}

#[test]
fn what_a_list_cannot_mean_is_refused_with_the_name_of_the_field() {
    on_both_databases(async |app| {
        let user = app.make(&json!({"email": "ann@example.test"})).await["id"].as_str().unwrap().to_owned();
        for (query, expected) in [
            ("limit=0".to_owned(), vec![("limit", "out_of_range")]),
            ("limit=101".to_owned(), vec![("limit", "out_of_range")]),
            ("limit=x&order=up".to_owned(), vec![("limit", "out_of_range"), ("order", "invalid_value")]),
            ("after=user_x".to_owned(), vec![("after", "invalid_cursor")]),
            ("before=app_01JH0000000000000000000000".to_owned(), vec![("before", "invalid_cursor")]),
            (format!("after={user}&before={user}"), vec![("before", "exactly_one_cursor")]),
        ] {
            app.get(&format!("{USERS}?{query}")).await.names(&expected);
        }
        let twice = app.get(&format!("{USERS}?limit=1&limit=2")).await;
        assert_eq!(twice.told(), "422 invalid_request_parameters");
        assert!(twice.text_at("/message").contains("`limit`"), "{}", twice.text);
        for name in ["organization_id", "organization"] {
            let foreign = app.get(&format!("{USERS}?{name}=tenant_01JH0000000000000000000000")).await;
            assert_eq!(foreign.told(), "404 entity_not_found", "{name}");
        }
    });
}

#[test]
fn metadata_that_comes_at_once_does_not_add_up_to_more_than_fifty_entries() {
    on_both_databases(async |app| {
        let user = app.make(&json!({"email": "ann@example.test"})).await;
        let id = user["id"].as_str().unwrap();
        let bodies: Vec<_> = (0..12)
            .map(|call| {
                let ten: serde_json::Map<_, _> = (0..10).map(|n| (format!("{call}-{n}"), json!("v"))).collect();
                json!({"metadata": ten})
            })
            .collect();
        let answers = join_all(bodies.iter().map(|body| app.put(id, body))).await;
        let told: Vec<_> = answers.iter().filter(|answer| answer.status != 200).map(Answer::told).collect();
        assert_eq!(told, ["400 invalid_metadata"; 7]);
        let found = app.get(&format!("{USERS}/{id}")).await;
        assert_eq!(found.body["metadata"].as_object().unwrap().len(), 50);
    });
}

#[test]
fn all_the_metadata_that_a_user_may_have_fits_into_one_call() {
    on_both_databases(async |app| {
        let full = |text: &str| -> serde_json::Map<_, _> {
            (0..50).map(|n| (format!("{n:ü<40}"), json!(text.repeat(600)))).collect()
        };
        let made = app.make(&json!({"email": "ann@example.test", "metadata": full("\u{1f511}")})).await;
        assert_eq!(made["metadata"], json!(full("\u{1f511}")));
        let id = made["id"].as_str().unwrap();
        let changed = app.put(id, &json!({"metadata": full("ü")})).await;
        assert_eq!(changed.body["metadata"], json!(full("ü")));
        let padding = "x".repeat(256 * 1024);
        assert_eq!(app.put(id, &json!({"x": padding})).await.told(), "413 payload_too_large");
        let refused = app.post(USERS, &json!({"email": "bob@example.test", "x": padding})).await;
        assert_eq!(refused.told(), "413 payload_too_large");
        let ordinary = json!({"email": "ann@example.test", "x": "x".repeat(16 * 1024)});
        assert_eq!(app.workflow("request-password-reset", &ordinary).await.told(), "413 payload_too_large");
    });
}

#[test]
fn a_program_is_told_in_json_that_nothing_is_there() {
    on_both_databases(async |app| {
        for path in ["/auth/factors/x/challenge", "/organizations"] {
            let missing = app.post(path, &json!({})).await;
            assert_eq!(missing.told(), "404 not_found", "{path}: {}", missing.text);
            let asked = app.send(Method::GET, path, &[("accept", "application/json")], None).await;
            assert_eq!(asked.told(), "404 not_found", "{path}: {}", asked.text);
            let page = app.send(Method::GET, path, &[("accept", "text/html,*/*;q=0.8")], None).await;
            assert!(page.status == 404 && page.text.starts_with("<!"), "{path}: {}", page.text);
        }
    });
}

#[test]
fn metadata_is_merged_bounded_and_emptied() {
    on_both_databases(async |app| {
        let user = app.make(&json!({"email": "ann@example.test", "metadata": {"plan": "pro", "gone": null}})).await;
        assert_eq!(user["metadata"], json!({"plan": "pro"}));
        let id = user["id"].as_str().unwrap();
        let merged = app.put(id, &json!({"metadata": {"seat": "7", "plan": null}})).await;
        assert_eq!(merged.body["metadata"], json!({"seat": "7"}));
        let at_most: Value = (0..49).map(|n| (format!("k{n}"), json!("v"))).collect();
        assert_eq!(app.put(id, &json!({"metadata": at_most})).await.status, 200);
        for refused in [
            json!({"one more": "v"}),
            json!({"k".repeat(41): "v"}),
            json!({"": "v"}),
            json!({"k1": "v".repeat(601)}),
            json!({"k1": 1}),
            json!({"k1": {"a": "b"}}),
        ] {
            let answer = app.put(id, &json!({"metadata": refused})).await;
            assert_eq!(answer.told(), "400 invalid_metadata", "{refused}");
            let new = json!({"email": "bob@example.test", "metadata": refused});
            let expected = if refused == json!({"one more": "v"}) { 201 } else { 400 };
            assert_eq!(app.post(USERS, &new).await.status, expected, "{refused}");
        }
        assert_eq!(app.put(id, &json!({"metadata": {"k1": null, "one more": "v"}})).await.status, 200);
        assert_eq!(app.put(id, &json!({"metadata": null})).await.body["metadata"], json!({}));
        app.put(id, &json!({"metadata": ["k"]})).await.names(&[("metadata", "invalid_type")]);
    });
}

#[test]
fn what_a_user_must_not_be_is_refused_in_the_words_of_the_dialect() {
    on_both_databases(async |app| {
        app.make(&json!({"email": "ann@example.test", "external_id": "7"})).await;
        let bob = app.make(&json!({"email": "bob@example.test"})).await;
        let id = bob["id"].as_str().unwrap();
        for (new, inner) in [
            (json!({"email": "ANN@example.test"}), "email_not_available"),
            (json!({"email": "cyd@example.test", "external_id": "7"}), "external_id_already_used"),
            (json!({"email": "no address"}), "invalid_email"),
        ] {
            let refused = app.post(USERS, &new).await;
            assert_eq!(refused.told(), "400 user_creation_error", "{new}");
            assert_eq!(refused.text_at("/errors/0/code"), inner);
            refused.text_at("/errors/0/message");
        }
        for (change, code) in [
            (json!({"email": "ann@example.test"}), "email_not_available"),
            (json!({"external_id": "7"}), "external_id_already_used"),
            (json!({"email": "no address"}), "invalid_email"),
            (json!({"locale": "no locale"}), "invalid_locale"),
        ] {
            let refused = app.put(id, &change).await;
            assert_eq!(refused.told(), format!("400 {code}"), "{change}");
            assert!(refused.body.get("error").is_none(), "{}", refused.text);
        }
        let weak = json!({"email": "cyd@example.test", "password": "short"});
        for refused in [app.post(USERS, &weak).await, app.put(id, &weak).await] {
            assert_eq!(refused.told(), "400 password_strength_error");
            assert_eq!(refused.body["errors"][0]["message"], "Password must be at least 15 characters long.");
            refused.text_at("/errors/0/code");
        }
        app.post(USERS, &json!({"email": ["ann@example.test"], "external_id": "é"}))
            .await
            .names(&[("email", "invalid_type"), ("external_id", "invalid_characters")]);
        assert_eq!(app.get(&format!("{USERS}/{id}")).await.body, bob, "nothing of it was done");
    });
}

#[test]
fn of_users_made_at_once_with_one_external_id_or_address_only_one_is() {
    on_both_databases(async |app| {
        for (field, code) in [("external_id", "external_id_already_used"), ("email", "email_not_available")] {
            let bodies: Vec<_> = (0..8)
                .map(|n| {
                    let mut body =
                        json!({"email": format!("{field}{n}@example.test"), "external_id": format!("{field}{n}")});
                    body[field] = json!(format!("{field}@example.test"));
                    body
                })
                .collect();
            let answers = futures_util::future::join_all(bodies.iter().map(|body| app.post(USERS, body))).await;
            let (made, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.status == 201);
            assert_eq!(made.len(), 1, "{field}");
            for answer in refused {
                assert_eq!(answer.told(), "400 user_creation_error", "{}", answer.text);
                assert_eq!(answer.text_at("/errors/0/code"), code);
            }
        }
    });
}

#[test]
fn a_change_changes_what_it_names_and_a_password_ends_the_sessions() {
    on_both_databases(async |app| {
        let new = json!({"email": "ann@example.test", "first_name": "Ann", "last_name": "Lee",
            "email_verified": true, "external_id": "7", "password": PASSWORD});
        let user = app.make(&new).await;
        let id = user["id"].as_str().unwrap().parse().unwrap();
        assert_eq!(app.sign_in("ann@example.test", PASSWORD).await.status, 200);
        let changed = app.put(user["id"].as_str().unwrap(), &json!({"first_name": "Anna", "external_id": null})).await;
        assert_eq!(
            (changed.text_at("/name").as_str(), &changed.body["external_id"], &changed.body["email_verified"]),
            ("Anna Lee", &Value::Null, &json!(true))
        );
        let sessions = format!("{USERS}/{}/sessions", user["id"].as_str().unwrap());
        assert_eq!(app.get(&sessions).await.body["data"].as_array().map(Vec::len), Some(1));
        let changed = app.put(user["id"].as_str().unwrap(), &json!({"password": NEW_PASSWORD})).await;
        assert_eq!(changed.status, 200, "{}", changed.text);
        assert_eq!(app.get(&sessions).await.body["data"].as_array().map(Vec::len), Some(0));
        assert_eq!(app.sign_in("ann@example.test", PASSWORD).await.told(), "400 invalid_credentials");
        assert_eq!(app.sign_in("ann@example.test", NEW_PASSWORD).await.status, 200);
        let moved = app.put(user["id"].as_str().unwrap(), &json!({"email": "anna@example.test"})).await;
        assert_eq!(moved.body["email_verified"], json!(false), "nobody has shown that they read it");
        app.drain().await;
        assert_eq!(app.count_events(id, "user.updated").await, 3);
        assert_eq!(app.count_events(id, "session.revoked").await, 1);
    });
}
