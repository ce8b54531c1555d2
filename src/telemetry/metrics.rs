//! Every metric: its name, its help, its labels, and the one function that
//! records it. Labels are closed sets; none names a tenant, an address or
//! anything else that somebody could be found by.

use std::sync::OnceLock;
use std::time::Duration;

use metrics::{counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle, PrometheusRecorder};

use crate::domain::reset::Mode;

/// Seconds to answer, by `method`, `route` (its template) and `status`.
const REQUEST_SECONDS: &str = "rekey_http_request_duration_seconds";
/// Resets that came to a step, by `mode` and `step`.
const RESETS: &str = "rekey_password_resets_total";
/// Mails that wait.
const OUTBOX_DEPTH: &str = "rekey_outbox_messages";
/// Age of the oldest of them.
const OUTBOX_AGE: &str = "rekey_outbox_oldest_message_age_seconds";
/// Hashes that wait for a thread.
const HASH_DEPTH: &str = "rekey_hash_queue_depth";
/// Seconds a hash waited for a thread.
const HASH_WAIT: &str = "rekey_hash_queue_wait_seconds";
/// Hashes that were refused because the queue was full.
const HASH_REFUSED: &str = "rekey_hash_queue_refused_total";
/// Attempts to hand a mail over, by `transport` and `result`.
const DELIVERIES: &str = "rekey_mail_deliveries_total";
/// Mails that ended, by `result`.
const MAILS: &str = "rekey_mails_total";
/// Whether a transport is left alone, by `transport`: 0 closed, 1 half open, 2 open.
const BREAKERS: &str = "rekey_mail_transport_breaker_state";
/// Attempts to deliver events to webhook endpoints, by `result`.
const WEBHOOKS: &str = "rekey_webhook_deliveries_total";
/// Fetches of the keys of issuers, by `result`.
const KEY_FETCHES: &str = "rekey_issuer_key_fetches_total";

/// Most requests take milliseconds, a hash tens of them, a stuck one seconds.
const SECONDS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];

/// A step of the reset funnel; the label `step`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResetStep {
    /// Somebody asked, by address.
    Requested,
    /// A reset was made for a user.
    Issued,
    /// Its mail was taken by a transport.
    Sent,
    /// The right proof was presented.
    Proven,
    /// The password was changed.
    Completed,
    /// A completion was refused.
    Failed,
}

impl ResetStep {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Issued => "issued",
            Self::Sent => "sent",
            Self::Proven => "proven",
            Self::Completed => "completed",
            Self::Failed => "failed",
        }
    }
}

/// What became of a fetch of an issuer's keys; the label `result`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyFetch {
    /// There are new keys.
    Fetched,
    /// There are none.
    Failed,
}

/// What became of an attempt to hand a mail over; the label `result`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// The transport took it.
    Accepted,
    /// It will be tried again.
    Deferred,
    /// It was refused for good.
    Rejected,
}

impl Delivery {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Deferred => "deferred",
            Self::Rejected => "rejected",
        }
    }
}

/// How a mail ended; the label `result`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailEnd {
    /// A transport took it.
    Sent,
    /// It was given up.
    Dead,
    /// It was not worth sending any more: expired, done, or the address changed.
    Dropped,
    /// The address gets no mail for a while.
    Suppressed,
}

impl MailEnd {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Dead => "dead",
            Self::Dropped => "dropped",
            Self::Suppressed => "suppressed",
        }
    }
}

/// What became of an attempt to deliver an event; the label `result`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WebhookResult {
    /// The endpoint took it.
    Delivered,
    /// It will be tried again.
    Deferred,
    /// It was given up.
    Dead,
}

impl WebhookResult {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::Deferred => "deferred",
            Self::Dead => "dead",
        }
    }
}

/// The metrics of the process. All functions do nothing until it is
/// installed.
#[derive(Clone)]
pub struct Metrics {
    handle: PrometheusHandle,
}

impl Metrics {
    /// Starts collecting. Every call in a process gives the same metrics.
    #[must_use]
    pub fn install() -> Self {
        static INSTALLED: OnceLock<Metrics> = OnceLock::new();
        INSTALLED.get_or_init(Self::start).clone()
    }

    fn start() -> Self {
        let recorder = recorder();
        let handle = recorder.handle();
        // Fails when another library has installed a recorder; then that one counts.
        let _ = metrics::set_global_recorder(recorder);
        describe();
        Self { handle }
    }

    /// Everything, in the Prometheus text format.
    #[must_use]
    pub fn render(&self) -> String {
        self.handle.run_upkeep();
        self.handle.render()
    }
}

fn recorder() -> PrometheusRecorder {
    PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".into()), &SECONDS)
        // The error is that of an empty list, which this is not; the fallback
        // would show summaries instead of histograms.
        .unwrap_or_else(|_| PrometheusBuilder::new())
        .build_recorder()
}

fn describe() {
    describe_histogram!(REQUEST_SECONDS, "Seconds to answer a request, by route template, method and status");
    describe_counter!(RESETS, "Password resets that came to a step, by mode");
    describe_gauge!(OUTBOX_DEPTH, "Mails that wait to be sent");
    describe_gauge!(OUTBOX_AGE, "Age of the oldest mail that waits, in seconds");
    describe_gauge!(HASH_DEPTH, "Password hashes that wait for a thread");
    describe_histogram!(HASH_WAIT, "Seconds that a password hash waited for a thread");
    describe_counter!(HASH_REFUSED, "Password hashes refused because the queue was full");
    describe_counter!(DELIVERIES, "Attempts to hand a mail over, by transport and result");
    describe_counter!(MAILS, "Mails that ended, by result");
    describe_gauge!(BREAKERS, "Whether a mail transport is left alone: 0 closed, 1 half open, 2 open");
    describe_counter!(WEBHOOKS, "Attempts to deliver events to webhook endpoints, by result");
    describe_counter!(KEY_FETCHES, "Fetches of the keys of issuers that applications trust, by result");
}

