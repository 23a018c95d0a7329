//! Configuration: what reading it costs beside a plain `Arc` and the peers, how long a change takes to come into force,
//! and what a watcher costs while nothing changes.

use crate::command::Options;
use crate::statistics::Microseconds;
use crate::table::{Style, Table};
use arc_swap::ArcSwap;
use bench_host::{Way, time};
use bench_subject::chain;
use dynpatch::config::{ConfigWatcher, Deserialize, HotConfig, watch};
use hotswap_config::prelude::HotswapConfig;
use serde::Serialize;
use std::error::Error;
use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, RwLock};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// Changes whose way into force is timed.
const CHANGES: u64 = 200;
/// How long the idle watcher is looked at.
const IDLE: Duration = Duration::from_secs(60);
/// Times a plain `Arc`; milliseconds from a rename on.
const READER_GOAL: f64 = 2.0;
const CHANGE_GOAL: f64 = 50.0;
/// In hundredths of one processor: what cannot be told from nothing.
const IDLE_GOAL: f64 = 0.05;

/// What is read.
#[derive(Debug, Clone, Deserialize)]
struct Settings {
    limit: u64,
}

impl HotConfig for Settings {}

/// What was measured.
#[derive(Debug, Serialize)]
pub(crate) struct Config {
    rounds: usize,
    reads: Vec<Read>,
    /// From a rename to the new value.
    change: Microseconds,
    /// Of one processor, while nothing changed.
    idle_percent: f64,
}

#[derive(Debug, Serialize)]
struct Read {
    name: String,
    nanoseconds: f64,
    ratio: f64,
}

/// Measures everything.
pub(crate) fn measure(options: &Options) -> Result<Config, Box<dyn Error>> {
    let folder = Folder::new()?;
    eprintln!("timing reads of configuration");
    let reads = reads(&folder.watched()?, options.rounds);
    eprintln!("timing {CHANGES} changes of configuration");
    let change = Microseconds::of(changes(&folder)?.into_iter());
    eprintln!("looking at an idle watcher for {} s", IDLE.as_secs());
    let idle_percent = idle_time()?.as_secs_f64() / IDLE.as_secs_f64() * 100.0;
    Ok(Config { rounds: options.rounds, reads, change, idle_percent })
}

/// One step, which depends on the one before.
#[inline(always)]
fn step(x: u64, limit: u64) -> u64 {
    x.wrapping_mul(3).wrapping_add(limit)
}

/// Each read starts at what is shared, which nobody but the reader knows not to have changed.
fn reads(watcher: &ConfigWatcher<Settings>, rounds: usize) -> Vec<Read> {
    let settings = || Settings { limit: black_box(7) };
    let plain = Arc::new(settings());
    let swap = ArcSwap::from_pointee(settings());
    let lock = RwLock::new(Arc::new(settings()));
    let (_sender, receiver) = tokio::sync::watch::channel(settings());
    let hotswap = HotswapConfig::new(settings());

    let plain = |n| chain!(n, x => step(x, black_box(&plain).limit));
    let cached = |n| {
        let mut reader = watcher.reader();
        chain!(n, x => step(x, black_box(&mut reader).get().limit))
    };
    let guard = |n| chain!(n, x => step(x, black_box(watcher).get().limit));
    let swap = |n| chain!(n, x => step(x, black_box(&swap).load().limit));
    let lock = |n| chain!(n, x => step(x, black_box(&lock).read().expect("nobody panics under it").limit));
    let channel = |n| chain!(n, x => step(x, black_box(&receiver).borrow().limit));
    let hotswap = |n| chain!(n, x => step(x, black_box(&hotswap).get().limit));
    let way = |name, run| Way { name, run, baseline: &plain };
    let ways = [
        way("plain Arc", &plain),
        way("Reader::get", &cached),
        way("ConfigWatcher::get", &guard),
        way("ArcSwap::load", &swap),
        way("RwLock<Arc>", &lock),
        way("tokio watch", &channel),
        way("hotswap-config", &hotswap),
    ];
    let read = |line: bench_host::Line| {
        let [nanoseconds, _, ratio] = line.numbers;
        Read { name: line.name, nanoseconds, ratio }
    };
    time(&ways, rounds).into_iter().map(read).collect()
}

