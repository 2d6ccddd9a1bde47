//! `cargo run -p bundle --example dev`: builds the bundles into `target/web`, where debug servers and tests read them.
//!
//! Takes the cargo profile of the wasm as its one argument, else `wasm-release`. Does nothing when nothing has changed.
#![forbid(unsafe_code)]

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

fn main() -> Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).context("the bundle crate lies in app/")?;
    let mut plan = bundle::Plan::standard(root);
    if let Some(profile) = std::env::args().nth(1) {
        plan.profile = profile;
    }
    let mut site = bundle::ensure(&plan)?;
    site.assets.sort_by(|one, other| one.name.cmp(&other.name));
    println!("build {} in {}", site.build, site.folder.display());
    println!("{:>10} {:>10} {:>10}  file", "bytes", "gzip", "brotli");
    let size = |path: Option<&PathBuf>| match path {
        Some(path) => fs::metadata(path).map(|file| file.len().to_string()),
        None => Ok("-".to_owned()),
    };
    for asset in &site.assets {
        let (raw, gz, br) = (size(Some(&asset.file))?, size(asset.gz.as_ref())?, size(asset.br.as_ref())?);
        println!("{raw:>10} {gz:>10} {br:>10}  {}", asset.name);
    }
    Ok(())
}
