//! Frontend messages after start-up: cutting a stream into frames, reading them, writing them.
//!
//! In: bytes a client sent. Out: borrowed messages whose lengths, terminators and counts are
//! checked, so that they can be handed to the engine as they are. The encoders write what the
//! session layer puts in their place.
//! Mirrors PostgreSQL 18, "Message Formats", messages marked (F):
//! <https://www.postgresql.org/docs/18/protocol-message-formats.html>
#![forbid(unsafe_code)]

use super::buffer::{Reader, frame, length_at, put_string};
use super::error::Error;

/// One frontend message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Frontend<'a> {
    Parse(Parse<'a>),
    Bind(Bind<'a>),
    /// `kind` is `b'S'` for a prepared statement or `b'P'` for a portal.
    Describe {
        kind: u8,
        name: &'a [u8],
    },
    /// `max_rows` of 0 or less asks for all rows.
    Execute {
        portal: &'a [u8],
        max_rows: i32,
    },
    /// `kind` is `b'S'` for a prepared statement or `b'P'` for a portal.
    Close {
        kind: u8,
        name: &'a [u8],
    },
    /// The text of a simple query, without its terminator.
    Query(&'a [u8]),
    Sync,
    Flush,
    CopyData(&'a [u8]),
    CopyDone,
    /// The reason, without its terminator.
    CopyFail(&'a [u8]),
    Terminate,
    FunctionCall,
    /// The raw body: a terminated password, or SASL data, which only the exchange can tell apart.
    Password(&'a [u8]),
}

/// Prepare a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Parse<'a> {
    /// Empty for the unnamed statement.
    pub(crate) name: &'a [u8],
    pub(crate) text: &'a [u8],
    /// As on the wire: a 16-bit count, and that many OIDs.
    pub(crate) types: &'a [u8],
}

/// Make a portal of a prepared statement and values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Bind<'a> {
    /// Empty for the unnamed portal.
    pub(crate) portal: &'a [u8],
    /// Empty for the unnamed statement.
    pub(crate) statement: &'a [u8],
    /// As on the wire: parameter formats, values, result formats.
    pub(crate) rest: &'a [u8],
}

impl<'a> Frontend<'a> {
    /// Reads one message from its tag and the body after the length word.
    pub(crate) fn decode(tag: u8, body: &'a [u8]) -> Result<Self, Error> {
        let mut reader = Reader::new(body);
        let message = match tag {
            b'P' => return decode_parse(reader).map(Self::Parse),
            b'B' => return decode_bind(reader).map(Self::Bind),
            b'D' => {
                let (kind, name) = decode_target(&mut reader, "DESCRIBE")?;
                Self::Describe { kind, name }
            }
            b'E' => Self::Execute {
                portal: reader.string()?,
                max_rows: reader.int32()?,
            },
            b'C' => {
                let (kind, name) = decode_target(&mut reader, "CLOSE")?;
                Self::Close { kind, name }
            }
            b'Q' => Self::Query(reader.string()?),
            b'S' => Self::Sync,
            b'H' => Self::Flush,
            b'f' => Self::CopyFail(reader.string()?),
            // PostgreSQL does not look at the rest of these bodies.
            b'c' => return Ok(Self::CopyDone),
            b'd' => return Ok(Self::CopyData(body)),
            b'X' => return Ok(Self::Terminate),
            b'F' => return Ok(Self::FunctionCall),
            b'p' => return Ok(Self::Password(body)),
            _ => return Err(Error::UnknownMessage { tag }),
        };
        reader.end()?;
        Ok(message)
    }
}

/// The mechanism and the first message of a SASLInitialResponse, which a client may leave out.
pub(crate) fn sasl_initial_response(body: &[u8]) -> Result<(&[u8], &[u8]), Error> {
    let mut reader = Reader::new(body);
    let mechanism = reader.string()?;
    let length = reader.int32()?;
    let message = match usize::try_from(length) {
        Ok(length) => reader.take(length)?,
        Err(_) => &[],
    };
    reader.end()?;
    Ok((mechanism, message))
}

fn decode_target<'a>(
    reader: &mut Reader<'a>,
    message: &'static str,
) -> Result<(u8, &'a [u8]), Error> {
    let kind = reader.byte()?;
    let name = reader.string()?;
    if matches!(kind, b'S' | b'P') {
        Ok((kind, name))
    } else {
        Err(Error::InvalidSubtype { message, kind })
    }
}

fn decode_parse(mut reader: Reader<'_>) -> Result<Parse<'_>, Error> {
    let name = reader.string()?;
    let text = reader.string()?;
    let types = reader.rest();
    let count = reader.count()?;
    reader.take(count * 4)?;
    reader.end()?;
    Ok(Parse { name, text, types })
}

fn decode_bind(mut reader: Reader<'_>) -> Result<Bind<'_>, Error> {
    let portal = reader.string()?;
    let statement = reader.string()?;
    let rest = reader.rest();
    let formats = reader.count()?;
    reader.take(formats * 2)?;
    let parameters = reader.count()?;
    if formats > 1 && formats != parameters {
        return Err(Error::BindFormats {
            formats,
            parameters,
        });
    }
    for _ in 0..parameters {
        reader.value()?;
    }
    let result_formats = reader.count()?;
    reader.take(result_formats * 2)?;
    reader.end()?;
    Ok(Bind {
        portal,
        statement,
        rest,
    })
}

/// The arguments of a function call, as far as its body can be read; NULL is left out.
pub(crate) fn call_arguments(body: &[u8]) -> Vec<&[u8]> {
    let mut reader = Reader::new(body);
    let mut read = || {
        reader.int32()?;
        let formats = reader.count()?;
        reader.take(formats * 2)?;
        reader.count()
    };
    let count = read().unwrap_or(0);
    let values = std::iter::from_fn(|| reader.value().ok());
    values.take(count).flatten().collect()
}

/// One complete message of a stream, not yet decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Frame<'a> {
    pub(crate) tag: u8,
    /// What follows the length word.
    pub(crate) body: &'a [u8],
    /// The whole message.
    pub(crate) bytes: &'a [u8],
}

/// The complete messages at the start of a slice. Ends before the first one that is incomplete or
/// malformed; `frame_length` of what is left tells which.
#[derive(Debug, Clone)]
pub(crate) struct Frames<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Frames<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// The offset of the first byte that no yielded message covers.
    pub(crate) fn rest(&self) -> usize {
        self.at
    }
}

impl<'a> Iterator for Frames<'a> {
    type Item = Frame<'a>;

    fn next(&mut self) -> Option<Frame<'a>> {
        let left = self.bytes.get(self.at..)?;
        let length = frame_length(left).ok()??;
        let bytes = left.get(..length)?;
        self.at += length;
        Some(Frame {
            tag: *bytes.first()?,
            body: bytes.get(HEADER..)?,
            bytes,
        })
    }
}

/// The total length of the first message in `buffer`, which may be more than `buffer` holds; `None`
/// when the header itself is not complete. A wrong tag is reported from its first byte on.
pub(crate) fn frame_length(buffer: &[u8]) -> Result<Option<usize>, Error> {
    let Some(&tag) = buffer.first() else {
        return Ok(None);
    };
    if !TAGS.contains(&tag) {
        return Err(Error::UnknownMessage { tag });
    }
    match length_at(buffer, 1) {
        None => Ok(None),
        Some(length @ 4..=LENGTH_LIMIT) => Ok(Some(length + 1)),
        Some(_) => Err(Error::InvalidLength),
    }
}

/// `types` is as on the wire: a 16-bit count, and that many OIDs.
pub(crate) fn encode_parse(out: &mut Vec<u8>, name: &[u8], text: &[u8], types: &[u8]) {
    frame(out, b'P', |out| {
        put_string(out, name);
        put_string(out, text);
        out.extend_from_slice(types);
    });
}

/// `rest` is as on the wire: parameter formats, values, result formats.
pub(crate) fn encode_bind(out: &mut Vec<u8>, portal: &[u8], statement: &[u8], rest: &[u8]) {
    frame(out, b'B', |out| {
        put_string(out, portal);
        put_string(out, statement);
        out.extend_from_slice(rest);
    });
}

pub(crate) fn encode_describe(out: &mut Vec<u8>, kind: u8, name: &[u8]) {
    frame(out, b'D', |out| {
        out.push(kind);
        put_string(out, name);
    });
}

pub(crate) fn encode_close(out: &mut Vec<u8>, kind: u8, name: &[u8]) {
    frame(out, b'C', |out| {
        out.push(kind);
        put_string(out, name);
    });
}

pub(crate) fn encode_query(out: &mut Vec<u8>, text: &[u8]) {
    frame(out, b'Q', |out| put_string(out, text));
}

/// Execute of the unnamed portal, to its end.
pub(crate) fn encode_execute(out: &mut Vec<u8>) {
    frame(out, b'E', |out| out.extend_from_slice(&[0; 5]));
}

/// The packet that a connection begins with, for protocol 3.0.
pub(crate) fn encode_startup(out: &mut Vec<u8>, parameters: &[(&str, &str)]) {
    let at = out.len();
    out.extend_from_slice(&[0; 4]);
    out.extend_from_slice(&(3_u32 << 16).to_be_bytes());
    for (name, value) in parameters {
        put_string(out, name.as_bytes());
        put_string(out, value.as_bytes());
    }
    out.push(0);
    let length = u32::try_from(out.len() - at).unwrap_or(u32::MAX);
    if let Some(word) = out.get_mut(at..at + 4) {
        word.copy_from_slice(&length.to_be_bytes());
    }
}

pub(crate) fn encode_sync(out: &mut Vec<u8>) {
    frame(out, b'S', |_| ());
}

pub(crate) fn encode_copy_fail(out: &mut Vec<u8>, message: &[u8]) {
    frame(out, b'f', |out| put_string(out, message));
}

pub(crate) fn encode_copy_data(out: &mut Vec<u8>, bytes: &[u8]) {
    frame(out, b'd', |out| out.extend_from_slice(bytes));
}

/// The tag and the length word.
const HEADER: usize = 5;

/// The largest length word: PostgreSQL's limit on one allocation.
const LENGTH_LIMIT: usize = 0x3fff_ffff;

/// The tags of all messages that a frontend sends after start-up.
const TAGS: &[u8] = b"PBDECQSHdcfXFp";

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn decoded(bytes: &[u8]) -> Vec<Result<Frontend<'_>, Error>> {
        Frames::new(bytes)
            .map(|frame| Frontend::decode(frame.tag, frame.body))
            .collect()
    }

    #[test]
    fn an_extended_query_is_written_byte_for_byte_and_read_back() {
        let types = b"\0\x01\0\0\0\x17";
        let rest = b"\0\x01\0\0\0\x02\0\0\0\x01a\xff\xff\xff\xff\0\x01\0\x01";
        let mut out = Vec::new();
        encode_parse(&mut out, b"s", b"select $1", types);
        encode_bind(&mut out, b"", b"s", rest);
        encode_describe(&mut out, b'P', b"");
        out.extend_from_slice(b"E\0\0\0\x09\0\0\0\0\x0a");
        encode_close(&mut out, b'S', b"s");
        encode_sync(&mut out);
        let expected = [
            &b"P\0\0\0\x16s\0select $1\0\0\x01\0\0\0\x17"[..],
            b"B\0\0\0\x1a\0s\0\0\x01\0\0\0\x02\0\0\0\x01a\xff\xff\xff\xff\0\x01\0\x01",
            b"D\0\0\0\x06P\0",
            b"E\0\0\0\x09\0\0\0\0\x0a",
            b"C\0\0\0\x07Ss\0",
            b"S\0\0\0\x04",
        ];
        assert_eq!(out, expected.concat());
        assert_eq!(
            decoded(&out),
            [
                Ok(Frontend::Parse(Parse {
                    name: b"s",
                    text: b"select $1",
                    types
                })),
                Ok(Frontend::Bind(Bind {
                    portal: b"",
                    statement: b"s",
                    rest
                })),
                Ok(Frontend::Describe {
                    kind: b'P',
                    name: b""
                }),
                Ok(Frontend::Execute {
                    portal: b"",
                    max_rows: 10
                }),
                Ok(Frontend::Close {
                    kind: b'S',
                    name: b"s"
                }),
                Ok(Frontend::Sync),
            ]
        );
    }

    #[test]
    fn the_other_messages_are_written_and_read_back() {
        let mut out = Vec::new();
        encode_query(&mut out, b"select '\xff'");
        out.extend_from_slice(b"H\0\0\0\x04");
        encode_copy_data(&mut out, b"1\t\0\n");
        out.extend_from_slice(b"c\0\0\0\x04");
        encode_copy_fail(&mut out, b"no");
        out.extend_from_slice(b"X\0\0\0\x04");
        let expected = [
            &b"Q\0\0\0\x0fselect '\xff'\0"[..],
            b"H\0\0\0\x04",
            b"d\0\0\0\x081\t\0\n",
            b"c\0\0\0\x04",
            b"f\0\0\0\x07no\0",
            b"X\0\0\0\x04",
        ];
        assert_eq!(out, expected.concat());
        assert_eq!(
            decoded(&out),
            [
                Ok(Frontend::Query(b"select '\xff'")),
                Ok(Frontend::Flush),
                Ok(Frontend::CopyData(b"1\t\0\n")),
                Ok(Frontend::CopyDone),
                Ok(Frontend::CopyFail(b"no")),
                Ok(Frontend::Terminate),
            ]
        );
        assert_eq!(
            Frontend::decode(b'p', b"pw\0"),
            Ok(Frontend::Password(b"pw\0"))
        );
        assert_eq!(
            Frontend::decode(b'F', b"anything"),
            Ok(Frontend::FunctionCall)
        );
    }

    #[test]
    fn malformed_bodies_are_refused() {
        let expected: [(u8, &[u8], Error); 18] = [
            (b'Q', b"select 1", Error::InvalidString),
            (b'Q', b"select 1\0x", Error::InvalidFormat),
            (b'S', b"x", Error::InvalidFormat),
            (b'H', b"x", Error::InvalidFormat),
            (b'D', b"", Error::InsufficientData),
            (
                b'D',
                b"Xa\0",
                Error::InvalidSubtype {
                    message: "DESCRIBE",
                    kind: b'X',
                },
            ),
            (
                b'C',
                b"xa\0",
                Error::InvalidSubtype {
                    message: "CLOSE",
                    kind: b'x',
                },
            ),
            (b'E', b"a\0\0\0\0", Error::InsufficientData),
            (b'E', b"\0\0\0\0\0\0", Error::InvalidFormat),
            (b'f', b"", Error::InvalidString),
            (b'P', b"\0select", Error::InvalidString),
            (b'P', b"\0\0\0\x01\0\0\0", Error::InsufficientData),
            (b'P', b"\0\0\0\0x", Error::InvalidFormat),
            (
                b'B',
                b"\0\0\0\x02\0\0\0\0\0\x01",
                Error::BindFormats {
                    formats: 2,
                    parameters: 1,
                },
            ),
            (
                b'B',
                b"\0\0\0\0\0\x01\0\0\0\x05abcd",
                Error::InsufficientData,
            ),
            (
                b'B',
                b"\0\0\0\0\0\x01\xff\xff\xff\xfe\0\0",
                Error::InsufficientData,
            ),
            (b'B', b"\0\0\0\0\0\0\0\0x", Error::InvalidFormat),
            (b'!', b"", Error::UnknownMessage { tag: b'!' }),
        ];
        for (tag, body, error) in expected {
            assert_eq!(
                Frontend::decode(tag, body),
                Err(error),
                "{} {body:?}",
                char::from(tag)
            );
        }
    }

    #[test]
    fn a_bind_may_have_one_format_for_all_parameters() {
        let body = b"\0\0\0\x01\0\x01\0\x02\xff\xff\xff\xff\0\0\0\0\0\0";
        let bind = Bind {
            portal: b"",
            statement: b"",
            rest: &body[2..],
        };
        assert_eq!(Frontend::decode(b'B', body), Ok(Frontend::Bind(bind)));
    }

    #[test]
    fn the_length_of_a_frame_is_known_from_its_header() {
        assert_eq!(frame_length(b""), Ok(None));
        assert_eq!(frame_length(b"Q\0\0\0"), Ok(None));
        assert_eq!(frame_length(b"Q\0\0\0\x04"), Ok(Some(5)));
        assert_eq!(frame_length(b"d\x3f\xff\xff\xff"), Ok(Some(0x4000_0000)));
        assert_eq!(frame_length(b"d\x40\0\0\0"), Err(Error::InvalidLength));
        assert_eq!(frame_length(b"Q\0\0\0\x03"), Err(Error::InvalidLength));
        assert_eq!(
            frame_length(b"Q\xff\xff\xff\xff"),
            Err(Error::InvalidLength)
        );
        assert_eq!(
            frame_length(b"\x16"),
            Err(Error::UnknownMessage { tag: 0x16 })
        );
    }

    #[test]
    fn frames_end_before_the_first_incomplete_one() {
        let bytes = b"S\0\0\0\x04Q\0\0\0\x06a\0Q\0\0\0\x06a";
        let mut frames = Frames::new(bytes);
        assert_eq!(
            frames.next(),
            Some(Frame {
                tag: b'S',
                body: b"",
                bytes: &bytes[..5]
            })
        );
        assert_eq!(
            frames.next(),
            Some(Frame {
                tag: b'Q',
                body: b"a\0",
                bytes: &bytes[5..12]
            })
        );
        assert_eq!(frames.next(), None);
        assert_eq!(frames.rest(), 12);
    }

    fn text() -> impl Strategy<Value = Vec<u8>> {
        prop::collection::vec(1..=255_u8, 0..12)
    }

    /// The `rest` of a Bind with these values and one format for each.
    fn bind_rest(values: &[Option<Vec<u8>>]) -> Vec<u8> {
        let count = u16::try_from(values.len()).unwrap().to_be_bytes();
        let mut rest = count.to_vec();
        rest.extend(values.iter().flat_map(|_| [0, 1]));
        rest.extend(count);
        for value in values {
            let length = value
                .as_ref()
                .map_or(-1, |value| i32::try_from(value.len()).unwrap());
            rest.extend(length.to_be_bytes());
            rest.extend(value.iter().flatten());
        }
        rest.extend([0, 0]);
        rest
    }

    #[test]
    fn the_arguments_of_a_call_are_read_as_far_as_they_go() {
        let body = b"\0\0\x08\x1e\0\x01\0\0\0\x03\0\0\0\x01a\xff\xff\xff\xff\0\0\0\x02bc\0\0";
        assert_eq!(call_arguments(body), [&b"a"[..], b"bc"]);
        assert_eq!(call_arguments(&body[..20]), [b"a"]);
        assert!(call_arguments(b"\0\0").is_empty());
    }

    proptest! {
        #![proptest_config(ProptestConfig {
            failure_persistence: None,
            ..ProptestConfig::default()
        })]

        #[test]
        fn any_message_is_read_back(
            name in text(), sql in text(),
            types in prop::collection::vec(any::<u32>(), 0..5),
            values in prop::collection::vec(prop::option::of(text()), 0..5),
        ) {
            let count = u16::try_from(types.len()).unwrap().to_be_bytes();
            let types: Vec<u8> =
                count.into_iter().chain(types.into_iter().flat_map(u32::to_be_bytes)).collect();
            let rest = bind_rest(&values);
            let mut out = Vec::new();
            encode_parse(&mut out, &name, &sql, &types);
            encode_bind(&mut out, &name, &sql, &rest);
            encode_query(&mut out, &sql);
            prop_assert_eq!(decoded(&out), [
                Ok(Frontend::Parse(Parse { name: &name, text: &sql, types: &types })),
                Ok(Frontend::Bind(Bind { portal: &name, statement: &sql, rest: &rest })),
                Ok(Frontend::Query(&sql)),
            ]);
        }

        #[test]
        fn any_body_is_answered(
            tag in prop::sample::select(TAGS), body in prop::collection::vec(any::<u8>(), 0..60),
            zeros in 0..20_usize,
        ) {
            let body: Vec<u8> = std::iter::repeat_n(0, zeros).chain(body).collect();
            let all: usize = call_arguments(&body).into_iter().map(<[u8]>::len).sum();
            prop_assert!(all <= body.len());
            if let Ok(Frontend::Bind(bind)) = Frontend::decode(tag, &body) {
                prop_assert!(bind.rest.len() >= 6);
            }
        }

        #[test]
        fn any_bytes_are_cut_without_gaps(bytes in prop::collection::vec(any::<u8>(), 0..100)) {
            let mut frames = Frames::new(&bytes);
            let length: usize = frames.by_ref().map(|frame| frame.bytes.len()).sum();
            prop_assert_eq!(frames.rest(), length);
        }
    }
}
