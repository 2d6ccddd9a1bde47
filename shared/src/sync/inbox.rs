//! The device's side of a pull: what it sees of tasks, people and the catalogue, page by page (`SYNC.md` section 4).
//!
//! Absent: the journal, which pull never touches, and the content of shards: a page names their versions, the device
//! fetches those it does not have.

use super::{
    message::{Cursor, HandheldPerson, HandheldTask, PullPage, PullRow, ShardKind, ShardVersion, SiteInfo},
    outbox::pause_ms,
};
use crate::id::{PersonId, TaskId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use uuid::Uuid;

/// How often a visible page asks for news.
pub const PULL_MS: i64 = 15_000;

/// What the device sees. Stored as a whole, its cursor inside it: rows and cursor cannot part.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct View {
    /// Where in the server's changes this view stands; `None`: nothing was pulled yet.
    pub cursor: Option<Cursor>,
    /// The site, as last told.
    pub site: Option<SiteInfo>,
    /// Tasks.
    pub tasks: BTreeMap<TaskId, HandheldTask>,
    /// People.
    pub people: BTreeMap<PersonId, HandheldPerson>,
    /// The newest known version of each shard, as `(kind, number, version)`.
    pub shards: Vec<ShardVersion>,
}

/// What a page changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Changed {
    /// Tasks came, changed or went.
    pub tasks: bool,
    /// People did.
    pub people: bool,
    /// Shards have other versions.
    pub shards: bool,
}

impl View {
    /// Takes in one page, and the cursor with it. `None`: the page is of another server and nothing was taken.
    pub fn apply(&mut self, server: Uuid, page: PullPage) -> Option<Changed> {
        if page.server != server {
            return None;
        }
        let mut changed = Changed::default();
        if page.reset {
            changed = Changed { tasks: true, people: true, shards: true };
            *self = Self::default();
        }
        for row in page.rows {
            match row {
                PullRow::Task { task } => {
                    changed.tasks |= self.tasks.get(&task.id) != Some(&task);
                    self.tasks.insert(task.id, task);
                }
                PullRow::TaskGone { task } => changed.tasks |= self.tasks.remove(&task).is_some(),
                PullRow::Person { person } => {
                    changed.people |= self.people.get(&person.id) != Some(&person);
                    self.people.insert(person.id, person);
                }
                PullRow::PersonGone { person } => changed.people |= self.people.remove(&person).is_some(),
                PullRow::Shard { shard } => changed.shards |= self.put_shard(shard),
            }
        }
        self.cursor = Some(page.cursor);
        self.site = Some(page.site);
        Some(changed)
    }
    fn put_shard(&mut self, shard: ShardVersion) -> bool {
        match self.shards.iter_mut().find(|known| (known.kind, known.number) == (shard.kind, shard.number)) {
            Some(known) if known.version == shard.version => false,
            Some(known) => {
                known.version = shard.version;
                true
            }
            None => {
                self.shards.push(shard);
                true
            }
        }
    }
    /// The shards to fetch, in the order in which they make the device usable: where to go before what stands there.
    /// `here` says which version is on the device.
    pub fn missing(&self, here: impl Fn(ShardKind, u32) -> Option<i64>) -> Vec<ShardVersion> {
        let mut missing: Vec<ShardVersion> =
            self.shards.iter().filter(|shard| here(shard.kind, shard.number) != Some(shard.version)).cloned().collect();
        missing.sort_by_key(|shard| (shard.kind == ShardKind::Items, shard.number));
        missing
    }
}

/// When to pull.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Inbox {
    next_ms: i64,
    failures: u32,
}

impl Default for Inbox {
    fn default() -> Self {
        Self { next_ms: i64::MIN, failures: 0 }
    }
}

