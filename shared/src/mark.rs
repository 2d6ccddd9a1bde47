//! Marked events: stored, but odd, not understood, or by somebody who has to be confirmed (`SYNC.md` sections 3 and 5).
//! What each mark means, what to do about it, and which decisions can be taken.
//!
//! Whatever is decided, the event stays. Absent: marking (that is where events are applied), and quantities.

use crate::sync::message::Mark;
use serde::{Deserialize, Serialize};

/// Letters of a reason, at most.
pub const REASON_LETTERS_MAX: usize = 500;
/// Events that one decision is about, at most.
pub const EVENTS_MAX: usize = 1_000;

/// What somebody decides about marked events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MarkDecision {
    /// The person was allowed to: what they counted stands.
    Confirm,
    /// It was not them, or they were not allowed to: their visits are set aside and count for nothing.
    NotTheirs,
    /// What kept them from counting is gone: they take effect now.
    Release,
    /// They stay without effect.
    Dismiss,
}

impl MarkDecision {
    /// Every decision.
    pub const ALL: [Self; 4] = [Self::Confirm, Self::NotTheirs, Self::Release, Self::Dismiss];

    /// Whether it has to be said why.
    pub const fn needs_reason(self) -> bool {
        matches!(self, Self::NotTheirs | Self::Dismiss)
    }
    /// Where the mark stands once it is taken.
    pub const fn state(self) -> MarkState {
        match self {
            Self::Confirm => MarkState::Confirmed,
            Self::NotTheirs => MarkState::NotTheirs,
            Self::Release => MarkState::Released,
            Self::Dismiss => MarkState::Dismissed,
        }
    }
}

/// Where a mark stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MarkState {
    /// Nobody has decided.
    Open,
    /// The person was confirmed.
    Confirmed,
    /// Confirmed as not theirs: set aside.
    NotTheirs,
    /// Takes effect since.
    Released,
    /// Stays without effect.
    Dismissed,
}

impl MarkState {
    /// Every state.
    pub const ALL: [Self; 5] = [Self::Open, Self::Confirmed, Self::NotTheirs, Self::Released, Self::Dismissed];
    /// The word used in tables.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Confirmed => "confirmed",
            Self::NotTheirs => "not_theirs",
            Self::Released => "released",
            Self::Dismissed => "dismissed",
        }
    }
    /// Reads the word of a table.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.word() == word)
    }
}

impl Mark {
    /// Every mark.
    pub const ALL: [Self; 3] = [Self::Quarantined, Self::Deferred, Self::NeedsConfirm];
    /// The word used in tables.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Quarantined => "quarantined",
            Self::Deferred => "deferred",
            Self::NeedsConfirm => "needs_confirm",
        }
    }
    /// Reads the word of a table.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mark| mark.word() == word)
    }
}

/// What can be decided about a mark with this code.
pub fn offers(mark: Mark, code: &str) -> &'static [MarkDecision] {
    match (mark, code) {
        (Mark::NeedsConfirm, _) => &[MarkDecision::Confirm, MarkDecision::NotTheirs],
        (Mark::Quarantined, "unknown_location" | "unknown_item" | "unknown_sheet" | "other_site") => {
            &[MarkDecision::Release, MarkDecision::Dismiss]
        }
        (Mark::Quarantined, "device_revoked" | "device_of_other_site") => {
            &[MarkDecision::Release, MarkDecision::Dismiss]
        }
        _ => &[MarkDecision::Dismiss],
    }
}

/// Why it is marked, as the end of a sentence that begins with who and what.
pub fn why(mark: Mark, code: &str) -> &'static str {
    match (mark, code) {
        (_, "actor_unknown") => "Nobody here has that number.",
        (_, "actor_disabled") => "They may no longer sign in.",
        (_, "actor_not_counter") => "They have no role that counts at this site.",
        (_, "unverified") => "They took the handheld without a password, because there was no network.",
        (_, "grant_missing") => "The handheld had no permission of this server for them.",
        (_, "grant_expired") => "The permission that the handheld had for them had ended.",
        (_, "grant_invalid") => "The permission that the handheld had for them is not one of this server.",
        (_, "grant_other_device") => "The permission that the handheld had for them was for another handheld.",
        (_, "unknown_location") => "The bin is not known here.",
        (_, "unknown_item") => "The item is not known here.",
        (_, "unknown_sheet") => "The beginning of the visit has no effect, so nothing of it has.",
        (_, "other_site") => "The bin or item belongs to another site.",
        (_, "device_revoked") => "The handheld was revoked.",
        (_, "device_of_other_site") => "The handheld is enrolled at another site.",
        (_, "unknown_kind") => "The handheld's application is newer than this server.",
        (_, "id_known") => "The same entry stands somewhere else already.",
        (_, "no_sheet") => "It belongs to no visit.",
        (_, "sheet_known") => "The visit was begun before.",
        (_, "other_log") => "Its visit stands in another log, which holds entries that this one does not.",
        (_, "sheet_closed") => "The visit was closed before it.",
        (_, "body_too_large") => "It is larger than any entry.",
        (_, "went_on_without") => "The handheld could not save it, and went on without it.",
        (_, "put_together") => {
            "Its visit was put together from what was carried in by hand; nobody can say where it belongs."
        }
        (_, "malformed") => "It cannot be read.",
        (_, "id_differs") => "It names itself differently than the handheld did.",
        (Mark::Quarantined, _) => "It does not fit.",
        (Mark::Deferred, _) => "This server does not know it.",
        (Mark::NeedsConfirm, _) => "Somebody has to confirm it.",
    }
}

