//! The key with which a client proves that a cancel request is about its own session.
//!
//! Mirrors PostgreSQL 18: 4 bytes in protocol 3.0, 32 from 3.2 on.
#![forbid(unsafe_code)]

use std::sync::atomic::{AtomicBool, Ordering};

use subtle::ConstantTimeEq;

/// A key nobody can guess.
pub(crate) struct CancelKey {
    bytes: [u8; LONG],
    long: AtomicBool,
}

impl CancelKey {
    /// Takes the randomness of the operating system.
    pub(crate) fn random() -> Self {
        let mut bytes = [0; LONG];
        // Without randomness there is no key: nothing is cancelled rather than by anybody.
        let random = getrandom::fill(&mut bytes).is_ok();
        Self {
            bytes: if random { bytes } else { [0; LONG] },
            long: AtomicBool::new(!random),
        }
    }

    /// The client speaks a protocol that has room for all of it.
    pub(crate) fn lengthen(&self) {
        self.long.store(true, Ordering::Relaxed);
    }

    /// What the client is told.
    pub(crate) fn bytes(&self) -> &[u8] {
        let length = if self.long.load(Ordering::Relaxed) {
            LONG
        } else {
            SHORT
        };
        self.bytes.get(..length).unwrap_or_default()
    }

    /// Whether a cancel request has this key. Takes as long for a key that is nearly right as for one that is not.
    pub(crate) fn is(&self, other: &[u8]) -> bool {
        self.bytes != [0; LONG] && bool::from(self.bytes().ct_eq(other))
    }
}

impl std::fmt::Debug for CancelKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("CancelKey").finish_non_exhaustive()
    }
}

const SHORT: usize = 4;
const LONG: usize = 32;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_the_length_of_its_protocol_and_is_no_other() {
        let (key, other) = (CancelKey::random(), CancelKey::random());
        assert_eq!(key.bytes().len(), 4);
        assert!(key.is(key.bytes()));
        key.lengthen();
        assert_eq!(key.bytes().len(), 32);
        assert!(key.is(key.bytes()));
        assert!(!key.is(&key.bytes()[..4]));
        assert!(!key.is(other.bytes()));
        assert!(!key.is(b""));
    }
}
