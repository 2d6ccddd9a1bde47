//! Handhelds: which there are, what waits on them, letting one in by a code, shutting one out.
//!
//! Absent: what they counted.

use crate::{
    api::{path::encode, people},
    browser::page::{self, TimeStyle},
    screen::desk::{
        part::{
            context::Desk,
            feed::Topic,
            load::{Act, Loaded, load},
            note,
        },
        rescue, words,
    },
};
use leptos::{ev::SubmitEvent, prelude::*};
use shared::{
    api::people::{DeviceRow, Enrolment},
    id::DeviceId,
    role::Permission,
};

/// Not heard of for this long while entries wait: worth a colour.
const SILENT_MS: i64 = 3_600_000;

/// The page.
pub fn page(desk: Desk) -> AnyView {
    let loaded = load(&[Topic::Device], move || desk.code(), |site| async move { people::devices(&site).await });
    let may_admin = Memo::new(move |_| desk.may(Permission::Administer));
    let revoking = RwSignal::new(None::<(DeviceId, String, u64)>);
    view! {
        {note::head("Handhelds", (), ())}
        <div class="case">
            <div class="case-main">
                {revoke(desk, loaded, revoking)}
                {note::shown(loaded, move |rows: &Vec<DeviceRow>| {
                    if rows.is_empty() {
                        return note::empty("No handheld yet", "An administrator makes a code here. Scan its QR code with the handheld, or open this server's address on it and type the code.");
                    }
                    view! {
                        <table class="rows">
                            <thead><tr><th>"Handheld"</th><th class="right">"Waiting"</th><th>"Heard of"</th><th class="wide-only">"Enrolled"</th><th class="wide-only">"App"</th><th></th></tr></thead>
                            <tbody>{rows.iter().map(|row| line(desk, row, may_admin, revoking)).collect_view()}</tbody>
                        </table>
                    }
                    .into_any()
                })}
                {rescue::view::view(desk)}
            </div>
            {move || may_admin.get().then(|| view! { <aside class="case-side">{enrol(desk, loaded)}</aside> })}
        </div>
    }
    .into_any()
}

fn line(
    desk: Desk,
    row: &DeviceRow,
    may_admin: Memo<bool>,
    revoking: RwSignal<Option<(DeviceId, String, u64)>>,
) -> impl IntoView + use<> {
    let (id, name, waiting, revoked) = (row.id, row.name.clone(), row.waiting, row.revoked);
    let silent = row.waiting > 0 && row.seen_at.is_none_or(|at| page::now_ms() - at.0 > SILENT_MS);
    view! {
        <tr data-test="device-row" class:is-over-now=revoked>
            <td class="code strong">{row.name.clone()}</td>
            <td class="right number" class:is-late=silent>{if row.waiting == 0 { "–".to_owned() } else { words::number(row.waiting) }}</td>
            <td class="nowrap" class:is-late=silent>{row.seen_at.map_or_else(|| "never".to_owned(), |at| format!("{} ago", desk.ago(at)))}</td>
            <td class="wide-only quiet nowrap">{desk.time(row.enrolled_at, TimeStyle::Minute)}</td>
            <td class="wide-only quiet code small">{row.app.clone()}</td>
            <td class="right">
                {revoked.then(|| note::chip("revoked", "chip-quiet"))}
                {move || (may_admin.get() && !revoked).then(|| {
                    let name = name.clone();
                    view! { <button class="plain" data-test="revoke" on:click=move |_| revoking.set(Some((id, name.clone(), waiting)))>"Revoke…"</button> }
                })}
            </td>
        </tr>
    }
}

fn revoke(
    desk: Desk,
    loaded: Loaded<Vec<DeviceRow>>,
    revoking: RwSignal<Option<(DeviceId, String, u64)>>,
) -> impl IntoView {
    let act = Act::idle();
    view! {
        {note::refusal(act.trouble)}
        {move || revoking.get().map(|(id, name, waiting)| {
            let waits = if waiting == 0 {
                "Nothing is known to wait on it.".to_owned()
            } else {
                format!("{} wait on it; what it still sends is kept aside and counted only after somebody has looked.", words::many(waiting, "entry", "entries"))
            };
            let title = format!("Revoke {name}? It can no longer read anything from this server. {waits}");
            let revoke = move |_| {
                let (site, name) = (desk.code_now(), name.clone());
                act.run(async move { people::revoke(&site, id).await }, move |()| {
                    desk.say(format!("{name} is revoked."));
                    revoking.set(None);
                    loaded.again();
                });
            };
            view! {
                <div class="note note-warn" role="alertdialog" aria-label="Revoke a handheld"><p>{title}</p>
                    <p><button data-test="revoke-confirm" on:click=revoke disabled=move || act.busy.get()>"Revoke"</button>
                        <button class="plain" on:click=move |_| revoking.set(None)>"Keep it"</button></p></div>
            }
        })}
    }
}

fn enrol(desk: Desk, loaded: Loaded<Vec<DeviceRow>>) -> AnyView {
    let name = RwSignal::new(String::new());
    let enrolment = RwSignal::new(None::<Enrolment>);
    let act = Act::idle();
    let make = move |event: SubmitEvent| {
        event.prevent_default();
        let (site, name) = (desk.code_now(), name.get_untracked().trim().to_owned());
        act.run(async move { people::enrolment(&site, name).await }, move |made| {
            enrolment.set(Some(made));
            loaded.again();
        });
    };
    view! {
        <form class="decide" on:submit=make>
            <h2>"Add a handheld"</h2>
            <label class="field"><span>"What is written on it"</span>
                <input data-test="device-name" placeholder="H-04" required prop:value=move || name.get() on:input:target=move |event| name.set(event.target().value())/>
            </label>
            {note::refusal(act.trouble)}
            <button class="primary wide" data-test="make-enrolment" disabled=move || act.busy.get()>"Make a code"</button>
        </form>
        {move || enrolment.get().map(|made| view! {
            <section class="once">
                <p>"Scan this with the handheld's camera, or open "<b>{page::origin()}</b>" on it and type:"</p>
                <p class="once-code code" data-test="enrolment-code">{made.code.clone()}</p>
                <img class="qr" width="208" height="208" alt="QR code that enrols the handheld" src=image(&made.qr_svg)/>
                <p class="quiet small">{format!("Works once, until {}. It is not shown again.", desk.time(made.expires_at, TimeStyle::Minute))}</p>
            </section>
        })}
    }
    .into_any()
}

/// An image of its own instead of elements of the page: whatever the text holds, an image runs nothing.
pub fn image(svg: &str) -> String {
    let mut address = "data:image/svg+xml,".to_owned();
    encode(svg, &mut address);
    address
}
