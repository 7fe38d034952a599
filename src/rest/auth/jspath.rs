//! Where in the claims the role is.
//!
//! In: `jwt-role-claim-key`, such as `.realm.roles[?(@ ^== "app_")]`. Out: a path, and with claims the value it leads to.
//! Mirrors PostgREST v14, <https://docs.postgrest.org/en/v14/references/auth.html#jwt-role-extraction>.
#![forbid(unsafe_code)]

use serde_json::{Map, Value};

/// A path into claims. It has at least one step, and a filter at its end only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct JsPath {
    steps: Vec<Step>,
}

/// Why a `jwt-role-claim-key` cannot be read; the configuration is at fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("failed to parse role-claim-key value ({path}): unexpected input at column {column}")]
pub(crate) struct PathError {
    path: String,
    /// Where it stops being a path, in characters from one.
    column: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    /// `.key` or `."key"`
    Key(String),
    /// `[0]`
    Index(usize),
    /// `[?(@ == "text")]`: the first string of an array that compares so with the text.
    Filter(Comparison, String),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Comparison {
    Contains,
    EndsWith,
    Equals,
    NotEquals,
    StartsWith,
}

impl JsPath {
    /// Reads a path.
    pub(crate) fn parse(text: &str) -> Result<Self, PathError> {
        let mut rest = text;
        let mut steps = Vec::new();
        while !rest.is_empty() || steps.is_empty() {
            let step = parse_step(&mut rest).ok_or_else(|| PathError {
                path: text.to_owned(),
                column: text.chars().count() - rest.chars().count() + 1,
            })?;
            steps.push(step);
        }
        Ok(Self { steps })
    }

    /// The value that the path leads to.
    pub(crate) fn find<'a>(&self, claims: &'a Map<String, Value>) -> Option<&'a Value> {
        let (first, rest) = self.steps.split_first()?;
        let Step::Key(key) = first else { return None };
        rest.iter()
            .try_fold(claims.get(key)?, |value, step| step.take(value))
    }
}

impl Step {
    fn take<'a>(&self, value: &'a Value) -> Option<&'a Value> {
        match (self, value) {
            (Self::Key(key), Value::Object(members)) => members.get(key),
            (Self::Index(index), Value::Array(items)) => items.get(*index),
            (Self::Filter(comparison, text), Value::Array(items)) => items.iter().find(|item| {
                item.as_str()
                    .is_some_and(|item| comparison.holds(item, text))
            }),
            _ => None,
        }
    }
}

impl Comparison {
    fn holds(self, item: &str, text: &str) -> bool {
        match self {
            Self::Contains => item.contains(text),
            Self::EndsWith => item.ends_with(text),
            Self::Equals => item == text,
            Self::NotEquals => item != text,
            Self::StartsWith => item.starts_with(text),
        }
    }
}

/// Reads the next step; when there is none, `rest` is left where that shows.
fn parse_step(rest: &mut &str) -> Option<Step> {
    if take(rest, ".") {
        return parse_key(rest).map(Step::Key);
    }
    if take(rest, "[?(") {
        return parse_filter(rest);
    }
    if !take(rest, "[") {
        return None;
    }
    let index = take_while(rest, |character| character.is_ascii_digit())?;
    // An index that is too large for a number is past the end of any array.
    let index = index.parse().unwrap_or(usize::MAX);
    take(rest, "]").then_some(Step::Index(index))
}

fn parse_key(rest: &mut &str) -> Option<String> {
    if rest.starts_with('"') {
        return parse_quoted(rest);
    }
    take_while(rest, |character| {
        character.is_alphanumeric() || "_$@".contains(character)
    })
    .map(str::to_owned)
}

/// Reads `@ == "text")]`, which ends the path.
fn parse_filter(rest: &mut &str) -> Option<Step> {
    if !take(rest, "@") {
        return None;
    }
    *rest = rest.trim_start();
    let comparison = COMPARISONS
        .iter()
        .find(|(operator, _)| take(rest, operator))?
        .1;
    *rest = rest.trim_start();
    let text = parse_quoted(rest)?;
    (take(rest, ")") && take(rest, "]") && rest.is_empty())
        .then_some(Step::Filter(comparison, text))
}

/// Reads a text in quotes, which has no escapes.
fn parse_quoted(rest: &mut &str) -> Option<String> {
    let (text, after) = rest.strip_prefix('"')?.split_once('"')?;
    *rest = after;
    Some(text.to_owned())
}

