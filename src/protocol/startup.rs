//! The packet that opens a connection, and the `options` parameter inside it.
//!
//! In: the first bytes of a connection. Out: a start-up message with its parameters, or a request
//! for encryption or cancellation.
//! Mirrors PostgreSQL 18, "Start-up" (<https://www.postgresql.org/docs/18/protocol-flow.html>) and
//! the server's reading of `options`.
#![forbid(unsafe_code)]

use super::buffer::{Reader, length_at};
use super::error::Error;

/// What the first packet of a connection asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::enum_variant_names, reason = "the message is called so")]
pub(crate) enum Startup {
    Startup(StartupMessage),
    /// Answered with one byte, `S` or `N`; another packet follows.
    Ssl,
    /// Answered with one byte, `G` or `N`; another packet follows.
    Gss,
    /// Stop what another session runs; the connection ends without an answer.
    Cancel {
        process_id: i32,
        secret_key: Vec<u8>,
    },
}

/// The parameters of a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StartupMessage {
    /// Major (always 3) and minor number.
    pub(crate) protocol: (u16, u16),
    /// In the order sent; bytes that are not UTF-8 are replaced.
    pub(crate) parameters: Vec<(String, String)>,
}

impl StartupMessage {
    /// The value of a parameter. The last one wins where a name is repeated.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let found = self.parameters.iter().rev().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The packet that says this.
    #[cfg(unix)]
    pub(crate) fn encode(&self) -> Vec<u8> {
        let (major, minor) = self.protocol;
        let mut bytes = vec![0; 4];
        bytes.extend_from_slice(&major.to_be_bytes());
        bytes.extend_from_slice(&minor.to_be_bytes());
        for (name, value) in &self.parameters {
            bytes.extend_from_slice(format!("{name}\0{value}\0").as_bytes());
        }
        bytes.push(0);
        let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        if let Some(word) = bytes.first_chunk_mut() {
            *word = length.to_be_bytes();
        }
        bytes
    }
}

/// The total length of the first packet, which may be more than `buffer` holds; `None` when the
/// length word itself is not complete.
pub(crate) fn startup_length(buffer: &[u8]) -> Result<Option<usize>, Error> {
    match length_at(buffer, 0) {
        None => Ok(None),
        Some(length @ 8..=LENGTH_LIMIT) => Ok(Some(length)),
        Some(_) => Err(Error::StartupLength),
    }
}

/// Reads one whole packet, length word included.
pub(crate) fn decode_startup(bytes: &[u8]) -> Result<Startup, Error> {
    if startup_length(bytes)? != Some(bytes.len()) {
        return Err(Error::StartupLength);
    }
    let mut reader = Reader::new(bytes);
    reader.int32()?;
    match reader.int32()? {
        CANCEL_REQUEST => decode_cancel(reader),
        SSL_REQUEST => reader
            .end()
            .map(|()| Startup::Ssl)
            .map_err(|_| Error::StartupLength),
        GSS_REQUEST => reader
            .end()
            .map(|()| Startup::Gss)
            .map_err(|_| Error::StartupLength),
        version => decode_parameters(version, reader.rest()).map(Startup::Startup),
    }
}

fn decode_cancel(mut reader: Reader<'_>) -> Result<Startup, Error> {
    let process_id = reader.int32().map_err(|_| Error::CancelLength)?;
    match reader.rest() {
        key if key.is_empty() || key.len() > CANCEL_KEY_LIMIT => Err(Error::CancelLength),
        key => Ok(Startup::Cancel {
            process_id,
            secret_key: key.to_vec(),
        }),
    }
}

fn decode_parameters(version: i32, list: &[u8]) -> Result<StartupMessage, Error> {
    let [m0, m1, n0, n1] = version.to_be_bytes();
    let (major, minor) = (u16::from_be_bytes([m0, m1]), u16::from_be_bytes([n0, n1]));
    if major != 3 {
        return Err(Error::UnsupportedProtocol { major, minor });
    }
    let mut reader = Reader::new(list);
    let mut parameters = Vec::new();
    loop {
        let name = reader.string().map_err(|_| Error::StartupLayout)?;
        if name.is_empty() {
            break;
        }
        let value = reader.string().map_err(|_| Error::StartupLayout)?;
        let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
        parameters.push((text(name), text(value)));
    }
    reader.end().map_err(|_| Error::StartupLayout)?;
    Ok(StartupMessage {
        protocol: (major, minor),
        parameters,
    })
}

