//! Reads typed values out of rows, by column name, and text patterns into SQL.
//!
//! SQLite numbers `$1`, `$2` by where they first stand in the text, not by their digits: in every statement they first
//! stand in rising order.

use crate::store::Error;
use rusqlite::{Connection, Row, ToSql};
use shared::moment::Moment;
use shared::money::Money;
use shared::quantity::Quantity;
use std::fmt::Display;

/// All rows of a query.
pub fn all<T>(
    conn: &Connection,
    sql: &str,
    values: &[&dyn ToSql],
    read: impl Fn(&Row<'_>) -> Result<T, Error>,
) -> Result<Vec<T>, Error> {
    let mut statement = conn.prepare_cached(sql)?;
    let mut rows = statement.query(values)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(read(row)?);
    }
    Ok(found)
}

/// The first row of a query, if there is one.
pub fn first<T>(
    conn: &Connection,
    sql: &str,
    values: &[&dyn ToSql],
    read: impl Fn(&Row<'_>) -> Result<T, Error>,
) -> Result<Option<T>, Error> {
    let mut statement = conn.prepare_cached(sql)?;
    let mut rows = statement.query(values)?;
    rows.next()?.map(read).transpose()
}

/// A number that says how many.
pub fn number(conn: &Connection, sql: &str, values: &[&dyn ToSql]) -> Result<u64, Error> {
    let number = conn.prepare_cached(sql)?.query_row(values, |row| row.get::<_, i64>(0))?;
    u64::try_from(number).map_err(|error| Error::unreadable("number", error))
}

pub fn text(row: &Row<'_>, column: &str) -> Result<String, Error> {
    Ok(row.get(column)?)
}

pub fn integer(row: &Row<'_>, column: &str) -> Result<i64, Error> {
    Ok(row.get(column)?)
}

pub fn flag(row: &Row<'_>, column: &str) -> Result<bool, Error> {
    Ok(row.get(column)?)
}

/// A number that fits a smaller type.
pub fn small<T: TryFrom<i64, Error: Display>>(row: &Row<'_>, column: &'static str) -> Result<T, Error> {
    T::try_from(row.get::<_, i64>(column)?).map_err(|error| Error::unreadable(column, error))
}

pub fn moment(row: &Row<'_>, column: &str) -> Result<Moment, Error> {
    Ok(Moment(row.get(column)?))
}

pub fn moment_or_none(row: &Row<'_>, column: &str) -> Result<Option<Moment>, Error> {
    Ok(row.get::<_, Option<i64>>(column)?.map(Moment))
}

pub fn quantity(row: &Row<'_>, column: &str) -> Result<Quantity, Error> {
    Ok(Quantity::from_micro(row.get(column)?))
}

pub fn quantity_or_none(row: &Row<'_>, column: &str) -> Result<Option<Quantity>, Error> {
    Ok(row.get::<_, Option<i64>>(column)?.map(Quantity::from_micro))
}

pub fn money_or_none(row: &Row<'_>, column: &str) -> Result<Option<Money>, Error> {
    Ok(row.get::<_, Option<i64>>(column)?.map(Money::from_micro))
}

/// A word of one of the domain's enums.
pub fn word<T>(row: &Row<'_>, column: &'static str, parse: impl Fn(&str) -> Option<T>) -> Result<T, Error> {
    let word: String = row.get(column)?;
    parse(&word).ok_or_else(|| Error::unreadable(column, format!("`{word}` is none of its words")))
}

/// JSON in a column.
pub fn json<T: serde::de::DeserializeOwned>(row: &Row<'_>, column: &'static str) -> Result<T, Error> {
    let text: String = row.get(column)?;
    serde_json::from_str(&text).map_err(|error| Error::unreadable(column, error))
}

/// A `LIKE` pattern (with `ESCAPE '\'`) for texts that hold `part` somewhere; nothing in `part` is a wild card.
pub fn containing(part: &str) -> String {
    format!("%{}%", escaped(part))
}

/// A `LIKE` pattern (with `ESCAPE '\'`) for texts that begin with `part`.
pub fn beginning(part: &str) -> String {
    format!("{}%", escaped(part))
}

fn escaped(part: &str) -> String {
    let mut pattern = String::with_capacity(part.len());
    for letter in part.chars() {
        if matches!(letter, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern
}
