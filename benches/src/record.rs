//! Writes what was measured into `docs/`: each table between two marks, and the plot.

use crate::Report;
use crate::plot::{self, Bar};
use crate::table::Style;
use std::error::Error;
use std::path::PathBuf;

const END: &str = "<!-- end of record -->";

fn documentation(name: &str) -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs")).join(name)
}

/// Puts every measured table where `docs/benchmarks.md` has a mark of its name, and draws the plot.
pub(crate) fn write(report: &Report) -> Result<(), Box<dyn Error>> {
    let path = documentation("benchmarks.md");
    let mut text = std::fs::read_to_string(&path)?;
    for (name, table) in report.tables(Style::plain()) {
        text = replaced(&text, name, &table).ok_or_else(|| format!("{} has no mark `{name}`", path.display()))?;
    }
    std::fs::write(&path, text)?;
    let bars = report.bars();
    if !bars.is_empty() {
        let title = "A call of a function that can be replaced, by a direct call";
        std::fs::write(documentation("calls.svg"), plot::svg(title, &report.machine.line(), &bars))?;
    }
    eprintln!("wrote {}", path.display());
    Ok(())
}

/// `text` with `table` between the mark of that name and the next end.
fn replaced(text: &str, name: &str, table: &str) -> Option<String> {
    let mark = format!("<!-- record: {name} -->\n");
    let (before, rest) = text.split_once(&mark)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{mark}\n```text\n{}\n```\n\n{END}{after}", table.trim()))
}

/// What the plot shows of a measurement.
pub(crate) fn bars(rows: Vec<(String, f64)>, is_ours: bool) -> impl Iterator<Item = Bar> {
    rows.into_iter().map(move |(name, ratio)| Bar { name, ratio, is_ours })
}

#[cfg(test)]
mod tests {
    use super::replaced;

    #[test]
    fn a_table_takes_the_place_of_the_one_before() {
        let text =
            "a\n<!-- record: x -->\nold\n<!-- end of record -->\nb\n<!-- record: y -->\n<!-- end of record -->\n";
        let once = replaced(text, "x", "new").unwrap();
        assert!(once.starts_with("a\n<!-- record: x -->\n\n```text\nnew\n```\n"), "{once}");
        assert!(!once.contains("old") && once.contains("b\n<!-- record: y -->"));
        assert_eq!(replaced(&once, "x", "new").unwrap(), once);
        assert!(replaced(text, "z", "").is_none());
    }
}
