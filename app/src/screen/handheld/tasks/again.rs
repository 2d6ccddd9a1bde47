//! Draws the choice for a bin that this person counted before: start again, or add to it.
//!
//! Absent: when to ask (`model::needs_choice`).

use crate::{
    screen::handheld::{count::model::Bin, floor::Floor, shell},
    words::fill,
};
use leptos::prelude::*;

/// Two big answers and a way back.
pub fn view(floor: Floor, bin: Bin) -> impl IntoView {
    let words = floor.words();
    let (fresh, more) = (bin.clone(), bin.clone());
    view! {
        {shell::bar(floor)}
        <div class="bin"><h1 class="code" data-test="bin-code">{bin.code.clone()}</h1></div>
        <section class="ask tall">
            <h2>{fill(words.again_title, &[&bin.code])}</h2>
            <button on:click=move |_| floor.back_to_list()>{words.go_back}</button>
            <button data-test="again-continue" on:click=move |_| floor.begin(more.clone(), true)>{words.again_continue}</button>
            <button class="primary" data-test="again-fresh" on:click=move |_| floor.begin(fresh.clone(), false)>
                {words.again_fresh}
            </button>
        </section>
    }
}
