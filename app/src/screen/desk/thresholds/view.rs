//! The editor of tolerance rules and the list of reasons.
//!
//! Absent: trying rules on past counts.

use super::model::{COLUMNS, LEVELS, RuleForm, SCOPES, read_all, read_amount};
use crate::{
    api::master,
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
    api::master::{ItemRow, Reason, Thresholds},
    role::Permission,
};

/// What is being edited: a copy, so that a change at the server does not pull it away.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Draft {
    version: i64,
    rules: Vec<RuleForm>,
    dual: String,
    post_within: bool,
}

impl Draft {
    fn of(thresholds: &Thresholds) -> Self {
        Self {
            version: thresholds.version,
            rules: thresholds.rules.iter().map(RuleForm::of).collect(),
            dual: thresholds.dual_above.map(|amount| amount.to_string()).unwrap_or_default(),
            post_within: thresholds.post_within_tolerance,
        }
    }
    fn read(&self) -> Result<Thresholds, String> {
        Ok(Thresholds {
            version: self.version,
            rules: read_all(&self.rules)?,
            dual_above: read_amount(&self.dual)?,
            post_within_tolerance: self.post_within,
        })
    }
}

/// The page.
pub fn page(desk: Desk) -> AnyView {
    let loaded = load(&[Topic::Master], move || desk.code(), |site| async move { master::thresholds(&site).await });
    let draft = RwSignal::new(None::<Draft>);
    let saved = Memo::new(move |_| loaded.value.with(|thresholds| thresholds.as_ref().map(Draft::of)));
    Effect::new(move |before: Option<Option<Draft>>| {
        let now = saved.get();
        // what somebody is typing stays; a newer version is pointed out when they save
        let untouched =
            draft.with_untracked(|draft| draft.is_none() || before.as_ref().is_some_and(|before| draft == before));
        if untouched {
            draft.set(now.clone());
        }
        now
    });
    let may_admin = Memo::new(move |_| desk.may(Permission::Administer));
    let changed = Memo::new(move |_| draft.with(|draft| draft.is_some() && saved.with(|saved| draft != saved)));
    let number = Memo::new(move |_| draft.with(|draft| draft.as_ref().map_or(0, |draft| draft.rules.len())));
    view! {
        {note::head("Thresholds", move || saved.with(|saved| saved.as_ref().map(|saved| format!("version {}; a running count keeps the version it was made with", saved.version))), ())}
        {note::trouble_of(loaded)}
        <div class="case">
            <div class="case-main rules" class:is-read-only=move || !may_admin.get()>
                <p class="quiet">"The most specific rule that fits an item decides: item, category, ABC class, zone, site, everything else. \
                    Within tolerance means inside all limits given. An empty field does not limit; 0 limits to zero."</p>
                {move || (0..number.get()).map(|at| rule(draft, at, may_admin.get())).collect_view()}
                {move || may_admin.get().then(|| view! {
                    <button data-test="add-rule" on:click=move |_| draft.update(|draft| if let Some(draft) = draft { draft.rules.insert(0, RuleForm::default()) })>"Add a rule"</button>
                })}
            </div>
            <aside class="case-side">{save(desk, loaded, draft, saved, changed, may_admin)}{item_finder(desk, may_admin)}{reasons(desk, may_admin)}</aside>
        </div>
    }
    .into_any()
}

