//! From a link to a new password.

use actix_web::test::TestRequest;

use super::world::{Browser, GOOD, World};
use crate::domain::policy::WorkflowOverrides;
use crate::domain::reset::{Mode, Status};
use crate::store::resets;

const FLOW: &str = "__Host-rekey-flow";

fn twice(password: &str) -> [(&str, &str); 2] {
    [("new_password", password), ("repeat_password", password)]
}

async fn opened(browser: &Browser<'_>, token: &str) -> super::world::Seen {
    let moved = browser.get(&format!("/reset-password?token={token}")).await;
    assert_eq!((moved.status, moved.header("location")), (303, "/reset-password"));
    assert!(!moved.body.contains(token) && moved.header("set-cookie").contains("Max-Age=600"));
    browser.get("/reset-password").await
}

#[actix_web::test]
async fn a_link_of_either_mode_sets_the_password() {
    for mode in [Mode::EmailLink, Mode::ResetLink] {
        let world = World::with(WorkflowOverrides::default()).await;
        let browser = Browser::new(&world);
        let token = world.link(mode, world.user).await;
        let form = opened(&browser, &token).await;
        assert_eq!((form.status, form.title()), (200, "Choose a new password"));
        assert!(form.body.contains("A…@Example.org") && !form.body.contains("Ada@"), "{}", form.body);
        assert!(!form.body.contains(&token) && form.body.contains("At least 15 characters"));
        assert_eq!(form.header("cache-control"), "no-store");
        assert_eq!(form.header("referrer-policy"), "no-referrer");
        let done = browser.post("/reset-password", &form, &twice(GOOD)).await;
        assert_eq!((done.status, done.header("location")), (303, "/reset-password/done?application=portal"));
        assert!(browser.cookie(FLOW).is_none() && world.password_is(GOOD).await);
        let done = browser.get(done.header("location")).await;
        assert_eq!((done.status, done.title()), (200, "Your password was changed"));
    }
}

#[actix_web::test]
async fn opening_a_link_changes_nothing_however_often() {
    let world = World::with(WorkflowOverrides::default()).await;
    let token = world.link(Mode::EmailLink, world.user).await;
    for _ in 0..25 {
        let scanner = Browser::new(&world);
        assert_eq!(opened(&scanner, &token).await.status, 200);
        let head = TestRequest::default().method(actix_web::http::Method::HEAD);
        assert_eq!(scanner.send(head.uri(&format!("/reset-password?token={token}"))).await.status, 303);
        assert_eq!(opened(&scanner, &"z".repeat(43)).await.status, 404);
    }
    let pending = resets::list_pending(world.engine.database.read(), world.user).await.unwrap();
    assert_eq!((pending.len(), pending[0].status), (1, Status::Pending));
    let browser = Browser::new(&world);
    let form = opened(&browser, &token).await;
    assert_eq!(browser.post("/reset-password", &form, &twice(GOOD)).await.status, 303);
}

#[actix_web::test]
async fn a_refused_password_is_explained_and_the_link_stays_usable() {
    let world = World::with(WorkflowOverrides::default()).await;
    let browser = Browser::new(&world);
    let form = opened(&browser, &world.link(Mode::EmailLink, world.user).await).await;
    for (fields, said) in [
        (twice("short"), "Too short: use at least 15 characters."),
        (twice(""), "Enter a new password."),
        ([("new_password", GOOD), ("repeat_password", "other")], "The two passwords are not the same."),
    ] {
        let again = browser.post("/reset-password", &form, &fields).await;
        assert!(again.status == 422 && again.body.contains(said), "{}", again.body);
        assert!(again.body.contains("aria-invalid=\"true\"") && again.body.contains("<title>Error: "));
        assert!(!again.body.contains(GOOD), "a typed password must not come back");
    }
    assert_eq!(browser.post("/reset-password", &form, &twice(GOOD)).await.status, 303);
}

#[actix_web::test]
async fn each_dead_link_has_its_own_page_that_leads_to_a_new_one() {
    let world = World::with(WorkflowOverrides::default()).await;
    let browser = Browser::new(&world);
    let older = world.link(Mode::EmailLink, world.user).await;
    let newer = world.link(Mode::EmailLink, world.user).await;
    let page = opened(&browser, &older).await;
    assert_eq!((page.status, page.title()), (410, "There is a newer link"));
    assert!(page.body.contains("href=\"/forgot-password?application&#x3D;portal\""), "{}", page.body);
    let form = opened(&browser, &newer).await;
    assert_eq!(browser.post("/reset-password", &form, &twice(GOOD)).await.status, 303);
    let page = opened(&browser, &newer).await;
    assert_eq!((page.status, page.title()), (410, "This link was already used"));
    let late = world.link(Mode::ResetLink, world.user).await;
    world.pass(60 * 60);
    assert_eq!(opened(&browser, &late).await.title(), "This link has expired");
    for damaged in ["x", &"z".repeat(43), "%3Cscript%3Ealert(1)%3C/script%3E"] {
        let page = opened(&browser, damaged).await;
        assert_eq!((page.status, page.title()), (404, "This link is not recognised"));
        assert!(!page.body.contains("alert"));
    }
    assert_eq!(Browser::new(&world).get("/reset-password").await.title(), "Open your link again");
}

