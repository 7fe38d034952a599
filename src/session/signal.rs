//! `pg_cancel_backend` and `pg_terminate_backend`: one session that stops or ends another.
//!
//! On a server they work while the other one runs. Here the statement would wait for the very one that it is to stop, so
//! one that does nothing else takes effect when it comes, before its turn. Whatever calls these functions in another way
//! notes whom it means in a setting, which is read when it has run.
#![forbid(unsafe_code)]

use super::access::Access;
use super::entrance::cancel;
use super::settings::SUPERUSER;
use super::shared::Shared;
use super::state::State;
use super::table::{Table, rows};
use crate::engine::error::Error;
use crate::engine::interrupt::Stop;
use crate::engine::wire::Wire;
use crate::protocol::frontend::{Frames, Frontend};
use crate::protocol::{ErrorFields, sqlstate};
use crate::sql::{BackendSignal, backend_signal};

/// Carries out what a batch asks for, if it asks for nothing else.
pub(super) fn send_ahead(access: &Access, own: &Shared, batch: &[u8]) {
    if let Some((terminates, process_id)) = asked(batch)
        && let Some(target) = access.hub().find_by_process_id(process_id)
        && target.id != own.id
        && may_signal(own, &target)
    {
        own.note_signalled(process_id);
        if terminates {
            target.deliver_fatal(&terminated());
        }
        cancel(access, &target);
    }
}

impl Table {
    /// Carries out what the functions noted while a batch ran.
    pub(super) async fn send_signals(&mut self, state: &State, wire: &Wire) -> Result<(), Error> {
        if state.shared.transaction_status() == b'E' {
            return Ok(());
        }
        let reply = self.query(wire, TAKE.as_bytes()).await?;
        let noted = rows(&reply.bytes).into_iter().flatten().next().flatten();
        for signal in noted.unwrap_or_default().split_whitespace() {
            let (kind, process_id) = signal.split_at_checked(1).unwrap_or_default();
            let target = process_id
                .parse()
                .ok()
                .and_then(|process_id| state.shared.hub.find_by_process_id(process_id));
            let Some(target) = target.filter(|target| may_signal(&state.shared, target)) else {
                continue;
            };
            // Nobody else runs. What waits to run is not cancelled, as on a server it would run by now.
            if kind == "t" {
                target.deliver_fatal(&terminated());
                wire.stopper().stop(target.id, Stop::Cancel);
            }
        }
        Ok(())
    }
}

/// Whom a batch means, and whether it ends that session.
fn asked(batch: &[u8]) -> Option<(bool, i32)> {
    if batch.len() > LONGEST || !batch.windows(NAMED.len()).any(|part| part == NAMED) {
        return None;
    }
    let mut frames = Frames::new(batch);
    let first = frames.next()?;
    match Frontend::decode(first.tag, first.body).ok()? {
        Frontend::Query(text) => {
            let BackendSignal {
                terminates,
                process_id,
            } = backend_signal(text)?;
            Some((terminates, process_id?))
        }
        Frontend::Parse(parse) if parse.name.is_empty() => {
            let signal = backend_signal(parse.text)?;
            let bind = frames.find(|frame| frame.tag == b'B')?;
            let Frontend::Bind(bind) = Frontend::decode(bind.tag, bind.body).ok()? else {
                return None;
            };
            let process_id = signal.process_id.or_else(|| first_parameter(bind.rest));
            Some((signal.terminates, process_id?))
        }
        _ => None,
    }
}

/// The first parameter of a Bind, when it is a number: as text, or in binary form.
fn first_parameter(rest: &[u8]) -> Option<i32> {
    let count = |at: usize| {
        let bytes = rest.get(at..at + 2)?;
        Some(usize::from(u16::from_be_bytes(bytes.try_into().ok()?)))
    };
    let formats = count(0)?;
    let is_binary = formats > 0 && count(2)? == 1;
    let at = 2 + 2 * formats + 2;
    let length = rest.get(at..at + 4)?.try_into().ok()?;
    let length = usize::try_from(i32::from_be_bytes(length)).ok()?;
    let value = rest.get(at + 4..at + 4 + length)?;
    if !is_binary {
        return std::str::from_utf8(value).ok()?.trim().parse().ok();
    }
    match *value {
        [a, b, c, d] | [0, 0, 0, 0, a, b, c, d] => Some(i32::from_be_bytes([a, b, c, d])),
        _ => None,
    }
}

/// Whether a session may stop another: the superuser may, and everyone what is his own.
fn may_signal(own: &Shared, target: &Shared) -> bool {
    let user = own.activity().user;
    user == SUPERUSER || user == target.activity().user
}

fn terminated() -> ErrorFields {
    let message = "terminating connection due to administrator command";
    ErrorFields::new("FATAL", sqlstate::ADMIN_SHUTDOWN, message)
}

/// Reads what was noted, and forgets it.
const TAKE: &str = "SELECT noted FROM (SELECT pg_catalog.current_setting('oxbase.signals', true) AS noted) AS settings, \
                    LATERAL pg_catalog.set_config('oxbase.signals', left(noted, 0), false) AS forgotten";
const NAMED: &[u8] = b"_backend";
/// A statement that does nothing else is short.
const LONGEST: usize = 2048;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::frontend::{encode_bind, encode_parse, encode_query, encode_sync};

    #[test]
    fn the_process_id_is_read_from_the_text_or_the_parameter() {
        let mut simple = Vec::new();
        encode_query(&mut simple, b"select pg_terminate_backend(1005)");
        assert_eq!(asked(&simple), Some((true, 1005)));
        let extended = |rest: &[u8]| {
            let mut batch = Vec::new();
            encode_parse(&mut batch, b"", b"SELECT pg_cancel_backend($1)", &[0, 0]);
            encode_bind(&mut batch, b"", b"", rest);
            encode_sync(&mut batch);
            asked(&batch)
        };
        let text = b"\0\0\0\x01\0\0\0\x041005\0\0";
        let binary = b"\0\x01\0\x01\0\x01\0\0\0\x04\0\0\x03\xed\0\0";
        let null = b"\0\0\0\x01\xff\xff\xff\xff\0\0";
        assert_eq!(extended(text), Some((false, 1005)));
        assert_eq!(extended(binary), Some((false, 1005)));
        assert_eq!(extended(null), None);
    }
}
