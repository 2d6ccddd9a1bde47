//! What a browser keeps on its disk, to be damaged while it is closed.
//!
//! Absent: reading any of it.

use std::path::{Path, PathBuf};

/// The files of the origin's databases whose names fit, in whichever place of the browser they lie.
#[must_use]
pub fn database_files(profile: &Path, fits: impl Fn(&str) -> bool) -> Vec<PathBuf> {
    let profile = profile.join("Default");
    let within = |folder: PathBuf| std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let others = within(profile.join("WebStorage")).map(|place| place.join("IndexedDB"));
    let places = std::iter::once(profile.join("IndexedDB")).chain(others);
    let folders = places.flat_map(within).filter(|folder| folder.to_string_lossy().ends_with(".leveldb"));
    let named = |file: &PathBuf| file.file_name().is_some_and(|name| fits(&name.to_string_lossy()));
    let found: Vec<_> = folders.flat_map(within).filter(named).collect();
    assert!(!found.is_empty(), "the databases lie elsewhere now");
    found
}

/// Takes away what says which files belong together: Chromium then opens no database in that place, nor deletes one.
pub fn remove_manifests(profile: &Path) {
    for file in database_files(profile, |name| name.starts_with("MANIFEST-")) {
        std::fs::remove_file(file).expect("a manifest");
    }
}