/// Reads the `options` parameter: `-c name=value` and `--name=value`, separated by white space,
/// with a backslash before a space or backslash that belongs to a value. A `-` in a name stands
/// for `_`.
// Differs from PostgreSQL: the server's single-letter switches other than `-c` are refused.
pub(crate) fn options(text: &str) -> Result<Vec<(String, String)>, Error> {
    let mut arguments = split_options(text).into_iter();
    let mut settings = Vec::new();
    while let Some(argument) = arguments.next() {
        let (prefix, setting) = if let Some(setting) = argument.strip_prefix("--") {
            ("--", setting.to_owned())
        } else if argument == "-c" {
            let missing = || Error::OptionValueMissing {
                option: argument.clone(),
            };
            ("-c ", arguments.next().ok_or_else(missing)?)
        } else if let Some(setting) = argument.strip_prefix("-c") {
            ("-c ", setting.to_owned())
        } else {
            return Err(Error::OptionInvalid { argument });
        };
        match setting.split_once('=') {
            Some((name, value)) if !name.is_empty() => {
                settings.push((name.replace('-', "_"), value.to_owned()));
            }
            Some(_) => return Err(Error::OptionInvalid { argument }),
            None => {
                return Err(Error::OptionValueMissing {
                    option: format!("{prefix}{setting}"),
                });
            }
        }
    }
    Ok(settings)
}

/// Splits at white space. A backslash makes the next character an ordinary one.
fn split_options(text: &str) -> Vec<String> {
    let mut arguments = Vec::new();
    let mut current: Option<String> = None;
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match character {
            ' ' | '\t' | '\n' | '\r' | '\x0b' | '\x0c' => arguments.extend(current.take()),
            '\\' => current.get_or_insert_default().extend(characters.next()),
            _ => current.get_or_insert_default().push(character),
        }
    }
    arguments.extend(current);
    arguments
}

const CANCEL_REQUEST: i32 = 80_877_102;
const SSL_REQUEST: i32 = 80_877_103;
const GSS_REQUEST: i32 = 80_877_104;

/// The longest cancel key of protocol 3.2.
const CANCEL_KEY_LIMIT: usize = 256;

