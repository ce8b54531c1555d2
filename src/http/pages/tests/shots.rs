//! Temporary.
use super::world::{Browser, GOOD, World};
use crate::domain::policy::WorkflowOverrides;
use crate::domain::reset::Mode;
use crate::http::pages::assets::{ICON, SCRIPT, STYLE};
fn save(name: &str, body: &str) {
    let mut body = body.replace("&#x3D;", "=");
    for a in [&STYLE, &SCRIPT, &ICON] {
        body = body.replace(
            &a.address(),
            &format!("/work-assets/{}", a.address().split('?').next().unwrap().rsplit('/').next().unwrap()),
        );
    }
    let body = body
        .replace("/work-assets/", "file:///tmp/wt/pages/templates/assets/")
        .replace("/assets/rekey.css", "file:///tmp/wt/pages/templates/assets/rekey.css")
        .replace("file:///tmp/wt/pages/templatesfile:///tmp/wt/pages/templates", "file:///tmp/wt/pages/templates");
    std::fs::create_dir_all("/tmp/pages-shots").unwrap();
    std::fs::write(format!("/tmp/pages-shots/{name}.html"), body).unwrap();
}
#[actix_web::test]
async fn shots() {
    let world = World::with(WorkflowOverrides::default()).await;
    let b = Browser::new(&world);
    let f = b.get("/forgot-password").await;
    save("forgot", &f.body);
    save("forgot-error", &b.post("/forgot-password", &f, &[("email", "not an address")]).await.body);
    save("sent", &b.get("/forgot-password/sent").await.body);
    save("problem", &b.get("/nothing").await.body);
    let t = world.link(Mode::EmailLink, world.user).await;
    b.get(&format!("/reset-password?token={t}")).await;
    let f = b.get("/reset-password").await;
    save("password", &f.body);
    save(
        "password-error",
        &b.post("/reset-password", &f, &[("new_password", "short"), ("repeat_password", "short")]).await.body,
    );
    b.post("/reset-password", &f, &[("new_password", GOOD), ("repeat_password", GOOD)]).await;
    save("done", &b.get("/reset-password/done").await.body);
    b.get("/reset-password?token=x").await;
    save("dead", &b.get("/reset-password").await.body);
    super::assets::keep_a_mail(&world);
    save("mailbox", &b.get("/dev/mailbox").await.body);
    save("mail", &b.get("/dev/mailbox/1").await.body);
    let world = World::by_code().await;
    let b = Browser::new(&world);
    let f = b.get("/forgot-password").await;
    b.post("/forgot-password?application=portal", &f, &[("email", "ada@example.org")]).await;
    let f = b.get("/reset-password/code").await;
    save("code", &f.body);
    save("code-error", &b.post("/reset-password/code", &f, &[("code", "1234")]).await.body);
}
