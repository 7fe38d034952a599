//! What the protocol's documentation lets a server answer to a sequence of frames.
//!
//! In: the frames a client sent after its start-up, and the messages that came back. Out: whether they fit. Whether a
//! statement fails, and when a COPY ends by itself, cannot be foreseen; so all readings are followed at once, and one of
//! them must come out even. Mirrors <https://www.postgresql.org/docs/18/protocol-flow.html>.
#![forbid(unsafe_code)]

use std::collections::BTreeSet;

use super::client::Reply;

/// Where a reading stands: how many messages it has used, and what the server does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Reading {
    used: usize,
    mode: Mode,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Mode {
    Idle,
    /// After an error in the extended protocol, until Sync.
    Skipping,
    /// COPY input is wanted, by a simple query.
    CopySimple,
    /// COPY input is wanted, by Execute.
    CopyExtended,
    /// Nothing comes any more.
    Ended,
}

/// Checks the answers to frames, given by their tags.
pub(super) fn check(frames: &[u8], replies: &[Reply]) -> Result<(), String> {
    let tags: Vec<u8> = replies
        .iter()
        .filter(|reply| !ASYNCHRONOUS.contains(&reply.tag))
        .map(|reply| if is_fatal(reply) { FATAL } else { reply.tag })
        .collect();
    let mut readings = BTreeSet::from([Reading {
        used: 0,
        mode: Mode::Idle,
    }]);
    for (place, frame) in frames.iter().enumerate() {
        let next: BTreeSet<Reading> = readings
            .iter()
            .flat_map(|reading| step(*reading, *frame, &tags))
            .collect();
        if next.is_empty() {
            return Err(format!(
                "the answer to frame {place} of {} does not fit; answers {}, readings {readings:?}",
                frames.escape_ascii(),
                tags.escape_ascii(),
            ));
        }
        readings = next;
    }
    if readings.iter().any(|reading| reading.used == tags.len()) {
        return Ok(());
    }
    Err(format!(
        "too many answers to {}: {}, readings {readings:?}",
        frames.escape_ascii(),
        tags.escape_ascii()
    ))
}

fn step(reading: Reading, frame: u8, tags: &[u8]) -> Vec<Reading> {
    let Reading { used, mode } = reading;
    let rest = tags.get(used..).unwrap_or_default();
    let next = rest.first().copied();
    if mode == Mode::Ended {
        return vec![reading];
    }
    if next == Some(FATAL) {
        return vec![Reading {
            used: used + 1,
            mode: Mode::Ended,
        }];
    }
    let to = |count: usize, mode: Mode| {
        vec![Reading {
            used: used + count,
            mode,
        }]
    };
    if matches!(mode, Mode::CopySimple | Mode::CopyExtended) {
        return in_copy(reading, frame, tags);
    }
    match frame {
        b'X' => to(0, Mode::Ended),
        b'S' => match rest {
            [b'Z', ..] => to(1, Mode::Idle),
            // A malformed one.
            [b'E', b'Z', ..] => to(2, Mode::Idle),
            _ => Vec::new(),
        },
        b'd' | b'c' | b'f' => to(0, mode),
        _ if mode == Mode::Skipping => to(0, mode),
        b'H' => {
            let fails = (next == Some(b'E')).then_some(Reading {
                used: used + 1,
                mode: Mode::Skipping,
            });
            std::iter::once(reading).chain(fails).collect()
        }
        b'Q' => simple(used, tags),
        b'F' => match rest {
            [b'V' | b'E', b'Z', ..] => to(2, Mode::Idle),
            _ => Vec::new(),
        },
        _ if next == Some(b'E') => to(1, Mode::Skipping),
        b'P' if next == Some(b'1') => to(1, mode),
        b'B' if next == Some(b'2') => to(1, mode),
        b'C' if next == Some(b'3') => to(1, mode),
        b'D' => match rest {
            [b't', b'E', ..] => to(2, Mode::Skipping),
            [b't', b'T' | b'n', ..] => to(2, mode),
            [b'T' | b'n', ..] => to(1, mode),
            _ => Vec::new(),
        },
        b'E' => execute(used, tags),
        _ => Vec::new(),
    }
}

