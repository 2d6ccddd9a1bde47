//! `trueup export`: rows as CSV or JSON, to the terminal or into a file that is there whole or not at all.
//!
//! Absent: spreadsheets (`.xlsx`), and marking anything as handed over unless `--hand-over` asks for it.

use super::{open_existing, site_of};
use crate::{
    action::{Doer, export_adjustments::export_adjustments},
    cli::{self, Ending, Exported, Format},
    read::export::{ADJUSTMENTS, Cell, DISCREPANCIES, FACTS, LINES, Sheet},
    store::{Clock, ReadTx, SystemClock, look::look},
};
use anyhow::Context;
use serde_json::value::RawValue;
use shared::id::SiteId;
use std::{
    borrow::Cow,
    fs::File,
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

/// Runs one export.
///
/// # Errors
/// What is wrong with the database or with the file to write.
pub fn export(wanted: &cli::Export) -> anyhow::Result<Ending> {
    let sheet = match wanted.what {
        Exported::Discrepancies => &DISCREPANCIES,
        Exported::Adjustments => &ADJUSTMENTS,
        Exported::Lines => &LINES,
        Exported::Facts => &FACTS,
    };
    if wanted.hand_over {
        anyhow::ensure!(
            wanted.what == Exported::Adjustments,
            "--hand-over goes with adjustments: nothing else is handed over"
        );
        return hand_over(wanted, sheet);
    }
    let mut out = Out::open(wanted.out.as_deref())?;
    // looking needs no lock: an export runs beside a server
    look(&wanted.data.data, SystemClock.now(), |tx| {
        let site = wanted.site.as_deref().map(|code| site_of(tx, code)).transpose()?.map(|site| site.id);
        write_rows(tx, sheet, (site, None), wanted.format, &mut out)
    })?;
    out.finish()?;
    Ok(Ending::Done)
}

/// Hands over what is posted and not handed over yet, and writes just that. The file is complete before anything is
/// marked, and gets its name after: whoever sees the file can rely on both.
fn hand_over(wanted: &cli::Export, sheet: &Sheet) -> anyhow::Result<Ending> {
    let mut out = Out::open(wanted.out.as_deref())?;
    let store = open_existing(&wanted.data.data)?;
    let site = store.read_blocking(|tx| site_of(tx, wanted.site.as_deref().unwrap_or_default()))?;
    let doer = Doer::import(site.id);
    let handed = store.write_blocking(move |tx| export_adjustments(tx, &doer))?;
    // no hand-over has an empty name: of nothing, nothing is written
    let batch = Some(if handed.batch.is_empty() { "-" } else { handed.batch.as_str() });
    store.read_blocking(|tx| write_rows(tx, sheet, (Some(site.id), batch), wanted.format, &mut out))?;
    out.finish().with_context(|| {
        format!("hand-over {} is recorded; its rows can be exported again without --hand-over", handed.batch)
    })?;
    match handed.movements.len() {
        0 => eprintln!("Site {} has nothing to hand over.", site.code),
        rows => eprintln!("{rows} adjustments of site {} were handed over as {}.", site.code, handed.batch),
    }
    Ok(Ending::Done)
}

fn write_rows(
    tx: &ReadTx<'_>,
    sheet: &Sheet,
    (site, batch): (Option<SiteId>, Option<&str>),
    format: Format,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    match format {
        Format::Csv => {
            let mut writer = csv::Writer::from_writer(out);
            writer.write_record(sheet.header())?;
            sheet.each(tx, site, batch, |cells| -> anyhow::Result<()> {
                Ok(writer.write_record(cells.iter().map(csv_cell).map(Bytes))?)
            })?;
            writer.flush()?;
        }
        Format::Json => {
            let names: Vec<_> = sheet.header().collect();
            let mut separator = "[\n";
            sheet.each(tx, site, batch, |cells| -> anyhow::Result<()> {
                out.write_all(separator.as_bytes())?;
                separator = ",\n";
                write_object(&names, cells, out)
            })?;
            out.write_all(if separator == "[\n" { b"[]\n" } else { b"\n]\n" })?;
        }
    }
    Ok(())
}

struct Bytes<'a>(Cow<'a, [u8]>);

impl AsRef<[u8]> for Bytes<'_> {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

