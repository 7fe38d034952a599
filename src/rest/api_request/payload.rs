//! The body of a request that writes or calls a function.
//!
//! In: body, content type, `columns`. Out: the payload and the fields in it, or PGRST102. JSON is not built: only its
//! keys are read. Mirrors PostgREST v14's Payload.
#![forbid(unsafe_code)]

use std::borrow::Cow;
use std::collections::BTreeSet;

use bytes::Bytes;
use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor,
};

use super::csv::{parse_csv, write_string};
use super::query_string::parse_query_string;
use super::{Action, Invoke, Mutation, Payload};
use crate::rest::error::ApiError;
use crate::rest::media_type::MediaType;

type PayloadAndFields = (Option<Payload>, BTreeSet<String>);

/// Reads the body if the action takes one.
pub(crate) fn parse_payload(
    body: Bytes,
    media: &MediaType,
    columns: Option<&BTreeSet<String>>,
    action: &Action,
) -> Result<PayloadAndFields, ApiError> {
    // An upsert of one row takes all of its fields, whatever `columns` says.
    let (routine, columns) = match action {
        Action::RelationMutate { mutation, .. } => match mutation {
            Mutation::Delete => return Ok((None, BTreeSet::new())),
            Mutation::SingleUpsert => (false, None),
            Mutation::Create | Mutation::Update => (false, columns),
        },
        Action::Routine {
            invoke: Invoke::Post,
            ..
        } => (true, columns),
        _ => return Ok((None, BTreeSet::new())),
    };
    let payload = match media {
        MediaType::ApplicationJson => match columns {
            Some(columns) => return Ok((Some(Payload::Raw(body)), columns.clone())),
            None if routine && body.is_empty() => processed(body, Shape::default()),
            None => parse_json(body)?,
        },
        MediaType::TextCsv => {
            let objects = parse_csv(&body).map_err(ApiError::InvalidBody)?;
            Payload::Processed {
                raw: objects.json.into(),
                keys: objects.keys,
                is_array: true,
            }
        }
        MediaType::UrlEncoded => parse_form(&body, routine)?,
        MediaType::TextPlain | MediaType::TextXml | MediaType::OctetStream if routine => {
            Payload::Text(body)
        }
        other => {
            let mime = other.to_mime();
            let message = format!("Content-Type not acceptable: {mime}");
            return Err(ApiError::InvalidBody(message));
        }
    };
    let fields = match &payload {
        Payload::Processed { keys, .. } => keys.clone(),
        Payload::UrlEncoded(pairs) => pairs.iter().map(|(name, _)| name.clone()).collect(),
        Payload::Raw(_) | Payload::Text(_) => BTreeSet::new(),
    };
    Ok((Some(payload), fields))
}

fn parse_form(body: &[u8], routine: bool) -> Result<Payload, ApiError> {
    let pairs =
        parse_query_string(body).map_err(|_| ApiError::InvalidBody("invalid UTF-8".to_owned()))?;
    let pairs = pairs
        .into_iter()
        .map(|(name, value)| (name.into_owned(), value.unwrap_or_default().into_owned()));
    if routine {
        return Ok(Payload::UrlEncoded(pairs.collect()));
    }
    // Of fields with one name the last one counts, as with JSON keys in PostgreSQL.
    let mut json = vec![b'{'];
    let mut keys = BTreeSet::new();
    for (name, value) in pairs {
        if json.len() > 1 {
            json.push(b',');
        }
        write_string(&mut json, &name);
        json.push(b':');
        write_string(&mut json, &value);
        keys.insert(name);
    }
    json.push(b'}');
    Ok(Payload::Processed {
        raw: json.into(),
        keys,
        is_array: false,
    })
}

fn parse_json(body: Bytes) -> Result<Payload, ApiError> {
    let invalid = || ApiError::InvalidBody("Empty or invalid json".to_owned());
    // What is skipped is not checked to be UTF-8, so all of it is checked first.
    let text = std::str::from_utf8(&body).map_err(|_| invalid())?;
    // Nor are escapes, of which half of a pair is no character.
    if text.contains("\\u") {
        serde_json::from_str::<serde_json::Value>(text).map_err(|_| invalid())?;
    }
    match serde_json::from_str::<Json>(text).map_err(|_| invalid())? {
        Json::Object(keys) => Ok(processed(
            body,
            Shape {
                keys,
                is_array: false,
            },
        )),
        Json::Objects(keys) => Ok(processed(
            body,
            Shape {
                keys,
                is_array: true,
            },
        )),
        Json::Mixed => Err(ApiError::InvalidBody(
            "All object keys must match".to_owned(),
        )),
        Json::Nothing => Ok(Payload::Processed {
            raw: Bytes::from_static(b"[]"),
            keys: BTreeSet::new(),
            is_array: true,
        }),
    }
}

