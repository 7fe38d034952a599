//! The keys that tokens are checked with.
//!
//! In: `jwt-secret`, which is a secret, a JWK or a JWKS in JSON. Out: keys, or why the setting is no good.
//! Mirrors PostgREST v14, <https://docs.postgrest.org/en/v14/references/configuration.html#jwt-secret>, which takes keys
//! of type `oct`, `RSA`, `EC` and `OKP`; a private key stands for its public part.
#![forbid(unsafe_code)]

use std::fmt;

use base64::Engine;
use base64::alphabet::URL_SAFE;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};
use jsonwebtoken::DecodingKey;
use serde_json::value::RawValue;

use super::encoding::Members;

/// The keys of a service. A token is good when one of them says so.
#[derive(Debug, Default)]
pub(crate) struct Keys {
    pub(super) keys: Vec<Key>,
}

/// Why a `jwt-secret` is no good; the configuration is at fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum KeyError {
    /// `jwt-secret-is-base64` is set and the secret is something else.
    #[error("The JWT secret is not valid base64.")]
    Base64,
    /// The secret looks like a JWK or a JWKS but cannot be used as such.
    #[error("The JWT secret is not a valid JWK or JWKS: {0}.")]
    Jwk(&'static str),
    /// The secret can be guessed.
    #[error("The JWT secret must be at least 32 characters long.")]
    TooShort,
}

/// One key, and what it may be used for.
pub(super) struct Key {
    pub(super) material: Material,
    /// `kid`; a token that names a key must name this.
    pub(super) id: Option<String>,
    /// `alg`; the only algorithm that the key is for.
    pub(super) algorithm: Option<String>,
}

/// What a key consists of, ready for use.
pub(super) enum Material {
    Symmetric(DecodingKey),
    Rsa(DecodingKey),
    P256(DecodingKey),
    P384(DecodingKey),
    Ed25519(DecodingKey),
    /// A curve that tokens cannot be checked with here, and how the names of its algorithms start.
    OtherCurve(&'static str),
    /// A key that no token is for.
    Unsupported,
}

impl fmt::Debug for Key {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The material is secret and not shown.
        formatter
            .debug_struct("Key")
            .field("id", &self.id)
            .field("algorithm", &self.algorithm)
            .finish_non_exhaustive()
    }
}

impl Keys {
    /// Reads `jwt-secret`.
    pub(crate) fn parse(secret: &str, is_base64: bool) -> Result<Self, KeyError> {
        if is_base64 {
            return Self::parse_bytes(&decode_secret(secret)?);
        }
        Self::parse_bytes(secret.as_bytes())
    }

    fn parse_bytes(secret: &[u8]) -> Result<Self, KeyError> {
        if let Some(members) = std::str::from_utf8(secret).ok().and_then(Members::parse) {
            if let Some(keys) = members.get("keys") {
                let keys: Vec<&RawValue> = serde_json::from_str(keys)
                    .map_err(|_| KeyError::Jwk("'keys' must be an array"))?;
                let keys = keys
                    .into_iter()
                    .map(parse_jwk_text)
                    .collect::<Result<_, _>>()?;
                return Ok(Self { keys });
            }
            // Differs from PostgREST: a JWK that cannot be read is an error there too, but one that PostgREST makes good by
            // taking its text for a shared secret, which whoever knows a public key could then sign with.
            if members.get("kty").is_some() {
                return Ok(Self {
                    keys: vec![parse_jwk(&members)?],
                });
            }
        }
        if secret.len() < MIN_SECRET {
            return Err(KeyError::TooShort);
        }
        let key = Key {
            material: Material::Symmetric(DecodingKey::from_secret(secret)),
            id: None,
            algorithm: Some("HS256".to_owned()),
        };
        Ok(Self { keys: vec![key] })
    }
}

fn parse_jwk_text(json: &RawValue) -> Result<Key, KeyError> {
    parse_jwk(&Members::parse(json.get()).ok_or(KeyError::Jwk("a key must be an object"))?)
}

