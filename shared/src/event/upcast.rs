//! Reading the bodies of every version ever released: a body stays the bytes it is for ever, and is lifted, a version at
//! a time, to the form that this program works with.
//!
//! A step, once released, is never changed, and a file of bodies of each released version is read by the tests
//! (`shared/tests/golden`). Absent: bodies of newer versions, which wait for a newer program.

use super::{EVENT_VERSION, Event};
use serde_json::{Map, Value};

/// Lifts a body of one version to the next; `None` where it is no body of that version.
pub type Step = fn(&mut Map<String, Value>) -> Option<()>;

/// `STEPS[n]` lifts version n + 1 to version n + 2. The first version is the current one, so there is none yet.
const STEPS: [Step; EVENT_VERSION as usize - 1] = [];

/// Reads a body of any version up to this program's; one of a newer version is read as far as it has the same form, and
/// says which version it is.
///
/// # Errors
/// What the body is not.
pub fn read(body: &[u8]) -> Result<Event, serde_json::Error> {
    match serde_json::from_slice::<Event>(body) {
        Ok(event) if event.v >= EVENT_VERSION => Ok(event),
        // an older body may have another form, or the same form with another meaning
        read => match serde_json::from_slice::<Value>(body).ok().and_then(|body| lift(body, &STEPS)) {
            Some(lifted) => serde_json::from_value(lifted),
            None => read.and_then(|event| match event.v {
                0 => Err(serde::de::Error::custom("no version has the number 0")),
                _ => Ok(event),
            }),
        },
    }
}

/// Lifts a body through the steps from its own version on. `None`: it has none that these steps begin with.
pub fn lift(body: Value, steps: &[Step]) -> Option<Value> {
    let Value::Object(mut body) = body else { return None };
    let version = usize::try_from(body.get("v")?.as_u64()?).ok()?;
    for step in steps.get(version.checked_sub(1)?..)? {
        step(&mut body)?;
    }
    body.insert("v".to_owned(), Value::from(steps.len() + 1));
    Some(Value::Object(body))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::event::EventKind;
    use serde_json::json;

    const NOW: &str = r#"{"v":1,"id":"0190a0b0-0000-7000-8000-000000000001","actor":1,"at":{"wall_ms":1,"offset_ms":0,"uncertainty_ms":5},"kind":"keyed","item":7,"quantity":"3"}"#;

    /// A version that there might have been before: it called the item by another name.
    fn named_otherwise(body: &mut Map<String, Value>) -> Option<()> {
        let sku = body.remove("sku")?;
        body.insert("item".to_owned(), sku);
        Some(())
    }
    /// And one before that, which counted in dozens.
    fn in_dozens(body: &mut Map<String, Value>) -> Option<()> {
        let dozens = body.remove("dozens")?.as_i64()?;
        body.insert("quantity".to_owned(), Value::from((dozens * 12).to_string()));
        Some(())
    }

    #[test]
    fn a_body_of_an_older_version_is_lifted_a_step_at_a_time() {
        let steps: [Step; 2] = [in_dozens, named_otherwise];
        let mut oldest: Value = serde_json::from_str(NOW).unwrap();
        let body = oldest.as_object_mut().unwrap();
        body.remove("quantity");
        body.remove("item");
        body.insert("dozens".into(), json!(2));
        body.insert("sku".into(), json!(7));
        let lifted = lift(oldest.clone(), &steps).unwrap();
        assert_eq!((&lifted["v"], &lifted["quantity"], &lifted["item"]), (&json!(3), &json!("24"), &json!(7)));
        // the version between takes one step only
        let mut middle = oldest;
        middle["v"] = json!(2);
        middle["quantity"] = json!("5");
        let lifted = lift(middle, &steps).unwrap();
        assert_eq!((&lifted["quantity"], &lifted["item"]), (&json!("5"), &json!(7)));
        let event: Event = serde_json::from_value(lifted).unwrap();
        assert!(matches!(event.kind, EventKind::Keyed { quantity, .. } if quantity.to_string() == "5"));
    }

    #[test]
    fn a_body_that_is_none_of_its_version_is_not_lifted() {
        let steps: [Step; 1] = [named_otherwise];
        for body in [
            json!({"v": 1}),
            json!({"v": 0, "sku": 1}),
            json!({"v": -1}),
            json!({"sku": 1}),
            json!([]),
            json!({"v": 9}),
        ] {
            assert_eq!(lift(body.clone(), &steps), None, "{body}");
        }
    }

    #[test]
    fn the_current_version_is_read_as_it_is_and_a_newer_one_says_so() {
        assert_eq!(read(NOW.as_bytes()).unwrap().v, 1);
        assert_eq!(read(NOW.replace("\"v\":1", "\"v\":9").as_bytes()).unwrap().v, 9);
        assert!(read(NOW.replace("\"v\":1", "\"v\":0").as_bytes()).is_err());
        assert!(read(b"nonsense").is_err());
    }
}
