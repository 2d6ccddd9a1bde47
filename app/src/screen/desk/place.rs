//! The desk's addresses, typed: which screen a path shows, what it needs, where somebody lands.
//!
//! Absent: whether a person really may. The server checks every route again; this only hides what would be refused.

use shared::{
    api::history::Subject,
    id::{CountId, DiscrepancyId},
    role::{Permission, Role, may},
};

/// Where the desk lives.
pub const BASE: &str = "/desk";

/// A screen of the desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Place {
    /// `/desk`: goes on to where the role works.
    Home,
    /// The first admin and the first site.
    SetUp,
    /// A person's one-time link.
    Join,
    /// Figures.
    Dashboard,
    /// Every count.
    Counts,
    /// Making one.
    CountNew,
    /// One count with its tasks.
    Count(CountId),
    /// The queue.
    Discrepancies,
    /// One discrepancy with its evidence.
    Discrepancy(DiscrepancyId),
    /// Barcodes nobody knows.
    Barcodes,
    /// What went wrong with handhelds and the server.
    Incidents,
    /// Entries that somebody has to look at.
    Marks,
    /// Search for whose history to read.
    History,
    /// The facts about one thing.
    HistoryOf(Subject, i64),
    /// Who works here.
    People,
    /// Handhelds.
    Devices,
    /// Tolerance rules and reasons.
    Thresholds,
    /// Bin and item labels.
    Labels,
    /// Paper count sheets.
    Paper,
    /// What approvals have posted.
    Adjustments,
    /// Things noticed that block nobody.
    Findings,
    /// Copies of everything, and going back to one.
    Backups,
    /// No such address.
    Nowhere,
}

/// What the navigation shows, in this order, in groups.
pub const NAVIGATION: [&[Place]; 3] = [
    &[Place::Dashboard, Place::Counts, Place::Barcodes, Place::Marks, Place::Incidents, Place::Labels, Place::Paper],
    &[Place::Discrepancies, Place::Adjustments, Place::Findings, Place::History],
    &[Place::People, Place::Devices, Place::Thresholds, Place::Backups],
];

impl Place {
    /// Reads a path.
    pub fn parse(path: &str) -> Self {
        let Some(rest) = path.strip_prefix(BASE) else { return Self::Nowhere };
        let parts: Vec<&str> = rest.split('/').filter(|part| !part.is_empty()).collect();
        match parts.as_slice() {
            [] | ["sign-in"] if rest.is_empty() || rest.starts_with('/') => Self::Home,
            ["setup"] => Self::SetUp,
            ["join"] => Self::Join,
            ["dashboard"] => Self::Dashboard,
            ["counts"] => Self::Counts,
            ["counts", "new"] => Self::CountNew,
            ["counts", id] => id.parse().map_or(Self::Nowhere, Self::Count),
            ["discrepancies"] => Self::Discrepancies,
            ["discrepancies", id] => id.parse().map_or(Self::Nowhere, Self::Discrepancy),
            ["barcodes"] => Self::Barcodes,
            ["incidents"] => Self::Incidents,
            ["labels"] => Self::Labels,
            ["paper"] => Self::Paper,
            ["marks"] => Self::Marks,
            ["history"] => Self::History,
            ["history", subject, id] => match (Subject::parse(subject), id.parse()) {
                (Some(subject), Ok(id)) => Self::HistoryOf(subject, id),
                _ => Self::Nowhere,
            },
            ["people"] => Self::People,
            ["devices"] => Self::Devices,
            ["thresholds"] => Self::Thresholds,
            ["adjustments"] => Self::Adjustments,
            ["findings"] => Self::Findings,
            ["backups"] => Self::Backups,
            _ => Self::Nowhere,
        }
    }

    /// Its path.
    pub fn path(self) -> String {
        let rest = match self {
            Self::Home | Self::Nowhere => return BASE.to_owned(),
            Self::SetUp => "setup".to_owned(),
            Self::Join => "join".to_owned(),
            Self::CountNew => "counts/new".to_owned(),
            Self::Count(id) => format!("counts/{id}"),
            Self::Discrepancy(id) => format!("discrepancies/{id}"),
            Self::HistoryOf(subject, id) => format!("history/{}/{id}", subject.word()),
            other => other.stem().to_owned(),
        };
        format!("{BASE}/{rest}")
    }

