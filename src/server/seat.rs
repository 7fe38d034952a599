//! A connection that the engine thread reads itself, between two requests.
#![forbid(unsafe_code)]

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use tokio::sync::Notify;

use super::intake::{Intake, Taken};
use super::outbox::Outbox;
use super::socket::Socket;
use crate::engine::guests::{Guest, Guests};

/// What the connection's task waits for while it has the seat.
#[derive(Debug, Default)]
struct Ticket {
    left: Notify,
    /// What was taken last.
    last: AtomicU8,
}

struct Seated {
    socket: Arc<Socket>,
    intake: Arc<Intake>,
    outbox: Arc<Outbox>,
    ticket: Arc<Ticket>,
}

impl Guest for Seated {
    fn look(&mut self) -> bool {
        if self.outbox.is_full() || self.intake.session.is_flooded() {
            return false;
        }
        let last = match self.intake.take(|buffer| self.socket.receive(buffer)) {
            Taken::Nothing => return true,
            Taken::Bytes => return !self.intake.session.is_halted(),
            Taken::Pauses => PAUSES,
            Taken::End => END,
            Taken::Broken => BROKEN,
        };
        self.ticket.last.store(last, Ordering::Release);
        false
    }
}

impl Drop for Seated {
    fn drop(&mut self) {
        self.outbox.seat(false);
        self.ticket.left.notify_one();
    }
}

/// Lets the engine thread read the connection, until it has to leave. What was taken last, `Nothing` when it was not
/// read at all or went on as it should.
pub(super) async fn sit(
    guests: &Guests,
    socket: &Arc<Socket>,
    intake: &Arc<Intake>,
    outbox: &Arc<Outbox>,
) -> Taken {
    let ticket = Arc::new(Ticket::default());
    let seat = guests.invite(|| {
        outbox.seat(true);
        Box::new(Seated {
            socket: Arc::clone(socket),
            intake: Arc::clone(intake),
            outbox: Arc::clone(outbox),
            ticket: Arc::clone(&ticket),
        })
    });
    let Some(seat) = seat else {
        return Taken::Nothing;
    };
    let _stands_up = StandsUp { guests, seat };
    let mut rounds = guests.rounds();
    while tokio::time::timeout(PATIENCE, ticket.left.notified())
        .await
        .is_err()
    {
        outbox.send_held();
        if guests.rounds() == rounds {
            // It is busy with something, and may be for long.
            guests.dismiss(seat);
        }
        rounds = guests.rounds();
    }
    match ticket.last.load(Ordering::Acquire) {
        BROKEN => Taken::Broken,
        END => Taken::End,
        PAUSES => Taken::Pauses,
        _ => Taken::Nothing,
    }
}

/// Gives the seat back when the connection's task ends.
struct StandsUp<'a> {
    guests: &'a Guests,
    seat: u64,
}

impl Drop for StandsUp<'_> {
    fn drop(&mut self) {
        self.guests.dismiss(self.seat);
    }
}

const BROKEN: u8 = 1;
const END: u8 = 2;
const PAUSES: u8 = 3;
/// How long a connection may be out of sight.
const PATIENCE: Duration = Duration::from_millis(10);
