//! The fingerprint of everything a bundle is made of, by content: a checkout or a touched file is not a change.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use sha2::{Digest as _, Sha256};

use crate::{Plan, bind};

/// Files and folders below the root that go into a bundle. `server/build.rs` watches the same ones.
pub const PATHS: [&str; 7] =
    ["app", "shared/src", "shared/Cargo.toml", "Cargo.toml", "Cargo.lock", "rust-toolchain.toml", ".cargo/config.toml"];

/// A hash over the inputs' names and bytes, the profile, and whether `wasm-opt` takes part.
///
/// # Errors
/// When an input cannot be read.
pub fn fingerprint(plan: &Plan) -> Result<String> {
    let mut files = Vec::new();
    for path in PATHS {
        collect(&plan.root.join(path), &mut files)?;
    }
    files.sort();

    let mut hash = Sha256::new();
    let mut field = |bytes: &[u8]| {
        hash.update((bytes.len() as u64).to_be_bytes());
        hash.update(bytes);
    };
    field(plan.profile.as_bytes());
    field(bind::wasm_opt().map_or_else(String::new, |tool| tool.display().to_string()).as_bytes());
    for file in files {
        let bytes = match fs::read(&file) {
            Ok(bytes) => bytes,
            // an editor's temporary file that is gone again is not an input
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
            Err(error) => return Err(error).with_context(|| format!("cannot read {}", file.display())),
        };
        field(file.strip_prefix(&plan.root).unwrap_or(&file).as_os_str().as_encoded_bytes());
        field(&bytes);
    }
    Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    if path.is_file() {
        files.push(path.to_path_buf());
    } else if path.is_dir() {
        for entry in fs::read_dir(path).with_context(|| format!("cannot list {}", path.display()))? {
            let entry = entry?.path();
            let name = entry.file_name().unwrap_or_default().as_encoded_bytes();
            // editors' leavings
            if !name.starts_with(b".") && !name.ends_with(b"~") {
                collect(&entry, files)?;
            }
        }
    }
    Ok(())
}
