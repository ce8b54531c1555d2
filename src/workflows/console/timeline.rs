//! One user as an administrator looks at them: found by what the caller says
//! on the telephone, and with what happened to them lately.

use crate::domain::access::Scope;
use crate::domain::audit::Linked;
use crate::domain::event::Event;
use crate::domain::ids::UserId;
use crate::domain::reset::Reset;
use crate::domain::user::User;
use crate::store::resets;
use crate::store::timeline::{self, Mailed};
use crate::workflows::{Engine, Outcome};

/// How many of each a timeline shows at most.
const LATEST: u64 = 100;
/// How many users a search shows at most.
pub const FOUND: u64 = 50;

/// What happened to a user lately.
#[derive(Debug)]
pub struct Timeline {
    /// Events, newest first.
    pub events: Vec<Event>,
    /// Mails, newest first.
    pub mails: Vec<Mailed>,
    /// Acts of administrators and programs, newest first.
    pub acts: Vec<Linked>,
    /// Resets that can still be completed.
    pub pending: Vec<Reset>,
}

impl Engine {
    /// Users whose address holds a text, or whose id it is; the newest when
    /// the text is empty.
    ///
    /// # Errors
    /// When the database is gone.
    pub async fn search_users(&self, scope: &Scope, text: &str) -> Outcome<Vec<User>> {
        // PostgreSQL takes no text with a NUL, so nobody has such an address.
        if text.contains('\0') {
            return Ok(Vec::new());
        }
        Ok(timeline::find_users(self.database.read(), scope, text.trim(), FOUND).await?)
    }

    /// What happened to a user inside the scope lately.
    ///
    /// # Errors
    /// `NotFound(User)`.
    pub async fn timeline(&self, scope: &Scope, user: UserId) -> Outcome<Timeline> {
        let reader = self.database.read();
        self.get_user(scope, user).await?;
        let events = timeline::latest_events(reader, user, LATEST).await?;
        // What was done to a reset of theirs is filed under the reset.
        let mut targets: Vec<String> = vec![user.to_string()];
        targets.extend(events.iter().filter_map(|event| event.data.get("id")?.as_str().map(str::to_owned)));
        targets.sort_unstable();
        targets.dedup();
        let now = self.now().await?;
        let pending = resets::list_pending(reader, user).await?;
        Ok(Timeline {
            acts: timeline::latest_acts(reader, scope, &targets, LATEST).await?,
            mails: timeline::latest_mails(reader, user, LATEST).await?,
            pending: pending.into_iter().filter(|reset| reset.expires_at.is_some_and(|end| now < end)).collect(),
            events,
        })
    }
}
