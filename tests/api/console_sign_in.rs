//! How operators come into the console, stay there and leave it.

use std::time::Duration;

use rekey::domain::audit::Chain;
use rekey::store::audit;
use reqwest::Method;

use crate::support::app::{NEW_PASSWORD, PASSWORD, TestApp, on_both_databases};
use crate::support::console::{Browser, Operator, encoded, invitation, leads_to, token};

const MINUTE: Duration = Duration::from_secs(60);
const OLGA: &str = "olga@example.test";

async fn acts(app: &TestApp) -> Vec<String> {
    let all = audit::following(app.app.engine.database.read(), Chain::Operators, 0, i64::MAX).await.unwrap();
    all.into_iter().map(|linked| linked.entry.action).collect()
}

#[test]
fn an_invitation_makes_an_operator_once() {
    on_both_databases(async |app| {
        let link = invitation(app).await;
        let mut early = Browser::default();
        early.get(app, &link).await;
        let mut olga = Operator::joining(app, &link, OLGA).await;
        let home = olga.get(app, "/console").await;
        assert_eq!(leads_to(&home), format!("/console/applications/{}/overview", app.application));
        let late = early.get(app, "/console/join").await;
        assert_eq!(late.status, 410);
        assert!(late.text.contains("This invitation was used"));
        let unknown = early.get(app, "/console/join?token=nonsense").await;
        assert_eq!(leads_to(&unknown), "/console/join");
        assert!(early.get(app, "/console/join").await.text.contains("not known here"));
        assert_eq!(acts(app).await, ["operator.invited", "operator.joined"]);
    });
}

#[test]
fn an_invitation_is_over_after_a_quarter_of_an_hour_at_each_step() {
    on_both_databases(async |app| {
        let mut browser = Browser::default();
        browser.get(app, &invitation(app).await).await;
        let page = browser.get(app, "/console/join").await;
        assert!(browser.0.contains_key("__Host-rekey-console-invitation"), "{:?}", browser.0);
        app.advance(15 * MINUTE);
        let fields = [("name", "Olga"), ("email", OLGA), ("password", PASSWORD), ("repeat", PASSWORD)];
        let late = browser.submit(app, &page, "/console/join", &fields).await;
        assert_eq!(late.status, 410, "{}", late.text);
        assert_eq!(browser.get(app, "/console/join").await.status, 410);
        assert_eq!(browser.get(app, "/console/join/authenticator").await.status, 410);
    });
}

#[test]
fn a_weak_password_two_passwords_and_a_wrong_code_are_told_apart() {
    on_both_databases(async |app| {
        let mut browser = Browser::default();
        browser.get(app, &invitation(app).await).await;
        let page = browser.get(app, "/console/join").await;
        for (password, repeat, told) in [
            ("tiny-one", "tiny-one", "Too short: use at least 15 characters"),
            ("passwordpassword", "passwordpassword", "among the first passwords"),
            (PASSWORD, NEW_PASSWORD, "The two passwords differ"),
        ] {
            let fields = [("name", "Olga"), ("email", OLGA), ("password", password), ("repeat", repeat)];
            let answer = browser.submit(app, &page, "/console/join", &fields).await;
            assert_eq!(answer.status, 422);
            assert!(answer.text.contains(told), "{told}: {}", answer.text);
            assert!(!answer.text.contains(password), "never shown again");
        }
        let skipped = browser.get(app, "/console/join/authenticator").await;
        assert_eq!(leads_to(&skipped), "/console/join", "first the password");
        let code = browser.submit(app, &page, "/console/join/authenticator", &[("code", "000000")]).await;
        assert_eq!(code.status, 422);
    });
}