fn rule(draft: RwSignal<Option<Draft>>, at: usize, may_edit: bool) -> impl IntoView {
    let read = move |part: fn(&RuleForm) -> String| {
        move || draft.with(|draft| draft.as_ref().and_then(|draft| draft.rules.get(at)).map(part).unwrap_or_default())
    };
    let write = move |change: &dyn Fn(&mut RuleForm)| {
        draft.update(|draft| {
            if let Some(rule) = draft.as_mut().and_then(|draft| draft.rules.get_mut(at)) {
                change(rule)
            }
        })
    };
    let named = move || {
        draft.with(|draft| draft.as_ref().and_then(|draft| draft.rules.get(at)).is_some_and(RuleForm::is_named))
    };
    let always = move || {
        draft.with(|draft| {
            draft.as_ref().and_then(|draft| draft.rules.get(at)).is_some_and(|rule| rule.found_always_beyond)
        })
    };
    let cell = move |level: usize, column: usize| {
        let value = move || {
            draft.with(|draft| {
                let rule = draft.as_ref().and_then(|draft| draft.rules.get(at));
                rule.map(|rule| rule.levels[level].0[column].clone()).unwrap_or_default()
            })
        };
        let label = format!("{}, {}", LEVELS[level].0, COLUMNS[column]);
        view! {
            <td><input class="limit" inputmode="decimal" aria-label=label disabled=!may_edit prop:value=value
                on:input:target=move |event| { let typed = event.target().value(); write(&|rule| rule.levels[level].0[column].clone_from(&typed)); }/></td>
        }
    };
    view! {
        <fieldset class="rule-form" data-test="rule">
            <legend class="unseen">{format!("Rule {}", at + 1)}</legend>
            <div class="rule-scope">
                <span class="quiet number">{at + 1}</span>
                <select aria-label="About" disabled=!may_edit prop:value=read(|rule| rule.scope.clone())
                    on:change:target=move |event| { let typed = event.target().value(); write(&|rule| rule.scope.clone_from(&typed)); }>
                    {SCOPES.map(|(word, title)| view! { <option value=word>{title}</option> }).collect_view()}
                </select>
                <input class="code" class:is-off=move || !named() placeholder="which" aria-label="Which" disabled=move || !may_edit || !named() prop:value=read(|rule| rule.of.clone())
                    on:input:target=move |event| { let typed = event.target().value(); write(&|rule| rule.of.clone_from(&typed)); }/>
                {may_edit.then(|| view! { <button class="plain rule-remove" on:click=move |_| draft.update(|draft| if let Some(draft) = draft { draft.rules.remove(at); })>"Remove"</button> })}
            </div>
            <table class="limits">
                <thead><tr><th></th>{COLUMNS.map(|column| view! { <th>{column}</th> }).collect_view()}</tr></thead>
                <tbody>{LEVELS.into_iter().enumerate().map(|(level, (word, meaning))| view! {
                    <tr><th scope="row">{word}<small class="block quiet">{meaning}</small></th>{(0..COLUMNS.len()).map(|column| cell(level, column)).collect_view()}</tr>
                }).collect_view()}</tbody>
            </table>
            <label class="check"><input type="checkbox" disabled=!may_edit prop:checked=always
                    on:change:target=move |event| { let ticked = event.target().checked(); write(&|rule| rule.found_always_beyond = ticked); }/>
                    <span>"stock found where the book says none is always beyond"</span></label>
        </fieldset>
    }
}

