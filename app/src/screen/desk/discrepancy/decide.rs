//! The decision beside the evidence: state, what has been decided, pairings, reason, note and the three buttons.
//!
//! Absent: whether it is allowed. The server says so before the click (`approve_refusal`) and again after it.

use super::model::{approve_words, lacks_reason};
use crate::{
    api::{discrepancy, master},
    browser::page::TimeStyle,
    screen::desk::{
        discrepancies::model::next_after,
        part::{
            context::Desk,
            feed::Topic,
            load::{Act, Loaded, load},
            note,
        },
        place::Place,
        words,
    },
};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};
use shared::{
    api::discrepancy::{Decide, DiscrepancyDetail, DiscrepancyState, OrderRound, Pair},
    id::DiscrepancyId,
    role::Permission,
};

/// The side of the page.
pub fn panel(desk: Desk, id: Memo<DiscrepancyId>, loaded: Loaded<DiscrepancyDetail>) -> AnyView {
    let reasons = load(&[Topic::Master], move || desk.code(), |site| async move { master::reasons(&site).await });
    let (reason, note_text) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let lacking = RwSignal::new(None::<&'static str>);
    let act = Act::idle();
    Effect::new(move |_| {
        id.track();
        reason.set(String::new());
        note_text.set(String::new());
        lacking.set(None);
        act.trouble.set(None);
    });
    let row = Memo::new(move |_| loaded.value.with(|detail| detail.as_ref().map(|detail| detail.row.clone())));
    let awaits = Memo::new(move |_| row.with(|row| row.as_ref().is_some_and(|row| row.state.awaits_decision())));
    let refused = Memo::new(move |_| {
        loaded.value.with(|detail| detail.as_ref().and_then(|detail| detail.approve_refusal.clone()))
    });
    let evidence = move || {
        loaded.value.with_untracked(|detail| detail.as_ref().map(|detail| detail.evidence.clone()).unwrap_or_default())
    };
    let navigate = use_navigate();
    let go_on = {
        let navigate = navigate.clone();
        move |sentence: String| {
            desk.say(sentence);
            let decided = id.get_untracked();
            let next = desk.queue.with_untracked(|queue| next_after(queue, decided));
            desk.queue.update(|queue| queue.retain(|other| *other != decided));
            match next {
                Some(next) => navigate(&Place::Discrepancy(next).path(), NavigateOptions::default()),
                None => navigate(&Place::Discrepancies.path(), NavigateOptions::default()),
            }
        }
    };
    let named = move || {
        row.with_untracked(|row| {
            row.as_ref().map(|row| format!("{} in {}", row.sku, row.location_code)).unwrap_or_default()
        })
    };
    let message = move || {
        lacking.set(lacks_reason(&reason.get_untracked()));
        lacking.get_untracked().is_none().then(|| Decide {
            reason: reason.get_untracked(),
            note: note_text.get_untracked().trim().to_owned(),
            evidence: evidence(),
        })
    };
    let approve = {
        let go_on = go_on.clone();
        move |_| {
            if let Some(message) = message() {
                let (site, id, go_on, named) = (desk.code_now(), id.get_untracked(), go_on.clone(), named());
                act.run(async move { discrepancy::approve(&site, id, &message).await }, move |()| {
                    go_on(format!("Approved: {named}."))
                });
            }
        }
    };
    let reject = {
        let go_on = go_on.clone();
        move |_| {
            if let Some(message) = message() {
                let (site, id, go_on, named) = (desk.code_now(), id.get_untracked(), go_on.clone(), named());
                act.run(async move { discrepancy::reject(&site, id, &message).await }, move |()| {
                    go_on(format!("Rejected: {named}. The book stands."));
                });
            }
        }
    };
    let order = {
        let go_on = go_on.clone();
        move |_| {
            lacking.set(None);
            let message = OrderRound { note: note_text.get_untracked().trim().to_owned(), evidence: evidence() };
            let (site, id, go_on, named) = (desk.code_now(), id.get_untracked(), go_on.clone(), named());
            act.run(async move { discrepancy::order_round(&site, id, &message).await }, move |()| {
                go_on(format!("One more round ordered: {named}."));
            });
        }
    };
    let pair = {
        move |other: DiscrepancyId| {
            if let Some(Decide { reason, note, evidence }) = message() {
                let message = Pair { other, reason, note, evidence };
                let (site, id, go_on, named) = (desk.code_now(), id.get_untracked(), go_on.clone(), named());
                act.run(async move { discrepancy::pair(&site, id, &message).await }, move |()| {
                    desk.queue.update(|queue| queue.retain(|each| *each != other));
                    go_on(format!("Posted as one transfer: {named}."));
                });
            }
        }
    };
    let may_decide = move || desk.may(Permission::Decide);
    let form = move || {
        (awaits.get() && may_decide()).then(|| {
            let (approve, reject, order) = (approve.clone(), reject.clone(), order.clone());
            view! {
                <div class="decide">
                    {move || refused.get().map(|sentence| view! {
                        <p class="note note-warn" data-test="refusal"><b>"You cannot approve this. "</b>{sentence}</p>
                    })}
                    <label class="field"><span>"Reason"</span>
                        <select data-test="reason" prop:value=move || reason.get() on:change:target=move |event| {
                            reason.set(event.target().value());
                            lacking.set(None);
                        }>
                            <option value="">"Choose…"</option>
                            {move || reasons.value.with(|reasons| reasons.iter().flatten().map(|each| view! {
                                <option value=each.code.clone()>{each.label.clone()}</option>
                            }).collect_view())}
                        </select>
                    </label>
                    <label class="field"><span>"Note"</span>
                        <textarea data-test="note" rows="3" placeholder="What you found out" prop:value=move || note_text.get()
                            on:input:target=move |event| note_text.set(event.target().value())></textarea>
                    </label>
                    {move || lacking.get().map(|sentence| view! { <p class="note note-warn" role="alert">{sentence}</p> })}
                    {note::refusal(act.trouble)}
                    <button class="primary wide" data-test="approve" on:click=approve
                        disabled=move || act.busy.get() || refused.with(Option::is_some)>
                        {move || row.with(|row| row.as_ref().map(|row| approve_words(row.variance, &row.unit)))}
                    </button>
                    <div class="pair-buttons">
                        <button data-test="reject" on:click=reject disabled=move || act.busy.get() title="The book stands; nothing is posted">"Reject"</button>
                        <button data-test="order-round" on:click=order disabled=move || act.busy.get() title="Somebody who has not counted it counts it again, blind">"One more round"</button>
                    </div>
                    <p class="quiet small">"Approving posts the difference at the time of the scan; later movements stay as they are. Rejecting lets the book stand."</p>
                </div>
            }
        })
    };
    let pairings = move || {
        let pair = pair.clone();
        loaded.value.with(|detail| {
            let offers = detail.as_ref().map(|detail| detail.pairings.clone()).unwrap_or_default();
            (!offers.is_empty()).then(|| view! {
                <section><h2>"Could be one move"</h2>
                    {offers.into_iter().map(|offer| {
                        let pair = pair.clone();
                        let other = offer.other;
                        view! {
                            <div class="offer">
                                <p>{offer.sentence}</p>
                                <p class="offer-foot"><span class="quiet">{format!("confidence {} %", offer.confidence)}</span>
                                    <a href=Place::Discrepancy(other).path()>"See it"</a>
                                    {move || (may_decide() && awaits.get()).then(|| {
                                        let pair = pair.clone();
                                        view! { <button data-test="pair" on:click=move |_| pair(other) disabled=move || act.busy.get()>"Post as one transfer"</button> }
                                    })}
                                </p>
                            </div>
                        }
                    }).collect_view()}
                </section>
            })
        })
    };
    view! {
        {move || row.with(|row| row.as_ref().map(|row| state(row.state, row.due_at)))}
        {form}
        {move || (!awaits.get()).then(|| note::refusal(act.trouble))}
        {pairings}
        {move || loaded.value.with(|detail| detail.as_ref().map(|detail| decisions(desk, detail)))}
    }
    .into_any()
}

fn state(state: DiscrepancyState, due: shared::moment::Moment) -> impl IntoView {
    let due_in = due.0 - crate::browser::page::now_ms();
    view! {
        <section class="state">
            <p>{note::state_chip(state)}{state.is_open().then(|| view! {
                <span class="quiet" class:is-late=due_in < 0>{if due_in < 0 { "" } else { "due " }}{words::due(due_in)}</span>
            })}</p>
            <p>{words::state_sentence(state)}</p>
        </section>
    }
}

fn decisions(desk: Desk, detail: &DiscrepancyDetail) -> AnyView {
    if detail.decisions.is_empty() {
        return ().into_any();
    }
    view! {
        <section><h2>"Decided so far"</h2>
            <ol class="decisions">{detail.decisions.iter().map(|line| view! {
                <li>
                    <p><b>{words::plain(&line.what)}</b>{(!line.reason.is_empty()).then(|| format!(" · {}", words::plain(&line.reason)))}</p>
                    {(!line.note.is_empty()).then(|| view! { <p>"“"{line.note.clone()}"”"</p> })}
                    <p class="quiet small">{line.person_name.clone()}", "{desk.time(line.at, TimeStyle::Minute)}</p>
                </li>
            }).collect_view()}</ol>
        </section>
    }
    .into_any()
}
