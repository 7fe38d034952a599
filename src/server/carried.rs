//! A connection whose database another process has open: its messages are carried there, and the answers back.
#![forbid(unsafe_code)]

use std::convert::Infallible;
use std::future::pending;
use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use bytes::BytesMut;
use subtle::ConstantTimeEq;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, split};
use tokio::net::UnixStream;
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::watch;

use super::LONGEST_FAREWELL;
use super::elsewhere::Elsewhere;
use super::inspect::Inspector;
use super::stream::Transport;
use crate::protocol::backend::encode_error;
use crate::protocol::position::Position;
use crate::protocol::{ErrorFields, sqlstate};
use crate::session::cut::{Cut, cut};

/// What others know of such a connection.
#[derive(Debug)]
pub(super) struct Carried {
    elsewhere: Arc<dyn Elsewhere>,
    /// The session's process id, and the key to cancel what it runs.
    key: OnceLock<(i32, Vec<u8>)>,
    sent: AtomicU64,
    /// The client has ended its side, or said goodbye.
    leaves: AtomicBool,
    /// The last words, when this process ends the connection.
    ended: watch::Sender<Option<ErrorFields>>,
}

impl Carried {
    pub(super) fn new(elsewhere: Arc<dyn Elsewhere>) -> Arc<Self> {
        Arc::new(Self {
            elsewhere,
            key: OnceLock::new(),
            sent: AtomicU64::new(0),
            leaves: AtomicBool::new(false),
            ended: watch::Sender::new(None),
        })
    }

    /// 0 before the session has begun.
    pub(super) fn process_id(&self) -> i32 {
        self.key.get().map_or(0, |(process_id, _)| *process_id)
    }

    /// How many bytes the client was sent.
    pub(super) fn sent(&self) -> u64 {
        self.sent.load(Ordering::Relaxed)
    }

    /// Whether a cancel request means this session.
    pub(super) fn is(&self, process_id: i32, key: &[u8]) -> bool {
        self.key.get().is_some_and(|(own, secret)| {
            *own == process_id && bool::from(secret.as_slice().ct_eq(key))
        })
    }

    /// Stops what the session runs. Resolves when the other process has been told.
    pub(super) async fn cancel(&self) {
        if let Some((process_id, key)) = self.key.get() {
            self.elsewhere.cancel(*process_id, key).await;
        }
    }

    /// Ends the session with these words, and stops what it runs.
    pub(super) fn abort(&self, fields: ErrorFields) {
        self.ended.send_replace(Some(fields));
    }

    /// Resolves when this process ends the connection.
    async fn last_words(&self) -> ErrorFields {
        let mut ended = self.ended.subscribe();
        let fields = ended.wait_for(Option::is_some).await;
        let fields = fields.ok().and_then(|fields| fields.clone());
        match fields {
            Some(fields) => fields,
            None => pending().await,
        }
    }

    /// Carries messages in both directions until either side is done.
    pub(super) async fn converse(
        &self,
        transport: Transport,
        there: UnixStream,
        words: BytesMut,
        inspector: Option<&Inspector>,
    ) {
        let (mut reader, mut writer) = split(transport);
        let (answers, mut requests) = there.into_split();
        let too_late = async {
            self.last_words().await;
            tokio::time::sleep(LONGEST_FAREWELL).await;
        };
        let has_ended = tokio::select! {
            answered = self.answer(&mut writer, answers, words, inspector) => answered.unwrap_or(false),
            // A client that is gone needs nothing more.
            _ = self.ask(&mut reader, &mut requests, inspector) => false,
            () = too_late => false,
        };
        if !has_ended {
            drop(tokio::time::timeout(LONGEST_FAREWELL, self.cancel()).await);
        }
        drop(tokio::time::timeout(LONGEST_FAREWELL, writer.shutdown()).await);
    }

    /// Carries what the client says. Ends with an error of the client's connection only.
    async fn ask(
        &self,
        reader: &mut (impl AsyncRead + Unpin),
        requests: &mut OwnedWriteHalf,
        inspector: Option<&Inspector>,
    ) -> io::Result<Infallible> {
        let mut buffer = vec![0; PIECE];
        let mut position = Position::default();
        loop {
            let count = match reader.read(&mut buffer).await {
                // Encryption that ends without its last words is the end of a stream like any other.
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => 0,
                read => read?,
            };
            let bytes = buffer.get(..count).unwrap_or_default();
            if let Some(inspector) = inspector {
                inspector.frontend(bytes);
            }
            position.advance(bytes);
            self.leaves
                .fetch_or(count == 0 || position.is_last, Ordering::Relaxed);
            let carried = if count == 0 {
                requests.shutdown().await
            } else {
                requests.write_all(bytes).await
            };
            if count == 0 || carried.is_err() {
                // The answers tell what has become of it.
                return pending().await;
            }
        }
    }

    /// Carries what the other process says, and says why when it goes without a word. Tells whether it has gone, or this
    /// process ends the connection; fails with the client's connection.
    async fn answer(
        &self,
        writer: &mut (impl AsyncWrite + Unpin),
        mut answers: OwnedReadHalf,
        words: BytesMut,
        inspector: Option<&Inspector>,
    ) -> io::Result<bool> {
        let mut buffer = words;
        let mut said_why = false;
        let (farewell, has_ended) = loop {
            let Cut {
                deliveries,
                farewell,
                key,
            } = cut(&mut buffer);
            if let Some(key) = key {
                // There is one for each session.
                drop(self.key.set(key));
            }
            if !deliveries.is_empty() {
                said_why = farewell;
            }
            for delivery in deliveries {
                self.say(writer, &delivery.bytes, inspector).await?;
            }
            writer.flush().await?;
            buffer.reserve(PIECE);
            tokio::select! {
                read = answers.read_buf(&mut buffer) => if !read.is_ok_and(|count| count > 0) {
                    let silent = said_why || self.leaves.load(Ordering::Relaxed);
                    let gone = || ErrorFields::new("FATAL", sqlstate::ADMIN_SHUTDOWN, GONE);
                    break ((!silent).then(gone), true);
                },
                fields = self.last_words() => break (Some(fields), false),
            }
        };
        if let Some(fields) = farewell {
            let mut bytes = Vec::new();
            encode_error(&mut bytes, &fields);
            self.say(writer, &bytes, inspector).await?;
            writer.flush().await?;
        }
        Ok(has_ended)
    }

    async fn say(
        &self,
        writer: &mut (impl AsyncWrite + Unpin),
        bytes: &[u8],
        inspector: Option<&Inspector>,
    ) -> io::Result<()> {
        if let Some(inspector) = inspector {
            inspector.backend(bytes);
        }
        writer.write_all(bytes).await?;
        let count = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        self.sent.fetch_add(count, Ordering::Relaxed);
        Ok(())
    }
}

/// How much is carried at a time.
const PIECE: usize = 64 * 1024;
pub(crate) const GONE: &str =
    "terminating connection because the process that had the database open has gone";
