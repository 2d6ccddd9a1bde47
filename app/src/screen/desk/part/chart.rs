//! Drawings as inline SVG: lengths are attributes, because the pages allow no inline style. Every drawing has its numbers
//! beside it and a sentence for people who cannot see it.
//!
//! Absent: laying out (the models do), and colours (the style sheet, by class).

use crate::screen::desk::{
    dashboard::model::Accuracy,
    discrepancies::model::Magnitude,
    discrepancy::model::{self as discrepancy, Timeline},
    draw::Piece,
};
use leptos::prelude::*;

/// A bar of several pieces that fill it: `(piece, class, title)`.
pub fn stack(pieces: Vec<(Piece, &'static str, String)>, sentence: String) -> impl IntoView {
    view! {
        <svg class="stack" viewBox="0 0 1000 10" preserveAspectRatio="none" role="img" aria-label=sentence>
            {pieces
                .into_iter()
                .filter(|(piece, ..)| piece.width > 0)
                .map(|(piece, class, title)| view! {
                    <rect class=class x=piece.x y="0" width=piece.width height="10"><title>{title}</title></rect>
                })
                .collect_view()}
        </svg>
    }
}

/// A bar from the left, in thousandths.
pub fn bar(permille: u32, class: &'static str) -> impl IntoView {
    view! {
        <svg class="bar" viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true">
            <rect class="track" x="0" y="0" width="1000" height="10"/>
            <rect class=class x="0" y="0" width=permille height="10"/>
        </svg>
    }
}

/// A bar from the middle: to the left when short, to the right when over.
pub fn magnitude(magnitude: Magnitude, class: &'static str) -> impl IntoView {
    view! {
        <svg class="magnitude" viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true">
            <rect class="track" x="0" y="4" width="1000" height="2"/>
            <rect class=class x=magnitude.x y="0" width=magnitude.width height="10"/>
            <rect class="middle" x="498" y="0" width="4" height="10"/>
        </svg>
    }
}

/// Record accuracy by week: dots with whiskers, joined by a line.
pub fn accuracy(chart: Accuracy) -> impl IntoView {
    use crate::screen::desk::dashboard::model::{HEIGHT, WIDTH};
    view! {
        <svg class="chart" viewBox=format!("0 0 {WIDTH} {HEIGHT}") role="img" aria-label="Record accuracy by week">
            {chart.grid.into_iter().map(|(y, label)| view! {
                <line class="grid" x1="52" x2=WIDTH - 14 y1=y y2=y/>
                <text class="tick" x="46" y=y + 4 text-anchor="end">{label}</text>
            }).collect_view()}
            {chart.weeks.into_iter().map(|(x, label)| view! {
                <text class="tick" x=x y=HEIGHT - 8 text-anchor="middle">{label}</text>
            }).collect_view()}
            <path class="trend" d=chart.line/>
            {chart.dots.into_iter().map(|dot| view! {
                <g class="dot">
                    <title>{dot.sentence}</title>
                    {dot.whisker.map(|(upper, lower)| view! {
                        <path class="whisker" d=format!("M{x} {upper}V{lower}M{l} {upper}h8M{l} {lower}h8", x = dot.x, l = dot.x - 4)/>
                    })}
                    <circle cx=dot.x cy=dot.y r="4"/>
                    <circle class="hover" cx=dot.x cy=dot.y r="12"/>
                </g>
            }).collect_view()}
        </svg>
    }
}

/// The running book with movements and scans.
pub fn timeline(drawing: Timeline, times: Vec<(i32, String)>, sentence: String) -> impl IntoView {
    use discrepancy::{HEIGHT, WIDTH};
    let bottom = HEIGHT - 34;
    view! {
        <svg class="chart timeline" viewBox=format!("0 0 {WIDTH} {HEIGHT}") role="img" aria-label=sentence>
            {drawing.scans.iter().map(|scan| view! {
                <rect class="window" x=scan.window.0 y="14" width=scan.window.1 height=bottom - 14 rx="3"/>
            }).collect_view()}
            {drawing.grid.into_iter().map(|line| view! {
                <line class="grid" x1="54" x2=WIDTH - 8 y1=line.y y2=line.y/>
                <text class="tick" x="46" y=line.y + 4 text-anchor="end">{line.label}</text>
            }).collect_view()}
            {times.into_iter().map(|(x, label)| view! {
                <line class="grid" x1=x x2=x y1=bottom y2=bottom + 5/>
                <text class="tick" x=x y=HEIGHT - 10 text-anchor="middle">{label}</text>
            }).collect_view()}
            <path class="book" d=drawing.book/>
            {drawing.moves.into_iter().map(|mark| view! {
                <circle class="move" class:is-inside=mark.in_window cx=mark.x cy=mark.y_after r="3.5"/>
                <text class="move-label" x=mark.x y=mark.y_label text-anchor="middle">{mark.label}</text>
            }).collect_view()}
            {drawing.scans.into_iter().map(|scan| {
                let (x, book, counted) = (scan.x, scan.y_book, scan.y_counted);
                let class = match counted.cmp(&book) {
                    std::cmp::Ordering::Greater => "scan is-short",
                    std::cmp::Ordering::Less => "scan is-over",
                    std::cmp::Ordering::Equal => "scan is-match",
                };
                // the label stands on the side away from the book, where no step runs through it
                let label_y = if counted < book { counted - 10 } else { counted + 19 };
                view! {
                    <g class=class>
                        <line class="gap" x1=x x2=x y1=book y2=counted/>
                        <path class="mark" d=format!("M{x} {t}l6 6l-6 6l-6 -6z", t = counted - 6)/>
                        <text class="scan-label" x=x y=label_y text-anchor="middle">{scan.label}</text>
                        <text class="round" x=x y="11" text-anchor="middle">{scan.title}</text>
                    </g>
                }
            }).collect_view()}
        </svg>
    }
}
