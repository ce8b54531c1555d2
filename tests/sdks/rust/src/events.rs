//! What happened, read and received.
//!
//! `WEBHOOK_BODY`, `WEBHOOK_SIGNATURE` and `WEBHOOK_SECRET` are of a call that
//! a rekey made for the event `password_reset.created`.

use std::env::var;

use workos::events::ListEventsParams;
use workos::{Client, EventSchema, PaginationOrder, WebhookVerifier};

use crate::shared::works;

const KINDS: [&str; 2] = ["user.created", "password_reset.created"];

async fn list(workos: &Client, limit: Option<i64>, after: Option<String>) -> Vec<EventSchema> {
    let mut params = ListEventsParams::new(KINDS.map(str::to_owned).to_vec());
    params.order = Some(PaginationOrder::Asc);
    params.limit = limit;
    params.after = after;
    workos.events().list_events(params).await.unwrap().data
}

async fn listed(workos: &Client) -> EventSchema {
    let [user, reset] = <[EventSchema; 2]>::try_from(list(workos, None, None).await).unwrap();
    assert_eq!([user.event.as_str(), reset.event.as_str()], KINDS);
    assert_eq!(user.data["email"], "ada@example.com");
    assert_eq!(reset.data["user_id"], user.data["id"]);
    assert!(!reset.data.contains_key("password_reset_token") && !reset.data.contains_key("password_reset_url"));
    let first = list(workos, Some(1), None).await;
    assert_eq!((first.len(), &first[0].id), (1, &user.id));
    assert_eq!(list(workos, None, Some(user.id)).await[0].id, reset.id);
    works("events are listed by kind and page by page");
    reset
}

fn verified(reset: &EventSchema) {
    let [body, signature, secret] =
        ["WEBHOOK_BODY", "WEBHOOK_SIGNATURE", "WEBHOOK_SECRET"].map(|name| var(name).unwrap());
    let verifier = WebhookVerifier::new(secret);
    let event = verifier.construct_event(&signature, &body).unwrap();
    assert_eq!((event.event.as_str(), &event.id), ("password_reset.created", &reset.id));
    works("a webhook is verified and is the event of the list");
    assert!(verifier.verify_payload(&signature, &body.replace("ada@", "eve@")).is_err());
    assert!(WebhookVerifier::new("whsec_x").verify_payload(&signature, &body).is_err());
    works("a forged webhook is refused");
}

/// Does it all.
pub async fn run(workos: &Client) {
    verified(&listed(workos).await);
}
