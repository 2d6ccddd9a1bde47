//! Any order, duplication and batching of several handhelds' logs gives the same projections (I8), and `verify` agrees
//! with each of them (I15).

use crate::{handheld::Handheld, warehouse::*};
use proptest::prelude::*;
use server::project::trace::derived;
use shared::{
    event::{EventKind, SheetIntent},
    fact::Assignee,
    id::{CountId, ItemId, LocationId, PersonId, TaskId},
    policy::Meaning,
};

/// What one visit to a bin does.
#[derive(Debug, Clone)]
struct Visit {
    person: PersonId,
    location: LocationId,
    with_task: bool,
    /// The second round of the planned count, whether or not the server knows of it yet.
    recounts: bool,
    intent: SheetIntent,
    /// Minutes after the morning's begin.
    minute: i64,
    entries: Vec<(ItemId, u8, u8)>,
    closes: bool,
}

fn visit() -> impl Strategy<Value = Visit> {
    let entry = (1_i64..=2, 0_u8..4, 0_u8..4).prop_map(|(item, units, how)| (ItemId(item), units, how));
    let intent = prop_oneof![
        8 => Just(SheetIntent::Own),
        1 => Just(SheetIntent::Continue),
        1 => Just(SheetIntent::Helping),
    ];
    let task = prop_oneof![2 => Just((false, false)), 2 => Just((true, false)), 1 => Just((true, true))];
    (1_i64..=3, 1_i64..=2, task, intent, 0_i64..600, prop::collection::vec(entry, 0..4), prop::bool::weighted(0.9))
        .prop_map(|(person, location, (with_task, recounts), intent, minute, entries, closes)| Visit {
            person: PersonId(person),
            location: LocationId(location),
            with_task,
            recounts,
            intent,
            minute,
            entries,
            closes,
        })
}

/// Logs of three handhelds: each a list of visits in the order of its clock.
fn logs() -> impl Strategy<Value = Vec<Vec<Visit>>> {
    prop::collection::vec(prop::collection::vec(visit(), 0..4), 3)
}

/// How the logs arrive: which handheld pushes next, how many events, and whether it says everything once more.
fn arrivals() -> impl Strategy<Value = Vec<(usize, u64, bool)>> {
    prop::collection::vec((0_usize..3, 1_u64..8, any::<bool>()), 0..30)
}

struct Tasks {
    count: CountId,
    tasks: [TaskId; 2],
}

fn record(warehouse: &Warehouse, meaning: Meaning) -> Tasks {
    warehouse.stock(BIN, BOLT, "3");
    warehouse.stock(BIN, GLOVE, "2");
    warehouse.stock(OTHER_BIN, BOLT, "1");
    warehouse.movement(BIN, BOLT, "-1", 200, "pick 1");
    warehouse.movement(OTHER_BIN, GLOVE, "2", 300, "put 1");
    let (count, first) = warehouse.count_as(Assignee::Pool, meaning);
    Tasks { count, tasks: [first, TaskId(first.0 + 1)] }
}

fn handhelds(logs: &[Vec<Visit>], tasks: &Tasks) -> Vec<Handheld> {
    let mut made = Vec::new();
    for (device, visits) in (1_i64..).zip(logs) {
        let mut handheld = Handheld::new(device);
        let mut visits = visits.clone();
        visits.sort_by_key(|visit| visit.minute);
        for visit in visits {
            handheld.minute = visit.minute;
            let index = usize::try_from(visit.location.0 - 1).unwrap();
            let planned = if visit.recounts { recount(tasks.count, visit.location) } else { tasks.tasks[index] };
            let task = visit.with_task.then_some((planned, tasks.count));
            let sheet = handheld.open_as(visit.person, visit.location, task, visit.intent);
            for (item, units, how) in &visit.entries {
                handheld.minute += 1;
                match how {
                    0 => {
                        handheld.scan(visit.person, sheet, *item);
                    }
                    1 => {
                        let scanned = handheld.scan(visit.person, sheet, *item);
                        handheld.write(visit.person, Some(sheet), EventKind::Undone { event: scanned });
                    }
                    2 => {
                        let kind = EventKind::UnknownBarcode { raw: format!("X{units}"), quantity: quantity("1") };
                        handheld.write(visit.person, Some(sheet), kind);
                    }
                    _ => {
                        handheld.key(visit.person, sheet, *item, &units.to_string());
                    }
                }
            }
            if visit.recounts {
                // a recount answers for every key it was asked for; which those are is known to who asked
                handheld.key(visit.person, sheet, BOLT, &visit.minute.rem_euclid(4).to_string());
                handheld.key(visit.person, sheet, GLOVE, "2");
            } else if visit.entries.is_empty() {
                handheld.write(visit.person, Some(sheet), EventKind::ConfirmedEmpty);
            }
            if visit.closes {
                handheld.minute += 1;
                handheld.close(visit.person, sheet);
            }
        }
        made.push(handheld);
    }
    made
}

