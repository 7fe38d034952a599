//! The fields of ErrorResponse and NoticeResponse.
//!
//! In: a message body of the engine's, or an error of ours. Out: the named fields, and bytes again.
//! Mirrors PostgreSQL 18, "Error and Notice Message Fields":
//! <https://www.postgresql.org/docs/18/protocol-error-fields.html>
#![forbid(unsafe_code)]

use super::buffer::{Reader, put_string};
use super::sqlstate;

/// Everything a server says about an error or a notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ErrorFields {
    /// `ERROR`, `FATAL`, `PANIC`, or for notices `WARNING`, `NOTICE`, `DEBUG`, `INFO`, `LOG`.
    pub(crate) severity: String,
    /// The SQLSTATE.
    pub(crate) code: String,
    pub(crate) message: String,
    pub(crate) detail: Option<String>,
    pub(crate) hint: Option<String>,
    /// Where in the statement, in characters, from 1.
    pub(crate) position: Option<String>,
    pub(crate) internal_position: Option<String>,
    pub(crate) internal_query: Option<String>,
    /// The call stack of SQL, one entry a line.
    pub(crate) where_: Option<String>,
    pub(crate) schema: Option<String>,
    pub(crate) table: Option<String>,
    pub(crate) column: Option<String>,
    pub(crate) data_type: Option<String>,
    pub(crate) constraint: Option<String>,
    pub(crate) file: Option<String>,
    pub(crate) line: Option<String>,
    pub(crate) routine: Option<String>,
}

impl ErrorFields {
    /// The three fields that are always there.
    pub(crate) fn new(severity: &str, code: &str, message: impl Into<String>) -> Self {
        Self {
            severity: severity.to_owned(),
            code: code.to_owned(),
            message: message.into(),
            detail: None,
            hint: None,
            position: None,
            internal_position: None,
            internal_query: None,
            where_: None,
            schema: None,
            table: None,
            column: None,
            data_type: None,
            constraint: None,
            file: None,
            line: None,
            routine: None,
        }
    }

    #[must_use]
    pub(crate) fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    #[must_use]
    pub(crate) fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Reads the body of an ErrorResponse or NoticeResponse. Bytes that are not UTF-8 are replaced,
    /// unknown fields skipped, and a body that breaks off gives the fields before the break.
    pub(crate) fn decode(body: &[u8]) -> Self {
        let mut fields = Self::new("ERROR", sqlstate::INTERNAL_ERROR, "");
        let mut reader = Reader::new(body);
        let mut invariant_severity = false;
        while let Ok(field) = reader.byte() {
            let Ok(text) = reader.string() else { break };
            let text = String::from_utf8_lossy(text).into_owned();
            match field {
                // 'S' may be translated; 'V' is the same word in every locale and wins.
                b'S' if !invariant_severity => fields.severity = text,
                b'V' => {
                    fields.severity = text;
                    invariant_severity = true;
                }
                b'C' => fields.code = text,
                b'M' => fields.message = text,
                _ => {
                    if let Some(place) = fields.optional_mut(field) {
                        *place = Some(text);
                    }
                }
            }
        }
        fields
    }

    fn optional_mut(&mut self, field: u8) -> Option<&mut Option<String>> {
        Some(match field {
            b'D' => &mut self.detail,
            b'H' => &mut self.hint,
            b'P' => &mut self.position,
            b'p' => &mut self.internal_position,
            b'q' => &mut self.internal_query,
            b'W' => &mut self.where_,
            b's' => &mut self.schema,
            b't' => &mut self.table,
            b'c' => &mut self.column,
            b'd' => &mut self.data_type,
            b'n' => &mut self.constraint,
            b'F' => &mut self.file,
            b'L' => &mut self.line,
            b'R' => &mut self.routine,
            _ => return None,
        })
    }

