//! The services behind their paths, as a Supabase project has them.
//!
//! In: an HTTP request. Out: an HTTP response. In process and over a socket requests enter here.
//! Mirrors the routes of Supabase's API gateway.
#![forbid(unsafe_code)]

use bytes::Bytes;

use crate::http::{HttpRequest, HttpResponse};
use crate::rest::Service;

/// The services of one project.
#[derive(Debug)]
pub(crate) struct Gateway {
    rest: Service,
    rest_path: String,
}

impl Gateway {
    /// `rest_path` is where REST is found, without a slash at its end.
    pub(crate) fn new(rest: Service, rest_path: &str) -> Self {
        Self {
            rest,
            rest_path: rest_path.trim_end_matches('/').to_owned(),
        }
    }

    /// Answers one request.
    pub(crate) async fn respond(&self, mut request: HttpRequest) -> HttpResponse {
        // The key of a project stands in for a token.
        if let (None, Some(key)) = (request.header("authorization"), request.header("apikey")) {
            let bearer = format!("Bearer {key}");
            request.headers.push(("authorization".to_owned(), bearer));
        }
        let inside = request.target.strip_prefix(self.rest_path.as_str());
        if let Some(target) = inside.filter(|rest| rest.is_empty() || rest.starts_with(['/', '?']))
        {
            request.target = if target.starts_with('/') {
                target.to_owned()
            } else {
                format!("/{target}")
            };
            return self.rest.respond(request).await;
        }
        let path = request.target.split('?').next().unwrap_or_default();
        let is_below = |prefix: &str| {
            path.strip_prefix(prefix)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        match UPCOMING.iter().find(|(prefix, _)| is_below(prefix)) {
            Some((_, name)) => {
                let message = format!("{name} is not part of this version of oxbase");
                // Clients that do not read the body of such an answer tell this.
                HttpResponse {
                    reason: Some(message.clone()),
                    ..plain(501, &message)
                }
            }
            None => plain(404, "no Route matched with those values"),
        }
    }

    /// Lets go of every connection.
    pub(crate) fn close(&self) {
        self.rest.close();
    }
}

/// An answer in the gateway's own form.
fn plain(status: u16, message: &str) -> HttpResponse {
    let body = serde_json::json!({ "message": message }).to_string();
    HttpResponse {
        status,
        reason: None,
        headers: vec![(
            "Content-Type".to_owned(),
            "application/json; charset=utf-8".to_owned(),
        )],
        body: Bytes::from(body),
    }
}

/// The other services of a project, by their paths.
const UPCOMING: [(&str, &str); 5] = [
    ("/auth/v1", "the auth service"),
    ("/storage/v1", "the storage service"),
    ("/realtime/v1", "the realtime service"),
    ("/functions/v1", "the functions service"),
    ("/graphql/v1", "the GraphQL service"),
];
