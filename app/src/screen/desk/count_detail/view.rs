//! One count: progress, tasks in walk order as they change, giving them to somebody else, cancelling, closing.
//!
//! Absent: what was counted; a lead may be blind.

use super::model::{DRAWN_MAX, Show, is_movable, kept, missing, perhaps, skip_words, still_selected, task_state};
use crate::{
    api::{count, path::Path},
    browser::page::TimeStyle,
    screen::desk::{
        count_new::{model::read_assignee, view::assignees},
        counts::{model::Progress, view::bar},
        part::{
            context::Desk,
            feed::Topic,
            load::{Act, Loaded, load},
            note,
        },
        place::Place,
        words,
    },
};
use leptos::prelude::*;
use shared::{
    api::{
        count::{AssignTasks, CountDetail, CounterRow, TaskRow},
        history::Subject,
    },
    id::{CountId, TaskId},
    role::Permission,
};
use std::collections::BTreeSet;

/// The page of the count in the address.
pub fn page(desk: Desk, place: Memo<Place>) -> AnyView {
    let id = Memo::new(move |before: Option<&_>| match place.get() {
        Place::Count(id) => id,
        // on the way to another screen the address has changed already: nothing else is to be loaded
        _ => before.copied().unwrap_or(CountId(0)),
    });
    let loaded = load(
        &[Topic::Task, Topic::Count],
        move || (desk.code(), id.get()),
        |(site, id)| async move { count::count(&site, id).await },
    );
    let counters =
        load(&[Topic::Person, Topic::Task], move || desk.code(), |site| async move { count::counters(&site).await });
    let selected = RwSignal::new(BTreeSet::<TaskId>::new());
    let show = RwSignal::new(Show::All);
    let text = RwSignal::new(String::new());
    Effect::new(move |_| {
        loaded.value.with(|detail| {
            let tasks = detail.as_ref().map(|detail| detail.tasks.as_slice()).unwrap_or_default();
            let still = still_selected(&selected.get_untracked(), tasks);
            if selected.with_untracked(|selected| *selected != still) {
                selected.set(still);
            }
        });
    });
    let asking = RwSignal::new(false);
    let may_plan = Memo::new(move |_| desk.may(Permission::PlanWork));
    let may_change = Memo::new(move |_| {
        may_plan.get()
            && loaded.value.with(|detail| detail.as_ref().is_some_and(|detail| detail.count.closed_at.is_none()))
    });
    // what a person is in the middle of (a question, a choice) stands outside of what is drawn again with every change
    view! {
        <div class="crumb">
            <a href=Place::Counts.path()>"← Counts"</a>
            {move || may_change.get().then(|| view! {
                <a class="button" rel="external noopener" target="_blank" data-test="print-sheets"
                    href=move || Path::site(&desk.code()).segment("paper").segment("print").ask("count", &id.get().to_string()).as_str().to_owned()>"Print count sheets"</a>
                <button data-test="close-count" on:click=move |_| asking.set(true) disabled=move || asking.get()>"Close this count…"</button>
            })}
        </div>
        {move || (may_change.get() && asking.get()).then(|| closing(desk, loaded, id, asking))}
        {note::shown(loaded, move |detail| head(desk, detail).into_any())}
        {tools(desk, loaded, counters, selected, show, text, may_change)}
        {move || loaded.value.with(|detail| detail.as_ref().map(|detail| table(desk, detail, selected, kept(&detail.tasks, show.get(), &text.get()), may_change.get())))}
    }
    .into_any()
}

fn head(desk: Desk, detail: &CountDetail) -> impl IntoView + use<> {
    let row = &detail.count;
    let progress = Progress::of(row);
    view! {
        <header class="head">
            <h1>{row.name.clone()}</h1>
            <p class="head-quiet">{row.why.clone()}{format!(" · {}", desk.time(row.created_at, TimeStyle::Minute))}
                {(!row.created_by.is_empty()).then(|| format!(" by {}", row.created_by))}
                {row.closed_at.map(|at| format!(" · closed {}", desk.time(at, TimeStyle::Minute)))}</p>
        </header>
        <div class="progress-line">
            {bar(progress)}
            <p class="legend-line number">
                <span class="key-good">{progress.counted}" counted"</span><span class="key-info">{progress.counting}" counting"</span>
                <span class="key-warn">{progress.skipped}" skipped"</span><span class="key-rest">{progress.open}" not begun"</span>
                {(row.tasks_recount > 0).then(|| view! { <span>{row.tasks_recount}" of them recounts"</span> })}
            </p>
        </div>
    }
}