/// A cell as CSV. Words that a spreadsheet would run as a formula get a quotation mark in front, which it shows as text;
/// figures stay figures.
fn csv_cell(cell: &Cell) -> Cow<'_, [u8]> {
    match cell {
        Cell::Empty => Cow::Borrowed(b""),
        Cell::Number(number) => Cow::Owned(number.to_string().into_bytes()),
        Cell::Exact(text) => Cow::Borrowed(text.as_bytes()),
        Cell::Text(text) => guard(text.as_bytes()),
        Cell::Body(bytes) => guard(bytes),
    }
}

/// # Source
/// OWASP, "CSV Injection": the characters with which a formula can begin.
fn guard(text: &[u8]) -> Cow<'_, [u8]> {
    match text.first() {
        Some(b'=' | b'+' | b'-' | b'@' | b'\t' | b'\r' | b'\n') => Cow::Owned([b"'", text].concat()),
        _ => Cow::Borrowed(text),
    }
}

fn write_object(names: &[&str], cells: &[Cell], out: &mut dyn Write) -> anyhow::Result<()> {
    let mut separator = "{";
    for (name, cell) in names.iter().zip(cells) {
        write!(out, "{separator}{}:", serde_json::to_string(name)?)?;
        separator = ",";
        match cell {
            Cell::Empty => out.write_all(b"null")?,
            Cell::Number(number) => write!(out, "{number}")?,
            // exact figures travel as text: most programs read a JSON number as floating point
            Cell::Exact(text) | Cell::Text(text) => serde_json::to_writer(&mut *out, text)?,
            Cell::Body(bytes) => match serde_json::from_slice::<&RawValue>(bytes) {
                Ok(body) => out.write_all(body.get().as_bytes())?,
                // a handheld may have sent anything; it is kept, and shown as the text it is
                Err(_) => serde_json::to_writer(&mut *out, &String::from_utf8_lossy(bytes))?,
            },
        }
    }
    Ok(out.write_all(b"}")?)
}

/// Where an export goes: the terminal, or a file beside its final name until it is complete.
enum Out {
    Terminal(BufWriter<io::Stdout>),
    File { writer: BufWriter<File>, part: PathBuf, path: PathBuf },
}

impl Out {
    fn open(path: Option<&Path>) -> anyhow::Result<Self> {
        let Some(path) = path else { return Ok(Self::Terminal(BufWriter::new(io::stdout()))) };
        let mut part = path.as_os_str().to_owned();
        part.push(".part");
        let part = PathBuf::from(part);
        let file = File::create(&part).with_context(|| format!("{} cannot be written", path.display()))?;
        Ok(Self::File { writer: BufWriter::new(file), part, path: path.to_owned() })
    }

    fn finish(self) -> anyhow::Result<()> {
        match self {
            Self::Terminal(mut writer) => Ok(writer.flush()?),
            Self::File { writer, part, path } => {
                let named = || format!("{} cannot be written", path.display());
                writer
                    .into_inner()
                    .map_err(|error| error.into_error())
                    .and_then(|file| file.sync_all())
                    .with_context(named)?;
                std::fs::rename(&part, &path).with_context(named)
            }
        }
    }
}

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Terminal(writer) => writer.write(bytes),
            Self::File { writer, .. } => writer.write(bytes),
        }
    }
    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Terminal(writer) => writer.flush(),
            Self::File { writer, .. } => writer.flush(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_would_run_as_a_formula_are_guarded_and_figures_are_not() {
        let check = |cell: Cell, written: &str| assert_eq!(csv_cell(&cell), written.as_bytes(), "{cell:?}");
        for start in ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"] {
            check(Cell::Text(start.into()), &format!("'{start}"));
        }
        check(Cell::Exact("-2.5".into()), "-2.5");
        check(Cell::Number(-1), "-1");
        check(Cell::Text("a=b".into()), "a=b");
        check(Cell::Empty, "");
    }

    #[test]
    fn json_keeps_bodies_as_they_are_and_figures_as_text() {
        let mut out = Vec::new();
        let cells = [
            Cell::Body(br#"{"quantity":"1.50"}"#.to_vec()),
            Cell::Body(b"\xFFjunk".to_vec()),
            Cell::Exact("1.5".into()),
            Cell::Empty,
        ];
        write_object(&["a", "b", "c", "d"], &cells, &mut out).expect("in memory");
        assert_eq!(
            String::from_utf8_lossy(&out),
            "{\"a\":{\"quantity\":\"1.50\"},\"b\":\"\u{fffd}junk\",\"c\":\"1.5\",\"d\":null}"
        );
    }
}
