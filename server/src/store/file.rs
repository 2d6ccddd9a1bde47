//! Files beside the database: made for nobody else to read, flushed with their folder, fingerprinted.
//!
//! Absent: what is in them.

use sha2::{Digest, Sha256};
use std::{
    fs::{File, OpenOptions},
    io::{self, Read as _},
    path::Path,
};

/// Makes or empties a file that only its owner may read: databases hold names and the hashes of passwords.
pub(crate) fn create_private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.create(true).truncate(true).read(true).write(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    let file = options.open(path)?;
    make_private(path)?;
    Ok(file)
}

/// Takes everybody else's permissions away, where the system has such.
pub(crate) fn make_private(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = if path.is_dir() { 0o700 } else { 0o600 };
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode))?;
    }
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

/// Flushes a file to the disk.
pub(crate) fn flush(path: &Path) -> io::Result<()> {
    File::options().read(true).write(true).open(path)?.sync_all()
}

/// Flushes the names in a folder to the disk.
pub(crate) fn flush_folder(folder: &Path) -> io::Result<()> {
    #[cfg(unix)]
    File::open(folder)?.sync_all()?;
    #[cfg(not(unix))]
    let _ = folder;
    Ok(())
}

/// Removes a file if it is there.
pub(crate) fn remove(path: &Path) -> io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// A file's name with something after it: `trueup.db` and `-wal`.
pub(crate) fn beside(path: &Path, suffix: &str) -> std::path::PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// Size and SHA-256 of a file.
pub(crate) fn fingerprint(path: &Path) -> io::Result<(u64, [u8; 32])> {
    let mut file = File::open(path)?;
    let mut hash = Sha256::new();
    let mut piece = vec![0; 256 * 1024];
    let mut size = 0_u64;
    loop {
        let read = file.read(&mut piece)?;
        if read == 0 {
            return Ok((size, hash.finalize().into()));
        }
        hash.update(&piece[..read]);
        size += read as u64;
    }
}
