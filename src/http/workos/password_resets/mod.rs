//! The reset calls. Each needs two permissions, because each deals in secrets:
//! to run resets, and to see what a handed-over link holds.

pub(super) mod confirm;
pub(super) mod create;
pub(super) mod read;
pub(super) mod send;

use std::time::Duration;

use crate::domain::access::{Ask, Permission, may};
use crate::domain::reset::Mode;
use crate::http::extract::RequireHeld;
use crate::http::problem::Problem;
use crate::workflows::resets::trusted::LinkAuthority;

/// A caller who may run resets of some mode.
type Held = RequireHeld<may::PasswordResetExecute>;

/// What the caller may do with resets of a mode, and to whom, in a call that
/// makes a link of this lifetime or none.
fn authority(held: &Held, mode: Mode, lifetime: Option<Duration>) -> Result<LinkAuthority, Problem> {
    let ask = Ask { now: held.now, source_ip: held.source_ip, mode: Some(mode), lifetime };
    let secret = held.caller.scope(Permission::PasswordResetSecretRead, &ask).ok_or_else(Problem::forbidden)?;
    Ok(LinkAuthority {
        execute: held.scope(ask.mode, lifetime)?,
        secret: Some(secret),
        protected: held.caller.scope(Permission::PasswordResetExecuteProtected, &ask),
    })
}
