//! Builds the browser bundles: `handheld` and `desk` out of the one crate `app`, and `camera`, the decoder that a handheld
//! loads when somebody opens its camera.
//!
//! The way of a bundle: a nested cargo for wasm32 ([`compile`]), wasm-bindgen as a library and `wasm-opt` where there is
//! one ([`bind`]), then the files of `app/web` put beside it under `/b/<build>/`, where `<build>` is a hash over
//! everything that is shipped ([`site`]), each file compressed once and for all ([`asset`]).
//!
//! Two callers: `server/build.rs` embeds the result in a release ([`table`]), and the example `dev` writes it to
//! `target/web`, where debug servers and browser tests read it. Both go through [`ensure`], which does nothing when no
//! input has changed ([`inputs`]).
//!
//! Absent: serving (`server/src/http/bundle.rs`), and any knowledge of what the screens do.
#![forbid(unsafe_code)]

pub mod asset;
pub mod bind;
pub mod compile;
pub mod inputs;
pub mod site;
pub mod table;

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result};

use crate::asset::Asset;

/// The name of the file that holds the build id; written last, so that its presence means the folder is whole.
pub const BUILD_FILE: &str = "build";
/// The name of the file that holds the fingerprint of the inputs the folder was made of.
const STAMP_FILE: &str = "stamp";
/// The folder, inside the output, whose tree is what the server serves.
pub const FILES_FOLDER: &str = "files";

/// One of the bundles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bundle {
    /// The counter's application at `/`: installable, works without a network.
    Handheld,
    /// The lead's, supervisor's and auditor's pages at `/desk`.
    Desk,
    /// What reads codes out of pictures: no page, loaded by a worker of the handheld.
    Camera,
}

impl Bundle {
    /// Every bundle, in the order in which they are built.
    pub const ALL: [Self; 3] = [Self::Handheld, Self::Desk, Self::Camera];

    /// The stem of every file of the bundle.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Handheld => "handheld",
            Self::Desk => "desk",
            Self::Camera => "camera",
        }
    }

    /// The crate it is compiled from.
    #[must_use]
    pub fn package(self) -> &'static str {
        match self {
            Self::Handheld | Self::Desk => "app",
            Self::Camera => "camera",
        }
    }

    /// The feature of that crate which makes it this bundle.
    #[must_use]
    pub fn feature(self) -> Option<&'static str> {
        match self {
            Self::Handheld | Self::Desk => Some(self.name()),
            Self::Camera => None,
        }
    }
}

/// What to build, and where.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The root of the workspace.
    pub root: PathBuf,
    /// The cargo profile of the wasm; `wasm-release` unless somebody needs a debuggable one.
    pub profile: String,
    /// Where the finished folder goes; replaced as a whole.
    pub out: PathBuf,
}

impl Plan {
    /// The plan everybody shares: `wasm-release` into `target/web`.
    #[must_use]
    pub fn standard(root: &Path) -> Self {
        Self { root: root.to_path_buf(), profile: "wasm-release".to_owned(), out: root.join("target").join("web") }
    }
}

/// A finished folder.
#[derive(Clone, Debug)]
pub struct Site {
    /// The hash over everything that is shipped; part of every asset's address.
    pub build: String,
    /// The folder, with [`FILES_FOLDER`] and [`BUILD_FILE`] in it.
    pub folder: PathBuf,
    /// Every file the server will serve.
    pub assets: Vec<Asset>,
}

/// Builds the bundles unless the folder already holds what these inputs make.
///
/// Several processes may call this at once: the first one builds, the others wait for it.
///
/// # Errors
/// When the nested build fails, when a file of `app/web` is missing, or when the folder cannot be written.
pub fn ensure(plan: &Plan) -> Result<Site> {
    let parent = plan.out.parent().context("the output folder needs a parent")?;
    fs::create_dir_all(parent).with_context(|| format!("cannot create {}", parent.display()))?;
    let lock = File::create(sibling(&plan.out, "lock"))?;
    lock.lock().context("cannot lock the output folder")?;

    let stamp = inputs::fingerprint(plan)?;
    if fs::read_to_string(plan.out.join(STAMP_FILE)).is_ok_and(|last| last == stamp) {
        return site::read(&plan.out);
    }
    build(plan, &stamp)
}

fn build(plan: &Plan, stamp: &str) -> Result<Site> {
    let began = Instant::now();
    let mut parts = Vec::new();
    for bundle in Bundle::ALL {
        let wasm = compile::compile(plan, bundle)?;
        let bound = bind::bind(&wasm)?;
        eprintln!("bundle: {} bound after {:.0?}, {} bytes of wasm", bundle.name(), began.elapsed(), bound.wasm.len());
        parts.push((bundle, bound));
    }
    let fresh = sibling(&plan.out, "new");
    remove(&fresh)?;
    site::write(&plan.root.join("app").join("web"), &parts, &fresh)?;
    fs::write(fresh.join(STAMP_FILE), stamp)?;

    // Readers of the old folder keep their open files; only the names change hands.
    let old = sibling(&plan.out, "old");
    remove(&old)?;
    if plan.out.exists() {
        fs::rename(&plan.out, &old)?;
    }
    fs::rename(&fresh, &plan.out)?;
    remove(&old)?;
    let site = site::read(&plan.out)?;
    eprintln!("bundle: build {} finished after {:.0?}", site.build, began.elapsed());
    Ok(site)
}

fn sibling(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(suffix);
    name.into()
}

fn remove(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("cannot remove {}", folder.display()))?;
    }
    Ok(())
}
