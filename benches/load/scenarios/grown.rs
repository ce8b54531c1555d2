//! Do reset calls stay as fast when the database has grown?

use std::time::{Duration, Instant};

use serde_json::json;

use super::super::{
    Outcome,
    args::Args,
    client::{Connection, Request},
    report::{Report, milliseconds},
    seed, stats,
    world::{World, member},
};

/// Times of one call.
type Times = Vec<Duration>;

pub async fn run(world: &World, args: &Args, report: &mut Report) -> Outcome<()> {
    let url = args.database.as_deref().ok_or("grown needs --database with an empty PostgreSQL database")?;
    // The first round warms caches and prepared statements up.
    measure(world).await?;
    let small = measure(world).await?;
    let begun = Instant::now();
    seed::grow(url, args.grown).await?;
    let added =
        format!("{} users, {} events in {:.0} s", args.grown.users, args.grown.events, begun.elapsed().as_secs_f64());
    report.value("added", &added);
    measure(world).await?;
    let large = measure(world).await?;
    for ((name, small), (_, large)) in small.iter().zip(&large) {
        let (before, after) = (stats::median(small), stats::median(large));
        let ratio = after.as_secs_f64() / before.as_secs_f64().max(1e-9);
        let value = format!("{} → {} ({ratio:.2} ×)", milliseconds(before), milliseconds(after));
        report.value(&format!("{name}: p50 ms before → after growing"), &value);
    }
    Ok(())
}

/// Every call of a reset, one after the other, once per user.
async fn measure(world: &World) -> Outcome<Vec<(&'static str, Times)>> {
    world.inbox().settle(super::SETTLING).await;
    let mut connection = Connection::new(world.server.address);
    let (mut asked, mut made, mut read, mut linked) = (Times::new(), Times::new(), Times::new(), Times::new());
    let (mut confirmed, mut listed) = (Times::new(), Times::new());
    for user in world.users.iter() {
        let email = json!({ "email": user.email });
        let ask = world.workflow("create-password-reset-link", &json!({ "userId": user.id }));
        timed(&mut connection, &ask, 200, &mut linked).await?;
        let ask = world.workos("POST", "/user_management/password_reset", &email);
        let reset = timed(&mut connection, &ask, 201, &mut made).await?;
        let ask = world.read(&format!("/user_management/password_reset/{}", member(&reset, "id")?));
        timed(&mut connection, &ask, 200, &mut read).await?;
        let ask = world.read("/events?events=password_reset.succeeded&limit=20");
        timed(&mut connection, &ask, 200, &mut listed).await?;
        let proof =
            json!({ "token": member(&reset, "password_reset_token")?, "new_password": "correct horse battery" });
        let ask = world.workos("POST", "/user_management/password_reset/confirm", &proof);
        timed(&mut connection, &ask, 200, &mut confirmed).await?;
        // Last, because its job would supersede what the others made.
        let ask = world.workflow("request-password-reset", &email);
        timed(&mut connection, &ask, 200, &mut asked).await?;
    }
    Ok(vec![
        ("request by address", asked),
        ("link by id", linked),
        ("WorkOS create", made),
        ("WorkOS get", read),
        ("WorkOS confirm", confirmed),
        ("events", listed),
    ])
}

async fn timed(
    connection: &mut Connection,
    request: &Request,
    expected: u16,
    times: &mut Times,
) -> Outcome<serde_json::Value> {
    let begun = Instant::now();
    let answer = connection.call(request).await?;
    times.push(begun.elapsed());
    answer.json(expected)
}
