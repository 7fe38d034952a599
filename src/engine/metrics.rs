//! Counters and histograms of one engine. Writers are the queue and the engine thread; readers take a copy.
//!
//! Times are microseconds. A histogram has fixed upper bounds, so that two of them can be added.
#![forbid(unsafe_code)]

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Upper bounds of the histogram buckets in microseconds; a last bucket takes what is longer.
pub(crate) const BOUNDS: [u64; 14] = [
    10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 50_000, 100_000, 1_000_000, 10_000_000,
];

/// A histogram of durations.
#[derive(Debug, Default)]
pub(crate) struct Histogram {
    counts: [AtomicU64; BOUNDS.len() + 1],
    sum: AtomicU64,
    max: AtomicU64,
}

/// A copy of a histogram at one moment.
#[derive(Debug, Clone, Default)]
pub(crate) struct HistogramCopy {
    /// How many durations fell into each bucket; one more entry than `BOUNDS`.
    pub(crate) counts: Vec<u64>,
    /// Sum of all durations in microseconds.
    pub(crate) sum: u64,
    /// The longest duration in microseconds.
    pub(crate) max: u64,
}

impl Histogram {
    pub(crate) fn record(&self, duration: Duration) {
        let micros = u64::try_from(duration.as_micros()).unwrap_or(u64::MAX);
        let bucket = BOUNDS.partition_point(|bound| *bound < micros);
        if let Some(count) = self.counts.get(bucket) {
            count.fetch_add(1, Ordering::Relaxed);
        }
        self.sum.fetch_add(micros, Ordering::Relaxed);
        self.max.fetch_max(micros, Ordering::Relaxed);
    }

    pub(crate) fn copy(&self) -> HistogramCopy {
        HistogramCopy {
            counts: self
                .counts
                .iter()
                .map(|count| count.load(Ordering::Relaxed))
                .collect(),
            sum: self.sum.load(Ordering::Relaxed),
            max: self.max.load(Ordering::Relaxed),
        }
    }
}

/// Everything that is counted for one engine.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    /// Time from entering the queue to running, one histogram per priority.
    pub(crate) wait: [Histogram; 4],
    /// Time on the backend.
    pub(crate) run: Histogram,
    /// Batches that entered the queue.
    pub(crate) enqueued: AtomicU64,
    /// Batches that left the queue to run.
    pub(crate) dequeued: AtomicU64,
    /// Batches whose reply held an `ErrorResponse`.
    pub(crate) errors: AtomicU64,
    /// Batches refused because they waited longer than `queueTimeout`.
    pub(crate) timeouts: AtomicU64,
    /// Batches refused because the queue was full.
    pub(crate) refused: AtomicU64,
    /// Times the backend was opened again after it stopped by itself.
    pub(crate) restarts: AtomicU64,
    /// Batches that were stopped while they ran: cancelled, or past `statement_timeout`.
    pub(crate) stopped: AtomicU64,
    /// Rows sent in replies.
    pub(crate) rows: AtomicU64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_falls_into_the_first_bucket_whose_bound_is_not_smaller() {
        let histogram = Histogram::default();
        for micros in [10, 11, 20_000_000] {
            histogram.record(Duration::from_micros(micros));
        }
        let copy = histogram.copy();
        assert_eq!(copy.counts.first(), Some(&1));
        assert_eq!(copy.counts.get(1), Some(&1));
        assert_eq!(copy.counts.last(), Some(&1));
        assert_eq!((copy.sum, copy.max), (20_000_021, 20_000_000));
    }
}
