//! Two sites with somebody of every role, in-process, on a clock that stands until a test moves it.

use reqwest::{Client, Method, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};
use server::action::{Doer, enrol, password, set_up};
use server::http::{AppState, serve};
use server::store::{Clock, Store, WriteTx, credential};
use shared::fact::{Fact, MovementKind, MovementRow, SiteRoles};
use shared::id::{ItemId, LocationId, MovementId, PersonId, SiteId};
use shared::item::{Barcode, Item, Tracking};
use shared::key::{ItemKey, StockKey};
use shared::location::{Location, LocationKind};
use shared::moment::Moment;
use shared::quantity::Quantity;
use shared::role::Role;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

/// Everybody's password.
pub const PASSWORD: &str = "copper otter rainfall";
/// When every test begins: a Monday morning.
pub const START: Moment = Moment(1_795_431_600_000);

/// A clock that stands until it is moved.
#[derive(Clone)]
pub struct TestClock(Arc<AtomicI64>);

impl Clock for TestClock {
    fn now(&self) -> Moment {
        Moment(self.0.load(Ordering::SeqCst))
    }
}

/// A running server with two sites, `NORTH` and `SOUTH`.
pub struct Yard {
    pub base: String,
    pub store: Store,
    clock: TestClock,
    stop: Option<oneshot::Sender<()>>,
    stopped: Option<tokio::task::JoinHandle<()>>,
    _folder: TempDir,
}

impl Yard {
    /// People are called `north-counter`, `south-admin` and so on; `north-both` counts and supervises, `stranger` has no
    /// role at all. Each site has one bin and one item.
    pub async fn open() -> Self {
        let yard = Self::empty().await;
        yard.store
            .write(|tx| {
                let hash = password::hash_blocking(PASSWORD)?;
                for (number, code) in [(1, "NORTH"), (2, "SOUTH")] {
                    let new = set_up::NewSite {
                        code: code.into(),
                        name: format!("{code} warehouse"),
                        currency: "EUR".into(),
                        time_zone: "Europe/Berlin".into(),
                    };
                    let site = set_up::open_site(tx, None, "import", &new)?;
                    assert_eq!(site, SiteId(number));
                    for role in Role::ALL {
                        add(tx, &hash, &format!("{}-{}", code.to_lowercase(), role.word()), Some((site, vec![role])))?;
                    }
                    stock(tx, site)?;
                }
                add(tx, &hash, "north-both", Some((SiteId(1), vec![Role::Counter, Role::Supervisor])))?;
                add(tx, &hash, "stranger", None)?;
                Ok::<_, server::action::Failure>(())
            })
            .await
            .expect("the warehouse is filled");
        yard
    }

    /// A server that nobody has set up.
    pub async fn empty() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let clock = TestClock(Arc::new(AtomicI64::new(START.0)));
        let store = Store::open(folder.path(), Arc::new(clock.clone())).expect("a database");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address: SocketAddr = listener.local_addr().expect("an address");
        let state = AppState::new(store.clone(), false);
        let (stop, told) = oneshot::channel();
        let running = tokio::spawn(async move {
            let told = async move {
                let _ = told.await;
            };
            serve(listener, state, told).await.expect("it serves");
        });
        Self {
            base: format!("http://{address}"),
            store,
            clock,
            stop: Some(stop),
            stopped: Some(running),
            _folder: folder,
        }
    }

    /// Moves the clock.
    pub fn wait_ms(&self, ms: i64) {
        self.clock.0.fetch_add(ms, Ordering::SeqCst);
    }

    /// Asks the server to stop, and waits until it has.
    pub async fn stop(&mut self) {
        self.stop.take().expect("it runs").send(()).expect("it listens");
        self.stopped.take().expect("it runs").await.expect("it ends well");
    }

    /// Somebody without a session.
    pub fn nobody(&self) -> Caller {
        Caller {
            client: Client::builder().cookie_store(true).build().expect("a client"),
            base: self.base.clone(),
            bearer: None,
        }
    }

    /// Somebody signed in.
    pub async fn sign_in(&self, username: &str) -> Caller {
        let caller = self.nobody();
        let answer = caller.post("/api/v1/sign-in", &json!({"username": username, "password": PASSWORD})).await;
        assert_eq!(answer.status(), StatusCode::OK, "{username} signs in");
        caller
    }

    /// An enrolled handheld of a site.
    pub async fn enrol(&self, site: i64, name: &str) -> Caller {
        let doer = Doer::import(SiteId(site));
        let named = name.to_owned();
        let made = self.store.write(move |tx| enrol::offer_enrolment(tx, &doer, &named, 1)).await.expect("a code");
        let nobody = self.nobody();
        let answer = body(nobody.post("/sync/v1/enrol", &json!({"code": made.code})).await).await;
        let secret = answer["secret"].as_str().expect("a secret").to_owned();
        Caller { bearer: Some(secret), ..nobody }
    }

    /// The number of a person.
    pub async fn person(&self, username: &str) -> i64 {
        let username = username.to_owned();
        let found = self.store.read(move |tx| credential::find(tx, &username)).await.expect("a read");
        found.expect("they are known").person.0
    }
}

