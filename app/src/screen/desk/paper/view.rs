//! Paper: printing count sheets, and typing in what was written on one, line by line without touching the mouse.
//!
//! Absent: book quantities. Whoever types decides about the sheet as little as whoever counted; the server holds that.

use super::model::{Head, Known, Line, UNCERTAINTIES, first_lines, mark_words, message};
use crate::{
    api::{count, label, master, path::Path},
    browser::page,
    screen::desk::{
        part::{
            context::Desk,
            feed::Topic,
            load::{Act, load},
            note,
        },
        words,
    },
};
use leptos::{prelude::*, task::spawn_local};
use shared::{
    api::{count::CounterRow, master::ItemRow, paper::PaperSheet},
    fact::Assignee,
    paper::LINES_MAX,
};

/// The page.
pub fn page(desk: Desk) -> AnyView {
    let code = RwSignal::new(String::new());
    let sheet = RwSignal::new(None::<PaperSheet>);
    let done = RwSignal::new(Vec::<String>::new());
    let act = Act::idle();
    let find = move || {
        let (site, typed) = (desk.code_now(), code.get_untracked());
        if typed.trim().is_empty() {
            return;
        }
        act.run(async move { label::sheet(&site, typed.trim()).await }, move |found| sheet.set(Some(found)));
    };
    let again = move || {
        sheet.set(None);
        code.set(String::new());
    };
    Effect::new(move |_| {
        if sheet.with(Option::is_none) {
            page::focus("[data-test='paper-code']");
        }
    });
    view! {
        {note::head("Paper", "Count sheets for when a handheld is not at hand", ())}
        <div class="case">
            <section class="case-main">
                {move || match sheet.get() {
                    None => view! {
                        <h2>"Type a sheet in"</h2>
                        <form class="inline-form paper-code" on:submit=move |event| { event.prevent_default(); find(); }>
                            <input data-test="paper-code" class="code" autocomplete="off" aria-label="Code of the sheet" placeholder="Code of the sheet: scan or type it"
                                prop:value=move || code.get() on:input:target=move |event| code.set(event.target().value())/>
                            <button class="primary" data-test="paper-find" disabled=move || act.busy.get()>"Open"</button>
                        </form>
                        {note::refusal(act.trouble)}
                        <p class="quiet">"It becomes the count of the person who wrote it: judged, recounted and approved like a handheld’s. Who typed it is recorded, and does not decide about it."</p>
                        {move || (!done.with(Vec::is_empty)).then(|| view! {
                            <h2>"Typed just now"</h2>
                            <ul class="paper-done" data-test="paper-done">{done.get().into_iter().rev().map(|line| view! { <li>{line}</li> }).collect_view()}</ul>
                        })}
                    }.into_any(),
                    Some(found) => form(desk, found, done, again),
                }}
            </section>
            <aside class="case-side">{print(desk)}</aside>
        </div>
    }
    .into_any()
}

fn print(desk: Desk) -> impl IntoView {
    let counts = load(&[Topic::Count], move || desk.code(), |site| async move { count::counts(&site).await });
    let zones =
        load(&[Topic::Master], move || desk.code(), |site| async move { master::locations(&site, "", "", None).await });
    let (of, zone, lines) = (RwSignal::new(String::new()), RwSignal::new(String::new()), RwSignal::new("3".to_owned()));
    let href = move || {
        let path = Path::site(&desk.code()).segment("paper").segment("print");
        path.ask("count", &of.get()).ask("zone", &zone.get()).ask("lines", &lines.get()).as_str().to_owned()
    };
    view! {
        <h2>"Print count sheets"</h2>
        <label class="field"><span>"Of which count"</span>
            <select data-test="paper-count" on:change:target=move |event| of.set(event.target().value())>
                <option value="">"Every count that is open"</option>
                {move || counts.value.with(|rows| rows.iter().flatten().filter(|row| row.closed_at.is_none()).map(|row| view! {
                    <option value=row.id.to_string()>{format!("{} ({} not begun)", row.name, row.tasks_open)}</option>
                }).collect_view())}
            </select>
        </label>
        <label class="field"><span>"In which zone"</span>
            <select data-test="paper-zone" on:change:target=move |event| zone.set(event.target().value())>
                <option value="">"Every zone"</option>
                {move || zones.value.with(|page| page.iter().flat_map(|page| &page.zones).filter(|(zone, _)| !zone.is_empty()).map(|(zone, _)| view! {
                    <option value=zone.clone()>{zone.clone()}</option>
                }).collect_view())}
            </select>
        </label>
        <label class="field"><span>"Lines for each bin"</span>
            <select data-test="paper-lines" on:change:target=move |event| lines.set(event.target().value())>
                {["3", "6", "10", "20"].into_iter().map(|each| view! { <option value=each>{each}</option> }).collect_view()}
            </select>
        </label>
        <a class="button primary" rel="external noopener" target="_blank" data-test="paper-print" href=href>"Print…"</a>
        <p class="quiet">"One block for each task that waits. A recount lists what is in dispute, never a quantity. Each print has codes of its own."</p>
    }
}

