//! SCRAM-SHA-256, the server's side.
//!
//! In: a verifier as `pg_authid.rolpassword` has it, and the client's messages. Out: the server's messages, and whether
//! the client knows the password. A user that does not exist goes through the same steps.
//! Mirrors RFC 5802 and RFC 7677, and PostgreSQL 18: <https://www.postgresql.org/docs/18/sasl-authentication.html>.
#![forbid(unsafe_code)]

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// What a server knows of a password.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Verifier {
    iterations: u32,
    salt: Vec<u8>,
    stored_key: [u8; 32],
    server_key: [u8; 32],
    /// Whether there is such a user, and such a password.
    real: bool,
}

impl Verifier {
    /// Of a password in clear text.
    pub(super) fn of_password(password: &str) -> Option<Self> {
        Self::parse(&postgres_protocol::password::scram_sha_256(
            password.as_bytes(),
        ))
    }

    /// Reads `SCRAM-SHA-256$<iterations>:<salt>$<StoredKey>:<ServerKey>`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let rest = text.strip_prefix("SCRAM-SHA-256$")?;
        let (first, keys) = rest.split_once('$')?;
        let (iterations, salt) = first.split_once(':')?;
        let (stored, server) = keys.split_once(':')?;
        let key = |text: &str| BASE64.decode(text).ok()?.try_into().ok();
        Some(Self {
            iterations: iterations.parse().ok()?,
            salt: BASE64.decode(salt).ok()?,
            stored_key: key(stored)?,
            server_key: key(server)?,
            real: true,
        })
    }

    /// For a user that has none: the same salt each time, so that nobody can tell, and no password that fits.
    pub(super) fn mock(user: &str, secret: &[u8]) -> Self {
        let salt = hmac(secret, user.as_bytes());
        Self {
            iterations: 4096,
            salt: salt.get(..16).unwrap_or_default().to_vec(),
            stored_key: hmac(secret, b"stored"),
            server_key: hmac(secret, b"server"),
            real: false,
        }
    }
}

impl std::fmt::Debug for Verifier {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Verifier").finish_non_exhaustive()
    }
}

/// An exchange that waits for the client's last message.
#[derive(Debug)]
pub(super) struct Exchange {
    verifier: Verifier,
    /// What the client must repeat.
    nonce: String,
    /// `client-first-message-bare,server-first-message`.
    so_far: String,
    /// What the client said of channel binding, which it must repeat.
    binding: String,
}

/// Why an exchange failed below the password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub(super) enum Malformed {
    /// The client wants its connection bound to the TLS channel, which was not offered.
    #[error("channel binding is not supported")]
    ChannelBinding,
    /// Not a message of this exchange.
    #[error("malformed SCRAM message")]
    Message,
    /// The nonce is not the one that the server sent.
    #[error("invalid SCRAM response: nonce does not match")]
    Nonce,
}

impl Exchange {
    /// Takes the client's first message; the second part of the answer is the server's first.
    pub(super) fn begin(
        verifier: Verifier,
        client_first: &[u8],
        server_nonce: &str,
    ) -> Result<(Self, String), Malformed> {
        let text = std::str::from_utf8(client_first).map_err(|_| Malformed::Message)?;
        let mut parts = text.splitn(3, ',');
        let (flag, identity, bare) = (parts.next(), parts.next(), parts.next());
        let (Some(flag), Some(identity), Some(bare)) = (flag, identity, bare) else {
            return Err(Malformed::Message);
        };
        if flag.starts_with("p=") {
            return Err(Malformed::ChannelBinding);
        }
        let is_identity = identity.is_empty() || identity.starts_with("a=");
        if !matches!(flag, "n" | "y") || !is_identity {
            return Err(Malformed::Message);
        }
        // The user of the start-up packet counts; this one is not looked at.
        let mut attributes = bare.split(',');
        let _user = attributes
            .next()
            .and_then(|attribute| attribute.strip_prefix("n="))
            .ok_or(Malformed::Message)?;
        let client_nonce = attributes
            .next()
            .and_then(|attribute| attribute.strip_prefix("r="))
            .filter(|nonce| !nonce.is_empty() && nonce.bytes().all(|byte| byte.is_ascii_graphic()))
            .ok_or(Malformed::Message)?;
        let nonce = format!("{client_nonce}{server_nonce}");
        let server_first = format!(
            "r={nonce},s={},i={}",
            BASE64.encode(&verifier.salt),
            verifier.iterations
        );
        let exchange = Self {
            verifier,
            nonce,
            so_far: format!("{bare},{server_first}"),
            binding: BASE64.encode(format!("{flag},{identity},")),
        };
        Ok((exchange, server_first))
    }

