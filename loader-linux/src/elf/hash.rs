//! The hash tables, through which the dynamic linker looks symbols up by name.
//!
//! Both are walked as a look-up would walk them, for every name at once: so no look-up can loop or leave the table,
//! and each exported symbol is found under its own name.

use super::class::{self, NATIVE};
use super::refusal::{Checked, ensure, malformed};
use super::sections::Sections;
use super::symbols::Symbols;
use object::elf;
use object::pod;

/// Bits of a word of the filter.
const FILTER_BITS: u32 = u64::BITS;

/// Checks the hash tables that are there, of which there must be one.
pub(super) fn check(bytes: &[u8], sections: &Sections<'_>, symbols: &Symbols<'_>) -> Checked {
    let table = |name| sections.named(name).map(|section| section.file().of(bytes));
    let (gnu, system_v) = (table(".gnu.hash"), table(".hash"));
    ensure(gnu.is_some() || system_v.is_some(), || malformed("dynamic table", "no hash table, so nothing is found"))?;
    gnu.map_or(Ok(()), |table| GnuHash::read(table)?.check(symbols))?;
    system_v.map_or(Ok(()), |table| check_system_v(table, symbols))
}

const GNU: &str = "section .gnu.hash";

/// The GNU table: a Bloom filter, then for each bucket the first of a run of symbols, whose hashes stand in a row,
/// the last of a run marked by its lowest bit.
struct GnuHash<'a> {
    first: u32,
    shift: u32,
    filter: &'a [class::Long],
    buckets: &'a [class::Word],
    hashes: &'a [class::Word],
}

impl<'a> GnuHash<'a> {
    fn read(table: &'a [u8]) -> Checked<Self> {
        let short = || malformed(GNU, format!("{:#x} bytes are too few for what its header says", table.len()));
        let (header, rest) = pod::from_bytes::<class::GnuHashHeader>(table).map_err(|()| short())?;
        let count = |field: class::Word| field.get(NATIVE) as usize;
        let (filter, rest) = pod::slice_from_bytes(rest, count(header.bloom_count)).map_err(|()| short())?;
        let (buckets, rest) = pod::slice_from_bytes(rest, count(header.bucket_count)).map_err(|()| short())?;
        let hashes = pod::slice_from_all_bytes(rest).map_err(|()| malformed(GNU, "its end is no whole entry"))?;
        ensure(filter.len().is_power_of_two(), || malformed(GNU, format!("a filter of {} words", filter.len())))?;
        ensure(!buckets.is_empty(), || malformed(GNU, "no buckets"))?;
        let shift = header.bloom_shift.get(NATIVE);
        ensure(shift < u32::BITS, || malformed(GNU, format!("a shift of {shift} bits")))?;
        Ok(Self { first: header.symbol_base.get(NATIVE), shift, filter, buckets, hashes })
    }

    fn check(&self, symbols: &Symbols<'_>) -> Checked {
        let mut reached = 0;
        for (bucket, start) in self.buckets.iter().enumerate() {
            let start = start.get(NATIVE);
            if start != 0 {
                reached += self.run(bucket, start, symbols)?;
            }
        }
        let exported = symbols.count().saturating_sub(self.first as usize);
        ensure(reached == exported, || malformed(GNU, format!("{reached} of {exported} exported symbols are in it")))
    }

    /// Walks one bucket's run and returns its length. A symbol belongs to the one bucket its hash gives, so all runs
    /// together are no longer than the table.
    fn run(&self, bucket: usize, start: u32, symbols: &Symbols<'_>) -> Checked<usize> {
        let begin = start
            .checked_sub(self.first)
            .ok_or_else(|| malformed(GNU, format!("bucket {bucket} begins at symbol {start}, before {}", self.first)))?
            as usize;
        for (length, entry) in self.hashes.get(begin..).unwrap_or_default().iter().enumerate() {
            let (symbol, entry) = (start as usize + length, entry.get(NATIVE));
            ensure(symbols.defines(symbol) && self.finds(bucket, entry, symbols.name(symbol)), || {
                malformed(GNU, format!("symbol {symbol} would not be found in bucket {bucket}"))
            })?;
            if entry & 1 == 1 {
                return Ok(length + 1);
            }
        }
        Err(malformed(GNU, format!("the run of bucket {bucket} has no end")))
    }

    /// Whether a look-up of `name` passes the filter, comes to `bucket` and stops at `entry`.
    fn finds(&self, bucket: usize, entry: u32, name: &[u8]) -> bool {
        let hash = elf::gnu_hash(name);
        let word = self.filter[(hash / FILTER_BITS) as usize & (self.filter.len() - 1)].get(NATIVE);
        let bits = (1 << (hash % FILTER_BITS)) | (1 << ((hash >> self.shift) % FILTER_BITS));
        word & bits == bits && hash as usize % self.buckets.len() == bucket && hash | 1 == entry | 1
    }
}

const SYSTEM_V: &str = "section .hash";

/// The System V table: for each bucket the first symbol of a chain, for each symbol the next one, zero at the end.
fn check_system_v(table: &[u8], symbols: &Symbols<'_>) -> Checked {
    let short = || malformed(SYSTEM_V, format!("{:#x} bytes are too few for what its header says", table.len()));
    let (header, rest) = pod::from_bytes::<class::HashHeader>(table).map_err(|()| short())?;
    let [bucket_count, chain_count] = [header.bucket_count, header.chain_count].map(|count| count.get(NATIVE) as usize);
    let (buckets, rest) = pod::slice_from_bytes::<class::Word>(rest, bucket_count).map_err(|()| short())?;
    let (chains, _) = pod::slice_from_bytes::<class::Word>(rest, chain_count).map_err(|()| short())?;
    ensure(chain_count == symbols.count(), || {
        malformed(SYSTEM_V, format!("{chain_count} chains for {} symbols", symbols.count()))
    })?;
    ensure(!buckets.is_empty(), || malformed(SYSTEM_V, "no buckets"))?;
    // A symbol is in one chain only, so all chains together have fewer steps than there are symbols.
    let mut left = chain_count;
    for start in buckets {
        let mut symbol = start.get(NATIVE) as usize;
        while symbol != 0 {
            left = left.checked_sub(1).ok_or_else(|| malformed(SYSTEM_V, "a chain has no end"))?;
            let next = chains.get(symbol).map(|next| next.get(NATIVE) as usize);
            symbol = next.ok_or_else(|| malformed(SYSTEM_V, format!("a chain leads to symbol {symbol}")))?;
        }
    }
    Ok(())
}
