//! Labels of bins and items: what would be printed, a page for the browser, a file for label printers.
//!
//! Absent: stock, and sending anything to a printer.

use super::extract::Filter;
use super::guard::AtSite;
use super::limits;
use super::problem::{Failure, Reply};
use super::state::AppState;
use crate::label::design::{self, Label, Style};
use crate::label::draw::Drawing;
use crate::label::page::{self, Page};
use crate::label::zpl;
use crate::read::label::{self, PlaceFilter};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use shared::api::label::{LabelPreview, LeftOut};
use shared::id::CountId;
use shared::label::payload::{self, Marks};
use shared::label::{A4, Arrow, Dots, LabelSize, Symbol};

/// Copies of one item's label, at most: a roll.
const COPIES_MAX: u32 = 500;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WantedBins {
    zone: Option<String>,
    aisle: Option<String>,
    count: Option<i64>,
    ids: Option<String>,
    #[serde(default)]
    symbol: Symbol,
    #[serde(default)]
    size: LabelSize,
    #[serde(default)]
    dots: Dots,
    #[serde(default)]
    arrow: Arrow,
    #[serde(default)]
    letters: bool,
    /// Places of the first sheet that are used already.
    #[serde(default)]
    used: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WantedItems {
    ids: String,
    lot: Option<String>,
    serial: Option<String>,
    expiry: Option<String>,
    #[serde(default)]
    symbol: Symbol,
    #[serde(default)]
    size: LabelSize,
    #[serde(default)]
    dots: Dots,
    copies: Option<u32>,
    #[serde(default)]
    used: u32,
}

/// Labels that are wanted, in order, and what cannot be one.
pub struct Order {
    title: &'static str,
    style: Style,
    used: u32,
    copies: u32,
    labels: Vec<Label>,
    left_out: Vec<LeftOut>,
}

/// What a query asks for, as labels.
pub trait Wanted: DeserializeOwned + Send + 'static {
    fn order(self, state: &AppState, at: &AtSite) -> impl Future<Output = Result<Order, Failure>> + Send;
}

fn left_out(name: &str, why: impl ToString) -> LeftOut {
    LeftOut { name: name.to_owned(), why: why.to_string() }
}

/// Numbers between commas.
fn numbers(text: Option<&str>) -> Result<Vec<i64>, Failure> {
    let parts = text.unwrap_or_default().split(',').filter(|part| !part.is_empty());
    let numbers: Vec<i64> = parts.map(|part| part.trim().parse()).collect::<Result<_, _>>().map_err(|_| {
        Failure::unreadable("bad_query", "`ids` is a list of numbers with commas between them.").about("ids")
    })?;
    // an address takes some 8,000 letters everywhere
    if numbers.len() > limits::LABEL_IDS_MAX {
        let most = limits::LABEL_IDS_MAX;
        return Err(Failure::invalid(
            "ids",
            "too_many",
            format!("Up to {most} can be named one by one; choose a zone or an aisle."),
        ));
    }
    Ok(numbers)
}

/// Which places a query names.
pub fn places(
    (zone, aisle): (Option<String>, Option<String>),
    count: Option<i64>,
    ids: Option<&str>,
) -> Result<PlaceFilter, Failure> {
    Ok(PlaceFilter { zone, aisle, count: count.map(CountId), ids: numbers(ids)? })
}

/// Refuses what no browser prints in one go.
pub fn check_number(number: usize) -> Result<(), Failure> {
    let most = limits::LABELS_MAX;
    if number > most as usize {
        let sentence = format!("More than {most} at once are not printed. Choose a zone, an aisle or single ones.");
        return Err(Failure::invalid("zone", "too_many", sentence));
    }
    Ok(())
}

impl Wanted for WantedBins {
    async fn order(self, state: &AppState, at: &AtSite) -> Result<Order, Failure> {
        let filter = places((self.zone, self.aisle), self.count, self.ids.as_deref())?;
        let site = at.access.site;
        let bins = state.store.read(move |tx| label::list_bins(tx, site, &filter, limits::LABELS_MAX + 1)).await?;
        check_number(bins.len())?;
        let style = Style { size: self.size, symbol: self.symbol, dots: self.dots };
        let mut order = Order::new("Bin labels", style, self.used);
        for bin in bins {
            if bin.is_taken {
                order
                    .left_out
                    .push(left_out(&bin.code, "a scanner would take its label for something else of this site"));
                continue;
            }
            match payload::bin(self.symbol, &bin.code) {
                Ok(payload) => order.labels.push(Label::Bin {
                    code: bin.code,
                    payload,
                    arrow: self.arrow,
                    has_letters: self.letters,
                }),
                Err(error) => order.left_out.push(left_out(&bin.code, error)),
            }
        }
        Ok(order)
    }
}

