//! The verbs of the sample's story: make a count, walk it, recount what is in dispute, decide, hand over. Each calls the
//! action that the real product calls, at the time the story says.

use super::{
    clock::SetClock,
    dice::Dice,
    goods::PEOPLE,
    handheld::{Found, Handheld, Visit},
    shelf::Shelves,
};
use crate::{
    action::{
        Doer, acknowledge::acknowledge, approve::approve, count::create_count, export_adjustments::export_adjustments,
        reject::reject,
    },
    read::{
        adjustment::{self, Stage},
        discrepancy::{self, DiscrepancyFilter, Standing},
        evidence,
        task::{self, TaskFilter},
    },
    store::{self, Store},
};
use anyhow::Context;
use shared::{
    api::{
        count::{NewCount, Selection, TaskRow, TaskState},
        discrepancy::{Acknowledge, Decide, DiscrepancyRow, DiscrepancyState},
    },
    fact::Assignee,
    id::{CountId, LocationId, PersonId, SiteId},
    item::Item,
    key::StockKey,
    location::Location,
    moment::Moment,
    policy::Meaning,
    quantity::Quantity,
};
use std::{collections::BTreeMap, sync::Arc};

/// Milliseconds of a minute and of a day.
pub const MINUTE_MS: i64 = 60_000;
/// Milliseconds of a day.
pub const DAY_MS: i64 = 24 * 60 * MINUTE_MS;
/// Rows that a question of the story answers, at most; it has fewer.
const ROWS_MAX: u32 = 500;

/// The story so far.
pub struct Story {
    pub store: Store,
    pub clock: Arc<SetClock>,
    pub site: SiteId,
    pub people: BTreeMap<&'static str, PersonId>,
    pub items: Arc<[Item]>,
    pub locations: Vec<Location>,
    pub shelves: Shelves,
    /// `H-01` for Nina, `H-02` for Tom, `H-03` for the others.
    pub handhelds: Vec<Handheld>,
    pub dice: Dice,
    /// Numbers of orders.
    pub orders: u32,
}

/// What a person sees wrongly: SKU, round, and by how much.
pub type Miscount = (&'static str, u8, &'static str);

impl Story {
    /// Sets the clock.
    pub fn at(&self, moment: Moment) {
        self.clock.set(moment);
    }
    pub fn person(&self, username: &str) -> anyhow::Result<PersonId> {
        self.people.get(username).copied().with_context(|| format!("nobody is called {username}"))
    }
    pub fn desk(&self, username: &str) -> anyhow::Result<Doer> {
        Ok(Doer::desk(self.site, self.person(username)?))
    }
    pub fn location(&self, code: &str) -> anyhow::Result<LocationId> {
        let found = self.locations.iter().find(|location| location.code == code);
        found.map(|location| location.id).with_context(|| format!("no location {code}"))
    }
    fn handheld_of(&self, person: PersonId) -> usize {
        PEOPLE.iter().position(|someone| self.people.get(someone.username) == Some(&person)).unwrap_or(2).min(2)
    }

    /// Lea makes a count of these locations for the pool.
    pub async fn make_count(
        &self,
        at: Moment,
        name: &str,
        codes: &[String],
        rounds_max: Option<u8>,
    ) -> anyhow::Result<CountId> {
        self.at(at);
        let ids = codes.iter().map(|code| self.location(code)).collect::<anyhow::Result<Vec<_>>>()?;
        let new = NewCount {
            name: name.into(),
            selection: Selection::Locations { ids },
            assignee: Assignee::Pool,
            meaning: Meaning::Independent,
            rounds_max,
        };
        let lea = self.desk("lea")?;
        Ok(self.store.write(move |tx| create_count(tx, &lea, &new)).await?.count)
    }

    /// The open tasks of a count, in walk order.
    pub async fn open_tasks(&self, count: CountId) -> anyhow::Result<Vec<TaskRow>> {
        let (site, filter) =
            (self.site, TaskFilter { state: Some(TaskState::Open), count: Some(count), ..TaskFilter::default() });
        Ok(self.store.read(move |tx| -> Result<_, store::Error> { task::list(tx, site, &filter, ROWS_MAX) }).await?)
    }

    /// Walks tasks one after another and pushes at the end; answers when.
    pub async fn walk(
        &mut self,
        person: PersonId,
        tasks: &[TaskRow],
        begin: Moment,
        miscounts: &[Miscount],
        unknown: Option<(&str, i64)>,
    ) -> anyhow::Result<Moment> {
        let mut at = begin;
        let (disputed, items) = (self.disputed().await?, Arc::clone(&self.items));
        for (number, task) in tasks.iter().enumerate() {
            at = at.plus_ms(MINUTE_MS + i64::try_from(self.dice.below(90_000))?);
            let mut found = Vec::new();
            for (key, shelf) in self.shelves.at(task.location) {
                let item = items.iter().find(|item| item.id == key.what.item).context("an item of the sample")?;
                let named = |row: &DiscrepancyRow| {
                    row.location_code == task.location_code
                        && row.sku == item.sku
                        && row.lot == key.what.lot
                        && row.serial == key.what.serial
                };
                if task.round > 1 && !disputed.iter().any(named) {
                    continue;
                }
                let mistaken = miscounts.iter().find(|(sku, round, _)| *sku == item.sku && *round == task.round);
                let by: Quantity = mistaken.map_or(Ok(Quantity::ZERO), |(_, _, by)| by.parse())?;
                // a mistake is made at one of an item's places
                let by = if self.shelves.key_of(&self.items, &item.sku)? == *key { by } else { Quantity::ZERO };
                found.push(Found { item, key: key.what.clone(), quantity: shelf.lying()?.plus(by)? });
            }
            let unknown = unknown.filter(|_| number == 0);
            let visit = Visit { person, location: task.location, task: Some(task.id), at, found, unknown };
            let handheld = self.handheld_of(person);
            at = self.handhelds.get_mut(handheld).context("a handheld")?.visit(&visit)?;
        }
        self.push_all(at.plus_ms(MINUTE_MS)).await?;
        Ok(at)
    }

