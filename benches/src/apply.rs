//! How long it takes to get a patch in, against `dlopen` and `dlsym` of the same file.
//!
//! Each process of the series is a fresh one: the loader keeps a descriptor for each of the first 64 patches of a
//! process, and goes another way from then on. Both ways have rows of their own.

use crate::command::Options;
use crate::fixtures::{Fixtures, Scratch};
use crate::program::Program;
use crate::statistics::Microseconds;
use crate::table::{Style, Table};
use libloading::os::unix::{Library, RTLD_LOCAL, RTLD_NOW};
use serde::Serialize;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

/// Applies that come before the first that counts: page cache, allocator, branch predictors.
const WARM_UP: usize = 5;
/// Applies of a process, the warm-up among them, that stay below the loader's budget of descriptors.
const WITH_DESCRIPTORS: usize = 60;
/// Applies that use the budget up.
const WITHOUT_DESCRIPTORS: usize = 70;

/// One patch.
#[derive(Debug, Serialize)]
pub(crate) struct Latency {
    patch: &'static str,
    bytes: u64,
    applies: usize,
    /// `dlopen` and `dlsym`.
    bare: Microseconds,
    /// The whole of `Runtime::reload`, as its caller sees it.
    apply: Microseconds,
    /// Of the two medians.
    ratio: f64,
    seal: Microseconds,
    inspect: Microseconds,
    map: Microseconds,
    prepare: Microseconds,
    commit: Microseconds,
}

/// Applies of one file in one process.
#[derive(Debug)]
pub(crate) struct Series {
    pub(crate) file: PathBuf,
    /// Applies that do not count.
    pub(crate) skip: usize,
    /// Applies that count.
    pub(crate) count: usize,
}

/// One apply, in nanoseconds: bare, apply, and the phases.
type Sample = [u64; 7];
/// The place of `inspect` in it.
const INSPECT: usize = 3;

/// Applies the patches in processes of their own.
pub(crate) fn measure(fixtures: &Fixtures, options: &Options) -> Result<Vec<Latency>, Box<dyn Error>> {
    let scratch = Scratch::new()?;
    let sealed = scratch.path().join("sealed.so");
    std::fs::copy(fixtures.large(), &sealed)?;
    dynpatch::seal(&sealed)?;
    let rows = [
        ("small", fixtures.small(), WARM_UP),
        ("500 KB", fixtures.large(), WARM_UP),
        ("500 KB, sealed", sealed, WARM_UP),
        ("500 KB, after 70 others", fixtures.large(), WITHOUT_DESCRIPTORS),
    ];
    let measure_row = |(patch, file, skip)| {
        eprintln!("timing applies, {patch}, {}", options.applies);
        let bytes = std::fs::metadata(&file)?.len();
        Ok(latency(patch, bytes, &samples(file, skip, options.applies)?))
    };
    rows.into_iter().map(measure_row).collect()
}

/// How long reading and checking the file takes.
pub(crate) fn inspections(file: PathBuf, applies: usize) -> Result<Microseconds, Box<dyn Error>> {
    let samples = samples(file, WARM_UP, applies)?;
    Ok(Microseconds::of(samples.iter().map(|sample| Duration::from_nanos(sample[INSPECT]))))
}

/// At least `applies` samples, from as many processes as it takes.
fn samples(file: PathBuf, skip: usize, applies: usize) -> Result<Vec<Sample>, Box<dyn Error>> {
    let most = if skip < WITH_DESCRIPTORS { WITH_DESCRIPTORS - skip } else { applies };
    let series = Series { file, skip, count: most };
    let mut samples = Vec::new();
    while samples.len() < applies {
        samples.extend(in_another_process(&series)?);
    }
    Ok(samples)
}

fn in_another_process(series: &Series) -> Result<Vec<Sample>, Box<dyn Error>> {
    let output = Command::new(std::env::current_exe()?)
        .arg("applies")
        .arg(&series.file)
        .args([series.skip.to_string(), series.count.to_string()])
        .output()?;
    if !output.status.success() {
        return Err(format!("a process of applies failed: {}", String::from_utf8_lossy(&output.stderr)).into());
    }
    let text = String::from_utf8(output.stdout)?;
    text.lines().map(sample_of_line).collect()
}

