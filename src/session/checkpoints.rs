//! Checkpoints: without a checkpointer process nobody would ever shorten the write-ahead log.
//!
//! Now and then, between transactions, the log's length since the last checkpoint is asked for; past a limit a
//! checkpoint is run, which costs the next batch some milliseconds.
#![forbid(unsafe_code)]

use super::table::rows;
use crate::engine::wire::Wire;
use crate::protocol::frontend::encode_query;

/// When the next look is due.
#[derive(Debug)]
pub(crate) struct Checkpoints {
    batches_left: u32,
}

impl Default for Checkpoints {
    fn default() -> Self {
        Self {
            batches_left: BATCHES,
        }
    }
}

impl Checkpoints {
    /// Counts a batch; true when it is time to look.
    pub(crate) fn is_due(&mut self) -> bool {
        self.batches_left = self.batches_left.saturating_sub(1);
        self.batches_left == 0
    }

    /// Looks, and runs a checkpoint if the log is long. A failure is no session's concern; the next look tries again.
    pub(crate) async fn run(&mut self, wire: &Wire) {
        self.batches_left = BATCHES;
        let Ok(reply) = wire.exchange(query(LOG_LENGTH)).await else {
            return;
        };
        let length = rows(&reply.bytes).into_iter().flatten().next().flatten();
        if length
            .and_then(|length| length.parse::<u64>().ok())
            .is_some_and(|length| length > LONGEST_LOG)
        {
            drop(wire.exchange(query("CHECKPOINT")).await);
        }
    }
}

fn query(sql: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(sql.len() + 6);
    encode_query(&mut bytes, sql.as_bytes());
    bytes
}

const LOG_LENGTH: &str = "SELECT pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_insert_lsn(), redo_lsn)::bigint \
    FROM pg_catalog.pg_control_checkpoint()";
const BATCHES: u32 = 200;
/// Bytes of log that a recovery may have to read.
const LONGEST_LOG: u64 = 64 << 20;
