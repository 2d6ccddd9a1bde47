//! https in front of something that speaks plain http, as a reverse proxy does it, with certificates of our own that can be
//! changed while it runs: good ones, expired ones, ones for another name.
//!
//! Plain threads, as in [`crate::proxy`], which it usually stands before. Absent: understanding what it carries.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rcgen::{CertificateParams, KeyPair, PublicKeyData as _, date_time_ymd};
use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection};
use sha2::{Digest as _, Sha256};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// A certificate with its key. It vouches for itself: who is to trust it must be told so.
pub struct Certificate {
    config: Arc<ServerConfig>,
    pem: String,
    key_hash: [u8; 32],
}

impl Certificate {
    /// For these names, good from a day on and up to another, both counted from now.
    #[must_use]
    pub fn new(names: &[&str], from_days: i32, until_days: i32) -> Self {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970");
        let day = |days: i32| {
            let span = DAY * days.unsigned_abs();
            date_time_ymd(1970, 1, 1) + if days < 0 { now - span } else { now + span }
        };
        let mut wanted = CertificateParams::new(names).expect("names");
        (wanted.not_before, wanted.not_after) = (day(from_days), day(until_days));
        let key = KeyPair::generate().expect("a key");
        let made = wanted.self_signed(&key).expect("a certificate");
        let private = PrivateKeyDer::try_from(key.serialize_der()).expect("a key");
        let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_no_client_auth()
            .with_single_cert(vec![made.der().clone()], private)
            .expect("a certificate with its key");
        let key_hash = Sha256::digest(key.subject_public_key_info()).into();
        Self { config: Arc::new(config), pem: made.pem(), key_hash }
    }

    /// Writes it to a file (PEM), without its key.
    pub fn write(&self, file: &Path) {
        std::fs::write(file, &self.pem).expect("a file");
    }

    /// The hash of its public key, as Chromium takes it for "trust this one".
    #[must_use]
    pub fn key_hash(&self) -> [u8; 32] {
        self.key_hash
    }
}

struct State {
    config: Arc<ServerConfig>,
    /// every connection, to break it
    live: Vec<TcpStream>,
    is_closed: bool,
}

type Shared = Arc<Mutex<State>>;

/// An end of https. Dropping it breaks what goes through it.
pub struct Tls {
    address: SocketAddr,
    shared: Shared,
}

impl Tls {
    /// In front of `target`, showing this certificate.
    #[must_use]
    pub fn before(target: SocketAddr, certificate: &Certificate) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let state = State { config: Arc::clone(&certificate.config), live: Vec::new(), is_closed: false };
        let shared = Arc::new(Mutex::new(state));
        let accepting = Arc::clone(&shared);
        std::thread::spawn(move || {
            for client in listener.incoming() {
                let mut state = lock(&accepting);
                if state.is_closed {
                    return;
                }
                let Ok(client) = client else { continue };
                state.live.extend(client.try_clone());
                let config = Arc::clone(&state.config);
                drop(state);
                std::thread::spawn(move || {
                    let _ = carry(&client, target, config);
                    let _ = client.shutdown(Shutdown::Both);
                });
            }
        });
        Self { address, shared }
    }

    /// `https://localhost:<port>`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("https://localhost:{}", self.address.port())
    }

    /// Shows another certificate from now on, and breaks the connections that saw the one before, as a proxy does that is
    /// started anew.
    pub fn show(&self, certificate: &Certificate) {
        let mut state = lock(&self.shared);
        state.config = Arc::clone(&certificate.config);
        break_all(&mut state);
    }
}

impl Drop for Tls {
    fn drop(&mut self) {
        let mut state = lock(&self.shared);
        state.is_closed = true;
        break_all(&mut state);
        drop(state);
        // wakes the accepting thread, which then ends
        let _ = TcpStream::connect(self.address);
    }
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

fn break_all(state: &mut State) {
    for stream in state.live.drain(..) {
        // it may be broken already
        let _ = stream.shutdown(Shutdown::Both);
    }
}

/// Carries one connection in both directions until either end closes it.
fn carry(client: &TcpStream, target: SocketAddr, config: Arc<ServerConfig>) -> std::io::Result<()> {
    let tls = Arc::new(Mutex::new(ServerConnection::new(config).map_err(std::io::Error::other)?));
    let mut server = None;
    let mut bytes = [0; 16 * 1024];
    loop {
        let read = (&*client).read(&mut bytes)?;
        if read == 0 {
            return Ok(());
        }
        let mut left = &bytes[..read];
        let mut plain = Vec::new();
        {
            let mut tls = lock(&tls);
            while !left.is_empty() {
                tls.read_tls(&mut left)?;
                let state = tls.process_new_packets().map_err(std::io::Error::other)?;
                let begun = plain.len();
                plain.resize(begun + state.plaintext_bytes_to_read(), 0);
                tls.reader().read_exact(&mut plain[begun..])?;
            }
            flush(&mut tls, client)?;
        }
        if plain.is_empty() {
            continue;
        }
        if server.is_none() {
            let stream = TcpStream::connect(target)?;
            let (answers, tls, client) = (stream.try_clone()?, Arc::clone(&tls), client.try_clone()?);
            std::thread::spawn(move || {
                let _ = answer(&answers, &tls, &client);
                let _ = client.shutdown(Shutdown::Both);
            });
            server = Some(stream);
        }
        server.as_mut().expect("it was just opened").write_all(&plain)?;
    }
}

fn answer(server: &TcpStream, tls: &Mutex<ServerConnection>, client: &TcpStream) -> std::io::Result<()> {
    let mut bytes = [0; 16 * 1024];
    loop {
        let read = (&*server).read(&mut bytes)?;
        let mut tls = lock(tls);
        if read == 0 {
            tls.send_close_notify();
            return flush(&mut tls, client);
        }
        tls.writer().write_all(&bytes[..read])?;
        flush(&mut tls, client)?;
    }
}

fn flush(tls: &mut ServerConnection, client: &TcpStream) -> std::io::Result<()> {
    while tls.wants_write() {
        tls.write_tls(&mut &*client)?;
    }
    Ok(())
}
