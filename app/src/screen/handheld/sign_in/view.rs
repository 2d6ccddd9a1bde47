//! Draws who takes the handheld.
//!
//! Absent: which people are offered when (`model`).

use super::model::{self, Form, Way};
use crate::{
    api::Trouble,
    replica::{PinAnswer, Problem},
    screen::handheld::{device, floor::Floor, settings::languages, shell},
};
use leptos::{prelude::*, task::spawn_local};
use shared::sync::message::HandheldPerson;

/// Name and password, and without a connection the names that are known here.
pub fn view(floor: Floor) -> impl IntoView {
    let words = floor.words();
    let form = RwSignal::new(Form::default());
    let busy = RwSignal::new(false);
    let trouble = RwSignal::new(None::<String>);
    let people = move || {
        floor.turn.track();
        floor.replica().map(|replica| replica.people()).unwrap_or_default()
    };
    let unreachable = floor.status.with_untracked(|status| matches!(status.problem, Some(Problem::Unreachable)));
    let way = RwSignal::new(if unreachable { model::without_connection(&people()) } else { Way::Password });
    let chosen = RwSignal::new(None::<HandheldPerson>);
    // whoever chose a PIN is asked for it first, with a network or without
    let with_pin = move || {
        floor.turn.track();
        floor.replica().map(|replica| replica.people_with_pin()).unwrap_or_default()
    };
    let asked = RwSignal::new(None::<HandheldPerson>);
    let digits = RwSignal::new(String::new());

    let go = move || {
        let Some(replica) = floor.replica().filter(|_| !busy.get_untracked()) else { return };
        let Some((user, password)) = form.with_untracked(Form::ready) else {
            return trouble.set(Some(words.sign_in_missing.to_owned()));
        };
        let Some(new_pin) = form.with_untracked(Form::new_pin) else {
            return trouble.set(Some(words.pin_bad.to_owned()));
        };
        busy.set(true);
        trouble.set(None);
        spawn_local(async move {
            let told = replica.sign_in(&user, &password).await;
            if let (Ok(taken), Some(pin)) = (&told, &new_pin) {
                // without it the next sign-in takes the password, as this one did
                let _ = replica.choose_pin(taken.person.id, pin).await;
            }
            busy.set(false);
            match told {
                Ok(_) => floor.route(),
                Err(Trouble::Offline | Trouble::Timeout) => {
                    way.set(model::without_connection(&replica.people()));
                    trouble.set(None);
                }
                Err(error) => trouble.set(Some(words.trouble(&error))),
            }
        });
    };
    let take_over = move |person: HandheldPerson| {
        let Some(replica) = floor.replica() else { return };
        spawn_local(async move {
            match replica.take_over(person.id).await {
                Ok(_) => floor.route(),
                Err(error) => trouble.set(Some(words.not_saved_because(&error))),
            }
        });
    };
    let take_with_pin = move || {
        let (Some(replica), Some(person)) = (floor.replica(), asked.get_untracked()) else { return };
        let typed = digits.get_untracked();
        digits.set(String::new());
        spawn_local(async move {
            match replica.take_with_pin(person.id, &typed).await {
                Ok(PinAnswer::Taken(_)) => floor.route(),
                Ok(PinAnswer::Wrong) => trouble.set(Some(words.pin_wrong.to_owned())),
                Ok(PinAnswer::AskPassword) => {
                    asked.set(None);
                    trouble.set(Some(words.pin_ask_password.to_owned()));
                }
                Err(error) => trouble.set(Some(words.not_saved_because(&error))),
            }
        });
    };
    view! {
        {shell::update(floor)}
        {languages::view(floor)}
        {move || asked.get().map(|person| view! {
            <form class="form" on:submit=move |event| { event.prevent_default(); take_with_pin(); }>
                <h1>{person.name.clone()}</h1>
                <label for="pin">{words.pin}</label>
                <input id="pin" data-test="pin" type="password" inputmode="numeric" autocomplete="off" autofocus
                    prop:value=move || digits.get() on:input=move |event| digits.set(event_target_value(&event))/>
                {move || trouble.get().map(|why| view! { <p class="bad" role="alert" data-test="trouble">{why}</p> })}
                <button type="submit" class="primary" data-test="pin-go">{words.pin_take}</button>
                <button type="button" data-test="pin-forgot" on:click=move |_| {
                    trouble.set(None);
                    // where nobody can check a password, the name alone is taken, and marked
                    chosen.set(asked.get_untracked().filter(|_| way.get_untracked() == Way::Pick));
                    asked.set(None);
                }>{words.pin_forgot}</button>
                <button type="button" on:click=move |_| { trouble.set(None); asked.set(None); }>{words.go_back}</button>
            </form>
        })}
        <form class="form" hidden=move || asked.with(Option::is_some)
            on:submit=move |event| { event.prevent_default(); go(); }>
            <h1>{words.who}</h1>
            {move || (way.get() == Way::Password).then(|| view! {
                <ul class="people" data-test="pin-people">
                    {with_pin().into_iter().map(|person| {
                        let (name, label) = (person.name.clone(), person.name.clone());
                        view! {
                            <li><button type="button" data-test="pin-person" data-name=name
                                on:click=move |_| { trouble.set(None); asked.set(Some(person.clone())); }>{label}</button></li>
                        }
                    }).collect_view()}
                </ul>
            })}
            {move || (way.get() != Way::Password).then(|| {
                let text = if way.get() == Way::Pick { words.offline_pick } else { words.offline_nobody };
                view! { <p class="warn" role="status" data-test="offline"><i aria-hidden="true">"▲ "</i>{text}</p> }
            })}
            {move || match (way.get(), chosen.get()) {
                (Way::Pick, None) => view! {
                    <ul class="people" data-test="people-list">
                        {people().into_iter().map(|person| {
                            let (name, label) = (person.name.clone(), person.name.clone());
                            let has_pin = with_pin().iter().any(|it| it.id == person.id);
                            let choose = move |_| if has_pin { &asked } else { &chosen }.set(Some(person.clone()));
                            view! {
                                <li><button type="button" data-test="person" data-name=name on:click=choose>{label}</button></li>
                            }
                        }).collect_view()}
                    </ul>
                }.into_any(),
                (Way::Pick, Some(person)) => view! {
                    <section class="ask">
                        <h2>{crate::words::fill(words.unverified_ask, &[&person.name])}</h2>
                        <button type="button" class="primary" data-test="confirm-person"
                            on:click=move |_| take_over(person.clone())>{words.yes_its_me}</button>
                        <button type="button" on:click=move |_| chosen.set(None)>{words.go_back}</button>
                    </section>
                }.into_any(),
                _ => ().into_any(),
            }}
            <label for="user">{words.user}</label>
            <input id="user" data-test="user" type="text" autocomplete="username" autocapitalize="none" spellcheck="false"
                prop:value=move || form.with(|form| form.user.clone())
                on:input=move |event| form.update(|form| form.user = event_target_value(&event))/>
            <label for="password">{words.password}</label>
            <input id="password" data-test="password" type="password" autocomplete="current-password"
                prop:value=move || form.with(|form| form.password.clone())
                on:input=move |event| form.update(|form| form.password = event_target_value(&event))/>
            <label for="new-pin">{words.pin_choose}</label>
            <input id="new-pin" data-test="new-pin" type="password" inputmode="numeric" autocomplete="off"
                prop:value=move || form.with(|form| form.pin.clone())
                on:input=move |event| form.update(|form| form.pin = event_target_value(&event))/>
            {move || trouble.get().map(|why| view! { <p class="bad" role="alert" data-test="trouble">{why}</p> })}
            <button type="submit" class="primary" data-test="sign-in" disabled=move || busy.get()>
                {move || if busy.get() { words.sign_in_busy } else { words.sign_in }}
            </button>
            {move || floor.status.with(|status| (status.waiting > 0).then(|| {
                let waiting = usize::try_from(status.waiting).unwrap_or(usize::MAX);
                view! { <p class="quiet" data-test="waits-safely">{words.counts_safe.of(waiting)}</p> }
            }))}
            {device::view::button(floor)}
        </form>
    }
}
