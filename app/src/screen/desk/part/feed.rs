//! Changes at the server, as they come: screens follow a topic and load again what they show.
//!
//! Absent: the changes themselves. The stream says *that* something changed; what is true is asked for.

use crate::{
    api::path::Path,
    browser::live::{Link, Stream},
};
use gloo_timers::callback::{Interval, Timeout};
use leptos::prelude::*;
use shared::api::dashboard::LiveChange;

/// What a change is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Topic {
    /// Tasks and sheets.
    Task,
    /// Counts.
    Count,
    /// Discrepancies and adjustments.
    Discrepancy,
    /// Handhelds.
    Device,
    /// Unknown barcodes.
    Barcode,
    /// Items, locations, rules, reasons.
    Master,
    /// People.
    Person,
    /// Findings.
    Finding,
    /// Incidents.
    Incident,
}

const TOPICS: [(&str, Topic); 9] = [
    ("task", Topic::Task),
    ("count", Topic::Count),
    ("discrepancy", Topic::Discrepancy),
    ("device", Topic::Device),
    ("barcode", Topic::Barcode),
    ("master", Topic::Master),
    ("person", Topic::Person),
    ("finding", Topic::Finding),
    ("incident", Topic::Incident),
];
/// Changes are gathered this long: fifty handhelds pushing at once make one loading, and nobody sees the wait.
const GATHER_MS: u32 = 400;
/// Without the stream, what is shown is loaded again this often.
const POLL_MS: u32 = 15_000;

/// A handle on the stream.
#[derive(Clone, Copy)]
pub struct Feed {
    /// Whether changes arrive.
    pub link: RwSignal<Link>,
    ticks: [RwSignal<u32>; TOPICS.len()],
    pending: StoredValue<u16>,
    stream: StoredValue<Option<Stream>, LocalStorage>,
    address: StoredValue<Option<String>>,
}

impl Feed {
    /// Closed, until [`Feed::follow`].
    pub fn closed() -> Self {
        let feed = Self {
            link: RwSignal::new(Link::Connecting),
            ticks: std::array::from_fn(|_| RwSignal::new(0)),
            pending: StoredValue::new(0),
            stream: StoredValue::new_local(None),
            address: StoredValue::new(None),
        };
        Interval::new(POLL_MS, move || feed.poll()).forget();
        feed
    }
    /// Follows the changes of a site; of none with an empty code.
    pub fn follow(self, site: &str) {
        let address = (!site.is_empty()).then(|| Path::site(site).segment("live").as_str().to_owned());
        self.address.set_value(address);
        self.open();
    }
    /// Makes the calling effect run again when something of the topic changes.
    pub fn track(self, topic: Topic) {
        self.ticks[topic as usize].track();
    }

    fn open(self) {
        self.stream.set_value(None);
        self.link.set(Link::Connecting);
        let Some(address) = self.address.get_value() else { return };
        let on_link = move |link: Link| {
            let was = self.link.get_untracked();
            if was != link {
                self.link.set(link);
            }
            // what was missed while the stream was down is unknown, so everything shown is loaded again
            if link == Link::Open {
                self.gather(u16::MAX);
            }
        };
        self.stream.set_value(Stream::open(&address, move |text| self.changed(&text), on_link));
    }
    fn changed(self, text: &str) {
        let Ok(change) = serde_json::from_str::<LiveChange>(text) else { return };
        let bits =
            TOPICS.iter().find(|(word, _)| *word == change.what).map_or(u16::MAX, |(_, topic)| 1 << *topic as u16);
        self.gather(bits);
    }
    fn gather(self, bits: u16) {
        let before = self.pending.get_value();
        self.pending.set_value(before | bits);
        if before == 0 {
            Timeout::new(GATHER_MS, move || {
                let bits = self.pending.get_value();
                self.pending.set_value(0);
                for (at, tick) in self.ticks.iter().enumerate() {
                    if bits & (1 << at) != 0 {
                        tick.update(|number| *number = number.wrapping_add(1));
                    }
                }
            })
            .forget();
        }
    }
    fn poll(self) {
        let followed = self.address.with_value(Option::is_some);
        let link = self.link.get_untracked();
        if followed && link != Link::Open {
            self.gather(u16::MAX);
            // the browser gives up for good when the server answered with an error, for example while it restarted
            if link == Link::Closed {
                self.open();
            }
        }
    }
}
