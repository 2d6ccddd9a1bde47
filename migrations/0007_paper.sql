-- Paper count sheets that were typed in at the desk. Projections of the facts `paper_opened` and `paper_sheet_typed`.

-- Under which handheld of a site the sheets stand that people wrote on paper: it has a log, and no secret to push with.
CREATE TABLE paper_device (
    site_id   INTEGER PRIMARY KEY REFERENCES site,
    device_id INTEGER NOT NULL REFERENCES device
) STRICT;

-- Who typed which sheet: whoever typed it decides about it as little as whoever counted it.
CREATE TABLE paper_sheet (
    sheet_id  BLOB PRIMARY KEY,
    site_id   INTEGER NOT NULL REFERENCES site,
    task_id   INTEGER NOT NULL,
    code      TEXT    NOT NULL,
    person_id INTEGER NOT NULL,                 -- who counted
    typist_id INTEGER NOT NULL,
    typed_at  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX paper_sheet_by_task ON paper_sheet (task_id);
