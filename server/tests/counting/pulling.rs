//! What a handheld is given: tasks, people and the packed catalogue, after a cursor or from the beginning.

use crate::{handheld::Handheld, warehouse::*};
use server::{
    action::{pull::pull, shard::Shards},
    store::device::DeviceRow,
};
use shared::{
    fact::{Assignee, Fact, SiteRoles},
    id::{DeviceId, LocationId, SiteId},
    location::{Location, LocationKind},
    quantity::Quantity,
    role::Role,
    sync::{
        catalogue::{ItemShard, LocationShard},
        message::{Cursor, PullPage, PullRow, ShardKind},
    },
};

fn device(site: SiteId) -> DeviceRow {
    DeviceRow { id: DeviceId(1), site, name: "H-01".into(), revoked: false }
}

fn page(warehouse: &Warehouse, site: SiteId, cursor: Option<&Cursor>) -> PullPage {
    let identity = warehouse.store().identity();
    warehouse.store().read_blocking(|tx| pull(tx, identity, &device(site), cursor)).expect("a page")
}

fn tasks(page: &PullPage) -> Vec<i64> {
    page.rows.iter().filter_map(|row| if let PullRow::Task { task } = row { Some(task.id.0) } else { None }).collect()
}

fn gone(page: &PullPage) -> Vec<i64> {
    page.rows.iter().filter_map(|row| if let PullRow::TaskGone { task } = row { Some(task.0) } else { None }).collect()
}

#[test]
fn a_handheld_gets_everything_once_and_then_only_what_changes() {
    let warehouse = Warehouse::new();
    let (count, task) = warehouse.count(Assignee::Person(MARIA));
    let first = page(&warehouse, SITE, None);
    assert!(!first.reset && !first.more);
    assert_eq!(tasks(&first).len(), 2);
    let people = first.rows.iter().filter(|row| matches!(row, PullRow::Person { .. })).count();
    assert_eq!(people, 3, "supervisors take no handheld");
    let again = page(&warehouse, SITE, Some(&first.cursor));
    assert_eq!((again.rows.len(), again.reset), (0, false));
    assert_eq!(again.cursor, first.cursor);
    let mut maria = Handheld::new(1);
    maria.visit(MARIA, BIN, Some((task, count)), &[]);
    maria.push(&warehouse);
    let next = page(&warehouse, SITE, Some(&first.cursor));
    assert_eq!(gone(&next), [task.0], "what is counted is not asked for again");
    // somebody who starts now is not told of what was never there for them
    assert!(gone(&page(&warehouse, SITE, None)).is_empty());
}

#[test]
fn a_long_list_comes_in_pages_and_each_row_once() {
    let warehouse = Warehouse::new();
    let bins = (100..1300).map(|number| Location {
        id: LocationId(number),
        code: format!("B-{number}"),
        barcode: format!("B-{number}"),
        zone: "B".into(),
        aisle: String::new(),
        bay: String::new(),
        level: String::new(),
        kind: LocationKind::Pick,
        walk_order: number,
    });
    warehouse.facts(SITE, vec![Fact::LocationsRecorded { rows: bins.collect() }]);
    warehouse.count(Assignee::Pool);
    let mut seen = Vec::new();
    let mut at: Option<Cursor> = None;
    let mut pages = 0;
    loop {
        let next = page(&warehouse, SITE, at.as_ref());
        seen.extend(tasks(&next));
        pages += 1;
        at = Some(next.cursor.clone());
        if !next.more {
            break;
        }
    }
    assert_eq!(pages, 3);
    assert_eq!(seen.len(), 1202);
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen.len(), 1202, "each once");
}

#[test]
fn a_cursor_of_another_past_starts_over() {
    let warehouse = Warehouse::new();
    warehouse.count(Assignee::Pool);
    let first = page(&warehouse, SITE, None);
    let parts: Vec<&str> = first.cursor.0.split('.').collect();
    let mut other_timeline = parts.clone();
    other_timeline[0] = "00000000000040008000000000000000";
    let mut other_hash = parts.clone();
    other_hash[2] = "0011223344556677";
    for cursor in [other_timeline.join("."), other_hash.join("."), "nonsense".into(), String::new()] {
        let reset = page(&warehouse, SITE, Some(&Cursor(cursor.clone())));
        assert!(reset.reset, "{cursor}");
        assert_eq!(reset.rows, first.rows);
    }
}

#[test]
fn a_person_who_may_no_longer_count_leaves_the_handhelds() {
    let warehouse = Warehouse::new();
    let first = page(&warehouse, SITE, None);
    let none = SiteRoles { site: SITE, roles: vec![Role::Auditor], approval_limit: None };
    warehouse.facts(SiteId(0), vec![Fact::RolesSet { person: MARIA, roles: none }]);
    warehouse.facts(SiteId(0), vec![Fact::PersonDisabled { person: JONAS }]);
    let next = page(&warehouse, SITE, Some(&first.cursor));
    assert_eq!(next.rows, [PullRow::PersonGone { person: MARIA }, PullRow::PersonGone { person: JONAS }]);
    warehouse.verify();
}

#[test]
fn no_page_holds_a_book_quantity_or_a_variance() {
    let warehouse = Warehouse::new();
    // figures that nothing else in the warehouse has
    warehouse.stock(BIN, BOLT, "7431");
    let mut maria = Handheld::new(1);
    maria.visit(MARIA, BIN, None, &[(BOLT, "8")]);
    maria.push(&warehouse);
    let text = serde_json::to_string(&page(&warehouse, SITE, None)).unwrap();
    assert!(text.contains("\"round\":2"), "the recount is on the page");
    for figure in ["7431", "7423", "3711"] {
        assert!(!text.contains(figure), "{figure} in {text}");
    }
}

#[test]
fn the_catalogue_is_packed_once_a_version() {
    let warehouse = Warehouse::new();
    let shards = Shards::default();
    let load = |kind| warehouse.store().read_blocking(|tx| shards.find(tx, SITE, kind, 0)).expect("read");
    let items = load(ShardKind::Items).expect("there are items");
    let opened = ItemShard::open(items.bytes.to_vec()).expect("it opens");
    let (item, factor) = opened.find_barcode("BOLT-1").expect("the barcode is in it");
    assert_eq!((item.id, factor), (BOLT, Quantity::ONE));
    let locations = LocationShard::open(load(ShardKind::Locations).expect("there are locations").bytes.to_vec());
    assert!(locations.is_ok());
    assert!(std::sync::Arc::ptr_eq(&items.bytes, &load(ShardKind::Items).unwrap().bytes), "packed once");
    warehouse
        .facts(SITE, vec![Fact::BarcodeNamed { barcode: "CARTON".into(), item: BOLT, pack_factor: quantity("12") }]);
    let newer = load(ShardKind::Items).unwrap();
    assert!(newer.version > items.version);
    assert!(ItemShard::open(newer.bytes.to_vec()).unwrap().find_barcode("CARTON").is_some());
    assert!(warehouse.store().read_blocking(|tx| shards.find(tx, SITE, ShardKind::Items, 7)).unwrap().is_none());
}

#[test]
fn another_site_sees_nothing_of_this_one() {
    let warehouse = Warehouse::new();
    warehouse.count(Assignee::Pool);
    let site = SiteId(2);
    let added = Fact::SiteAdded {
        site,
        code: "OTHER".into(),
        name: "Other".into(),
        currency: "EUR".into(),
        time_zone: "UTC".into(),
    };
    warehouse.facts(SiteId(0), vec![added]);
    assert_eq!(page(&warehouse, site, None).rows, []);
    warehouse.verify();
}