#[actix_web::test]
async fn a_lost_answer_is_given_again_and_another_password_is_not() {
    let world = World::with(WorkflowOverrides::default()).await;
    let (browser, token) = (Browser::new(&world), world.link(Mode::EmailLink, world.user).await);
    let form = opened(&browser, &token).await;
    let flow = browser.cookie(FLOW).unwrap();
    assert_eq!(browser.post("/reset-password", &form, &twice(GOOD)).await.status, 303);
    browser.plant(FLOW, &flow);
    assert_eq!(browser.post("/reset-password", &form, &twice(GOOD)).await.status, 303);
    browser.plant(FLOW, &flow);
    let other = browser.post("/reset-password", &form, &twice("another long password 7")).await;
    assert_eq!((other.status, other.title()), (410, "This link was already used"));
    assert!(world.password_is(GOOD).await);
}

#[actix_web::test]
async fn a_form_of_one_account_is_void_once_the_link_of_another_was_opened() {
    let world = World::with(WorkflowOverrides::default()).await;
    let browser = Browser::new(&world);
    let other = world.add_user("eve@example.org").await;
    let form = opened(&browser, &world.link(Mode::EmailLink, world.user).await).await;
    let others = opened(&browser, &world.link(Mode::EmailLink, other).await).await;
    assert!(others.body.contains("e…@example.org"));
    let refused = browser.post("/reset-password", &form, &twice(GOOD)).await;
    assert_eq!((refused.status, refused.title()), (403, "Please try that again"));
}

#[actix_web::test]
async fn a_form_from_elsewhere_or_without_its_token_is_refused() {
    let world = World::with(WorkflowOverrides::default()).await;
    let browser = Browser::new(&world);
    let form = opened(&browser, &world.link(Mode::EmailLink, world.user).await).await;
    let fields = [("form_token", form.form_token()), ("new_password", GOOD), ("repeat_password", GOOD)];
    let post = || TestRequest::post().uri("/reset-password");
    for (request, status) in [
        (post().set_form(fields).insert_header(("origin", "https://evil.test")), 403),
        (post().set_form(fields).insert_header(("sec-fetch-site", "cross-site")), 403),
        (post().set_form([("form_token", ""), fields[1], fields[2]]), 403),
        (post().set_form(&fields[1..]), 400),
        (post().set_form([fields[0], fields[1], fields[2], ("_method", "PUT")]), 400),
        (post().set_json([("a", "b")]), 415),
        (post().insert_header(("content-type", "text/plain")).set_payload("form_token=x"), 415),
        (TestRequest::put().uri("/reset-password").set_form(fields), 405),
    ] {
        let seen = browser.send(request).await;
        assert_eq!(seen.status, status, "{}", seen.body);
    }
    let stranger = Browser::new(&world);
    stranger.plant(FLOW, &browser.cookie(FLOW).unwrap());
    assert_eq!(stranger.post("/reset-password", &form, &twice(GOOD)).await.status, 403);
    assert!(!world.password_is(GOOD).await);
    let sent = browser.send(post().set_form(fields).insert_header(("origin", "null"))).await;
    assert_eq!(sent.status, 303);
}

#[actix_web::test]
async fn success_leads_to_the_registered_redirect_and_the_form_may_go_there() {
    let target = "https://app.example.com/welcome";
    let workflow = WorkflowOverrides { custom_redirect_url: Some(target.into()), ..Default::default() };
    let world = World::with(workflow).await;
    let browser = Browser::new(&world);
    let form = opened(&browser, &world.link(Mode::EmailLink, world.user).await).await;
    assert!(form.header("content-security-policy").contains("form-action 'self' https://app.example.com;"));
    let done = browser.post("/reset-password", &form, &twice(GOOD)).await;
    assert_eq!((done.status, done.header("location")), (303, target));
    let done = browser.get("/reset-password/done").await;
    assert!(done.body.contains("Back to Acme Portal"), "{}", done.body);
}

#[actix_web::test]
async fn a_form_with_an_unknown_token_counts_once_against_its_client() {
    let world = World::with(WorkflowOverrides::default()).await;
    let browser = Browser::new(&world);
    // The form token is bound to the flow, so the form is asked for with a good link first.
    let most = world.engine.limits.bad_tokens_per_client.most;
    let client = crate::workflows::resets::Client { ip: "192.0.2.1".parse().ok(), user_agent: None };
    for _ in 0..most {
        world.engine.refuse_unknown_link(&client).await.unwrap();
    }
    assert!(world.engine.refuse_unknown_link(&client).await.is_err());
    let form = opened(&browser, &world.link(Mode::EmailLink, world.user).await).await;
    assert_eq!(browser.post("/reset-password", &form, &twice(GOOD)).await.status, 429);
}