fn sample_of_line(line: &str) -> Result<Sample, Box<dyn Error>> {
    let numbers: Vec<u64> = line.split(' ').map(str::parse).collect::<Result<_, _>>()?;
    Sample::try_from(numbers).map_err(|_| format!("`{line}` is no sample").into())
}

/// What such a process does: a line for each apply that counts.
pub(crate) fn run(series: &Series) -> Result<(), Box<dyn Error>> {
    let program = Program::start(Fixtures::of_this_executable()?)?;
    let scratch = Scratch::new()?;
    for round in 0..series.skip + series.count {
        let sample = sample(&program, &series.file, &scratch.path().join(format!("bare-{round}.so")))?;
        if round >= series.skip {
            println!("{}", sample.map(|nanoseconds| nanoseconds.to_string()).join(" "));
        }
    }
    Ok(())
}

fn sample(program: &Program, file: &Path, copy: &Path) -> Result<Sample, Box<dyn Error>> {
    let bare = bare(file, copy)?;
    let start = Instant::now();
    let applied = program.runtime.reload(file)?;
    let apply = start.elapsed();
    program.runtime.rollback()?;
    let timings = applied.timings;
    let durations = [bare, apply, timings.seal, timings.inspect, timings.map, timings.prepare, timings.commit];
    Ok(durations.map(|duration| u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)))
}

/// `dlopen` and `dlsym` of a copy nobody has opened: the dynamic linker knows files by name and inode.
fn bare(file: &Path, copy: &Path) -> Result<Duration, Box<dyn Error>> {
    std::fs::copy(file, copy)?;
    let start = Instant::now();
    // SAFETY: the file is a patch that cargo just built; its constructors are those of Rust's std, which ask for
    // nothing of the process, and it is never unmapped.
    let library = unsafe { Library::open(Some(copy), RTLD_NOW | RTLD_LOCAL) }?;
    // SAFETY: the symbol's address is taken as that of any object, and nothing is read through it.
    let symbol = unsafe { library.get::<*const ()>(b"dynpatch_patch\0") }?.into_raw();
    let elapsed = start.elapsed();
    assert!(!symbol.is_null(), "a patch exports its table");
    std::mem::forget(library);
    // The mapping keeps the inode, so that the next copy gets another.
    std::fs::remove_file(copy)?;
    Ok(elapsed)
}

fn latency(patch: &'static str, bytes: u64, samples: &[Sample]) -> Latency {
    let of = |part: usize| Microseconds::of(samples.iter().map(|sample| Duration::from_nanos(sample[part])));
    let [bare, apply, seal, inspect, map, prepare, commit] = std::array::from_fn(of);
    let ratio = apply.p50 / bare.p50;
    Latency { patch, bytes, applies: samples.len(), bare, apply, ratio, seal, inspect, map, prepare, commit }
}

pub(crate) fn table(latencies: &[Latency], style: Style) -> String {
    let mut table = Table::new([
        "patch", "bytes", "applies", "", "bare", "apply", "×", "seal", "inspect", "map", "prepare", "commit",
    ]);
    for latency in latencies {
        let Latency { patch, bytes, applies, bare, apply, ratio, seal, inspect, map, prepare, commit } = latency;
        let phases = [seal, inspect, map, prepare, commit];
        let cells = |of: fn(&Microseconds) -> f64| phases.map(|phase| format!("{:.0}", of(phase)));
        let head = [(*patch).to_owned(), bytes.to_string(), applies.to_string(), "p50".to_owned()];
        let totals = [format!("{:.0}", bare.p50), format!("{:.0}", apply.p50), format!("{ratio:.2}")];
        table.row(head.into_iter().chain(totals).chain(cells(|phase| phase.p50)));
        let head = [String::new(), String::new(), String::new(), "p99".to_owned()];
        let totals = [format!("{:.0}", bare.p99), format!("{:.0}", apply.p99), String::new()];
        table.row(head.into_iter().chain(totals).chain(cells(|phase| phase.p99)));
    }
    table.text(style, "Microseconds per apply, against bare dlopen and dlsym of the same file (goal: ≤ 3 × bare)")
}
