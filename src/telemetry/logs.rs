//! Logs: JSON lines for machines, compact lines for people, on stderr.

use tracing::level_filters::LevelFilter;
use tracing::{Level, Metadata};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::{EnvFilter, filter_fn};
use tracing_subscriber::fmt;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::config::telemetry::{LogFormat, TelemetrySettings};

/// Libraries that log what they handle (statements, rendered mails, SMTP
/// lines) below a level: no filter opens them further.
const CAPS: [(&str, Level); 4] =
    [("sqlx", Level::WARN), ("sea_orm", Level::WARN), ("handlebars", Level::INFO), ("lettre", Level::INFO)];

/// Starts logging, unless something in the process has started it before
/// (as with several tests in one process).
pub fn init(settings: &TelemetrySettings) {
    // A second call loses; the first one's settings hold.
    let _ = tracing_subscriber::registry()
        .with(env_filter(&settings.log_filter))
        .with(filter_fn(not_capped))
        .with(writer(settings.log_format))
        .try_init();
}

/// The operator's filter; what it leaves open is told from info on.
fn env_filter(filter: &str) -> EnvFilter {
    EnvFilter::builder().with_default_directive(LevelFilter::INFO.into()).parse_lossy(filter)
}

fn not_capped(metadata: &Metadata<'_>) -> bool {
    let library = metadata.target().split("::").next().unwrap_or_default();
    CAPS.iter().all(|(capped, level)| library != *capped || metadata.level() <= level)
}

fn writer<S>(format: LogFormat) -> Box<dyn Layer<S> + Send + Sync>
where
    S: tracing::Subscriber + for<'span> tracing_subscriber::registry::LookupSpan<'span>,
{
    let layer = fmt::layer().with_writer(std::io::stderr);
    match format {
        LogFormat::Json => layer.json().flatten_event(true).with_current_span(false).with_span_list(true).boxed(),
        LogFormat::Text => layer.compact().with_target(false).boxed(),
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Sink(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Sink {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn logged(filter: &str, act: impl FnOnce()) -> String {
        let sink = Sink::default();
        let writer = sink.clone();
        let subscriber = tracing_subscriber::registry()
            .with(env_filter(filter))
            .with(filter_fn(not_capped))
            .with(fmt::layer().with_ansi(false).with_writer(move || writer.clone()));
        tracing::subscriber::with_default(subscriber, act);
        let bytes = sink.0.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn statements_and_rendered_mails_are_never_logged() {
        let text = logged("trace,sqlx=trace,handlebars=trace", || {
            tracing::info!(target: "sqlx::query", "select secret");
            tracing::debug!(target: "handlebars::render", "rendered secret");
            tracing::warn!(target: "sqlx::pool", "slow acquire");
            tracing::trace!(target: "rekey::jobs", "leased");
        });
        assert!(!text.contains("secret") && text.contains("slow acquire") && text.contains("leased"), "{text}");
    }

    #[test]
    fn a_field_name_from_the_list_is_the_name_in_the_log() {
        let text = logged("info", || {
            tracing::info!({ super::super::fields::REQUEST_ID } = "req_1", "answered");
            tracing::debug!("hidden");
        });
        assert!(text.contains("request_id") && text.contains("req_1") && !text.contains("hidden"), "{text}");
    }

    #[test]
    fn logging_may_be_started_twice() {
        let settings =
            TelemetrySettings { log_format: LogFormat::Json, log_filter: "warn".into(), metrics_enabled: true };
        init(&settings);
        init(&settings);
    }
}
