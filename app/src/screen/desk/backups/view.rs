//! The page of backups: make one, see what each holds, say when they are made, go back to one.
//!
//! Absent: downloading them; a backup holds everybody's counts and the hashes of passwords.

use super::model::{self, PlanForm};
use crate::{
    api::backup,
    browser::page::TimeStyle,
    screen::desk::{
        part::{
            context::Desk,
            feed::Topic,
            load::{Act, Loaded, load},
            note,
        },
        words,
    },
};
use leptos::{ev::SubmitEvent, prelude::*};
use shared::{
    api::backup::{BackupRow, BackupState, Backups, RestoreStatus},
    backup::HOURS,
};

/// The page.
pub fn page(desk: Desk) -> AnyView {
    // handhelds that come back after a restore are told as changes of devices
    let loaded = load(&[Topic::Device], move || desk.code(), |site| async move { backup::find(&site).await });
    let restoring = RwSignal::new(None::<BackupRow>);
    let making = Act::idle();
    let make = move |_| {
        let site = desk.code_now();
        making.run(async move { backup::make(&site).await }, move |made| {
            desk.say("The backup is made, read back and on the disk.");
            loaded.value.set(Some(made));
        });
    };
    view! {
        {note::head(
            "Backups",
            "Of all sites; entries in a verified one get their third tick",
            view! {
                <button class="primary" data-test="back-up-now" on:click=make disabled=move || making.busy.get()>
                    {move || if making.busy.get() { "Copying and checking…" } else { "Back up now" }}
                </button>
            },
        )}
        {note::refusal(making.trouble)}
        <div class="case">
            <div class="case-main">
                {ask(desk, loaded, restoring)}
                {note::shown(loaded, move |backups: &Backups| view! {
                    {backups.failed.as_ref().map(|(at, why)| view! {
                        <p class="note note-bad" role="alert" data-test="backup-failed">
                            {format!("{}: {why}", desk.time(*at, TimeStyle::Minute))}
                        </p>
                    })}
                    {backups.restored.as_ref().map(|status| healing(desk, status))}
                    {unarchived(backups)}
                    {list(desk, backups, restoring)}
                })}
            </div>
            <aside class="case-side">{plan(desk, loaded)}</aside>
        </div>
    }
    .into_any()
}

fn unarchived(backups: &Backups) -> impl IntoView + use<> {
    let number = backups.events_unarchived;
    let text = if number == 0 {
        "Everything that handhelds have sent is in a verified backup.".to_owned()
    } else {
        format!("{} that handhelds have sent will be in the next one.", words::many(number, "entry", "entries"))
    };
    view! { <p class="quiet" data-test="unarchived">{text}</p> }
}

fn list(desk: Desk, backups: &Backups, restoring: RwSignal<Option<BackupRow>>) -> AnyView {
    if backups.rows.is_empty() {
        return note::empty(
            "No backup yet",
            "The first is made within minutes of the server's start, or now with the button above. Copy the folder to another machine as well: a disk that fails takes its backups with it.",
        );
    }
    let may_restore = backups.may_restore;
    view! {
        <table class="rows">
            <thead><tr><th>"Made"</th><th>"State"</th><th class="right">"Size"</th><th class="right">"Holds"</th><th class="right wide-only">"Since"</th><th class="wide-only">"How"</th><th></th></tr></thead>
            <tbody>{backups.rows.iter().map(|row| line(desk, row, may_restore, restoring)).collect_view()}</tbody>
        </table>
        <p class="quiet small">{format!("In {} on the server. Copy that folder to another machine as well.", backups.folder)}</p>
    }
    .into_any()
}

fn line(
    desk: Desk,
    row: &BackupRow,
    may_restore: bool,
    restoring: RwSignal<Option<BackupRow>>,
) -> impl IntoView + use<> {
    let (word, class, means) = model::state(row.state);
    let since = if row.facts_since == 0 { "–".to_owned() } else { format!("+{}", words::number(row.facts_since)) };
    let can_restore = may_restore && row.state == BackupState::Verified;
    let own = row.clone();
    view! {
        <tr data-test="backup-row">
            <td class="nowrap strong" title=format!("{}/{}", row.folder, row.name)>{desk.time(row.made_at, TimeStyle::Minute)}</td>
            <td class="nowrap" title=format!("{means} Looked at {}.", desk.time(row.checked_at, TimeStyle::Minute))>{note::chip(word, class)}</td>
            <td class="right number nowrap">{model::size(row.size_bytes)}</td>
            <td class="right number nowrap">{words::many(row.events, "entry", "entries")}</td>
            <td class="right number wide-only" title="Recorded since">{since}</td>
            <td class="wide-only quiet nowrap">{model::why(row.why)}</td>
            <td class="right">
                {can_restore.then(|| view! {
                    <button class="plain" data-test="restore" on:click=move |_| restoring.set(Some(own.clone()))>"Restore…"</button>
                })}
            </td>
        </tr>
    }
}