/// Reads a JWK. One of an unknown type or algorithm is kept, as a key that no token is for.
fn parse_jwk(jwk: &Members<'_>) -> Result<Key, KeyError> {
    let text = |name, error| jwk.text(name).map_err(|()| KeyError::Jwk(error));
    let algorithm = text("alg", "'alg' must be a string")?;
    let kind =
        text("kty", "'kty' must be a string")?.ok_or(KeyError::Jwk("a key must have a 'kty'"))?;
    let id = text("kid", "'kid' must be a string")?;
    let known = algorithm
        .as_deref()
        .is_none_or(|name| ALGORITHMS.contains(&name) || ENCRYPTION_ALGORITHMS.contains(&name));
    let material = match kind.as_str() {
        _ if !known => Material::Unsupported,
        "oct" => parse_symmetric(jwk)?,
        "RSA" => parse_rsa(jwk)?,
        "EC" => parse_curve(jwk)?,
        "OKP" => parse_edwards(jwk)?,
        _ => Material::Unsupported,
    };
    let material = match text("use", "'use' must be either 'sig' or 'enc'")?.as_deref() {
        None | Some("sig") => material,
        Some("enc") => Material::Unsupported,
        Some(_) => return Err(KeyError::Jwk("'use' must be either 'sig' or 'enc'")),
    };
    Ok(Key {
        material,
        id,
        algorithm,
    })
}

fn parse_symmetric(jwk: &Members<'_>) -> Result<Material, KeyError> {
    let secret =
        parse_bytes(jwk, "k")?.ok_or(KeyError::Jwk("'k' is required for a key of type 'oct'"))?;
    if secret.is_empty() {
        // Differs from PostgREST: anybody can sign with a key of no length.
        return Err(KeyError::Jwk("'k' must not be empty"));
    }
    Ok(Material::Symmetric(DecodingKey::from_secret(&secret)))
}

fn parse_rsa(jwk: &Members<'_>) -> Result<Material, KeyError> {
    let modulus =
        parse_bytes(jwk, "n")?.ok_or(KeyError::Jwk("'n' is required for a key of type 'RSA'"))?;
    let exponent =
        parse_bytes(jwk, "e")?.ok_or(KeyError::Jwk("'e' is required for a key of type 'RSA'"))?;
    Ok(Material::Rsa(DecodingKey::from_rsa_raw_components(
        &modulus, &exponent,
    )))
}

fn parse_curve(jwk: &Members<'_>) -> Result<Material, KeyError> {
    let x =
        parse_bytes(jwk, "x")?.ok_or(KeyError::Jwk("'x' is required for a key of type 'EC'"))?;
    let y =
        parse_bytes(jwk, "y")?.ok_or(KeyError::Jwk("'y' is required for a key of type 'EC'"))?;
    let curve = jwk
        .text("crv")
        .map_err(|()| KeyError::Jwk("'crv' must be a string"))?
        .ok_or(KeyError::Jwk("'crv' is required for a key of type 'EC'"))?;
    let (width, material): (_, fn(DecodingKey) -> Material) = match curve.as_str() {
        "P-256" => (32, Material::P256),
        "P-384" => (48, Material::P384),
        // Differs from PostgREST: ES512 is not supported.
        "P-521" => return Ok(Material::OtherCurve("ES")),
        _ => return Err(KeyError::Jwk("'crv' must be a valid EC curve name")),
    };
    // An uncompressed point; coordinates may come without their leading zeros.
    let mut point = vec![4];
    for coordinate in [x, y] {
        let padding = usize::checked_sub(width, coordinate.len())
            .ok_or(KeyError::Jwk("'x' and 'y' must fit the curve"))?;
        point.resize(point.len() + padding, 0);
        point.extend_from_slice(&coordinate);
    }
    Ok(material(DecodingKey::from_ec_der(&point)))
}

fn parse_edwards(jwk: &Members<'_>) -> Result<Material, KeyError> {
    let x =
        parse_bytes(jwk, "x")?.ok_or(KeyError::Jwk("'x' is required for a key of type 'OKP'"))?;
    match jwk.text("crv").ok().flatten().as_deref() {
        Some("Ed25519") if x.len() == 32 => Ok(Material::Ed25519(DecodingKey::from_ed_der(&x))),
        // Differs from PostgREST: Ed448 is not supported.
        Some("Ed448") if x.len() == 57 => Ok(Material::OtherCurve("Ed")),
        Some("Ed25519" | "Ed448") => Err(KeyError::Jwk("'x' must fit the curve")),
        _ => Err(KeyError::Jwk("'crv' must be 'Ed25519' or 'Ed448'")),
    }
}

/// A member in base64.
fn parse_bytes(jwk: &Members<'_>, name: &str) -> Result<Option<Vec<u8>>, KeyError> {
    let not_base64 = KeyError::Jwk("a key must be given in base64url without padding");
    let Ok(text) = jwk.text(name) else {
        return Err(not_base64);
    };
    text.map(|text| BASE64_URL.decode(text).map_err(|_| not_base64))
        .transpose()
}

