//! The relocations: what the dynamic linker writes into the image, and the constructors and destructors among it.

use super::class::{self, NATIVE, WORD};
use super::dynamic::{Dynamic, Place, place};
use super::machine::{Relocation, THIS};
use super::refusal::{Checked, ensure, hardening, malformed};
use super::region::Region;
use super::sections::Sections;
use super::segments::Segments;
use super::symbols::{Symbols, Target};
use dynpatch_interface::{ErrorCode, PatchError};
use object::elf::{self, RelocationType};

/// Checks both tables of relocations, and that each constructor and destructor is code of this patch.
pub(super) fn check(
    bytes: &[u8],
    dynamic: &Dynamic,
    sections: &Sections<'_>,
    segments: &Segments,
    symbols: &Symbols<'_>,
) -> Checked {
    let mut check = Check::new(dynamic, sections, segments, symbols)?;
    for name in [".rela.dyn", ".rela.plt"] {
        let Some(table) = place(sections, name) else { continue };
        let entries: &[class::Relocation] = table.file.table(bytes);
        ensure(size_of_val(entries) as u64 == table.file.size, || {
            malformed(format!("section {name}"), "its end is no whole relocation")
        })?;
        entries.iter().enumerate().try_for_each(|(index, entry)| {
            let subject = || format!("relocation {index} of {name}");
            check.entry(&Entry::read(entry), &subject)
        })?;
        check.count_of_relative(name, entries)?;
    }
    check.finish()
}

/// One relocation, decoded.
struct Entry {
    kind: RelocationType,
    symbol: u32,
    offset: u64,
    addend: i64,
}

impl Entry {
    fn read(raw: &class::Relocation) -> Self {
        Self {
            kind: raw.r_type(NATIVE, false),
            symbol: raw.r_sym(NATIVE, false),
            offset: raw.r_offset.get(NATIVE),
            addend: raw.r_addend.get(NATIVE),
        }
    }
}

/// Says which relocation an error is about.
type Subject<'s> = &'s dyn Fn() -> String;

struct Check<'c, 'a> {
    dynamic: &'c Dynamic,
    sections: &'c Sections<'a>,
    symbols: &'c Symbols<'a>,
    meaning: fn(RelocationType) -> Option<Relocation>,
    writable: Vec<Region>,
    image: Region,
    thread_template: bool,
    /// `.init_array` and `.fini_array`, with the number of relocations that write each slot.
    arrays: Vec<(Place, Vec<u8>)>,
    static_tls: bool,
}

impl<'c, 'a> Check<'c, 'a> {
    fn new(
        dynamic: &'c Dynamic,
        sections: &'c Sections<'a>,
        segments: &Segments,
        symbols: &'c Symbols<'a>,
    ) -> Checked<Self> {
        let machine = THIS.ok_or_else(|| PatchError::new(ErrorCode::Unsupported, "relocations", "not known here"))?;
        let arrays = [".init_array", ".fini_array"].into_iter().filter_map(|name| place(sections, name));
        let arrays = arrays.map(|array| {
            // A constructor without bytes in the file would be null, and called.
            let in_file = array.file.size == array.memory.size;
            let whole = in_file && array.memory.start.is_multiple_of(WORD) && array.file.size.is_multiple_of(WORD);
            ensure(whole, || malformed("constructors and destructors", format!("{} is no table", array.memory)))?;
            // As many slots as lie in the file.
            Ok((array, vec![0; usize::try_from(array.file.size / WORD).unwrap_or_default()]))
        });
        Ok(Self {
            dynamic,
            sections,
            symbols,
            meaning: machine.relocation,
            writable: segments.loads().filter(|load| load.writable()).map(|load| load.memory).collect(),
            image: segments.image(),
            thread_template: segments.one(elf::PT_TLS).is_some(),
            arrays: arrays.collect::<Checked<_>>()?,
            static_tls: false,
        })
    }