/// The number of the second round's task.
fn recount(count: CountId, location: LocationId) -> TaskId {
    TaskId(derived("task", &[&count.0.to_be_bytes(), &location.0.to_be_bytes(), &[2]]))
}

/// Hands everything in, in the given pieces, then the rest.
fn deliver(warehouse: &Warehouse, handhelds: &[Handheld], arrivals: &[(usize, u64, bool)]) {
    let mut sent = [0_u64; 3];
    for (which, number, again) in arrivals {
        let handheld = &handhelds[*which];
        let all = handheld.events.len() as u64;
        let to = (sent[*which] + number).min(all);
        if to > sent[*which] {
            let from = if *again { 1 } else { sent[*which] + 1 };
            warehouse.push(handheld.device, handheld.request(from, to)).expect("taken");
            sent[*which] = to;
        }
    }
    for handheld in handhelds.iter().rev() {
        if !handheld.events.is_empty() {
            handheld.push(warehouse);
        }
    }
}

/// What must not depend on arrival: everything but when the server learned it and whom it then chose to count again.
fn projections(warehouse: &Warehouse) -> Vec<String> {
    let tables = [
        "SELECT 'sheet', hex(sheet_id), person_id, location_id, count_id, task_id, round, intent, open_seq, close_seq, opened_at,
            closed_at, entries, location_done FROM sheet ORDER BY sheet_id",
        "SELECT 'line', hex(sheet_id), item_id, lot, serial, quantity_micro, first_at, last_at FROM sheet_line ORDER BY 2, 3, 4, 5",
        "SELECT 'unknown', hex(sheet_id), barcode, quantity_micro, at FROM unknown_barcode ORDER BY 2, 3",
        "SELECT 'variance', count_id, location_id, item_id, lot, serial, round, counted_micro, implied_zero, book_micro,
            variance_micro, value_micro, kind, window_from, window_to, book_from_micro, book_to_micro, level, rule, scanned_at,
            merged, people, devices FROM variance ORDER BY 2, 3, 4, 5, 6, 7",
        "SELECT 'discrepancy', discrepancy_id, count_id, location_id, item_id, state, rounds, counted_micro, book_micro,
            variance_micro, kind, rule, scanned_at, evidence FROM discrepancy ORDER BY 2",
        // what is cancelled was asked for once and is not needed any more, and what is begun keeps what it was asked for:
        // both are records of what was known then
        "SELECT 'task', task_id, count_id, location_id, round, state,
            CASE WHEN state = 'open' THEN keys END, CASE WHEN state = 'open' THEN excluded END
            FROM task WHERE round = 1 OR state <> 'cancelled' ORDER BY 2",
        "SELECT 'location', location_id, counted_at FROM location ORDER BY 2",
        "SELECT 'count', count_id, spot, policy FROM count ORDER BY 2",
    ];
    tables.iter().flat_map(|sql| warehouse.rows(sql)).collect()
}

proptest! {
    // each case opens two stores and rebuilds both
    #![proptest_config(ProptestConfig { cases: 48, max_shrink_iters: 200, ..ProptestConfig::default() })]

    #[test]
    fn any_order_duplication_and_batching_gives_the_same_projections(
        logs in logs(),
        meaning in prop_oneof![3 => Just(Meaning::Independent), 1 => Just(Meaning::Shared)],
        one in arrivals(),
        two in arrivals(),
    ) {
        let first = Warehouse::new();
        let tasks = record(&first, meaning);
        let devices = handhelds(&logs, &tasks);
        deliver(&first, &devices, &one);
        first.verify();
        let second = Warehouse::new();
        record(&second, meaning);
        deliver(&second, &devices, &two);
        second.verify();
        prop_assert_eq!(projections(&first), projections(&second));
    }
}
