//! Tasks: the list, giving them to somebody, calling one off; and the people to give them to.

use super::extract::{Body, Filter, Id};
use super::guard::AtSite;
use super::limits;
use super::problem::{Failure, Reply};
use super::state::AppState;
use crate::action::{assign, cancel};
use crate::read::task::{self, TaskFilter};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use shared::api::count::{AssignTasks, CounterRow, TaskRow, TaskState};
use shared::fact::Assignee;
use shared::id::{PersonId, TaskId};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    state: Option<TaskState>,
    /// A person's number, or `pool`.
    assignee: Option<String>,
}

pub async fn list(State(state): State<AppState>, at: AtSite, Filter(wanted): Filter<Wanted>) -> Reply<Vec<TaskRow>> {
    let assignee = wanted.assignee.as_deref().map(read_assignee).transpose()?;
    let filter = TaskFilter { state: wanted.state, assignee, count: None };
    let rows = state.store.read(move |tx| task::list(tx, at.access.site, &filter, limits::LIST_ROWS_MAX)).await?;
    Ok(Json(rows))
}

fn read_assignee(word: &str) -> Result<Assignee, Failure> {
    if word == "pool" {
        return Ok(Assignee::Pool);
    }
    let sentence = "`assignee` is a person's number, or `pool`.";
    word.parse()
        .map(|id| Assignee::Person(PersonId(id)))
        .map_err(|_| Failure::unreadable("bad_query", sentence).about("assignee"))
}

pub async fn list_counters(State(state): State<AppState>, at: AtSite) -> Reply<Vec<CounterRow>> {
    Ok(Json(state.store.read(move |tx| task::list_counters(tx, at.access.site)).await?))
}

pub async fn assign(
    State(state): State<AppState>,
    at: AtSite,
    Body(said): Body<AssignTasks>,
) -> Result<StatusCode, Failure> {
    let doer = at.doer();
    limits::check_ids("tasks", said.tasks.len())?;
    state.store.write(move |tx| assign::assign_tasks(tx, &doer, &said)).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub async fn cancel(State(state): State<AppState>, at: AtSite, Id(id): Id<TaskId>) -> Result<StatusCode, Failure> {
    let doer = at.doer();
    state.store.write(move |tx| cancel::cancel_task(tx, &doer, id)).await?;
    Ok(StatusCode::NO_CONTENT)
}
