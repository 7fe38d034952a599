//! Who sends a request.
//!
//! In: the settings about tokens and the headers of a request. Out: a `Caller`, or PGRST300 to PGRST303.
//! Mirrors PostgREST v14, <https://docs.postgrest.org/en/v14/references/auth.html>.
#![forbid(unsafe_code)]

pub(crate) mod jspath;

use std::sync::Arc;

use super::config::Config;
use super::query::caller::Caller;
use crate::jwt::{Cache, Claims, Error, KeyError, Keys};
use jspath::{JsPath, PathError};

/// Tells callers by their tokens. It is made once for a configuration, so that what it keeps of tokens is as old.
#[derive(Debug)]
pub(crate) struct Authenticator {
    /// Without keys no token can be checked.
    keys: Option<Keys>,
    audience: Option<String>,
    role_claim: JsPath,
    anonymous: Option<Arc<Caller>>,
    cache: Cache<Arc<Known>>,
}

/// Why the settings are no good.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum ConfigError {
    /// `jwt-secret`
    #[error(transparent)]
    Key(#[from] KeyError),
    /// `jwt-role-claim-key`
    #[error(transparent)]
    Path(#[from] PathError),
}

/// What is known of a token whose signature is good.
#[derive(Debug)]
struct Known {
    claims: Claims,
    /// Nobody, when the token names no role and there is no role for such.
    caller: Option<Arc<Caller>>,
}

impl Authenticator {
    /// Reads the settings; an empty one counts as not set.
    pub(crate) fn new(config: &Config) -> Result<Self, ConfigError> {
        let keys = set(config.jwt_secret.as_deref())
            .map(|secret| Keys::parse(secret, config.jwt_secret_is_base64))
            .transpose()?;
        let role_claim = set(Some(&config.jwt_role_claim_key)).unwrap_or(".role");
        let anonymous = set(config.anon_role.as_deref()).map(|role| {
            Arc::new(Caller {
                role: role.to_owned(),
                claims: Claims::text_of_role(role),
                authenticated: false,
            })
        });
        Ok(Self {
            keys,
            audience: set(config.jwt_aud.as_deref()).map(str::to_owned),
            role_claim: JsPath::parse(role_claim)?,
            anonymous,
            cache: Cache::new(CACHE_ENTRIES),
        })
    }

    /// Tells who sends a request with these headers, their names in lower case, at `now`, in seconds since 1970.
    pub(crate) fn authenticate(
        &self,
        headers: &[(String, String)],
        now: i64,
    ) -> Result<Arc<Caller>, Error> {
        let Some(token) = bearer_token(headers) else {
            return self.anonymous.clone().ok_or(Error::TokenRequired);
        };
        let keys = self.keys.as_ref().ok_or(Error::SecretMissing)?;
        let known = match self.cache.get(token) {
            Some(known) => known,
            None => self.learn(keys, token)?,
        };
        known
            .claims
            .check(self.audience.as_deref(), now)
            .map_err(Error::Claims)?;
        known.caller.clone().ok_or(Error::TokenRequired)
    }

    /// Checks a token that was not seen before. One that is not good is not kept.
    fn learn(&self, keys: &Keys, token: &str) -> Result<Arc<Known>, Error> {
        let claims = keys.decode(token)?;
        let caller = self.caller(&claims);
        let known = Arc::new(Known { claims, caller });
        if token.len() <= MAX_CACHED_TOKEN {
            self.cache.insert(token, Arc::clone(&known));
        }
        Ok(known)
    }

    /// The role is what the claim says, which need not be a string; without the claim it is the anonymous one.
    fn caller(&self, claims: &Claims) -> Option<Arc<Caller>> {
        let anonymous = self.anonymous.as_ref().map(|caller| caller.role.as_str());
        let role = self
            .role_claim
            .find(claims.values())
            .map(Claims::unquote)
            .or_else(|| anonymous.map(str::to_owned))?;
        Some(Arc::new(Caller {
            claims: claims.text_with_role(&role),
            authenticated: anonymous != Some(role.as_str()),
            role,
        }))
    }
}

/// The token of the first `Authorization` header, when its scheme is `Bearer` in any case.
fn bearer_token(headers: &[(String, String)]) -> Option<&str> {
    let (_, value) = headers.iter().find(|(name, _)| name == "authorization")?;
    let end = value.find(is_blank).unwrap_or(value.len());
    let (scheme, rest) = value.split_at_checked(end)?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then(|| rest.trim_start_matches(is_blank))
}

const fn is_blank(character: char) -> bool {
    matches!(character, ' ' | '\t'..='\r' | '\u{a0}')
}

fn set(setting: Option<&str>) -> Option<&str> {
    setting.filter(|setting| !setting.is_empty())
}

/// PostgREST's default of `jwt-cache-max-entries`.
const CACHE_ENTRIES: usize = 1000;

/// A longer token is checked each time, so that the cache stays small.
const MAX_CACHED_TOKEN: usize = 8 << 10;

#[cfg(test)]
mod tests;