/// What the payload is made of.
#[derive(Default)]
struct Shape {
    keys: BTreeSet<String>,
    is_array: bool,
}

/// An empty body is an empty object.
fn processed(body: Bytes, shape: Shape) -> Payload {
    Payload::Processed {
        raw: if body.is_empty() {
            Bytes::from_static(b"{}")
        } else {
            body
        },
        keys: shape.keys,
        is_array: shape.is_array,
    }
}

/// A document of which only the keys were read.
enum Json {
    Object(BTreeSet<String>),
    /// An array of objects with the same keys.
    Objects(BTreeSet<String>),
    /// An array of other things.
    Mixed,
    /// An empty array, or no array and no object.
    Nothing,
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(DocumentVisitor)
    }
}

struct DocumentVisitor;

impl<'de> Visitor<'de> for DocumentVisitor {
    type Value = Json;

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Json, A::Error> {
        let mut keys = Vec::new();
        read_keys(map, &mut keys)?;
        Ok(Json::Object(to_set(keys)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Json, A::Error> {
        let mut first = Vec::new();
        let Some(mut uniform) = items.next_element_seed(Item { keys: &mut first })? else {
            return Ok(Json::Nothing);
        };
        let expected = sorted(&first);
        let mut keys = Vec::with_capacity(first.len());
        while let Some(is_object) = items.next_element_seed(Item { keys: &mut keys })? {
            // Objects mostly have their keys in the order of the first one.
            uniform = uniform && is_object && (keys == first || sorted(&keys) == expected);
        }
        Ok(if uniform {
            Json::Objects(to_set(first))
        } else {
            Json::Mixed
        })
    }

    fn visit_bool<E>(self, _: bool) -> Result<Json, E> {
        Ok(Json::Nothing)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Json, E> {
        Ok(Json::Nothing)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Json, E> {
        Ok(Json::Nothing)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Json, E> {
        Ok(Json::Nothing)
    }

    fn visit_str<E>(self, _: &str) -> Result<Json, E> {
        Ok(Json::Nothing)
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Nothing)
    }
}

/// One element of an array: whether it is an object, whose keys replace those there.
struct Item<'k, 'de> {
    keys: &'k mut Vec<Cow<'de, str>>,
}

impl<'de> DeserializeSeed<'de> for Item<'_, 'de> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Item<'_, 'de> {
    type Value = bool;

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<bool, A::Error> {
        read_keys(map, self.keys)?;
        Ok(true)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<bool, A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(false)
    }

    fn visit_bool<E>(self, _: bool) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_i64<E>(self, _: i64) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_u64<E>(self, _: u64) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_f64<E>(self, _: f64) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_str<E>(self, _: &str) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_unit<E>(self) -> Result<bool, E> {
        Ok(false)
    }
}

/// A key, borrowed from the body where it has no escapes.
struct Key;

impl<'de> DeserializeSeed<'de> for Key {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Key {
    type Value = Cow<'de, str>;

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("a key")
    }

    fn visit_borrowed_str<E>(self, key: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(key))
    }

    fn visit_str<E>(self, key: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(key.to_owned()))
    }
}

fn read_keys<'de, A: MapAccess<'de>>(
    mut map: A,
    keys: &mut Vec<Cow<'de, str>>,
) -> Result<(), A::Error> {
    keys.clear();
    while let Some(key) = map.next_key_seed(Key)? {
        keys.push(key);
        map.next_value::<IgnoredAny>()?;
    }
    Ok(())
}

fn sorted<'a>(keys: &'a [Cow<'_, str>]) -> Vec<&'a str> {
    let mut sorted: Vec<&str> = keys.iter().map(AsRef::as_ref).collect();
    sorted.sort_unstable();
    sorted.dedup();
    sorted
}

fn to_set(keys: Vec<Cow<'_, str>>) -> BTreeSet<String> {
    keys.into_iter().map(Cow::into_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rest::identifiers::QualifiedIdentifier;

    fn mutate(mutation: Mutation) -> Action {
        Action::RelationMutate {
            relation: QualifiedIdentifier::new("public", "items"),
            mutation,
        }
    }

    fn call() -> Action {
        Action::Routine {
            routine: QualifiedIdentifier::new("public", "f"),
            invoke: Invoke::Post,
        }
    }

    fn set(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    fn insert(body: &'static str, media: &MediaType) -> Result<PayloadAndFields, ApiError> {
        parse_payload(body.into(), media, None, &mutate(Mutation::Create))
    }

    fn message(result: Result<PayloadAndFields, ApiError>) -> String {
        match result {
            Err(ApiError::InvalidBody(message)) => message,
            other => panic!("{other:?}"),
        }
    }

    fn json(raw: &'static str, keys: &[&str], is_array: bool) -> PayloadAndFields {
        let payload = Payload::Processed {
            raw: raw.into(),
            keys: set(keys),
            is_array,
        };
        (Some(payload), set(keys))
    }

    #[test]
    fn objects_and_arrays_of_objects_with_the_same_keys_are_taken_as_they_are() {
        for (body, is_array) in [
            (r#"{"a":1,"b":{"c":[]}}"#, false),
            (r#" [{"b":1,"a":2},{"a":null,"b":"x"}] "#, true),
        ] {
            let result = insert(body, &MediaType::ApplicationJson);
            assert_eq!(result, Ok(json(body, &["a", "b"], is_array)));
        }
    }

    #[test]
    fn anything_else_is_an_empty_array() {
        for body in ["[]", "1", "-1.5", "\"x\"", "null", "true"] {
            let result = insert(body, &MediaType::ApplicationJson);
            assert_eq!(result, Ok(json("[]", &[], true)), "{body}");
        }
    }

    #[test]
    fn keys_must_match() {
        for body in [
            r#"[{"a":1},{"b":1}]"#,
            r#"[{"a":1},{"a":1,"b":1}]"#,
            r#"[{"a":1},1]"#,
            r#"[1,{"a":1}]"#,
            "[[]]",
            "[null]",
        ] {
            let result = insert(body, &MediaType::ApplicationJson);
            assert_eq!(message(result), "All object keys must match", "{body}");
        }
    }

    #[test]
    fn a_body_that_is_no_json_is_refused() {
        for body in ["", "{", "{\"a\":1} x", "[{\"a\":1}", "{\"a\":}", "'a'"] {
            let result = insert(body, &MediaType::ApplicationJson);
            assert_eq!(message(result), "Empty or invalid json", "{body}");
        }
        let bytes = Bytes::from_static(b"{\"a\":\"\xff\"}");
        let action = mutate(Mutation::Create);
        let result = parse_payload(bytes, &MediaType::ApplicationJson, None, &action);
        assert_eq!(message(result), "Empty or invalid json");
    }

    #[test]
    fn deeply_nested_json_does_not_exhaust_the_stack() {
        let body = format!(
            "[{{\"a\":{}1{}}}]",
            "[".repeat(200_000),
            "]".repeat(200_000)
        );
        let action = mutate(Mutation::Create);
        let result = parse_payload(body.into(), &MediaType::ApplicationJson, None, &action);
        assert!(result.is_ok());
    }

    #[test]
    fn columns_leave_the_json_to_postgresql_but_not_for_an_upsert_of_one_row() {
        let columns = set(&["a"]);
        let parse = |mutation| {
            let json = MediaType::ApplicationJson;
            parse_payload("[{}".into(), &json, Some(&columns), &mutate(mutation))
        };
        let raw = (Some(Payload::Raw("[{}".into())), columns.clone());
        assert_eq!(parse(Mutation::Update), Ok(raw));
        assert_eq!(
            message(parse(Mutation::SingleUpsert)),
            "Empty or invalid json"
        );
        assert_eq!(parse(Mutation::Delete), Ok((None, BTreeSet::new())));
    }

    #[test]
    fn a_function_may_be_called_without_a_body() {
        let result = parse_payload(Bytes::new(), &MediaType::ApplicationJson, None, &call());
        assert_eq!(result, Ok(json("{}", &[], false)));
    }

    #[test]
    fn a_form_is_an_object_or_the_parameters_of_a_function() {
        let result = insert("a=x+%22y&b", &MediaType::UrlEncoded);
        assert_eq!(
            result,
            Ok(json(r#"{"a":"x \"y","b":""}"#, &["a", "b"], false))
        );
        let result = parse_payload("v=1&v=2".into(), &MediaType::UrlEncoded, None, &call());
        let pairs = [("v", "1"), ("v", "2")].map(|(k, v)| (k.to_owned(), v.to_owned()));
        let payload = Payload::UrlEncoded(pairs.to_vec());
        assert_eq!(result, Ok((Some(payload), set(&["v"]))));
    }

    #[test]
    fn text_is_for_functions_only() {
        let result = parse_payload("hi".into(), &MediaType::TextPlain, None, &call());
        assert_eq!(
            result,
            Ok((Some(Payload::Text("hi".into())), BTreeSet::new()))
        );
        assert_eq!(
            message(insert("hi", &MediaType::TextPlain)),
            "Content-Type not acceptable: text/plain"
        );
    }

    #[test]
    fn lines_are_objects() {
        let result = insert("a,b\n1,NULL\n", &MediaType::TextCsv);
        assert_eq!(
            result,
            Ok(json(r#"[{"a":"1","b":null}]"#, &["a", "b"], true))
        );
    }
}
