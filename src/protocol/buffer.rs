//! Reading and writing the protocol's primitive fields.
//!
//! `Reader` takes big-endian integers, terminated strings and counted bytes off a message body and
//! never reads past its end; `frame` writes one message and fills in its length.
#![forbid(unsafe_code)]

use std::ffi::CStr;

use super::error::Error;

/// What is left to read of a message body.
#[derive(Debug, Clone)]
pub(super) struct Reader<'a> {
    bytes: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes }
    }

    /// Everything that has not been read.
    pub(super) fn rest(&self) -> &'a [u8] {
        self.bytes
    }

    pub(super) fn take(&mut self, count: usize) -> Result<&'a [u8], Error> {
        let (taken, rest) = self
            .bytes
            .split_at_checked(count)
            .ok_or(Error::InsufficientData)?;
        self.bytes = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Error> {
        let (taken, rest) = self
            .bytes
            .split_first_chunk()
            .ok_or(Error::InsufficientData)?;
        self.bytes = rest;
        Ok(*taken)
    }

    pub(super) fn byte(&mut self) -> Result<u8, Error> {
        self.array().map(|[byte]: [u8; 1]| byte)
    }

    /// A 16-bit count. PostgreSQL reads counts as unsigned.
    pub(super) fn count(&mut self) -> Result<usize, Error> {
        self.array()
            .map(|bytes| usize::from(u16::from_be_bytes(bytes)))
    }

    pub(super) fn int32(&mut self) -> Result<i32, Error> {
        self.array().map(i32::from_be_bytes)
    }

    /// A terminated string, without its terminator.
    pub(super) fn string(&mut self) -> Result<&'a [u8], Error> {
        let string = CStr::from_bytes_until_nul(self.bytes)
            .map_err(|_| Error::InvalidString)?
            .to_bytes();
        self.bytes = self.bytes.get(string.len() + 1..).unwrap_or_default();
        Ok(string)
    }

    /// A value with a 32-bit length before it; a length of -1 stands for NULL.
    pub(super) fn value(&mut self) -> Result<Option<&'a [u8]>, Error> {
        match self.int32()? {
            -1 => Ok(None),
            length => {
                let length = usize::try_from(length).map_err(|_| Error::InsufficientData)?;
                self.take(length).map(Some)
            }
        }
    }

    /// Fails when anything is left.
    pub(super) fn end(&self) -> Result<(), Error> {
        if self.bytes.is_empty() {
            Ok(())
        } else {
            Err(Error::InvalidFormat)
        }
    }
}

/// Appends one message: the tag, the length, and what `body` writes.
pub(super) fn frame(out: &mut Vec<u8>, tag: u8, body: impl FnOnce(&mut Vec<u8>)) {
    out.push(tag);
    let start = out.len();
    out.extend_from_slice(&[0; 4]);
    body(out);
    let length = u32::try_from(out.len() - start).unwrap_or(u32::MAX);
    if let Some(field) = out.get_mut(start..start + 4) {
        field.copy_from_slice(&length.to_be_bytes());
    }
}

/// Appends a terminated string. What follows a NUL inside `text` is cut off, because it would be
/// read as the next field.
pub(super) fn put_string(out: &mut Vec<u8>, text: &[u8]) {
    let text = CStr::from_bytes_until_nul(text).map_or(text, CStr::to_bytes);
    out.extend_from_slice(text);
    out.push(0);
}

/// The 32-bit length word at `offset`, if it is there.
pub(super) fn length_at(bytes: &[u8], offset: usize) -> Option<usize> {
    let word = bytes.get(offset..)?.first_chunk()?;
    usize::try_from(u32::from_be_bytes(*word)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_takes_fields_in_order_and_reports_the_end() {
        let mut reader = Reader::new(b"S\x00\x02\xff\xff\xff\xfename\0\xff\xff\xff\xff\0\0\0\x01x");
        assert_eq!(reader.byte(), Ok(b'S'));
        assert_eq!(reader.count(), Ok(2));
        assert_eq!(reader.int32(), Ok(-2));
        assert_eq!(reader.string(), Ok(&b"name"[..]));
        assert_eq!(reader.value(), Ok(None));
        assert_eq!(reader.end(), Err(Error::InvalidFormat));
        assert_eq!(reader.value(), Ok(Some(&b"x"[..])));
        assert_eq!(reader.end(), Ok(()));
        assert_eq!(reader.byte(), Err(Error::InsufficientData));
    }

    #[test]
    fn a_failed_read_takes_nothing() {
        let mut reader = Reader::new(b"abc");
        assert_eq!(reader.take(4), Err(Error::InsufficientData));
        assert_eq!(reader.string(), Err(Error::InvalidString));
        assert_eq!(reader.int32(), Err(Error::InsufficientData));
        assert_eq!(reader.rest(), b"abc");
    }

    #[test]
    fn a_negative_length_other_than_null_is_refused() {
        assert_eq!(
            Reader::new(b"\xff\xff\xff\xfe").value(),
            Err(Error::InsufficientData)
        );
    }

    #[test]
    fn the_length_of_a_frame_counts_itself_and_the_body() {
        let mut out = b"before".to_vec();
        frame(&mut out, b'Z', |out| out.push(b'I'));
        assert_eq!(out, b"beforeZ\0\0\0\x05I");
    }

    #[test]
    fn a_string_ends_at_a_nul_inside_it() {
        let mut out = Vec::new();
        put_string(&mut out, b"ab\0cd");
        assert_eq!(out, b"ab\0");
    }
}
