//! A warehouse with bins, items and people over a store in a folder of its own and a clock that is handed in.

use rusqlite::{Connection, types::Value};
use server::{
    action::{Doer, Failure, approve, count, push::receive_push},
    store::{Clock, Error, Store, WriteTx, rebuild},
};
use shared::{
    api::{
        count::{NewCount, Selection},
        discrepancy::Decide,
    },
    fact::{Assignee, Fact, MovementKind, MovementRow, SiteRoles, StatementRow},
    id::{CountId, DeviceId, DiscrepancyId, ItemId, LocationId, MovementId, PersonId, SiteId, TaskId},
    item::{Barcode, Item, Tracking},
    key::{ItemKey, StockKey},
    location::{Location, LocationKind},
    moment::Moment,
    money::Money,
    policy::Meaning,
    quantity::Quantity,
    role::Role,
    sync::message::{PushAnswer, PushRequest},
};
use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

pub const SITE: SiteId = SiteId(1);
pub const MARIA: PersonId = PersonId(1);
pub const JONAS: PersonId = PersonId(2);
pub const AMIR: PersonId = PersonId(3);
pub const SUSAN: PersonId = PersonId(4);
pub const SECOND: PersonId = PersonId(5);
pub const BIN: LocationId = LocationId(1);
pub const OTHER_BIN: LocationId = LocationId(2);
pub const BOLT: ItemId = ItemId(1);
pub const GLOVE: ItemId = ItemId(2);
pub const PUMP: ItemId = ItemId(3);
/// 2026-11-23T08:00:00Z
pub const MORNING: i64 = 1_795_420_800_000;
pub const MINUTE: i64 = 60_000;

/// A clock that stands until it is set.
pub struct HandClock(AtomicI64);

impl Clock for HandClock {
    fn now(&self) -> Moment {
        Moment(self.0.load(Ordering::SeqCst))
    }
}

pub fn quantity(text: &str) -> Quantity {
    text.parse().expect("a quantity")
}

pub struct Warehouse {
    pub folder: tempfile::TempDir,
    pub store: Option<Store>,
    pub clock: Arc<HandClock>,
    runtime: tokio::runtime::Runtime,
}

impl Warehouse {
    /// Three counters, a supervisor and another one, two bins, three items: a bolt at 0.50, a glove at 2, a pump with
    /// serial numbers at 100. No stock.
    ///
    /// Its handhelds began before there were grants, so that a test writes no more than it is about.
    pub fn new() -> Self {
        let warehouse = Self::granting();
        warehouse.look().execute("UPDATE grant_key SET logs_before = 1000000", []).expect("a key");
        warehouse
    }

