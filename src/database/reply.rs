//! The answer to a batch: rows by statement, or the first error.
#![forbid(unsafe_code)]

use bytes::Bytes;

use super::{Error, Rows};
use crate::protocol::ErrorFields;
use crate::protocol::backend::{Messages, data_row, ready_status};

/// What a batch was answered.
#[derive(Debug)]
pub(super) struct Reply {
    /// By statement, as far as they completed.
    pub(super) rows: Vec<Rows>,
    pub(super) error: Option<Box<ErrorFields>>,
    /// The transaction's status after it.
    pub(super) status: u8,
}

impl Reply {
    pub(super) fn read(bytes: &Bytes) -> Self {
        let mut reply = Self {
            rows: Vec::new(),
            error: None,
            status: b'I',
        };
        let mut rows = Rows::new();
        for message in Messages::new(bytes) {
            match message.tag {
                b'D' => {
                    let values = data_row(message.body).into_iter().flatten();
                    rows.push(
                        values
                            .map(|value| value.map(|value| bytes.slice_ref(value)))
                            .collect(),
                    );
                }
                b'C' => reply.rows.push(std::mem::take(&mut rows)),
                b'E' if reply.error.is_none() => {
                    reply.error = Some(Box::new(ErrorFields::decode(message.body)));
                }
                b'Z' => reply.status = ready_status(message.body).unwrap_or(b'I'),
                _ => {}
            }
        }
        reply
    }

    pub(super) fn into_rows(self) -> Result<Vec<Rows>, Error> {
        match self.error {
            None => Ok(self.rows),
            Some(fields) => Err(Error::Server(fields)),
        }
    }
}
