//! The pull loop: tasks, people and the catalogue, every fifteen seconds while the page is looked at, and sooner when
//! there is reason to expect news.
//!
//! Absent: the journal, which nothing here touches, and a limit on how old the copy may be: an old copy is still counted with.

use super::{
    Topic,
    cache::shard_name,
    page::Page,
    ports::Device as _,
    state::{State, problem_of},
};
use crate::browser::{
    device,
    wait::{sleep, within},
    wire,
};
use shared::sync::{
    inbox::Inbox,
    message::{PullPage, PullRow, ShardVersion},
    outbox::{Disbelief, Failure},
};
use std::{collections::BTreeSet, rc::Rc};

/// The loop looks at least this often.
const LOOK_MS: i64 = 30_000;

/// Runs for the life of the page.
pub async fn run(page: Rc<Page>) {
    restore_catalogue(&page).await;
    let mut inbox = Inbox::default();
    loop {
        let now = device::clocks().monotonic_ms;
        let first = page.state.borrow().view.cursor.is_none();
        let mut wait = LOOK_MS;
        if page.credentials().is_some() && (first || device::is_visible()) {
            if inbox.due_ms() <= now {
                match pull(&page).await {
                    Ok(more) => inbox.applied(more, device::clocks().monotonic_ms),
                    Err(failure) => {
                        inbox.failed(device::clocks().monotonic_ms, page.ports.jitter());
                        page.update(|state| {
                            state.online = false;
                            state.receiving = problem_of(failure);
                        });
                    }
                }
            }
            wait = inbox.due_ms().saturating_sub(device::clocks().monotonic_ms).clamp(0, LOOK_MS);
        }
        if wait > 0 && page.pull_bell.wait(sleep(u32::try_from(wait).unwrap_or(0))).await {
            inbox.try_now();
        }
    }
}

/// Opens what the disk holds of the catalogue: a cold start without a server counts with it.
async fn restore_catalogue(page: &Page) {
    for (kind, number, version, bytes) in page.cache.read_shards().await {
        // a damaged or newer buffer is not here, and therefore fetched
        let opened = page.update(|state| {
            let opened = state.catalogue.put(kind, number, bytes).is_ok();
            if opened {
                state.shards.insert((kind, number), version);
            }
            opened
        });
        if opened {
            // lets the screen draw between two buffers
            within(0, std::future::pending::<()>()).await;
        }
    }
    page.is_restored.set(true);
    page.tell(Topic::Catalogue);
    page.tell(Topic::Tasks);
}

/// Applies one page, and fetches shards when no other page waits. Says whether another page is ready.
async fn pull(page: &Page) -> Result<bool, Failure> {
    let (server, secret) = page.credentials().ok_or(Failure::NoAnswer)?;
    let path = match &page.state.borrow().view.cursor {
        Some(cursor) => format!("/sync/v1/pull?cursor={}", wire::encoded(&cursor.0)),
        None => "/sync/v1/pull".to_owned(),
    };
    let (answer, sent, received) = page.exchange(Some(&secret), &path, None).await.map_err(|_| Failure::NoAnswer)?;
    if !answer.is_success() {
        return Err(Failure::Status(answer.status));
    }
    let answer: PullPage =
        serde_json::from_slice(&answer.bytes).map_err(|_| Failure::NotBelieved(Disbelief::Unreadable))?;
    let (now, more, reset) = (answer.now, answer.more, answer.reset);
    let touched = tasks_of(&answer.rows);
    let changed = page.update(|state| {
        let changed = state.view.apply(server, answer);
        if reset && changed.is_some() {
            state.distrust_shards();
        }
        changed
    });
    let changed = changed.ok_or(Failure::NotBelieved(Disbelief::OtherServer))?;
    page.heard(sent, received, now).await;
    page.cache.put_page(&page.state, &touched, reset).await;
    page.update(|state| state.receiving = None);
    if changed.tasks {
        page.tell(Topic::Tasks);
    }
    if changed.people {
        page.tell(Topic::People);
    }
    if !more {
        let missing = missing(&page.state.borrow());
        for shard in missing {
            fetch(page, &secret, shard).await?;
        }
    }
    Ok(more)
}

fn tasks_of(rows: &[PullRow]) -> BTreeSet<shared::id::TaskId> {
    let task = |row: &PullRow| match row {
        PullRow::Task { task } => Some(task.id),
        PullRow::TaskGone { task } => Some(*task),
        _ => None,
    };
    rows.iter().filter_map(task).collect()
}

fn missing(state: &State) -> Vec<ShardVersion> {
    state.view.missing(|kind, number| state.shards.get(&(kind, number)).copied())
}

/// Fetches one packed part of the catalogue and puts it to use.
async fn fetch(page: &Page, secret: &str, shard: ShardVersion) -> Result<(), Failure> {
    let path = format!("/sync/v1/shard/{}", shard_name(shard.kind, shard.number));
    let (answer, ..) = page.exchange(Some(secret), &path, None).await.map_err(|_| Failure::NoAnswer)?;
    if !answer.is_success() {
        return Err(Failure::Status(answer.status));
    }
    let bytes = answer.bytes;
    page.cache.put_shard(shard.kind, shard.number, shard.version, &bytes).await;
    let opened = page.update(|state| {
        let opened = state.catalogue.put(shard.kind, shard.number, bytes);
        if opened.is_ok() {
            state.shards.insert((shard.kind, shard.number), shard.version);
        }
        opened
    });
    opened.map_err(|_| Failure::NotBelieved(Disbelief::Unreadable))?;
    page.tell(Topic::Catalogue);
    Ok(())
}
