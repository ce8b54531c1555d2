//! Access tokens that somebody else signed: an identity provider which an
//! application trusts.
//!
//! A token is read first ([`ForeignToken::read`]), which says only whose it
//! claims to be, so that the right keys can be found; nothing else of it
//! counts until [`ForeignToken::verify`] has held it against those keys and
//! against what was registered (RFC 8725).

mod key_set;
mod token;

#[cfg(test)]
mod tests;

pub use key_set::{InvalidKeySet, KeySet};
pub use token::{Expected, ForeignToken};
