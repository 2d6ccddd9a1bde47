-- The first schema. Three kinds of tables:
--   facts        append-only, hash-chained per site; everything else about the business is computed from them
--   projections  functions of the facts, stored because reading must be fast; `trueup verify` rebuilds and compares them
--   operations   secrets, sessions and what was last heard of handhelds: not business, not rebuilt, not exported
-- Quantities, money and percentages are integers in millionths (`*_micro`); instants are milliseconds since 1970 UTC (`*_at`).

-- facts ---------------------------------------------------------------------------------------------------------------

CREATE TABLE fact (
    position     INTEGER PRIMARY KEY,          -- commit order, given by the one writer; also the change number of sync
    site_id      INTEGER NOT NULL,             -- 0: the installation itself (people, sites)
    kind         TEXT    NOT NULL,             -- 'event' for what a handheld recorded, else the kind of shared::fact::Fact
    recorded_at  INTEGER NOT NULL,
    actor_id     INTEGER,                      -- who decided or captured; NULL: the system
    origin       TEXT    NOT NULL,             -- 'desk', 'import', 'system', or the handheld's name
    body         BLOB    NOT NULL,             -- exact bytes
    chain        BLOB    NOT NULL,             -- shared::fact::chain_next over the site's chain
    log_no       INTEGER,                      -- events: which log, where in it, its id, and the log's own chain there
    seq          INTEGER,
    event_id     BLOB,
    device_chain BLOB
) STRICT;
CREATE UNIQUE INDEX fact_by_log ON fact (log_no, seq) WHERE log_no IS NOT NULL;
CREATE UNIQUE INDEX fact_by_event ON fact (event_id) WHERE event_id IS NOT NULL;
CREATE TRIGGER fact_is_never_changed BEFORE UPDATE ON fact BEGIN SELECT RAISE(ABORT, 'facts are never changed'); END;
CREATE TRIGGER fact_is_never_deleted BEFORE DELETE ON fact BEGIN SELECT RAISE(ABORT, 'facts are never deleted'); END;

-- Where each site's chain stands: written once per commit, so that extending a chain reads nothing.
CREATE TABLE chain_head (
    site_id  INTEGER PRIMARY KEY,
    position INTEGER NOT NULL,
    chain    BLOB    NOT NULL
) STRICT;

-- projections: who and what --------------------------------------------------------------------------------------------

CREATE TABLE site (
    site_id   INTEGER PRIMARY KEY,
    code      TEXT NOT NULL UNIQUE,
    name      TEXT NOT NULL,
    currency  TEXT NOT NULL,
    time_zone TEXT NOT NULL
) STRICT;

CREATE TABLE person (
    person_id INTEGER PRIMARY KEY,
    username  TEXT NOT NULL UNIQUE,
    name      TEXT NOT NULL,
    language  TEXT NOT NULL,
    disabled  INTEGER NOT NULL DEFAULT 0 CHECK (disabled IN (0, 1))
) STRICT;

CREATE TABLE site_role (
    site_id   INTEGER NOT NULL REFERENCES site,
    person_id INTEGER NOT NULL REFERENCES person,
    role      TEXT NOT NULL CHECK (role IN ('counter', 'lead', 'supervisor', 'auditor', 'admin')),
    PRIMARY KEY (site_id, person_id, role)
) STRICT, WITHOUT ROWID;