    /// Every handheld hands in what it has.
    pub async fn push_all(&mut self, at: Moment) -> anyhow::Result<()> {
        self.at(at);
        for handheld in &mut self.handhelds {
            handheld.push(&self.store).await?;
        }
        Ok(())
    }

    async fn disputed(&self) -> anyhow::Result<Vec<DiscrepancyRow>> {
        let open = self.discrepancies(Standing::Open).await?;
        Ok(open.into_iter().filter(|row| row.state == DiscrepancyState::Recounting).collect())
    }

    pub async fn discrepancies(&self, standing: Standing) -> anyhow::Result<Vec<DiscrepancyRow>> {
        let (site, filter) = (self.site, DiscrepancyFilter { standing, ..DiscrepancyFilter::default() });
        let page = self
            .store
            .read(move |tx| -> Result<_, store::Error> { discrepancy::list(tx, site, &filter, ROWS_MAX) })
            .await?;
        Ok(page.rows)
    }

    /// Recounts by whoever the server chose, until nothing is in dispute or no rounds are left.
    pub async fn recount(&mut self, count: CountId, begin: Moment, miscounts: &[Miscount]) -> anyhow::Result<()> {
        let mut at = begin;
        for _ in 2..=3 {
            let tasks: Vec<TaskRow> = self.open_tasks(count).await?.into_iter().filter(|task| task.round > 1).collect();
            let mut by_person: BTreeMap<PersonId, Vec<TaskRow>> = BTreeMap::new();
            for task in tasks {
                if let Assignee::Person(person) = task.assignee {
                    by_person.entry(person).or_default().push(task);
                }
            }
            for (person, tasks) in by_person {
                at = self.walk(person, &tasks, at, miscounts, None).await?;
            }
        }
        Ok(())
    }

    /// A supervisor decides what waits and is not in `leave`; what is in `against` is rejected.
    pub async fn decide(&mut self, at: Moment, leave: &[&str], against: &[&str]) -> anyhow::Result<()> {
        self.at(at);
        for row in self.discrepancies(Standing::Open).await? {
            if !row.state.awaits_decision() || leave.contains(&row.sku.as_str()) {
                continue;
            }
            let (site, id, doer) = (self.site, row.id, self.desk("sven")?);
            let detail = self
                .store
                .read(move |tx| -> Result<_, store::Error> { evidence::find_detail(tx, site, id, 20) })
                .await?;
            let evidence = detail.context("the page of a discrepancy")?.evidence;
            let location = self.location(&row.location_code)?;
            let item = self.items.iter().find(|item| item.sku == row.sku).context("an item of the sample")?;
            let what = shared::key::ItemKey { item: item.id, lot: row.lot.clone(), serial: row.serial.clone() };
            let key = StockKey { location, what };
            let rejected = against.contains(&row.sku.as_str());
            let (reason, note) = why(&row, rejected);
            let decide = Decide { reason: reason.into(), note: note.into(), evidence };
            if rejected {
                self.store.write(move |tx| reject(tx, &doer, id, &decide)).await?;
                // it was found again where it belongs
                let beyond = self.shelves.keys.get(&key).copied().unwrap_or_default().beyond;
                self.shelves.slip(&key, beyond.negated()?)?;
            } else {
                self.store.write(move |tx| approve(tx, &doer, id, &decide)).await?;
                self.shelves.adjusted(&key, row.variance)?;
            }
        }
        Ok(())
    }

    /// What is posted is handed over; what was handed over before is acknowledged.
    pub async fn hand_over(&self, at: Moment) -> anyhow::Result<()> {
        self.at(at);
        let site = self.site;
        let exported = self
            .store
            .read(move |tx| -> Result<_, store::Error> { adjustment::list(tx, site, Stage::Exported, ROWS_MAX) });
        let movements: Vec<_> = exported.await?.into_iter().map(|row| row.movement).collect();
        let doer = self.desk("sven")?;
        let reference = format!("ERP-ADJ-{}", at.0 / DAY_MS);
        self.store
            .write(move |tx| -> Result<(), crate::action::Failure> {
                if !movements.is_empty() {
                    acknowledge(tx, &doer, &Acknowledge { movements, reference })?;
                }
                export_adjustments(tx, &doer).map(drop)
            })
            .await?;
        Ok(())
    }
}

/// A reason that could be true.
fn why(row: &DiscrepancyRow, rejected: bool) -> (&'static str, &'static str) {
    if rejected {
        return ("system_timing", "A return was on the trolley and booked the next morning.");
    }
    match (row.id.0 % 4, row.variance.is_negative()) {
        (0, true) => ("mis_pick", "Two orders went out with one too many."),
        (1, true) => ("damage", "Found broken in the bin; the carton is in R01-HOLD."),
        (2, true) => ("theft", ""),
        (_, true) => ("unrecorded_move", "Taken for the workshop without a slip."),
        (0 | 1, false) => ("receiving_error", "The supplier sent more than the note says."),
        (_, false) => ("misplacement", "Belonged to the bin beside it."),
    }
}
