//! What a request is for: path, method and profile.
//!
//! In: the path and the method. Out: the action and its schema, or PGRST101, 106, 117, 125, 126. Mirrors PostgREST v14,
//! <https://docs.postgrest.org/en/v14/references/api/schemas.html>.
#![forbid(unsafe_code)]

use http::Method;

use super::query_string::decode_percent;
use super::{Action, Invoke, Mutation};
use crate::rest::config::{Config, OpenApiMode};
use crate::rest::error::ApiError;
use crate::rest::identifiers::QualifiedIdentifier;

/// What a path names.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Resource {
    Relation(String),
    Routine(String),
    Schema,
}

impl Resource {
    /// Reads a path, which is percent-encoded. Bytes that are no UTF-8 are replaced.
    pub(crate) fn parse(config: &Config, path: &str) -> Result<Self, ApiError> {
        let path = path.strip_prefix('/').unwrap_or(path);
        let mut segments = path.split('/').map(|segment| {
            let bytes = decode_percent(segment.as_bytes(), false);
            String::from_utf8_lossy(&bytes).into_owned()
        });
        match (segments.next(), segments.next(), segments.next()) {
            (Some(root), None, None) if root.is_empty() => Self::root(config),
            (Some(relation), None, None) => Ok(Self::Relation(relation)),
            (Some(rpc), Some(routine), None) if rpc == "rpc" => Ok(Self::Routine(routine)),
            _ => Err(ApiError::InvalidResourcePath),
        }
    }

    fn root(config: &Config) -> Result<Self, ApiError> {
        match &config.root_spec {
            // Its schema is that of the request.
            Some(spec) => {
                let name = match spec.split_once('.') {
                    Some((_, name)) if !name.is_empty() => name,
                    Some((name, _)) => name,
                    None => spec,
                };
                Ok(Self::Routine(name.to_owned()))
            }
            None if config.openapi_mode == OpenApiMode::Disabled => Err(ApiError::OpenApiDisabled),
            None => Ok(Self::Schema),
        }
    }

    /// What the method does with it.
    pub(crate) fn action(self, schema: &str, method: &Method) -> Result<Action, ApiError> {
        let qualified = |name| QualifiedIdentifier::new(schema, name);
        let name = method.as_str();
        match self {
            Self::Routine(routine) => {
                let routine = qualified(routine);
                let invoke = match name {
                    "GET" => Invoke::Read { head: false },
                    "HEAD" => Invoke::Read { head: true },
                    "POST" => Invoke::Post,
                    "OPTIONS" => return Ok(Action::RoutineInfo(routine)),
                    other => return Err(ApiError::InvalidRpcMethod(other.to_owned())),
                };
                Ok(Action::Routine { routine, invoke })
            }
            Self::Relation(relation) => {
                let relation = qualified(relation);
                let mutation = match name {
                    "GET" | "HEAD" => {
                        let head = name == "HEAD";
                        return Ok(Action::RelationRead { relation, head });
                    }
                    "OPTIONS" => return Ok(Action::RelationInfo(relation)),
                    "POST" => Mutation::Create,
                    "PUT" => Mutation::SingleUpsert,
                    "PATCH" => Mutation::Update,
                    "DELETE" => Mutation::Delete,
                    other => return Err(ApiError::UnsupportedMethod(other.to_owned())),
                };
                Ok(Action::RelationMutate { relation, mutation })
            }
            Self::Schema => match name {
                "GET" | "HEAD" => Ok(Action::SchemaRead {
                    schema: schema.to_owned(),
                    head: name == "HEAD",
                }),
                "OPTIONS" => Ok(Action::SchemaInfo),
                other => Err(ApiError::UnsupportedMethod(other.to_owned())),
            },
        }
    }
}

/// The schema of a request, and whether a profile header takes part in choosing it.
pub(crate) fn parse_profile(
    config: &Config,
    method: &Method,
    headers: &[(String, String)],
) -> Result<(String, bool), ApiError> {
    let header = match method.as_str() {
        "DELETE" | "PATCH" | "POST" | "PUT" => "content-profile",
        _ => "accept-profile",
    };
    match find_header(headers, header) {
        Some(profile) if config.schemas.iter().any(|schema| schema == profile) => {
            Ok((profile.to_owned(), true))
        }
        Some(profile) => Err(ApiError::UnacceptableSchema {
            schema: profile.to_owned(),
            schemas: config.schemas.clone(),
        }),
        None => {
            let default = config.schemas.first().cloned().unwrap_or_default();
            Ok((default, config.schemas.len() != 1))
        }
    }
}

