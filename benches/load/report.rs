//! What was measured, as Markdown.

use std::time::Duration;

use super::{drive::Sample, stats};

/// Two tables, filled while the scenarios run.
#[derive(Default)]
pub struct Report {
    rows: Vec<String>,
    values: Vec<String>,
    complaints: Vec<String>,
}

impl Report {
    /// A row of the first table, and at once a line on standard error.
    pub fn sample(&mut self, name: &str, sample: &Sample) {
        let row = format!(
            "| {name} | {} | {} | {:.0} | {} | {} | {:.2} | {:.2} |",
            sample.times.len(),
            sample.failed,
            sample.rate(),
            milliseconds(stats::median(&sample.times)),
            milliseconds(stats::percentile(&sample.times, 0.99)),
            sample.cpu.0,
            sample.cpu.1,
        );
        eprintln!("{row}");
        self.rows.push(row);
        if let Some(complaint) = &sample.complaint {
            self.complaints.push(format!("- {name}: {complaint}"));
        }
    }

    /// A row of the second table.
    pub fn value(&mut self, name: &str, value: &str) {
        let row = format!("| {name} | {value} |");
        eprintln!("{row}");
        self.values.push(row);
    }

    /// A ratio of two rates; a dash when there is nothing to divide by.
    pub fn ratio(&mut self, name: &str, rate: f64, reference: f64) {
        let value = if reference > 0.0 { format!("{:.2}", rate / reference) } else { "–".to_owned() };
        self.value(name, &value);
    }

    /// Both tables, and the first unexpected answer of each scenario.
    pub fn markdown(&self) -> String {
        const SAMPLES: &str = "| scenario | calls | failed | per second | p50 ms | p99 ms | server CPU s | client CPU s |\n\
                               |---|---|---|---|---|---|---|---|";
        const VALUES: &str = "| measure | value |\n|---|---|";
        const COMPLAINTS: &str = "Unexpected answers, the first of each scenario:";
        [(SAMPLES, &self.rows), (VALUES, &self.values), (COMPLAINTS, &self.complaints)]
            .into_iter()
            .filter(|(_, lines)| !lines.is_empty())
            .map(|(head, lines)| format!("\n{head}\n{}\n", lines.join("\n")))
            .collect::<Vec<_>>()
            .concat()
    }
}

/// A time in milliseconds with as many digits as it deserves.
pub fn milliseconds(time: Duration) -> String {
    format!("{:.2}", time.as_secs_f64() * 1000.0)
}
