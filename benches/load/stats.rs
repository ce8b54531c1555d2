//! Percentiles, trimmed means and Welch's t; and the shuffling that a fair comparison needs.

use std::time::Duration;

/// The value below which a share (0 to 1) of the times lie; zero for none.
pub fn percentile(times: &[Duration], share: f64) -> Duration {
    let mut sorted = times.to_vec();
    sorted.sort_unstable();
    let last = sorted.len().saturating_sub(1);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "an index into a list that fits into memory"
    )]
    let index = (last as f64 * share.clamp(0.0, 1.0)).round() as usize;
    sorted.get(index).copied().unwrap_or_default()
}

pub fn median(times: &[Duration]) -> Duration {
    percentile(times, 0.5)
}

/// The times without the given share (0 to 0.5) at either end.
pub fn trimmed(times: &[Duration], share: f64) -> Vec<Duration> {
    let mut sorted = times.to_vec();
    sorted.sort_unstable();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a count of a list that fits into memory"
    )]
    let cut = (sorted.len() as f64 * share.clamp(0.0, 0.5)) as usize;
    sorted.get(cut..sorted.len() - cut).unwrap_or_default().to_vec()
}

/// Welch's t of two samples of times; zero when they have no spread or too few values.
pub fn welch_t(a: &[Duration], b: &[Duration]) -> f64 {
    let ((mean_a, error_a), (mean_b, error_b)) = (mean_and_error(a), mean_and_error(b));
    let spread = (error_a + error_b).sqrt();
    if spread > 0.0 { (mean_a - mean_b) / spread } else { 0.0 }
}

/// The mean in seconds, and the variance of that mean.
#[expect(clippy::cast_precision_loss, reason = "a count of samples")]
fn mean_and_error(times: &[Duration]) -> (f64, f64) {
    let n = times.len() as f64;
    if times.len() < 2 {
        return (0.0, 0.0);
    }
    let mean = times.iter().map(Duration::as_secs_f64).sum::<f64>() / n;
    let variance = times.iter().map(|time| (time.as_secs_f64() - mean).powi(2)).sum::<f64>() / (n - 1.0);
    (mean, variance / n)
}

/// A repeatable stream of numbers, so that two runs ask in the same order.
pub struct Order(u64);

impl Order {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number (`SplitMix64`).
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    pub fn coin(&mut self) -> bool {
        self.next() & 1 == 1
    }
}