fn save(
    desk: Desk,
    loaded: Loaded<Thresholds>,
    draft: RwSignal<Option<Draft>>,
    saved: Memo<Option<Draft>>,
    changed: Memo<bool>,
    may_admin: Memo<bool>,
) -> impl IntoView {
    let fault = RwSignal::new(None::<String>);
    let act = Act::idle();
    let save = move |_| {
        let Some(typed) = draft.get_untracked() else { return };
        fault.set(None);
        match typed.read() {
            Err(sentence) => fault.set(Some(sentence)),
            Ok(message) => {
                let site = desk.code_now();
                act.run(async move { master::set_thresholds(&site, &message).await }, move |()| {
                    desk.say("Saved as a new version. Counts made from now on use it.");
                    draft.set(None);
                    loaded.again();
                });
            }
        }
    };
    let newer = move || {
        draft.with(|draft| {
            saved.with(|saved| match (draft, saved) {
                (Some(draft), Some(saved)) => saved.version > draft.version,
                _ => false,
            })
        })
    };
    view! {
        <div class="decide">
            <label class="field"><span>{format!("Two approvers above, {} (empty: one is enough)", desk.currency())}</span>
                <input inputmode="decimal" data-test="dual-above" disabled=move || !may_admin.get() prop:value=move || draft.with(|draft| draft.as_ref().map(|draft| draft.dual.clone()).unwrap_or_default())
                    on:input:target=move |event| { let typed = event.target().value(); draft.update(|draft| if let Some(draft) = draft { draft.dual = typed }); }/></label>
            <label class="check"><input type="checkbox" disabled=move || !may_admin.get() prop:checked=move || draft.with(|draft| draft.as_ref().is_some_and(|draft| draft.post_within))
                on:change:target=move |event| { let ticked = event.target().checked(); draft.update(|draft| if let Some(draft) = draft { draft.post_within = ticked }); }/>
                <span>"Post variances within tolerance by themselves"<small class="block quiet">"Otherwise they are left and tracked. Ambiguous ones are never posted by themselves."</small></span></label>
            {move || newer().then(|| view! { <p class="note note-warn">"Somebody saved another version meanwhile. Note down what you changed, then discard and start from theirs."</p> })}
            {move || fault.get().map(|sentence| view! { <p class="note note-bad" role="alert">{sentence}</p> })}
            {note::refusal(act.trouble)}
            {move || may_admin.get().then(|| view! {
                <button class="primary wide" data-test="save-thresholds" on:click=save disabled=move || act.busy.get() || !changed.get()>"Save as a new version"</button>
                {move || changed.get().then(|| view! { <button class="plain wide" on:click=move |_| draft.set(saved.get_untracked())>"Discard changes"</button> })}
            })}
        </div>
    }
}

/// Rules about one item name it by its number: here it is found.
fn item_finder(desk: Desk, may_admin: Memo<bool>) -> impl IntoView {
    let q = RwSignal::new(String::new());
    let items = load(
        &[],
        move || (desk.code(), q.get()),
        |(site, q)| async move { if q.is_empty() { Ok(Vec::<ItemRow>::new()) } else { master::items(&site, &q).await } },
    );
    view! {
        {move || may_admin.get().then(|| view! {
            <section><h2>"An item's number"</h2>
                <input type="search" placeholder="SKU or words" aria-label="Find an item" on:input:target=move |event| q.set(event.target().value().trim().to_owned())/>
                <ul class="hits">{move || items.value.with(|items| items.iter().flatten().take(6).map(|item| view! {
                    <li class="hit"><b class="code">{format!("#{}", item.id)}</b><span class="code">{item.sku.clone()}</span><span class="quiet clip">{item.description.clone()}</span></li>
                }).collect_view())}</ul>
            </section>
        })}
    }
}

fn reasons(desk: Desk, may_admin: Memo<bool>) -> impl IntoView {
    let loaded = load(&[Topic::Master], move || desk.code(), |site| async move { master::reasons(&site).await });
    let label = RwSignal::new(String::new());
    let act = Act::idle();
    let add = move |event: SubmitEvent| {
        event.prevent_default();
        let typed = label.get_untracked().trim().to_owned();
        let code: String =
            typed.to_lowercase().chars().map(|sign| if sign.is_alphanumeric() { sign } else { '_' }).collect();
        let (site, reason) = (desk.code_now(), Reason { code, label: typed });
        act.run(async move { master::add_reason(&site, &reason).await }, move |()| {
            label.set(String::new());
            loaded.again();
        });
    };
    view! {
        <section>
            <h2>"Reasons"{move || loaded.value.with(|reasons| reasons.as_ref().map(|reasons| view! { <span class="quiet">{format!(" · {}", words::number(reasons.len() as u64))}</span> }))}</h2>
            {note::trouble_of(loaded)}
            <ul class="reasons">{move || loaded.value.with(|reasons| reasons.iter().flatten().map(|reason| view! { <li>{reason.label.clone()}</li> }).collect_view())}</ul>
            {move || may_admin.get().then(|| view! {
                <form class="inline-form" on:submit=add>
                    <input aria-label="A new reason" placeholder="Another reason" required data-test="reason-label" prop:value=move || label.get() on:input:target=move |event| label.set(event.target().value())/>
                    <button data-test="add-reason" disabled=move || act.busy.get()>"Add"</button>
                </form>
                {note::refusal(act.trouble)}
            })}
        </section>
    }
}