CREATE TABLE approval_limit (
    site_id     INTEGER NOT NULL REFERENCES site,
    person_id   INTEGER NOT NULL REFERENCES person,
    value_micro INTEGER NOT NULL,               -- no row: no limit
    PRIMARY KEY (site_id, person_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE device (
    device_id   INTEGER PRIMARY KEY,
    site_id     INTEGER NOT NULL REFERENCES site,
    name        TEXT NOT NULL,
    enrolled_at INTEGER NOT NULL,
    revoked     INTEGER NOT NULL DEFAULT 0 CHECK (revoked IN (0, 1)),
    UNIQUE (site_id, name)
) STRICT;

CREATE TABLE device_log (
    log_no     INTEGER PRIMARY KEY,
    log_id     BLOB NOT NULL UNIQUE,
    device_id  INTEGER NOT NULL REFERENCES device,
    site_id    INTEGER NOT NULL REFERENCES site,
    reason     TEXT NOT NULL CHECK (reason IN ('fresh', 'salvage', 'fork', 'rescue')),
    head_seq   INTEGER NOT NULL,
    head_chain BLOB NOT NULL
) STRICT;

-- Events whose number in a log is taken by another: kept as facts of their own, known here by the chain of their branch.
CREATE TABLE log_branch (
    log_no   INTEGER NOT NULL REFERENCES device_log,
    seq      INTEGER NOT NULL,
    chain    BLOB    NOT NULL,
    position INTEGER NOT NULL,
    PRIMARY KEY (log_no, seq, chain)
) STRICT, WITHOUT ROWID;

CREATE TABLE item (
    item_id         INTEGER PRIMARY KEY,
    site_id         INTEGER NOT NULL REFERENCES site,
    sku             TEXT NOT NULL,
    description     TEXT NOT NULL,
    unit            TEXT NOT NULL,
    unit_cost_micro INTEGER,                    -- NULL: unknown, not zero
    category        TEXT NOT NULL,
    abc             TEXT NOT NULL,
    tracking        TEXT NOT NULL CHECK (tracking IN ('none', 'lot', 'lot_expiry', 'serial')),
    UNIQUE (site_id, sku)
) STRICT;

-- Items and locations share one barcode space per site: a scan must mean one thing (checked at import for locations).
CREATE TABLE barcode (
    site_id           INTEGER NOT NULL REFERENCES site,
    barcode           TEXT NOT NULL,
    item_id           INTEGER NOT NULL REFERENCES item,
    pack_factor_micro INTEGER NOT NULL CHECK (pack_factor_micro > 0),
    PRIMARY KEY (site_id, barcode)
) STRICT, WITHOUT ROWID;
CREATE INDEX barcode_by_item ON barcode (item_id);

CREATE TABLE location (
    location_id INTEGER PRIMARY KEY,
    site_id     INTEGER NOT NULL REFERENCES site,
    code        TEXT NOT NULL,
    barcode     TEXT NOT NULL,
    zone        TEXT NOT NULL,
    aisle       TEXT NOT NULL,
    bay         TEXT NOT NULL,
    level       TEXT NOT NULL,
    kind        TEXT NOT NULL CHECK (kind IN ('pick', 'reserve', 'staging', 'receiving', 'quarantine')),
    walk_order  INTEGER NOT NULL,
    counted_at  INTEGER,                        -- last finished count, by its capture time
    UNIQUE (site_id, code),
    UNIQUE (site_id, barcode)
) STRICT;
CREATE INDEX location_by_walk ON location (site_id, walk_order);

CREATE TABLE reason (
    site_id INTEGER NOT NULL REFERENCES site,
    code    TEXT NOT NULL,
    label   TEXT NOT NULL,
    PRIMARY KEY (site_id, code)
) STRICT, WITHOUT ROWID;

CREATE TABLE rule_set (
    site_id INTEGER NOT NULL REFERENCES site,
    version INTEGER NOT NULL,
    body    TEXT NOT NULL,                      -- the RulesSet fact, as JSON
    PRIMARY KEY (site_id, version)
) STRICT, WITHOUT ROWID;

-- projections: the ledger -----------------------------------------------------------------------------------------------

CREATE TABLE movement (
    movement_id    INTEGER PRIMARY KEY,
    site_id        INTEGER NOT NULL REFERENCES site,
    location_id    INTEGER NOT NULL REFERENCES location,
    item_id        INTEGER NOT NULL REFERENCES item,
    lot            TEXT NOT NULL,
    serial         TEXT NOT NULL,
    quantity_micro INTEGER NOT NULL,
    kind           TEXT NOT NULL CHECK (kind IN ('opening', 'receipt', 'issue', 'transfer', 'return', 'damage', 'adjustment', 'count_adjustment', 'statement_correction')),
    effective_at   INTEGER NOT NULL,
    recorded_at    INTEGER NOT NULL,
    source         TEXT NOT NULL,
    reference      TEXT NOT NULL,
    fact_position  INTEGER NOT NULL,
    UNIQUE (site_id, source, reference)
) STRICT;
CREATE INDEX movement_by_key ON movement (location_id, item_id, lot, serial, effective_at);
CREATE INDEX movement_by_item ON movement (item_id, effective_at);

-- projections: counting -------------------------------------------------------------------------------------------------

CREATE TABLE count (
    count_id   INTEGER PRIMARY KEY,
    site_id    INTEGER NOT NULL REFERENCES site,
    name       TEXT NOT NULL,
    why        TEXT NOT NULL,
    policy     TEXT NOT NULL,                   -- shared::policy::Policy as JSON, frozen
    spot       INTEGER NOT NULL CHECK (spot IN (0, 1)),  -- 1: made by somebody who scanned a bin without a task
    created_by INTEGER,
    created_at INTEGER NOT NULL,
    closed_at  INTEGER
) STRICT;

CREATE TABLE task (
    task_id     INTEGER PRIMARY KEY,
    site_id     INTEGER NOT NULL REFERENCES site,
    count_id    INTEGER NOT NULL REFERENCES count,
    location_id INTEGER NOT NULL REFERENCES location,
    round       INTEGER NOT NULL CHECK (round >= 1),
    state       TEXT NOT NULL CHECK (state IN ('open', 'counting', 'counted', 'skipped', 'cancelled')),
    assignee_id INTEGER,                        -- NULL: the pool
    why         TEXT NOT NULL,
    skip_reason TEXT,
    keys        TEXT,                           -- NULL: the whole location; else JSON [ItemKey] in dispute
    excluded    TEXT NOT NULL DEFAULT '[]',     -- JSON [PersonId] who counted an earlier round
    created_at  INTEGER NOT NULL,
    changed_at  INTEGER NOT NULL,
    UNIQUE (count_id, location_id, round)
) STRICT;
CREATE INDEX task_by_location ON task (location_id, state);
CREATE INDEX task_by_state ON task (site_id, state);
CREATE INDEX task_by_assignee ON task (assignee_id, state) WHERE assignee_id IS NOT NULL;

CREATE TABLE sheet (
    sheet_id      BLOB PRIMARY KEY,
    site_id       INTEGER NOT NULL REFERENCES site,
    log_no        INTEGER NOT NULL REFERENCES device_log,
    device_id     INTEGER NOT NULL REFERENCES device,
    person_id     INTEGER NOT NULL,             -- as captured; may be somebody the server does not know
    location_id   INTEGER NOT NULL REFERENCES location,
    count_id      INTEGER REFERENCES count,
    task_id       INTEGER REFERENCES task,
    round         INTEGER NOT NULL,
    intent        TEXT NOT NULL CHECK (intent IN ('own', 'continue', 'helping')),
    open_seq      INTEGER NOT NULL,
    close_seq     INTEGER,
    opened_at     INTEGER NOT NULL,             -- by the corrected clock of the handheld
    closed_at     INTEGER,
    ends_at       INTEGER,                      -- the latest instant of anything on it, by the clock's uncertainty
    received_at   INTEGER NOT NULL,             -- when the server learned the last of it
    entries       INTEGER NOT NULL,
    location_done INTEGER CHECK (location_done IN (0, 1)),
    late          INTEGER NOT NULL DEFAULT 0 CHECK (late IN (0, 1))
) STRICT, WITHOUT ROWID;
CREATE INDEX sheet_by_place ON sheet (count_id, location_id, round);
CREATE INDEX sheet_by_location ON sheet (location_id, opened_at);
CREATE INDEX sheet_by_person ON sheet (person_id, opened_at);

CREATE TABLE sheet_line (
    sheet_id       BLOB NOT NULL REFERENCES sheet,
    item_id        INTEGER NOT NULL REFERENCES item,
    lot            TEXT NOT NULL,
    serial         TEXT NOT NULL,
    quantity_micro INTEGER NOT NULL,
    first_at       INTEGER NOT NULL,
    last_at        INTEGER NOT NULL,
    PRIMARY KEY (sheet_id, item_id, lot, serial)
) STRICT, WITHOUT ROWID;
CREATE INDEX sheet_line_by_item ON sheet_line (item_id, serial);

CREATE TABLE unknown_barcode (
    sheet_id       BLOB NOT NULL REFERENCES sheet,
    barcode        TEXT NOT NULL,
    site_id        INTEGER NOT NULL REFERENCES site,
    quantity_micro INTEGER NOT NULL,
    at             INTEGER NOT NULL,
    PRIMARY KEY (sheet_id, barcode)             -- gone when a lead has named it: the line is then a sheet_line
) STRICT, WITHOUT ROWID;
CREATE INDEX unknown_barcode_by_site ON unknown_barcode (site_id, barcode);

-- Barcodes that nobody knew when they were read and that have a name now: when the name changes, these sheets are
-- folded again.
CREATE TABLE named_barcode (
    sheet_id BLOB NOT NULL REFERENCES sheet,
    barcode  TEXT NOT NULL,
    site_id  INTEGER NOT NULL REFERENCES site,
    PRIMARY KEY (sheet_id, barcode)
) STRICT, WITHOUT ROWID;
CREATE INDEX named_barcode_by_site ON named_barcode (site_id, barcode);

-- One row per stock key and round, matches included: they are the proof of counting.
CREATE TABLE variance (
    count_id       INTEGER NOT NULL REFERENCES count,
    location_id    INTEGER NOT NULL REFERENCES location,
    item_id        INTEGER NOT NULL REFERENCES item,
    lot            TEXT NOT NULL,
    serial         TEXT NOT NULL,
    round          INTEGER NOT NULL,
    site_id        INTEGER NOT NULL REFERENCES site,
    counted_micro  INTEGER NOT NULL,
    implied_zero   INTEGER NOT NULL CHECK (implied_zero IN (0, 1)),
    book_micro     INTEGER NOT NULL,
    variance_micro INTEGER NOT NULL,
    value_micro    INTEGER,                     -- NULL: cost unknown
    kind           TEXT NOT NULL CHECK (kind IN ('plain', 'settled_by_movement', 'ambiguous')),
    window_from    INTEGER NOT NULL,
    window_to      INTEGER NOT NULL,
    book_from_micro INTEGER,                    -- the book at both ends of the window, where something moved inside
    book_to_micro  INTEGER,
    level          TEXT NOT NULL CHECK (level IN ('within', 'approve', 'recount')),
    rule           TEXT NOT NULL,               -- in words: "beyond ±2 % for class A"
    alert          INTEGER NOT NULL CHECK (alert IN (0, 1)),
    scanned_at     INTEGER NOT NULL,
    received_at    INTEGER NOT NULL,
    merged         TEXT NOT NULL,
    people         TEXT NOT NULL,               -- JSON [PersonId], ascending
    devices        TEXT NOT NULL,               -- JSON [DeviceId], ascending
    PRIMARY KEY (count_id, location_id, item_id, lot, serial, round)
) STRICT, WITHOUT ROWID;
CREATE INDEX variance_by_time ON variance (site_id, round, scanned_at);

CREATE TABLE discrepancy (
    discrepancy_id INTEGER PRIMARY KEY,
    site_id        INTEGER NOT NULL REFERENCES site,
    count_id       INTEGER NOT NULL REFERENCES count,
    location_id    INTEGER NOT NULL REFERENCES location,
    item_id        INTEGER NOT NULL REFERENCES item,
    lot            TEXT NOT NULL,
    serial         TEXT NOT NULL,
    state          TEXT NOT NULL CHECK (state IN ('recounting', 'confirmed', 'escalated', 'awaiting_approval', 'half_approved', 'accepted', 'posted', 'exported', 'acknowledged', 'rejected', 'transferred')),
    rounds         INTEGER NOT NULL,            -- rounds counted
    rounds_ordered INTEGER NOT NULL DEFAULT 0,  -- rounds a supervisor ordered beyond the policy
    counted_micro  INTEGER NOT NULL,            -- of the round that stands
    book_micro     INTEGER NOT NULL,
    variance_micro INTEGER NOT NULL,
    value_micro    INTEGER,
    kind           TEXT NOT NULL CHECK (kind IN ('plain', 'settled_by_movement', 'ambiguous')),
    rule           TEXT NOT NULL,
    scanned_at     INTEGER NOT NULL,
    opened_at      INTEGER NOT NULL,
    due_at         INTEGER NOT NULL,
    owner_id       INTEGER,
    evidence       TEXT NOT NULL,               -- changes when the evidence does
    movement_id    INTEGER,                     -- the adjustment, once posted
    batch          TEXT NOT NULL DEFAULT '',
    UNIQUE (count_id, location_id, item_id, lot, serial)
) STRICT;
CREATE INDEX discrepancy_by_state ON discrepancy (site_id, state);
CREATE INDEX discrepancy_by_item ON discrepancy (item_id, state);
CREATE INDEX discrepancy_by_movement ON discrepancy (movement_id) WHERE movement_id IS NOT NULL;

CREATE TABLE decision (
    discrepancy_id INTEGER NOT NULL REFERENCES discrepancy,
    position       INTEGER NOT NULL,            -- of the fact
    what           TEXT NOT NULL CHECK (what IN ('approved', 'rejected', 'round_ordered', 'paired', 'exported', 'acknowledged')),
    person_id      INTEGER,
    at             INTEGER NOT NULL,
    reason         TEXT NOT NULL,
    note           TEXT NOT NULL,
    evidence       TEXT NOT NULL,               -- what it rested on: an approval of earlier evidence is none
    PRIMARY KEY (discrepancy_id, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE finding (
    finding_id  INTEGER PRIMARY KEY,
    site_id     INTEGER NOT NULL REFERENCES site,
    kind        TEXT NOT NULL,
    sentence    TEXT NOT NULL,
    location_id INTEGER,
    item_id     INTEGER,
    person_id   INTEGER,
    at          INTEGER NOT NULL
) STRICT;
CREATE INDEX finding_by_site ON finding (site_id, at);

-- Events that were stored but do not fit, are not understood, or need somebody to confirm them.
CREATE TABLE event_mark (
    position INTEGER PRIMARY KEY,
    site_id  INTEGER NOT NULL REFERENCES site,
    mark     TEXT NOT NULL CHECK (mark IN ('quarantined', 'deferred', 'needs_confirm')),
    code     TEXT NOT NULL
) STRICT;

-- What changed last where, for pull and live updates. One row per subject, holding its latest position.
CREATE TABLE change (
    site_id    INTEGER NOT NULL REFERENCES site,
    subject    TEXT NOT NULL CHECK (subject IN ('task', 'person', 'item_shard', 'location_shard')),
    subject_id INTEGER NOT NULL,
    position   INTEGER NOT NULL,
    PRIMARY KEY (site_id, subject, subject_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX change_by_position ON change (site_id, position, subject, subject_id);

-- Which facts are about what (what handhelds recorded is found through their sheets, movements through their key).
CREATE TABLE history (
    subject    TEXT NOT NULL CHECK (subject IN ('location', 'item', 'task', 'person', 'device', 'discrepancy')),
    subject_id INTEGER NOT NULL,
    position   INTEGER NOT NULL,
    PRIMARY KEY (subject, subject_id, position)
) STRICT, WITHOUT ROWID;

-- operations ------------------------------------------------------------------------------------------------------------

CREATE TABLE meta (
    key   TEXT PRIMARY KEY,                     -- 'server_id', 'timeline'
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE credential (
    person_id     INTEGER PRIMARY KEY,
    password_hash TEXT NOT NULL                 -- argon2id, PHC string
) STRICT;

CREATE TABLE one_time_token (                   -- set-up and join links, enrolment codes: only their hashes are kept
    token_hash BLOB PRIMARY KEY,
    purpose    TEXT NOT NULL CHECK (purpose IN ('setup', 'join', 'enrol')),
    site_id    INTEGER,
    person_id  INTEGER,
    name       TEXT NOT NULL,                   -- of the handheld, for enrolment
    uses_left  INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE device_secret (
    device_id   INTEGER PRIMARY KEY,
    secret_hash BLOB NOT NULL UNIQUE            -- SHA-256 of the 256-bit secret
) STRICT;

CREATE TABLE device_seen (
    device_id INTEGER PRIMARY KEY,
    seen_at   INTEGER NOT NULL,
    waiting   INTEGER NOT NULL,                 -- announced and not arrived
    app       TEXT NOT NULL,
    storage   TEXT NOT NULL                     -- JSON as told by the device
) STRICT;

CREATE TABLE session (
    id_hash    BLOB PRIMARY KEY,                -- SHA-256 of the session id: the id itself is kept nowhere
    person_id  INTEGER,
    data       BLOB NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE sign_in_failure (
    subject  TEXT PRIMARY KEY,                  -- 'person:maria', 'address:10.0.0.7'
    failures INTEGER NOT NULL,
    last_at  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