    fn entry(&mut self, entry: &Entry, subject: Subject<'_>) -> Checked {
        let meaning = (self.meaning)(entry.kind)
            .ok_or_else(|| malformed(subject(), format!("type {}, which no library has", entry.kind.0)))?;
        let target = self
            .symbols
            .target(entry.symbol)
            .ok_or_else(|| malformed(subject(), format!("symbol {} of {}", entry.symbol, self.symbols.count())))?;
        match meaning {
            Relocation::Nothing => return Ok(()),
            Relocation::Resolver => return Err(hardening(subject(), "runs code of the patch while it is relocated")),
            Relocation::Copy => return Err(malformed(subject(), "copies a variable, as only programs do")),
            Relocation::Relative => self.relative(entry, subject)?,
            Relocation::Address => {}
            _ => self.thread_local(entry, target, subject)?,
        }
        self.static_tls |= meaning == Relocation::StaticThreadOffset;
        let words = if meaning == Relocation::ThreadDescriptor { 2 } else { 1 };
        let written = Region::new(entry.offset, words * WORD);
        self.writes(written, subject)?;
        self.slot(written, meaning, entry, target, subject)
    }

    fn relative(&self, entry: &Entry, subject: Subject<'_>) -> Checked {
        // One past the end is a valid address too.
        let inside = u64::try_from(entry.addend).is_ok_and(|addend| addend <= self.image.end());
        let fine = inside && entry.symbol == 0;
        ensure(fine, || {
            malformed(subject(), format!("points to {:#x} of an image of {:#x}", entry.addend, self.image.end()))
        })
    }

    /// A symbol of another library would have to be one of the C runtime, none of which exports such a variable.
    fn thread_local(&self, entry: &Entry, target: Target, subject: Subject<'_>) -> Checked {
        let own = entry.symbol == 0 || (target.thread_local && target.address.is_some());
        ensure(own, || hardening(subject(), "refers to a thread-local variable of another library"))?;
        ensure(self.thread_template, || malformed(subject(), "refers to a thread-local variable, but there are none"))
    }

    /// Where a relocation writes is writable, aligned, and not the table that tells where the relocations are.
    fn writes(&self, written: Region, subject: Subject<'_>) -> Checked {
        ensure(written.start.is_multiple_of(WORD), || {
            malformed(subject(), format!("writes to {:#x}, which is not aligned", written.start))
                .with_help("a packed static that holds a pointer does this")
        })?;
        ensure(self.writable.iter().any(|writable| writable.contains(written)), || {
            malformed(subject(), format!("writes to {written}, which is not writable"))
        })?;
        ensure(!self.dynamic.memory.overlaps(written), || {
            malformed(subject(), format!("writes to {written}, into the dynamic table"))
        })
    }

    /// If it writes a constructor or destructor, that is code of this patch.
    fn slot(
        &mut self,
        written: Region,
        meaning: Relocation,
        entry: &Entry,
        target: Target,
        subject: Subject<'_>,
    ) -> Checked {
        for (array, writes) in &mut self.arrays {
            if !array.memory.overlaps(written) {
                continue;
            }
            let code = match meaning {
                Relocation::Relative => u64::try_from(entry.addend).ok(),
                Relocation::Address if entry.addend == 0 => target.address,
                _ => None,
            };
            ensure(code.is_some_and(|code| self.sections.code_at(code)), || {
                malformed(subject(), "a constructor or destructor that is no code of this patch")
            })?;
            let slot = usize::try_from((written.start - array.memory.start) / WORD).unwrap_or(usize::MAX);
            if let Some(writes) = writes.get_mut(slot) {
                *writes = writes.saturating_add(1);
            }
        }
        Ok(())
    }

    /// glibc handles the first `DT_RELACOUNT` of `.rela.dyn` without looking at their type. All linkers here put
    /// the relative ones first and count them, or do not give a count.
    fn count_of_relative(&self, name: &str, entries: &[class::Relocation]) -> Checked {
        let (".rela.dyn", Some(count)) = (name, self.dynamic.value(elf::DT_RELACOUNT)) else { return Ok(()) };
        let relative =
            |entry: &&class::Relocation| (self.meaning)(Entry::read(entry).kind) == Some(Relocation::Relative);
        let found = entries.iter().take_while(relative).count() as u64;
        ensure(found == count, || malformed("dynamic table", format!("DT_RELACOUNT is {count}, {found} are relative")))
    }

    fn finish(&self) -> Checked {
        let written_once = self.arrays.iter().all(|(_, writes)| writes.iter().all(|writes| *writes == 1));
        ensure(written_once, || {
            malformed("constructors and destructors", "one is not written by exactly one relocation")
        })?;
        ensure(self.static_tls == self.dynamic.static_tls(), || {
            malformed("dynamic table", "DF_STATIC_TLS does not agree with the relocations")
        })
    }
}