    /// The word of the navigation entry it belongs to.
    pub const fn stem(self) -> &'static str {
        match self {
            Self::Home | Self::SetUp | Self::Join | Self::Nowhere => "",
            Self::Dashboard => "dashboard",
            Self::Counts | Self::CountNew | Self::Count(_) => "counts",
            Self::Discrepancies | Self::Discrepancy(_) => "discrepancies",
            Self::Barcodes => "barcodes",
            Self::Incidents => "incidents",
            Self::Labels => "labels",
            Self::Paper => "paper",
            Self::Marks => "marks",
            Self::History | Self::HistoryOf(..) => "history",
            Self::People => "people",
            Self::Devices => "devices",
            Self::Thresholds => "thresholds",
            Self::Adjustments => "adjustments",
            Self::Findings => "findings",
            Self::Backups => "backups",
        }
    }

    /// What the navigation and the tab call it.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Home => "Trueup",
            Self::SetUp => "Set up",
            Self::Join => "Set a password",
            Self::Dashboard => "Dashboard",
            Self::Counts => "Counts",
            Self::CountNew => "New count",
            Self::Count(_) => "Count",
            Self::Discrepancies => "Discrepancies",
            Self::Discrepancy(_) => "Discrepancy",
            Self::Barcodes => "Barcodes",
            Self::Incidents => "Incidents",
            Self::Labels => "Labels",
            Self::Paper => "Paper",
            Self::Marks => "Marked entries",
            Self::History | Self::HistoryOf(..) => "History",
            Self::People => "People",
            Self::Devices => "Handhelds",
            Self::Thresholds => "Thresholds",
            Self::Adjustments => "Adjustments",
            Self::Findings => "Findings",
            Self::Backups => "Backups",
            Self::Nowhere => "Not found",
        }
    }

    /// The key that leads there after `g`; space for none.
    pub const fn key(self) -> char {
        match self {
            Self::Dashboard => 'd',
            Self::Counts => 'c',
            Self::Discrepancies => 'q',
            Self::Barcodes => 'b',
            Self::Incidents => 'i',
            Self::Labels => 'l',
            Self::Paper => 's',
            Self::Marks => 'm',
            Self::History => 'h',
            Self::People => 'p',
            Self::Devices => 'v',
            Self::Thresholds => 't',
            Self::Adjustments => 'a',
            Self::Findings => 'f',
            Self::Backups => 'u',
            _ => ' ',
        }
    }

    /// Whether somebody with these roles may see it.
    pub fn is_open_to(self, roles: &[Role]) -> bool {
        use Permission as P;
        let needs: &[P] = match self {
            Self::Home | Self::SetUp | Self::Join | Self::Nowhere => return true,
            Self::Dashboard | Self::Counts | Self::Count(_) | Self::Barcodes | Self::Incidents | Self::Marks => {
                &[P::SeeWork]
            }
            Self::CountNew | Self::Paper => &[P::PlanWork],
            Self::Labels => &[P::PlanWork, P::Administer],
            Self::Discrepancies | Self::Discrepancy(_) | Self::History | Self::HistoryOf(..) | Self::Findings => {
                &[P::SeeBooks]
            }
            Self::Adjustments => &[P::SeeBooks, P::ExportAdjustments],
            Self::People | Self::Devices => &[P::SeePeople],
            Self::Thresholds => &[P::SeeBooks, P::Administer],
            Self::Backups => &[P::Administer],
        };
        needs.iter().any(|permission| may(roles, *permission))
    }
}

/// Where somebody lands after signing in: where their work is. `None`: nowhere at the desk, they use a handheld.
pub fn landing(roles: &[Role]) -> Option<Place> {
    let first = |permission, place| may(roles, permission).then_some(place);
    first(Permission::Decide, Place::Discrepancies)
        .or_else(|| first(Permission::PlanWork, Place::Counts))
        .or_else(|| first(Permission::SeeBooks, Place::History))
        .or_else(|| first(Permission::Administer, Place::People))
}

/// The first key of a shortcut leads on, if one follows soon: `g` then a letter.
pub fn by_key(key: &str) -> Option<Place> {
    let mut letters = key.chars();
    let (letter, None) = (letters.next()?, letters.next()) else { return None };
    NAVIGATION.iter().flat_map(|group| group.iter()).copied().find(|place| place.key() == letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_address_leads_back_to_its_own_screen() {
        let places = [
            Place::Home,
            Place::SetUp,
            Place::Join,
            Place::CountNew,
            Place::Count(CountId(7)),
            Place::Discrepancy(DiscrepancyId(12)),
            Place::HistoryOf(Subject::Location, 3),
        ];
        for place in places.into_iter().chain(NAVIGATION.into_iter().flatten().copied()) {
            assert_eq!(Place::parse(&place.path()), place, "{}", place.path());
        }
    }

    #[test]
    fn an_address_that_means_nothing_is_nowhere() {
        for path in ["/desk/counts/x", "/desk/history/bin/3", "/desk/x", "/deskx", "/", "/desk/counts/1/2"] {
            assert_eq!(Place::parse(path), Place::Nowhere, "{path}");
        }
    }

    #[test]
    fn everybody_lands_where_their_work_is() {
        assert_eq!(landing(&[Role::Lead]), Some(Place::Counts));
        assert_eq!(landing(&[Role::Supervisor]), Some(Place::Discrepancies));
        assert_eq!(landing(&[Role::Supervisor, Role::Lead]), Some(Place::Discrepancies));
        assert_eq!(landing(&[Role::Auditor]), Some(Place::History));
        assert_eq!(landing(&[Role::Admin]), Some(Place::People));
        assert_eq!(landing(&[Role::Counter]), None);
        // who counts stays blind, so a supervisor who counts works on counts
        assert_eq!(landing(&[Role::Counter, Role::Supervisor]), Some(Place::Counts));
    }

    #[test]
    fn nobody_lands_where_they_may_not_be() {
        for a in Role::ALL {
            for b in Role::ALL {
                if let Some(place) = landing(&[a, b]) {
                    assert!(place.is_open_to(&[a, b]), "{a:?} {b:?}");
                }
            }
        }
    }

    #[test]
    fn a_lead_is_not_shown_the_books() {
        let seen: Vec<&str> = NAVIGATION
            .into_iter()
            .flatten()
            .filter(|place| place.is_open_to(&[Role::Lead]))
            .map(|place| place.stem())
            .collect();
        assert_eq!(
            seen,
            ["dashboard", "counts", "barcodes", "marks", "incidents", "labels", "paper", "people", "devices"]
        );
    }

    #[test]
    fn every_entry_of_the_navigation_has_a_key_of_its_own() {
        for place in NAVIGATION.into_iter().flatten() {
            assert_eq!(by_key(&place.key().to_string()), Some(*place));
        }
        assert_eq!(by_key("Enter"), None);
    }
}
