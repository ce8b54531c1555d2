//! The funnel of the overview: who came as far as the form for a new password.

use std::time::Duration;

use crate::support::app::{NEW_PASSWORD, PASSWORD, TestApp, on_both_databases};
use crate::support::console::{Browser, Operator, leads_to};
use crate::support::http::Answer;
use crate::support::proofs::{Mode, with_password};

const PAGE: &str = "/reset-password";
const ANN: &str = "ann@example.test";

/// What the overview says of a stretch of time.
async fn overview(app: &TestApp, olga: &mut Operator, range: &str) -> Answer {
    let page = olga.get(app, &format!("/console/applications/{}/overview?range={range}", app.application)).await;
    assert_eq!(page.status, 200, "{}", page.text);
    page
}

/// Requested, sent, opened and completed, the same over every stretch.
async fn funnel(app: &TestApp, olga: &mut Operator) -> [u32; 4] {
    let mut seen = Vec::new();
    for range in ["24h", "7d", "30d"] {
        let page = overview(app, olga, range).await;
        let steps = page.text.split("<div class=\"words\"><span>").skip(1);
        let (names, numbers): (Vec<_>, Vec<u32>) = steps
            .map(|step| {
                let number = step.split("<strong>").nth(1).unwrap().split('<').next().unwrap();
                (step.split('<').next().unwrap().to_owned(), number.parse::<u32>().unwrap())
            })
            .unzip();
        assert_eq!(names, ["Requested", "Mail sent", "Opened form", "Completed"]);
        seen.push(<[u32; 4]>::try_from(numbers).unwrap());
    }
    assert!(seen.iter().all(|one| *one == seen[0]), "{seen:?}");
    seen[0]
}

/// What a scanner does with a link: it follows where that leads, and keeps no
/// cookie.
async fn scanned(app: &TestApp, token: &str) {
    let moved = Browser::default().get(app, &format!("{PAGE}?token={token}")).await;
    assert_eq!(leads_to(&moved), PAGE);
    assert_eq!(Browser::default().get(app, PAGE).await.status, 404);
}

/// What somebody sees who opens a link.
async fn opened(app: &TestApp, token: &str) -> (Browser, Answer) {
    let mut browser = Browser::default();
    assert_eq!(leads_to(&browser.get(app, &format!("{PAGE}?token={token}")).await), PAGE);
    let page = browser.get(app, PAGE).await;
    (browser, page)
}

/// What the page's script does at the first key or pointer.
async fn is_read(app: &TestApp, browser: &mut Browser, form: &Answer) {
    assert_eq!(browser.submit(app, form, "/reset-password/opened", &[]).await.status, 204);
}

const CHOSEN: [(&str, &str); 2] = [("new_password", NEW_PASSWORD), ("repeat_password", NEW_PASSWORD)];

#[test]
fn a_form_counts_once_however_often_it_is_opened_and_a_scanner_not_at_all() {
    on_both_databases(async |app| {
        let user = app.user(ANN).await;
        app.user("bob@example.test").await;
        let mut olga = Operator::joined(app, "olga@example.test").await;
        let token = app.link_token(ANN).await;
        let other = app.link_token("bob@example.test").await;
        for token in [&token, &other] {
            scanned(app, token).await;
        }
        assert_eq!(funnel(app, &mut olga).await, [2, 2, 0, 0]);
        let events = app.events(user).await;
        let (mut browser, mut form) = opened(app, &token).await;
        for _ in 0..3 {
            (browser, form) = opened(app, &token).await;
            assert_eq!(form.status, 200);
        }
        assert_eq!(funnel(app, &mut olga).await, [2, 2, 0, 0], "a GET counts nothing, with cookies or without");
        for _ in 0..3 {
            is_read(app, &mut browser, &form).await;
        }
        assert_eq!(funnel(app, &mut olga).await, [2, 2, 1, 0]);
        assert_eq!(app.events(user).await, events, "opening is no event");
        let page = overview(app, &mut olga, "24h").await;
        assert!(page.text.contains("class=\"key4\">form opened, no more") && page.text.contains("fill=\"#000004\""));
        assert_eq!(leads_to(&browser.submit(app, &form, PAGE, &CHOSEN).await), "/reset-password/done?application=shop");
        assert_eq!(funnel(app, &mut olga).await, [2, 2, 1, 1]);
        let page = overview(app, &mut olga, "24h").await;
        assert!(!page.text.contains("through the API"), "every completed one came through the form: {}", page.text);
        assert!(!page.text.contains("fill=\"#000004\""), "nobody is counted twice");
        let row = "<td class=\"number\">2</td><td class=\"number\">1</td><td class=\"number\">1</td>";
        assert!(page.text.contains(row), "the table says the same: {}", page.text);
        app.drain().await;
    });
}

#[test]
fn a_link_that_cannot_be_used_any_more_opens_no_form() {
    on_both_databases(async |app| {
        app.user(ANN).await;
        let replaced = app.link_token(ANN).await;
        app.advance(Duration::from_secs(61));
        let late = app.link_token(ANN).await;
        assert_eq!(opened(app, &replaced).await.1.status, 410);
        assert_eq!(opened(app, &"z".repeat(43)).await.1.status, 404);
        app.advance(Duration::from_secs(31 * 60));
        assert_eq!(opened(app, &late).await.1.status, 410);
        let mut olga = Operator::joined(app, "olga@example.test").await;
        assert_eq!(funnel(app, &mut olga).await, [2, 2, 0, 0]);
        app.drain().await;
    });
}