    /// Appends the body: every field that is set, in PostgreSQL's order, and the terminator.
    pub(super) fn encode_body(&self, out: &mut Vec<u8>) {
        let always = [
            (b'S', &self.severity),
            (b'V', &self.severity),
            (b'C', &self.code),
            (b'M', &self.message),
        ];
        let optional = [
            (b'D', &self.detail),
            (b'H', &self.hint),
            (b'P', &self.position),
            (b'p', &self.internal_position),
            (b'q', &self.internal_query),
            (b'W', &self.where_),
            (b's', &self.schema),
            (b't', &self.table),
            (b'c', &self.column),
            (b'd', &self.data_type),
            (b'n', &self.constraint),
            (b'F', &self.file),
            (b'L', &self.line),
            (b'R', &self.routine),
        ];
        let set = optional
            .iter()
            .filter_map(|(field, text)| Some((*field, text.as_ref()?)));
        for (field, text) in always.into_iter().chain(set) {
            out.push(field);
            put_string(out, text.as_bytes());
        }
        out.push(0);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn fields_are_written_in_order_and_read_back() {
        let fields = ErrorFields::new("ERROR", "42601", "syntax error")
            .with_detail("d")
            .with_hint("h");
        let mut body = Vec::new();
        fields.encode_body(&mut body);
        assert_eq!(body, b"SERROR\0VERROR\0C42601\0Msyntax error\0Dd\0Hh\0\0");
        assert_eq!(ErrorFields::decode(&body), fields);
    }

    #[test]
    fn every_field_is_read_by_its_letter() {
        let body = b"Sa\0Vb\0Cc\0Md\0De\0Hf\0Pg\0ph\0qi\0Wj\0sk\0tl\0cm\0dn\0no\0Fp\0Lq\0Rr\0\0";
        let text = |text: &str| Some(text.to_owned());
        let expected = ErrorFields {
            severity: "b".to_owned(),
            code: "c".to_owned(),
            message: "d".to_owned(),
            detail: text("e"),
            hint: text("f"),
            position: text("g"),
            internal_position: text("h"),
            internal_query: text("i"),
            where_: text("j"),
            schema: text("k"),
            table: text("l"),
            column: text("m"),
            data_type: text("n"),
            constraint: text("o"),
            file: text("p"),
            line: text("q"),
            routine: text("r"),
        };
        assert_eq!(ErrorFields::decode(body), expected);
    }

    #[test]
    fn the_untranslated_severity_wins_in_any_order() {
        assert_eq!(
            ErrorFields::decode(b"VERROR\0SFEHLER\0\0").severity,
            "ERROR"
        );
        assert_eq!(
            ErrorFields::decode(b"SFEHLER\0VERROR\0\0").severity,
            "ERROR"
        );
        assert_eq!(ErrorFields::decode(b"SFEHLER\0\0").severity, "FEHLER");
    }

    #[test]
    fn a_broken_body_gives_what_comes_before_the_break() {
        let fields = ErrorFields::decode(b"C23505\0Zunknown\0M\xff\0Dno end");
        assert_eq!(fields, ErrorFields::new("ERROR", "23505", "\u{fffd}"));
        assert_eq!(
            ErrorFields::decode(b""),
            ErrorFields::new("ERROR", "XX000", "")
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig {
            failure_persistence: None,
            ..ProptestConfig::default()
        })]

        #[test]
        fn what_is_written_is_read_back(
            message in "[^\0]*", detail in "[^\0]*", constraint in prop::option::of("[^\0]*"),
        ) {
            let mut fields = ErrorFields::new("FATAL", "57P01", message).with_detail(detail);
            fields.constraint = constraint;
            let mut body = Vec::new();
            fields.encode_body(&mut body);
            prop_assert_eq!(ErrorFields::decode(&body), fields);
        }

        #[test]
        fn any_bytes_are_read(body in prop::collection::vec(any::<u8>(), 0..100)) {
            let fields = ErrorFields::decode(&body);
            prop_assert!(!fields.severity.contains('\0'));
        }
    }
}