fn closing(desk: Desk, loaded: Loaded<CountDetail>, id: Memo<CountId>, asking: RwSignal<bool>) -> AnyView {
    let act = Act::idle();
    let lacks = load(
        &[Topic::Task, Topic::Device, Topic::Incident],
        move || (desk.code(), id.get()),
        |(site, id)| async move { count::lacks(&site, id).await },
    );
    let sentences = Memo::new(move |_| {
        lacks.value.with(|lacks| {
            let lacks = lacks.as_ref()?;
            loaded.value.with(|detail| detail.as_ref().map(|detail| missing(lacks, detail)))
        })
    });
    let others = Memo::new(move |_| {
        lacks.value.with(|lacks| {
            lacks.as_ref().map(|lacks| perhaps(lacks, |at| desk.time(at, TimeStyle::Minute))).unwrap_or_default()
        })
    });
    let whole = move || sentences.with(|sentences| sentences.as_ref().is_some_and(Vec::is_empty));
    let known = move || sentences.with(Option::is_some);
    let close = move |_| {
        let (site, id, anyway) = (desk.code_now(), id.get_untracked(), !untrack(whole));
        act.run(async move { count::close(&site, id, anyway).await }, move |()| {
            desk.say("The count is closed.");
            loaded.again();
        });
    };
    let list = |all: Vec<String>| all.into_iter().map(|each| view! { <li>{each}</li> }).collect_view();
    view! {
        <div class="note note-warn" role="alertdialog" aria-label="Close this count" data-test="closing">
            {note::trouble_of(lacks)}
            {move || match sentences.get() {
                None => view! { <p>"Looking for what is missing…"</p> }.into_any(),
                Some(all) if all.is_empty() => view! { <p>"Nothing is known to be missing. Sheets that still arrive for it are kept and marked late."</p> }.into_any(),
                Some(all) => view! {
                    <p><b>"Missing:"</b></p>
                    <ul>{list(all)}</ul>
                    <p>"Closing anyway is recorded with your name and this list: what nobody has begun is cancelled, what was to be recounted goes to a supervisor. What still arrives is kept and marked late."</p>
                }
                .into_any(),
            }}
            {move || { let all = others.get(); (!all.is_empty()).then(|| view! { <ul class="quiet">{list(all)}</ul> }) }}
            {note::refusal(act.trouble)}
            <p><button data-test="close-anyway" on:click=close disabled=move || act.busy.get() || !known()>
                    {move || if whole() { "Close" } else { "Close although that is missing" }}
                </button>
                <button class="plain" on:click=move |_| asking.set(false)>"Keep it open"</button></p>
        </div>
    }
    .into_any()
}

fn tools(
    desk: Desk,
    loaded: Loaded<CountDetail>,
    counters: Loaded<Vec<CounterRow>>,
    selected: RwSignal<BTreeSet<TaskId>>,
    show: RwSignal<Show>,
    text: RwSignal<String>,
    may_plan: Memo<bool>,
) -> impl IntoView {
    let to = RwSignal::new("pool".to_owned());
    let cancelling = RwSignal::new(false);
    let act = Act::idle();
    let number = move || selected.with(BTreeSet::len) as u64;
    let assign = move |_| {
        let message = AssignTasks {
            tasks: selected.get_untracked().into_iter().collect(),
            to: read_assignee(&to.get_untracked()),
        };
        let (site, many) = (desk.code_now(), words::many(message.tasks.len() as u64, "task", "tasks"));
        act.run(async move { count::assign(&site, &message).await }, move |()| {
            desk.say(format!("{many} given on."));
            selected.set(BTreeSet::new());
            loaded.again();
        });
    };
    let cancel = move |_| {
        let tasks = selected.get_untracked();
        let site = desk.code_now();
        let many = words::many(tasks.len() as u64, "task", "tasks");
        let work = async move {
            for task in tasks {
                count::cancel(&site, task).await?;
            }
            Ok(())
        };
        act.run(work, move |()| {
            desk.say(format!("{many} cancelled."));
            selected.set(BTreeSet::new());
            loaded.again();
        });
        cancelling.set(false);
    };
    view! {
        <div class="filters">
            <div class="tabs" role="tablist">{Show::ALL.into_iter().map(|(each, title)| view! {
                <button role="tab" aria-selected=move || (show.get() == each).to_string() on:click=move |_| show.set(each)>{title}</button>
            }).collect_view()}</div>
            <input class="search" type="search" data-search placeholder="Bin, zone, person…" aria-label="Filter by location, zone or person"
                on:input:target=move |event| text.set(event.target().value())/>
            {move || may_plan.get().then(|| view! {
                <div class="bulk" class:is-off=move || number() == 0 title="Select tasks below to give them to somebody or to cancel them">
                    <span class="number">{move || format!("{} selected", words::number(number()))}</span>
                    <select aria-label="Give to" data-test="reassign-to" prop:value=move || to.get() disabled=move || number() == 0
                        on:change:target=move |event| to.set(event.target().value())>{assignees(counters)}</select>
                    <button data-test="reassign" on:click=assign disabled=move || number() == 0 || act.busy.get()>"Give"</button>
                    <button class="plain" data-test="cancel-tasks" on:click=move |_| cancelling.set(true) disabled=move || number() == 0>"Cancel…"</button>
                </div>
            })}
        </div>
        {note::refusal(act.trouble)}
        {move || (cancelling.get() && number() > 0).then(|| view! {
            <div class="note note-warn" role="alertdialog" aria-label="Cancel tasks">
                <p>{format!("Cancel {}? They disappear from the handhelds; what was counted already is kept.", words::many(number(), "task", "tasks"))}</p>
                <p><button data-test="cancel-confirm" on:click=cancel disabled=move || act.busy.get()>{format!("Cancel {}", words::many(number(), "task", "tasks"))}</button>
                    <button class="plain" on:click=move |_| cancelling.set(false)>"Keep them"</button></p>
            </div>
        })}
    }
}

