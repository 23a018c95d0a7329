//! The differential test: whatever `inspect` accepts of thousands of damaged patches, the dynamic linker survives.
//!
//! Damaged code, or a constructor that is given damaged data, may still crash by itself. So when a child dies, the
//! same file is given to the dynamic linker once more in the way `ldd -r` does it: everything is mapped, looked up
//! and relocated, but nothing of the file runs.

use crate::fixture::{STRIPPED, Scratch, build, load, try_build};
use crate::flips::{number, tables};
use crate::process::{is_child, runs_elsewhere, this_binary};
use dynpatch_core::Loader;
use dynpatch_loader_linux::{Limits, NativeLoader, inspect};
use std::env;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

const TEST: &str = "mutations::what_is_accepted_does_not_harm_the_dynamic_linker";
/// How many mutations to try; the default takes a few seconds.
const COUNT: &str = "DYNPATCH_MUTATIONS";
const DEFAULT_COUNT: u32 = 900;
/// A folder for those that ended a child, to look at them.
const KEEP: &str = "DYNPATCH_KEEP_MUTATIONS";
const FIRST: &str = "DYNPATCH_FIRST_MUTATION";
const FOLDER: &str = "DYNPATCH_MUTATION_FOLDER";
/// So many images in one process, which slow it down.
const BATCH: u32 = 300;

#[cfg(target_arch = "x86_64")]
const DYNAMIC_LINKER: &str = "/lib64/ld-linux-x86-64.so.2";
#[cfg(target_arch = "aarch64")]
const DYNAMIC_LINKER: &str = "/lib/ld-linux-aarch64.so.1";

/// A generator of numbers that look random and are the same every time (splitmix64).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end.max(1) as u64).expect("below a length")
    }
    fn pick<'t, T>(&mut self, of: &'t [T]) -> &'t T {
        &of[self.below(of.len())]
    }
}

/// A patch and the parts of it that are worth damaging: all but its code.
struct Target {
    bytes: Vec<u8>,
    parts: Vec<Range<usize>>,
    /// The words of the program headers, the dynamic table and the section headers.
    words: Vec<usize>,
}

impl Target {
    fn new(bytes: Vec<u8>) -> Self {
        let half = |at: usize| usize::from(u16::from_ne_bytes([bytes[at], bytes[at + 1]]));
        let (sections, count) = (number(&bytes, 40), half(60));
        const NO_BITS: u32 = 8;
        const EXECUTABLE: usize = 4;
        let [headers, dynamic] = tables(&bytes);
        let mut parts = vec![headers.clone(), sections..sections + 64 * count];
        for section in (1..count).map(|index| sections + 64 * index) {
            let kind = u32::from_ne_bytes(bytes[section + 4..section + 8].try_into().expect("four"));
            let size = number(&bytes, section + 32);
            if kind != NO_BITS && number(&bytes, section + 8) & EXECUTABLE == 0 && size > 0 {
                let start = number(&bytes, section + 24);
                parts.push(start..start + size);
            }
        }
        let words = (headers.start + 64..headers.end).step_by(8).chain(dynamic.step_by(8));
        let words = words.chain((sections + 64..sections + 64 * count).step_by(8)).collect();
        Self { bytes, parts, words }
    }

    fn damaged(&self, seed: u32) -> Vec<u8> {
        let mut numbers = Numbers(u64::from(seed) << 20);
        let mut bytes = self.bytes.clone();
        for _ in 0..*numbers.pick(&[1, 1, 1, 2, 4]) {
            if numbers.below(4) == 0 {
                self.lie(&mut bytes, &mut numbers);
            } else {
                let part = numbers.pick(&self.parts).clone();
                damage(&mut bytes, part, &mut numbers);
            }
        }
        bytes
    }

    /// What a linker with a bug, or someone with intent, would do: the tables agree on something wrong.
    fn lie(&self, bytes: &mut [u8], numbers: &mut Numbers) {
        let truth = number(bytes, *numbers.pick(&self.words));
        let lie = match numbers.below(4) {
            0 => truth ^ (1 << numbers.below(20)),
            1 => truth.wrapping_add(*numbers.pick(&[1, 8, 16, 24, 0x1000])),
            2 => truth.wrapping_sub(*numbers.pick(&[1, 8, 16, 24, 0x1000])),
            _ => number(bytes, *numbers.pick(&self.words)),
        };
        for word in &self.words {
            if truth != 0 && number(bytes, *word) == truth {
                bytes[*word..*word + 8].copy_from_slice(&lie.to_ne_bytes());
            }
        }
    }
}

