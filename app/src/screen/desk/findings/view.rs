//! Findings: things noticed that block nobody, newest first.
//!
//! Absent: settling them; a finding is a fact to read.

use crate::{
    api::discrepancy,
    browser::page::TimeStyle,
    screen::desk::{
        part::{context::Desk, feed::Topic, load::load, note},
        words,
    },
};
use leptos::prelude::*;
use shared::api::master::FindingRow;

/// The page.
pub fn page(desk: Desk) -> AnyView {
    let loaded = load(&[Topic::Finding], move || desk.code(), |site| async move { discrepancy::findings(&site).await });
    view! {
        {note::head("Findings", "Noticed by the server; they block nobody and should be read", ())}
        {note::shown(loaded, move |rows: &Vec<FindingRow>| {
            if rows.is_empty() {
                return note::empty("Nothing noticed", "Two systems that disagree, a late sheet against a decision, a serial number in two bins: such things appear here.");
            }
            view! {
                <table class="rows">
                    <thead><tr><th>"When"</th><th>"What"</th><th>"Finding"</th><th>"Bin"</th><th>"Item"</th></tr></thead>
                    <tbody>{rows.iter().map(|row| view! {
                        <tr data-test="finding-row" data-kind=row.kind.clone()>
                            <td class="nowrap number">{desk.time(row.at, TimeStyle::Minute)}</td>
                            <td class="nowrap">{note::chip(&words::plain(&row.kind), "chip-quiet")}</td>
                            <td>{row.sentence.clone()}</td>
                            <td class="code nowrap">{row.location_code.clone()}</td>
                            <td class="code nowrap">{row.sku.clone()}</td>
                        </tr>
                    }).collect_view()}</tbody>
                </table>
            }
            .into_any()
        })}
    }
    .into_any()
}
