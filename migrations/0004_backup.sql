-- Verified backups, what each holds, and what a restore left behind.

-- facts: projections of them ------------------------------------------------------------------------------------------

-- When this installation began to live again from an older state: one row for each TimelineStarted.
CREATE TABLE timeline (
    timeline    BLOB PRIMARY KEY,
    position    INTEGER NOT NULL,               -- of the fact; everything before it is what was here
    started_at  INTEGER NOT NULL,
    why         TEXT NOT NULL CHECK (why IN ('restored', 'older_database', 'device_knew_more')),
    restored_to INTEGER NOT NULL,               -- when the last fact before it was recorded
    file        TEXT NOT NULL,                  -- the backup, where one was restored
    person_id   INTEGER                         -- who asked for it; NULL: the command line, or the server itself
) STRICT, WITHOUT ROWID;

-- operations ------------------------------------------------------------------------------------------------------------

-- Receipts: a row is written only after the file was read back, checked and flushed.
CREATE TABLE backup (
    backup_id  INTEGER PRIMARY KEY,
    folder     TEXT NOT NULL,
    name       TEXT NOT NULL,
    made_at    INTEGER NOT NULL,
    why        TEXT NOT NULL CHECK (why IN ('schedule', 'desk', 'command', 'restored')),
    size_bytes INTEGER NOT NULL,
    sha256     BLOB    NOT NULL,                -- of the file as it was checked
    position   INTEGER NOT NULL,                -- the last fact in it
    facts      INTEGER NOT NULL,
    events     INTEGER NOT NULL,
    state      TEXT NOT NULL CHECK (state IN ('verified', 'missing', 'damaged', 'removed')),
    checked_at INTEGER NOT NULL
) STRICT;

-- Up to where a backup holds each log of a handheld.
CREATE TABLE backup_log (
    log_id    BLOB    NOT NULL,
    backup_id INTEGER NOT NULL REFERENCES backup,
    seq       INTEGER NOT NULL,
    chain     BLOB    NOT NULL,
    PRIMARY KEY (log_id, backup_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX backup_log_by_backup ON backup_log (backup_id);

-- When backups are made by themselves; one row.
CREATE TABLE backup_plan (
    one         INTEGER PRIMARY KEY CHECK (one = 1),
    plan        TEXT NOT NULL,                  -- shared::backup::Plan as JSON
    failed_at   INTEGER,                        -- the last attempt, if it failed
    failed_why  TEXT
) STRICT;

-- What is known to be missing since the last timeline began, log by log.
CREATE TABLE timeline_log (
    log_id      BLOB PRIMARY KEY,
    device_name TEXT    NOT NULL,
    held        INTEGER NOT NULL,               -- here when the timeline began
    expected    INTEGER NOT NULL                -- known to have been here before
) STRICT, WITHOUT ROWID;