    /// Takes the client's last message. The server's last one when the client knows the password, else `None`.
    pub(super) fn finish(self, client_final: &[u8]) -> Result<Option<String>, Malformed> {
        let text = std::str::from_utf8(client_final).map_err(|_| Malformed::Message)?;
        let (without_proof, proof) = text.rsplit_once(",p=").ok_or(Malformed::Message)?;
        let mut attributes = without_proof.split(',');
        let mut attribute = |name: &str| {
            attributes
                .next()
                .and_then(|attribute| attribute.strip_prefix(name))
                .ok_or(Malformed::Message)
        };
        let (binding, nonce) = (attribute("c=")?, attribute("r=")?);
        if binding != self.binding {
            return Err(Malformed::ChannelBinding);
        }
        if !bool::from(nonce.as_bytes().ct_eq(self.nonce.as_bytes())) {
            return Err(Malformed::Nonce);
        }
        let proof: [u8; 32] = BASE64
            .decode(proof)
            .ok()
            .and_then(|proof| proof.try_into().ok())
            .ok_or(Malformed::Message)?;
        let message = format!("{},{without_proof}", self.so_far);
        let signature = hmac(&self.verifier.stored_key, message.as_bytes());
        let mut client_key = proof;
        for (byte, other) in client_key.iter_mut().zip(signature) {
            *byte ^= other;
        }
        let known: bool = Sha256::digest(client_key)
            .as_slice()
            .ct_eq(&self.verifier.stored_key)
            .into();
        let server_signature = hmac(&self.verifier.server_key, message.as_bytes());
        Ok((known && self.verifier.real).then(|| format!("v={}", BASE64.encode(server_signature))))
    }
}

fn hmac(key: &[u8], message: &[u8]) -> [u8; 32] {
    // A key of any length will do.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else {
        return [0; 32];
    };
    mac.update(message);
    mac.finalize().into_bytes().into()
}

/// A nonce of the server's: 18 bytes of the operating system's randomness.
pub(super) fn nonce() -> Option<String> {
    let mut bytes = [0; 18];
    getrandom::fill(&mut bytes).ok()?;
    Some(BASE64.encode(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of RFC 7677, section 3: user `user`, password `pencil`.
    const CLIENT_FIRST: &[u8] = b"n,,n=user,r=rOprNGfwEbeRWgbNEkqO";
    const SERVER_NONCE: &str = "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
    const CLIENT_FINAL: &[u8] = b"c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";

    fn pencil() -> Verifier {
        // StoredKey and ServerKey follow from the example's password, salt and 4096 iterations.
        Verifier::parse(
            "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=",
        )
        .unwrap()
    }

    #[test]
    fn the_example_of_the_standard_is_answered_as_there() {
        let (exchange, server_first) =
            Exchange::begin(pencil(), CLIENT_FIRST, SERVER_NONCE).unwrap();
        assert_eq!(
            server_first,
            "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"
        );
        assert_eq!(
            exchange.finish(CLIENT_FINAL),
            Ok(Some(
                "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=".to_owned()
            ))
        );
    }

    #[test]
    fn a_wrong_password_and_an_unknown_user_get_no_signature() {
        let wrong = Verifier::of_password("other").unwrap();
        let unknown = Verifier::mock("user", b"secret");
        assert_eq!(unknown, Verifier::mock("user", b"secret"));
        assert_ne!(unknown.salt, Verifier::mock("user2", b"secret").salt);
        for verifier in [wrong, unknown] {
            let (exchange, _) = Exchange::begin(verifier, CLIENT_FIRST, SERVER_NONCE).unwrap();
            assert_eq!(exchange.finish(CLIENT_FINAL), Ok(None));
        }
    }

    #[test]
    fn what_is_no_message_of_the_exchange_is_refused() {
        let begin = |message: &[u8]| {
            Exchange::begin(pencil(), message, SERVER_NONCE)
                .map(|_| ())
                .unwrap_err()
        };
        assert_eq!(begin(b"p=tls-exporter,,n=,r=x"), Malformed::ChannelBinding);
        for message in [
            &b""[..],
            b"n",
            b"n,,",
            b"n,,r=x",
            b"n,,n=,r=",
            b"x,,n=,r=x",
            b"\xff",
        ] {
            assert_eq!(begin(message), Malformed::Message, "{message:?}");
        }
        let finish = |message: &[u8]| {
            let (exchange, _) = Exchange::begin(pencil(), CLIENT_FIRST, SERVER_NONCE).unwrap();
            exchange.finish(message).unwrap_err()
        };
        assert_eq!(
            finish(b"c=biws,r=rOprNGfwEbeRWgbNEkqO,p="),
            Malformed::Nonce
        );
        assert_eq!(finish(b"c=eSws,r=x,p=x"), Malformed::ChannelBinding);
        for message in [&b""[..], b"c=biws", b"r=x,c=biws,p=x", b"\xff"] {
            assert_eq!(finish(message), Malformed::Message, "{message:?}");
        }
    }

    #[test]
    fn only_verifiers_of_this_kind_are_read() {
        for text in [
            "",
            "md5abc",
            "SCRAM-SHA-256$x:y$z:w",
            "SCRAM-SHA-256$4096:YQ==$YQ==:YQ==",
        ] {
            assert_eq!(Verifier::parse(text), None, "{text}");
        }
    }
}
