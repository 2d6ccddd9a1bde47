//! Yesterday and this morning at the depot: one discrepancy at each stage, tasks for today, and what a lead should look
//! at. What screens show in the first minute comes from here.

use super::{
    goods::with_check_digit,
    story::{DAY_MS, MINUTE_MS, Miscount, Story},
    weeks::{movement, record},
};
use crate::action::{Doer, assign::assign_tasks, record_statement::record_statement};
use anyhow::Context;
use shared::{
    api::count::{AssignTasks, TaskRow},
    event::{EventKind, SkipReason},
    fact::{Assignee, Fact, MovementKind, StatementRow},
    id::{LogId, MovementId},
    moment::Moment,
    quantity::Quantity,
};
use std::sync::Arc;
use uuid::Uuid;

/// What is missing from the shelves yesterday: approved and posted, rejected, waiting with two rounds that agree, waiting
/// with three that do not, and waiting because it is small.
const YESTERDAY: [(&str, &str); 5] =
    [("DR-CH-12", "-4"), ("AC-LOCK-U", "-3"), ("TY-700-25", "-6"), ("CH-SEAL-1L", "-4"), ("BR-ROT-160", "-2")];
/// Nobody agrees on the sealant: it lies in two layers behind a post.
const QUARREL: [Miscount; 2] = [("CH-SEAL-1L", 2, "-3"), ("CH-SEAL-1L", 3, "2")];
/// Left for whoever opens the desk.
const WAITING: [&str; 3] = ["TY-700-25", "CH-SEAL-1L", "BR-ROT-160"];

/// Lives through yesterday.
pub async fn yesterday(story: &mut Story, today: Moment) -> anyhow::Result<()> {
    let at = |minutes: i64| today.plus_ms(minutes * MINUTE_MS - DAY_MS);
    let mut codes = Vec::new();
    for (sku, by) in YESTERDAY {
        let key = story.shelves.key_of(&story.items, sku)?;
        story.shelves.slip(&key, by.parse()?)?;
        let place = story.locations.iter().find(|location| location.id == key.location).context("its place")?;
        codes.push(place.code.clone());
    }
    codes.extend(["C01-01", "C01-02", "C01-03", "C01-04", "R01-01", "R01-05"].map(String::from));
    codes.sort();
    codes.dedup();
    let count = story.make_count(at(7 * 60), "Yesterday: cage and what sold well", &codes, None).await?;
    let tasks = story.open_tasks(count).await?;
    let (first, second) = tasks.split_at(tasks.len() / 2);
    let (nina, tom) = (story.person("nina")?, story.person("tom")?);
    story.walk(nina, first, at(8 * 60), &QUARREL, None).await?;
    let ended = story.walk(tom, second, at(9 * 60), &QUARREL, None).await?;
    picked_meanwhile(story, second, ended).await?;
    story.recount(count, at(10 * 60), &QUARREL).await?;
    story.decide(at(12 * 60), &WAITING, &["AC-LOCK-U"]).await
}

/// Somebody picked from the last bin while Tom was still in it: told later, settled by the movement, no variance.
async fn picked_meanwhile(story: &mut Story, walked: &[TaskRow], ended: Moment) -> anyhow::Result<()> {
    let location = walked.last().context("a bin that was walked")?.location;
    let found = story.shelves.at(location).find(|(_, shelf)| shelf.beyond.is_zero()).map(|(key, _)| key.clone());
    let Some(key) = found else { return Ok(()) };
    let one = Quantity::ONE.negated()?;
    record(story, vec![movement(&key, one, MovementKind::Issue, ended.plus_ms(-1000), "SO-WHILE-COUNTING".into())])
        .await?;
    story.shelves.moved(&key, one)
}