fn ask(desk: Desk, loaded: Loaded<Backups>, restoring: RwSignal<Option<BackupRow>>) -> impl IntoView {
    let act = Act::idle();
    view! {
        {note::refusal(act.trouble)}
        {move || restoring.get().map(|row| {
            let at = desk.time(row.made_at, TimeStyle::Minute);
            let restore = move |_| {
                let (site, id) = (desk.code_now(), row.id);
                act.run(async move { backup::restore(&site, id).await }, move |()| {
                    desk.say("The backup holds together. The server restores it now and is back in a moment.");
                    restoring.set(None);
                    loaded.again();
                });
            };
            view! {
                <div class="note note-bad" role="alertdialog" aria-label="Restore a backup">
                    <p>{model::question(&row.name, &at, row.facts_since)}</p>
                    <p><button data-test="restore-confirm" on:click=restore disabled=move || act.busy.get()>
                            {move || if act.busy.get() { "Checking the backup…" } else { "Restore this backup" }}
                        </button>
                        <button class="plain" on:click=move |_| restoring.set(None) disabled=move || act.busy.get()>"Leave everything as it is"</button></p>
                </div>
            }
        })}
    }
}

fn healing(desk: Desk, status: &RestoreStatus) -> impl IntoView + use<> {
    let class = if status.is_healed() { "note" } else { "note note-warn" };
    let to = desk.time(status.restored_to, TimeStyle::Minute);
    let by = status.by.as_ref().map(|name| format!(" {name} asked for it.")).unwrap_or_default();
    let head = format!(
        "Set back to {to}, on {}. {}{by}",
        desk.time(status.started_at, TimeStyle::Minute),
        model::because(status.why)
    );
    let sentence = model::healing(status, |at| desk.time(at, TimeStyle::Minute));
    let open: Vec<_> = status.devices.iter().filter(|device| device.missing > 0).cloned().collect();
    view! {
        <section class=class data-test="restore-status">
            <p class="strong">{head}</p>
            <p>{sentence}</p>
            {(!open.is_empty()).then(|| view! {
                <table class="rows">
                    <thead><tr><th>"Handheld"</th><th>"State"</th><th class="right">"Came back"</th><th class="right">"Still missing"</th></tr></thead>
                    <tbody>{open.into_iter().map(|device| {
                        let (word, class) = model::returning(device.state);
                        view! {
                            <tr><td class="code strong">{device.name.clone()}</td><td>{note::chip(word, class)}</td>
                                <td class="right number">{words::number(device.resent)}</td>
                                <td class="right number">{words::number(device.missing)}</td></tr>
                        }
                    }).collect_view()}</tbody>
                </table>
            })}
        </section>
    }
}

fn plan(desk: Desk, loaded: Loaded<Backups>) -> AnyView {
    let form = RwSignal::new(None::<PlanForm>);
    let saved =
        Memo::new(move |_| loaded.value.with(|value| value.as_ref().map(|backups| PlanForm::of(&backups.plan))));
    Effect::new(move |before: Option<Option<PlanForm>>| {
        let now = saved.get();
        // what somebody is typing stays
        if form.with_untracked(|form| form.is_none() || *form == before.flatten()) {
            form.set(now.clone());
        }
        now
    });
    let wrong = RwSignal::new(None::<String>);
    let act = Act::idle();
    let save = move |event: SubmitEvent| {
        event.prevent_default();
        let zone = untrack(|| desk.site()).map(|site| site.time_zone).unwrap_or_default();
        match form.get_untracked().map(|form| form.read(&zone)) {
            Some(Ok(plan)) => {
                wrong.set(None);
                let site = desk.code_now();
                act.run(async move { backup::set_plan(&site, &plan).await }, move |()| {
                    desk.say("Backups are made as you said.");
                    loaded.again();
                });
            }
            Some(Err(sentence)) => wrong.set(Some(sentence)),
            None => {}
        }
    };
    let change = move |change: Box<dyn FnOnce(&mut PlanForm)>| {
        form.update(|form| {
            if let Some(form) = form {
                change(form);
            }
        });
    };
    view! {
        <form class="decide" on:submit=save>
            <h2>"When"</h2>
            {move || form.get().map(|typed| view! {
                <label class="check"><input type="checkbox" data-test="plan-on" prop:checked=typed.on
                    on:change:target=move |event| { let on = event.target().checked(); change(Box::new(move |form| form.on = on)); }/>
                    <span>"Make backups by themselves"</span></label>
                <label class="field"><span>"How often"</span>
                    <select data-test="plan-every" on:change:target=move |event| {
                        let hours = event.target().value().parse().unwrap_or(24);
                        change(Box::new(move |form| form.every_hours = hours));
                    }>
                        {HOURS.into_iter().rev().map(|hours| view! {
                            <option value=hours.to_string() selected=hours == typed.every_hours>{model::every(hours)}</option>
                        }).collect_view()}
                    </select></label>
                <label class="field"><span>"The first of a day at (the site's clock)"</span>
                    <input type="time" required data-test="plan-first" prop:value=typed.first.clone()
                        on:change:target=move |event| { let first = event.target().value(); change(Box::new(move |form| form.first = first)); }/></label>
                <label class="field"><span>"Keep the newest"</span>
                    <input inputmode="numeric" required data-test="plan-keep" prop:value=typed.keep.clone()
                        on:change:target=move |event| { let keep = event.target().value(); change(Box::new(move |form| form.keep = keep)); }/></label>
            })}
            {move || wrong.get().map(|sentence| view! { <p class="note note-bad" role="alert">{sentence}</p> })}
            {note::refusal(act.trouble)}
            <button class="wide" data-test="plan-save" disabled=move || act.busy.get()>"Save"</button>
            <p class="quiet small">"The last verified backup is never removed. One that was missed while the server was off is made when it is back."</p>
        </form>
    }
    .into_any()
}
