//! Comma separated values as JSON.
//!
//! In: lines, the first of which has the names. Out: a JSON array of objects, or what is wrong. Mirrors the parser of
//! PostgREST v14, cassava: a row may have more fields than there are names, and a wrong quote ends the text.
#![forbid(unsafe_code)]

use std::collections::BTreeSet;

/// The objects, and the names that each of them has.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct CsvObjects {
    pub(crate) json: Vec<u8>,
    pub(crate) keys: BTreeSet<String>,
}

/// Reads the body. `NULL` is null, everything else is text.
pub(crate) fn parse_csv(body: &[u8]) -> Result<CsvObjects, String> {
    let mut rest = body;
    let header = parse_record(&mut rest)?;
    if rest.is_empty() {
        return Err("parse error (not enough input) at \"\"".to_owned());
    }
    if !skip_line_end(&mut rest) {
        return Err(refuse("endOfLine", rest));
    }
    let names = header
        .iter()
        .map(|name| decode(name))
        .collect::<Result<Vec<_>, _>>()?;
    let mut objects = Objects::new(&names);
    while !rest.is_empty() {
        let row = parse_record(&mut rest)?;
        if !rest.is_empty() && !skip_line_end(&mut rest) {
            return Err(refuse("endOfInput", rest));
        }
        // A blank line is no row.
        if !matches!(row.as_slice(), [only] if only.is_empty()) {
            objects.push(&row)?;
        }
    }
    Ok(objects.finish())
}

/// The objects so far.
struct Objects<'a> {
    names: &'a [String],
    json: Vec<u8>,
    /// How many names the first row has values for.
    width: Option<usize>,
}

impl<'a> Objects<'a> {
    fn new(names: &'a [String]) -> Self {
        Self {
            names,
            json: vec![b'['],
            width: None,
        }
    }

    fn push(&mut self, row: &[Vec<u8>]) -> Result<(), String> {
        let width = row.len().min(self.names.len());
        if *self.width.get_or_insert(width) != width {
            return Err("All lines must have same number of fields".to_owned());
        }
        if self.json.len() > 1 {
            self.json.push(b',');
        }
        self.json.push(b'{');
        for (index, (name, value)) in self.names.iter().zip(row).enumerate() {
            if index > 0 {
                self.json.push(b',');
            }
            write_string(&mut self.json, name);
            self.json.push(b':');
            if value == b"NULL" {
                self.json.extend_from_slice(b"null");
            } else {
                write_string(&mut self.json, &decode(value)?);
            }
        }
        self.json.push(b'}');
        Ok(())
    }

    fn finish(mut self) -> CsvObjects {
        self.json.push(b']');
        let keys = self.names.iter().take(self.width.unwrap_or(0)).cloned();
        CsvObjects {
            keys: keys.collect(),
            json: self.json,
        }
    }
}

/// Fields up to the end of the line.
fn parse_record(rest: &mut &[u8]) -> Result<Vec<Vec<u8>>, String> {
    let mut fields = vec![parse_field(rest)?];
    while let Some(after) = rest.strip_prefix(b",") {
        *rest = after;
        fields.push(parse_field(rest)?);
    }
    Ok(fields)
}

fn parse_field(rest: &mut &[u8]) -> Result<Vec<u8>, String> {
    if let Some(quoted) = rest.strip_prefix(b"\"") {
        *rest = quoted;
        return parse_quoted(rest);
    }
    let length = rest
        .iter()
        .position(|byte| matches!(byte, b'"' | b'\n' | b'\r' | b','))
        .unwrap_or(rest.len());
    let (field, after) = rest.split_at_checked(length).unwrap_or((rest, b""));
    *rest = after;
    Ok(field.to_vec())
}

/// The rest of a quoted field, in which two quotes are one.
fn parse_quoted(rest: &mut &[u8]) -> Result<Vec<u8>, String> {
    let mut field = Vec::new();
    loop {
        let Some(quote) = rest.iter().position(|&byte| byte == b'"') else {
            // Differs from PostgREST: it takes the text without its last character.
            return Err("parse error (not enough input) at \"\"".to_owned());
        };
        field.extend_from_slice(rest.get(..quote).unwrap_or_default());
        *rest = rest.get(quote + 1..).unwrap_or_default();
        match rest.strip_prefix(b"\"") {
            Some(after) => {
                field.push(b'"');
                *rest = after;
            }
            None => return Ok(field),
        }
    }
}

fn skip_line_end(rest: &mut &[u8]) -> bool {
    for end in [b"\n".as_slice(), b"\r\n", b"\r"] {
        if let Some(after) = rest.strip_prefix(end) {
            *rest = after;
            return true;
        }
    }
    false
}

fn decode(field: &[u8]) -> Result<String, String> {
    std::str::from_utf8(field)
        .map(str::to_owned)
        .map_err(|_| "conversion error: invalid UTF-8".to_owned())
}

fn refuse(expected: &str, rest: &[u8]) -> String {
    let place = String::from_utf8_lossy(rest.get(..MAX_PLACE).unwrap_or(rest));
    if rest.len() > MAX_PLACE {
        format!("parse error ({expected}) at {place} (truncated)")
    } else {
        format!("parse error ({expected}) at {place:?}")
    }
}

/// In double quotes, escaped.
pub(crate) fn write_string(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    for char in text.chars() {
        match char {
            '"' => out.extend_from_slice(b"\\\""),
            '\\' => out.extend_from_slice(b"\\\\"),
            '\0'..='\x1f' => {
                out.extend_from_slice(format!("\\u{:04x}", u32::from(char)).as_bytes());
            }
            other => out.extend_from_slice(other.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    out.push(b'"');
}

/// How much of the text an error shows.
const MAX_PLACE: usize = 100;

#[cfg(test)]
mod tests {
    use super::*;

    fn json(body: &str) -> String {
        String::from_utf8(parse_csv(body.as_bytes()).unwrap().json).unwrap()
    }

    #[test]
    fn rows_become_objects_and_null_becomes_null() {
        assert_eq!(
            json("a,b\n1,NULL\r\n\"x,\"\"y\"\"\",\n"),
            r#"[{"a":"1","b":null},{"a":"x,\"y\"","b":""}]"#
        );
    }

    #[test]
    fn rows_without_a_line_end_and_blank_lines_are_no_error() {
        assert_eq!(json("a\n\n1"), r#"[{"a":"1"}]"#);
        assert_eq!(json("a,b\n"), "[]");
    }

    #[test]
    fn rows_have_the_same_number_of_fields() {
        let message = "All lines must have same number of fields".to_owned();
        assert_eq!(parse_csv(b"a,b\n1,2\n3\n"), Err(message));
        assert_eq!(json("a,b\n1,2,3\n"), r#"[{"a":"1","b":"2"}]"#);
    }

    #[test]
    fn a_body_that_is_no_csv_says_where() {
        let error = |body: &[u8]| parse_csv(body).unwrap_err();
        assert_eq!(error(b""), "parse error (not enough input) at \"\"");
        assert_eq!(
            error(b"a\n1\"2\n"),
            "parse error (endOfInput) at \"\\\"2\\n\""
        );
        assert_eq!(error(b"a\n\"1"), "parse error (not enough input) at \"\"");
        assert_eq!(error(b"a\n\xff"), "conversion error: invalid UTF-8");
    }
}