/// A simple query: everything up to ReadyForQuery, or up to where COPY input is wanted.
fn simple(used: usize, tags: &[u8]) -> Vec<Reading> {
    for (place, tag) in tags.iter().enumerate().skip(used) {
        let mode = match tag {
            b'Z' => Mode::Idle,
            b'G' => Mode::CopySimple,
            &FATAL => Mode::Ended,
            b'T' | b'D' | b'C' | b'I' | b'E' | b'H' | b'd' | b'c' => continue,
            _ => return Vec::new(),
        };
        let used = place + 1;
        return vec![Reading { used, mode }];
    }
    Vec::new()
}

/// Execute: rows and how it ended, an error, or a COPY.
fn execute(used: usize, tags: &[u8]) -> Vec<Reading> {
    for (place, tag) in tags.iter().enumerate().skip(used) {
        let mode = match tag {
            b'C' | b'I' | b's' => Mode::Idle,
            b'E' => Mode::Skipping,
            b'G' => Mode::CopyExtended,
            &FATAL => Mode::Ended,
            b'D' | b'H' | b'd' | b'c' => continue,
            _ => return Vec::new(),
        };
        let used = place + 1;
        return vec![Reading { used, mode }];
    }
    Vec::new()
}

fn in_copy(reading: Reading, frame: u8, tags: &[u8]) -> Vec<Reading> {
    let Reading { used, mode } = reading;
    let next = tags.get(used).copied();
    let after = |used: usize| match mode {
        Mode::CopySimple => simple(used, tags),
        _ => execute(used, tags),
    };
    // The COPY has failed by itself before this frame was read.
    let failed = || {
        let ended = if next == Some(b'E') {
            after(used)
        } else {
            Vec::new()
        };
        ended
            .into_iter()
            .flat_map(|reading| step(reading, frame, tags))
    };
    match frame {
        b'X' => vec![Reading {
            used,
            mode: Mode::Ended,
        }],
        b'c' | b'f' => after(used).into_iter().chain(failed()).collect(),
        b'd' | b'H' | b'S' => std::iter::once(reading).chain(failed()).collect(),
        // Differs from PostgreSQL: the COPY fails, as it does there, but the session goes on.
        _ => failed().collect(),
    }
}

fn is_fatal(reply: &Reply) -> bool {
    let field = |field: &[u8]| {
        reply
            .body
            .windows(field.len())
            .any(|window| window == field)
    };
    reply.tag == b'E' && field(b"VFATAL\0")
}

/// What may come at any time.
pub(super) const ASYNCHRONOUS: &[u8] = b"SNA";

/// Stands for an ErrorResponse that ends the session.
const FATAL: u8 = b'!';

#[cfg(test)]
mod tests {
    use super::*;

    fn fits(frames: &str, answers: &str) -> bool {
        let replies: Vec<Reply> = answers
            .bytes()
            .map(|tag| Reply {
                tag: if tag == FATAL { b'E' } else { tag },
                body: if tag == FATAL {
                    b"VFATAL\0".to_vec()
                } else {
                    Vec::new()
                },
            })
            .collect();
        check(frames.as_bytes(), &replies).is_ok()
    }

    #[test]
    fn whole_conversations_fit() {
        assert!(fits("Q", "TDDCZ"));
        assert!(fits("PBDES", "12TDCZ"));
        assert!(fits("PBESQ", "EZCZ"));
        assert!(fits("PHBEQS", "EZ"));
        assert!(fits("QddcQ", "GCZIZ"));
        assert!(fits("QddcSQ", "GEZZIZ"));
        assert!(fits("PBESdcS", "12GCZ"));
        assert!(fits("PBESdS", "12GEZ"));
        assert!(fits("QX", "CZ"));
        assert!(fits("QQQ", "!"));
    }

    #[test]
    fn what_is_missing_or_too_much_does_not() {
        assert!(!fits("Q", "TDDC"));
        assert!(!fits("QQ", "CZ"));
        assert!(!fits("Q", "CZZ"));
        assert!(!fits("PBES", "2CZ"));
        assert!(!fits("PBES", "1E2Z"));
        assert!(!fits("PBES", "121CZ"));
        assert!(!fits("PHQS", "EZZ"));
        assert!(!fits("QX", "CZZ"));
    }
}
