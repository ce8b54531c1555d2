//! TLS towards other people's servers: rustls with the machine's authorities.

use std::path::PathBuf;
use std::sync::Arc;

use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, ServerName};
use tokio::net::TcpStream;
use tokio::sync::OnceCell;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};
use url::Host;

use super::client::ClientError;

/// Makes connections secure. The authorities are read when the first one is
/// wanted: most servers never call anybody.
pub struct Tls {
    ca_file: Option<PathBuf>,
    connector: OnceCell<TlsConnector>,
}

impl Tls {
    /// With a PEM file of authorities to trust beside the machine's.
    pub fn new(ca_file: Option<PathBuf>) -> Self {
        Self { ca_file, connector: OnceCell::new() }
    }

    /// Secures a connection, and makes sure that the other side is the host.
    pub async fn secure(&self, stream: TcpStream, host: &Host) -> Result<TlsStream<TcpStream>, ClientError> {
        let name = match host {
            Host::Domain(name) => ServerName::try_from(name.trim_end_matches('.').to_owned())
                .map_err(|_| ClientError::Tls("the host is no name that a certificate could hold".into()))?,
            Host::Ipv4(v4) => ServerName::from(std::net::IpAddr::V4(*v4)),
            Host::Ipv6(v6) => ServerName::from(std::net::IpAddr::V6(*v6)),
        };
        let connector = self.connector.get_or_try_init(|| self.prepare()).await?;
        connector.connect(name, stream).await.map_err(|error| ClientError::Tls(error.to_string()))
    }

    async fn prepare(&self) -> Result<TlsConnector, ClientError> {
        let ca_file = self.ca_file.clone();
        // Reads some hundred files.
        let config = tokio::task::spawn_blocking(move || config(ca_file)).await;
        config.map_err(|error| ClientError::Setup(error.to_string()))?.map(TlsConnector::from)
    }
}

fn config(ca_file: Option<PathBuf>) -> Result<Arc<ClientConfig>, ClientError> {
    let setup = |error: &dyn std::fmt::Display| ClientError::Setup(error.to_string());
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if let Some(path) = ca_file {
        let named = |error: &dyn std::fmt::Display| ClientError::Setup(format!("{}: {error}", path.display()));
        for certificate in CertificateDer::pem_file_iter(&path).map_err(|error| named(&error))? {
            roots.add(certificate.map_err(|error| named(&error))?).map_err(|error| named(&error))?;
        }
    }
    if roots.is_empty() {
        return Err(ClientError::Setup("this machine trusts no certificate authority".into()));
    }
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| setup(&error))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::new(config))
}
