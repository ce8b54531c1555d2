//! The rows as SeaORM sees them. Private to the store: nothing above it knows
//! a column.

pub mod api_keys;
pub mod applications;
pub mod buckets;
pub mod events;
pub mod grants;
pub mod idempotency_keys;
pub mod jobs;
pub mod messages;
pub mod password_resets;
pub mod policies;
pub mod refresh_tokens;
pub mod reset_requests;
pub mod service_accounts;
pub mod sessions;
pub mod sliding_logs;
pub mod tenants;
pub mod users;