impl Wanted for WantedItems {
    async fn order(self, state: &AppState, at: &AtSite) -> Result<Order, Failure> {
        let some = |text: Option<String>| text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        let expiry = some(self.expiry)
            .map(|date| date.parse())
            .transpose()
            .map_err(|_| Failure::unreadable("bad_query", "`expiry` is a date such as 2028-06-30.").about("expiry"))?;
        let marks = Marks { lot: some(self.lot), serial: some(self.serial), expiry };
        let copies = self.copies.unwrap_or(1);
        if !(1..=COPIES_MAX).contains(&copies) {
            return Err(Failure::unreadable("bad_query", format!("`copies` is 1 to {COPIES_MAX}.")).about("copies"));
        }
        let ids = numbers(Some(&self.ids))?;
        check_number(ids.len().saturating_mul(copies as usize))?;
        let site = at.access.site;
        let items = state.store.read(move |tx| label::list_items(tx, site, &ids)).await?;
        let style = Style { size: self.size, symbol: self.symbol, dots: self.dots };
        let mut order = Order { copies, ..Order::new("Item labels", style, self.used) };
        let words: Vec<String> = [
            marks.lot.as_ref().map(|lot| format!("Lot {lot}")),
            marks.serial.as_ref().map(|serial| format!("Serial {serial}")),
            marks.expiry.map(|date| format!("Use by {date}")),
        ]
        .into_iter()
        .flatten()
        .collect();
        for item in items {
            match payload::item(self.symbol, &item.barcodes, &marks) {
                Ok(payload) => order.labels.push(Label::Item {
                    sku: item.sku,
                    description: item.description,
                    marks: words.join("  "),
                    payload,
                }),
                Err(error) => order.left_out.push(left_out(&item.sku, error)),
            }
        }
        Ok(order)
    }
}

impl Order {
    const fn new(title: &'static str, style: Style, used: u32) -> Self {
        Self { title, style, used, copies: 1, labels: Vec::new(), left_out: Vec::new() }
    }

    /// Each label made by `make`; those that cannot be are left out.
    fn make<T: Clone>(&mut self, make: impl Fn(&Label, Style) -> Result<T, design::Undrawable>) -> Vec<T> {
        let mut made = Vec::new();
        for label in &self.labels {
            match make(label, self.style) {
                Ok(one) => made.extend(std::iter::repeat_n(one, self.copies as usize)),
                Err(error) => self.left_out.push(left_out(label.name(), error)),
            }
        }
        made
    }

    fn preview(mut self) -> LabelPreview {
        let drawn = self.make(design::draw);
        let labels = u32::try_from(drawn.len()).unwrap_or(u32::MAX);
        let dots = self.style.dots;
        let used = if labels == 0 { 0 } else { self.used % self.style.size.per_page() };
        LabelPreview {
            svg: drawn.first().map(|(drawing, _)| drawing.svg(dots)).unwrap_or_default(),
            labels,
            pages: (labels + used).div_ceil(self.style.size.per_page()),
            module_um: drawn.first().map_or(0, |(_, module)| dots.um(*module)),
            left_out: self.left_out,
        }
    }

    fn print(mut self) -> Result<Response, Failure> {
        let drawn: Vec<Drawing> = self.make(|label, style| design::draw(label, style).map(|(drawing, _)| drawing));
        self.some(drawn.len())?;
        let Style { size, dots, .. } = self.style;
        let pages = page::lay_out(&drawn, size, dots, self.used);
        let paper = if size.sheet().is_some() { A4 } else { size.tenths_mm() };
        Ok(show(page::document(self.title, &pages, paper, dots)))
    }

    fn zpl(mut self) -> Result<Response, Failure> {
        let labels = self.make(zpl::label);
        self.some(labels.len())?;
        let headers = [
            (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
            (header::CONTENT_DISPOSITION, "attachment; filename=\"labels.zpl\""),
        ];
        Ok((headers, labels.concat()).into_response())
    }

    fn some(&self, labels: usize) -> Result<(), Failure> {
        if labels > 0 {
            return Ok(());
        }
        let why = self
            .left_out
            .first()
            .map_or_else(|| "There is nothing there.".to_owned(), |left| format!("{}: {}.", left.name, left.why));
        Err(Failure::invalid("ids", "nothing_chosen", format!("No label can be printed. {why}")))
    }
}

/// A page with its own policy: its style and script are named by their hashes.
pub fn show(page: Page) -> Response {
    let mut response = axum::response::Html(page.html).into_response();
    if let Ok(policy) = HeaderValue::from_str(&page.policy) {
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}

pub async fn preview<W: Wanted>(
    State(state): State<AppState>,
    at: AtSite,
    Filter(wanted): Filter<W>,
) -> Reply<LabelPreview> {
    Ok(Json(wanted.order(&state, &at).await?.preview()))
}

pub async fn print<W: Wanted>(
    State(state): State<AppState>,
    at: AtSite,
    Filter(wanted): Filter<W>,
) -> Result<Response, Failure> {
    wanted.order(&state, &at).await?.print()
}

pub async fn zpl<W: Wanted>(
    State(state): State<AppState>,
    at: AtSite,
    Filter(wanted): Filter<W>,
) -> Result<Response, Failure> {
    wanted.order(&state, &at).await?.zpl()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WantedAisles {
    zone: Option<String>,
}

/// The aisles to choose from.
pub async fn list_aisles(
    State(state): State<AppState>,
    at: AtSite,
    Filter(wanted): Filter<WantedAisles>,
) -> Reply<Vec<String>> {
    let site = at.access.site;
    Ok(Json(state.store.read(move |tx| label::list_aisles(tx, site, wanted.zone.as_deref())).await?))
}
