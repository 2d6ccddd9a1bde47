//! Draws counting: the bin, the thing in hand with its number, the lines, the keypad, one big button.
//!
//! Absent: what taps mean (`model`), questions (`ask`).

use super::{
    ask,
    entry::Fate,
    model::Visit,
    prompt::{Prompt, Say},
    shown::{Line, Packs},
};
use crate::{
    browser::device,
    part::{keypad_view, unbroken},
    screen::handheld::{
        camera,
        floor::{Floor, Screen},
        shell,
    },
    words::{Words, fill},
};
use leptos::prelude::*;
use shared::{barcode::Hint, item::Tracking, key::ItemKey};
use std::collections::BTreeMap;

/// Lines drawn; more are counted but not drawn.
const LINES_SHOWN: usize = 100;

/// Reads something from the visit; the default while there is none, which is only while screens change.
fn of<T: Default>(floor: Floor, read: impl FnOnce(&Visit) -> T) -> T {
    floor.visit.with(|visit| visit.as_ref().map(read).unwrap_or_default())
}

/// The counting screen.
pub fn view(floor: Floor) -> impl IntoView {
    let words = floor.words();
    let list = RwSignal::new(false);
    let code = Memo::new(move |_| of(floor, |visit| visit.bin.code.clone()));
    let round = Memo::new(move |_| of(floor, |visit| visit.work.as_ref().map(|work| work.round)));
    let lines = Memo::new(move |_| of(floor, Visit::lines));
    let hand = Memo::new(move |_| lines.with(|lines| of(floor, |visit| visit.line_in_hand(lines))));
    let typing = Memo::new(move |_| of(floor, |visit| visit.keypad.text().to_owned()));
    // apart from the lines: the word of the disk changes a class and draws nothing
    let fates = Memo::new(move |_| of(floor, Visit::fates));
    let unknown = Memo::new(move |_| of(floor, Visit::unknown));
    let undo = Memo::new(move |_| of(floor, Visit::undo_next));
    let told = Memo::new(move |_| told(floor, words));
    let asks = Memo::new(move |_| of(floor, |visit| visit.prompt.clone()));
    let leaving = Memo::new(move |_| of(floor, Visit::is_leaving));
    // keys are of use when there is something to say a number of; they are drawn once, and not for each scan
    let keys = Memo::new(move |_| !list.get() && (hand.with(Option::is_some) || typing.with(|text| !text.is_empty())));
    let decimals =
        Memo::new(move |_| hand.with(|hand| hand.as_ref().is_some_and(|line| takes_decimals(&line.item.unit))));
    let has_lines = Memo::new(move |_| lines.with(|lines| !lines.is_empty()));
    let drawn = move || {
        let chosen = hand.with(|hand| hand.as_ref().map(|line| line.key.clone()));
        let is_chosen = |line: &Line| chosen.as_ref() == Some(&line.key);
        lines.with(|lines| lines.iter().take(LINES_SHOWN).map(|it| (it.clone(), is_chosen(it))).collect::<Vec<_>>())
    };
    view! {
        {shell::bar(floor)}
        <div class="bin">
            <div class="where">
                <h1 class="code" data-test="bin-code">{move || code.get()}</h1>
                {move || round.get().filter(|round| *round >= 2).map(|_| view! {
                    <p class="again" data-test="again">"↻ "{words.count_again}</p>
                })}
            </div>
            <button class="back" data-test="to-list" on:click=move |_| floor.show(Screen::Tasks)>{words.back}</button>
        </div>
        <section class="hand" data-test="last-scan" aria-live="polite">
            {move || in_hand(floor, words, hand.get(), typing.get(), asks, fates)}
        </section>
        {move || told.get().map(say)}
        <div class="lines" class:tall=move || !keys.get() || asks.with(Option::is_some)>
            <ul>
                // a line that says the same stays what it is: drawing all of them costs a slow processor on every scan
                <For each=drawn key=Clone::clone children=move |(line, chosen)| draw_line(floor, words, &line, chosen, fates)/>
                {move || unknown.get().into_iter().map(|code| view! {
                    <li class="unknown" data-test="unknown" data-raw=code.raw.clone()>
                        <span class="what"><b><i aria-hidden="true">"? "</i>{words.note_unknown}</b>
                            <span class="code">{code.raw.clone()}</span>
                            {code.pack.map(|(sku, units)| view! {
                                <span data-test="unknown-pack">{fill(words.pack_of, &[&sku, &words.number(units)])}</span>
                            })}</span>
                        <span class=format!("number {}", fate_class(code.fate)) data-fate=fate_class(code.fate)>
                            {format!("× {}", words.number(code.quantity))}</span>
                    </li>
                }).collect_view()}
            </ul>
            {move || (!keys.get() && asks.with(Option::is_none)).then(|| {
                let empty = of(floor, |visit| visit.counted() == 0 && visit.missing().is_empty());
                view! {
                    <div class="choices">
                        {empty.then(|| view! {
                            <button data-test="bin-empty" on:click=move |_| floor.act(|visit| { visit.empty(); vec![] })>
                                {words.bin_empty}</button>
                        })}
                        <button data-test="find" on:click=move |_| floor.act(|visit| { visit.find(); vec![] })>
                            {words.find}</button>
                        {camera::button(floor)}
                        <button data-test="skip" on:click=move |_| floor.act(|visit| { visit.cannot(); vec![] })>
                            {words.cannot_count}</button>
                    </div>
                }
            })}
        </div>
        {move || match asks.get() {
            Some(prompt) => ask::view(floor, words, &code.get_untracked(), prompt, list).into_any(),
            None => view! {
                {move || keys.get().then(|| keypad_view::view(
                    words,
                    decimals.get(),
                    move |key| floor.act(|visit| { visit.press(key); vec![] }),
                    move || floor.act(|visit| { visit.press_back(); vec![] }),
                    move || floor.act(Visit::press_ok),
                ))}
                <div class="acts row">
                    <button class="undo" data-test="undo" disabled=move || undo.with(Option::is_none)
                        on:click=move |_| floor.act(Visit::undo)>
                        <span>{words.undo}</span>
                        <small>{move || undo.with(|undo| undo.as_ref().map(|undo| unbroken::view(&undo.name(words))))}</small>
                    </button>
                    {move || has_lines.get().then(|| view! {
                        <button class="swap" data-test="swap" aria-pressed=move || list.get().to_string()
                            on:click=move |_| list.update(|list| *list = !*list)>
                            {move || if list.get() { words.keypad.to_owned() } else { lines.with(|lines| words.lines.of(lines.len())) }}
                        </button>
                    })}
                    <button class="primary" data-test="done" disabled=move || leaving.get() on:click=move |_| floor.act(Visit::done)>
                        {move || if leaving.get() { words.saving } else { words.finish }}
                    </button>
                </div>
            }.into_any(),
        }}
    }
}