/// One change, aligned as the fields of most tables are.
fn damage(bytes: &mut [u8], part: Range<usize>, numbers: &mut Numbers) {
    let length = part.len();
    let at = part.start + numbers.below(length);
    let aligned = |size: usize| (at - at % size).clamp(part.start, part.end.saturating_sub(size).max(part.start));
    const TEMPTING: [u64; 12] =
        [0, 1, 2, 7, 8, 0x1000, 0x4_0000, 0x7fff_ffff, 0xffff_ffff, 1 << 40, i64::MAX as u64, u64::MAX];
    let value =
        if numbers.below(2) == 0 { *numbers.pick(&TEMPTING) } else { numbers.next() % (2 * bytes.len() as u64) };
    let mut write = |at: usize, value: &[u8]| {
        let end = (at + value.len()).min(part.end);
        bytes[at..end].copy_from_slice(&value[..end - at]);
    };
    match numbers.below(8) {
        0 | 1 => bytes[at] ^= 1 << numbers.below(8),
        2 => bytes[at] = numbers.next().to_ne_bytes()[0],
        3 => write(aligned(2), &(value as u16).to_ne_bytes()),
        4 => write(aligned(4), &(value as u32).to_ne_bytes()),
        5 => write(aligned(8), &value.to_ne_bytes()),
        6 => {
            // One entry over another.
            let size = (*numbers.pick(&[4, 8, 16, 24, 56, 64])).min(length);
            let from = part.start + numbers.below(length - size + 1);
            let to = part.start + numbers.below(length - size + 1);
            bytes.copy_within(from - (from - part.start) % size..from - (from - part.start) % size + size, to);
        }
        _ => {
            let size = numbers.below(32).min(part.end - at);
            bytes[at..at + size].fill(numbers.next().to_ne_bytes()[0]);
        }
    }
}

fn targets() -> Vec<Target> {
    let release = build(STRIPPED);
    let other = |argument| try_build(&[STRIPPED, &[argument]].concat());
    let others = ["-Clink-arg=-fuse-ld=bfd", "-Clink-arg=-Wl,--hash-style=both"].into_iter().filter_map(other);
    [release].into_iter().chain(others).map(Target::new).collect()
}

fn count() -> u32 {
    env::var(COUNT).ok().and_then(|count| count.parse().ok()).unwrap_or(DEFAULT_COUNT)
}

/// The damaged patch of a number.
fn damaged(targets: &[Target], number: u32) -> Vec<u8> {
    targets[number as usize % targets.len()].damaged(number)
}

/// What one child came to.
#[derive(Debug, Default)]
struct Report {
    /// The mutation that was being loaded last.
    last: u32,
    accepted: u32,
    mapped: u32,
    done: bool,
}

#[test]
fn what_is_accepted_does_not_harm_the_dynamic_linker() {
    if is_child() {
        return load_batch();
    }
    if runs_elsewhere() {
        return;
    }
    let targets = targets();
    let (mut first, mut accepted, mut mapped, mut crashes) = (0, 0, 0, Vec::new());
    while first < count() {
        let report = child(first);
        (accepted, mapped) = (accepted + report.accepted, mapped + report.mapped);
        first = if report.done { first + BATCH } else { report.last + 1 };
        if !report.done {
            judge(&targets, report.last);
            crashes.push(report.last);
        }
    }
    eprintln!("{accepted} of {} accepted, {mapped} mapped, crashed in their own code: {crashes:?}", count());
    assert!(accepted > count() / 10, "only {accepted} of {} were accepted, so little was tried", count());
}