    /// As [`Self::new`], where handhelds show that people may count with them.
    pub fn granting() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        // everybody was there the day before
        let clock = Arc::new(HandClock(AtomicI64::new(MORNING - 24 * 60 * MINUTE)));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let store = Store::open(folder.path(), clock.clone()).expect("a store");
        let warehouse = Self { folder, store: Some(store), clock, runtime };
        warehouse.furnish();
        warehouse.at_minute(0);
        warehouse
    }

    pub fn store(&self) -> &Store {
        self.store.as_ref().expect("the store is open")
    }

    pub fn at_minute(&self, minute: i64) {
        self.clock.0.store(MORNING + minute * MINUTE, Ordering::SeqCst);
    }

    /// What the clock says.
    pub fn clock(&self) -> Moment {
        self.clock.now()
    }

    /// Waits for something of the server's own.
    pub fn wait<T>(&self, work: impl Future<Output = T>) -> T {
        self.runtime.block_on(work)
    }

    pub fn facts(&self, site: SiteId, facts: Vec<Fact>) {
        self.store()
            .write_blocking(move |tx| {
                for fact in &facts {
                    tx.append(site, None, "import", fact)?;
                }
                Ok::<(), Error>(())
            })
            .expect("the facts are written");
    }

    /// Does something at the desk.
    pub fn desk<T: Send + 'static>(
        &self,
        person: PersonId,
        act: impl FnOnce(&mut WriteTx<'_>, &Doer) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        self.store().write_blocking(move |tx| act(tx, &Doer::desk(SITE, person)))
    }

    fn furnish(&self) {
        let added = Fact::SiteAdded {
            site: SITE,
            code: "MAIN".into(),
            name: "Main".into(),
            currency: "EUR".into(),
            time_zone: "Europe/Berlin".into(),
        };
        self.facts(SiteId(0), vec![added]);
        let people = [
            (MARIA, "maria", Role::Counter),
            (JONAS, "jonas", Role::Counter),
            (AMIR, "amir", Role::Counter),
            (SUSAN, "susan", Role::Supervisor),
            (SECOND, "second", Role::Supervisor),
        ];
        let mut facts = Vec::new();
        for (person, name, role) in people {
            facts.push(Fact::PersonAdded { person, username: name.into(), name: name.into(), language: "en".into() });
            let roles = SiteRoles { site: SITE, roles: vec![role], approval_limit: None };
            facts.push(Fact::RolesSet { person, roles });
        }
        self.facts(SiteId(0), facts);
        let bin = |id: LocationId, code: &str| Location {
            id,
            code: code.into(),
            barcode: code.into(),
            zone: "A".into(),
            aisle: "1".into(),
            bay: id.to_string(),
            level: String::new(),
            kind: LocationKind::Pick,
            walk_order: id.0,
        };
        let item = |id: ItemId, sku: &str, cost: &str, tracking: Tracking| Item {
            id,
            sku: sku.into(),
            description: sku.into(),
            unit: "EA".into(),
            unit_cost: Some(cost.parse::<Money>().expect("a cost")),
            category: String::new(),
            abc: String::new(),
            tracking,
            barcodes: vec![Barcode { text: format!("{sku}-1"), pack_factor: Quantity::ONE }],
        };
        self.facts(
            SITE,
            vec![
                Fact::LocationsRecorded { rows: vec![bin(BIN, "A-01-01"), bin(OTHER_BIN, "A-01-02")] },
                Fact::ItemsRecorded {
                    rows: vec![
                        item(BOLT, "BOLT", "0.5", Tracking::None),
                        item(GLOVE, "GLOVE", "2", Tracking::None),
                        item(PUMP, "PUMP", "100", Tracking::Serial),
                    ],
                },
                Fact::ReasonAdded { code: "mis_pick".into(), label: "Mis-pick".into() },
                Fact::DeviceEnrolled { device: DeviceId(1), name: "H-01".into() },
                Fact::DeviceEnrolled { device: DeviceId(2), name: "H-02".into() },
                Fact::DeviceEnrolled { device: DeviceId(3), name: "H-03".into() },
            ],
        );
    }

    /// The books: this many of an item in a bin since an hour before the morning.
    pub fn stock(&self, location: LocationId, item: ItemId, units: &str) {
        self.movement(location, item, units, -60, &format!("stock {location} {item}"));
    }

    /// A movement that happened at a minute of the morning and is learned now.
    pub fn movement(&self, location: LocationId, item: ItemId, units: &str, minute: i64, reference: &str) {
        let row = MovementRow {
            id: MovementId(0),
            key: StockKey { location, what: ItemKey::untracked(item) },
            quantity: quantity(units),
            kind: MovementKind::Issue,
            effective_at: Moment(MORNING + minute * MINUTE),
            reference: reference.into(),
        };
        self.store()
            .write_blocking(move |tx| {
                server::action::record_movements::record_movements(tx, &Doer::import(SITE), "wms", vec![row])
            })
            .expect("the movement is recorded");
    }

    pub fn statement(&self, location: LocationId, item: ItemId, units: &str, minute: i64) {
        let key = StockKey { location, what: ItemKey::untracked(item) };
        let row = StatementRow { key, quantity: quantity(units), movement: MovementId(0) };
        let as_of = Moment(MORNING + minute * MINUTE);
        self.store()
            .write_blocking(move |tx| {
                server::action::record_statement::record_statement(tx, &Doer::import(SITE), ("erp", as_of), vec![row])
            })
            .expect("the statement is recorded");
    }

    /// A count of both bins; answers the task of the first.
    pub fn count(&self, assignee: Assignee) -> (CountId, TaskId) {
        self.count_as(assignee, Meaning::Independent)
    }

    pub fn count_as(&self, assignee: Assignee, meaning: Meaning) -> (CountId, TaskId) {
        let request =
            NewCount { name: "Zone A".into(), selection: Selection::All, assignee, meaning, rounds_max: None };
        let made = self
            .store()
            .write_blocking(move |tx| count::create_count(tx, &Doer::desk(SITE, SUSAN), &request))
            .expect("a count");
        let task = self.number(&format!(
            "SELECT task_id FROM task WHERE count_id = {} AND location_id = {} AND round = 1",
            made.count, BIN
        ));
        (made.count, TaskId(task))
    }

    pub fn push(&self, device: DeviceId, request: PushRequest) -> Result<PushAnswer, Failure> {
        self.runtime.block_on(receive_push(self.store(), device, request))
    }

    pub fn approve(&self, person: PersonId, id: DiscrepancyId) -> Result<(), String> {
        let evidence = self.text(&format!("SELECT evidence FROM discrepancy WHERE discrepancy_id = {id}"));
        let request = Decide { reason: "mis_pick".into(), note: String::new(), evidence };
        self.store()
            .write_blocking(move |tx| approve::approve(tx, &Doer::desk(SITE, person), id, &request))
            .map(drop)
            .map_err(|failure| code(&failure))
    }

    /// A second look at the file, as any program could have it.
    pub fn look(&self) -> Connection {
        look(self.folder.path())
    }

    pub fn number(&self, sql: &str) -> i64 {
        self.look().query_row(sql, [], |row| row.get(0)).unwrap_or_else(|error| panic!("{sql}: {error}"))
    }

    pub fn text(&self, sql: &str) -> String {
        self.look().query_row(sql, [], |row| row.get(0)).unwrap_or_else(|error| panic!("{sql}: {error}"))
    }

    /// All rows of a query, each as one line.
    pub fn rows(&self, sql: &str) -> Vec<String> {
        let conn = self.look();
        let mut statement = conn.prepare(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
        let columns = statement.column_count();
        let rows = statement
            .query_map([], |row| {
                let cells: Result<Vec<String>, _> =
                    (0..columns).map(|index| row.get::<_, Value>(index).map(|value| show(&value))).collect();
                cells.map(|cells| cells.join("|"))
            })
            .expect("rows");
        rows.collect::<Result<_, _>>().expect("rows")
    }

    /// The state of the discrepancy of an item in the bin, and its number.
    pub fn discrepancy(&self, item: ItemId) -> (String, DiscrepancyId) {
        let filter = format!("FROM discrepancy WHERE item_id = {item} AND location_id = {BIN}");
        (
            self.text(&format!("SELECT state {filter}")),
            DiscrepancyId(self.number(&format!("SELECT discrepancy_id {filter}"))),
        )
    }

    pub fn findings(&self, kind: &str) -> Vec<String> {
        self.rows(&format!("SELECT sentence FROM finding WHERE kind = '{kind}' ORDER BY sentence"))
    }

    /// Who the recount of the bin in a round is given to.
    pub fn recount(&self, round: u8) -> (TaskId, CountId, Option<PersonId>) {
        self.look()
            .query_row(
                "SELECT task_id, count_id, assignee_id FROM task WHERE location_id = $1 AND round = $2 AND state = 'open'",
                [BIN.0, i64::from(round)],
                |row| Ok((TaskId(row.get(0)?), CountId(row.get(1)?), row.get::<_, Option<i64>>(2)?.map(PersonId))),
            )
            .expect("an open recount")
    }

    /// `verify` finds nothing.
    pub fn verify(&self) {
        let report = rebuild::verify(self.folder.path(), &mut |_| {}).expect("it can be verified");
        assert!(report.is_clean(), "{:#?}", report.problems);
        assert!(report.facts > 0 && report.rows > 0);
        let misnamed =
            "SELECT count(*) FROM fact WHERE kind <> 'event' AND json_extract(CAST(body AS TEXT), '$.kind') <> kind";
        assert_eq!(self.number(misnamed), 0, "the word of a fact is the word in its body");
    }
}

pub fn look(folder: &Path) -> Connection {
    Connection::open(folder.join("trueup.db")).expect("the file opens")
}

pub fn code(failure: &Failure) -> String {
    match failure {
        Failure::Refused(refusal) => refusal.code.clone(),
        Failure::Store(error) => panic!("the store failed: {error}"),
    }
}

fn show(value: &Value) -> String {
    match value {
        Value::Null => "-".into(),
        Value::Integer(number) => number.to_string(),
        Value::Real(number) => number.to_string(),
        Value::Text(text) => text.clone(),
        Value::Blob(bytes) => bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
    }
}
