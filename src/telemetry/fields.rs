//! The one list of field names in logs and spans, so that a search for one
//! finds it everywhere. Used as `tracing::info!({ fields::ROUTE } = …)`.

/// Id of the HTTP request, also in its answer.
pub const REQUEST_ID: &str = "request_id";
/// The application the caller belongs to.
pub const APPLICATION_ID: &str = "application_id";
/// The tenant that is meant.
pub const TENANT_ID: &str = "tenant_id";
/// The user that is meant.
pub const USER_ID: &str = "user_id";
/// The service account that calls.
pub const SERVICE_ACCOUNT_ID: &str = "service_account_id";
/// The reset that is worked on.
pub const PASSWORD_RESET_ID: &str = "password_reset_id";
/// The mail that is worked on.
pub const MESSAGE_ID: &str = "message_id";
/// The job that is worked on.
pub const JOB_ID: &str = "job_id";
/// The kind of that job.
pub const JOB_KIND: &str = "job_kind";
/// Which attempt it is, from 1.
pub const ATTEMPT: &str = "attempt";
/// HTTP method.
pub const METHOD: &str = "method";
/// Template of the route, for example `/user_management/users/{id}`; never
/// the path itself, which may hold a secret.
pub const ROUTE: &str = "route";
/// HTTP status of the answer.
pub const STATUS: &str = "status";
/// How long it took, in milliseconds.
pub const DURATION_MS: &str = "duration_ms";
/// Mode of a reset.
pub const MODE: &str = "mode";
/// Kind of a mail.
pub const MAIL_KIND: &str = "mail_kind";
/// Transport that carried it, or did not.
pub const TRANSPORT: &str = "transport";
/// Masked network of a client.
pub const NETWORK: &str = "network";
/// Masked email address.
pub const ADDRESS: &str = "address";
/// What went wrong, as operators may read it.
pub const ERROR: &str = "error";
