//! An unknown barcode that somebody names, and a name that is put right: its sheets are evaluated again.

use crate::{handheld::Handheld, warehouse::*};
use server::action::name_barcode;
use shared::{api::master::NameBarcode, event::EventKind, fact::Fact};

#[test]
fn naming_an_unknown_barcode_evaluates_its_sheets_again() {
    let warehouse = Warehouse::new();
    warehouse.stock(BIN, BOLT, "24");
    let mut maria = Handheld::new(1);
    let sheet = maria.open(MARIA, BIN, None);
    maria.write(MARIA, Some(sheet), EventKind::UnknownBarcode { raw: "CARTON-9".into(), quantity: quantity("2") });
    maria.close(MARIA, sheet);
    maria.push(&warehouse);
    assert_eq!(warehouse.rows("SELECT barcode FROM unknown_barcode"), ["CARTON-9"]);
    assert_eq!(warehouse.discrepancy(BOLT).0, "recounting");
    let (recount, _, _) = warehouse.recount(2);
    let request = NameBarcode { barcode: "CARTON-9".into(), item: BOLT, pack_factor: quantity("12") };
    warehouse.desk(SUSAN, move |tx, doer| name_barcode::name_barcode(tx, doer, &request)).unwrap();
    assert_eq!(warehouse.number("SELECT count(*) FROM unknown_barcode"), 0);
    assert_eq!(warehouse.rows("SELECT quantity_micro FROM sheet_line"), ["24000000"]);
    assert_eq!(warehouse.number("SELECT count(*) FROM discrepancy"), 0, "the variance is gone, and nobody had decided");
    assert_eq!(warehouse.text(&format!("SELECT state FROM task WHERE task_id = {recount}")), "cancelled");
    warehouse.verify();
}

#[test]
fn a_name_that_is_put_right_evaluates_its_sheets_once_more() {
    let warehouse = Warehouse::new();
    warehouse.stock(BIN, BOLT, "24");
    let mut maria = Handheld::new(1);
    let sheet = maria.open(MARIA, BIN, None);
    maria.write(MARIA, Some(sheet), EventKind::UnknownBarcode { raw: "CARTON-9".into(), quantity: quantity("1") });
    maria.close(MARIA, sheet);
    maria.push(&warehouse);
    let request = NameBarcode { barcode: "CARTON-9".into(), item: BOLT, pack_factor: quantity("12") };
    warehouse.desk(SUSAN, move |tx, doer| name_barcode::name_barcode(tx, doer, &request)).unwrap();
    assert_eq!(warehouse.rows("SELECT quantity_micro FROM sheet_line"), ["12000000"]);
    // the same code with the factor that is printed on the carton, as an import brings it
    let fact = Fact::BarcodeNamed { barcode: "CARTON-9".into(), item: BOLT, pack_factor: quantity("24") };
    warehouse.store().write_blocking(move |tx| tx.append(SITE, None, "import", &fact).map(drop)).unwrap();
    assert_eq!(warehouse.rows("SELECT quantity_micro FROM sheet_line"), ["24000000"]);
    assert_eq!(warehouse.number("SELECT count(*) FROM discrepancy"), 0, "nothing is short");
    warehouse.verify();
}
