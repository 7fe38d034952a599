//! From a token to its claims: reading its parts and checking its signature.
//!
//! In: a token and keys. Out: claims, or PGRST301 and PGRST303. Mirrors PostgREST v14 and its library for tokens
//! (jose-jwt 0.10): the key is chosen by `kid`, `alg` and type, so that a token cannot choose how a key is used.
#![forbid(unsafe_code)]

use base64::Engine;
use jsonwebtoken::{Algorithm, DecodingKey};

use super::encoding::Members;
use super::keys::{ALGORITHMS, BASE64_URL, Key, Keys, Material};
use super::{Claims, DecodeError, Error};

impl Keys {
    /// Checks a token's signature and reads its claims, without regard to time and audience.
    pub(crate) fn decode(&self, token: &str) -> Result<Claims, Error> {
        let payload = self.open(token).map_err(Error::Decode)?;
        Claims::parse(&payload).map_err(Error::Claims)
    }

    /// The payload of a token whose signature is good.
    fn open(&self, token: &str) -> Result<Vec<u8>, DecodeError> {
        let token = Token::parse(token)?;
        let mut candidates = self.keys.iter().filter(|key| token.is_for(key)).peekable();
        if candidates.peek().is_none() {
            return Err(DecodeError::Key(NO_SUITABLE_KEY.to_owned()));
        }
        if candidates.any(|key| token.is_signed_with(&key.material)) {
            Ok(token.payload)
        } else {
            Err(DecodeError::Key(NO_KEY_DECODES.to_owned()))
        }
    }
}

/// A token with a signature, its parts decoded.
struct Token<'a> {
    algorithm: String,
    key_id: Option<String>,
    payload: Vec<u8>,
    /// What is signed.
    message: &'a str,
    /// In base64 without superfluous bits.
    signature: String,
}

impl<'a> Token<'a> {
    fn parse(token: &'a str) -> Result<Self, DecodeError> {
        if token.is_empty() {
            return Err(DecodeError::EmptyAuthHeader);
        }
        let mut parts = token.split('.');
        let (Some(header), Some(payload), Some(signature), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(DecodeError::UnexpectedParts(token.split('.').count()));
        };
        let header = decode(header)?;
        let header = std::str::from_utf8(&header)
            .ok()
            .and_then(Members::parse)
            .ok_or(DecodeError::BadCrypto)?;
        if header
            .text("alg")
            .is_ok_and(|name| name.as_deref() == Some("none"))
        {
            decode(payload)?;
            return Err(DecodeError::BadAlgorithm(UNSECURED.to_owned()));
        }
        let (algorithm, key_id) = read_header(&header).ok_or(DecodeError::BadCrypto)?;
        let message = token
            .rsplit_once('.')
            .map_or(token, |(message, _signature)| message);
        Ok(Self {
            algorithm,
            key_id,
            payload: decode(payload)?,
            message,
            signature: BASE64_URL.encode(decode(signature)?),
        })
    }

    /// Whether the key may be used for this token.
    fn is_for(&self, key: &Key) -> bool {
        let named = self.key_id.is_none() || self.key_id == key.id;
        let allowed = key
            .algorithm
            .as_ref()
            .is_none_or(|algorithm| *algorithm == self.algorithm);
        let family = self.algorithm.get(..2);
        named
            && allowed
            && match key.material {
                Material::Symmetric(_) => family == Some("HS"),
                Material::Rsa(_) => family == Some("RS"),
                Material::P256(_) | Material::P384(_) => family == Some("ES"),
                Material::Ed25519(_) => family == Some("Ed"),
                Material::OtherCurve(curve) => family == Some(curve),
                Material::Unsupported => false,
            }
    }

    fn is_signed_with(&self, material: &Material) -> bool {
        let Some((key, algorithm)) = choose(material, &self.algorithm) else {
            return false;
        };
        jsonwebtoken::crypto::verify(&self.signature, self.message.as_bytes(), key, algorithm)
            .unwrap_or(false)
    }
}

/// The algorithm and the name of the key; nothing when the header is not that of a signed token.
fn read_header(header: &Members<'_>) -> Option<(String, Option<String>)> {
    if header.get("enc").is_some() {
        return None;
    }
    header.text("typ").ok()?;
    header.text("cty").ok()?;
    let key_id = header.text("kid").ok()?;
    let algorithm = header.text("alg").ok()??;
    ALGORITHMS
        .contains(&algorithm.as_str())
        .then_some((algorithm, key_id))
}

/// The key and what to do with it. The type of the key decides, never the token alone.
fn choose<'a>(material: &'a Material, algorithm: &str) -> Option<(&'a DecodingKey, Algorithm)> {
    let algorithm = match (material, algorithm) {
        (Material::Symmetric(_), "HS256") => Algorithm::HS256,
        (Material::Symmetric(_), "HS384") => Algorithm::HS384,
        (Material::Symmetric(_), "HS512") => Algorithm::HS512,
        (Material::Rsa(_), "RS256") => Algorithm::RS256,
        (Material::Rsa(_), "RS384") => Algorithm::RS384,
        (Material::Rsa(_), "RS512") => Algorithm::RS512,
        (Material::P256(_), "ES256") => Algorithm::ES256,
        (Material::P384(_), "ES384") => Algorithm::ES384,
        (Material::Ed25519(_), "EdDSA") => Algorithm::EdDSA,
        _ => return None,
    };
    match material {
        Material::Symmetric(key)
        | Material::Rsa(key)
        | Material::P256(key)
        | Material::P384(key)
        | Material::Ed25519(key) => Some((key, algorithm)),
        Material::OtherCurve(_) | Material::Unsupported => None,
    }
}

fn decode(part: &str) -> Result<Vec<u8>, DecodeError> {
    BASE64_URL.decode(part).map_err(|_| DecodeError::BadCrypto)
}

const NO_SUITABLE_KEY: &str = "No suitable key was found to decode the JWT";
const NO_KEY_DECODES: &str = "None of the keys was able to decode the JWT";
const UNSECURED: &str = "JWT is unsecured but expected 'alg' was not 'none'";