/// Units in which a part of one makes sense.
fn takes_decimals(unit: &str) -> bool {
    matches!(
        unit.to_ascii_uppercase().as_str(),
        "KG" | "G" | "LB" | "OZ" | "T" | "L" | "ML" | "M" | "CM" | "MM" | "FT" | "M2" | "M3"
    )
}

fn marks(words: &Words, line: &Line) -> String {
    let mut marks = Vec::new();
    if !line.key.lot.is_empty() {
        marks.push(fill(words.lot, &[&line.key.lot]));
    }
    if !line.key.serial.is_empty() {
        marks.push(fill(words.serial, &[&line.key.serial]));
    }
    if let Some(expiry) = &line.expiry {
        marks.push(fill(words.expiry, &[&words.form.day(expiry)]));
    }
    if line.key.lot.is_empty() && matches!(line.item.tracking, Tracking::Lot | Tracking::LotExpiry) {
        marks.push(words.lot_none.to_owned());
    }
    marks.join(" · ")
}

fn fate_class(fate: Fate) -> &'static str {
    match fate {
        Fate::Saved => "saved",
        Fate::Waiting => "pending",
        Fate::NotSaved => "failed",
    }
}

/// What is said of each line that is not on the disk.
type Fates = Memo<BTreeMap<ItemKey, Fate>>;

