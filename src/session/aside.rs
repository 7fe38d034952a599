//! What a session in another process says beside PostgreSQL's protocol, where one of this process makes a call.
//!
//! In: the body of a frontend message of our own. Out: what it asks for. Only sessions that were opened as joined ones, and
//! said so in their start-up packet, read them.
#![forbid(unsafe_code)]

use crate::protocol::ErrorFields;

/// One aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Aside {
    /// Where in the application the transaction begins.
    CallSite(String),
    /// Stop what the session runs or waits to run.
    Cancel,
    /// What follows has this priority; `None` for the session's own.
    Priority(Option<u8>),
    /// Answer what waits for its turn with this error.
    Refuse(Box<ErrorFields>),
}

impl Aside {
    /// Writes it as a message.
    pub(crate) fn encode(&self, out: &mut Vec<u8>) {
        let start = out.len();
        out.extend_from_slice(&[TAG, 0, 0, 0, 0]);
        match self {
            Self::CallSite(site) => {
                out.push(CALL_SITE);
                out.extend_from_slice(site.as_bytes());
            }
            Self::Cancel => out.push(CANCEL),
            Self::Priority(priority) => {
                out.extend_from_slice(&[PRIORITY, priority.unwrap_or(OWN)]);
            }
            Self::Refuse(error) => {
                out.push(REFUSE);
                let (detail, hint) = (error.detail.as_deref(), error.hint.as_deref());
                let parts = [
                    error.code.as_str(),
                    error.message.as_str(),
                    detail.unwrap_or_default(),
                    hint.unwrap_or_default(),
                ];
                out.extend_from_slice(parts.join("\0").as_bytes());
            }
        }
        let length = u32::try_from(out.len() - start - 1).unwrap_or(u32::MAX);
        if let Some(place) = out.get_mut(start + 1..start + 5) {
            place.copy_from_slice(&length.to_be_bytes());
        }
    }

    /// Reads the body of a message; `None` when it says nothing that is known.
    pub(crate) fn decode(body: &[u8]) -> Option<Self> {
        let (kind, rest) = body.split_first()?;
        let text = || String::from_utf8_lossy(rest).into_owned();
        match (*kind, rest) {
            (CALL_SITE, _) => Some(Self::CallSite(text())),
            (CANCEL, []) => Some(Self::Cancel),
            (PRIORITY, [OWN]) => Some(Self::Priority(None)),
            (PRIORITY, [priority @ 0..=3]) => Some(Self::Priority(Some(*priority))),
            (REFUSE, _) => {
                let text = text();
                let mut parts = text.split('\0');
                let (code, message) = (parts.next()?, parts.next()?);
                let (detail, hint) = (parts.next()?, parts.next()?);
                let error = ErrorFields::new("ERROR", code, message);
                Some(Self::Refuse(Box::new(
                    error.with_detail(detail).with_hint(hint),
                )))
            }
            _ => None,
        }
    }
}

/// The tag of a password, which nobody in a joined session is asked for.
pub(super) const TAG: u8 = b'p';
const CALL_SITE: u8 = b's';
const CANCEL: u8 = b'c';
const PRIORITY: u8 = b'p';
const REFUSE: u8 = b'r';
const OWN: u8 = 255;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::frontend::Frames;

    #[test]
    fn asides_are_read_as_they_were_written() {
        let error = ErrorFields::new("ERROR", "40P01", "deadlock detected: é")
            .with_detail("a, b")
            .with_hint("");
        for aside in [
            Aside::CallSite("at save (app.js:1:2)".to_owned()),
            Aside::Cancel,
            Aside::Priority(None),
            Aside::Priority(Some(3)),
            Aside::Refuse(Box::new(error)),
        ] {
            let mut bytes = Vec::new();
            aside.encode(&mut bytes);
            let mut frames = Frames::new(&bytes);
            let body = frames.next().map(|frame| frame.body.to_vec()).unwrap();
            assert_eq!(frames.rest(), bytes.len());
            assert_eq!(Aside::decode(&body), Some(aside));
        }
    }

    #[test]
    fn what_is_not_known_is_no_aside() {
        for body in [&b""[..], b"x", b"p", b"p\x09", b"c1", b"r40P01"] {
            assert_eq!(Aside::decode(body), None);
        }
    }
}
