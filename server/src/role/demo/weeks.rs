//! Six weeks at the depot: orders every working day, a count every week, recounts by others, decisions the morning
//! after, a hand-over in the afternoon. The records get better, and the figures show it because it happened.

use super::story::{DAY_MS, MINUTE_MS, Miscount, Story};
use crate::action::record_movements::record_movements;
use shared::{
    fact::{MovementKind, MovementRow},
    id::MovementId,
    item::Tracking,
    key::StockKey,
    moment::Moment,
    quantity::Quantity,
};

/// Weeks of history.
pub const WEEKS: i64 = 6;

/// What went wrong unseen before the count of each week: SKU and what lies there beyond the book. Aisle A01 is counted
/// in even weeks and holds the first half of the goods.
const SLIPS: [&[(&str, &str)]; 6] = [
    &[
        ("TB-700-42", "-7"),
        ("TB-20-AV", "4"),
        ("TY-700-32", "-2"),
        ("BR-PAD-R", "-25"),
        ("BR-SHOE", "-1"),
        ("CH-LUBE-D", "-3"),
        ("FS-M5-16", "-12"),
    ],
    &[
        ("BR-ROT-180", "-1"),
        ("DR-CH-9", "-3"),
        ("DR-CH-12", "2"),
        ("SH-HOUSING", "-6.5"),
        ("DR-JW-11", "3"),
        ("LT-REAR", "-4"),
    ],
    &[("TB-275-AV", "-10"), ("TY-275-225", "-1"), ("BR-PAD-S", "2"), ("CH-FLUID", "-6")],
    &[("DR-CS-1136", "-2"), ("DR-QL-11", "-50"), ("AC-PUMP", "-1")],
    &[("TY-20-175", "-6"), ("CH-SEAL-60", "-1")],
    &[("DR-CH-11", "-3")],
];

/// What somebody counted wrongly, and a recount put right.
const MISCOUNTS: [&[Miscount]; 6] = [&[], &[("SH-CABLE", 1, "-10")], &[], &[("DR-CS-1142", 1, "-9")], &[], &[]];

/// Lives through the six weeks before a day that begins at `today`.
pub async fn live(story: &mut Story, today: Moment) -> anyhow::Result<()> {
    for days_ago in (1..=WEEKS * 7).rev() {
        let morning = today.plus_ms(-days_ago * DAY_MS);
        if days_ago % 7 == 6 {
            story.decide(morning.plus_ms(9 * 60 * MINUTE_MS), &[], &[]).await?;
            story.hand_over(morning.plus_ms(15 * 60 * MINUTE_MS)).await?;
        }
        if days_ago % 7 == 0 {
            count_of_week(story, WEEKS - days_ago / 7, morning).await?;
        }
        // the last day belongs to what is still open
        if days_ago > 1 {
            orders(story, morning).await?;
        }
    }
    Ok(())
}

async fn count_of_week(story: &mut Story, week: i64, morning: Moment) -> anyhow::Result<()> {
    let at = |minutes: i64| morning.plus_ms(minutes * MINUTE_MS);
    let number = usize::try_from(week)?;
    for (sku, by) in SLIPS[number] {
        let key = story.shelves.key_of(&story.items, sku)?;
        story.shelves.slip(&key, by.parse()?)?;
    }
    let aisle = if week % 2 == 0 { "A01" } else { "A02" };
    let codes: Vec<String> = story
        .locations
        .iter()
        .filter(|location| location.aisle == aisle)
        .map(|location| location.code.clone())
        .collect();
    let count = story.make_count(at(7 * 60 + 30), &format!("Week {}: aisle {aisle}", week + 1), &codes, None).await?;
    let tasks = story.open_tasks(count).await?;
    let (first, second) = tasks.split_at(tasks.len() / 2);
    let (nina, tom) = (story.person("nina")?, story.person("tom")?);
    let (one, other) = if week % 4 < 2 { (nina, tom) } else { (tom, nina) };
    story.walk(one, first, at(8 * 60), MISCOUNTS[number], None).await?;
    story.walk(other, second, at(9 * 60), MISCOUNTS[number], None).await?;
    story.recount(count, at(10 * 60 + 30), MISCOUNTS[number]).await
}

/// The orders of one afternoon, as the other system tells them in the evening.
async fn orders(story: &mut Story, morning: Moment) -> anyhow::Result<()> {
    let mut rows = Vec::new();
    let keys: Vec<StockKey> = story.shelves.keys.keys().filter(|key| !is_reserve(story, key)).cloned().collect();
    for line in 0..12 + i64::try_from(story.dice.below(8))? {
        let key = keys[story.dice.below(keys.len())].clone();
        let shelf = story.shelves.keys.get(&key).copied().unwrap_or_default();
        let wanted = Quantity::whole(1 + i64::try_from(story.dice.below(4))?)?;
        // what is nearly gone is not promised to anybody, neither by the books nor by the shelf
        if shelf.book.min(shelf.lying()?) < Quantity::whole(20)? {
            continue;
        }
        story.orders += 1;
        let at = morning.plus_ms((13 * 60 + 10 + line * 12) * MINUTE_MS);
        rows.push(movement(&key, wanted.negated()?, MovementKind::Issue, at, format!("SO-{}", story.orders)));
        story.shelves.moved(&key, wanted.negated()?)?;
    }
    receive(story, morning, &keys, &mut rows)?;
    story.at(morning.plus_ms(18 * 60 * MINUTE_MS));
    record(story, rows).await
}

/// A delivery to whatever runs low, every working day.
fn receive(story: &mut Story, morning: Moment, keys: &[StockKey], rows: &mut Vec<MovementRow>) -> anyhow::Result<()> {
    let low = Quantity::whole(24)?;
    let at = morning.plus_ms(16 * 60 * MINUTE_MS);
    for key in keys {
        let tracked = story.items.iter().any(|item| item.id == key.what.item && item.tracking == Tracking::Serial);
        let shelf = story.shelves.keys.get(key).copied().unwrap_or_default();
        if tracked || shelf.book >= low {
            continue;
        }
        story.orders += 1;
        let quantity = Quantity::whole(30)?;
        rows.push(movement(key, quantity, MovementKind::Receipt, at, format!("PO-{}", story.orders)));
        story.shelves.moved(key, quantity)?;
    }
    Ok(())
}

fn is_reserve(story: &Story, key: &StockKey) -> bool {
    story.locations.iter().any(|location| location.id == key.location && location.zone != "Pick")
}

/// One movement of the other system.
pub fn movement(
    key: &StockKey,
    quantity: Quantity,
    kind: MovementKind,
    effective_at: Moment,
    reference: String,
) -> MovementRow {
    MovementRow { id: MovementId(0), key: key.clone(), quantity, kind, effective_at, reference }
}

/// The other system tells movements.
pub async fn record(story: &Story, rows: Vec<MovementRow>) -> anyhow::Result<()> {
    let doer = crate::action::Doer::import(story.site);
    Ok(story.store.write(move |tx| record_movements(tx, &doer, "erp", rows)).await?)
}
