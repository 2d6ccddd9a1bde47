//! Serves the two browser bundles: the handheld at `/` and every address nobody else owns, the desk under `/desk`.
//!
//! A release carries them inside; any other build reads `target/web` (or the folder in `TRUEUP_WEB`) and follows it when
//! a new build is put there. A missing asset is a 404 and never a page: a browser that gets HTML for a script shows
//! "unexpected token <", which helps nobody.
//!
//! Absent: earlier builds (a page that was open before a deploy has all it needs in memory or in its own cache).

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock, RwLock};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};
use sha2::{Digest as _, Sha256};

/// What pages may load and run: our own files and wasm, nothing inline and nothing from elsewhere. Styles are set from
/// code (`element.style`), never by a `style` attribute, which this forbids.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
     img-src 'self' data: blob:; connect-src 'self'; worker-src 'self'; manifest-src 'self'; object-src 'none'; \
     base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// One file as `build.rs` writes it into the table.
struct Embedded {
    name: &'static str,
    raw: &'static [u8],
    br: Option<&'static [u8]>,
    gz: Option<&'static [u8]>,
}

include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// One file as it is served.
struct File {
    tag: String,
    raw: Bytes,
    br: Option<Bytes>,
    gz: Option<Bytes>,
}

type Files = BTreeMap<String, File>;

/// Where the bundles come from.
enum Source {
    Embedded(Files),
    /// The folder, and what was read of it last, with the build id it had then.
    Folder(PathBuf, RwLock<Option<(String, Arc<Files>)>>),
}

/// The bundles of one server.
pub struct Shelf(Source);

impl Shelf {
    /// What this program was built with: the embedded bundles, else the folder in `TRUEUP_WEB`, else `target/web`.
    #[must_use]
    pub fn standard() -> Self {
        match std::env::var_os("TRUEUP_WEB") {
            Some(folder) => Self::folder(PathBuf::from(folder)),
            None if EMBEDDED.is_empty() => {
                Self::folder(Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join("target").join("web"))
            }
            None => Self(Source::Embedded(EMBEDDED.iter().map(|file| (file.name.to_owned(), file.into())).collect())),
        }
    }

    /// The bundles in a folder, as the example `dev` of `app/bundle` writes it.
    #[must_use]
    pub fn folder(folder: PathBuf) -> Self {
        Self(Source::Folder(folder, RwLock::new(None)))
    }

    /// Answers one request for a page or an asset.
    #[must_use]
    pub fn answer(&self, method: &Method, path: &str, headers: &HeaderMap) -> Response {
        let mut response = match &self.0 {
            Source::Embedded(files) => find(files, method, path, headers),
            Source::Folder(folder, last) => match follow(folder, last) {
                Ok(files) => find(&files, method, path, headers),
                Err(error) => text(
                    StatusCode::SERVICE_UNAVAILABLE,
                    format!(
                        "This server was built without the browser bundles and found none in {} ({error}).\n\
                         Run `cargo run -p bundle --example dev`, or build with `--release`.\n",
                        folder.display()
                    ),
                ),
            },
        };
        protect(response.headers_mut());
        response
    }
}

/// The routes of the bundles: one fallback, to be mounted behind everything else with `fallback_service`.
pub fn bundle_router() -> Router {
    Router::new().fallback(serve)
}

/// The same as a plain handler, for `Router::fallback`.
pub async fn serve(method: Method, uri: Uri, headers: HeaderMap) -> Response {
    static SHELF: OnceLock<Shelf> = OnceLock::new();
    SHELF.get_or_init(Shelf::standard).answer(&method, uri.path(), &headers)
}