/// From each rename to the moment when a reader sees the new value.
fn changes(folder: &Folder) -> Result<Vec<Duration>, Box<dyn Error>> {
    let watcher = folder.watched()?;
    let mut reader = watcher.reader();
    (0..CHANGES).map(|number| folder.change(&mut || reader.get().limit, 1_000 + number)).collect()
}

/// The processor time of a process whose watcher has nothing to do.
fn idle_time() -> Result<Duration, Box<dyn Error>> {
    let output = Command::new(std::env::current_exe()?).args(["idle", &IDLE.as_secs().to_string()]).output()?;
    let text = String::from_utf8(output.stdout)?;
    Ok(Duration::from_nanos(text.trim().parse()?))
}

/// What such a process does.
pub(crate) fn idle(seconds: u64) -> Result<(), Box<dyn Error>> {
    let folder = Folder::new()?;
    let _watcher = folder.watched()?;
    let used = || rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    let before = used();
    sleep(Duration::from_secs(seconds));
    let after = used();
    println!("{}", (after.tv_sec - before.tv_sec) * 1_000_000_000 + (after.tv_nsec - before.tv_nsec));
    Ok(())
}

/// A folder with one file, gone with this.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Result<Self, Box<dyn Error>> {
        let folder = Self(std::env::temp_dir().join(format!("dynpatch-benches-{}", std::process::id())));
        fs::create_dir_all(&folder.0)?;
        fs::write(folder.file(), "limit = 7\n")?;
        Ok(folder)
    }

    fn file(&self) -> PathBuf {
        self.0.join("settings.toml")
    }

    fn watched(&self) -> Result<ConfigWatcher<Settings>, Box<dyn Error>> {
        Ok(watch::<Settings, _>(self.file())?)
    }

    fn change(&self, seen: &mut dyn FnMut() -> u64, limit: u64) -> Result<Duration, Box<dyn Error>> {
        let written = self.0.join("written");
        fs::write(&written, format!("limit = {limit}\n"))?;
        let start = Instant::now();
        rename(&written, &self.file())?;
        while seen() != limit {
            if start.elapsed() > Duration::from_secs(10) {
                return Err(format!("the value {limit} never came").into());
            }
            sleep(Duration::from_micros(50));
        }
        Ok(start.elapsed())
    }
}

fn rename(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::rename(from, to)
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What is left in the temporary folder harms nobody.
        let _ = fs::remove_dir_all(&self.0);
    }
}

impl Config {
    pub(crate) fn table(&self, style: Style) -> String {
        let mut reads = Table::new(["read", "ns", "×"]);
        for Read { name, nanoseconds, ratio } in &self.reads {
            reads.row([name.clone(), format!("{nanoseconds:.2}"), format!("{ratio:.2}")]);
        }
        let title = format!("Nanoseconds per read of configuration (medians of {} rounds)", self.rounds);
        format!("{}\n{}", reads.text(style, &title), self.goals(style))
    }

    fn goals(&self, style: Style) -> String {
        let reader = self.reads.iter().find(|read| read.name == "Reader::get").map_or(f64::NAN, |read| read.ratio);
        let [p50, p99] = [self.change.p50, self.change.p99].map(|microseconds| microseconds / 1_000.0);
        let mut table = Table::new(["goal", "measured", "limit", ""]);
        for (what, measured, limit) in [
            ("Reader::get by a plain Arc", reader, READER_GOAL),
            ("rename to new value, p50, ms", p50, CHANGE_GOAL),
            ("rename to new value, p99, ms", p99, CHANGE_GOAL),
            ("idle watcher, % of a processor", self.idle_percent, IDLE_GOAL),
        ] {
            let verdict = style.reached(measured <= limit);
            table.row([what.to_owned(), format!("{measured:.3}"), format!("{limit}"), verdict]);
        }
        table.text(style, "Goals")
    }
}