/// A line on the screen: handles only.
#[derive(Clone, Copy, PartialEq)]
struct Row {
    number: usize,
    line: RwSignal<Line>,
}

fn form(
    desk: Desk,
    sheet: PaperSheet,
    done: RwSignal<Vec<String>>,
    again: impl Fn() + Copy + Send + Sync + 'static,
) -> AnyView {
    if let Some(typed) = &sheet.typed {
        let sentence = format!(
            "{} has typed this sheet in already ({}), as the count of {}.",
            typed.typist,
            desk.time(typed.at, page::TimeStyle::Minute),
            typed.counter
        );
        return view! {
            <div class="note note-warn" role="alert" data-test="paper-typed"><p>{sentence}</p>
                <button on:click=move |_| again()>"Another sheet"</button></div>
        }
        .into_any();
    }
    let counters = load(&[Topic::Person], move || desk.code(), |site| async move { count::counters(&site).await });
    let assigned = match sheet.assignee {
        Assignee::Person(person) => person.to_string(),
        Assignee::Pool => String::new(),
    };
    let head = RwSignal::new(Head {
        code: sheet.code.clone(),
        person: assigned,
        written_at: sheet.now.clone(),
        uncertainty_minutes: 15,
        is_empty: false,
        location_done: true,
    });
    let is_recount = sheet.keys.is_some();
    let rows = RwSignal::new(
        first_lines(sheet.keys.as_deref())
            .into_iter()
            .enumerate()
            .map(|(number, line)| Row { number, line: RwSignal::new(line) })
            .collect::<Vec<_>>(),
    );
    let fault = RwSignal::new(None::<String>);
    let act = Act::idle();
    let save = move || {
        let lines: Vec<Line> = rows.with_untracked(|rows| rows.iter().map(|row| row.line.get_untracked()).collect());
        match message(&head.get_untracked(), &lines) {
            Err(sentence) => fault.set(Some(sentence)),
            Ok(new) => {
                fault.set(None);
                let site = desk.code_now();
                act.run(async move { label::type_in(&site, &new).await }, move |typed| {
                    let marks: Vec<String> = typed.marks.iter().map(|mark| mark_words(mark)).collect();
                    let marks = if marks.is_empty() { String::new() } else { format!(" ({})", marks.join(", ")) };
                    let lines = words::many(u64::from(typed.lines), "line", "lines");
                    done.update(|done| {
                        done.push(format!("{}: {lines}, counted by {}{marks}", typed.location_code, typed.counter))
                    });
                    desk.say(format!("{} is in.", typed.location_code));
                    again();
                });
            }
        }
    };
    let excluded = sheet.excluded.clone();
    let is_excluded = move || head.with(|head| excluded.iter().any(|person| person.to_string() == head.person));
    let is_blank = Memo::new(move |_| rows.with(|rows| rows.iter().all(|row| row.line.with(Line::is_blank))));
    Effect::new(move |_| {
        page::focus(if head.with_untracked(|head| head.person.is_empty()) {
            "[data-test='paper-person']"
        } else {
            "[data-test='paper-time']"
        });
    });
    let first = if sheet.round == 1 { "first count".to_owned() } else { format!("count number {}", sheet.round) };
    view! {
        <header class="head"><h1 class="code">{sheet.location_code.clone()}</h1>
            <div class="head-quiet">{format!("{}, {first} · sheet {}", sheet.count_name, sheet.code)}</div>
            <div class="tools"><button class="plain" on:click=move |_| again()>"Another sheet"</button></div></header>
        <form class="paper-form" on:submit=move |event| event.prevent_default()>
            <div class="paper-head">
                <label class="field"><span>"Counted by"</span>
                    <select data-test="paper-person" on:change:target=move |event| head.update(|head| head.person = event.target().value())>
                        {move || counters.value.with(|people| people_of(people.as_deref().unwrap_or_default(), &head.with_untracked(|head| head.person.clone())))}
                    </select>
                </label>
                <label class="field"><span>"Date and time on the sheet"</span>
                    <input type="datetime-local" data-test="paper-time" prop:value=move || head.with(|head| head.written_at.clone())
                        on:change:target=move |event| head.update(|head| head.written_at = event.target().value())/>
                </label>
                <label class="field"><span>"Give or take"</span>
                    <select data-test="paper-uncertainty" on:change:target=move |event| head.update(|head| head.uncertainty_minutes = event.target().value().parse().unwrap_or(15))>
                        {UNCERTAINTIES.into_iter().map(|minutes| view! {
                            <option value=minutes.to_string() selected=minutes == 15>{if minutes < 60 { format!("{minutes} minutes") } else { words::many(u64::from(minutes / 60), "hour", "hours") }}</option>
                        }).collect_view()}
                    </select>
                </label>
            </div>
            {move || is_excluded().then(|| view! { <p class="note note-warn">"They counted an earlier round of this bin. If they counted it again all the same, type it: it is kept."</p> })}
            <table class="rows paper-lines">
                <thead><tr><th></th><th>"Item"</th><th>"Lot"</th><th>"Serial number"</th><th class="right">"Quantity"</th></tr></thead>
                <tbody>
                    <For each=move || rows.get() key=|row| row.number let:row>{line(desk, row, rows, is_recount)}</For>
                </tbody>
            </table>
            <label class="check"><input type="checkbox" data-test="paper-whole" prop:checked=move || head.with(|head| head.location_done)
                on:change:target=move |event| head.update(|head| head.location_done = event.target().checked())/>
                <span>{if is_recount { "Everything listed was counted" } else { "The whole bin was counted: what is not on the sheet is not there" }}</span></label>
            {(!is_recount).then(|| view! {
                <label class="check"><input type="checkbox" data-test="paper-empty" prop:checked=move || head.with(|head| head.is_empty)
                    disabled=move || !is_blank.get() on:change:target=move |event| head.update(|head| head.is_empty = event.target().checked())/>
                    <span>"The bin was empty"</span></label>
            })}
            {move || fault.get().map(|sentence| view! { <p class="note note-warn" role="alert" data-test="paper-fault">{sentence}</p> })}
            {note::refusal(act.trouble)}
            <p><button class="primary" type="button" data-test="paper-save" disabled=move || act.busy.get() on:click=move |_| save()>"Save this sheet"</button></p>
            <p class="quiet">"Enter goes to the next field, and from the last one to a new line. Quantities are in the item’s unit; two lines of the same item add up."</p>
        </form>
    }
    .into_any()
}

