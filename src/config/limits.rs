//! `limits`: how much guessing and flooding is borne. Each number has bounds
//! that no operator leaves by accident.

use serde::{Deserialize, Serialize};

use super::problem::Problems;

/// The section `limits`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LimitSettings {
    /// Whether throttles are on. The caps on wrong codes always are.
    pub enabled: bool,
    /// Wrong codes until a reset is exhausted.
    pub wrong_codes_per_reset: u32,
    /// Wrong codes per account, over all its resets, in the window.
    pub wrong_codes_per_account: u32,
    /// Length of that window, in hours.
    pub wrong_codes_window_hours: u64,
    /// Completions of one reset that may run at the same time.
    pub completions_in_flight_per_reset: u32,
    /// Failed sign-ins of one account until it has to wait.
    pub sign_in_failures_per_account: u32,
    /// First wait after those, in seconds; it doubles.
    pub sign_in_wait_seconds: u64,
    /// Longest wait, in seconds.
    pub sign_in_wait_max_seconds: u64,
    /// Failed sign-ins of one client address in the window.
    pub sign_in_failures_per_client: u32,
    /// Length of that window, in seconds.
    pub sign_in_client_window_seconds: u64,
    /// Calls of one service account per second.
    pub calls_per_second: u32,
    /// Calls of one service account that may come at once.
    pub calls_burst: u32,
    /// Seconds until a resend: the first, the second, and from then on.
    pub resend_seconds: Vec<u64>,
    /// Mails to one mailbox that may go out at once.
    pub mails_per_mailbox_burst: u32,
    /// Seconds until one more mail may go there.
    pub mails_per_mailbox_refill_seconds: u64,
    /// Mails to one mailbox in 24 hours.
    pub mails_per_mailbox_per_day: u32,
    /// Requests of one client address that may come at once.
    pub requests_per_client_burst: u32,
    /// Seconds until one more is served.
    pub requests_per_client_refill_seconds: u64,
    /// Bad link tokens of one client address in the window.
    pub bad_tokens_per_client: u32,
    /// Length of that window, in seconds.
    pub bad_tokens_window_seconds: u64,
    /// Resets per address through the WorkOS dialect, in the window.
    pub workos_creates_per_address: u32,
    /// Length of that window, in seconds.
    pub workos_creates_window_seconds: u64,
}

const HOUR: u64 = 3600;
const DAY: u64 = 24 * HOUR;

impl LimitSettings {
    /// Notes what is wrong with the section.
    pub fn check(&self, problems: &mut Problems) {
        self.check_guessing(problems);
        self.check_flooding(problems);
    }

    /// With at most 10 wrong codes per reset and 20 per account and day, a
    /// code of 8 digits stays out of reach whatever an operator sets.
    fn check_guessing(&self, problems: &mut Problems) {
        problems.within("limits.wrong_codes_per_reset", self.wrong_codes_per_reset, 1..=10);
        problems.within("limits.wrong_codes_per_account", self.wrong_codes_per_account, 1..=20);
        problems.within("limits.wrong_codes_window_hours", self.wrong_codes_window_hours, 24..=720);
        problems.within("limits.completions_in_flight_per_reset", self.completions_in_flight_per_reset, 1..=8);
        problems.within("limits.sign_in_failures_per_account", self.sign_in_failures_per_account, 1..=100);
        problems.within("limits.sign_in_wait_seconds", self.sign_in_wait_seconds, 1..=HOUR);
        problems.within(
            "limits.sign_in_wait_max_seconds",
            self.sign_in_wait_max_seconds,
            self.sign_in_wait_seconds..=DAY,
        );
        problems.within("limits.sign_in_failures_per_client", self.sign_in_failures_per_client, 1..=10_000);
        problems.within("limits.sign_in_client_window_seconds", self.sign_in_client_window_seconds, 60..=DAY);
        problems.within("limits.bad_tokens_per_client", self.bad_tokens_per_client, 1..=1000);
        problems.within("limits.bad_tokens_window_seconds", self.bad_tokens_window_seconds, 60..=DAY);
    }

    fn check_flooding(&self, problems: &mut Problems) {
        // A place of the bucket is at least a millisecond wide.
        problems.within("limits.calls_per_second", self.calls_per_second, 1..=1000);
        problems.within("limits.calls_burst", self.calls_burst, 1..=1_000_000);
        problems.require(!self.resend_seconds.is_empty(), "limits.resend_seconds", "needs at least one number");
        for seconds in &self.resend_seconds {
            problems.within("limits.resend_seconds", *seconds, 10..=HOUR);
        }
        problems.within("limits.mails_per_mailbox_burst", self.mails_per_mailbox_burst, 1..=20);
        problems.within("limits.mails_per_mailbox_refill_seconds", self.mails_per_mailbox_refill_seconds, 60..=DAY);
        problems.within("limits.mails_per_mailbox_per_day", self.mails_per_mailbox_per_day, 1..=100);
        problems.within("limits.requests_per_client_burst", self.requests_per_client_burst, 1..=1000);
        problems.within("limits.requests_per_client_refill_seconds", self.requests_per_client_refill_seconds, 1..=HOUR);
        problems.within("limits.workos_creates_per_address", self.workos_creates_per_address, 1..=100);
        problems.within("limits.workos_creates_window_seconds", self.workos_creates_window_seconds, 10..=HOUR);
    }
}
