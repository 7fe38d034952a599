//! Texts of what stopped a parser.
//!
//! In: messages at one place. Out: `unexpected "x" expecting …`, as Parsec words it.
#![forbid(unsafe_code)]

use std::fmt::Write as _;

/// One thing that is said about a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Message {
    /// The character, or the end, was not expected.
    Unexpected(Option<char>),
    /// The character must not stand there. Says more than `Unexpected`.
    Refused(char),
    ExpectedChar(char),
    ExpectedText(&'static str),
    /// Something with a name was expected.
    Expected(&'static str),
    /// Said as it is.
    Plain(&'static str),
}

impl Message {
    pub(crate) const fn is_expectation(self) -> bool {
        matches!(
            self,
            Self::ExpectedChar(_) | Self::ExpectedText(_) | Self::Expected(_)
        )
    }

    fn render(self) -> String {
        match self {
            Self::Unexpected(None) => "end of input".to_owned(),
            Self::Unexpected(Some(found)) | Self::ExpectedChar(found) => {
                quote_text(found.encode_utf8(&mut [0; 4]))
            }
            Self::Refused(found) => quote_char(found),
            Self::ExpectedText(text) => quote_text(text),
            Self::Expected(name) => name.to_owned(),
            Self::Plain(reason) => reason.to_owned(),
        }
    }
}

/// `"<source>" (line 1, column 5)`.
pub(crate) fn render_position(source: &str, text: &str, position: usize) -> String {
    let (mut line, mut column) = (1_usize, 1_usize);
    for passed in text.get(..position).unwrap_or(text).chars() {
        match passed {
            '\n' => (line, column) = (line + 1, 1),
            '\t' => column += 8 - (column - 1) % 8,
            _ => column += 1,
        }
    }
    format!("\"{source}\" (line {line}, column {column})")
}

/// `unexpected "x" expecting "a", "b" or "c"`.
pub(crate) fn render_details(messages: &[Message]) -> String {
    let refused = distinct(messages, |m| matches!(m, Message::Refused(_)));
    let expected = distinct(messages, Message::is_expectation);
    let plain = distinct(messages, |m| matches!(m, Message::Plain(_)));
    let found = messages
        .iter()
        .find(|m| matches!(m, Message::Unexpected(_)))
        .filter(|_| refused.is_empty());
    let mut parts = Vec::new();
    parts.extend(found.map(|message| format!("unexpected {}", message.render())));
    if !refused.is_empty() {
        parts.push(format!("unexpected {}", enumerate(&refused)));
    }
    if !expected.is_empty() {
        parts.push(format!("expecting {}", enumerate(&expected)));
    }
    if !plain.is_empty() {
        parts.push(enumerate(&plain));
    }
    if parts.is_empty() {
        return "unknown parse error".to_owned();
    }
    parts.join(" ")
}

fn distinct(messages: &[Message], kind: impl Fn(Message) -> bool) -> Vec<String> {
    let mut texts = Vec::new();
    for message in messages.iter().filter(|message| kind(**message)) {
        let text = message.render();
        if !texts.contains(&text) {
            texts.push(text);
        }
    }
    texts
}

fn enumerate(texts: &[String]) -> String {
    match texts.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
        None => String::new(),
    }
}

/// In double quotes, as Haskell shows a string.
fn quote_text(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for char in text.chars() {
        match char {
            '"' => quoted.push_str("\\\""),
            other => escape_into(&mut quoted, other),
        }
    }
    quoted.push('"');
    quoted
}

/// In single quotes, as Haskell shows a character.
fn quote_char(char: char) -> String {
    let mut quoted = String::from("'");
    match char {
        '\'' => quoted.push_str("\\'"),
        other => escape_into(&mut quoted, other),
    }
    quoted.push('\'');
    quoted
}

fn escape_into(out: &mut String, char: char) {
    match (
        char,
        usize::try_from(u32::from(char))
            .ok()
            .and_then(|code| CONTROLS.get(code)),
    ) {
        ('\\', _) => out.push_str("\\\\"),
        ('\x7f', _) => out.push_str("\\DEL"),
        (_, Some(name)) => {
            out.push('\\');
            out.push_str(name);
        }
        (other, None) if other.is_ascii() => out.push(other),
        (other, None) => {
            // Writing to a string does not fail.
            let _ = write!(out, "\\{}", u32::from(other));
        }
    }
}

/// Names of the control characters, in the order of their codes.
const CONTROLS: [&str; 32] = [
    "NUL", "SOH", "STX", "ETX", "EOT", "ENQ", "ACK", "a", "b", "t", "n", "v", "f", "r", "SO", "SI",
    "DLE", "DC1", "DC2", "DC3", "DC4", "NAK", "SYN", "ETB", "CAN", "EM", "SUB", "ESC", "FS", "GS",
    "RS", "US",
];