fn people_of(people: &[CounterRow], chosen: &str) -> impl IntoView + use<> {
    let chosen = chosen.to_owned();
    let rows = people.iter().map(|row| {
        let id = row.id.to_string();
        view! { <option value=id.clone() selected=id == chosen>{row.name.clone()}</option> }
    });
    view! { <option value="">"Choose…"</option>{rows.collect_view()} }
}

fn line(desk: Desk, row: Row, rows: RwSignal<Vec<Row>>, is_recount: bool) -> impl IntoView {
    let Row { number, line } = row;
    let field = move |column: usize| format!("paper-{number}-{column}");
    let go = move |column: usize| {
        if column <= 3 {
            page::focus(&format!("[data-test='{}']", field(column)));
            return;
        }
        let next = rows.with_untracked(|rows| rows.iter().map(|row| row.number).find(|other| *other > number));
        let next = match next {
            Some(next) => next,
            None if is_recount || rows.with_untracked(Vec::len) >= LINES_MAX => {
                page::focus("[data-test='paper-whole']");
                return;
            }
            None => {
                let next = number + 1;
                rows.update(|rows| rows.push(Row { number: next, line: RwSignal::new(Line::default()) }));
                next
            }
        };
        // the new line is drawn before anything can have the focus in it
        request_animation_frame(move || {
            page::focus(&format!("[data-test='paper-{next}-0']"));
        });
    };
    let look_up = move |then: bool| {
        let written = line.with_untracked(|line| line.written.trim().to_owned());
        if written.is_empty() || line.with_untracked(|line| matches!(line.known, Known::Item { .. })) {
            if then {
                go(1);
            }
            return;
        }
        let site = desk.code_now();
        spawn_local(async move {
            match master::items(&site, &written).await {
                Ok(found) => {
                    // typed on meanwhile: this answer is about something else
                    if line.try_with_untracked(|line| line.written.trim() == written) != Some(true) {
                        return;
                    }
                    let known = Known::among(&written, found);
                    let is_settled = !matches!(known, Known::Several(_));
                    line.update(|line| line.known = known);
                    if then && is_settled {
                        go(1);
                    }
                }
                Err(trouble) => {
                    desk.heed(&trouble);
                    desk.say(trouble.to_string());
                }
            }
        });
    };
    let choose = move |item: ItemRow| {
        line.update(|line| {
            line.written.clone_from(&item.sku);
            line.known = Known::of(&item);
        });
        go(1);
    };
    let cell = move |column: usize,
                     title: &'static str,
                     class: &'static str,
                     read: fn(&Line) -> &String,
                     write: fn(&mut Line) -> &mut String| {
        view! {
            <input class=class data-test=field(column) aria-label=format!("{title}, line {}", number + 1) autocomplete="off"
                inputmode=if column == 3 { "decimal" } else { "text" }
                prop:value=move || line.with(|line| read(line).clone())
                on:input:target=move |event| line.update(|line| *write(line) = event.target().value())
                on:keydown=move |event| if event.key() == "Enter" { event.prevent_default(); go(column + 1); }/>
        }
    };
    view! {
        <tr>
            <td class="quiet number">{number + 1}</td>
            <td class="paper-item">
                <input class="code" data-test=field(0) aria-label=format!("Item, line {}", number + 1) autocomplete="off" readonly=is_recount
                    prop:value=move || line.with(|line| line.written.clone())
                    on:input:target=move |event| line.update(|line| { line.written = event.target().value(); line.known = Known::Open; })
                    on:keydown=move |event| if event.key() == "Enter" { event.prevent_default(); look_up(true); }
                    on:blur=move |_| look_up(false)/>
                {move || line.with(|line| match &line.known {
                    Known::Open => ().into_any(),
                    Known::Item { description, unit, .. } => view! {
                        <span class="block clip">{description.clone()}<span class="quiet">{format!(" · {unit}")}</span></span>
                        {line.hint().map(|hint| view! { <span class="block is-late">{hint}</span> })}
                    }.into_any(),
                    Known::Nobody => view! { <span class="block is-late">"Nobody knows it: it waits for a lead to name it"</span> }.into_any(),
                    Known::Several(items) => view! {
                        <ul class="hits">{items.iter().take(6).map(|item| {
                            let pick = item.clone();
                            view! { <li><button type="button" class="hit" data-test="paper-hit" on:click=move |_| choose(pick.clone())>
                                <span class="code">{item.sku.clone()}</span><span class="clip">{item.description.clone()}</span></button></li> }
                        }).collect_view()}</ul>
                    }.into_any(),
                })}
            </td>
            <td>{cell(1, "Lot", "code", |line| &line.lot, |line| &mut line.lot)}</td>
            <td>{cell(2, "Serial number", "code", |line| &line.serial, |line| &mut line.serial)}</td>
            <td class="right">{cell(3, "Quantity", "limit", |line| &line.quantity, |line| &mut line.quantity)}</td>
        </tr>
    }
}