#[test]
fn signing_in_takes_address_password_and_a_fresh_code() {
    on_both_databases(async |app| {
        let mut olga = Operator::joined(app, OLGA).await;
        let used = olga.code(app);
        let again = olga.signs_in(app, PASSWORD, &used).await;
        assert_eq!(again.status, 422, "the code that joined is used");
        app.advance(MINUTE);
        let code = olga.code(app);
        let wrong = [olga.signs_in(app, NEW_PASSWORD, &code).await, olga.signs_in(app, PASSWORD, "000000").await, {
            let mut nobody =
                Operator { email: "nobody@example.test".into(), ..Operator::joined(app, "x@example.test").await };
            nobody.signs_in(app, PASSWORD, &code).await
        }];
        for answer in &wrong {
            assert_eq!(answer.status, 422);
            assert!(answer.text.contains("The address, the password or the code is not right."));
            assert_eq!(answer.headers.keys().collect::<Vec<_>>(), wrong[0].headers.keys().collect::<Vec<_>>());
        }
        let done = olga.signs_in(app, PASSWORD, &code).await;
        assert_eq!(leads_to(&done), "/console");
        assert!(done.headers["set-cookie"].contains("__Host-rekey-console="), "{:?}", done.headers);
        assert!(done.headers["set-cookie"].contains("HttpOnly; SameSite=Strict; Secure; Path=/"));
        assert_eq!(olga.get(app, "/console/account").await.status, 200);
    });
}

#[test]
fn every_sign_in_is_a_session_of_its_own_and_planted_cookies_are_not_taken_over() {
    on_both_databases(async |app| {
        let mut olga = Operator::joined(app, OLGA).await;
        let first = olga.browser.clone();
        app.advance(MINUTE);
        let code = olga.code(app);
        olga.browser.0.insert("__Host-rekey-console".into(), "planted".into());
        let page = olga.browser.get(app, "/console/sign-in").await;
        let fields = [("email", OLGA), ("password", PASSWORD), ("code", &code), ("next", "/console/operators")];
        let done = olga.browser.submit(app, &page, "/console/sign-in", &fields).await;
        assert_eq!(leads_to(&done), "/console/operators");
        let (one, two) = (&first.0["__Host-rekey-console"], &olga.browser.0["__Host-rekey-console"]);
        assert!(one != two && two != "planted" && two.len() == 43);
        let mut first = first;
        let account = first.get(app, "/console/account").await;
        assert_eq!(account.text.matches("<strong>A browser</strong>").count(), 2, "{}", account.text);
        let path = account.text.split("action=\"/console/account/sessions/").nth(1).unwrap().split('"').next().unwrap();
        let path = format!("/console/account/sessions/{path}");
        let ended = first.submit(app, &account, &path, &[]).await;
        assert_eq!(leads_to(&ended), "/console/account");
        assert!(leads_to(&olga.get(app, "/console/account").await).starts_with("/console/sign-in"));
        assert_eq!(first.get(app, "/console/account").await.status, 200);
    });
}

#[test]
fn a_session_ends_when_idle_when_old_and_when_signed_out() {
    on_both_databases(async |app| {
        let mut olga = Operator::joined(app, OLGA).await;
        app.advance(14 * MINUTE);
        assert_eq!(olga.get(app, "/console/account").await.status, 200);
        app.advance(15 * MINUTE);
        let idle = olga.get(app, "/console/account").await;
        assert_eq!(leads_to(&idle), "/console/sign-in?next=%2Fconsole%2Faccount");

        let code = olga.code(app);
        olga.signs_in(app, PASSWORD, &code).await;
        for _ in 0..47 {
            app.advance(10 * MINUTE);
            assert_eq!(olga.get(app, "/console/account").await.status, 200);
        }
        app.advance(10 * MINUTE);
        assert_eq!(olga.get(app, "/console/account").await.status, 303, "eight hours");

        let code = olga.code(app);
        olga.signs_in(app, PASSWORD, &code).await;
        let kept = olga.browser.clone();
        let out = olga.act(app, "/console/account", "/console/sign-out", &[]).await;
        assert_eq!(leads_to(&out), "/console/sign-in");
        olga.browser = kept;
        assert_eq!(olga.get(app, "/console/account").await.status, 303, "the cookie alone is worth nothing");
    });
}

