//! The two buttons that take everything off the handheld, and the codes while they are shown.
//!
//! Absent: what is in the text (`crate::replica`).

use super::model::{Codes, SHOWN_MS, draw, file_name};
use crate::{
    browser::{device, file},
    replica::{Extent, RescueText},
    screen::handheld::floor::Floor,
    words::fill,
};
use gloo_timers::callback::Interval;
use leptos::{prelude::*, task::spawn_local};

/// What the two buttons led to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Said {
    Busy,
    Saved(usize),
    Failed,
    TooLong,
}

/// The buttons.
pub fn buttons(floor: Floor) -> impl IntoView {
    let words = floor.words();
    let said = RwSignal::new(None::<Said>);
    let export = move |is_shared: bool| {
        said.set(Some(Said::Busy));
        spawn_local(async move {
            let Some(made) = floor.rescue(Extent::Everything).await else { return said.set(Some(Said::Failed)) };
            let RescueText { text, entries, device_name, .. } = made;
            let name = file_name(&device_name, device::clocks().wall_ms);
            let is_out = if is_shared { file::share(&name, &text).await } else { file::save(&name, &text).is_some() };
            said.set(Some(if is_out { Said::Saved(entries) } else { Said::Failed }));
        });
    };
    let show = move |_| {
        said.set(Some(Said::Busy));
        spawn_local(async move {
            let Some(made) = floor.rescue(Extent::Waiting).await else { return said.set(Some(Said::Failed)) };
            match Codes::of(&made.text) {
                Ok(codes) => {
                    said.set(None);
                    floor.codes.set(Some(codes));
                }
                Err(_) => said.set(Some(Said::TooLong)),
            }
        });
    };
    view! {
        <div class="rescue">
            <button data-test="export" on:click=move |_| export(false)>{words.export_file}</button>
            <button data-test="show-codes" on:click=show>{words.show_codes}</button>
            {file::can_share().then(|| view! {
                <button data-test="share" on:click=move |_| export(true)>{words.share_file}</button>
            })}
        </div>
        <p class="said" role="status" data-test="rescue-said">
            {move || said.get().map(|said| match said {
                Said::Busy => words.saving.to_owned(),
                Said::Saved(entries) => fill(words.exported, &[&words.form.whole(entries)]),
                Said::Failed => words.export_failed.to_owned(),
                Said::TooLong => words.codes_too_long.to_owned(),
            })}
        </p>
    }
}

/// The codes, in place of everything else.
pub fn codes(floor: Floor) -> impl IntoView {
    let words = floor.words();
    let change = move |act: fn(&mut Codes)| {
        floor.codes.update(|codes| {
            if let Some(codes) = codes {
                act(codes);
            }
        });
    };
    let timer = StoredValue::new_local(Some(Interval::new(SHOWN_MS, move || {
        if floor.codes.with_untracked(|codes| codes.as_ref().is_some_and(|codes| codes.is_running)) {
            change(Codes::next);
        }
    })));
    on_cleanup(move || timer.set_value(None));
    let of = move |read: fn(&Codes) -> usize| floor.codes.with(|codes| codes.as_ref().map(read).unwrap_or_default());
    let running = Memo::new(move |_| floor.codes.with(|codes| codes.as_ref().is_some_and(|codes| codes.is_running)));
    let frame = Memo::new(move |_| floor.codes.with(|codes| codes.as_ref().map(|it| it.frame().to_owned())));
    let several = move || of(Codes::total) > 1;
    view! {
        <section class="codes" data-test="codes" data-frame=move || frame.get()>
            <h1>{move || fill(words.code_of, &[&words.form.whole(of(Codes::number)), &words.form.whole(of(Codes::total))])}</h1>
            <p class="quiet">{words.codes_help}</p>
            {move || frame.get().and_then(|frame| draw(&frame)).map(|(side, path)| view! {
                <svg viewBox=format!("0 0 {side} {side}") shape-rendering="crispEdges" role="img" aria-label=words.show_codes>
                    <rect width=side height=side fill="#fff"></rect>
                    <path d=path fill="#000"></path>
                </svg>
            })}
            <div class="acts row">
                {move || several().then(|| view! {
                    <button data-test="code-back" aria-label=words.codes_back on:click=move |_| change(|codes| {
                        codes.is_running = false;
                        codes.back();
                    })>"◀"</button>
                    <button data-test="code-pause" aria-pressed=move || (!running.get()).to_string()
                        on:click=move |_| change(|codes| codes.is_running = !codes.is_running)>
                        {move || if running.get() { words.codes_stop } else { words.codes_go }}</button>
                    <button data-test="code-next" aria-label=words.codes_next on:click=move |_| change(|codes| {
                        codes.is_running = false;
                        codes.next();
                    })>"▶"</button>
                })}
                <button class="primary" data-test="codes-close" on:click=move |_| floor.codes.set(None)>{words.go_back}</button>
            </div>
        </section>
    }
}
