//! Start-up settings: what oxbase chooses, and what the user's own replace.
#![forbid(unsafe_code)]

/// What may be lost of what was acknowledged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Durability {
    /// Nothing.
    Durable,
    /// The last transactions, and with the power the database, too.
    Relaxed,
    /// Nothing as long as the process lives: a backend that stops by itself recovers from WAL.
    Temporary,
}

/// The settings PostgreSQL is started with.
pub(crate) fn startup(own: &[(String, String)], durability: Durability) -> Vec<(String, String)> {
    let durability = match durability {
        Durability::Durable => &DURABLE,
        Durability::Relaxed => &RELAXED,
        Durability::Temporary => &TEMPORARY,
    };
    DEFAULTS
        .iter()
        .chain(durability)
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .chain(own.iter().cloned())
        .collect()
}

/// Chosen for memory: a database inside an application is small, and the operating system caches its files anyway.
const DEFAULTS: [(&str, &str); 7] = [
    ("search_path", "\"$user\", public"),
    ("shared_buffers", "8MB"),
    ("wal_buffers", "1MB"),
    ("min_wal_size", "32MB"),
    ("max_wal_size", "256MB"),
    ("log_min_messages", "fatal"),
    // Tells whether a statement that was stopped had committed before.
    ("track_commit_timestamp", "on"),
];

const DURABLE: [(&str, &str); 3] = [
    ("fsync", "on"),
    ("synchronous_commit", "on"),
    ("full_page_writes", "on"),
];
const RELAXED: [(&str, &str); 3] = [
    ("fsync", "off"),
    ("synchronous_commit", "off"),
    ("full_page_writes", "off"),
];
const TEMPORARY: [(&str, &str); 3] = [
    ("fsync", "off"),
    ("synchronous_commit", "on"),
    ("full_page_writes", "off"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_users_settings_come_last_and_win() {
        let settings = startup(
            &[("shared_buffers".to_owned(), "32MB".to_owned())],
            Durability::Durable,
        );
        assert_eq!(
            settings.last(),
            Some(&("shared_buffers".to_owned(), "32MB".to_owned()))
        );
        assert!(settings.contains(&("fsync".to_owned(), "on".to_owned())));
    }
}
