//! The way to the portal: through which proxy, if any, and which certificate authorities are trusted.

use std::{
    net::IpAddr,
    path::{Path, PathBuf},
    time::Duration,
};

use reqwest::{Certificate, Client, ClientBuilder, NoProxy, Url};

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
    // A second installation is refused, and changes nothing.
    let _ = rustls::crypto::ring::default_provider().install_default();
    // Proxies come from the settings alone. To a portal on this machine there is none: it would be
    // sent the request, and the key, in clear text.
    let mut builder = Client::builder().no_proxy();
    if let Some(proxy) = route.proxy.as_ref().filter(|_| !is_this_machine(url)) {
        let exceptions = NoProxy::from_string(&proxy.exceptions);
        let through = reqwest::Proxy::https(proxy.url.clone())
            .map_err(|e| PortalError::BadProxy(proxy.shown(), root_cause(&e)))?;
        builder = builder.proxy(through.no_proxy(exceptions));
    }
    // Without certificates of ours the client would load the system's, also for an http portal, which
    // is on this machine and has none.
    let trusted = if url.scheme() == "https" { trusted(route)? } else { Vec::new() };
    Ok(builder
        .tls_certs_only(trusted)
        .connect_timeout(pace.timeout.min(Duration::from_secs(10)))
        .timeout(pace.timeout)
        .pool_max_idle_per_host(pace.concurrency))
}

fn trusted(route: &Route) -> Result<Vec<Certificate>, PortalError> {
    let mut trusted = match &route.system_ca_file {
        Some(path) => read(path)?,
        None => rustls_native_certs::load_native_certs()
            .certs
            .iter()
            .filter_map(|der| Certificate::from_der(der).ok())
            .collect(),
    };
    if trusted.is_empty() {
        // A bare container has none.
        let built_in = webpki_root_certs::TLS_SERVER_ROOT_CERTS;
        trusted.extend(built_in.iter().filter_map(|der| Certificate::from_der(der).ok()));
    }
    if let Some(path) = &route.ca_file {
        trusted.extend(read(path)?);
    }
    Ok(trusted)
}

fn read(path: &Path) -> Result<Vec<Certificate>, PortalError> {
    let bad = |reason: String| PortalError::BadCertificates { path: path.to_owned(), reason };
    let pem = std::fs::read(path).map_err(|e| bad(e.to_string()))?;
    let certificates = Certificate::from_pem_bundle(&pem).map_err(|e| bad(root_cause(&e)))?;
    if certificates.is_empty() {
        return Err(bad("it holds no certificate in PEM form".to_owned()));
    }
    Ok(certificates)
}