/// Runs the mutations from `first` on in a child of its own.
fn child(first: u32) -> Report {
    let mut command = this_binary();
    let scratch = Scratch::new();
    command.args(["--exact", TEST, "--nocapture"]).env(FIRST, first.to_string()).env(FOLDER, scratch.path());
    // A child that dies while it maps a private file leaves it behind.
    command.env("XDG_RUNTIME_DIR", scratch.path());
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("a test binary runs again");
    let mut report = Report { last: first, ..Report::default() };
    for line in BufReader::new(child.stdout.take().expect("it is piped")).lines().map_while(Result::ok) {
        match line.split_once(' ') {
            Some(("accepted", number)) => {
                report.accepted += 1;
                report.last = number.parse().expect("a number");
            }
            Some(("mapped", _)) => report.mapped += 1,
            Some(("done", _)) => report.done = true,
            _ => {}
        }
    }
    child.wait().expect("a child ends");
    report
}

/// In the child: loads every accepted mutation of its batch, saying which before it does.
fn load_batch() {
    let first: u32 = env::var(FIRST).expect("the parent says where to begin").parse().expect("a number");
    let folder = PathBuf::from(env::var_os(FOLDER).expect("the parent has a folder"));
    let targets = targets();
    let loader = NativeLoader::with_limits(Limits { max_images: usize::MAX, ..Limits::default() });
    let say = |what: &str, number: u32| {
        let mut output = std::io::stdout();
        writeln!(output, "\n{what} {number}").and_then(|()| output.flush()).expect("the parent listens");
    };
    watch();
    for number in first..count().min(first + BATCH) {
        PROGRESS.fetch_add(1, Ordering::Relaxed);
        let bytes = damaged(&targets, number);
        if inspect(&bytes).is_err() {
            continue;
        }
        // A new name each time: some file systems write to disk at once what replaces something.
        let path = folder.join(format!("{number}.so"));
        fs::write(&path, &bytes).expect("the target folder can be written");
        say("accepted", number);
        if load(&loader, &path).is_ok() {
            say("mapped", number);
        }
        fs::remove_file(&path).expect("the target folder can be written");
    }
    say("done", 0);
    // Destructors of damaged patches are not run.
    rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL).expect("it may");
}

static PROGRESS: AtomicU32 = AtomicU32::new(0);

/// Ends this process when it has not come further for long.
fn watch() {
    std::thread::spawn(|| {
        let mut before = u32::MAX;
        loop {
            let now = PROGRESS.load(Ordering::Relaxed);
            if now == before {
                std::process::abort();
            }
            before = now;
            std::thread::sleep(Duration::from_secs(10));
        }
    });
}

/// A child died while it loaded this mutation: was it the dynamic linker, or the patch's own code?
fn judge(targets: &[Target], number: u32) {
    let scratch = Scratch::new();
    let path = scratch.write("patch.so", &damaged(targets, number));
    if let Some(folder) = env::var_os(KEEP) {
        fs::copy(&path, PathBuf::from(folder).join(format!("mutation-{number}.so")))
            .expect("the folder can be written");
    }
    let output = relocate_only(&path);
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    let survived = output.status.code().is_some() && !said.contains("Inconsistency detected");
    assert!(survived, "mutation {number} was accepted, and the dynamic linker ended with {}: {said}", output.status);
}

/// As `ldd -r` does.
fn relocate_only(path: &Path) -> std::process::Output {
    let mut command = Command::new(DYNAMIC_LINKER);
    command.arg(path).env("LD_TRACE_LOADED_OBJECTS", "1").env("LD_WARN", "yes").env("LD_BIND_NOW", "yes");
    command.output().expect("the dynamic linker runs")
}

/// The judge must be able to say that the dynamic linker is at fault.
#[test]
fn a_table_out_of_bounds_does_harm_the_dynamic_linker() {
    if runs_elsewhere() {
        return;
    }
    const STRING_TABLE: [u8; 8] = 5_u64.to_ne_bytes();
    let mut bytes = build(STRIPPED);
    let [_, mut entries] = tables(&bytes).map(|table| table.step_by(16));
    let entry = entries.find(|at| bytes[*at..*at + 8] == STRING_TABLE).expect("a dynamic table has one");
    bytes[entry + 12] = 0x7f;
    assert!(inspect(&bytes).is_err());
    let scratch = Scratch::new();
    assert!(!relocate_only(&scratch.write("patch.so", &bytes)).status.success());
    assert!(NativeLoader::new().inspect(&build(STRIPPED)).is_ok());
    assert!(relocate_only(&scratch.write("patch.so", &build(STRIPPED))).status.success());
}
