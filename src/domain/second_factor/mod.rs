//! Second factors: what a user owns beside the password, and sign-ins that
//! wait for it.

mod authenticator;
mod factor;
mod pending;

pub use authenticator::{Authenticator, Checked, parse_code};
pub use factor::AuthFactor;
pub use pending::{PendingSignIn, Unusable};
