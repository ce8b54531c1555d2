//! What somebody typed is not lost on the way: neither when they have to show
//! again who they are, nor when somebody else was faster, nor when a page is
//! loaded twice.

use std::time::Duration;

use serde_json::json;

use crate::support::app::{NEW_PASSWORD, PASSWORD, TestApp, on_both_databases};
use crate::support::console::{Browser, Operator, assert_asks_again, carried, leads_to};

const OLGA: &str = "olga@example.test";
const LATER: Duration = Duration::from_secs(301);
const SUBJECT: &str = "Reset <you> & \"me\"";

fn editor(app: &TestApp) -> String {
    format!("/console/applications/{}/email-templates/PASSWORD_UPDATED/all", app.application)
}

fn draft<'a>(version: &'a str, subject: &'a str) -> [(&'static str, &'a str); 4] {
    [("tenant", ""), ("version", version), ("subject", subject), ("note", "warmer words")]
}

#[test]
fn a_template_is_published_as_it_was_typed_once_its_author_is_proven() {
    on_both_databases(async |app| {
        let mut olga = Operator::joined(app, OLGA).await;
        let (page, publish) = (editor(app), format!("{}/publish", editor(app)));
        app.advance(LATER);
        let asked = olga.act(app, &page, &publish, &draft("0", SUBJECT)).await;
        assert_eq!(asked.status, 403, "not done yet");
        let kept = carried(&asked);
        assert!(kept.contains(&("subject".to_owned(), SUBJECT.to_owned())), "{kept:?}");
        let again = olga.goes_on(app, &asked, NEW_PASSWORD).await;
        assert_eq!(again.status, 422, "{}", again.text);
        assert!(again.text.contains("The password or the code is not right") && !again.text.contains(NEW_PASSWORD));
        let done = olga.goes_on(app, &again, PASSWORD).await;
        assert_eq!(leads_to(&done), page, "{}", done.text);
        let shown = olga.get(app, &page).await;
        assert!(shown.text.contains("version 1 is published"), "{}", shown.text);
        assert!(shown.text.contains("Reset &lt;you&gt; &amp; &quot;me&quot;"), "{}", shown.text);
    });
}

#[test]
fn a_proof_gives_the_session_a_new_token_whatever_becomes_of_the_act() {
    on_both_databases(async |app| {
        let mut olga = Operator::joined(app, OLGA).await;
        let page = editor(app);
        app.advance(LATER);
        let nowhere = format!("{page}/history");
        let asked = olga.act(app, &page, &nowhere, &[("number", "7"), ("tenant", "")]).await;
        let before = olga.browser.clone();
        let gone = olga.goes_on(app, &asked, PASSWORD).await;
        assert_eq!(gone.status, 404, "there is no such version: {}", gone.text);
        assert_eq!(olga.get(app, &page).await.status, 200);
        let mut old = Operator { browser: before, phone: olga.phone, email: olga.email };
        assert_eq!(old.get(app, &page).await.status, 303, "the token of before is over");
    });
}

#[test]
fn no_password_is_carried_over_and_no_token_is_taken_from_elsewhere() {
    on_both_databases(async |app| {
        let mut olga = Operator::joined(app, OLGA).await;
        let (page, publish) = (editor(app), format!("{}/publish", editor(app)));
        app.advance(LATER);
        let fields =
            [("tenant", ""), ("version", "0"), ("subject", "x"), ("password", "hunter22"), ("client_secret", "s3cr3t")];
        let asked = olga.act(app, &page, &publish, &fields).await;
        assert_asks_again(&asked);
        assert!(!asked.text.contains("hunter22") && !asked.text.contains("s3cr3t"), "{}", asked.text);
        let code = olga.code(app);
        let mut all = draft("0", "x").to_vec();
        all.extend([("confirm_password", PASSWORD), ("confirm_code", &code)]);
        let forged = crate::support::console::encoded("forged", &all);
        let refused = olga.browser.send(app, reqwest::Method::POST, &publish, &[], Some(forged)).await;
        assert_eq!(refused.status, 403);
        assert!(!olga.get(app, &page).await.text.contains("version 1 is published"));
    });
}

