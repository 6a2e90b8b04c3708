//! A certificate authority that lives as long as its server, and the server's certificate.

use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use rustls::ServerConfig;
use rustls::crypto::ring::default_provider;
use rustls::pki_types::PrivatePkcs8KeyDer;
use tokio_rustls::TlsAcceptor;

pub(super) struct Authority {
    /// PEM.
    pub(super) certificate: String,
    pub(super) acceptor: TlsAcceptor,
}

pub(super) fn issue(names: &[String]) -> anyhow::Result<Authority> {
    let mut root = CertificateParams::default();
    root.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let root_key = KeyPair::generate()?;
    // Two authorities of one name would be taken for each other.
    let number = root_key.public_key_raw().iter().skip(1).take(8);
    let number: String = number.map(|byte| format!("{byte:02x}")).collect();
    root.distinguished_name.push(DnType::CommonName, format!("sandbox {number}"));
    let certificate = root.self_signed(&root_key)?.pem();

    let key = KeyPair::generate()?;
    let leaf = CertificateParams::new(names)?.signed_by(&key, &Issuer::new(root, root_key))?;
    let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(
            vec![leaf.der().clone()],
            PrivatePkcs8KeyDer::from(key.serialize_der()).into(),
        )?;
    Ok(Authority { certificate, acceptor: TlsAcceptor::from(Arc::new(config)) })
}
