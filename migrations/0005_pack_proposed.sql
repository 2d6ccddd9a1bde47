-- What the person who read an unknown barcode said that it is: a pack of an item, and how many are in it. A lead decides.
-- No reference to the item: a handheld may name one that is gone, and the barcode has to wait all the same.
ALTER TABLE unknown_barcode ADD COLUMN proposed_item_id INTEGER;
ALTER TABLE unknown_barcode ADD COLUMN proposed_factor_micro INTEGER;