fn take(rest: &mut &str, token: &str) -> bool {
    rest.strip_prefix(token)
        .map(|after| *rest = after)
        .is_some()
}

/// Takes one character at least.
fn take_while<'a>(rest: &mut &'a str, is_part: impl Fn(char) -> bool) -> Option<&'a str> {
    let after = rest.trim_start_matches(is_part);
    let taken = rest.strip_suffix(after).filter(|taken| !taken.is_empty())?;
    *rest = after;
    Some(taken)
}

/// A longer operator stands before the one that it starts with.
const COMPARISONS: [(&str, Comparison); 5] = [
    ("==^", Comparison::EndsWith),
    ("==", Comparison::Equals),
    ("!=", Comparison::NotEquals),
    ("^==", Comparison::StartsWith),
    ("*==", Comparison::Contains),
];

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::JsPath;

    fn find(path: &str, claims: &Value) -> Option<Value> {
        let path = JsPath::parse(path).unwrap();
        path.find(claims.as_object().unwrap()).cloned()
    }

    #[test]
    fn a_path_leads_through_keys_and_indexes() {
        let claims = json!({
            "postgrest": {"a_role": "author"},
            "customObject": {"manyRoles": ["other", "author"]},
            "https://www.example.com/roles": [{"value": "author"}],
            "$id": {"@x": 1},
            "": 2,
            "größe": 3,
        });
        for (path, expected) in [
            (".postgrest.a_role", Some(json!("author"))),
            (".customObject.manyRoles[1]", Some(json!("author"))),
            (".customObject.manyRoles[2]", None),
            (".customObject.manyRoles[99999999999999999999]", None),
            (".customObject[0]", None),
            (".customObject.manyRoles.other", None),
            (
                r#"."https://www.example.com/roles"[0].value"#,
                Some(json!("author")),
            ),
            (".$id.@x", Some(json!(1))),
            (r#".$id."@x""#, Some(json!(1))),
            (r#"."""#, Some(json!(2))),
            (".größe", Some(json!(3))),
            (".postgrest", Some(json!({"a_role": "author"}))),
            (".none", None),
            ("[0]", None),
        ] {
            assert_eq!(find(path, &claims), expected, "{path}");
        }
    }

    #[test]
    fn a_filter_takes_the_first_string_that_compares_so() {
        let claims = json!({"roles": [1, {"other": 2}, "other", "author"], "none": [{}]});
        for (filter, expected) in [
            (r#"[?(@ == "author")]"#, Some("author")),
            (r#"[?(@=="author")]"#, Some("author")),
            (r#"[?(@   ==   "author")]"#, Some("author")),
            (r#"[?(@ != "other")]"#, Some("author")),
            (r#"[?(@ != "x")]"#, Some("other")),
            (r#"[?(@ ^== "aut")]"#, Some("author")),
            (r#"[?(@ ==^ "hor")]"#, Some("author")),
            (r#"[?(@ *== "utho")]"#, Some("author")),
            (r#"[?(@ *== "")]"#, Some("other")),
            (r#"[?(@ == "x")]"#, None),
        ] {
            let found = find(&format!(".roles{filter}"), &claims);
            assert_eq!(found, expected.map(Value::from), "{filter}");
        }
        assert_eq!(find(r#".none[?(@ == "x")]"#, &claims), None);
    }

    #[test]
    fn what_is_no_path_is_told_with_its_place() {
        for (path, column) in [
            ("", 1),
            ("role.other", 1),
            (".role##", 6),
            (".my_role;;domain", 9),
            (".#$$%&$%/", 2),
            ("1234", 1),
            (".", 2),
            (".role.", 7),
            (".role[]", 7),
            (".role[-1]", 7),
            (".role[1", 8),
            (".role[?(@ =)]", 11),
            (".role[?(@ == x)]", 14),
            (r#".role[?(@ == "x")"#, 18),
            (r#".role[?(@ == "x")].y"#, 19),
            (r#".role[?(@ == "x")][?(@ == "x")]"#, 19),
            (r#"."role"#, 2),
            (".role[0:3]", 8),
            (".größe#", 7),
        ] {
            assert_eq!(JsPath::parse(path).unwrap_err().column, column, "{path}");
        }
        assert_eq!(
            JsPath::parse(".role##").unwrap_err().to_string(),
            "failed to parse role-claim-key value (.role##): unexpected input at column 6"
        );
    }
}
