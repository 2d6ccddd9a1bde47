//! Draws how this handheld stands.
//!
//! Absent: settings of the person (`settings`).

use super::model::{lost, megabytes, shown};
use crate::{
    browser::{device, floor as page},
    replica::LogState,
    screen::handheld::{
        floor::{Floor, Screen},
        rescue, shell,
    },
    words::{Words, fill},
};
use leptos::prelude::*;
use shared::sync::message::MissingEvents;

/// The screen.
pub fn view(floor: Floor) -> impl IntoView {
    let words = floor.words();
    let enrolled = floor.replica().and_then(|replica| replica.enrolled());
    let title = enrolled.as_ref().map(|it| format!("{} · {}", it.site.name, it.device_name)).unwrap_or_default();
    let logs = move || {
        floor.status.track();
        floor.replica().map(|replica| shown(&replica.logs())).unwrap_or_default()
    };
    let storage = move || {
        floor.status.track();
        floor.replica().and_then(|replica| replica.storage())
    };
    let missing = Memo::new(move |_| floor.status.with(|status| status.missing.clone()));
    let contact = move || floor.status.with(|status| status.last_contact);
    view! {
        {shell::bar(floor)}
        {shell::update(floor)}
        <div class="list device" data-test="device">
            <h1>{words.device_title}</h1>
            <p>{title}</p>
            <ul class="facts">
                {move || logs().into_iter().map(|log| draw_log(words, &log)).collect_view()}
                {move || missing.with(|missing| draw_lost(words, missing))}
                <li data-test="last-contact">{move || match contact() {
                    Some(at) => fill(words.last_contact, &[&words.form.day_and_time(at, device::minutes_ahead())]),
                    None => words.no_contact.to_owned(),
                }}</li>
                {move || storage().map(|storage| {
                    let used = storage.used_bytes.map(|bytes| fill(words.storage_used, &[&words.form.whole(megabytes(bytes))]));
                    let kept = storage.persistent == Some(true);
                    view! {
                        <li data-test="storage" data-state=if kept { "kept" } else { "not-kept" }>
                            <p class:warn=!kept>
                                <i aria-hidden="true">{if kept { "✓ " } else { "▲ " }}</i>
                                {if kept { words.storage_kept } else { words.storage_not_kept }}
                            </p>
                            {(!kept).then(|| view! { <p class="quiet">{words.storage_help}</p> })}
                            <p class="quiet">{used}</p>
                        </li>
                    }
                })}
                <li class="quiet" data-test="build">{fill(words.build, &[&page::build()])}</li>
                <li class="quiet" data-test="server-name">{page::host()}</li>
            </ul>
            {rescue::view::buttons(floor)}
            <button class="wide" data-test="send-now" on:click=move |_| {
                if let Some(replica) = floor.replica() {
                    replica.sync_now();
                }
            }>{words.send_now}</button>
        </div>
        <div class="acts">
            <button class="primary" data-test="device-back" on:click=move |_| floor.leave_device()>{words.go_back}</button>
        </div>
    }
}

fn draw_log(words: &'static Words, log: &LogState) -> AnyView {
    let whole = |number: u64| words.form.whole(usize::try_from(number).unwrap_or(usize::MAX));
    let waiting = usize::try_from(log.saved.saturating_sub(log.server)).unwrap_or(usize::MAX);
    view! {
        <li data-test="log" data-state=if log.is_current { "current" } else { "old" }>
            <p><b>{if log.is_current { words.log_current } else { words.log_old }}</b></p>
            <p>{format!("{} {} · {} {} · {} {}", words.tick_saved, whole(log.saved), words.tick_server, whole(log.server),
                words.tick_archived, whole(log.archived))}</p>
            {(waiting > 0).then(|| view! { <p class="warn">{words.counts_safe.of(waiting)}</p> })}
        </li>
    }
    .into_any()
}

/// What the disk lost and no log could save, by the numbers that the desk names, too.
fn draw_lost(words: &'static Words, missing: &[MissingEvents]) -> Option<impl IntoView + use<>> {
    let whole = |number: u64| words.form.whole(usize::try_from(number).unwrap_or(usize::MAX));
    let range = |it: &MissingEvents| match it.from == it.to {
        true => whole(it.from),
        false => format!("{}–{}", whole(it.from), whole(it.to)),
    };
    let numbers = missing.iter().map(range).collect::<Vec<_>>().join(", ");
    (!missing.is_empty()).then(|| {
        view! {
            <li data-test="lost">
                <p class="warn"><i aria-hidden="true">"▲ "</i>{words.entries_lost.of(lost(missing))}</p>
                <p>{fill(words.lost_numbers, &[&numbers])}</p>
                <p class="quiet">{words.lost_help}</p>
            </li>
        }
    })
}

/// The button that leads here.
pub fn button(floor: Floor) -> impl IntoView {
    let words = floor.words();
    view! {
        <button type="button" data-test="device-open" on:click=move |_| floor.show(Screen::Device)>{words.device_title}</button>
    }
}
