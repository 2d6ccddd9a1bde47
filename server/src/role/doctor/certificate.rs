//! The certificate that handhelds see: asked for at the address that they open, or read from a file. A handheld cannot send
//! once it has expired; it counts on meanwhile, and nobody at the desk sees why nothing arrives.
//!
//! Absent: whether a handheld trusts whoever issued it. That is set up on the handheld.

use super::{Finding, look_at, ok, wrong};
use crate::cli::Doctor;
use rustls::{
    CertificateError, ClientConfig, ClientConnection, DigitallySignedStruct, Error, SignatureScheme,
    client::{
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
        verify_server_name,
    },
    crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature},
    pki_types::{CertificateDer, ServerName, UnixTime},
    server::ParsedCertificate,
};
use shared::moment::Moment;
use std::{
    io,
    net::{TcpStream, ToSocketAddrs as _},
    path::Path,
    sync::Arc,
    time::Duration,
};
use x509_parser::{parse_x509_certificate, pem::Pem};

const WHAT: &str = "https";
/// How long a proxy may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);
const DAY_MS: i64 = 86_400_000;
/// Certificates that renew themselves do so a month before they end: one with less left was forgotten.
const DAYS_LEFT_MIN: i64 = 14;

/// Where the certificate is, and how good it is.
pub(super) fn examine(wanted: &Doctor, now: Moment) -> Finding {
    match (&wanted.address, &wanted.certificate) {
        (Some(address), _) => at_address(address, now),
        (None, Some(file)) => in_file(file, now),
        (None, None) => look_at(
            WHAT,
            "Handhelds need it, and this program does not know the address that they open.",
            "Name it to have its certificate looked at: --address counts.example.org (or the file: --certificate FILE).",
        ),
    }
}

/// Until when a certificate is good; the first of the dates of those that come with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Term {
    from: Moment,
    until: Moment,
}

fn in_file(file: &Path, now: Moment) -> Finding {
    let todo = "Give the file that the proxy is set up with (PEM, begins with BEGIN CERTIFICATE).";
    let bytes = match std::fs::read(file) {
        Ok(bytes) => bytes,
        Err(error) => return wrong(WHAT, format!("{} cannot be read: {error}.", file.display()), todo),
    };
    let found: Vec<_> = Pem::iter_from_buffer(&bytes)
        .filter_map(Result::ok)
        .filter(|part| part.label == "CERTIFICATE")
        .map(|part| part.contents)
        .collect();
    match term(found.iter().map(Vec::as_slice)) {
        Some(term) => judge(&format!("The certificate in {}", file.display()), term, now),
        None => wrong(WHAT, format!("{} holds no certificate.", file.display()), todo),
    }
}

fn at_address(address: &str, now: Moment) -> Finding {
    let reach = "Look whether the proxy runs and listens there, and that handhelds open this very address.";
    if address.starts_with("http://") {
        let says =
            format!("{address} is not https: browsers keep nothing safely there, and handhelds refuse to count.");
        return wrong(WHAT, says, "Put a proxy with a certificate in front, and start the server with --https.");
    }
    let (name, port) = host_and_port(address);
    let Ok(server) = ServerName::try_from(name.to_owned()) else {
        return wrong(WHAT, format!("{address} is no address."), "Give a name, such as counts.example.org.");
    };
    let shown = match ask(name, port, server.clone()) {
        Ok(shown) => shown,
        Err(error) => return wrong(WHAT, format!("{name}:{port} does not answer with a certificate: {error}."), reach),
    };
    let Some(term) = term(shown.iter().map(AsRef::as_ref)) else {
        return wrong(WHAT, format!("{name}:{port} shows a certificate that cannot be read."), reach);
    };
    let finding = judge(&format!("The certificate of {name}:{port}"), term, now);
    let is_named = shown
        .first()
        .and_then(|leaf| ParsedCertificate::try_from(leaf).ok())
        .is_some_and(|leaf| verify_server_name(&leaf, &server).is_ok());
    if is_named || finding.is_wrong() {
        return finding;
    }
    let says = format!("The certificate of {name}:{port} is for another name: handhelds refuse it.");
    wrong(WHAT, says, format!("Get one for {name}."))
}

/// The name and the port of an address as a browser shows it.
fn host_and_port(address: &str) -> (&str, u16) {
    let rest = address.strip_prefix("https://").unwrap_or(address);
    let host = rest.split('/').next().unwrap_or(rest);
    match host.rsplit_once(':') {
        Some((name, port)) if !name.ends_with(':') => match port.parse() {
            Ok(port) => (name.trim_matches(['[', ']']), port),
            Err(_) => (host.trim_matches(['[', ']']), 443),
        },
        _ => (host.trim_matches(['[', ']']), 443),
    }
}

