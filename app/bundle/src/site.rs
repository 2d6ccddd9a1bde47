//! Puts a site together: generated files and the small hand-written ones of `app/web`, under one build id.
//!
//! Addresses:
//! - `b/<build>/…`: everything a page loads. It never changes, so it may be kept for ever.
//! - `handheld.html` and `desk.html`: the pages. The server answers `/` and `/desk` with them.
//! - `sw.js`, `manifest.webmanifest` and the icons: fixed addresses, because browsers remember them.
//!
//! Absent: a build per bundle. Both are of one commit and one screen shows one id to read out.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::asset::{self, Asset, integrity, short_hash};
use crate::bind::Bound;
use crate::{BUILD_FILE, Bundle, FILES_FOLDER, Site};

/// Where the build id is written into pages and the service worker.
const BUILD_MARK: &str = "{{build}}";
/// Where the service worker gets its list of what to keep; the mark is a JavaScript string, so that the file parses.
const PRECACHE_MARK: &str = "\"{{precache}}\"";
/// Where it gets the list of what to keep later, when nobody waits for it.
const LATER_MARK: &str = "\"{{later}}\"";

/// Files of `app/web` that go beside the generated ones under `b/<build>/`, and whether the handheld keeps them.
const VERSIONED: [(&str, Keep); 8] = [
    ("theme.css", Keep::Precached),
    ("handheld.css", Keep::Precached),
    ("handheld-boot.js", Keep::Precached),
    ("mirror.js", Keep::Precached),
    ("camera-view.js", Keep::Later),
    ("camera-worker.js", Keep::Later),
    ("desk.css", Keep::Online),
    ("desk-boot.js", Keep::Online),
];

/// Files of `app/web` at an address of their own.
const FIXED: [(&str, Keep); 5] = [
    ("manifest.webmanifest", Keep::Precached),
    ("favicon.svg", Keep::Precached),
    ("icon-192.png", Keep::Precached),
    ("icon-512.png", Keep::Online),
    ("icon-maskable-512.png", Keep::Online),
];

/// Whether the service worker keeps a file for the time without a network.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Keep {
    /// Before the build is used at all.
    Precached,
    /// Once the build runs and the device has nothing else to do.
    Later,
    Online,
}

/// Writes the files of a site below `out`, and the build id beside them, last.
///
/// # Errors
/// When a file of `app/web` is missing or lacks a mark, or when the disk refuses.
pub fn write(web: &Path, parts: &[(Bundle, Bound)], out: &Path) -> Result<()> {
    let (files, build) = assemble(&|name| read_web(web, name), parts)?;
    for (name, bytes) in &files {
        asset::write(&out.join(FILES_FOLDER).join(name), bytes)?;
    }
    fs::write(out.join(BUILD_FILE), build).context("cannot write the build id")
}

/// Reads a finished site back.
///
/// # Errors
/// When the folder is not whole.
pub fn read(folder: &Path) -> Result<Site> {
    let build = fs::read_to_string(folder.join(BUILD_FILE))
        .with_context(|| format!("{} holds no finished bundles", folder.display()))?;
    let mut assets = Vec::new();
    list(&folder.join(FILES_FOLDER), "", &mut assets)?;
    Ok(Site { build, folder: folder.to_path_buf(), assets })
}

fn list(folder: &Path, prefix: &str, assets: &mut Vec<Asset>) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() {
            list(&path, &format!("{prefix}{name}/"), assets)?;
        } else if !name.ends_with(".br") && !name.ends_with(".gz") {
            assets.push(Asset::beside(format!("{prefix}{name}"), path));
        }
    }
    Ok(())
}

fn read_web(web: &Path, name: &str) -> Result<Vec<u8>> {
    let path = web.join(name);
    fs::read(&path).with_context(|| format!("cannot read {}", path.display()))
}

type Files = BTreeMap<String, Vec<u8>>;

