//! The side of the process that has a directory open: lends it to others by a socket, as long as it is open.
#![forbid(unsafe_code)]

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::{Report, socket};
use crate::engine::{is_alone, note_holder};
use crate::server::error::Error;
use crate::server::{Databases, Lent, Options, Server};
use crate::session::{Access, SessionEngine};

/// Lets other processes join the engine until it closes. Where that cannot be, they are told so.
pub(super) fn lend(engine: &Arc<SessionEngine>, root: &Path, report: Report) {
    let lends = engine.attend(|| {
        let server = listen(engine, root, report).ok()?;
        if is_alone(root) {
            note_holder(root, false);
        }
        Some(Box::new(Lending(Some(server))))
    });
    if !lends {
        note_holder(root, true);
    }
}

/// Keeps an engine for this process alone, unless it is lent already.
pub(super) fn keep(engine: &Arc<SessionEngine>, root: &Path) {
    if !engine.attend(|| None) {
        note_holder(root, true);
    }
}

fn listen(engine: &Arc<SessionEngine>, root: &Path, report: Report) -> Result<Server, Error> {
    let path = socket::prepare(root).map_err(|source| Error::Bind {
        address: root.display().to_string(),
        source,
    })?;
    let asked = Arc::downgrade(engine);
    let lent = Lent {
        access: Access::lent(engine),
        report: Box::new(move || asked.upgrade().map(|engine| report(&engine))),
    };
    let options = Options {
        hosts: Vec::new(),
        port: socket::PORT,
        path: Some(path),
        asks_password: false,
        password: None,
        tls: None,
        trusts_remote: false,
        max_connections: MOST_SESSIONS,
        idle_timeout: None,
        authentication_timeout: LONGEST_START,
        inspects: false,
    };
    Server::start(Databases::Lent(lent), options, |_| {})
}

/// Ends the sessions of other processes when the engine closes.
struct Lending(Option<Server>);

impl Drop for Lending {
    fn drop(&mut self) {
        if let Some(server) = self.0.take() {
            server.end();
        }
    }
}

const MOST_SESSIONS: usize = 10_000;
const LONGEST_START: Duration = Duration::from_mins(1);
