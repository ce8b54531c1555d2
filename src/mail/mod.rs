//! Mail: from a context to bytes on the wire.
//!
//! [`language`] reads templates, [`lint`] says what is wrong with them, and
//! [`render`] turns a context into a subject and two bodies, [`message`] turns
//! those into one message, [`transport`] hands it to a provider, a folder or
//! memory. Nothing here reads a row or a clock. Only this room knows lettre
//! and Handlebars.

pub mod breaker;
pub mod chain;
pub mod dkim;
pub mod file;
pub mod files;
pub mod language;
pub mod lint;
pub mod mailbox;
pub mod message;
pub mod mjml;
pub mod render;
pub mod smtp;
pub mod templates;
mod text;
pub mod transport;