fn fate(fates: Fates, key: &ItemKey) -> Fate {
    fates.with(|fates| fates.get(key).copied().unwrap_or(Fate::Saved))
}

fn in_hand(
    floor: Floor,
    words: &'static Words,
    line: Option<Line>,
    typing: String,
    asks: Memo<Option<Prompt>>,
    fates: Fates,
) -> AnyView {
    let wanted = asks.with(|prompt| match prompt {
        Some(Prompt::Lot(wanted) | Prompt::Serial(wanted)) => Some(wanted.item.clone()),
        Some(Prompt::Case { item, .. }) => Some(item.clone()),
        _ => None,
    });
    if let Some(item) = wanted {
        return view! {
            <p class="name">{item.description}</p>
            <p class="sku code" data-test="wanted-sku">{item.sku}</p>
        }
        .into_any();
    }
    let Some(line) = line else {
        let unknown = of(floor, |visit| match &visit.say {
            Some(Say::UnknownKept(raw)) => Some(raw.clone()),
            _ => None,
        });
        return match (unknown, typing.is_empty()) {
            (Some(raw), true) => view! {
                <p class="unknown-code"><b><i aria-hidden="true">"? "</i>{words.note_unknown}</b></p>
                <p class="code raw">{raw}</p>
                <p class="quiet">{words.note_unknown_help}</p>
            }
            .into_any(),
            (_, true) => {
                let counted = of(floor, |visit| visit.counted() > 0);
                let only = of(floor, |visit| !visit.missing().is_empty());
                view! {
                    <p class="hint"><b>{if only { words.count_these } else { words.scan_item }}</b></p>
                    {(!counted).then(|| view! { <p class="quiet">{words.nothing_yet}</p> })}
                }
                .into_any()
            }
            (_, false) => {
                view! { <p class="big typing number" data-test="big-quantity">{words.form.typed(&typing)}</p> }
                    .into_any()
            }
        };
    };
    let total = line.quantity.map(|quantity| words.number(quantity));
    let shown =
        if typing.is_empty() { total.clone().unwrap_or_else(|| "–".into()) } else { words.form.typed(&typing) };
    let letters = shown.chars().count();
    // a sum stands beside the number that it replaces
    let most = if typing.is_empty() { 6 } else { 5 };
    let (long, longer) = (letters > most && letters <= 9, letters > 9);
    let beside = match (&typing, line.packs) {
        (text, _) if !text.is_empty() => total.map(|total| fill(words.was, &[&total])),
        (_, Packs::Cases(n, factor)) => total.map(|total| words.cases.with(n, &[&words.number(factor), &total])),
        (_, Packs::Mixed(factor)) => Some(fill(words.mixed, &[&words.number(factor)])),
        (_, Packs::Plain) if line.quantity.is_none() => Some(words.line_open.to_owned()),
        (_, Packs::Plain) => None,
    };
    let fault = line.fault.is_some().then_some(words.note_overflow);
    let marks = marks(words, &line);
    let fate = {
        let key = line.key.clone();
        Memo::new(move |_| fate(fates, &key))
    };
    view! {
        <p class="name">{line.item.description.clone()}</p>
        <p class="sku"><span class="code" data-test="hand-sku">{line.item.sku.clone()}</span>" "{marks}</p>
        <div class="total">
            <span class="beside">{beside}{fault}</span>
            <span class="big number" class:typing=!typing.is_empty() class:long=long class:longer=longer
                class:pending=move || fate.get() == Fate::Waiting class:failed=move || fate.get() == Fate::NotSaved
                data-test="big-quantity" data-fate=move || fate_class(fate.get())>{shown}</span>
            <span class="unit">{line.item.unit.clone()}</span>
        </div>
    }
    .into_any()
}

