-- Marked events get a state: somebody decides about them (shared::mark). Sheets that are not of whoever they name are set
-- aside. Both are projections.

CREATE TABLE mark (
    position   INTEGER PRIMARY KEY,             -- of the event
    site_id    INTEGER NOT NULL REFERENCES site,
    log_no     INTEGER NOT NULL REFERENCES device_log,
    seq        INTEGER NOT NULL,
    device_id  INTEGER NOT NULL REFERENCES device,
    mark       TEXT    NOT NULL CHECK (mark IN ('quarantined', 'deferred', 'needs_confirm')),
    code       TEXT    NOT NULL,
    state      TEXT    NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'confirmed', 'not_theirs', 'released', 'dismissed')),
    decided_at INTEGER,
    decided_by INTEGER,                         -- NULL: the server, which understands it by now
    reason     TEXT    NOT NULL DEFAULT '',
    UNIQUE (log_no, seq)
) STRICT;
CREATE INDEX mark_by_state ON mark (site_id, state);
INSERT INTO mark (position, site_id, log_no, seq, device_id, mark, code)
    SELECT m.position, m.site_id, f.log_no, f.seq, g.device_id, m.mark, m.code
    FROM event_mark m JOIN fact f ON f.position = m.position JOIN device_log g ON g.log_no = f.log_no;
DROP TABLE event_mark;
DELETE FROM finding WHERE kind IN ('event_quarantined', 'event_deferred', 'needs_confirm');

ALTER TABLE sheet ADD COLUMN set_aside INTEGER NOT NULL DEFAULT 0 CHECK (set_aside IN (0, 1));
