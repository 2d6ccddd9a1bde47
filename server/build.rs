//! Embeds the browser bundles in a release; every other profile gets an empty table and reads `target/web` when it runs,
//! so that check, clippy, tests and editors never compile wasm.
//!
//! `TRUEUP_BUNDLE=embed` or `TRUEUP_BUNDLE=skip` says otherwise.
#![forbid(unsafe_code)]

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use bundle::{FILES_FOLDER, Plan, inputs, site, table};

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("cargo::error={error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Outcome<()> {
    println!("cargo::rerun-if-changed=build.rs");
    // clippy and rustc share a build script's result: without the second name a release after `clippy --release` would
    // keep the empty table
    for name in ["TRUEUP_BUNDLE", "RUSTC_WORKSPACE_WRAPPER"] {
        println!("cargo::rerun-if-env-changed={name}");
    }
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?);
    let source = if is_wanted()? { table::source(&embedded(&out)?)? } else { table::EMPTY.to_owned() };
    fs::write(out.join("assets.rs"), source)?;
    Ok(())
}

fn is_wanted() -> Outcome<bool> {
    match env::var("TRUEUP_BUNDLE").as_deref() {
        Ok("embed") => Ok(true),
        Ok("skip") => Ok(false),
        Ok(other) => Err(format!("TRUEUP_BUNDLE is `{other}`; it may be `embed` or `skip`").into()),
        Err(_) => {
            let clippy = env::var("RUSTC_WORKSPACE_WRAPPER").is_ok_and(|wrapper| wrapper.contains("clippy"));
            Ok(env::var("PROFILE")? == "release" && !clippy)
        }
    }
}

/// Builds the bundles where everybody else does, and copies them: `target/web` may change while rustc reads.
fn embedded(out: &Path) -> Outcome<bundle::Site> {
    let manifest = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").ok_or("cargo sets CARGO_MANIFEST_DIR")?);
    let root = manifest.parent().ok_or("the server lies in the workspace")?;
    for path in inputs::PATHS {
        println!("cargo::rerun-if-changed={}", root.join(path).display());
    }
    let built = bundle::ensure(&Plan::standard(root))?;
    let copy = out.join("web");
    if copy.exists() {
        fs::remove_dir_all(&copy)?;
    }
    for asset in &built.assets {
        for file in [Some(&asset.file), asset.br.as_ref(), asset.gz.as_ref()].into_iter().flatten() {
            let target = copy.join(file.strip_prefix(&built.folder)?);
            if let Some(folder) = target.parent() {
                fs::create_dir_all(folder)?;
            }
            fs::copy(file, target)?;
        }
    }
    debug_assert!(copy.join(FILES_FOLDER).is_dir());
    fs::write(copy.join(bundle::BUILD_FILE), &built.build)?;
    Ok(site::read(&copy)?)
}