fn assemble(web: &dyn Fn(&str) -> Result<Vec<u8>>, parts: &[(Bundle, Bound)]) -> Result<(Files, String)> {
    let mut versioned: BTreeMap<String, (Vec<u8>, Keep)> = BTreeMap::new();
    let mut fixed: BTreeMap<String, (Vec<u8>, Keep)> = BTreeMap::new();
    for (bundle, bound) in parts {
        let keep = match bundle {
            Bundle::Handheld => Keep::Precached,
            Bundle::Camera => Keep::Later,
            Bundle::Desk => Keep::Online,
        };
        versioned.insert(format!("{}.js", bundle.name()), (bound.js.clone(), keep));
        versioned.insert(format!("{}.wasm", bundle.name()), (bound.wasm.clone(), keep));
    }
    for (name, keep) in VERSIONED {
        versioned.insert(name.to_owned(), (web(name)?, keep));
    }
    for (name, keep) in FIXED {
        fixed.insert(name.to_owned(), (web(name)?, keep));
    }
    let templates =
        [("handheld.html", BUILD_MARK), ("desk.html", BUILD_MARK), ("sw.js", PRECACHE_MARK), ("sw.js", LATER_MARK)];
    let mut texts = BTreeMap::new();
    for (name, mark) in templates {
        let text = String::from_utf8(web(name)?).with_context(|| format!("{name} is not UTF-8"))?;
        if !text.contains(BUILD_MARK) || !text.contains(mark) {
            bail!("{name} has lost its mark {mark}");
        }
        texts.insert(name, text);
    }

    let build = build_id(&versioned, &fixed, &texts);
    let mut files = Files::new();
    let (mut precache, mut later) = (Vec::new(), Vec::new());
    let line = |address: &str, bytes: &[u8]| format!("[{address:?}, {:?}]", integrity(bytes));

    let handheld = texts["handheld.html"].replace(BUILD_MARK, &build).into_bytes();
    precache.push(line("/", &handheld));
    files.insert("handheld.html".to_owned(), handheld);
    files.insert("desk.html".to_owned(), texts["desk.html"].replace(BUILD_MARK, &build).into_bytes());
    let addressed = versioned.into_iter().map(|(name, file)| (format!("b/{build}/{name}"), file)).chain(fixed);
    for (name, (bytes, keep)) in addressed {
        match keep {
            Keep::Precached => precache.push(line(&format!("/{name}"), &bytes)),
            Keep::Later => later.push(line(&format!("/{name}"), &bytes)),
            Keep::Online => {}
        }
        files.insert(name, bytes);
    }
    let list = |lines: &[String]| format!("\n  {},\n", lines.join(",\n  "));
    let worker = texts["sw.js"]
        .replace(BUILD_MARK, &build)
        .replace(PRECACHE_MARK, &list(&precache))
        .replace(LATER_MARK, &list(&later));
    files.insert("sw.js".to_owned(), worker.into_bytes());
    Ok((files, build))
}

fn build_id(
    versioned: &BTreeMap<String, (Vec<u8>, Keep)>,
    fixed: &BTreeMap<String, (Vec<u8>, Keep)>,
    texts: &BTreeMap<&str, String>,
) -> String {
    let mut all = Vec::new();
    let binary = versioned.iter().chain(fixed).map(|(name, (bytes, _))| (name.as_str(), bytes.as_slice()));
    for (name, bytes) in binary.chain(texts.iter().map(|(name, text)| (*name, text.as_bytes()))) {
        all.extend_from_slice(format!("{name} {} ", short_hash(bytes)).as_bytes());
    }
    short_hash(&all)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn web(name: &str) -> Result<Vec<u8>> {
        Ok(match name {
            "sw.js" => {
                "const BUILD = \"{{build}}\"; const LIST = [\"{{precache}}\"]; const MORE = [\"{{later}}\"];".to_owned()
            }
            name if name.ends_with(".html") => format!("<meta content=\"{{{{build}}}}\">{name}"),
            name => name.to_owned(),
        }
        .into_bytes())
    }

    fn parts(wasm: &str) -> Vec<(Bundle, Bound)> {
        Bundle::ALL.map(|bundle| (bundle, Bound { js: b"glue".to_vec(), wasm: wasm.as_bytes().to_vec() })).to_vec()
    }

    fn text(files: &Files, name: &str) -> String {
        String::from_utf8(files[name].clone()).expect("test files are text")
    }

    #[test]
    fn the_worker_keeps_every_file_of_the_handheld_and_none_of_the_desk() {
        let (files, build) = assemble(&web, &parts("wasm")).expect("a whole site");
        let worker = text(&files, "sw.js");
        for kept in ["handheld.js", "handheld.wasm", "handheld.css", "handheld-boot.js", "theme.css"] {
            assert!(worker.contains(&format!("[\"/b/{build}/{kept}\", \"sha256-")), "{kept} is not kept: {worker}");
        }
        assert!(worker.contains("[\"/\", \"sha256-"), "the page is not kept: {worker}");
        assert!(!worker.contains("desk"), "{worker}");
        let (first, later) = worker.split_once("MORE").expect("two lists");
        for kept in ["camera.js", "camera.wasm", "camera-view.js", "camera-worker.js"] {
            assert!(later.contains(&format!("/{kept}\", \"sha256-")) && !first.contains(kept), "{kept}: {worker}");
        }
        assert!(!worker.contains("{{"), "{worker}");
    }

    #[test]
    fn the_page_is_kept_with_the_hash_of_its_final_bytes() {
        let (files, _) = assemble(&web, &parts("wasm")).expect("a whole site");
        assert!(text(&files, "sw.js").contains(&integrity(&files["handheld.html"])));
    }

    #[test]
    fn one_changed_byte_of_wasm_changes_every_address() {
        let (_, one) = assemble(&web, &parts("wasm")).expect("a whole site");
        let (files, other) = assemble(&web, &parts("wasn")).expect("a whole site");
        assert_ne!(one, other);
        assert!(files.keys().filter(|name| name.starts_with("b/")).all(|name| name.contains(&other)));
        assert!(text(&files, "handheld.html").contains(&other) && text(&files, "desk.html").contains(&other));
    }

    #[test]
    fn a_page_without_its_mark_is_refused() {
        let broken = |name: &str| if name == "desk.html" { Ok(b"<html>".to_vec()) } else { web(name) };
        let error = assemble(&broken, &parts("wasm")).expect_err("a page that would load nothing");
        assert_eq!(error.to_string(), "desk.html has lost its mark {{build}}");
    }
}
