//! Strings in string tables.

use memchr::memchr;

/// The string at `offset` without its terminator, `None` when it is outside the table, not terminated, or longer than
/// `longest`. The limit keeps many references to one long string from costing more than the file is long.
pub(super) fn string_at(table: &[u8], offset: u32, longest: usize) -> Option<&[u8]> {
    let rest = table.get(usize::try_from(offset).ok()?..)?;
    let head = rest.get(..=longest).unwrap_or(rest);
    memchr(0, head).map(|end| &rest[..end])
}
