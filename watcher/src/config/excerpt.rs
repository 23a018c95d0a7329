//! A place in a text, as compilers show it.

use std::fmt;
use std::path::{Path, PathBuf};

/// How many characters of a line are shown: this many before the place and as many after it.
const HALF_OF_A_LINE: usize = 60;

/// A place in a file, with the line that stands there.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) file: PathBuf,
    pub(super) line: usize,
    pub(super) column: usize,
    /// The line and a caret below the place.
    pub(super) excerpt: String,
}

impl Place {
    /// The place of a byte. One that is beyond the end, or within a character, counts as the character before.
    pub(super) fn new(file: &Path, text: &str, offset: usize) -> Self {
        let offset = text.floor_char_boundary(offset);
        let start = text[..offset].rfind('\n').map_or(0, |newline| newline + 1);
        let line = text[..start].bytes().filter(|&byte| byte == b'\n').count() + 1;
        let before = text[start..offset].chars().count();
        let whole = text[start..].split('\n').next().unwrap_or_default().trim_end_matches('\r');
        Self { file: file.to_owned(), line, column: before + 1, excerpt: excerpt(line, whole, before) }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let file = printable(&self.file.to_string_lossy(), 300);
        write!(f, "{file}:{}:{}", self.line, self.column)
    }
}

fn excerpt(number: usize, line: &str, before: usize) -> String {
    let skipped = before.saturating_sub(HALF_OF_A_LINE);
    let mut shown = line.chars().skip(skipped);
    let text: String = shown.by_ref().take(2 * HALF_OF_A_LINE).map(one_cell).collect();
    let (left, right) = (if skipped > 0 { "…" } else { "" }, if shown.next().is_some() { "…" } else { "" });
    let number = number.to_string();
    let margin = " ".repeat(number.len());
    let caret = " ".repeat(before - skipped + left.chars().count());
    format!("{margin} |\n{number} | {left}{text}{right}\n{margin} | {caret}^")
}

/// One character for one, so that the caret stays below its place.
fn one_cell(character: char) -> char {
    match character {
        '\t' => ' ',
        other if is_unprintable(other) => '\u{FFFD}',
        other => other,
    }
}

/// Control characters move the cursor, change colours, and clear the screen; those of bidirectional text reorder what is
/// seen.
fn is_unprintable(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}')
}

/// The text with its control characters escaped, on one line, no longer than so many characters and one dot group.
pub(super) fn printable(text: &str, longest: usize) -> String {
    let mut printable = String::new();
    let mut length = 0;
    for character in text.chars() {
        let is_escaped = is_unprintable(character);
        length += if is_escaped { character.escape_default().len() } else { 1 };
        if length > longest {
            printable.push('…');
            break;
        }
        match is_escaped {
            true => printable.extend(character.escape_default()),
            false => printable.push(character),
        }
    }
    printable
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_counted_in_characters_and_shown() {
        let text = "a = 1\r\nnäme = \"x\ty\"\r\nend";
        let offset = text.find("\"x").unwrap();
        let place = Place::new(Path::new("a.toml"), text, offset);
        assert_eq!((place.line, place.column), (2, 8));
        assert_eq!(place.excerpt, "  |\n2 | näme = \"x y\"\n  |        ^");
        assert_eq!(place.to_string(), "a.toml:2:8");
    }

    #[test]
    fn long_lines_are_cut_around_the_place() {
        let text = format!("{}X{}", "a".repeat(1000), "b".repeat(1000));
        let place = Place::new(Path::new("a.json"), &text, 1000);
        let lines: Vec<&str> = place.excerpt.lines().collect();
        assert_eq!(place.column, 1001);
        assert_eq!(lines[1].chars().count(), "1 | ".len() + 2 + 2 * HALF_OF_A_LINE);
        assert_eq!(lines[1].chars().position(|it| it == 'X'), lines[2].chars().position(|it| it == '^'));
    }

    #[test]
    fn any_offset_is_a_place() {
        let text = "ä\n\u{1b}[2Jx";
        for offset in 0..20 {
            let place = Place::new(Path::new("a"), text, offset);
            assert!(!place.excerpt.contains('\u{1b}'));
        }
        assert_eq!(Place::new(Path::new("a"), "", 5).excerpt, "  |\n1 | \n  | ^");
    }

    #[test]
    fn what_is_printed_is_bounded_and_has_no_control_characters() {
        assert_eq!(printable("a\nb\u{202e}c", 20), "a\\nb\\u{202e}c");
        assert_eq!(printable(&"\u{200b}".repeat(600), 20), "\\u{200b}\\u{200b}…");
        assert_eq!(printable("abcdef", 3), "abc…");
    }
}
