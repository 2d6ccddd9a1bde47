//! One file of the site, with its hash and its compressed forms. Media types are the server's business, not ours.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use sha2::{Digest as _, Sha256};

/// A served file: its address below `/`, and where its bytes lie.
#[derive(Clone, Debug)]
pub struct Asset {
    /// The path below the root of the site, without a leading slash: `b/<build>/handheld.wasm`.
    pub name: String,
    /// The file as it is.
    pub file: PathBuf,
    /// The file compressed with brotli, when that is smaller.
    pub br: Option<PathBuf>,
    /// The file compressed with gzip, when that is smaller.
    pub gz: Option<PathBuf>,
}

impl Asset {
    /// Finds the compressed forms beside a file.
    #[must_use]
    pub fn beside(name: String, file: PathBuf) -> Self {
        let form = |ending: &str| Some(with_ending(&file, ending)).filter(|path| path.is_file());
        Self { name, br: form("br"), gz: form("gz"), file }
    }
}

/// The first eight bytes of a SHA-256, in hexadecimal: enough to tell builds apart, short enough to read out.
#[must_use]
pub fn short_hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// What a browser compares a fetched file with: `sha256-` and the digest in base64.
///
/// # Source
/// W3C Subresource Integrity, section 3.1.
#[must_use]
pub fn integrity(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::from("sha256-");
    for group in Sha256::digest(bytes).chunks(3) {
        let bits = group.iter().enumerate().fold(0_u32, |bits, (at, byte)| bits | u32::from(*byte) << (16 - 8 * at));
        for place in 0..4 {
            let index = bits >> (18 - 6 * place) & 63;
            text.push(if place <= group.len() { char::from(ALPHABET[index as usize]) } else { '=' });
        }
    }
    text
}

/// Writes a file and, for text and wasm, its brotli and gzip forms beside it.
///
/// # Errors
/// When the disk refuses.
pub fn write(file: &Path, bytes: &[u8]) -> Result<()> {
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    let store =
        |path: &Path, bytes: &[u8]| fs::write(path, bytes).with_context(|| format!("cannot write {}", path.display()));
    store(file, bytes)?;
    if is_compressible(file) {
        for (ending, packed) in [("br", brotli(bytes)?), ("gz", gzip(bytes)?)] {
            if packed.len() < bytes.len() {
                store(&with_ending(file, ending), &packed)?;
            }
        }
    }
    Ok(())
}

fn with_ending(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    name.into()
}

fn is_compressible(file: &Path) -> bool {
    let ending = file.extension().and_then(|ending| ending.to_str());
    matches!(ending, Some("wasm" | "js" | "css" | "html" | "webmanifest" | "svg"))
}

/// Quality 11, the best there is: it is paid once per build and saved by every handheld on a bad network.
fn brotli(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut packed = Vec::new();
    let params =
        brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 22, size_hint: bytes.len(), ..Default::default() };
    brotli::BrotliCompress(&mut &*bytes, &mut packed, &params).context("brotli failed")?;
    Ok(packed)
}

fn gzip(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes)?;
    encoder.finish().context("gzip failed")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_integrity_of_known_bytes_is_the_published_one() {
        // the digests of "" and "abc" (FIPS 180-4 examples), in base64
        assert_eq!(integrity(b""), "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
        assert_eq!(integrity(b"abc"), "sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=");
    }

    #[test]
    fn the_short_hash_is_sixteen_hexadecimal_digits() {
        assert_eq!(short_hash(b"abc"), "ba7816bf8f01cfea");
    }
}
