//! The comparison of two images: no panic, no memory but what is lent, an end within its steps, and the same verdict
//! whoever is asked how.
//!
//! An input is two manifests with a line `--` between them. What does not read of them is left out: whether it is refused
//! is the other targets' question.

use super::meter::bytes_asked_for;
use core::fmt::{self, Write};
use dynpatch_core::compatibility::{check_form, check_types};
use dynpatch_core::layout::{Aspect, Finding, MAX_STEPS, Seen, TypeEntry, TypeTable, Walk, What};
use dynpatch_core::manifest::{Item, Record, records};
use dynpatch_interface::record::kind;

/// Stands between the manifests.
const SEPARATOR: &[u8] = b"\n--\n";

/// What a caller lends: bytes for each byte of the input, and bytes altogether.
const MEMORY_PER_BYTE: usize = 2;
const MEMORY: usize = 64 << 10;

/// Items that are compared, and findings that are written out. More would only take time.
const ITEMS: usize = 32;
const TEXTS: usize = 32;

/// Comparisons that are repeated in other ways: those that take no time.
const QUICK: u32 = 128;

const USUAL: How = How { is_provided: true, remembers: true };

/// Compares the two images that `bytes` describe.
///
/// # Panics
/// When an invariant does not hold.
pub fn layout(bytes: &[u8]) {
    let (host, patch) = halves(bytes);
    let (verdict, asked_for) = bytes_asked_for(|| compare(host, patch, USUAL));
    let memory = MEMORY + MEMORY_PER_BYTE * bytes.len();
    assert!(asked_for <= memory, "{asked_for} bytes lent for a comparison of {} bytes", bytes.len());
    if let Some(verdict) = verdict.filter(|verdict| verdict.steps <= QUICK) {
        in_other_ways(host, patch, &verdict);
    }
}

/// Whether the comparison gets somewhere. A fuzzer that starts from what it refuses tests little.
pub fn layout_is_accepted(bytes: &[u8]) -> bool {
    let (host, patch) = halves(bytes);
    compare(host, patch, USUAL).is_some_and(|verdict| verdict.refusals == 0 && verdict.steps > 20)
}

/// Without a separator an image is compared with nothing.
fn halves(bytes: &[u8]) -> (&[u8], &[u8]) {
    let at = bytes.windows(SEPARATOR.len()).position(|window| window == SEPARATOR);
    at.map_or((bytes, &[]), |at| (&bytes[..at], &bytes[at + SEPARATOR.len()..]))
}

/// The definitions of an image: what a caller must lend for it.
fn definitions(bytes: &[u8]) -> Vec<TypeEntry<'_>> {
    let entries = || of_kind(bytes, kind::TYPE).filter_map(|record| TypeEntry::new(record.payload).ok());
    let mut definitions = Vec::with_capacity(entries().count());
    definitions.extend(entries());
    definitions
}

/// The item of a name is the first of that name.
fn items(bytes: &[u8]) -> impl Iterator<Item = Item<'_>> {
    let all = || of_kind(bytes, kind::ITEM).filter_map(|record| Item::read(&record).ok()).take(ITEMS);
    let is_first = move |place, name| all().position(|item| item.name == name) == Some(place);
    all().enumerate().filter(move |(place, item)| is_first(*place, item.name)).map(|(_, item)| item)
}

fn of_kind(bytes: &[u8], kind: u8) -> impl Iterator<Item = Record<'_>> {
    records(bytes).map_while(Result::ok).filter(move |record| record.kind == kind)
}

/// How to compare.
#[derive(Debug, Clone, Copy)]
struct How {
    /// The host calls the patch, not the patch the host.
    is_provided: bool,
    /// Memory is lent for what was compared. Without it everything is compared anew.
    remembers: bool,
}

/// What a comparison came to.
#[derive(Debug, Default)]
struct Verdict {
    refusals: usize,
    /// It gave up, or met what there is no definition of.
    is_broken: bool,
    /// Auto traits differ: to lose one is not to gain one.
    is_one_way: bool,
    texts: usize,
    steps: u32,
}

impl Verdict {
    fn take(&mut self, finding: &Finding<'_>) {
        match finding.what {
            What::Differs { aspect, .. } => {
                self.refusals += 1;
                self.is_one_way |= aspect == Aspect::AutoTraits;
            }
            What::Dangling | What::TooComplex => {
                self.refusals += 1;
                self.is_broken = true;
            }
            What::Evolved { .. } | What::Opaque(_) | What::Downcasts(_) => (),
        }
        if self.texts < TEXTS {
            self.texts += 1;
            let mut text = Text(0);
            write!(text, "{}: {}", finding.path, finding.what).expect("a text of any length is taken");
            assert!(text.0 > 0, "nothing to read");
        }
    }
}

/// Takes text and remembers its length.
struct Text(usize);

impl Write for Text {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0 += text.len();
        Ok(())
    }
}

/// `None` when a key stands for two definitions.
fn compare(host: &[u8], patch: &[u8], how: How) -> Option<Verdict> {
    let (mut ours, mut theirs) = (definitions(host), definitions(patch));
    let mut seen = vec![Seen::default(); if how.remembers { theirs.len() } else { 0 }];
    let tables = (TypeTable::new(&mut ours).ok()?, TypeTable::new(&mut theirs).ok()?);
    let mut walk = Walk::new(tables.0, tables.1, &mut seen);
    let mut verdict = Verdict::default();
    let ((), asked_for) = bytes_asked_for(|| {
        for theirs in items(patch) {
            let known = items(host).find(|ours| ours.name == theirs.name);
            let Some(ours) = known.filter(|ours| check_form(ours, &theirs).is_ok()) else { continue };
            let before = verdict.refusals;
            let mut report = |finding: Finding<'_>| verdict.take(&finding);
            let is_same = check_types(&mut walk, &ours, &theirs, how.is_provided, &mut report);
            assert!(is_same || verdict.refusals > 0, "refused without a word");
            assert!(!is_same || verdict.refusals == before, "accepted with a reason to refuse");
        }
    });
    assert_eq!(asked_for, 0, "bytes allocated by the comparison itself");
    assert!(walk.steps() <= MAX_STEPS + 1, "{} steps", walk.steps());
    verdict.steps = walk.steps();
    Some(verdict)
}

/// The verdict is that of the types, not of the way in which they are looked at.
fn in_other_ways(host: &[u8], patch: &[u8], verdict: &Verdict) {
    let agree = |other: Option<Verdict>, what: &str| {
        let other = other.expect("what was read once is read again");
        let is_comparable = !verdict.is_broken && !other.is_broken;
        let is_same = (verdict.refusals == 0) == (other.refusals == 0);
        assert!(is_same || !is_comparable, "{what}: {verdict:?}, {other:?}");
        other
    };
    let forgetful = How { remembers: false, ..USUAL };
    agree(compare(host, patch, forgetful), "compared anew each time");
    if !verdict.is_one_way {
        let reversed = compare(patch, host, How { is_provided: false, ..USUAL });
        if reversed.as_ref().is_some_and(|other| !other.is_one_way) {
            agree(reversed, "with host and patch exchanged");
        }
    }
    for image in [host, patch] {
        let itself = compare(image, image, USUAL).expect("what was read once is read again");
        assert!(itself.refusals == 0 || itself.is_broken, "an image differs from itself: {itself:?}");
    }
}
