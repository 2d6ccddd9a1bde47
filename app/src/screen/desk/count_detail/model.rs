//! One count's tasks: which of them can be selected, what is missing before it can be closed.
//!
//! Absent: who may count a recount (the server refuses by name), and books.

use crate::screen::desk::words::many;
use shared::{
    api::count::{CountDetail, TaskRow, TaskState},
    closing::Lacks,
    event::SkipReason,
    id::TaskId,
    moment::Moment,
};
use std::collections::BTreeSet;

/// Which tasks are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Show {
    /// All of them.
    #[default]
    All,
    /// What still has to be done.
    Remaining,
    /// What could not be counted.
    Skipped,
    /// Second and later rounds.
    Recounts,
}

impl Show {
    /// Every choice with its word.
    pub const ALL: [(Self, &'static str); 4] =
        [(Self::All, "All"), (Self::Remaining, "Remaining"), (Self::Skipped, "Skipped"), (Self::Recounts, "Recounts")];

    /// Whether a task is shown.
    pub fn keeps(self, task: &TaskRow) -> bool {
        match self {
            Self::All => true,
            Self::Remaining => is_movable(task),
            Self::Skipped => task.state == TaskState::Skipped,
            Self::Recounts => task.round > 1,
        }
    }
}

/// How many tasks are drawn at once: more nobody reads, and a zone of ten thousand bins would hold the browser up.
pub const DRAWN_MAX: usize = 500;

/// The tasks a filter leaves, by their place among all. The text is compared with the beginning of the location's code
/// and of the zone, and with the names of whoever it is for.
pub fn kept(tasks: &[TaskRow], show: Show, text: &str) -> Vec<usize> {
    let text = text.trim().to_uppercase();
    let fits = |task: &TaskRow| {
        text.is_empty()
            || task.location_code.to_uppercase().starts_with(&text)
            || task.zone.to_uppercase() == text
            || task.assignee_name.to_uppercase().contains(&text)
    };
    tasks.iter().enumerate().filter(|(_, task)| show.keeps(task) && fits(task)).map(|(at, _)| at).collect()
}

/// Whether a task can still be given to somebody or cancelled.
pub const fn is_movable(task: &TaskRow) -> bool {
    matches!(task.state, TaskState::Open | TaskState::Counting | TaskState::Skipped)
}

/// Drops from the selection what can no longer be moved, so that nothing unseen is reassigned or cancelled.
pub fn still_selected(selected: &BTreeSet<TaskId>, tasks: &[TaskRow]) -> BTreeSet<TaskId> {
    tasks.iter().filter(|task| is_movable(task) && selected.contains(&task.id)).map(|task| task.id).collect()
}

/// What stands between this count and its end, as sentences: what the server knows it lacks, and bins that could not be
/// counted; none when it can be closed as it is.
pub fn missing(lacks: &Lacks, detail: &CountDetail) -> Vec<String> {
    let mut sentences = lacks.sentences();
    let skipped: Vec<&str> = detail
        .tasks
        .iter()
        .filter(|task| task.state == TaskState::Skipped)
        .map(|task| task.location_code.as_str())
        .collect();
    if !skipped.is_empty() {
        let named = skipped.iter().take(NAMED_MAX).copied().collect::<Vec<_>>().join(", ");
        let more = if skipped.len() > NAMED_MAX { " …" } else { "" };
        sentences.push(format!("{}: {named}{more}.", many(skipped.len() as u64, "bin skipped", "bins skipped")));
    }
    sentences
}

/// What may be lacking and mostly is not: handhelds out of reach, with the words for when each was last heard of, and
/// marked entries.
pub fn perhaps(lacks: &Lacks, last_heard: impl Fn(Moment) -> String) -> Vec<String> {
    let mut sentences = Vec::new();
    if !lacks.unheard.is_empty() {
        let named = lacks.unheard.iter().map(|device| format!("{} ({})", device.device, last_heard(device.seen_at)));
        let named = named.collect::<Vec<_>>().join(", ");
        sentences.push(format!("Not heard of lately, so nobody knows what they hold by now: {named}."));
    }
    if lacks.marked > 0 {
        let entries = many(lacks.marked, "marked entry", "marked entries");
        sentences.push(format!("{entries} without a decision; some may belong to this count."));
    }
    sentences
}

/// How many locations a sentence names before it says "…".
const NAMED_MAX: usize = 6;

/// What a state is called, and how it is dressed.
pub const fn task_state(state: TaskState) -> (&'static str, &'static str) {
    match state {
        TaskState::Open => ("open", "chip-quiet"),
        TaskState::Counting => ("counting", "chip-info"),
        TaskState::Counted => ("counted", "chip-good"),
        TaskState::Skipped => ("skipped", "chip-warn"),
        TaskState::Cancelled => ("cancelled", "chip-quiet"),
    }
}

/// Why a bin could not be counted, in words.
pub const fn skip_words(reason: SkipReason) -> &'static str {
    match reason {
        SkipReason::Blocked => "blocked",
        SkipReason::DamagedLabel => "damaged label",
        SkipReason::Unsafe => "not safe",
        SkipReason::StockMoving => "stock being moved",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::{
        api::count::CountRow,
        closing::AwaitedDevice,
        fact::Assignee,
        id::{CountId, LocationId},
    };

    fn task(id: i64, state: TaskState) -> TaskRow {
        TaskRow {
            id: TaskId(id),
            count: CountId(1),
            count_name: "Zone A".into(),
            location: LocationId(id),
            location_code: format!("A-{id}"),
            zone: "A".into(),
            walk_order: id,
            round: 1,
            state,
            assignee: Assignee::Pool,
            assignee_name: String::new(),
            why: String::new(),
            skip_reason: None,
            counters: Vec::new(),
            entries: 0,
            changed_at: Moment(0),
        }
    }

    fn detail(tasks: Vec<TaskRow>) -> CountDetail {
        let count = CountRow {
            id: CountId(1),
            name: "Zone A".into(),
            why: String::new(),
            created_by: String::new(),
            created_at: Moment(0),
            closed_at: None,
            tasks_open: 0,
            tasks_counting: 0,
            tasks_counted: 0,
            tasks_skipped: 0,
            tasks_cancelled: 0,
            tasks_recount: 0,
        };
        CountDetail { count, tasks }
    }

    #[test]
    fn a_task_counted_meanwhile_leaves_the_selection() {
        let selected = BTreeSet::from([TaskId(1), TaskId(2), TaskId(9)]);
        let left = still_selected(&selected, &[task(1, TaskState::Counted), task(2, TaskState::Open)]);
        assert_eq!(left, BTreeSet::from([TaskId(2)]));
    }

    #[test]
    fn tasks_are_filtered_by_state_code_and_person() {
        let mut tasks = vec![task(1, TaskState::Open), task(12, TaskState::Counted), task(2, TaskState::Open)];
        tasks[2].assignee_name = "Ada".into();
        assert_eq!(kept(&tasks, Show::All, "a-1"), [0, 1]);
        assert_eq!(kept(&tasks, Show::Remaining, "a-1"), [0]);
        assert_eq!(kept(&tasks, Show::All, "ada"), [2]);
        assert_eq!(kept(&tasks, Show::All, " "), [0, 1, 2]);
    }

    #[test]
    fn what_is_missing_is_named() {
        let tasks = vec![task(2, TaskState::Counted), task(3, TaskState::Skipped)];
        let lacks = Lacks { tasks_open: 1, bins: vec!["A-1".into()], ..Lacks::default() };
        assert_eq!(missing(&lacks, &detail(tasks)), ["1 bin that nobody has begun: A-1.", "1 bin skipped: A-3."]);
        let many_skipped = (0..9).map(|id| task(id, TaskState::Skipped)).collect();
        assert!(missing(&Lacks::default(), &detail(many_skipped))[0].ends_with("A-5 …."));
    }

    #[test]
    fn a_finished_count_misses_nothing() {
        let tasks = vec![task(1, TaskState::Counted), task(2, TaskState::Cancelled)];
        assert!(missing(&Lacks::default(), &detail(tasks)).is_empty());
    }

    #[test]
    fn handhelds_out_of_reach_are_named_with_when_they_were_heard_of() {
        let device = AwaitedDevice { device: "H-04".into(), waiting: 0, seen_at: Moment(7) };
        let lacks = Lacks { unheard: vec![device], marked: 1, ..Lacks::default() };
        let sentences = perhaps(&lacks, |at| format!("at {}", at.0));
        assert!(sentences[0].ends_with("H-04 (at 7)."), "{sentences:?}");
        assert!(sentences[1].starts_with("1 marked entry without"), "{sentences:?}");
    }
}