/// Sets the headers that every answer of the server should carry. A page that has a stricter policy of its own keeps it.
pub fn protect(headers: &mut HeaderMap) {
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (header::HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ] {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
}

impl From<&Embedded> for File {
    fn from(file: &Embedded) -> Self {
        Self {
            tag: tag(file.raw),
            raw: Bytes::from_static(file.raw),
            br: file.br.map(Bytes::from_static),
            gz: file.gz.map(Bytes::from_static),
        }
    }
}

/// Weak, because one tag stands for the file in every encoding.
fn tag(bytes: &[u8]) -> String {
    let digits: String = Sha256::digest(bytes).iter().take(12).map(|byte| format!("{byte:02x}")).collect();
    format!("W/\"{digits}\"")
}

/// What an address stands for.
#[derive(Debug, PartialEq, Eq)]
enum Target<'a> {
    Page(&'static str),
    Asset(&'a str),
    Nothing,
}

/// Addresses below these never show a page: the first is for assets alone, the others belong to other routes.
const PAGELESS: [&str; 4] = ["b", "api", "sync", "healthz"];
/// Endings of files; a person's address never has one of these, a barcode with a dot in it may well be part of one.
const FILE_ENDINGS: [&str; 13] =
    ["css", "gif", "html", "ico", "js", "json", "map", "mjs", "png", "svg", "txt", "wasm", "webmanifest"];

fn target(path: &str) -> Target<'_> {
    let name = path.trim_start_matches('/');
    let first = name.split('/').next().unwrap_or_default();
    let is_file = name
        .rsplit('/')
        .next()
        .and_then(|last| last.rsplit_once('.'))
        .is_some_and(|(_, ending)| FILE_ENDINGS.iter().any(|known| ending.eq_ignore_ascii_case(known)));
    match first {
        "b" => Target::Asset(name),
        _ if PAGELESS.contains(&first) => Target::Nothing,
        // pages are reached by their address alone, so that there is one of each
        _ if is_file && name.ends_with(".html") => Target::Nothing,
        _ if is_file => Target::Asset(name),
        "desk" => Target::Page("desk.html"),
        _ => Target::Page("handheld.html"),
    }
}

fn find(files: &Files, method: &Method, path: &str, headers: &HeaderMap) -> Response {
    let target = target(path);
    let (name, is_page) = match target {
        Target::Page(name) => (name, true),
        Target::Asset(name) => (name, false),
        Target::Nothing => return missing(),
    };
    let Some(file) = files.get(name) else { return missing() };
    if method != Method::GET && method != Method::HEAD {
        let mut response = text(StatusCode::METHOD_NOT_ALLOWED, "Only GET and HEAD work here.\n".to_owned());
        response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
        return response;
    }
    let unchanging = !is_page && name.starts_with("b/");
    deliver(file, name, unchanging, headers)
}

fn deliver(file: &File, name: &str, unchanging: bool, headers: &HeaderMap) -> Response {
    let cache = if unchanging { "public, max-age=31536000, immutable" } else { "no-cache" };
    let known = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let is_known = known.flat_map(|list| list.split(',')).any(|one| is_same_tag(one.trim(), &file.tag));
    let (body, encoding) = match (&file.br, &file.gz) {
        (Some(br), _) if accepts(headers, "br") => (br, Some("br")),
        (_, Some(gz)) if accepts(headers, "gzip") => (gz, Some("gzip")),
        _ => (&file.raw, None),
    };
    let mut response = if is_known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let mut response = Response::new(Body::from(body.clone()));
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type(name)));
        if let Some(encoding) = encoding {
            response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
        }
        response
    };
    let out = response.headers_mut();
    out.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    out.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Ok(tag) = HeaderValue::from_str(&file.tag) {
        out.insert(header::ETAG, tag);
    }
    response
}

fn missing() -> Response {
    text(StatusCode::NOT_FOUND, "There is nothing at this address.\n".to_owned())
}

fn text(status: StatusCode, body: String) -> Response {
    let headers = [(header::CONTENT_TYPE, "text/plain; charset=utf-8"), (header::CACHE_CONTROL, "no-store")];
    (status, headers, body).into_response()
}

/// Weak comparison (RFC 9110, section 8.8.3.2).
fn is_same_tag(given: &str, own: &str) -> bool {
    given == "*" || given.trim_start_matches("W/") == own.trim_start_matches("W/")
}

/// Whether the client takes an encoding; `q=0` is a no (RFC 9110, section 12.5.3).
fn accepts(headers: &HeaderMap, encoding: &str) -> bool {
    let lists = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    lists.flat_map(|list| list.split(',')).any(|one| {
        let mut parts = one.split(';').map(str::trim);
        let is_named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case(encoding));
        is_named && !parts.any(|part| matches!(part.strip_prefix("q="), Some("0" | "0." | "0.0" | "0.00" | "0.000")))
    })
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, ending)| ending) {
        Some("css") => "text/css; charset=utf-8",
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("png") => "image/png",
        Some("svg") => "image/svg+xml",
        Some("wasm") => "application/wasm",
        Some("webmanifest") => "application/manifest+json",
        _ => "application/octet-stream",
    }
}

/// Reads the folder, or hands out what was read before when it still holds the same build.
fn follow(folder: &Path, last: &RwLock<Option<(String, Arc<Files>)>>) -> std::io::Result<Arc<Files>> {
    let build = std::fs::read_to_string(folder.join("build"))?;
    let known = last.read().unwrap_or_else(std::sync::PoisonError::into_inner).clone();
    if let Some((known, files)) = known
        && known == build
    {
        return Ok(files);
    }
    let mut found = Files::new();
    read_tree(&folder.join("files"), "", &mut found)?;
    let files = Arc::new(found);
    *last.write().unwrap_or_else(std::sync::PoisonError::into_inner) = Some((build, Arc::clone(&files)));
    Ok(files)
}

fn read_tree(folder: &Path, prefix: &str, files: &mut Files) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let name = format!("{prefix}{}", path.file_name().unwrap_or_default().to_string_lossy());
        if path.is_dir() {
            read_tree(&path, &format!("{name}/"), files)?;
        } else if !name.ends_with(".br") && !name.ends_with(".gz") {
            let form = |ending: &str| std::fs::read(format!("{}.{ending}", path.display())).ok().map(Bytes::from);
            let raw = Bytes::from(std::fs::read(&path)?);
            files.insert(name, File { tag: tag(&raw), raw, br: form("br"), gz: form("gz") });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
