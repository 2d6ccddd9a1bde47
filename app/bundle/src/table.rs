//! The Rust source that embeds a finished site in the server.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::Result;

use crate::Site;

/// The table of a server without bundles: it reads them from a folder when it runs.
pub const EMPTY: &str = "static EMBEDDED: &[Embedded] = &[];\n";

/// Writes `static EMBEDDED: &[Embedded]`, sorted by name, for the struct of that name in `server/src/http/bundle.rs`.
///
/// # Errors
/// None that is known; writing to text is fallible by signature.
pub fn source(site: &Site) -> Result<String> {
    let mut assets: Vec<_> = site.assets.iter().collect();
    assets.sort_by(|one, other| one.name.cmp(&other.name));
    let mut text = String::from("static EMBEDDED: &[Embedded] = &[\n");
    for asset in assets {
        let form = |path: &Option<std::path::PathBuf>| match path {
            Some(path) => format!("Some({})", include(path)),
            None => "None".to_owned(),
        };
        writeln!(
            text,
            "    Embedded {{ name: {:?}, raw: {}, br: {}, gz: {} }},",
            asset.name,
            include(&asset.file),
            form(&asset.br),
            form(&asset.gz),
        )?;
    }
    text.push_str("];\n");
    Ok(text)
}

fn include(path: &Path) -> String {
    format!("include_bytes!({:?})", path.display().to_string())
}