fn draw_line(floor: Floor, words: &'static Words, line: &Line, chosen: bool, fates: Fates) -> AnyView {
    let (key, own) = (line.key.clone(), line.key.clone());
    let fate = Memo::new(move |_| fate(fates, &own));
    let marks = marks(words, line);
    let quantity = line.quantity.map_or_else(|| "–".to_owned(), |quantity| words.number(quantity));
    let zero = line.quantity.is_some_and(shared::quantity::Quantity::is_zero);
    view! {
        <li>
            <button class="line" class:chosen=chosen data-test="line" data-sku=line.item.sku.clone() data-lot=line.key.lot.clone()
                data-serial=line.key.serial.clone() data-state=if line.quantity.is_some() { "counted" } else { "open" }
                on:click=move |_| { let key = key.clone(); floor.act(move |visit| { visit.select(key); vec![] }) }>
                <span class="what">
                    <b>{if line.item.description.is_empty() { line.item.sku.clone() } else { line.item.description.clone() }}</b>
                    <span><span class="code">{line.item.sku.clone()}</span>" "{marks}</span>
                </span>
                <span class="amount">
                    <span class="number" class:pending=move || fate.get() == Fate::Waiting
                        class:failed=move || fate.get() == Fate::NotSaved data-test="line-quantity">{quantity}</span>
                    {zero.then_some(view! { <small>{words.zero_line}</small> })}
                    {line.quantity.is_none().then_some(view! { <small>{words.line_open}</small> })}
                </span>
            </button>
        </li>
    }
    .into_any()
}

/// A sentence about what was done last, and whether something is wrong.
fn told(floor: Floor, words: &'static Words) -> Option<(bool, String)> {
    let said = of(floor, |visit| {
        let lines = |n: usize| words.lines.of(n);
        Some(match visit.say.as_ref()? {
            Say::SameBin => (false, fill(words.note_same_bin, &[&visit.bin.code])),
            Say::Already(number, None) => (true, fill(words.note_already, &[number])),
            Say::Already(number, Some(at)) => {
                let time = words.form.time(*at, device::minutes_ahead());
                (true, fill(words.note_already_at, &[number, &time]))
            }
            Say::NoSuchBin(code) => (true, fill(words.no_such_bin, &[code])),
            Say::Scanner(Hint::SeparatorMissing) => (true, words.hint_missing.to_owned()),
            Say::Scanner(Hint::SeparatorDoubtful) => (true, words.hint_doubtful.to_owned()),
            Say::Scanner(Hint::SeparatorReplaced(sign)) => (false, fill(words.hint_replaced, &[&sign.to_string()])),
            Say::Scanner(Hint::Layout(_)) => (true, words.hint_layout.to_owned()),
            Say::UnknownKept(_) => return None,
            Say::QuantityIsBarcode => (true, words.note_quantity_code.to_owned()),
            Say::QuantityTooLong => (true, words.note_quantity_long.to_owned()),
            Say::QuantityBad => (true, words.note_quantity_bad.to_owned()),
            Say::PickLine => (true, words.note_pick_line.to_owned()),
            Say::ScanSerials => (true, words.note_scan_serials.to_owned()),
            Say::AnswerFirst(n) => (true, fill(words.note_answer_first, &[&n.to_string()])),
            Say::Undone(what) => (false, fill(words.note_undone, &[&what.name(words)])),
            Say::NothingToUndo => (false, words.note_nothing_to_undo.to_owned()),
            Say::NotEmpty(n) => (true, fill(words.note_undo_first, &[&lines(*n)])),
        })
    });
    let receiving = floor.receiving.get().then(|| (false, words.note_receiving.to_owned()));
    let notice = floor.notice.get().filter(|notice| notice.bad).map(|notice| (true, notice.text));
    said.or(receiving).or(notice)
}

fn say((bad, text): (bool, String)) -> impl IntoView {
    view! {
        <p class="say" class:bad=bad role="status" data-test="say">
            <span><i aria-hidden="true">{if bad { "✕ " } else { "● " }}</i>{unbroken::view(&text)}</span>
        </p>
    }
}
