-- A visit that was still open when its handheld began a new log goes on there, carried over whole (`server/src/project/rescue.rs`).

ALTER TABLE sheet ADD COLUMN carried_to INTEGER REFERENCES device_log (log_no);
