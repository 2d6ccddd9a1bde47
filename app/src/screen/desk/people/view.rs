//! Who works here: adding, roles, limit, disabling, one-time links.
//!
//! Absent: passwords. Nobody but the person ever types theirs.

use super::model::{PersonForm, role_warning, role_words};
use crate::{
    api::people,
    browser::page::{self, TimeStyle},
    screen::desk::part::{
        context::Desk,
        feed::Topic,
        load::{Act, Loaded, load},
        note,
    },
};
use leptos::{ev::SubmitEvent, prelude::*};
use shared::{
    api::people::{OneTimeLink, PersonRow},
    id::PersonId,
    language::Language,
    role::{Permission, Role},
};

/// Who is in the form: nobody, somebody new, or somebody known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Editing {
    Nobody,
    New,
    Known(PersonId),
}

/// The page.
pub fn page(desk: Desk) -> AnyView {
    let loaded = load(&[Topic::Person], move || desk.code(), |site| async move { people::people(&site).await });
    let may_admin = Memo::new(move |_| desk.may(Permission::Administer));
    let editing = RwSignal::new(Editing::Nobody);
    let form = RwSignal::new(PersonForm::default());
    let link = RwSignal::new(None::<(String, OneTimeLink)>);
    let add = move || {
        may_admin.get().then(|| view! {
            <button class="primary" data-test="add-person" on:click=move |_| { form.set(PersonForm::default()); link.set(None); editing.set(Editing::New); }>"Add a person"</button>
        })
    };
    view! {
        {note::head("People", (), add)}
        <div class="case">
            <div class="case-main">{note::shown(loaded, move |rows: &Vec<PersonRow>| {
                if rows.is_empty() {
                    return note::empty("Nobody yet", "Add people with their roles; each gets a link with which they choose their own password.");
                }
                view! {
                    <table class="rows">
                        <thead><tr><th>"Name"</th><th>"Signs in as"</th><th>"Roles"</th><th class="right">"Approves up to"</th><th>"State"</th><th></th></tr></thead>
                        <tbody>{rows.iter().map(|row| line(desk, row, may_admin, editing, form, link)).collect_view()}</tbody>
                    </table>
                }
                .into_any()
            })}</div>
            {move || (editing.get() != Editing::Nobody).then(|| view! { <aside class="case-side">{side(desk, loaded, editing, form, link)}</aside> })}
        </div>
    }
    .into_any()
}

fn line(
    desk: Desk,
    row: &PersonRow,
    may_admin: Memo<bool>,
    editing: RwSignal<Editing>,
    form: RwSignal<PersonForm>,
    link: RwSignal<Option<(String, OneTimeLink)>>,
) -> impl IntoView + use<> {
    let (id, known) = (row.id, PersonForm::of(row));
    let decides = row.roles.contains(&Role::Supervisor);
    let edit = move |_| {
        form.set(known.clone());
        link.set(None);
        editing.set(Editing::Known(id));
    };
    view! {
        <tr data-test="person-row" data-user=row.username.clone() class:is-over-now=row.disabled class:is-current=move || editing.get() == Editing::Known(id)>
            <td class="strong nowrap">{row.name.clone()}</td>
            <td class="code">{row.username.clone()}</td>
            <td>{row.roles.iter().map(|role| note::chip(role.word(), "chip-quiet")).collect_view()}</td>
            <td class="right number">{match (decides, row.approval_limit) {
                (false, _) => "–".to_owned(),
                (true, Some(limit)) => desk.money(limit),
                (true, None) => "no limit".to_owned(),
            }}</td>
            <td>{if row.disabled { note::chip("disabled", "chip-bad").into_any() } else if row.can_sign_in { ().into_any() } else { note::chip("no password yet", "chip-warn").into_any() }}</td>
            <td class="right">{move || may_admin.get().then(|| view! { <button class="plain" data-test="edit-person" on:click=edit.clone()>"Change"</button> })}</td>
        </tr>
    }
}

fn languages(form: RwSignal<PersonForm>) -> impl IntoView {
    let option = move |language: Language| {
        view! {
            <option value=language.tag() prop:selected=move || form.with(|form| form.language == language)>{language.own_name()}</option>
        }
    };
    view! {
        <select data-test="person-language" on:change:target=move |event| {
            let chosen = Language::parse(&event.target().value()).unwrap_or_default();
            form.update(|form| form.language = chosen);
        }>{Language::ALL.map(option).into_iter().collect_view()}</select>
    }
}