/// A secret in base64 of either alphabet; a point stands for `=`.
fn decode_secret(secret: &str) -> Result<Vec<u8>, KeyError> {
    let standard: String = secret
        .chars()
        .map(|character| match character {
            '_' => '/',
            '-' => '+',
            '.' => '=',
            other => other,
        })
        .collect();
    STANDARD
        .decode(standard.trim())
        .map_err(|_| KeyError::Base64)
}

/// The shortest secret that is taken, in bytes.
const MIN_SECRET: usize = 32;

/// The algorithms of signatures that PostgREST knows.
pub(super) const ALGORITHMS: [&str; 10] = [
    "HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "ES256", "ES384", "ES512", "EdDSA",
];

/// What else a JWK's `alg` may be without making the key unusable.
const ENCRYPTION_ALGORITHMS: [&str; 7] = [
    "none",
    "RSA1_5",
    "RSA-OAEP",
    "RSA-OAEP-256",
    "A128KW",
    "A192KW",
    "A256KW",
];

/// Base64 as in tokens: without padding; the bits that the last character has too many may be anything.
pub(super) const BASE64_URL: GeneralPurpose = GeneralPurpose::new(
    &URL_SAFE,
    GeneralPurposeConfig::new()
        .with_encode_padding(false)
        .with_decode_padding_mode(DecodePaddingMode::RequireNone)
        .with_decode_allow_trailing_bits(true),
);

#[cfg(test)]
mod tests {
    use super::{KeyError, Keys};

    #[test]
    fn a_plain_secret_has_at_least_32_bytes() {
        assert!(Keys::parse(&"a".repeat(32), false).is_ok());
        let error = Keys::parse(&"a".repeat(31), false).unwrap_err();
        assert_eq!(error, KeyError::TooShort);
        assert_eq!(
            error.to_string(),
            "The JWT secret must be at least 32 characters long."
        );
    }

    #[test]
    fn a_secret_in_base64_may_be_of_either_alphabet() {
        let secret = "cmVhbGx5cmVhbGx5cmVhbGx5cmVhbGx5dmVyeXNhZmU-";
        assert!(Keys::parse(&format!(" {secret}\n"), true).is_ok());
        assert_eq!(
            Keys::parse("no base-64!", true).unwrap_err(),
            KeyError::Base64
        );
        assert_eq!(Keys::parse("YWJj", true).unwrap_err(), KeyError::TooShort);
    }

    #[test]
    fn json_that_is_a_key_but_not_a_good_one_is_an_error_and_never_a_secret() {
        for json in [
            r#"{"keys":{}}"#,
            r#"{"keys":[1]}"#,
            r#"{"keys":[{"kid":"no type, but a text that is long enough"}]}"#,
            r#"{"kty":"RSA","n":"AQAB","padding":"aaaaaaaaaaaaaaaaaaaaaaaaaaa"}"#,
            r#"{"kty":"RSA","n":"AQAB","e":"!!","padding":"aaaaaaaaaaaaaaaaaa"}"#,
            r#"{"kty":"oct","k":"","padding":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}"#,
            r#"{"kty":"oct","k":"YWJj","use":"other"}"#,
            r#"{"kty":"EC","crv":"P-257","x":"AA","y":"AA"}"#,
            r#"{"kty":"EC","crv":"P-256","x":"AA"}"#,
            r#"{"kty":"OKP","crv":"Ed25519","x":"AA"}"#,
            r#"{"kty":1,"k":"YWJj"}"#,
        ] {
            let error = Keys::parse(json, false).unwrap_err();
            assert!(matches!(error, KeyError::Jwk(_)), "{json}: {error:?}");
        }
    }

    #[test]
    fn keys_of_unknown_types_are_kept_beside_others() {
        let json =
            r#"{"keys":[{"kty":"new"},{"kty":"oct","alg":"PS256"},{"kty":"oct","k":"YWJj"}]}"#;
        assert_eq!(Keys::parse(json, false).unwrap().keys.len(), 3);
        assert_eq!(Keys::parse(r#"{"keys":[]}"#, false).unwrap().keys.len(), 0);
    }

    #[test]
    fn a_key_is_not_shown() {
        let keys = Keys::parse("reallyreallyreallyreallyverysafe", false).unwrap();
        assert!(!format!("{keys:?}").contains("really"));
    }
}