fn table(
    desk: Desk,
    detail: &CountDetail,
    selected: RwSignal<BTreeSet<TaskId>>,
    kept: Vec<usize>,
    may_plan: bool,
) -> AnyView {
    if kept.is_empty() {
        return note::empty("No task here", "Choose another filter above.");
    }
    let tasks = || kept.iter().map(|at| &detail.tasks[*at]);
    let movable: BTreeSet<TaskId> = tasks().filter(|task| is_movable(task)).map(|task| task.id).collect();
    let none = movable.is_empty();
    let all = {
        let movable = movable.clone();
        move || !movable.is_empty() && selected.with(|selected| movable.is_subset(selected))
    };
    let title = format!("Select all {} that can still be moved", movable.len());
    let toggle_all = move |_| {
        selected.update(|selected| {
            if movable.is_subset(selected) {
                selected.retain(|task| !movable.contains(task));
            } else {
                selected.extend(movable.iter().copied());
            }
        });
    };
    let hidden = kept.len().saturating_sub(DRAWN_MAX) as u64;
    view! {
        <table class="rows tight">
            <thead><tr>
                {may_plan.then(|| view! { <th class="tick-box"><input type="checkbox" aria-label=title.clone() title=title disabled=none prop:checked=all on:change=toggle_all/></th> })}
                <th>"Location"</th><th class="wide-only">"Zone"</th><th class="right">"Round"</th><th>"State"</th><th>"For"</th><th>"Counted by"</th>
                <th class="right">"Entries"</th><th class="wide-only">"Why"</th><th class="right">"Changed"</th>
            </tr></thead>
            <tbody>{tasks().take(DRAWN_MAX).map(|task| line(desk, task, selected, may_plan)).collect_view()}</tbody>
        </table>
        {(hidden > 0).then(|| view! { <p class="foot">{format!("{} more: filter by location to see them. Selecting all selects them too.", words::number(hidden))}</p> })}
    }
    .into_any()
}

fn line(desk: Desk, task: &TaskRow, selected: RwSignal<BTreeSet<TaskId>>, may_plan: bool) -> impl IntoView + use<> {
    let id = task.id;
    let (word, class) = task_state(task.state);
    let movable = is_movable(task);
    let label = format!("Select {}", task.location_code);
    let toggle = move |_| {
        selected.update(|selected| {
            if !selected.remove(&id) {
                selected.insert(id);
            }
        })
    };
    view! {
        <tr data-test="task-row" data-location=task.location_code.clone() data-state=word data-round=task.round>
            {may_plan.then(|| view! { <td class="tick-box"><input type="checkbox" aria-label=label disabled=!movable
                prop:checked=move || selected.with(|selected| selected.contains(&id)) on:change=toggle/></td> })}
            <td class="code nowrap">{note::history_link(Subject::Location, task.location.0, task.location_code.clone())}</td>
            <td class="wide-only">{task.zone.clone()}</td>
            <td class="right number">{task.round}</td>
            <td class="nowrap">{note::chip(word, class)}{task.skip_reason.map(|reason| view! { <span class="quiet small">" "{skip_words(reason)}</span> })}</td>
            <td>{if task.assignee_name.is_empty() { view! { <span class="quiet">"pool"</span> }.into_any() } else { task.assignee_name.clone().into_any() }}</td>
            <td>{task.counters.join(", ")}</td>
            <td class="right number">{(task.entries > 0).then(|| words::number(task.entries.into()))}</td>
            <td class="wide-only quiet small clip-cell" title=task.why.clone()>{task.why.clone()}</td>
            <td class="right quiet nowrap">{desk.ago(task.changed_at)}</td>
        </tr>
    }
}
