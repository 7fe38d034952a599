//! Replacements in the text that the backend gets, and where an error's position is in the text that was sent.
#![forbid(unsafe_code)]

use std::ops::Range;

/// A replacement in a query's text: error positions after it are shifted.
#[derive(Debug, Clone)]
pub(crate) struct Edit {
    pub(crate) at: Range<usize>,
    pub(crate) new: Vec<u8>,
}

/// The text with its replacements, which are in order.
pub(crate) fn apply<'t>(text: &'t [u8], edits: &[Edit]) -> std::borrow::Cow<'t, [u8]> {
    if edits.is_empty() {
        return text.into();
    }
    let mut out = Vec::with_capacity(text.len() + 32 * edits.len());
    let mut at = 0;
    for edit in edits {
        out.extend_from_slice(text.get(at..edit.at.start).unwrap_or_default());
        out.extend_from_slice(&edit.new);
        at = edit.at.end;
    }
    out.extend_from_slice(text.get(at..).unwrap_or_default());
    out.into()
}

/// Where an error's position (in characters, from 1) is in the text that the session sent.
pub(crate) fn original_position(position: usize, text: &[u8], edits: &[Edit]) -> usize {
    let characters = |bytes: &[u8]| bytes.iter().filter(|byte| **byte & 0xc0 != 0x80).count();
    let mut shift = 0_isize;
    for edit in edits {
        let start = characters(text.get(..edit.at.start).unwrap_or_default());
        let (old, new) = (
            characters(text.get(edit.at.clone()).unwrap_or_default()),
            characters(&edit.new),
        );
        let edited_start = start.saturating_add_signed(shift);
        if position > edited_start + new {
            shift += isize::try_from(new).unwrap_or(0) - isize::try_from(old).unwrap_or(0);
        }
    }
    position.saturating_add_signed(-shift)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_after_a_replacement_are_shifted_back() {
        let text = "fetch é; select x".as_bytes();
        let edits = [Edit {
            at: 6..8,
            new: b"\"longer\"".to_vec(),
        }];
        assert_eq!(apply(text, &edits), "fetch \"longer\"; select x".as_bytes());
        let position = |position| original_position(position, text, &edits);
        assert_eq!([position(1), position(24)], [1, 17]);
    }
}
