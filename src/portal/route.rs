//! The way to the portal: through which proxy, if any, and which certificate authorities are trusted.

use std::{
    net::IpAddr,
    path::{Path, PathBuf},
    time::Duration,
};

use reqwest::{Certificate, Client, ClientBuilder, NoProxy, Url, redirect};
use rustls::{
    RootCertStore,
    pki_types::{CertificateDer, pem::PemObject},
};

use crate::portal::{Connection, PortalError, answer::root_cause};

/// What lies between this machine and the portal.
#[derive(Debug, Clone, Default)]
pub struct Route {
    pub proxy: Option<Proxy>,
    /// Trusted beside the system's certificate authorities.
    pub ca_file: Option<PathBuf>,
    /// Trusted in their place.
    pub system_ca_file: Option<PathBuf>,
}

#[derive(Debug, Clone)]
pub struct Proxy {
    pub url: Url,
    /// Where it was named.
    pub variable: &'static str,
    /// Hosts that are reached without it, as in `NO_PROXY`.
    pub exceptions: String,
}

impl Proxy {
    /// Without user and password.
    pub(crate) fn shown(&self) -> String {
        format!("{} ({})", self.url.origin().ascii_serialization(), self.variable)
    }
}

/// Whether requests stay on this machine; no other address is spoken to without TLS.
pub(crate) fn is_this_machine(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let host = host.trim_start_matches('[').trim_end_matches(']');
    url.scheme() == "http"
        || host == "localhost"
        || host.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
}

pub(super) fn client_builder(connection: &Connection) -> Result<ClientBuilder, PortalError> {
    let Connection { url, route, pace, .. } = connection;
    let builder = route.client_builder(url, pace.timeout)?;
    Ok(builder.pool_max_idle_per_host(pace.concurrency))
}

impl Route {
    /// A client for `url`, which need not be the portal's: no redirects, no proxy on this machine, and
    /// only the trusted certificate authorities.
    ///
    /// # Errors
    /// The proxy or a certificate file cannot be used.
    pub fn client_builder(
        &self,
        url: &Url,
        timeout: Duration,
    ) -> Result<ClientBuilder, PortalError> {
        // A second installation is refused, and changes nothing.
        let _ = rustls::crypto::ring::default_provider().install_default();
        // Proxies come from the settings alone. To a portal on this machine there is none: it would be
        // sent the request, and the key, in clear text.
        let mut builder = Client::builder().no_proxy();
        if let Some(proxy) = self.proxy.as_ref().filter(|_| !is_this_machine(url)) {
            let exceptions = NoProxy::from_string(&proxy.exceptions);
            let through = reqwest::Proxy::https(proxy.url.clone())
                .map_err(|e| PortalError::BadProxy(proxy.shown(), root_cause(&e)))?;
            builder = builder.proxy(through.no_proxy(exceptions));
        }
        // Without certificates of ours the client would load the system's, also for an http portal, which
        // is on this machine and has none.
        let roots = if url.scheme() == "https" { self.roots()? } else { Vec::new() };
        Ok(builder
            .tls_certs_only(roots.iter().filter_map(|der| Certificate::from_der(der).ok()))
            .redirect(redirect::Policy::none())
            .user_agent(concat!("dormouse/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(timeout.min(Duration::from_secs(10)))
            .timeout(timeout))
    }

    /// The certificate authorities that are trusted.
    ///
    /// # Errors
    /// A certificate file cannot be used.
    pub fn roots(&self) -> Result<Vec<CertificateDer<'static>>, PortalError> {
        let mut roots = match &self.system_ca_file {
            Some(path) => read(path)?,
            None => rustls_native_certs::load_native_certs().certs,
        };
        // The system's list can hold what no TLS library reads.
        roots.retain(|der| RootCertStore::empty().add(der.clone()).is_ok());
        if roots.is_empty() {
            // A bare container has none.
            roots.extend_from_slice(webpki_root_certs::TLS_SERVER_ROOT_CERTS);
        }
        if let Some(path) = &self.ca_file {
            roots.extend(read(path)?);
        }
        Ok(roots)
    }
}

fn read(path: &Path) -> Result<Vec<CertificateDer<'static>>, PortalError> {
    let bad = |reason: String| PortalError::BadCertificates { path: path.to_owned(), reason };
    let pem = std::fs::read(path).map_err(|e| bad(e.to_string()))?;
    let certificates: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(&pem)
        .collect::<Result<_, _>>()
        .map_err(|e| bad(root_cause(&e)))?;
    if certificates.is_empty() {
        return Err(bad("it holds no certificate in PEM form".to_owned()));
    }
    for der in &certificates {
        RootCertStore::empty().add(der.clone()).map_err(|e| bad(root_cause(&e)))?;
    }
    Ok(certificates)
}
