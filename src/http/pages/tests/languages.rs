//! Pages in the language of whoever looks at them.

use actix_web::test::TestRequest;

use super::world::{Browser, GOOD, World};
use crate::domain::locale::Locale;
use crate::domain::policy::WorkflowOverrides;
use crate::domain::reset::Mode;

const FORGOT: &str = "/forgot-password";

#[actix_web::test]
async fn the_browsers_language_is_spoken_and_arabic_runs_from_the_right() {
    let world = World::with(WorkflowOverrides::default()).await;
    let browser = Browser::new(&world);
    let page = browser.send(TestRequest::get().uri(FORGOT).insert_header(("accept-language", "de-CH,en;q=0.5"))).await;
    assert_eq!((page.status, page.title()), (200, "Passwort vergessen?"));
    assert!(page.body.contains("<html lang=\"de\" dir=\"ltr\">") && page.header("set-cookie").starts_with("__Host-"));
    let page = browser.send(TestRequest::get().uri(FORGOT).insert_header(("accept-language", "ar-EG"))).await;
    assert!(page.body.contains("<html lang=\"ar\" dir=\"rtl\">"), "{}", page.body);
    let lost = browser.send(TestRequest::get().uri("/nowhere").insert_header(("accept-language", "ja"))).await;
    assert_eq!((lost.status, lost.title()), (404, "ページが見つかりません"));
}

#[actix_web::test]
async fn a_language_is_switched_without_a_script_and_stays() {
    let world = World::with(WorkflowOverrides::default()).await;
    let browser = Browser::new(&world);
    let page = browser.get("/forgot-password?application=portal&utm=x").await;
    let french = "/forgot-password?application&#x3D;portal&amp;ui_locales&#x3D;fr";
    assert!(page.body.contains(french) && page.body.contains("lang=\"fr\""), "{}", page.body);
    assert_eq!(browser.get("/forgot-password?application=portal&ui_locales=fr").await.title(), "Mot de passe oublié ?");
    assert_eq!(browser.cookie("rekey-locale").as_deref(), Some("fr"));
    let token = world.link(Mode::EmailLink, world.user).await;
    let moved = browser.get(&format!("/reset-password?token={token}&ui_locales=es")).await;
    assert_eq!((moved.status, moved.header("location")), (303, "/reset-password"));
    let form = browser.get("/reset-password").await;
    assert_eq!(form.title(), "Elija una contraseña nueva");
    let wrong = browser.post("/reset-password", &form, &[("new_password", "x"), ("repeat_password", "x")]).await;
    assert!(wrong.body.contains("Demasiado corta: use al menos 15 caracteres."), "{}", wrong.body);
    let switched = browser.get("/reset-password?ui_locales=en").await;
    assert_eq!(switched.title(), "Choose a new password");
    let twice = [("new_password", GOOD), ("repeat_password", GOOD)];
    assert_eq!(browser.post("/reset-password", &switched, &twice).await.status, 303);
}

#[actix_web::test]
async fn every_page_stays_small_in_every_language() {
    let world = World::with(WorkflowOverrides::default()).await;
    for locale in Locale::ALL {
        let browser = Browser::new(&world);
        let token = world.link(Mode::EmailLink, world.user).await;
        browser.get(&format!("/reset-password?token={token}&ui_locales={}", locale.as_str())).await;
        for path in [FORGOT, "/reset-password", "/forgot-password/sent", "/reset-password/done"] {
            let page = browser.get(path).await;
            assert!(page.status == 200 && page.body.len() < 16 * 1024, "{path} {}", page.body.len());
            assert!(page.body.contains(&format!("<html lang=\"{}\"", locale.as_str())), "{path} {locale:?}");
        }
    }
    let browser = Browser::new(&world);
    let size = |seen: super::world::Seen| seen.body.len();
    let assets = size(browser.get("/assets/rekey.css").await) + size(browser.get("/assets/rekey.js").await);
    assert!(assets < 40 * 1024, "{assets}");
}