/// Lives through the last hours before `now`.
pub async fn morning(story: &mut Story, now: Moment) -> anyhow::Result<()> {
    let ago = |minutes: i64| now.plus_ms(-minutes * MINUTE_MS);
    // an order of yesterday morning that the other system tells only now: the approved adjustment would differ by it
    story.at(ago(170));
    let key = story.shelves.key_of(&story.items, "DR-CH-12")?;
    let late = ago(170).plus_ms(-3 * DAY_MS);
    record(story, vec![movement(&key, Quantity::whole(-2)?, MovementKind::Issue, late, "SO-LATE-1".into())]).await?;
    story.shelves.moved(&key, Quantity::whole(-2)?)?;
    story.shelves.slip(&key, Quantity::whole(2)?)?;
    statement(story, ago(165)).await?;

    let aisle: Vec<String> = story
        .locations
        .iter()
        .filter(|location| location.aisle == "A02")
        .map(|location| location.code.clone())
        .collect();
    let count = story.make_count(ago(150), "Today: aisle A02", &aisle, None).await?;
    let tasks = story.open_tasks(count).await?;
    let (nina, tom, lea) = (story.person("nina")?, story.person("tom")?, story.desk("lea")?);
    for (person, tasks) in [(nina, &tasks[..4]), (tom, &tasks[4..8])] {
        let assign = AssignTasks { tasks: tasks.iter().map(|task| task.id).collect(), to: Assignee::Person(person) };
        let doer = lea.clone();
        story.store.write(move |tx| assign_tasks(tx, &doer, &assign)).await?;
    }
    // Nina counts two bins; in the first is something that nobody knows, from the second something is missing
    let mine: Vec<_> = tasks.iter().take(2).cloned().collect();
    let missing =
        story.shelves.at(mine[1].location).map(|(key, _)| key.clone()).next().context("stock in the second bin")?;
    story.shelves.slip(&missing, Quantity::whole(-8)?)?;
    let unknown = with_check_digit("204711099999");
    story.walk(nina, &mine, ago(120), &[], Some((&unknown, 3))).await?;
    // Tom cannot reach one, and counts the next
    let (blocked, next) = (tasks[4].clone(), tasks[5].clone());
    let skipped =
        EventKind::LocationSkipped { location: blocked.location, task: Some(blocked.id), reason: SkipReason::Blocked };
    story.handhelds[1].record(tom, None, ago(100), skipped)?;
    story.walk(tom, &[next], ago(98), &[], None).await?;
    went_wrong(story, ago(80)).await?;
    spot_count(story, ago(60)).await
}

/// The third handheld was reset in the morning, before all it held had been sent; and Ravi took it in the yard, where
/// nobody could ask the server for his password.
async fn went_wrong(story: &mut Story, at: Moment) -> anyhow::Result<()> {
    story.at(at);
    let ravi = story.person("ravi")?;
    let earlier = LogId(Uuid::from_u128(0x0190_a0b0_0000_7000_8000_0000_0000_0003));
    let (log, lost) = story.handhelds[2].lost(earlier, 41, 43);
    let site = story.site;
    let fact = Fact::EventsMissingSeen { log, missing: vec![lost] };
    story.store.write(move |tx| tx.append(site, None, "H-03", &fact).map(drop)).await?;
    story.handhelds[2].take_unverified(ravi, at)
}

/// The other system says what it has of two items; of one it has another figure.
async fn statement(story: &mut Story, at: Moment) -> anyhow::Result<()> {
    story.at(at);
    let mut rows = Vec::new();
    for (sku, by) in [("LT-FRONT", "0"), ("AC-BELL", "-2")] {
        let key = story.shelves.key_of(&story.items, sku)?;
        let by: Quantity = by.parse()?;
        let quantity = story.shelves.keys.get(&key).copied().unwrap_or_default().book.plus(by)?;
        rows.push(StatementRow { key: key.clone(), quantity, movement: MovementId(0) });
        story.shelves.adjusted(&key, by)?;
    }
    let doer = Doer::import(story.site);
    Ok(story.store.write(move |tx| record_statement(tx, &doer, ("erp", at), rows)).await?)
}

/// Ravi passes a bin and counts it, though nobody asked.
async fn spot_count(story: &mut Story, at: Moment) -> anyhow::Result<()> {
    let (ravi, location, items) = (story.person("ravi")?, story.location("R01-02")?, Arc::clone(&story.items));
    let mut found = Vec::new();
    for (key, shelf) in story.shelves.at(location) {
        let item = items.iter().find(|item| item.id == key.what.item).context("an item of the sample")?;
        found.push(super::handheld::Found { item, key: key.what.clone(), quantity: shelf.lying()? });
    }
    story.handhelds[2].visit(&super::handheld::Visit {
        person: ravi,
        location,
        task: None,
        at,
        found,
        unknown: None,
    })?;
    story.push_all(at.plus_ms(5 * MINUTE_MS)).await
}
