//! The word of each fact, by which tables name it.

use super::Fact;

impl Fact {
    /// The word that stands in its body as `kind`, and in the table.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::SiteAdded { .. } => "site_added",
            Self::PersonAdded { .. } => "person_added",
            Self::RolesSet { .. } => "roles_set",
            Self::PersonDisabled { .. } => "person_disabled",
            Self::LanguageSet { .. } => "language_set",
            Self::PasswordSet { .. } => "password_set",
            Self::DeviceEnrolled { .. } => "device_enrolled",
            Self::DeviceRevoked { .. } => "device_revoked",
            Self::PaperOpened { .. } => "paper_opened",
            Self::PaperSheetTyped { .. } => "paper_sheet_typed",
            Self::LogOpened { .. } => "log_opened",
            Self::EventConflicted { .. } => "event_conflicted",
            Self::ServerBehindSeen { .. } => "server_behind_seen",
            Self::EventsMissingSeen { .. } => "events_missing_seen",
            Self::LogHandedOver { .. } => "log_handed_over",
            Self::DeviceSilentSeen { .. } => "device_silent_seen",
            Self::IncidentMended { .. } => "incident_mended",
            Self::IncidentClosed { .. } => "incident_closed",
            Self::RescueTaken { .. } => "rescue_taken",
            Self::EventsDecided { .. } => "events_decided",
            Self::NobodyLeft { .. } => "nobody_left",
            Self::ItemsRecorded { .. } => "items_recorded",
            Self::LocationsRecorded { .. } => "locations_recorded",
            Self::BarcodeNamed { .. } => "barcode_named",
            Self::MovementsRecorded { .. } => "movements_recorded",
            Self::StatementRecorded { .. } => "statement_recorded",
            Self::RulesSet { .. } => "rules_set",
            Self::ReasonAdded { .. } => "reason_added",
            Self::CountCreated { .. } => "count_created",
            Self::CountClosed { .. } => "count_closed",
            Self::TasksAssigned { .. } => "tasks_assigned",
            Self::TaskCancelled { .. } => "task_cancelled",
            Self::DiscrepancyApproved { .. } => "discrepancy_approved",
            Self::DiscrepancyRejected { .. } => "discrepancy_rejected",
            Self::RoundOrdered { .. } => "round_ordered",
            Self::DiscrepanciesPaired { .. } => "discrepancies_paired",
            Self::AdjustmentsExported { .. } => "adjustments_exported",
            Self::AdjustmentsAcknowledged { .. } => "adjustments_acknowledged",
            Self::TimelineStarted { .. } => "timeline_started",
        }
    }
}
