//! The keypad in the page: no soft keyboard ever covers a count (`HANDHELD.md` 3.4).
//!
//! Absent: the number (`keypad`).

use crate::words::Words;
use leptos::prelude::*;

/// Four columns of keys for a thumb in a glove; the signs of a sum in the last, a point where parts of a unit are counted.
/// Tab passes them by: whoever has a Tab key has digits.
pub fn view(
    words: &'static Words,
    decimals: bool,
    on_key: impl Fn(char) + Copy + 'static,
    on_back: impl Fn() + Copy + 'static,
    on_ok: impl Fn() + Copy + 'static,
) -> impl IntoView {
    let digit = move |digit: char| {
        view! { <button tabindex="-1" data-test=format!("key-{digit}") on:click=move |_| on_key(digit)>{digit}</button> }
    };
    view! {
        <div class="keypad" data-test="keypad" role="group">
            {['1', '2', '3'].map(digit).into_iter().collect_view()}
            <button tabindex="-1" class="key-back" data-test="key-back" aria-label=words.key_back on:click=move |_| on_back()>"⌫"</button>
            {['4', '5', '6'].map(digit).into_iter().collect_view()}
            <button tabindex="-1" class="key-times" data-test="key-times" aria-label=words.key_times on:click=move |_| on_key('×')>"×"</button>
            {['7', '8', '9'].map(digit).into_iter().collect_view()}
            <button tabindex="-1" class="key-plus" data-test="key-plus" aria-label=words.key_plus on:click=move |_| on_key('+')>"+"</button>
            {if decimals {
                view! {
                    <button tabindex="-1" class="key-part" data-test="key-point" aria-label=words.key_point on:click=move |_| on_key('.')>{words.form.decimal}</button>
                }.into_any()
            } else {
                view! { <span class="key-part"></span> }.into_any()
            }}
            {digit('0')}
            <button tabindex="-1" class="key-ok" data-test="key-ok" on:click=move |_| on_ok()>{words.use_it}</button>
        </div>
    }
}
