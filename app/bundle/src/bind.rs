//! wasm-bindgen as a library, so that nobody has to install a tool of the right version; then `wasm-opt`, if there is one.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

/// A bundle's two generated files. They belong together: glue of one build never meets the wasm of another.
#[derive(Clone, Debug)]
pub struct Bound {
    /// The JavaScript glue, an ES module.
    pub js: Vec<u8>,
    /// The wasm it loads.
    pub wasm: Vec<u8>,
}

/// The features that both the compiler's output and Debian's `wasm-opt` agree on; the tool does not read them itself.
const WASM_OPT_FEATURES: [&str; 6] = [
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// Generates the glue and the final wasm.
///
/// # Errors
/// When wasm-bindgen refuses the file, or when a dependency brings JavaScript of its own: a snippet would be an
/// asset nobody hashed, so it is turned down until the site knows how to place it.
pub fn bind(wasm: &[u8]) -> Result<Bound> {
    let mut bindgen = wasm_bindgen_cli_support::Bindgen::new();
    bindgen.input_bytes("app", wasm.to_vec()).web(true).map_err(|error| anyhow::anyhow!("{error}"))?;
    bindgen.typescript(false).omit_default_module_path(true).remove_name_section(true).remove_producers_section(true);
    let mut output = bindgen.generate_output().map_err(|error| anyhow::anyhow!("wasm-bindgen failed: {error:#}"))?;
    let snippets = output.snippets().values().map(Vec::len).sum::<usize>() + output.local_modules().len();
    if snippets > 0 {
        bail!("a dependency of a bundle brings {snippets} JavaScript snippets; only generated glue may be shipped");
    }
    let js = output.js().as_bytes().to_vec();
    let wasm = output.wasm_mut().emit_wasm();
    Ok(Bound { js, wasm: optimise(wasm)? })
}

/// `wasm-opt`, when it is on the path.
#[must_use]
pub fn wasm_opt() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join("wasm-opt")).find(|tool| tool.is_file())
}

fn optimise(wasm: Vec<u8>) -> Result<Vec<u8>> {
    let Some(tool) = wasm_opt() else { return Ok(wasm) };
    let folder = std::env::temp_dir().join(format!("trueup-wasm-opt-{}", std::process::id()));
    fs::create_dir_all(&folder)?;
    let smaller = run(&tool, &folder, &wasm);
    fs::remove_dir_all(&folder)?;
    Ok(smaller.unwrap_or_else(|error| {
        // the tool of an old distribution may not know a new instruction; the file is good without it
        eprintln!("bundle: {error:#}; shipping the wasm as it is");
        wasm
    }))
}

fn run(tool: &Path, folder: &Path, wasm: &[u8]) -> Result<Vec<u8>> {
    let (before, after) = (folder.join("before.wasm"), folder.join("after.wasm"));
    fs::write(&before, wasm)?;
    let output = Command::new(tool).arg("-Oz").args(WASM_OPT_FEATURES).arg(&before).arg("-o").arg(&after).output()?;
    if !output.status.success() {
        bail!("wasm-opt failed: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    fs::read(&after).context("wasm-opt left no file")
}