#[test]
fn only_who_holds_the_form_can_say_that_it_is_read() {
    on_both_databases(async |app| {
        app.user(ANN).await;
        let token = app.link_token(ANN).await;
        let (mut browser, _) = opened(app, &token).await;
        let (mut other, foreign) = (Browser::default(), Browser::default().get(app, "/forgot-password").await);
        assert_eq!(browser.submit(app, &foreign, "/reset-password/opened", &[]).await.status, 204);
        assert_eq!(other.submit(app, &foreign, "/reset-password/opened", &[]).await.status, 204);
        assert_eq!(app.database.number("SELECT count(form_opened_at) AS n FROM password_resets").await, 0);
    });
}

#[test]
fn a_code_counts_when_it_led_to_the_form() {
    on_both_databases(async |app| {
        app.user(ANN).await;
        app.mail_codes().await;
        let mut olga = Operator::joined(app, "olga@example.test").await;
        let mut browser = Browser::default();
        let page = browser.get(app, "/forgot-password").await;
        let sent = browser.submit(app, &page, "/forgot-password", &[("email", ANN)]).await;
        assert_eq!(leads_to(&sent), "/reset-password/code");
        let code = app.latest_mail().await.verification_code();
        let page = browser.get(app, "/reset-password/code").await;
        let wrong = if code == "00000000" { "11111111" } else { "00000000" };
        assert_eq!(browser.submit(app, &page, "/reset-password/code", &[("code", wrong)]).await.status, 422);
        assert_eq!(leads_to(&browser.get(app, PAGE).await), "/reset-password/code");
        let proven = browser.submit(app, &page, "/reset-password/code", &[("code", &code)]).await;
        assert_eq!(leads_to(&proven), PAGE);
        assert_eq!(funnel(app, &mut olga).await, [1, 1, 0, 0], "a right code is not a form yet");
        let form = browser.get(app, PAGE).await;
        assert_eq!((form.status, browser.get(app, PAGE).await.status), (200, 200));
        assert_eq!(funnel(app, &mut olga).await, [1, 1, 0, 0]);
        is_read(app, &mut browser, &form).await;
        assert_eq!(funnel(app, &mut olga).await, [1, 1, 1, 0]);
        assert_eq!(browser.submit(app, &form, PAGE, &CHOSEN).await.status, 303);
        assert_eq!(funnel(app, &mut olga).await, [1, 1, 1, 1]);
        app.drain().await;
    });
}

#[test]
fn resets_that_an_application_finishes_itself_are_said_to_be_missing() {
    on_both_databases(async |app| {
        let ann = app.user(ANN).await;
        let bob = app.user("bob@example.test").await;
        let mut olga = Operator::joined(app, "olga@example.test").await;
        let proof = Mode::Link.proof(app, ann).await;
        assert_eq!(app.workflow("reset-password", &with_password(&proof, NEW_PASSWORD)).await.status, 200);
        app.drain().await;
        assert_eq!(funnel(app, &mut olga).await, [1, 1, 0, 1]);
        let page = overview(app, &mut olga, "24h").await;
        assert!(page.text.contains("All resets that were completed did not pass the form here"), "{}", page.text);
        let proof = Mode::HandedOver.proof(app, bob).await;
        let (mut browser, form) = opened(app, proof["passwordResetCode"].as_str().unwrap()).await;
        assert_eq!(browser.submit(app, &form, PAGE, &CHOSEN).await.status, 303);
        app.drain().await;
        assert_eq!(funnel(app, &mut olga).await, [2, 1, 1, 2]);
        let page = overview(app, &mut olga, "24h").await;
        assert!(page.text.contains("1 completed reset did not pass the form here"), "{}", page.text);
        app.advance(Duration::from_secs(26 * 60 * 60));
        let code = olga.code(app);
        olga.signs_in(app, PASSWORD, &code).await;
        assert!(overview(app, &mut olga, "24h").await.text.contains("Nothing happened in this time"));
        assert!(overview(app, &mut olga, "7d").await.text.contains("1 completed reset did not pass"));
    });
}

#[test]
fn a_form_that_cannot_be_noted_is_shown_and_works() {
    on_both_databases(async |app| {
        app.user(ANN).await;
        let token = app.link_token(ANN).await;
        for sql in match app.database.kind() {
            "PostgreSQL" => vec![
                "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'refused'; END $$",
                "CREATE TRIGGER refuse BEFORE UPDATE OF form_opened_at ON password_resets \
                 FOR EACH ROW EXECUTE FUNCTION refuse()",
            ],
            _ => vec![
                "CREATE TRIGGER refuse BEFORE UPDATE OF form_opened_at ON password_resets \
                 BEGIN SELECT RAISE(ABORT, 'refused'); END",
            ],
        } {
            app.database.run(sql).await;
        }
        let (mut browser, form) = opened(app, &token).await;
        assert!(form.status == 200 && form.text.contains("name=\"new_password\""), "{}", form.text);
        is_read(app, &mut browser, &form).await;
        assert_eq!(app.database.number("SELECT count(form_opened_at) AS n FROM password_resets").await, 0);
        assert_eq!(browser.submit(app, &form, PAGE, &CHOSEN).await.status, 303);
        assert!(app.signs_in(ANN, NEW_PASSWORD).await);
        app.drain().await;
    });
}