impl Inbox {
    /// When the next page is due, on any clock that only goes forward.
    pub const fn due_ms(&self) -> i64 {
        self.next_ms
    }
    /// A page was applied; `more` is whether another is ready.
    pub const fn applied(&mut self, more: bool, now_ms: i64) {
        self.failures = 0;
        self.next_ms = if more { now_ms } else { now_ms.saturating_add(PULL_MS) };
    }
    /// No page came, or none to be believed.
    pub fn failed(&mut self, now_ms: i64, jitter: u16) {
        self.failures = self.failures.saturating_add(1);
        self.next_ms = now_ms.saturating_add(pause_ms(self.failures, jitter));
    }
    /// There may be news: the network is back, a push was answered, the page is looked at again.
    pub const fn try_now(&mut self) {
        self.next_ms = i64::MIN;
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::{
        fact::Assignee,
        id::{CountId, LocationId, SiteId},
        moment::Moment,
    };

    const SERVER: Uuid = Uuid::from_u128(1);

    fn task(id: i64) -> HandheldTask {
        HandheldTask {
            id: TaskId(id),
            count: CountId(1),
            count_name: "Aisle 1".into(),
            location: LocationId(id),
            round: 1,
            assignee: Assignee::Pool,
            excluded: Vec::new(),
            keys: None,
        }
    }

    fn shard(kind: ShardKind, number: u32, version: i64) -> PullRow {
        PullRow::Shard { shard: ShardVersion { kind, number, version } }
    }

    fn page(cursor: &str, reset: bool, rows: Vec<PullRow>) -> PullPage {
        let site = SiteInfo { id: SiteId(1), code: "W".into(), name: "W".into(), time_zone: "UTC".into() };
        let cursor = Cursor(cursor.into());
        PullPage { server: SERVER, timeline: Uuid::nil(), now: Moment(0), reset, rows, cursor, more: false, site }
    }

    #[test]
    fn rows_come_change_and_go_and_the_same_page_twice_changes_nothing() {
        let mut view = View::default();
        let rows = vec![PullRow::Task { task: task(1) }, PullRow::Task { task: task(2) }];
        let changed = view.apply(SERVER, page("a", true, rows.clone())).unwrap();
        assert!(changed.tasks);
        assert_eq!(view.apply(SERVER, page("a", false, rows)), Some(Changed::default()));
        view.apply(SERVER, page("b", false, vec![PullRow::TaskGone { task: TaskId(1) }])).unwrap();
        assert_eq!(view.tasks.keys().copied().collect::<Vec<_>>(), [TaskId(2)]);
        assert_eq!(view.cursor, Some(Cursor("b".into())));
        let json = serde_json::to_string(&view).unwrap();
        assert_eq!(serde_json::from_str::<View>(&json).unwrap(), view);
    }

    #[test]
    fn a_reset_forgets_what_the_page_does_not_hold_and_a_strangers_page_changes_nothing() {
        let mut view = View::default();
        view.apply(SERVER, page("a", false, vec![PullRow::Task { task: task(1) }])).unwrap();
        let before = view.clone();
        assert_eq!(view.apply(Uuid::nil(), page("x", true, Vec::new())), None);
        assert_eq!(view, before);
        view.apply(SERVER, page("b", true, vec![PullRow::Task { task: task(2) }])).unwrap();
        assert_eq!(view.tasks.keys().copied().collect::<Vec<_>>(), [TaskId(2)]);
    }

    #[test]
    fn locations_are_fetched_before_items_and_only_in_new_versions() {
        let mut view = View::default();
        let rows = vec![
            shard(ShardKind::Items, 0, 5),
            shard(ShardKind::Items, 1, 5),
            shard(ShardKind::Locations, 0, 6),
            shard(ShardKind::Items, 1, 7),
        ];
        assert!(view.apply(SERVER, page("a", true, rows)).unwrap().shards);
        let here = |kind, number| (kind == ShardKind::Items && number == 0).then_some(5);
        let missing: Vec<_> = view.missing(here).into_iter().map(|it| (it.kind, it.number, it.version)).collect();
        assert_eq!(missing, [(ShardKind::Locations, 0, 6), (ShardKind::Items, 1, 7)]);
    }

    #[test]
    fn pulls_come_every_fifteen_seconds_sooner_on_news_and_later_after_failures() {
        let mut inbox = Inbox::default();
        inbox.applied(true, 50);
        assert_eq!(inbox.due_ms(), 50);
        inbox.applied(false, 60);
        assert_eq!(inbox.due_ms(), 60 + PULL_MS);
        inbox.failed(100, 0);
        inbox.failed(100, 0);
        assert_eq!(inbox.due_ms(), 100 + 2_000);
        inbox.try_now();
        assert!(inbox.due_ms() < 0);
    }
}
