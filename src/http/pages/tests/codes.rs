//! Asking for a reset, and the way by code.

use super::world::{Browser, GOOD, Seen, World};
use crate::domain::policy::WorkflowOverrides;

const FORGOT: &str = "/forgot-password";
const CODE: &str = "/reset-password/code";

async fn ask(browser: &Browser<'_>, email: &str) -> Seen {
    let form = browser.get(FORGOT).await;
    browser.post("/forgot-password?application=portal", &form, &[("email", email)]).await
}

#[actix_web::test]
async fn a_request_ends_on_one_page_whatever_the_address() {
    let world = World::with(WorkflowOverrides::default()).await;
    let mut bodies = Vec::new();
    for email in ["ada@example.org", "nobody@example.org"] {
        let browser = Browser::new(&world);
        let sent = ask(&browser, email).await;
        assert_eq!((sent.status, sent.header("location")), (303, "/forgot-password/sent?application=portal"));
        assert!(sent.header("set-cookie").is_empty());
        bodies.push(browser.get(sent.header("location")).await.body);
    }
    assert_eq!(bodies[0], bodies[1]);
    assert!(bodies[0].contains("Check your email") && !bodies[0].contains("ada@"));
}

#[actix_web::test]
async fn an_address_that_is_none_is_explained_and_a_flood_is_429() {
    let world = World::with(WorkflowOverrides::default()).await;
    let browser = Browser::new(&world);
    let wrong = ask(&browser, "a@b.test, c@d.test").await;
    assert_eq!(wrong.status, 422);
    assert!(wrong.body.contains("href=\"#email\"") && wrong.body.contains("aria-describedby=\"email-error\""));
    for _ in 0..10 {
        assert_eq!(ask(&browser, "ada@example.org").await.status, 303);
    }
    let flood = ask(&browser, "ada@example.org").await;
    assert!(flood.status == 429 && !flood.header("retry-after").is_empty());
}

#[actix_web::test]
async fn an_application_that_does_not_exist_is_the_neutral_page() {
    let world = World::with(WorkflowOverrides::default()).await;
    let browser = Browser::new(&world);
    let id = world.application.id.to_string();
    for known in [format!("{FORGOT}?application={id}"), format!("{FORGOT}?tenant=default&utm_source=x")] {
        assert_eq!(browser.get(&known).await.status, 200, "{known}");
    }
    for unknown in ["application=other", "tenant=other", "application=%00", "application=portal&tenant=%27"] {
        assert_eq!(browser.get(&format!("{FORGOT}?{unknown}")).await.status, 404, "{unknown}");
    }
    world.add_application("second").await;
    assert_eq!(browser.get(FORGOT).await.status, 404);
    assert_eq!(browser.get("/forgot-password?application=second").await.status, 200);
    let lost = browser.get("/reset-password").await;
    assert!(lost.status == 404 && lost.body.contains("name=\"application\"") && !lost.body.contains("portal"));
    let unknown = browser.get(&format!("/reset-password?token={}", "z".repeat(43))).await;
    let unknown = browser.get(unknown.header("location")).await;
    assert!(unknown.status == 404 && unknown.body.contains("action=\"/forgot-password\""));
    assert_eq!(browser.get("/forgot-password?application=%20acme+PORTAL").await.status, 200);
}

#[actix_web::test]
async fn a_code_leads_to_the_password_and_its_handle_stays_out_of_the_address() {
    let world = World::by_code().await;
    let browser = Browser::new(&world);
    let sent = ask(&browser, "ada@example.org").await;
    assert_eq!((sent.status, sent.header("location")), (303, CODE));
    let code = world.issue().await.unwrap();
    assert_eq!(browser.get("/reset-password").await.header("location"), CODE, "no step can be skipped");
    let form = browser.get(CODE).await;
    assert!(form.body.contains("one-time-code") && form.body.contains("possible in 60 seconds"));
    let wrong = if code == "00000000" { "11111111" } else { "00000000" };
    for bad in [wrong, "1234", ""] {
        assert_eq!(browser.post(CODE, &form, &[("code", bad)]).await.status, 422);
    }
    let spaced = format!("{} {}", &code[..4], &code[4..]);
    let right = browser.post(CODE, &form, &[("code", &spaced)]).await;
    assert_eq!((right.status, right.header("location")), (303, "/reset-password"));
    let form = browser.get("/reset-password").await;
    assert!(form.body.contains("A…@Example.org") && !form.body.contains(&code));
    let fields = [("new_password", GOOD), ("repeat_password", GOOD)];
    assert_eq!(browser.post("/reset-password", &form, &fields).await.status, 303);
    assert!(world.password_is(GOOD).await);
}

#[actix_web::test]
async fn an_unknown_address_looks_the_same_through_code_and_resend() {
    let world = World::by_code().await;
    let mut seen = Vec::new();
    for email in ["ada@example.org", "nobody@example.org"] {
        let browser = Browser::new(&world);
        let started = ask(&browser, email).await;
        world.issue().await;
        let form = browser.get(CODE).await;
        let early = browser.post("/reset-password/code/resend", &form, &[]).await;
        assert!(early.status == 429 && early.body.contains("You can ask again in 60 seconds."));
        let wrong = browser.post(CODE, &form, &[("code", "00000000")]).await;
        let shape = |page: &Seen| (page.status, page.body.replace(page.form_token(), ""));
        seen.push((started.status, shape(&form), shape(&early), shape(&wrong)));
    }
    assert_eq!(seen[0], seen[1]);
}

#[actix_web::test]
async fn a_code_can_be_sent_again_after_its_wait_and_not_after_its_time() {
    let world = World::by_code().await;
    let browser = Browser::new(&world);
    ask(&browser, "ada@example.org").await;
    let code = world.issue().await.unwrap();
    world.pass(61);
    let form = browser.get(CODE).await;
    let again = browser.post("/reset-password/code/resend", &form, &[]).await;
    assert_eq!((again.status, again.header("location")), (303, "/reset-password/code?sent=1"));
    let form = browser.get(again.header("location")).await;
    assert!(form.body.contains("was sent again") && form.body.contains("possible in 2 minutes"));
    world.pass(600);
    let late = browser.post("/reset-password/code/resend", &form, &[]).await;
    assert_eq!((late.status, late.title()), (410, "This code has expired"));
    assert_eq!(browser.post(CODE, &form, &[("code", &code)]).await.title(), "This code has expired");
    let wrong = if code == "00000000" { "11111111" } else { "00000000" };
    assert_eq!(browser.post(CODE, &form, &[("code", wrong)]).await.status, 422);
}

#[actix_web::test]
async fn exhausted_codes_look_like_wrong_ones() {
    let world = World::by_code().await;
    let browser = Browser::new(&world);
    ask(&browser, "ada@example.org").await;
    let code = world.issue().await.unwrap();
    let form = browser.get(CODE).await;
    let wrong = if code == "00000000" { "11111111" } else { "00000000" };
    let mut last = String::new();
    for _ in 0..5 {
        last = browser.post(CODE, &form, &[("code", wrong)]).await.body;
    }
    assert_eq!(browser.post(CODE, &form, &[("code", &code)]).await.body, last);
}

#[actix_web::test]
async fn password_managers_are_led_to_the_form() {
    let world = World::with(WorkflowOverrides::default()).await;
    let seen = Browser::new(&world).get("/.well-known/change-password").await;
    assert_eq!((seen.status, seen.header("location")), (302, "/forgot-password"));
}
