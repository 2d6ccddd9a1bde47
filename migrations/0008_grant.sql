-- The server's word that somebody may count with a handheld (`SYNC.md` section 5), and what the logs of handhelds show of it.

-- operations: the key that grants are signed with. It goes into backups, so that a restored server knows its own word.
CREATE TABLE grant_key (
    only        INTEGER PRIMARY KEY CHECK (only = 1),
    secret      BLOB    NOT NULL,               -- a scalar of P-256
    public      BLOB    NOT NULL,               -- its point, uncompressed
    logs_before INTEGER NOT NULL                -- logs up to this number began before there were grants
) STRICT;

-- Who took which handheld from where on in its log, and how long the grant holds that they showed.
CREATE TABLE holder (
    log_no     INTEGER NOT NULL REFERENCES device_log,
    seq        INTEGER NOT NULL,
    person_id  INTEGER,                          -- NULL: given back
    issued_at  INTEGER,                          -- NULL: no grant, or none that holds
    expires_at INTEGER,
    PRIMARY KEY (log_no, seq)
) STRICT, WITHOUT ROWID;
