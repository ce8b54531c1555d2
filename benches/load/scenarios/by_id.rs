//! The trusted calls by user id: a mail, and a link to hand over.

use std::sync::Arc;

use serde_json::json;

use super::super::{Outcome, args::Args, client::Request, drive::drive, report::Report, world::World};

pub async fn run(world: &World, args: &Args, report: &mut Report) -> Outcome<()> {
    for call in ["send-password-reset-email", "create-password-reset-link"] {
        world.inbox().settle(super::SETTLING).await;
        let requests: Arc<[Request]> =
            world.users.iter().map(|user| world.workflow(call, &json!({ "userId": user.id }))).collect();
        let sample = drive(super::load(world, args.concurrency, args.duration), move |number| {
            let index = usize::try_from(number).ok()? % requests.len();
            requests.get(index).cloned()
        })
        .await?;
        report.sample(call, &sample);
    }
    Ok(())
}
