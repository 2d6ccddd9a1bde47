-- What people carried in by hand, because a handheld could not save or send it.

-- projections ---------------------------------------------------------------------------------------------------------

-- Logs of entries that a handheld could not save: what it had saved before the first of them.
CREATE TABLE rescue_log (
    log_no    INTEGER PRIMARY KEY REFERENCES device_log,
    after_log BLOB    NOT NULL,
    after_seq INTEGER NOT NULL
) STRICT;

-- Entries of a sheet that its own log does not show: they stand in another log, or they are the second copy of an entry
-- whose first was set aside.
CREATE TABLE sheet_entry (
    sheet_id BLOB    NOT NULL,
    position INTEGER NOT NULL,
    PRIMARY KEY (sheet_id, position)
) STRICT, WITHOUT ROWID;

-- operations ----------------------------------------------------------------------------------------------------------

CREATE TABLE rescue_file (
    file_hash   BLOB    PRIMARY KEY,           -- SHA-256 of the text
    site_id     INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    person_id   INTEGER,                       -- who brought it; NULL: the command line
    file        TEXT,                          -- as it was, as long as something in it waits; NULL: all of it is here
    report      TEXT    NOT NULL               -- shared::api::rescue::RescueReport of the last try, as JSON
) STRICT;