/// What the books say since the day before: so many of an item in a bin.
pub fn opening(location: LocationId, item: ItemId, units: i64) -> Fact {
    let row = MovementRow {
        id: MovementId(1),
        key: StockKey { location, what: ItemKey::untracked(item) },
        quantity: Quantity::whole(units).expect("fits"),
        kind: MovementKind::Opening,
        effective_at: START.plus_ms(-86_400_000),
        reference: "opening".into(),
    };
    Fact::MovementsRecorded { source: "wms".into(), rows: vec![row] }
}

fn add(
    tx: &mut WriteTx<'_>,
    hash: &str,
    username: &str,
    at: Option<(SiteId, Vec<Role>)>,
) -> Result<(), server::action::Failure> {
    use server::action::add_person::{NewName, append_person};
    let name: String = username.split('-').map(|part| format!("{}{} ", part[..1].to_uppercase(), &part[1..])).collect();
    let id: PersonId = append_person(tx, None, "import", &NewName { username, name: name.trim(), language: "en" })?;
    if let Some((site, roles)) = at {
        let roles = SiteRoles { site, roles, approval_limit: None };
        tx.append(site, None, "import", &Fact::RolesSet { person: id, roles })?;
    }
    credential::set(tx, id, hash)?;
    Ok(())
}

/// One bin and one item, numbered by the site: bin 10 and item 100 in the first, 20 and 200 in the second.
fn stock(tx: &mut WriteTx<'_>, site: SiteId) -> Result<(), server::action::Failure> {
    let (bin, item) = (site.0 * 10, site.0 * 100);
    let rows = vec![Location {
        id: LocationId(bin),
        code: format!("A-{bin}"),
        barcode: format!("LOC-A-{bin}"),
        zone: "A".into(),
        aisle: "A".into(),
        bay: "1".into(),
        level: "1".into(),
        kind: LocationKind::Pick,
        walk_order: bin,
    }];
    tx.append(site, None, "import", &Fact::LocationsRecorded { rows })?;
    let rows = vec![Item {
        id: ItemId(item),
        sku: format!("SKU-{item}"),
        description: "Bandage, 5 cm".into(),
        unit: "EA".into(),
        unit_cost: Some("3.17".parse().expect("money")),
        category: "care".into(),
        abc: "A".into(),
        tracking: Tracking::None,
        barcodes: vec![Barcode { text: format!("400000{item}"), pack_factor: Quantity::ONE }],
    }];
    tx.append(site, None, "import", &Fact::ItemsRecorded { rows })?;
    Ok(())
}

/// Whoever sends requests.
#[derive(Clone)]
pub struct Caller {
    pub client: Client,
    pub base: String,
    pub bearer: Option<String>,
}

impl Caller {
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.client.request(method, format!("{}{path}", self.base));
        match &self.bearer {
            Some(secret) => request.bearer_auth(secret),
            None => request,
        }
    }
    pub async fn get(&self, path: &str) -> Response {
        self.request(Method::GET, path).send().await.expect("an answer")
    }
    pub async fn post(&self, path: &str, message: &Value) -> Response {
        self.request(Method::POST, path).json(message).send().await.expect("an answer")
    }
    pub async fn put(&self, path: &str, message: &Value) -> Response {
        self.request(Method::PUT, path).json(message).send().await.expect("an answer")
    }
}

/// The JSON of a success.
pub async fn body(answer: Response) -> Value {
    let (status, url) = (answer.status(), answer.url().clone());
    let text = answer.text().await.expect("a body");
    assert!(status.is_success(), "{url}: {status} {text}");
    serde_json::from_str(&text).unwrap_or(Value::Null)
}

/// The problem of a failure, after looking whether it is well formed.
pub async fn problem(answer: Response) -> (StatusCode, Value) {
    let (status, url) = (answer.status(), answer.url().clone());
    let kind = answer.headers().get("content-type").map(|kind| kind.to_str().expect("text").to_owned());
    let text = answer.text().await.expect("a body");
    assert!(status.is_client_error() || status.is_server_error(), "{url}: {status} {text}");
    assert_eq!(kind.as_deref(), Some("application/problem+json"), "{url}: {status} {text}");
    let problem: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{url}: {error} {text}"));
    assert_eq!(problem["status"], status.as_u16(), "{url}");
    let detail = problem["detail"].as_str().expect("a sentence");
    assert!(detail.ends_with('.') && detail.contains(' '), "{url}: not a sentence: {detail}");
    (status, problem)
}

/// Looks whether an answer is this failure.
pub async fn refused(answer: Response, status: u16, code: &str) -> Value {
    let (found, problem) = problem(answer).await;
    assert_eq!((found.as_u16(), problem["code"].as_str()), (status, Some(code)), "{problem}");
    problem
}
