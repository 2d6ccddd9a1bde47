//! Counts, tasks and the figures of the dashboard.

use super::{Trouble, call, path::Path};
use shared::{
    api::{
        count::{AssignTasks, CloseCount, CountCreated, CountDetail, CountRow, CounterRow, NewCount},
        dashboard::Dashboard,
    },
    closing::Lacks,
    id::{CountId, TaskId},
};

/// `GET …/dashboard`
pub async fn dashboard(site: &str) -> Result<Dashboard, Trouble> {
    call::get(Path::site(site).segment("dashboard")).await
}
/// `GET …/counts`
pub async fn counts(site: &str) -> Result<Vec<CountRow>, Trouble> {
    call::get(Path::site(site).segment("counts")).await
}
/// `POST …/counts`
pub async fn create(site: &str, message: &NewCount) -> Result<CountCreated, Trouble> {
    call::post(Path::site(site).segment("counts"), message).await
}
/// `GET …/counts/{id}`
pub async fn count(site: &str, id: CountId) -> Result<CountDetail, Trouble> {
    call::get(Path::site(site).segment("counts").number(id.0)).await
}
/// `GET …/counts/{id}/lacks`
pub async fn lacks(site: &str, id: CountId) -> Result<Lacks, Trouble> {
    call::get(Path::site(site).segment("counts").number(id.0).segment("lacks")).await
}
/// `POST …/counts/{id}/close`
pub async fn close(site: &str, id: CountId, anyway: bool) -> Result<(), Trouble> {
    call::tell(Path::site(site).segment("counts").number(id.0).segment("close"), &CloseCount { anyway }).await
}
/// `POST …/tasks/assign`
pub async fn assign(site: &str, message: &AssignTasks) -> Result<(), Trouble> {
    call::tell(Path::site(site).segment("tasks").segment("assign"), message).await
}
/// `POST …/tasks/{id}/cancel`
pub async fn cancel(site: &str, id: TaskId) -> Result<(), Trouble> {
    call::wish(Path::site(site).segment("tasks").number(id.0).segment("cancel")).await
}
/// `GET …/counters`
pub async fn counters(site: &str) -> Result<Vec<CounterRow>, Trouble> {
    call::get(Path::site(site).segment("counters")).await
}
