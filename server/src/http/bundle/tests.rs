//! What a browser gets for every kind of address, against a small folder in the shape that `app/bundle` writes.

use super::*;
use axum::body::to_bytes;

fn folder(build: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fill(folder.path(), build);
    folder
}

fn fill(folder: &Path, build: &str) {
    let files = folder.join("files");
    let assets = files.join("b").join(build);
    std::fs::create_dir_all(&assets).expect("folders");
    for (path, text) in [
        (files.join("handheld.html"), format!("handheld {build}")),
        (files.join("desk.html"), format!("desk {build}")),
        (files.join("sw.js"), format!("worker {build}")),
        (files.join("favicon.svg"), "<svg/>".to_owned()),
        (assets.join("handheld.wasm"), "wasm".to_owned()),
        (assets.join("handheld.wasm.br"), "brotli".to_owned()),
        (assets.join("handheld.wasm.gz"), "gzip".to_owned()),
        (folder.join("build"), build.to_owned()),
    ] {
        std::fs::write(path, text).expect("a file");
    }
}

fn get(shelf: &Shelf, path: &str, headers: &[(&str, &str)]) -> Response {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        let name = header::HeaderName::from_bytes(name.as_bytes()).expect("a header name");
        map.append(name, HeaderValue::from_str(value).expect("a header value"));
    }
    shelf.answer(&Method::GET, path, &map)
}

async fn body(response: Response) -> String {
    let bytes = to_bytes(response.into_body(), 1 << 20).await.expect("a body");
    String::from_utf8(bytes.to_vec()).expect("text")
}

fn value<'a>(response: &'a Response, name: &str) -> &'a str {
    response.headers().get(name).map_or("", |value| value.to_str().expect("text"))
}

#[tokio::test]
async fn every_address_of_a_person_is_a_page_and_no_address_of_a_program_is() {
    let folder = folder("b1");
    let shelf = Shelf::folder(folder.path().to_path_buf());
    for (path, status, expected) in [
        ("/", 200, "handheld b1"),
        ("/task/0192", 200, "handheld b1"),
        ("/bin/A-01.2", 200, "handheld b1"),
        ("/desktop", 200, "handheld b1"),
        ("/desk", 200, "desk b1"),
        ("/desk/", 200, "desk b1"),
        ("/desk/discrepancy/7", 200, "desk b1"),
        ("/sw.js", 200, "worker b1"),
        ("/favicon.svg", 200, "<svg/>"),
        ("/b/b1/handheld.wasm", 200, "wasm"),
        ("/b/b0/handheld.wasm", 404, ""),
        ("/b/b1/gone.js", 404, ""),
        ("/b", 404, ""),
        ("/b/b1/", 404, ""),
        ("/api/v1/unknown", 404, ""),
        ("/sync/v9/push", 404, ""),
        ("/healthz/x", 404, ""),
        ("/favicon.ico", 404, ""),
        ("/desk/gone.css", 404, ""),
        ("/handheld.html", 404, ""),
        ("/../build", 200, "handheld b1"),
    ] {
        let response = get(&shelf, path, &[]);
        assert_eq!(response.status().as_u16(), status, "{path}");
        assert_eq!(value(&response, "x-content-type-options"), "nosniff", "{path}");
        assert!(value(&response, "content-security-policy").contains("frame-ancestors 'none'"), "{path}");
        let text = body(response).await;
        if status == 200 {
            assert_eq!(text, expected, "{path}");
        } else {
            assert_eq!(text, "There is nothing at this address.\n", "{path}");
        }
    }
}

#[tokio::test]
async fn the_smallest_encoding_that_the_client_takes_is_sent() {
    let folder = folder("b1");
    let shelf = Shelf::folder(folder.path().to_path_buf());
    for (accepted, encoding, expected) in [
        ("gzip, deflate, br, zstd", "br", "brotli"),
        ("gzip", "gzip", "gzip"),
        ("br;q=0, gzip;q=0.5", "gzip", "gzip"),
        ("identity", "", "wasm"),
        ("brotli", "", "wasm"),
    ] {
        let response = get(&shelf, "/b/b1/handheld.wasm", &[("accept-encoding", accepted)]);
        assert_eq!(value(&response, "content-encoding"), encoding, "{accepted}");
        assert_eq!(value(&response, "content-type"), "application/wasm", "{accepted}");
        assert_eq!(value(&response, "vary"), "accept-encoding", "{accepted}");
        assert_eq!(body(response).await, expected, "{accepted}");
    }
}

#[tokio::test]
async fn assets_of_a_build_are_kept_for_ever_and_pages_are_asked_for_each_time() {
    let folder = folder("b1");
    let shelf = Shelf::folder(folder.path().to_path_buf());
    assert!(value(&get(&shelf, "/b/b1/handheld.wasm", &[]), "cache-control").contains("immutable"));
    for path in ["/", "/desk", "/sw.js", "/favicon.svg"] {
        assert_eq!(value(&get(&shelf, path, &[]), "cache-control"), "no-cache", "{path}");
    }
    assert_eq!(value(&get(&shelf, "/b/b1/gone.js", &[]), "cache-control"), "no-store");
}

#[tokio::test]
async fn a_file_the_client_already_has_is_not_sent_again() {
    let folder = folder("b1");
    let shelf = Shelf::folder(folder.path().to_path_buf());
    let tag = value(&get(&shelf, "/", &[]), "etag").to_owned();
    let again = get(&shelf, "/", &[("if-none-match", &format!("\"other\", {tag}"))]);
    assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
    assert_eq!(value(&again, "etag"), tag);
    assert_eq!(body(again).await, "");
    assert_eq!(get(&shelf, "/desk", &[("if-none-match", &tag)]).status(), StatusCode::OK);
}

#[tokio::test]
async fn a_new_build_in_the_folder_is_served_without_a_restart() {
    let folder = folder("b1");
    let shelf = Shelf::folder(folder.path().to_path_buf());
    assert_eq!(body(get(&shelf, "/", &[])).await, "handheld b1");
    fill(folder.path(), "b2");
    assert_eq!(body(get(&shelf, "/", &[])).await, "handheld b2");
}

#[tokio::test]
async fn a_server_without_bundles_says_what_to_run() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let shelf = Shelf::folder(folder.path().join("nothing"));
    let response = get(&shelf, "/", &[]);
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(body(response).await.contains("cargo run -p bundle --example dev"));
}

#[test]
fn a_post_to_a_page_is_refused_and_to_an_unknown_route_not_found() {
    let folder = folder("b1");
    let shelf = Shelf::folder(folder.path().to_path_buf());
    let post = |path: &str| shelf.answer(&Method::POST, path, &HeaderMap::new()).status();
    assert_eq!(post("/"), StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(post("/api/v1/unknown"), StatusCode::NOT_FOUND);
}