/// An answered request. `route` is the template, never the path; `method` is
/// counted as `OTHER` unless HTTP defines it, so that nobody makes up labels.
pub fn request(method: &str, route: &str, status: u16, took: Duration) {
    const METHODS: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    let method = METHODS.into_iter().find(|known| *known == method).unwrap_or("OTHER");
    let labels = [("method", method.to_owned()), ("route", route.to_owned()), ("status", status.to_string())];
    histogram!(REQUEST_SECONDS, &labels).record(took);
}

/// A reset came to a step.
pub fn reset(step: ResetStep, mode: Mode) {
    counter!(RESETS, "step" => step.as_str(), "mode" => mode.as_str()).increment(1);
}

/// The outbox as it is: how many mails wait, and how long the oldest has.
#[expect(clippy::cast_precision_loss, reason = "a gauge is a float; nobody has 2^53 mails waiting")]
pub fn outbox(depth: u64, oldest: Duration) {
    gauge!(OUTBOX_DEPTH).set(depth as f64);
    gauge!(OUTBOX_AGE).set(oldest.as_secs_f64());
}

/// How many hashes wait.
#[expect(clippy::cast_precision_loss, reason = "a gauge is a float; the queue is far shorter than 2^53")]
pub fn hash_queue(depth: usize) {
    gauge!(HASH_DEPTH).set(depth as f64);
}

/// A hash got its thread.
pub fn hash_started(waited: Duration) {
    histogram!(HASH_WAIT).record(waited);
}

/// A hash was refused because the queue was full.
pub fn hash_refused() {
    counter!(HASH_REFUSED).increment(1);
}

/// An attempt to hand a mail over. `transport` is its configured name.
pub fn delivery(transport: &str, result: Delivery) {
    counter!(DELIVERIES, "transport" => transport.to_owned(), "result" => result.as_str()).increment(1);
}

/// A mail ended; nothing when it did not.
pub fn mail_ended(end: Option<MailEnd>) {
    if let Some(end) = end {
        counter!(MAILS, "result" => end.as_str()).increment(1);
    }
}

/// How the breaker of a transport stands: 0 closed, 1 half open, 2 open.
pub fn breaker(transport: &str, state: u8) {
    gauge!(BREAKERS, "transport" => transport.to_owned()).set(f64::from(state));
}

/// An attempt to deliver an event to an endpoint.
pub fn webhook(result: WebhookResult) {
    counter!(WEBHOOKS, "result" => result.as_str()).increment(1);
}

/// The keys of an issuer were asked for.
pub fn key_fetch(result: KeyFetch) {
    let result = match result {
        KeyFetch::Fetched => "fetched",
        KeyFetch::Failed => "failed",
    };
    counter!(KEY_FETCHES, "result" => result).increment(1);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_metric_shows_with_its_labels_and_its_help() {
        let recorder = recorder();
        metrics::with_local_recorder(&recorder, || {
            describe();
            request("POST", "/api/v1/password-reset/{action}", 200, Duration::from_millis(3));
            request("EVIL", "/x", 405, Duration::from_millis(3));
            reset(ResetStep::Issued, Mode::EmailOtp);
            outbox(3, Duration::from_secs(5));
            hash_queue(2);
            hash_started(Duration::from_millis(20));
            hash_refused();
            delivery("smtp", Delivery::Accepted);
            mail_ended(Some(MailEnd::Suppressed));
            mail_ended(None);
            breaker("backup", 2);
            webhook(WebhookResult::Dead);
            key_fetch(KeyFetch::Failed);
        });
        let text = recorder.handle().render();
        for line in [
            r#"route="/api/v1/password-reset/{action}",status="200",le="0.0025"} 0"#,
            r#"route="/api/v1/password-reset/{action}",status="200",le="0.005"} 1"#,
            r#"rekey_http_request_duration_seconds_count{method="OTHER",route="/x",status="405"} 1"#,
            r#"rekey_password_resets_total{step="issued",mode="email_otp"} 1"#,
            "rekey_outbox_messages 3",
            "rekey_outbox_oldest_message_age_seconds 5",
            "rekey_hash_queue_depth 2",
            "rekey_hash_queue_wait_seconds_count 1",
            "rekey_hash_queue_refused_total 1",
            r#"rekey_mail_deliveries_total{transport="smtp",result="accepted"} 1"#,
            r#"rekey_mails_total{result="suppressed"} 1"#,
            r#"rekey_mail_transport_breaker_state{transport="backup"} 2"#,
            r#"rekey_webhook_deliveries_total{result="dead"} 1"#,
            r#"rekey_issuer_key_fetches_total{result="failed"} 1"#,
        ] {
            assert!(text.contains(line), "{line}\nis missing in\n{text}");
        }
        assert_eq!(text.matches("# HELP ").count(), 12, "{text}");
    }

    #[test]
    fn every_installation_gives_the_same_metrics() {
        let (one, other) = (Metrics::install(), Metrics::install());
        delivery("installed-twice", Delivery::Deferred);
        for metrics in [one, other] {
            assert!(metrics.render().contains(r#"{transport="installed-twice",result="deferred"} 1"#));
        }
    }
}
