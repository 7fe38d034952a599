//! Names of tenants: what PostgreSQL takes for a database's name, and the directory that stands for it.
//!
//! A name that looks like a path is none: whoever sends one means something else than a database.
//!
//! A directory's name is made of lower-case letters, digits, `-` and `_`; everything else is written as `%` and two
//! hexadecimal digits for each byte. So no two names share a directory, also where letters have no case, and none leads
//! out of the base directory, begins with a dot or means a device.
#![forbid(unsafe_code)]

use super::error::Error;

/// The name of a tenant.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Name(String);

impl Name {
    /// Takes a name as a start-up packet has it: truncated like any identifier, case kept.
    pub(crate) fn parse(text: &str) -> Result<Self, Error> {
        let name = truncate(text);
        // The embedded PostgreSQL takes no blank name.
        let blank = name.trim().is_empty();
        let path = name.contains(['/', '\\']) || name.chars().all(|character| character == '.');
        if blank || path || name.chars().any(char::is_control) {
            return Err(Error::InvalidName {
                name: name.to_owned(),
            });
        }
        Ok(Self(name.to_owned()))
    }

    /// The name itself.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is the name of a database that new ones are made of, which is nobody's tenant.
    pub(crate) fn is_template(&self) -> bool {
        matches!(self.0.as_str(), "template0" | "template1")
    }

    /// The name of its directory.
    pub(crate) fn directory(&self) -> String {
        let mut encoded = String::with_capacity(self.0.len());
        let reserved = is_reserved(&self.0);
        for (place, byte) in self.0.bytes().enumerate() {
            let plain =
                byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_');
            if plain && !(reserved && place == 0) {
                encoded.push(char::from(byte));
            } else {
                encoded.push('%');
                for digit in [byte >> 4, byte & 15] {
                    encoded.push(char::from(*HEX.get(usize::from(digit)).unwrap_or(&b'0')));
                }
            }
        }
        encoded
    }

    /// The name whose directory this is; `None` for anything else that may lie there.
    pub(crate) fn of_directory(directory: &str) -> Option<Self> {
        let mut bytes = Vec::with_capacity(directory.len());
        let mut rest = directory.as_bytes();
        while let [first, after @ ..] = rest {
            if *first == b'%' {
                let digits = std::str::from_utf8(after.get(..2)?).ok()?;
                bytes.push(u8::from_str_radix(digits, 16).ok()?);
                rest = after.get(2..)?;
            } else {
                bytes.push(*first);
                rest = after;
            }
        }
        let name = Self::parse(&String::from_utf8(bytes).ok()?).ok()?;
        (name.directory() == directory).then_some(name)
    }
}

impl std::fmt::Display for Name {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Cuts a name to 63 bytes, at a character.
fn truncate(text: &str) -> &str {
    let mut end = text.len().min(LONGEST);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

/// Whether Windows takes it for a device, in any directory.
fn is_reserved(name: &str) -> bool {
    let numbered = |prefix: &str| {
        let number = name.strip_prefix(prefix);
        number.is_some_and(|number| matches!(number.as_bytes(), [b'0'..=b'9']))
    };
    matches!(name, "con" | "prn" | "aux" | "nul" | "conin$" | "conout$")
        || numbered("com")
        || numbered("lpt")
}

/// One less than NAMEDATALEN.
const LONGEST: usize = 63;
const HEX: &[u8; 16] = b"0123456789abcdef";

#[cfg(test)]
mod tests {
    use super::*;

    fn directory(name: &str) -> String {
        Name::parse(name).unwrap().directory()
    }

    #[test]
    fn usual_names_are_directories_as_they_are() {
        for name in ["app", "my_app-2", "postgres", "1"] {
            assert_eq!(directory(name), name);
        }
    }

    #[test]
    fn no_name_leads_out_of_the_base_directory() {
        let expected = [
            (".hidden", "%2ehidden"),
            ("a..b:c", "a%2e%2eb%3ac"),
            ("con", "%63on"),
            ("lpt1", "%6cpt1"),
            ("console", "console"),
            ("App", "%41pp"),
            ("ä", "%c3%a4"),
            ("it's \"x\"", "it%27s%20%22x%22"),
        ];
        for (name, encoded) in expected {
            assert_eq!(directory(name), encoded, "{name}");
        }
    }

    #[test]
    fn a_directory_tells_its_name_and_nothing_else_does() {
        for name in ["app", ".etc", "App", "ä", "nul", "%41", "100%", "a b"] {
            let name = Name::parse(name).unwrap();
            assert_eq!(Name::of_directory(&name.directory()), Some(name));
        }
        for other in [
            ".app",
            "App",
            "%61pp",
            "%4",
            "%zz",
            "%C3%A4",
            "%ff",
            "",
            "lost+found",
            "%2e%2e%2fetc",
        ] {
            assert_eq!(Name::of_directory(other), None, "{other}");
        }
    }

    #[test]
    fn long_names_are_cut_as_identifiers_are() {
        let cut = |name: &str| Name::parse(name).unwrap().as_str().to_owned();
        assert_eq!(cut(&"a".repeat(64)), "a".repeat(63));
        assert_eq!(cut(&"ä".repeat(40)), "ä".repeat(31));
        assert!(directory(&"+".repeat(80)).len() < 200);
    }

    #[test]
    fn blank_names_paths_and_names_with_control_characters_are_refused() {
        for name in [
            "",
            "  ",
            "a\0b",
            "a\nb",
            "../../etc",
            "/",
            "a\\b",
            ".",
            "..",
        ] {
            assert!(Name::parse(name).is_err(), "{name:?}");
        }
    }
}
