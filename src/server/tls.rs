//! Encryption: the certificate of the options, or one made for the occasion.
//!
//! Mirrors PostgreSQL 18: SSLRequest or direct TLS with ALPN `postgresql`,
//! <https://www.postgresql.org/docs/18/protocol-flow.html#PROTOCOL-FLOW-SSL>.
#![forbid(unsafe_code)]

use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::TlsAcceptor;

use super::error::Error;

/// A certificate chain and its key, as PEM.
#[derive(Clone)]
pub(crate) struct Identity {
    pub(crate) certificate: String,
    pub(crate) key: String,
}

impl Identity {
    /// Makes a certificate for these names, signed by itself.
    pub(crate) fn self_signed(names: Vec<String>) -> Result<Self, Error> {
        let made = rcgen::generate_simple_self_signed(names).map_err(unusable)?;
        Ok(Self {
            certificate: made.cert.pem(),
            key: made.signing_key.serialize_pem(),
        })
    }

    /// What accepts encrypted connections with it.
    pub(crate) fn acceptor(&self) -> Result<TlsAcceptor, Error> {
        let chain = CertificateDer::pem_slice_iter(self.certificate.as_bytes())
            .collect::<Result<Vec<_>, _>>()
            .map_err(unusable)?;
        if chain.is_empty() {
            return Err(unusable("there is no certificate in it"));
        }
        let key = PrivateKeyDer::from_pem_slice(self.key.as_bytes()).map_err(unusable)?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(unusable)?
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .map_err(unusable)?;
        config.alpn_protocols = vec![ALPN.to_vec()];
        Ok(TlsAcceptor::from(Arc::new(config)))
    }
}

impl std::fmt::Debug for Identity {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Identity").finish_non_exhaustive()
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it is handed to map_err")]
fn unusable(reason: impl ToString) -> Error {
    Error::Certificate {
        reason: reason.to_string(),
    }
}

/// What the protocol is called in TLS.
const ALPN: &[u8] = b"postgresql";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_of_ones_own_can_be_used_and_others_keys_cannot() {
        let own = Identity::self_signed(vec!["localhost".to_owned()]).unwrap();
        assert!(own.acceptor().is_ok());
        let other = Identity::self_signed(vec!["localhost".to_owned()]).unwrap();
        let mixed = Identity {
            certificate: own.certificate.clone(),
            key: other.key,
        };
        assert!(mixed.acceptor().is_err());
        let none = Identity {
            certificate: String::new(),
            key: own.key,
        };
        assert!(none.acceptor().is_err());
    }
}