/// What the other end shows, its own certificate first.
fn ask(name: &str, port: u16, server: ServerName<'static>) -> io::Result<Vec<CertificateDer<'static>>> {
    let mut failure = io::Error::new(io::ErrorKind::NotFound, "there is no such name");
    for address in (name, port).to_socket_addrs()? {
        match TcpStream::connect_timeout(&address, PATIENCE) {
            Ok(stream) => return shake_hands(stream, server),
            Err(error) => failure = error,
        }
    }
    Err(failure)
}

fn shake_hands(mut stream: TcpStream, server: ServerName<'static>) -> io::Result<Vec<CertificateDer<'static>>> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let provider = Arc::new(ring::default_provider());
    let config = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(AnyCertificate(provider)))
        .with_no_client_auth();
    let mut connection = ClientConnection::new(Arc::new(config), server).map_err(io::Error::other)?;
    while connection.is_handshaking() {
        connection.complete_io(&mut stream)?;
    }
    let shown = connection.peer_certificates().unwrap_or_default();
    Ok(shown.iter().map(|one| one.clone().into_owned()).collect())
}

fn term<'a>(certificates: impl Iterator<Item = &'a [u8]>) -> Option<Term> {
    let moment = |seconds: i64| Moment(seconds.saturating_mul(1_000));
    let mut whole: Option<Term> = None;
    for bytes in certificates {
        let (_, certificate) = parse_x509_certificate(bytes).ok()?;
        let validity = certificate.validity();
        let (from, until) = (moment(validity.not_before.timestamp()), moment(validity.not_after.timestamp()));
        let known = whole.unwrap_or(Term { from, until });
        whole = Some(Term { from: known.from.max(from), until: known.until.min(until) });
    }
    whole
}

fn judge(whose: &str, term: Term, now: Moment) -> Finding {
    let renew = "Renew it at the proxy. Handhelds go on counting, and send everything by themselves afterwards.";
    let days = term.until.ms_since(now).div_euclid(DAY_MS);
    if now < term.from {
        return wrong(
            WHAT,
            format!("{whose} is not good before {}.", term.from),
            "Look at the clock of this computer.",
        );
    }
    if now >= term.until {
        return wrong(WHAT, format!("{whose} has expired ({}): no handheld can send anything.", term.until), renew);
    }
    let says = format!("{whose} is good until {}, {days} days.", term.until);
    if days < DAYS_LEFT_MIN { look_at(WHAT, says, renew) } else { ok(WHAT, says) }
}

/// Takes any certificate: it is looked at here, not relied on. That the other end holds its key is still checked.
#[derive(Debug)]
struct AnyCertificate(Arc<CryptoProvider>);

impl ServerCertVerifier for AnyCertificate {
    fn verify_server_cert(
        &self,
        leaf: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        match parse_x509_certificate(leaf) {
            Ok(_) => Ok(ServerCertVerified::assertion()),
            Err(_) => Err(Error::InvalidCertificate(CertificateError::BadEncoding)),
        }
    }
    fn verify_tls12_signature(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, leaf, signed, &self.0.signature_verification_algorithms)
    }
    fn verify_tls13_signature(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, leaf, signed, &self.0.signature_verification_algorithms)
    }
    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_as_a_browser_shows_it() {
        for (address, name, port) in [
            ("counts.example.org", "counts.example.org", 443),
            ("https://counts.example.org/", "counts.example.org", 443),
            ("https://counts.example.org:8443/desk", "counts.example.org", 8443),
            ("10.0.0.7:8443", "10.0.0.7", 8443),
            ("[::1]:8443", "::1", 8443),
            ("[::1]", "::1", 443),
        ] {
            assert_eq!(host_and_port(address), (name, port), "{address}");
        }
    }

    #[test]
    fn a_certificate_is_told_of_before_it_ends() {
        use super::super::Level;
        let at = |days: i64| Moment(days * DAY_MS);
        let term = Term { from: at(100), until: at(190) };
        let check = |day, level| assert_eq!(judge("It", term, at(day)).level, level, "{day}");
        check(99, Level::Wrong);
        check(100, Level::Ok);
        check(176, Level::Ok);
        check(177, Level::LookAtIt);
        check(189, Level::LookAtIt);
        check(190, Level::Wrong);
    }
}