fn side(
    desk: Desk,
    loaded: Loaded<Vec<PersonRow>>,
    editing: RwSignal<Editing>,
    form: RwSignal<PersonForm>,
    link: RwSignal<Option<(String, OneTimeLink)>>,
) -> AnyView {
    let new = editing.get_untracked() == Editing::New;
    let fault = RwSignal::new(None::<String>);
    let act = Act::idle();
    let make_link = move |id: PersonId, name: String| {
        let site = desk.code_now();
        act.run(async move { people::link(&site, id).await }, move |made| link.set(Some((name, made))));
    };
    let save = move |event: SubmitEvent| {
        event.prevent_default();
        let (site, typed) = (desk.code_now(), form.get_untracked());
        fault.set(None);
        match editing.get_untracked() {
            Editing::New => match typed.add() {
                Err(sentence) => fault.set(Some(sentence)),
                Ok(message) => act.run(async move { people::add(&site, &message).await }, move |row| {
                    desk.say(format!("{} is added. Give them the link.", row.name));
                    loaded.again();
                    editing.set(Editing::Known(row.id));
                    form.set(PersonForm::of(&row));
                    make_link(row.id, row.name);
                }),
            },
            Editing::Known(id) => match typed.change() {
                Err(sentence) => fault.set(Some(sentence)),
                Ok(message) => act.run(async move { people::change(&site, id, &message).await }, move |()| {
                    desk.say(format!("{} is changed.", typed.name));
                    loaded.again();
                }),
            },
            Editing::Nobody => {}
        }
    };
    let roles = Role::ALL
        .into_iter()
        .map(|role| view! {
            <label class="check">
                <input type="checkbox" data-test=format!("role-{}", role.word()) prop:checked=move || form.with(|form| form.roles.contains(&role))
                    on:change=move |_| form.update(|form| form.toggle(role))/>
                <span>{role.word()}<small class="block quiet">{role_words(role)}</small></span>
            </label>
        })
        .collect_view();
    view! {
        <form class="decide" on:submit=save>
            <h2>{move || if editing.get() == Editing::New { "New person".to_owned() } else { form.with(|form| form.name.clone()) }}</h2>
            {new.then(|| view! {
                <label class="field"><span>"Name"</span><input data-test="person-name" prop:value=move || form.with(|form| form.name.clone())
                    on:input:target=move |event| form.update(|form| form.name = event.target().value())/></label>
                <label class="field"><span>"Signs in as"</span><input data-test="person-user" autocapitalize="none" prop:value=move || form.with(|form| form.username.clone())
                    on:input:target=move |event| form.update(|form| form.username = event.target().value())/></label>
            })}
            <label class="field"><span>"Language on the handheld"</span>{languages(form)}</label>
            <fieldset><legend>"Roles on this site"</legend>{roles}</fieldset>
            {move || form.with(|form| role_warning(&form.roles)).map(|sentence| view! { <p class="note note-warn">{sentence}</p> })}
            {move || form.with(|form| form.roles.contains(&Role::Supervisor)).then(|| view! {
                <label class="field"><span>{format!("Approves up to, {} (empty: no limit)", desk.currency())}</span>
                    <input inputmode="decimal" data-test="person-limit" prop:value=move || form.with(|form| form.limit.clone())
                        on:input:target=move |event| form.update(|form| form.limit = event.target().value())/></label>
            })}
            {(!new).then(|| view! {
                <label class="check"><input type="checkbox" data-test="person-disabled" prop:checked=move || form.with(|form| form.disabled)
                    on:change:target=move |event| form.update(|form| form.disabled = event.target().checked())/>
                    <span>"Disabled"<small class="block quiet">"Cannot sign in; open sessions end. What they counted stays."</small></span></label>
            })}
            {move || fault.get().map(|sentence| view! { <p class="note note-bad" role="alert">{sentence}</p> })}
            {note::refusal(act.trouble)}
            <button class="primary wide" data-test="save-person" disabled=move || act.busy.get()>{if new { "Add" } else { "Save" }}</button>
            <div class="pair-buttons">
                {move || match editing.get() {
                    Editing::Known(id) => Some(view! {
                        <button type="button" data-test="make-link" disabled=move || act.busy.get() on:click=move |_| make_link(id, form.with_untracked(|form| form.name.clone()))>"One-time link"</button>
                    }),
                    _ => None,
                }}
                <button type="button" class="plain" on:click=move |_| { link.set(None); editing.set(Editing::Nobody); }>"Close"</button>
            </div>
        </form>
        {move || link.get().map(|(name, made)| {
            let address = format!("{}{}", page::origin(), made.path);
            let copied = address.clone();
            view! {
                <section class="once">
                    <p>{format!("Give this link to {name}. With it they choose a password; it works once, until {}.", desk.time(made.expires_at, TimeStyle::Minute))}</p>
                    <p class="once-link code" data-test="one-time-link">{address}</p>
                    <button on:click=move |_| { page::copy(&copied); desk.say("Copied."); }>"Copy"</button>
                    <p class="quiet small">"It is not shown again. Anybody who has it can sign in as them."</p>
                </section>
            }
        })}
    }
    .into_any()
}
