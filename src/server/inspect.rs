//! The messages of a connection, a line each, for those who look for a fault.
#![forbid(unsafe_code)]

use std::sync::{Mutex, PoisonError};

use crate::protocol::ErrorFields;
use crate::protocol::backend::{Messages, command_tag};
use crate::protocol::frontend::{Frames, Frontend, frame_length};

/// Takes the lines.
pub(super) type Sink = Box<dyn Fn(String) + Send + Sync>;

/// Writes down what goes through one connection.
pub(super) struct Inspector {
    connection: u64,
    partial: Mutex<Partial>,
    sink: Sink,
}

/// An incomplete message of the client's.
#[derive(Default)]
struct Partial {
    bytes: Vec<u8>,
    /// How much is still to come of one that is too long to be kept.
    passed_over: usize,
}

impl Inspector {
    pub(super) fn new(connection: u64, sink: Sink) -> Self {
        Self {
            connection,
            partial: Mutex::default(),
            sink,
        }
    }

    /// Bytes from the client, after the start-up packet.
    pub(super) fn frontend(&self, bytes: &[u8]) {
        let mut partial = self.partial.lock().unwrap_or_else(PoisonError::into_inner);
        let skipped = partial.passed_over.min(bytes.len());
        partial.passed_over -= skipped;
        let bytes = bytes.get(skipped..).unwrap_or_default();
        partial.bytes.extend_from_slice(bytes);
        let mut frames = Frames::new(&partial.bytes);
        for frame in frames.by_ref() {
            let text = describe_frontend(frame.tag, frame.body);
            self.line('>', &text, frame.body.len());
        }
        let used = frames.rest();
        partial.bytes.drain(..used);
        let length = frame_length(&partial.bytes).ok().flatten();
        if let (Some(length), Some(tag)) = (length, partial.bytes.first())
            && length > LONGEST_PARTIAL
        {
            let text = format!("{} (long)", char::from(*tag));
            self.line('>', &text, length - 5);
            partial.passed_over = length - partial.bytes.len();
            partial.bytes = Vec::new();
        }
    }

    /// Bytes for the client: whole messages.
    pub(super) fn backend(&self, bytes: &[u8]) {
        for message in Messages::new(bytes) {
            let text = describe_backend(message.tag, message.body);
            self.line('<', &text, message.body.len());
        }
    }

    fn line(&self, direction: char, text: &str, length: usize) {
        let connection = self.connection;
        (self.sink)(format!("{connection} {direction} {text} ({length} bytes)"));
    }
}

impl std::fmt::Debug for Inspector {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Inspector").finish_non_exhaustive()
    }
}

fn describe_frontend(tag: u8, body: &[u8]) -> String {
    let text = |bytes: &[u8]| {
        let text = String::from_utf8_lossy(bytes);
        text.chars().take(LONGEST_TEXT).collect::<String>()
    };
    match Frontend::decode(tag, body) {
        Ok(Frontend::Query(query)) => format!("Query {}", text(query)),
        Ok(Frontend::Parse(parse)) => {
            format!("Parse \"{}\" {}", text(parse.name), text(parse.text))
        }
        Ok(Frontend::Bind(bind)) => {
            format!(
                "Bind \"{}\" \"{}\"",
                text(bind.portal),
                text(bind.statement)
            )
        }
        Ok(Frontend::Describe { name, .. }) => format!("Describe \"{}\"", text(name)),
        Ok(Frontend::Execute { portal, max_rows }) => {
            format!("Execute \"{}\" {max_rows}", text(portal))
        }
        Ok(Frontend::Close { name, .. }) => format!("Close \"{}\"", text(name)),
        Ok(Frontend::Sync) => "Sync".to_owned(),
        Ok(Frontend::Flush) => "Flush".to_owned(),
        Ok(Frontend::CopyData(_)) => "CopyData".to_owned(),
        Ok(Frontend::CopyDone) => "CopyDone".to_owned(),
        Ok(Frontend::CopyFail(reason)) => format!("CopyFail {}", text(reason)),
        Ok(Frontend::Terminate) => "Terminate".to_owned(),
        Ok(Frontend::FunctionCall) => "FunctionCall".to_owned(),
        Ok(Frontend::Password(_)) => "Password".to_owned(),
        Err(error) => format!("{error}"),
    }
}

fn describe_backend(tag: u8, body: &[u8]) -> String {
    let name = match tag {
        b'1' => "ParseComplete",
        b'2' => "BindComplete",
        b'3' => "CloseComplete",
        b'A' => "NotificationResponse",
        b'C' => return format!("CommandComplete {}", command_tag(body).unwrap_or_default()),
        b'D' => "DataRow",
        b'E' | b'N' => {
            let fields = ErrorFields::decode(body);
            return format!("{} {}: {}", fields.severity, fields.code, fields.message);
        }
        b'G' => "CopyInResponse",
        b'H' => "CopyOutResponse",
        b'I' => "EmptyQueryResponse",
        b'K' => "BackendKeyData",
        b'R' => "Authentication",
        b'S' => "ParameterStatus",
        b'T' => "RowDescription",
        b'V' => "FunctionCallResponse",
        b'Z' => return format!("ReadyForQuery {}", String::from_utf8_lossy(body)),
        b'c' => "CopyDone",
        b'd' => "CopyData",
        b'n' => "NoData",
        b's' => "PortalSuspended",
        b't' => "ParameterDescription",
        b'v' => "NegotiateProtocolVersion",
        _ => "Unknown",
    };
    name.to_owned()
}

const LONGEST_TEXT: usize = 200;
/// A longer message is told by its tag, and not kept.
const LONGEST_PARTIAL: usize = 1 << 20;

#[cfg(test)]
mod tests {
    use std::sync::{Arc, mpsc};

    use super::*;

    #[test]
    fn what_follows_a_long_message_is_told_of() {
        let (sender, lines) = mpsc::channel();
        let sender = Arc::new(Mutex::new(sender));
        let inspector = Inspector::new(
            7,
            Box::new(move |line| drop(sender.lock().unwrap().send(line))),
        );
        let mut bytes = b"d\0\x20\0\0".to_vec();
        bytes.resize(1 + 0x20_0000, b'Q');
        bytes.extend_from_slice(b"S\0\0\0\x04");
        for piece in bytes.chunks(65_536) {
            inspector.frontend(piece);
        }
        drop(inspector);
        let lines: Vec<String> = lines.iter().collect();
        assert_eq!(
            lines,
            ["7 > d (long) (2097148 bytes)", "7 > Sync (0 bytes)"]
        );
    }

    #[test]
    fn each_message_is_a_line_however_it_came() {
        let (sender, lines) = mpsc::channel();
        let sender = Arc::new(Mutex::new(sender));
        let inspector = Inspector::new(
            7,
            Box::new(move |line| drop(sender.lock().unwrap().send(line))),
        );
        inspector.frontend(b"Q\0\0\0\x0dselect");
        inspector.frontend(b" 1\0S\0\0\0\x04");
        inspector.backend(b"C\0\0\0\x0aBEGIN\0Z\0\0\0\x05T");
        drop(inspector);
        let lines: Vec<String> = lines.iter().collect();
        assert_eq!(
            lines,
            [
                "7 > Query select 1 (9 bytes)",
                "7 > Sync (0 bytes)",
                "7 < CommandComplete BEGIN (6 bytes)",
                "7 < ReadyForQuery T (1 bytes)",
            ]
        );
    }
}
