//! The nested cargo that compiles the bundles to wasm, in a target folder of its own: the outer cargo holds the lock of the
//! usual one while a build script runs.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::{Bundle, Plan};

/// The target all bundles are compiled for.
pub const TARGET: &str = "wasm32-unknown-unknown";

/// What a build script or a test inherits from its cargo and must not hand on: flags of another target, wrappers of
/// clippy and coverage tools, folders of the outer build.
const INHERITED: [&str; 23] = [
    "CARGO_BUILD_BUILD_DIR",
    "CARGO_BUILD_RUSTFLAGS",
    "CARGO_BUILD_TARGET",
    "CARGO_BUILD_TARGET_DIR",
    "CARGO_ENCODED_RUSTFLAGS",
    "CARGO_INCREMENTAL",
    "CARGO_TARGET_DIR",
    "CLIPPY_ARGS",
    "CLIPPY_CONF_DIR",
    "DEBUG",
    "HOST",
    "LLVM_PROFILE_FILE",
    "NUM_JOBS",
    "OPT_LEVEL",
    "OUT_DIR",
    "PROFILE",
    "RUSTC",
    "RUSTC_WORKSPACE_WRAPPER",
    "RUSTC_WRAPPER",
    "RUSTDOC",
    "RUSTDOCFLAGS",
    "RUSTFLAGS",
    "TARGET",
];

/// Whole families of such variables.
const INHERITED_PREFIXES: [&str; 6] =
    ["CARGO_CFG_", "CARGO_FEATURE_", "CARGO_MANIFEST_", "CARGO_PKG_", "CARGO_PROFILE_", "DEP_"];

/// A cargo with a clean environment, run from `root`, of the same toolchain as the cargo around us.
///
/// `RUSTUP_TOOLCHAIN` stays: a dependency that ships a toolchain file of its own would otherwise switch compilers.
#[must_use]
pub fn clean_cargo(root: &Path) -> Command {
    let around = std::env::var_os("RUSTUP_TOOLCHAIN").and_then(|_| std::env::var_os("CARGO"));
    let mut cargo = Command::new(around.unwrap_or_else(|| OsString::from("cargo")));
    cargo.current_dir(root);
    for name in INHERITED {
        cargo.env_remove(name);
    }
    for (name, _) in std::env::vars_os() {
        if INHERITED_PREFIXES.iter().any(|prefix| name.as_encoded_bytes().starts_with(prefix.as_bytes())) {
            cargo.env_remove(name);
        }
    }
    cargo
}

/// Compiles one bundle and returns the wasm as the compiler left it.
///
/// # Errors
/// With the command to run when the wasm target is not installed, else pointing at the compiler's messages above.
pub fn compile(plan: &Plan, bundle: Bundle) -> Result<Vec<u8>> {
    require_target(plan)?;
    let target_dir = plan.root.join("target").join("wasm");
    let wasm = target_dir.join(TARGET).join(&plan.profile).join(format!("{}.wasm", bundle.package()));
    let status = clean_cargo(&plan.root)
        .args(["rustc", "--locked", "--package", bundle.package(), "--lib", "--crate-type", "cdylib"])
        .args(["--target", TARGET, "--profile", &plan.profile])
        .args(bundle.feature().iter().flat_map(|feature| ["--features", feature]))
        .arg("--target-dir")
        .arg(&target_dir)
        .status()
        .context("cannot start cargo for the browser bundle")?;
    if !status.success() {
        bail!("compiling the browser bundle `{}` failed ({status}); the reason is above", bundle.name());
    }
    fs::read(&wasm).with_context(|| format!("cargo finished but left no {}", wasm.display()))
}

fn require_target(plan: &Plan) -> Result<()> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| OsString::from("rustc"));
    let output = Command::new(rustc)
        .current_dir(&plan.root)
        .args(["--print", "target-libdir", "--target", TARGET])
        .output()
        .context("cannot start rustc")?;
    let folder = PathBuf::from(String::from_utf8_lossy(&output.stdout).trim());
    if !folder.is_dir() {
        bail!("the browser bundles need Rust's {TARGET} target; run: rustup target add {TARGET}");
    }
    Ok(())
}
