//! Tests through the front doors, in one binary.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, its helpers too"
)]

mod audit;
mod audit_read;
mod branding;
mod console_audit;
mod console_email_policies;
mod console_funnel;
mod console_grants;
mod console_guarded;
mod console_kept;
mod console_managed;
mod console_settings;
mod console_sign_in;
mod console_users;
mod delivery_chain;
mod delivery_chaos;
mod delivery_order;
mod delivery_policy;
mod delivery_signed;
mod delivery_suppressed;
mod email_templates;
mod email_templates_tried;
mod events;
mod events_followed;
mod invariant_alike;
mod invariant_atomic;
mod invariant_expiry;
mod invariant_guessing;
mod invariant_mail;
mod invariant_once;
mod invariant_reading;
mod invariant_target;
mod invariant_waiting;
mod issuers;
mod issuers_registered;
mod link_targets;
mod logout;
mod mail_wire;
mod management_doors;
mod migrations;
mod operators;
mod operators_managed;
mod outbox;
mod permissions;
mod policies_managed;
mod second_factor_enrolment;
mod second_factor_keys;
mod second_factor_pages;
mod second_factor_reset;
mod second_factor_sign_in;
mod service_accounts;
mod sign_in_waiting;
mod storage_full;
mod support;
mod tenants;
mod users_imported;
mod users_managed;
mod webhooks;
mod webhooks_delivered;
mod webhooks_managed;
mod webhooks_many;
mod workflow_enumeration;
mod workflow_errors;
mod workflow_idempotency;
mod workflow_immediate_login;
mod workflow_juggling;
mod workflow_lifecycle;
mod workflow_limits;
mod workflow_link;
mod workflow_lost_answer;
mod workflow_mail_rules;
mod workflow_modes;
mod workflow_otp;
mod workflow_otp_limits;
mod workflow_purposes;
mod workflow_redirect;
mod workflow_reset_link;
mod workos_answers;
mod workos_email_verification;
mod workos_password_hashes;
mod workos_password_reset;
mod workos_refusals;
mod workos_replay;
mod workos_sessions;
mod workos_users;
