-- Incidents: things that went wrong with a handheld, its log or this server (shared::incident). A projection.

CREATE TABLE incident (
    incident_id INTEGER PRIMARY KEY,
    site_id     INTEGER NOT NULL REFERENCES site,
    kind        TEXT    NOT NULL CHECK (kind IN ('server_behind', 'events_missing', 'fork', 'other_handheld', 'device_silent', 'restored')),
    subject     TEXT    NOT NULL,               -- the log, handheld or backup it is about: of each kind one that is open
    state       TEXT    NOT NULL CHECK (state IN ('open', 'mended', 'closed')),
    grave       INTEGER NOT NULL CHECK (grave IN (0, 1)),  -- 1: somebody has to look even once it has mended
    device_id   INTEGER REFERENCES device,
    owner_id    INTEGER REFERENCES device,      -- whose log it was, where that is another handheld
    log_id      BLOB,                           -- may be one that this server never heard of
    from_seq    INTEGER NOT NULL,               -- which events of the log; 0: nobody knows
    to_seq      INTEGER NOT NULL,
    events      INTEGER NOT NULL,
    since_at    INTEGER,                        -- when the handheld was last heard of
    noticed_at  INTEGER NOT NULL,
    mended_at   INTEGER,
    closed_at   INTEGER,
    closed_by   INTEGER,
    reason      TEXT    NOT NULL DEFAULT ''
) STRICT;
CREATE UNIQUE INDEX incident_by_subject ON incident (site_id, kind, subject) WHERE state = 'open';
CREATE INDEX incident_by_log ON incident (log_id, state) WHERE log_id IS NOT NULL;

-- What was told as findings before is an incident, or a marked event, and listed there.
DELETE FROM finding WHERE kind IN ('fork', 'server_behind');
