//! rekey: a self-hosted password-reset service.
//!
//! # The house
//! Every room has one job, and stairs lead down only:
//!
//! ```text
//! cli      the command line, one file per command
//! app      the composition root: settings in, running parts out
//! http     the doors: workflow, workos, management, …     jobs   work behind the answers
//! workflows    the use cases: what happens when somebody asks, proves, completes, signs in
//! store        the database      credentials   hashes, keys, tokens      mail   render, write, send      webhooks   guarded calls
//! locales      the texts of mails and pages in every language
//! domain       what is true without any I/O
//! ```
//!
//! `config` and `telemetry` are side rooms: plain settings for the composition
//! root, logs and counters for everybody above the domain.
//! `tests/architecture.rs` holds the house to this.
//!
//! # How a reset walks through
//! 1. **Asked for** ([`workflows::resets::request`]): a request row and a job,
//!    the same for every address, several in one commit
//!    ([`store::writer`]). Nobody is looked up.
//! 2. **Issued** ([`workflows::resets::issue`]): a job finds the user; older
//!    resets are superseded, the reset, its mail and its event appear in one
//!    transaction. Trusted calls ([`workflows::resets::trusted`],
//!    [`workflows::resets::workos`]) run the same code directly.
//! 3. **Sent** ([`workflows::deliver`]): the mail is put together and its
//!    secret derived ([`domain::reset::proof`]) only now; what is no longer
//!    good is dropped.
//! 4. **Proven and completed** ([`workflows::resets::prove`],
//!    [`workflows::resets::complete`]): attempts are paid for before anything
//!    is compared; policy, then hash, then one transaction with a guarded
//!    update of exactly one row.
//! 5. **Told**: a notice, events, ended sessions, all from that transaction.
//!    Readers follow the events ([`store::event_feed`]), and each endpoint that
//!    wants to be told has a delivery of its own ([`workflows::webhooks`]).

pub mod app;
pub mod cli;
pub mod config;
pub mod credentials;
pub mod domain;
pub mod http;
pub mod jobs;
pub mod locales;
pub mod mail;
pub mod store;
pub mod telemetry;
pub mod webhooks;
pub mod workflows;
