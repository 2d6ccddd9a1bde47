//! Draws the one open question, in the page and where the thumb is. Never a modal dialog: it would swallow scans.
//!
//! Absent: what answers do (`model`).

use super::{
    find::{HITS_MAX, Hit},
    model::Visit,
    prompt::{Prompt, Wanted},
};
use crate::{
    part::{keypad_view, unbroken},
    scan::resolve,
    screen::handheld::floor::Floor,
    words::{Words, fill},
};
use leptos::prelude::*;
use shared::{event::SkipReason, quantity::Quantity, scan::Capture};

/// The question and its answers; the likely one last and lowest. `list` is whether the lines are shown in place of the
/// keypad: who picked an item wants the keypad.
pub fn view(floor: Floor, words: &'static Words, bin: &str, prompt: Prompt, list: RwSignal<bool>) -> impl IntoView {
    let (name, question, body) = match prompt {
        Prompt::Lot(wanted) => ("lot", words.lot_ask.to_owned(), wanted_view(floor, words, wanted, Which::Lot)),
        Prompt::Serial(wanted) => {
            ("serial", words.serial_ask.to_owned(), wanted_view(floor, words, wanted, Which::Serial))
        }
        Prompt::AddToKeyed { factor, total, .. } => {
            let (total_text, more) = (words.number(total), words.number(factor));
            let sum = total.plus(factor).map(|sum| words.number(sum)).unwrap_or_default();
            let yes = fill(words.keyed_add, &[&sum]);
            let no = fill(words.keyed_keep, &[&total_text]);
            ("keyed", fill(words.keyed_ask, &[&total_text, &more]), two(floor, "confirm-add", yes, no))
        }
        Prompt::Amount { key, factor, amount, weighed, .. } => {
            let unit = floor.visit.with_untracked(|visit| visit.as_ref().map(|visit| visit.item(key.item).unit));
            let unit = unit.unwrap_or_default();
            let question = match (&amount, weighed) {
                (_, true) => fill(words.weigh_ask, &[&unit]),
                (Some(amount), false) => fill(words.amount_ask, &[&words.number(*amount)]),
                (None, false) => words.weigh_ask.to_owned(),
            };
            ("amount", question, amount_view(floor, words, &unit, factor, amount, weighed))
        }
        Prompt::Case { item, .. } => ("case", fill(words.case_ask, &[&item.sku]), case_view(floor, words)),
        Prompt::Large(quantity) => {
            let text = words.number(quantity);
            let yes = fill(words.large_yes, &[&text]);
            ("large", fill(words.large_ask, &[&text]), two(floor, "confirm-large", yes, words.go_back.to_owned()))
        }
        Prompt::OtherBin(other) => {
            let complete = floor.visit.with_untracked(|visit| visit.as_ref().is_some_and(Visit::is_complete));
            let yes = if complete { words.other_bin_yes } else { words.other_bin_leave };
            let question = if complete { words.other_bin } else { words.other_bin_left };
            let question = fill(question, &[bin, &other.code]);
            let stay = fill(words.stay, &[bin]);
            ("other-bin", question, two(floor, "confirm-other", fill(yes, &[&other.code]), stay))
        }
        Prompt::Empty => {
            let yes = fill(words.confirm_empty, &[bin]);
            ("empty", fill(words.empty_ask, &[bin]), two(floor, "confirm-empty", yes, words.go_back.to_owned()))
        }
        Prompt::Nothing => {
            let yes = fill(words.confirm_empty, &[bin]);
            ("nothing", fill(words.finish_nothing, &[bin]), two(floor, "confirm-done", yes, words.go_back.to_owned()))
        }
        Prompt::Missing(n) => {
            let question = fill(words.finish_missing, &[&words.form.whole(n)]);
            let yes = words.confirm_missing.to_owned();
            ("missing", question, two(floor, "confirm-done", yes, words.go_back.to_owned()))
        }
        Prompt::Find => ("find", words.find_ask.to_owned(), find_view(floor, words, list)),
        Prompt::Skip => ("skip", fill(words.why_skip, &[bin]), skip_view(floor, words)),
    };
    view! {
        <section class=format!("ask {name}") role="group" tabindex="-1" aria-label=question.clone() data-test="ask" data-ask=name>
            <h2 role="alert">{unbroken::view(&question)}</h2>
            {body}
        </section>
    }
}

fn two(floor: Floor, test: &'static str, yes: String, no: String) -> AnyView {
    let (yes, no) = (unbroken::view(&yes), unbroken::view(&no));
    view! {
        <button data-test="answer-no" on:click=move |_| floor.act(Visit::answer_no)>{no}</button>
        <button class="primary" data-test=test on:click=move |_| floor.act(Visit::answer_yes)>{yes}</button>
    }
    .into_any()
}

/// The keypad under a question that a number answers.
fn keys(floor: Floor, words: &'static Words, decimals: bool) -> AnyView {
    let typed = move || floor.visit.with(|visit| visit.as_ref().map(|visit| words.form.typed(visit.keypad.text())));
    view! {
        <p class="keyed number" data-test="keyed" aria-live="polite">{typed}</p>
        {keypad_view::view(
            words,
            decimals,
            move |key| floor.act(|visit| { visit.press(key); vec![] }),
            move || floor.act(|visit| { visit.press_back(); vec![] }),
            move || floor.act(Visit::press_ok),
        )}
    }
    .into_any()
}