/// What to do about it.
pub fn advice(mark: Mark, code: &str) -> &'static str {
    match (mark, code) {
        (Mark::NeedsConfirm, "grant_missing" | "grant_expired") => {
            "What they counted stands for now. Ask them: confirm it, or set it aside. Signing in with the password renews the permission."
        }
        (Mark::NeedsConfirm, _) => {
            "What they counted stands for now. Ask them: confirm it, or set it aside if it was not them."
        }
        (Mark::Deferred, _) => {
            "Bring the server up to date; it then reads them again by itself. Nothing is lost meanwhile."
        }
        (_, "unknown_location" | "unknown_item") => "Import what is missing, then let it count.",
        (_, "unknown_sheet") => "Let it count together with the beginning of its visit.",
        (_, "device_revoked") => "If whoever held it was meant to count, let it count. If it was stolen, dismiss it.",
        (_, "device_of_other_site" | "other_site") => {
            "If the handheld was lent to this site, let it count. Otherwise dismiss it."
        }
        _ => "It can have no effect. Look at the handheld's history, then dismiss it.",
    }
}

/// The reason for a decision, if it can be one.
///
/// # Errors
/// A sentence.
pub fn read_reason(decision: MarkDecision, typed: &str) -> Result<String, String> {
    let reason = typed.trim();
    if decision.needs_reason() && reason.is_empty() {
        return Err("Say why: these counts will have no effect, and whoever asks later should know the reason.".into());
    }
    if reason.chars().count() > REASON_LETTERS_MAX {
        return Err(format!("A reason has at most {REASON_LETTERS_MAX} letters."));
    }
    Ok(reason.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_has_to_be_confirmed_is_confirmed_or_not_and_never_dropped() {
        assert_eq!(offers(Mark::NeedsConfirm, "anything"), [MarkDecision::Confirm, MarkDecision::NotTheirs]);
    }

    #[test]
    fn what_can_never_fit_is_only_dismissed_and_what_may_fit_later_can_be_released() {
        for code in ["malformed", "id_known", "sheet_closed", "a code of tomorrow"] {
            assert_eq!(offers(Mark::Quarantined, code), [MarkDecision::Dismiss], "{code}");
        }
        for code in ["unknown_location", "unknown_item", "unknown_sheet", "device_revoked"] {
            assert!(offers(Mark::Quarantined, code).contains(&MarkDecision::Release), "{code}");
        }
        // the server does that by itself
        assert_eq!(offers(Mark::Deferred, "unknown_kind"), [MarkDecision::Dismiss]);
    }

    #[test]
    fn setting_counts_aside_takes_a_reason_and_letting_them_count_does_not() {
        for decision in MarkDecision::ALL {
            assert_eq!(read_reason(decision, " ").is_err(), decision.needs_reason(), "{decision:?}");
            assert_eq!(read_reason(decision, " asked her "), Ok("asked her".to_owned()));
            assert!(read_reason(decision, &"x".repeat(REASON_LETTERS_MAX + 1)).is_err());
            assert!(decision.state() != MarkState::Open);
        }
    }

    #[test]
    fn every_mark_says_why_and_what_to_do() {
        for mark in Mark::ALL {
            assert_eq!(Mark::parse(mark.word()), Some(mark));
            for code in ["actor_unknown", "unknown_kind", "unknown_item", "something new"] {
                assert!(why(mark, code).ends_with('.') && advice(mark, code).ends_with('.'), "{mark:?} {code}");
            }
        }
    }
}
