//! The way to the portal as the environment and the file describe it: proxies and certificate
//! authorities.

use std::path::{Path, PathBuf};

use reqwest::Url;

use crate::config::{
    ConfigError,
    env::{NO_PROXY, PROXY, SSL_CERT_FILE},
    sources::Sources,
};

#[derive(Debug, Clone, Default)]
pub struct Network {
    /// Address, and the variable that names it.
    pub proxy: Option<(Url, &'static str)>,
    /// Hosts that are reached without it.
    pub no_proxy: String,
    pub ca_file: Option<PathBuf>,
    pub ssl_cert_file: Option<PathBuf>,
}

pub(super) fn load(sources: &mut Sources<'_>) -> Result<Network, ConfigError> {
    let (variables, file, cwd) = (sources.variables, sources.file, sources.cwd);
    let mut network = Network::default();
    for name in PROXY {
        let Some(found) = variables.in_process(name)? else { continue };
        let found = found.check(|text| proxy_url(&text))?;
        let show = |url: &Url| url.origin().ascii_serialization();
        network.proxy = Some((sources.note("portal.proxy", found, show), name));
        break;
    }
    for name in NO_PROXY {
        let Some(found) = variables.in_process(name)? else { continue };
        network.no_proxy = sources.note("portal.no_proxy", found, Clone::clone);
        break;
    }
    if let Some(found) = variables.in_process(SSL_CERT_FILE)? {
        let path = sources.note("portal.ssl_cert_file", found, Clone::clone);
        network.ssl_cert_file = Some(cwd.join(path));
    }
    if let Some(found) = file.found(&file.tables.portal.ca_file) {
        // A path in the file means the same wherever dormouse is started.
        let base = file.path.as_deref().and_then(Path::parent).unwrap_or(Path::new(""));
        let path = sources.note("portal.ca_file", found, Clone::clone);
        network.ca_file = Some(cwd.join(base).join(path));
    }
    Ok(network)
}

/// A proxy may be written without its scheme. What is wrong with it is not repeated: it can hold a
/// password.
fn proxy_url(text: &str) -> Result<Url, &'static str> {
    let whole = if text.contains("://") { text.to_owned() } else { format!("http://{text}") };
    match Url::parse(&whole) {
        Ok(url) if url.host_str().is_some() => Ok(url),
        _ => Err("is not the URL of a proxy, for example http://proxy.example.com:3128"),
    }
}