fn amount_view(
    floor: Floor,
    words: &'static Words,
    unit: &str,
    factor: Quantity,
    amount: Option<Quantity>,
    weighed: bool,
) -> AnyView {
    let yes = amount.map(|amount| {
        let text = fill(words.amount_yes, &[&format!("{} {unit}", words.number(amount))]);
        view! { <button class="primary" data-test="confirm-amount" on:click=move |_| floor.act(Visit::answer_yes)>{text}</button> }
    });
    let plain = (!weighed).then(|| {
        let text = fill(words.amount_plain, &[&words.number(factor)]);
        view! { <button data-test="amount-plain" on:click=move |_| floor.act(Visit::answer_plain)>{text}</button> }
    });
    view! {
        {weighed.then(|| keys(floor, words, true))}
        <div class="pair">
            <button data-test="answer-no" on:click=move |_| floor.act(Visit::answer_no)>{words.cancel}</button>
            {plain}
        </div>
        {yes}
    }
    .into_any()
}

fn case_view(floor: Floor, words: &'static Words) -> AnyView {
    view! {
        {keys(floor, words, false)}
        <button data-test="answer-no" on:click=move |_| floor.act(Visit::answer_no)>{words.case_unknown}</button>
    }
    .into_any()
}

#[derive(Clone, Copy, PartialEq)]
enum Which {
    Lot,
    Serial,
}

fn wanted_view(floor: Floor, words: &'static Words, wanted: Wanted, which: Which) -> AnyView {
    let typed = floor.visit.with_untracked(|visit| visit.as_ref().map(|visit| visit.typed.clone()));
    let text = RwSignal::new(typed.unwrap_or_default());
    let (test, help) = match which {
        Which::Lot => ("lot-field", words.lot_help),
        Which::Serial => ("serial-field", words.serial_help),
    };
    let answer = move |text: String| floor.act(move |visit| visit.answer_text(&text));
    view! {
        <div class="proposals">
            {wanted.proposals.into_iter().map(|proposal| {
                let own = proposal.clone();
                view! {
                    <button data-test="proposal" class="code" on:click=move |_| answer(own.clone())>{proposal}</button>
                }
            }).collect_view()}
        </div>
        <form class="typed" on:submit=move |event| { event.prevent_default(); answer(text.get_untracked()); }>
            <input type="text" class="code" data-test=test aria-label=help placeholder=help autocomplete="off"
                autocapitalize="characters" spellcheck="false" prop:value=move || text.get() on:input=move |event| {
                    let typed = event_target_value(&event);
                    text.set(typed.clone());
                    floor.act(move |visit| { visit.typed = typed; vec![] });
                }/>
            <button type="submit" data-test="field-ok">{words.use_it}</button>
        </form>
        <div class="pair">
            <button data-test="answer-no" on:click=move |_| floor.act(Visit::answer_no)>{words.cancel}</button>
            {(which == Which::Lot).then(|| view! {
                <button data-test="no-lot" on:click=move |_| floor.act(Visit::answer_no_lot)>{words.lot_none}</button>
            })}
        </div>
    }
    .into_any()
}

fn find_view(floor: Floor, words: &'static Words, list: RwSignal<bool>) -> AnyView {
    let text = RwSignal::new(String::new());
    let hits = move || {
        let text = text.get();
        let found = floor.replica().map(|replica| {
            replica.catalogue(|catalogue| {
                catalogue.search_items(&text, HITS_MAX).iter().map(resolve::known).collect::<Vec<_>>()
            })
        });
        floor.visit.with_untracked(|visit| visit.as_ref().map(|visit| visit.hits(&text, found.unwrap_or_default())))
    };
    let draw = move |hit: Hit| {
        let item = hit.item().clone();
        let lot = if let Hit::Wanted(key, _) = &hit { format!("{}{}", key.lot, key.serial) } else { String::new() };
        let pick = move |_| {
            list.set(false);
            floor.capture.update_value(Capture::forget);
            let hit = hit.clone();
            floor.act(move |visit| visit.pick(hit));
        };
        view! {
            <button class="hit" data-test="find-hit" data-sku=item.sku.clone() on:click=pick>
                <b class="code">{item.sku.clone()}" "{lot}</b>
                <span>{item.description}</span>
            </button>
        }
    };
    let cancel = move |_| {
        floor.capture.update_value(Capture::forget);
        floor.act(Visit::answer_no);
    };
    view! {
        <div class="hits" aria-live="polite">
            {move || hits().unwrap_or_default().into_iter().map(draw).collect_view()}
            {move || {
                let nothing = text.with(|text| !text.trim().is_empty()) && hits().is_none_or(|hits| hits.is_empty());
                nothing.then(|| view! { <p class="quiet" data-test="find-none">{words.find_none}</p> })
            }}
        </div>
        <form class="typed" on:submit=|event| event.prevent_default()>
            <input type="text" data-test="find-field" data-hears="scans" aria-label=words.find_help
                placeholder=words.find_help autocomplete="off" autocapitalize="none" spellcheck="false"
                on:input=move |event| text.set(event_target_value(&event))/>
        </form>
        <button class="quiet" data-test="answer-no" on:click=cancel>{words.cancel}</button>
    }
    .into_any()
}

fn skip_view(floor: Floor, words: &'static Words) -> AnyView {
    let reasons = SkipReason::ALL.map(|reason| {
        let (name, text) = match reason {
            SkipReason::Blocked => ("skip-blocked", words.skip_blocked),
            SkipReason::DamagedLabel => ("skip-damaged_label", words.skip_damaged),
            SkipReason::Unsafe => ("skip-unsafe", words.skip_unsafe),
            SkipReason::StockMoving => ("skip-stock_moving", words.skip_moving),
        };
        view! { <button data-test=name on:click=move |_| floor.act(move |visit| visit.skip(reason))>{text}</button> }
    });
    view! {
        {reasons.into_iter().collect_view()}
        <button class="quiet" data-test="answer-no" on:click=move |_| floor.act(Visit::answer_no)>{words.go_back}</button>
    }
    .into_any()
}