/// The first header of the name, which is in lower case.
pub(crate) fn find_header<'a>(headers: &'a [(String, String)], wanted: &str) -> Option<&'a str> {
    let (_, value) = headers.iter().find(|(name, _)| name == wanted)?;
    Some(value)
}

/// Names and values of a `Cookie` header. Blanks before names and quotes around values do not count.
pub(crate) fn parse_cookies(header: &str) -> Vec<(String, String)> {
    header
        .split_terminator(';')
        .map(|cookie| {
            let (name, value) = cookie.split_once('=').unwrap_or((cookie, ""));
            let unquoted = value
                .strip_prefix('"')
                .and_then(|value| value.strip_suffix('"'))
                .unwrap_or(value);
            (name.trim_start_matches(' ').to_owned(), unquoted.to_owned())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resource(path: &str) -> Result<Resource, ApiError> {
        Resource::parse(&Config::default(), path)
    }

    fn action(resource: Resource, method: &str) -> Result<Action, ApiError> {
        resource.action("public", &Method::from_bytes(method.as_bytes()).unwrap())
    }

    #[test]
    fn paths_name_relations_and_functions() {
        assert_eq!(resource("/"), Ok(Resource::Schema));
        assert_eq!(
            resource("/a%20b+c%ff"),
            Ok(Resource::Relation("a b+c\u{fffd}".to_owned()))
        );
        assert_eq!(resource("/rpc"), Ok(Resource::Relation("rpc".to_owned())));
        assert_eq!(resource("/rpc/f"), Ok(Resource::Routine("f".to_owned())));
        assert_eq!(resource("/a%2Fb"), Ok(Resource::Relation("a/b".to_owned())));
    }

    #[test]
    fn other_paths_are_invalid() {
        for path in ["/a/b", "/a/", "//", "/rpc/f/g"] {
            assert_eq!(resource(path), Err(ApiError::InvalidResourcePath), "{path}");
        }
    }

    #[test]
    fn a_function_may_answer_at_the_root() {
        let config = Config {
            root_spec: Some("api.root".to_owned()),
            openapi_mode: OpenApiMode::Disabled,
            ..Config::default()
        };
        assert_eq!(
            Resource::parse(&config, "/"),
            Ok(Resource::Routine("root".to_owned()))
        );
        let config = Config {
            root_spec: None,
            ..config
        };
        assert_eq!(
            Resource::parse(&config, "/"),
            Err(ApiError::OpenApiDisabled)
        );
    }

    #[test]
    fn methods_that_do_nothing_are_refused() {
        assert_eq!(
            action(Resource::Routine("f".to_owned()), "PUT"),
            Err(ApiError::InvalidRpcMethod("PUT".to_owned()))
        );
        for (resource, method) in [
            (Resource::Relation("a".to_owned()), "TRACE"),
            (Resource::Schema, "POST"),
        ] {
            let error = ApiError::UnsupportedMethod(method.to_owned());
            assert_eq!(action(resource, method), Err(error));
        }
    }

    #[test]
    fn reading_and_writing_have_profile_headers_of_their_own() {
        let config = Config {
            schemas: vec!["v1".to_owned(), "v2".to_owned()],
            ..Config::default()
        };
        let headers = [
            ("accept-profile".to_owned(), "v2".to_owned()),
            ("content-profile".to_owned(), "v3".to_owned()),
        ];
        let profile = |method, headers| parse_profile(&config, &method, headers);
        assert_eq!(profile(Method::GET, &headers), Ok(("v2".to_owned(), true)));
        assert_eq!(profile(Method::GET, &[]), Ok(("v1".to_owned(), true)));
        assert_eq!(
            profile(Method::PATCH, &headers),
            Err(ApiError::UnacceptableSchema {
                schema: "v3".to_owned(),
                schemas: config.schemas.clone(),
            })
        );
    }

    #[test]
    fn cookies_are_names_and_values() {
        let cookies = [("a", "1"), ("b", "x=y"), ("c", "")];
        assert_eq!(
            parse_cookies("a=1; b=\"x=y\"; c"),
            cookies.map(|(name, value)| (name.to_owned(), value.to_owned()))
        );
    }
}