#[test]
fn guessing_is_slowed_down_per_account_and_a_success_forgets_it() {
    on_both_databases(async |app| {
        let mut olga = Operator::joined(app, OLGA).await;
        for _ in 0..10 {
            assert_eq!(olga.signs_in(app, NEW_PASSWORD, "000000").await.status, 422);
        }
        app.advance(Duration::from_secs(1));
        let code = olga.code(app);
        let waits = olga.signs_in(app, PASSWORD, &code).await;
        assert_eq!(waits.status, 429, "{}", waits.text);
        assert!(waits.text.contains("Too many attempts"));
        app.advance(MINUTE);
        let code = olga.code(app);
        assert_eq!(olga.signs_in(app, PASSWORD, &code).await.status, 303);
        assert_eq!(olga.signs_in(app, NEW_PASSWORD, "000000").await.status, 422, "counted anew");
    });
}

#[test]
fn forms_from_elsewhere_do_nothing() {
    on_both_databases(async |app| {
        let mut olga = Operator::joined(app, OLGA).await;
        let page = olga.get(app, "/console/account").await;
        let good = encoded(&token(&page), &[]);
        let other = Operator::joined(app, "x@example.test").await.get(app, "/console/account").await;
        let forged: [(&[(&str, &str)], String); 5] = [
            (&[("sec-fetch-site", "cross-site")], good.clone()),
            (&[("origin", "https://evil.test")], good.clone()),
            (&[], encoded("", &[])),
            (&[], String::new()),
            (&[], encoded(&token(&other), &[])),
        ];
        for (headers, form) in forged {
            let answer = olga.browser.send(app, Method::POST, "/console/sign-out", headers, Some(form.clone())).await;
            assert_eq!(answer.status, 403, "{headers:?} {form}");
        }
        assert_eq!(olga.get(app, "/console/account").await.status, 200, "still signed in");
        let mut browser = Browser::default();
        browser.get(app, "/console/sign-in").await;
        let fields = [("email", OLGA), ("password", PASSWORD), ("code", "000000"), ("next", "")];
        let login = browser.send(app, Method::POST, "/console/sign-in", &[], Some(encoded("x", &fields))).await;
        assert_eq!(login.status, 403);
        assert!(login.text.contains("too old, or did not come from here"));
    });
}

#[test]
fn whoever_is_led_here_by_another_site_comes_again_with_their_cookie() {
    on_both_databases(async |app| {
        let mut olga = Operator::joined(app, OLGA).await;
        let led = app.send(Method::GET, "/console/account", &[("sec-fetch-site", "cross-site")], None).await;
        assert_eq!(led.status, 200);
        assert!(led.text.contains("http-equiv=\"refresh\"") && !led.text.contains("Olga"));
        assert_eq!(olga.get(app, "/console/account").await.status, 200);
        let away = app.send(Method::GET, "/console/sign-in?next=https://evil.test/", &[], None).await;
        assert!(!away.text.contains("evil.test"), "nobody is led out of here");
    });
}

#[test]
fn the_command_line_gives_an_operator_back_who_has_lost_their_telephone() {
    on_both_databases(async |app| {
        let mut olga = Operator::joined(app, OLGA).await;
        let before = olga.browser.clone();
        let mut again = Operator::joined(app, "OLGA@example.test").await;
        assert_eq!(again.get(app, "/console/account").await.status, 200);
        olga.browser = before;
        assert_eq!(olga.get(app, "/console/account").await.status, 303, "signed out everywhere");
        app.advance(MINUTE);
        let old = olga.code(app);
        assert_eq!(olga.signs_in(app, PASSWORD, &old).await.status, 422, "the old telephone is worth nothing");
        let operators = again.get(app, "/console/operators").await;
        assert_eq!(operators.text.matches("<th scope=\"row\">").count(), 1, "one operator, not two");
    });
}
