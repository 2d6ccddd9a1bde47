//! Finds the shared sets of real stock data, which lie beside the project and are never part of it.

use std::path::PathBuf;

/// The folder of one set (`hospital`, `inventree`, `retail-gtin`, `gs1`), or `None`, and a line that says what was
/// skipped, where the data is absent.
///
/// ```no_run
/// let Some(hospital) = tests::data::find("hospital") else { return };
/// assert!(hospital.join("items.csv").is_file());
/// ```
#[must_use]
pub fn find(set: &str) -> Option<PathBuf> {
    let folder = crate::root().join("..").join("shared").join("data").join(set);
    match folder.canonicalize() {
        Ok(folder) => Some(folder),
        Err(_) => {
            println!("skipped: the data set `{set}` is not at ../shared/data/{set}");
            None
        }
    }
}