#[test]
fn whoever_comes_second_is_told_whose_text_they_see_and_where_the_other_one_is() {
    on_both_databases(async |app| {
        let mut olga = Operator::joined(app, OLGA).await;
        let page = editor(app);
        assert_eq!(leads_to(&olga.act(app, &page, &page, &draft("0", "Theirs")).await), page);
        let mine = olga.act(app, &page, &page, &draft("0", "Mine")).await;
        assert_eq!(mine.status, 422, "{}", mine.text);
        assert!(
            mine.text.contains("Olga changed this meanwhile. What you see below is still your own text"),
            "{}",
            mine.text
        );
        assert!(mine.text.contains("not saved") && !mine.text.contains("newest version"));
        assert!(mine.text.contains(">Mine</textarea>"), "{}", mine.text);
        let theirs = format!("<a href=\"{page}\" target=\"_blank\" rel=\"noopener\">Show theirs");
        assert!(mine.text.contains(&theirs), "{}", mine.text);
        assert!(olga.get(app, &page).await.text.contains(">Theirs</textarea>"));
    });
}

#[test]
fn nobody_outside_can_keep_an_operator_from_proving_themselves() {
    on_both_databases(async |app| {
        let mut olga = Operator::joined(app, OLGA).await;
        let inside = olga.browser.clone();
        for _ in 0..10 {
            assert_eq!(olga.signs_in(app, NEW_PASSWORD, "000000").await.status, 422);
        }
        app.advance(Duration::from_secs(1));
        let code = olga.code(app);
        let out = olga.signs_in(app, PASSWORD, &code).await;
        assert_eq!(out.status, 429);
        assert!(out.headers["retry-after"].parse::<u64>().unwrap() >= 1, "{:?}", out.headers);
        olga.browser = inside;
        app.advance(Duration::from_secs(30));
        olga.confirms(app).await;
    });
}

#[test]
fn wrong_proofs_are_counted_for_the_session_that_sends_them() {
    on_both_databases(async |app| {
        let mut olga = Operator::joined(app, OLGA).await;
        let page = olga.get(app, "/console/confirm").await;
        let wrong = [("password", NEW_PASSWORD), ("code", "000000"), ("next", "")];
        for _ in 0..10 {
            assert_eq!(olga.browser.submit(app, &page, "/console/confirm", &wrong).await.status, 422);
        }
        app.advance(LATER);
        let fields = draft("0", "x");
        let publish = format!("{}/publish", editor(app));
        let asked = olga.act(app, &editor(app), &publish, &fields).await;
        for _ in 0..8 {
            olga.goes_on(app, &asked, NEW_PASSWORD).await;
        }
        let waits = olga.goes_on(app, &asked, PASSWORD).await;
        assert_eq!(waits.status, 429, "{}", waits.text);
        assert!(waits.headers["retry-after"].parse::<u64>().unwrap() >= 1, "{:?}", waits.headers);
        assert!(carried(&waits).contains(&("subject".to_owned(), "x".to_owned())), "what was typed is still there");
        let mut other = Operator { browser: Browser::default(), ..olga };
        let code = other.code(app);
        assert_eq!(other.signs_in(app, PASSWORD, &code).await.status, 303, "the account itself is not held up");
    });
}

#[test]
fn a_link_is_made_once_however_often_its_page_is_loaded() {
    on_both_databases(async |app| {
        let ann = app.user("ann@example.test").await;
        let mut olga = Operator::joined(app, OLGA).await;
        let path = format!("/console/applications/{}/users/{ann}", app.application);
        let page = olga.get(app, &path).await;
        let once = page.text.split("name=\"form_once\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let wish = [("minutes", "15"), ("reason", "call 17"), ("form_once", once.as_str())];
        let link = format!("{path}/link");
        let made = olga.browser.submit(app, &page, &link, &wish).await;
        assert!(made.status == 200 && made.text.contains("<code id=\"link\">"), "{}", made.text);
        app.advance(Duration::from_secs(120));
        let reload = olga.browser.submit(app, &page, &link, &wish).await;
        assert_eq!(leads_to(&reload), path);
        assert!(olga.get(app, &path).await.text.contains("That link was made and shown already"));
        let resets = app.get("/api/v1/password-resets").await;
        assert_eq!(resets.body["totalResults"], json!(1), "{}", resets.text);
        let another = olga.act(app, &path, &link, &[("minutes", "15"), ("reason", ""), ("form_once", "another")]).await;
        assert!(another.status == 200 && another.text.contains("<code id=\"link\">"), "a new form is a new wish");
        app.drain().await;
    });
}
