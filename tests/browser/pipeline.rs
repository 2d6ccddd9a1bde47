//! The way of the application into the browser: bundles, pages, policy, service worker.

use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::http::{HeaderMap, Method, Uri};
use server::http::bundle::Shelf;
use tests::browser::{Browser, Screen};
use tests::proxy::Proxy;
use tests::server::{another_build, bundles, copy_tree};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// The bundles alone, without a warehouse behind them. The browser talks through the proxy, which breaks the connections
/// that are open when the server goes.
struct Pages {
    url: String,
    line: Proxy,
    task: JoinHandle<()>,
}

impl Pages {
    async fn serve(folder: PathBuf) -> Self {
        let shelf = Arc::new(Shelf::folder(folder));
        let answer = move |method: Method, uri: Uri, headers: HeaderMap| async move {
            shelf.answer(&method, uri.path(), &headers)
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let line = Proxy::to(listener.local_addr().expect("an address"));
        let task = tokio::spawn(async move {
            axum::serve(listener, Router::new().fallback(answer)).await.expect("a server");
        });
        Self { url: line.url(), line, task }
    }

    fn kill(self) {
        self.task.abort();
        drop(self.line);
    }
}

const STARTED: &str = "body > :not(#boot):not(noscript)";

#[tokio::test(flavor = "multi_thread")]
async fn the_handheld_opens_again_with_the_server_gone() {
    let pages = Pages::serve(bundles().folder.clone()).await;
    let url = pages.url.clone();
    let mut handheld = Browser::open(&url, Screen::Handheld).await;
    handheld.goto("/").await;
    handheld.wait_for(STARTED).await;
    assert_eq!(
        handheld.js("return [innerWidth, innerHeight, devicePixelRatio]").await,
        serde_json::json!([360, 640, 2])
    );
    let build = handheld.js("return document.querySelector('meta[name=build]').content").await;
    assert_eq!(build, bundles().build.as_str());
    handheld.wait_controlled().await;
    handheld.expect_no_errors().await;

    pages.kill();
    assert!(reqwest::get(&url).await.is_err(), "the server still answers");
    for path in ["/", "/task/some-task", "/"] {
        handheld.goto(path).await;
        handheld.wait_for(STARTED).await;
    }
    handheld.reload().await;
    handheld.wait_for(STARTED).await;
    assert_eq!(handheld.count("#boot").await, 0, "{}", handheld.describe().await);

    handheld.kill9();
    handheld.restart().await;
    handheld.goto("/").await;
    handheld.wait_for(STARTED).await;
    handheld.expect_no_errors().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_handheld_keeps_its_own_files_and_none_of_the_desk() {
    let pages = Pages::serve(bundles().folder.clone()).await;
    let url = pages.url.clone();
    let mut browser = Browser::open(&url, Screen::Handheld).await;
    browser.goto("/").await;
    browser.wait_controlled().await;
    let kept = browser
        .js_async(
            "const done = arguments[0];
             (async () => {
               const names = await caches.keys();
               const requests = await (await caches.open(names[0])).keys();
               done({ names, paths: requests.map(r => new URL(r.url).pathname) });
             })()",
        )
        .await;
    let build = &bundles().build;
    assert_eq!(kept["names"], serde_json::json!([format!("trueup-{build}")]));
    let paths: Vec<&str> = kept["paths"].as_array().expect("a list").iter().filter_map(|path| path.as_str()).collect();
    for wanted in ["handheld.wasm", "handheld.js", "handheld-boot.js", "handheld.css", "theme.css"] {
        assert!(paths.contains(&format!("/b/{build}/{wanted}").as_str()), "{wanted} is not kept: {paths:?}");
    }
    assert!(paths.contains(&"/") && !paths.iter().any(|path| path.contains("desk")), "{paths:?}");

    // the same browser at the desk: the worker lets it through to the server, so it is never a stale one
    browser.goto("/desk").await;
    browser.wait_for(STARTED).await;
    assert_eq!(browser.js("return document.title").await, "Trueup desk");
    browser.expect_no_errors().await;
    pages.kill();
    let gone = browser.driver().goto(format!("{url}/desk/anything")).await;
    assert!(gone.is_err(), "a desk opened without a server: {}", browser.describe().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_desk_opens_at_its_size_and_registers_no_worker() {
    let pages = Pages::serve(bundles().folder.clone()).await;
    let mut desk = Browser::open(&pages.url, Screen::Desk).await;
    desk.goto("/desk/discrepancy/1").await;
    desk.wait_for(STARTED).await;
    desk.wait_gone("#boot").await;
    assert_eq!(desk.js("return [innerWidth, innerHeight]").await, serde_json::json!([1280, 800]));
    let workers = "const done = arguments[0]; navigator.serviceWorker.getRegistrations().then(all => done(all.length))";
    assert_eq!(desk.js_async(workers).await, 0);
    desk.expect_no_errors().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_asset_is_not_a_page() {
    let pages = Pages::serve(bundles().folder.clone()).await;
    for path in ["/b/0000000000000000/handheld.wasm", "/b/gone.js", "/gone.css", "/api/gone", "/sync/v9/gone"] {
        let answer = reqwest::get(format!("{}{path}", pages.url)).await.expect("an answer");
        assert_eq!(answer.status(), 404, "{path}");
        assert!(!answer.text().await.expect("a body").contains('<'), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scanner_types_what_the_code_says_through_keys_and_through_the_input_method() {
    // on a page of nothing but a field: this is about the scanner, not about who listens
    let browser = Browser::open("about:blank", Screen::Handheld).await;
    browser.goto("").await;
    browser
        .js("window.heard = ''; window.typed = [];
             document.body.replaceChildren(Object.assign(document.createElement('input'), { id: 'field' }));
             document.body.addEventListener('keydown', e => {
               if (e.key === 'Enter') { window.typed.push(window.heard); window.heard = ''; }
               else if (e.ctrlKey && e.key === ']') window.heard += '\\u001d';
               else if (e.key.length === 1) window.heard += e.key;
             });
             document.getElementById('field').addEventListener('beforeinput', e => window.committed = e.data);
             document.getElementById('field').focus()")
        .await;
    let code = "]C1 aZ09-_.,/+:;=$%#()\u{1d}";
    browser.scan(code).await;
    browser.wait_js("a scanned code", "return window.typed.length === 1").await;
    assert_eq!(browser.js("return window.typed[0]").await, code);
    let visible: String = code.chars().filter(|character| *character != '\u{1d}').collect();
    assert_eq!(browser.js("return document.getElementById('field').value").await, visible);

    browser.scan_ime("04006381333931").await;
    browser.wait_js("a committed code", "return window.committed === '04006381333931'").await;
    assert_eq!(browser.js("return window.typed.length").await, 1, "committed text presses no key");
}

const BUILD: &str = "return document.querySelector('meta[name=build]').content";
const UPDATE: &str = "const done = arguments[0];
    navigator.serviceWorker.getRegistration().then(r => r.update()).then(() => done('asked'), e => done(String(e)))";

#[tokio::test(flavor = "multi_thread")]
async fn a_new_build_waits_until_it_is_accepted() {
    let home = tempfile::tempdir().expect("a temporary folder");
    let folder = home.path().join("web");
    copy_tree(&bundles().folder, &folder);
    let pages = Pages::serve(folder.clone()).await;
    let mut handheld = Browser::open(&pages.url, Screen::Handheld).await;
    handheld.goto("/").await;
    handheld.wait_controlled().await;

    another_build(&folder);
    let new = std::fs::read_to_string(folder.join("build")).expect("a build id");
    assert_ne!(new, bundles().build);
    assert_eq!(handheld.js_async(UPDATE).await, "asked");
    handheld.wait_js("a waiting update", "return document.documentElement.dataset.update === 'waiting'").await;
    handheld.reload().await;
    handheld.wait_for(STARTED).await;
    assert_eq!(handheld.js(BUILD).await, bundles().build.as_str(), "a build came in without being asked");
    handheld.wait_js("the waiting update", "return document.documentElement.dataset.update === 'waiting'").await;

    handheld.js("window.dispatchEvent(new Event('trueup:update-accept'))").await;
    handheld.wait_js("the new build", &format!("{BUILD} === {new:?}")).await;
    handheld.wait_for(STARTED).await;
    handheld.expect_no_errors().await;
    pages.kill();
    handheld.reload().await;
    handheld.wait_for(STARTED).await;
    assert_eq!(handheld.js(BUILD).await, new);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_build_with_one_bad_asset_is_not_kept_at_all() {
    let home = tempfile::tempdir().expect("a temporary folder");
    let folder = home.path().join("web");
    copy_tree(&bundles().folder, &folder);
    let pages = Pages::serve(folder.clone()).await;
    let handheld = Browser::open(&pages.url, Screen::Handheld).await;
    handheld.goto("/").await;
    handheld.wait_controlled().await;

    another_build(&folder);
    let new = std::fs::read_to_string(folder.join("build")).expect("a build id");
    let assets = folder.join("files").join("b").join(&new);
    for name in ["theme.css", "theme.css.br", "theme.css.gz"] {
        std::fs::write(assets.join(name), "not what was built").expect("a spoiled asset");
    }
    handheld
        .js("window.failed = false;
             navigator.serviceWorker.getRegistration().then(r => {
               r.addEventListener('updatefound', () => {
                 const coming = r.installing;
                 coming.addEventListener('statechange', () => { if (coming.state === 'redundant') window.failed = true; });
               });
               r.update();
             })")
        .await;
    handheld.wait_js("a failed update", "return window.failed").await;
    let names = "const done = arguments[0]; caches.keys().then(done)";
    assert_eq!(handheld.js_async(names).await, serde_json::json!([format!("trueup-{}", bundles().build)]));
    pages.kill();
    handheld.reload().await;
    handheld.wait_for(STARTED).await;
    assert_eq!(handheld.js(BUILD).await, bundles().build.as_str());
}
