//! Draws the field for a file or for codes, the result, and what was brought before.
//!
//! Absent: sentences (`model`).

use super::model::{Typed, damages, look, sentences};
use crate::{
    api::rescue,
    browser::page::{self, TimeStyle},
    screen::desk::part::{
        context::Desk,
        feed::Topic,
        load::{Act, load},
        note,
    },
};
use leptos::{prelude::*, task::spawn_local};
use shared::{
    api::rescue::{NewRescue, RescueReport, RescueRow},
    role::Permission,
};

/// For those who may bring counts in.
pub fn view(desk: Desk) -> impl IntoView {
    let may_bring = Memo::new(move |_| desk.may(Permission::PlanWork) || desk.may(Permission::Administer));
    move || may_bring.get().then(|| bring(desk))
}

fn bring(desk: Desk) -> AnyView {
    let loaded = load(&[Topic::Device], move || desk.code(), |site| async move { rescue::list(&site).await });
    let text = RwSignal::new(String::new());
    // not in the field: a journal is megabytes
    let file = RwSignal::new(None::<String>);
    let result = RwSignal::new(None::<RescueReport>);
    let typed =
        Memo::new(move |_| file.with(|file| file.as_deref().map(look)).unwrap_or_else(|| text.with(|text| look(text))));
    let act = Act::idle();
    let send = move |dry_run: bool| {
        let (site, text) = (desk.code_now(), file.get_untracked().unwrap_or_else(|| text.get_untracked()));
        result.set(None);
        act.run(async move { rescue::take(&site, &NewRescue { text, dry_run }).await }, move |report| {
            result.set(Some(report));
            loaded.again();
        });
    };
    let again = Callback::new(move |id: String| {
        let site = desk.code_now();
        result.set(None);
        act.run(async move { rescue::take_again(&site, &id).await }, move |report| {
            result.set(Some(report));
            loaded.again();
        });
    });
    let ready = move || typed.with(|typed| matches!(typed, Typed::Whole(_))) && !act.busy.get();
    view! {
        <section class="rescue" data-test="rescue">
            <h2>"Bring counts in by hand"</h2>
            <p class="quiet">"For a handheld that cannot save or send. Choose the file that it exported, or click into the field and scan every code that it shows. Bringing the same twice changes nothing."</p>
            <label class="field"><span>"File"</span>
                <input type="file" data-test="rescue-file" accept=".txt,text/plain" on:change:target=move |event| {
                    let field = event.target();
                    spawn_local(async move {
                        if let Some(chosen) = page::chosen_text(&field).await {
                            file.set(Some(chosen));
                        }
                    });
                }/>
            </label>
            <label class="field"><span>"Codes"</span>
                <textarea rows="4" class="code small" data-test="rescue-text" spellcheck="false" autocomplete="off"
                    prop:value=move || text.get() on:input:target=move |event| { file.set(None); text.set(event.target().value()); }></textarea>
            </label>
            <p role="status" data-test="rescue-typed">{move || match typed.get() {
                Typed::Nothing => String::new(),
                Typed::Unknown => "This is neither a rescue file nor one of its codes.".to_owned(),
                Typed::Part(said) | Typed::Whole(said) => said,
            }}</p>
            {note::refusal(act.trouble)}
            <p>
                <button class="primary" data-test="rescue-take" disabled=move || !ready() on:click=move |_| send(false)>"Bring in"</button>
                <button class="plain" data-test="rescue-try" disabled=move || !ready() on:click=move |_| send(true)>"Only look"</button>
                <button class="plain" on:click=move |_| { file.set(None); text.set(String::new()); result.set(None); }>"Clear"</button>
            </p>
            {move || result.get().map(|report| draw(&report))}
            {note::shown(loaded, move |rows: &Vec<RescueRow>| {
                if rows.is_empty() {
                    return ().into_any();
                }
                view! {
                    <table class="rows" data-test="rescue-list">
                        <thead><tr><th>"Brought"</th><th>"Handheld"</th><th>"By"</th><th class="right">"New"</th><th class="right">"Left"</th><th></th></tr></thead>
                        <tbody>{rows.iter().map(|row| line(desk, row, again)).collect_view()}</tbody>
                    </table>
                }
                .into_any()
            })}
        </section>
    }
    .into_any()
}

fn line(desk: Desk, row: &RescueRow, again: Callback<String>) -> impl IntoView + use<> {
    let (id, tally) = (row.id.clone(), row.report.tally);
    let left = tally.waiting + tally.foreign;
    let by = if row.person_name.is_empty() { "command line".to_owned() } else { row.person_name.clone() };
    view! {
        <tr data-test="rescue-row">
            <td class="nowrap">{desk.time(row.received_at, TimeStyle::Minute)}</td>
            <td class="code">{row.report.device_name.clone()}</td>
            <td>{by}</td>
            <td class="right number">{crate::screen::desk::words::number(tally.new + tally.apart)}</td>
            <td class="right number" class:is-late=(left > 0)>{crate::screen::desk::words::number(left)}</td>
            <td class="right">{row.report.kept.then(|| view! {
                <button class="plain" data-test="rescue-again" on:click=move |_| again.run(id.clone())>"Try again"</button>
            })}</td>
        </tr>
    }
}

fn draw(report: &RescueReport) -> AnyView {
    let head = match (report.device_name.as_str(), report.dry_run) {
        ("", true) => "Nothing was stored. It would be:".to_owned(),
        ("", false) => "Done:".to_owned(),
        (name, true) => format!("{name}: nothing was stored. It would be:"),
        (name, false) => format!("{name}:"),
    };
    let class = if report.kept { "note note-warn" } else { "note" };
    view! {
        <div class=class role="status" data-test="rescue-result" data-new=report.tally.new.to_string() data-known=report.tally.known.to_string()>
            <p><b>{head}</b></p>
            <ul>
                {sentences(report).into_iter().map(|said| view! { <li>{said}</li> }).collect_view()}
                {damages(report).into_iter().map(|said| view! { <li class="is-late">{said}</li> }).collect_view()}
            </ul>
            {report.kept.then(|| view! { <p>"The file is kept here with what is left of it. Keep your copy as well."</p> })}
        </div>
    }
    .into_any()
}