/// The length word plus the 10,000 bytes that PostgreSQL accepts after it.
const LENGTH_LIMIT: usize = 10_004;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn packet(body: &[u8]) -> Vec<u8> {
        let length = u32::try_from(body.len() + 4).unwrap();
        [&length.to_be_bytes(), body].concat()
    }

    fn decode(body: &[u8]) -> Result<Startup, Error> {
        decode_startup(&packet(body))
    }

    fn pairs(list: &[(&str, &str)]) -> Vec<(String, String)> {
        list.iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn parameters_are_read_in_order_and_the_last_one_counts() {
        let body = b"\0\x03\0\x02user\0bob\0database\0\0user\0eve\0\0";
        let Ok(Startup::Startup(message)) = decode(body) else {
            panic!("{:?}", decode(body))
        };
        assert_eq!(message.protocol, (3, 2));
        assert_eq!(
            message.parameters,
            pairs(&[("user", "bob"), ("database", ""), ("user", "eve")])
        );
        assert_eq!(message.get("user"), Some("eve"));
        assert_eq!(message.get("database"), Some(""));
        assert_eq!(message.get("options"), None);
    }

    #[cfg(unix)]
    #[test]
    fn a_message_is_encoded_as_it_was_read() {
        let body = b"\0\x03\0\x02user\0bob\0options\0-c a=b\0user\0eve\0\0";
        let Ok(Startup::Startup(message)) = decode(body) else {
            panic!("{:?}", decode(body))
        };
        assert_eq!(message.encode(), packet(body));
    }

    #[test]
    fn requests_are_told_apart_by_their_code() {
        assert_eq!(decode(b"\x04\xd2\x16\x2f"), Ok(Startup::Ssl));
        assert_eq!(decode(b"\x04\xd2\x16\x30"), Ok(Startup::Gss));
        let cancel = Startup::Cancel {
            process_id: 7,
            secret_key: vec![1, 2, 3, 4],
        };
        assert_eq!(
            decode(b"\x04\xd2\x16\x2e\0\0\0\x07\x01\x02\x03\x04"),
            Ok(cancel)
        );
    }

    #[test]
    fn malformed_packets_are_refused() {
        assert_eq!(decode(b"\x04\xd2\x16\x2fx"), Err(Error::StartupLength));
        assert_eq!(
            decode(b"\x04\xd2\x16\x2e\0\0\0\x07"),
            Err(Error::CancelLength)
        );
        assert_eq!(decode(b"\x04\xd2\x16\x2e\0\0"), Err(Error::CancelLength));
        let long = [&b"\x04\xd2\x16\x2e\0\0\0\x07"[..], &[1; 257]].concat();
        assert_eq!(decode(&long), Err(Error::CancelLength));
        for list in [
            "",
            "user\0bob\0",
            "user\0bob",
            "user\0",
            "\0x",
            "user\0bob\0\0\0",
        ] {
            let body = [b"\0\x03\0\0", list.as_bytes()].concat();
            assert_eq!(decode(&body), Err(Error::StartupLayout), "{list:?}");
        }
        let version_2 = Error::UnsupportedProtocol { major: 2, minor: 1 };
        assert_eq!(decode(b"\0\x02\0\x01\0"), Err(version_2));
        assert_eq!(
            decode_startup(b"\0\0\0\x09\0\x03\0\0\0more"),
            Err(Error::StartupLength)
        );
    }

    #[test]
    fn the_length_is_bounded() {
        assert_eq!(startup_length(b"\0\0\0"), Ok(None));
        assert_eq!(startup_length(b"\0\0\0\x08"), Ok(Some(8)));
        assert_eq!(startup_length(b"\0\0\0\x07"), Err(Error::StartupLength));
        assert_eq!(startup_length(b"\0\0\x27\x14"), Ok(Some(10_004)));
        assert_eq!(startup_length(b"\0\0\x27\x15"), Err(Error::StartupLength));
        assert_eq!(startup_length(b"GET / HTTP"), Err(Error::StartupLength));
    }

    #[test]
    fn options_are_settings_in_two_spellings() {
        let text = "-c search_path=a,b  -cwork-mem=1MB\t--Date-Style=iso\\ ymd -c x=a\\\\b=c -c y=";
        let expected = pairs(&[
            ("search_path", "a,b"),
            ("work_mem", "1MB"),
            ("Date_Style", "iso ymd"),
            ("x", "a\\b=c"),
            ("y", ""),
        ]);
        assert_eq!(options(text), Ok(expected));
        assert_eq!(options("  "), Ok(vec![]));
    }

    #[test]
    fn options_that_are_no_settings_are_refused() {
        let missing = |option: &str| {
            Err(Error::OptionValueMissing {
                option: option.to_owned(),
            })
        };
        let invalid = |argument: &str| {
            Err(Error::OptionInvalid {
                argument: argument.to_owned(),
            })
        };
        assert_eq!(options("-c"), missing("-c"));
        assert_eq!(options("-c x"), missing("-c x"));
        assert_eq!(options("--x"), missing("--x"));
        assert_eq!(options("--=1"), invalid("--=1"));
        assert_eq!(options("-F"), invalid("-F"));
        assert_eq!(options("x=1"), invalid("x=1"));
    }

    proptest! {
        #![proptest_config(ProptestConfig {
            failure_persistence: None,
            ..ProptestConfig::default()
        })]

        #[test]
        fn any_parameters_are_read_back(
            parameters in prop::collection::vec(("[^\0]{1,9}", "[^\0]{0,9}"), 0..6),
        ) {
            let mut body = b"\0\x03\0\0".to_vec();
            for (name, value) in &parameters {
                body.extend_from_slice(format!("{name}\0{value}\0").as_bytes());
            }
            body.push(0);
            let expected = StartupMessage { protocol: (3, 0), parameters };
            prop_assert_eq!(decode(&body), Ok(Startup::Startup(expected)));
        }

        #[test]
        fn any_bytes_are_answered(
            body in prop::collection::vec(any::<u8>(), 0..60), version: bool,
        ) {
            let body = if version { [b"\0\x03\0\0", &body[..]].concat() } else { body };
            if let Ok(Startup::Startup(message)) = decode(&body) {
                prop_assert_eq!(message.protocol.0, 3);
            }
            let raw = decode_startup(&body);
            prop_assert!(raw.is_err() || startup_length(&body) == Ok(Some(body.len())));
        }

        #[test]
        fn any_setting_is_read_back(name in "[a-z_.]{1,9}", value in "\\PC{0,12}") {
            let escaped = value.replace('\\', "\\\\").replace(' ', "\\ ");
            prop_assert_eq!(options(&format!("-c {name}={escaped}")), Ok(vec![(name, value)]));
        }

        #[test]
        fn any_options_are_answered(text in "[-c=\\\\ a]{0,20}") {
            if let Ok(settings) = options(&text) {
                prop_assert!(settings.iter().all(|(name, _)| !name.is_empty()));
            }
        }
    }
}
