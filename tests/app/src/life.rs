//! What a patch can leave behind. The host's versions leave nothing.

use dynpatch::prelude::*;
use dynpatch::{BoxedFuture, Held};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Which build answers: zero is the host.
#[patchable]
pub fn generation() -> u64 {
    0
}

/// Tells that it was entered, waits until it may leave, and tells which build it was.
#[patchable]
pub fn block(entered: &AtomicBool, leave: &AtomicBool) -> u64 {
    wait(entered, leave);
    0
}

/// Two calls from inside.
#[patchable]
pub fn nested() -> (u64, u64) {
    (generation(), generation())
}

/// Calls itself, and gives the sum of what all calls are.
#[patchable]
pub fn recursive(depth: u64) -> u64 {
    if depth == 0 { 0 } else { recursive(depth - 1) }
}

/// What a call sees before and after it waits, inside of `unpinned`.
#[patchable]
pub fn sees_newer(entered: &AtomicBool, leave: &AtomicBool) -> (u64, u64) {
    wait(entered, leave);
    (0, 0)
}

/// Waits for so many polls.
#[patchable]
pub async fn later(_turns: u64) -> u64 {
    0
}

/// A closure of the build's own.
#[patchable]
pub fn closure() -> Held<Box<dyn Fn(u64) -> u64 + Send + Sync>> {
    Held::new(Box::new(|number| number))
}

/// A thread that runs until it is told to stop.
#[patchable]
pub fn start_thread(_stop: Arc<AtomicBool>) {}

/// A thread-local variable with a destructor.
#[patchable]
pub fn touch_thread_local() -> u64 {
    0
}

/// What many patches do: memory, maps, locks, formatting, output.
#[patchable]
pub fn ordinary(text: &str) -> Vec<String> {
    vec![text.to_owned()]
}

/// Callbacks that were registered.
pub static REGISTERED: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(0);

/// Keeps a callback: always the host's.
#[patchable(host)]
pub fn register(callback: Box<dyn Fn() -> u64 + Send>) {
    REGISTERED.fetch_add(1, Ordering::Relaxed);
    std::mem::forget(callback);
}

/// Registers a callback of the build's own.
#[patchable]
pub fn register_something() {}

/// A panic.
#[patchable]
pub fn explode() -> u64 {
    0
}

/// A word that may be a literal.
#[patchable]
pub fn word() -> &'static str {
    "host"
}

/// A service.
#[patch_trait]
pub trait Speaker: Send + Sync {
    /// Which build answers.
    fn speak(&self) -> u64;
    /// Waits as [`block`] does.
    fn speak_late(&self, entered: &AtomicBool, leave: &AtomicBool) -> u64;
    /// A future by hand.
    fn speak_some_time(&self) -> BoxedFuture<'static, u64>;
}

/// The host's.
#[derive(Debug)]
pub struct Host;

impl Speaker for Host {
    fn speak(&self) -> u64 {
        0
    }

    fn speak_late(&self, entered: &AtomicBool, leave: &AtomicBool) -> u64 {
        wait(entered, leave);
        0
    }

    fn speak_some_time(&self) -> BoxedFuture<'static, u64> {
        Box::pin(async { 0 })
    }
}

/// The service.
pub static SPEAKER: Service<dyn Speaker> = Service::new(&Host);

/// How many of the objects that patches make are alive.
#[patchable]
pub static OBJECTS: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(0);

/// Tells and waits.
pub fn wait(entered: &AtomicBool, leave: &AtomicBool) {
    entered.store(true, Ordering::Release);
    while !leave.load(Ordering::Acquire) {
        std::thread::sleep(std::time::Duration::from_micros(200));
    }
}
