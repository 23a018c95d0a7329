//! What the tests patch. Linked into the test host with version 1, into patches with whatever `TEST_APP_VERSION` says:
//! the same source, built twice.

pub mod life;

use dynpatch::prelude::*;

/// Which build this is.
pub const VERSION: u64 = match option_env!("TEST_APP_VERSION") {
    Some(text) => match u64::from_str_radix(text, 10) {
        Ok(version) => version,
        Err(_) => panic!("TEST_APP_VERSION is a number"),
    },
    None => 1,
};

/// Documented, as seen through the dispatcher.
#[patchable]
#[must_use]
pub fn version() -> u64 {
    VERSION
}

/// By reference, with an elided lifetime in the result.
#[patchable]
pub fn first_word(text: &str) -> &str {
    if VERSION == 1 { text.split(' ').next().unwrap_or("") } else { text.split(' ').next_back().unwrap_or("") }
}

/// A named lifetime.
#[patchable]
pub fn longest<'a>(a: &'a str, b: &'a str, _other: &str) -> &'a str {
    if (a.len() > b.len()) == (VERSION == 1) { a } else { b }
}

/// Slices and tuples.
#[patchable]
pub fn sum(numbers: &[u64], (scale, offset): (u64, u64)) -> (u64, usize) {
    (numbers.iter().sum::<u64>() * scale + offset + VERSION * 1000, numbers.len())
}

/// A result.
#[patchable]
pub fn parse(text: &str) -> Result<u64, std::num::ParseIntError> {
    text.parse::<u64>().map(|number| number * VERSION)
}

/// A closure.
#[patchable]
pub fn each(f: &dyn Fn(u64) -> u64, g: &mut dyn FnMut(&str) -> usize) -> u64 {
    f(VERSION) + g("abc") as u64
}

/// Owned.
#[patchable]
pub fn process_data(data: &str) -> String {
    if VERSION == 1 { data.to_uppercase() } else { format!("{data} v{VERSION}") }
}

/// A panic.
#[patchable]
pub fn explode(how: &str) -> u64 {
    match how {
        "literal" => panic!("literal boom"),
        "formatted" => panic!("formatted boom {VERSION}"),
        "value" => std::panic::panic_any(VERSION),
        _ => VERSION,
    }
}

/// Waits for whatever it is given.
#[patchable]
pub async fn wait_for(mut turns: u64, text: &str) -> String {
    let started = VERSION;
    while turns > 0 {
        turns -= 1;
        yield_once().await;
    }
    format!("{text}: {started}")
}

async fn yield_once() {
    let mut polled = false;
    std::future::poll_fn(|context| {
        if std::mem::replace(&mut polled, true) {
            return std::task::Poll::Ready(());
        }
        context.waker().wake_by_ref();
        std::task::Poll::Pending
    })
    .await;
}

/// Methods.
#[derive(Debug, Clone, PartialEq)]
pub struct Counter {
    /// The count.
    pub count: u64,
}

#[patchable]
impl Counter {
    /// Associated.
    pub fn starting_at(count: u64) -> Self {
        Self { count: count + VERSION }
    }

    /// Shared.
    pub fn read(&self) -> u64 {
        self.count * VERSION
    }

    /// Borrowed from the receiver, though there is another reference.
    pub fn borrow<'c>(&'c self, _other: &str) -> &'c u64 {
        &self.count
    }

    /// Exclusive.
    pub fn add(&mut self, more: u64) -> &mut Self {
        self.count += more * VERSION;
        self
    }

    /// By value.
    pub fn finish(mut self) -> u64 {
        self.count += VERSION;
        self.count
    }

    /// Asynchronous.
    pub async fn later(&self, text: &str) -> String {
        yield_once().await;
        format!("{text} {} v{VERSION}", self.count)
    }
}

/// A service.
#[patch_trait]
pub trait Greeter: Send + Sync {
    /// Required.
    fn greet(&self, name: &str) -> String;

    /// With a default body over whatever is live.
    fn greet_twice(&self, name: &str) -> String {
        format!("{}, {}", self.greet(name), self.greet(name))
    }

    /// Asynchronous.
    async fn greet_later(&self, name: &str) -> String;

    /// Appended: a patch built before it was here does not know it.
    fn farewell(&self, name: &str) -> String {
        format!("after {}: bye v{VERSION}", self.greet(name))
    }
}

/// The built-in greeter.
#[derive(Debug)]
pub struct English;

#[patch_impl(new = English)]
impl Greeter for English {
    fn greet(&self, name: &str) -> String {
        format!("hello {name} v{VERSION}")
    }

    async fn greet_later(&self, name: &str) -> String {
        yield_once().await;
        format!("later {name} v{VERSION}")
    }
}

/// The service.
pub static GREETER: Service<dyn Greeter> = Service::new(&English);

/// A type that is not primitive, described.
#[derive(Debug, Clone, PartialEq, PatchType)]
pub struct Request {
    /// A path.
    pub path: String,
    /// A number.
    pub quantity: u32,
}

/// Takes and gives a type of its own.
#[patchable]
pub fn serve(request: Request) -> Request {
    Request { path: request.path + "!", quantity: request.quantity * VERSION as u32 }
}

/// One object for the host and all patches.
#[patchable]
pub static HITS: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(0);

/// The same behind a lock.
#[patchable]
pub static NAMES: std::sync::Mutex<std::collections::BTreeMap<String, u64>> =
    std::sync::Mutex::new(std::collections::BTreeMap::new());

/// Not marked: each image has its own.
pub static OWN_HITS: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(0);

/// Counts a hit in both statics, under a name in the map, and answers what both say.
#[patchable]
pub fn hit(name: &str) -> (u64, u64) {
    use std::sync::atomic::Ordering::Relaxed;
    *NAMES.lock().unwrap().entry(format!("{name} v{VERSION}")).or_default() += 1;
    (HITS.fetch_add(1, Relaxed) + 1, OWN_HITS.fetch_add(1, Relaxed) + 1)
}

/// Half of a pair that must agree.
#[patchable]
pub fn pair_f() -> u64 {
    0
}

/// The other half.
#[patchable]
pub fn pair_g() -> u64 {
    0
}

/// Calls both, from inside.
#[patchable]
pub fn pair_both() -> (u64, u64) {
    (pair_f(), pair_g())
}

/// Calls `version` from this image, and drops something on the way.
#[patchable]
pub fn version_and_explosion(how: &str, dropped: &std::sync::atomic::AtomicU64) -> u64 {
    struct Count<'a>(&'a std::sync::atomic::AtomicU64);
    impl Drop for Count<'_> {
        fn drop(&mut self) {
            self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        }
    }
    let _count = Count(dropped);
    version() + explode(how)
}

/// Newest code even inside a snapshot.
#[patchable(latest)]
pub fn latest() -> u64 {
    VERSION
}

/// Calls it from inside.
#[patchable]
pub fn latest_from_inside() -> u64 {
    latest()
}

/// Makes memory of every kind.
#[patchable]
pub fn make(length: usize) -> (String, Vec<u64>, Box<[u8]>) {
    ("x".repeat(length), vec![VERSION; length], vec![0; length].into_boxed_slice())
}

/// Takes memory, grows it, gives it back or drops it.
#[patchable]
pub fn take(mut text: String, mut numbers: Vec<u64>, keep: bool) -> Option<(String, Vec<u64>)> {
    text.push_str("and more");
    numbers.extend([VERSION; 100]);
    numbers.shrink_to_fit();
    keep.then_some((text, numbers))
}

/// What a constructor left, if there was one.
#[patchable]
pub fn from_constructor() -> Option<String> {
    None
}

/// Says nothing. Patches say something through `log` and `tracing`.
#[patchable]
pub fn speak(_what: &str) -> u64 {
    VERSION
}

/// Tasks that were spawned: the host's, since only the host's `spawn` ever runs.
pub static TASKS: std::sync::Mutex<Vec<dynpatch::BoxedFuture<'static, u64>>> = std::sync::Mutex::new(Vec::new());

/// Always the host's.
#[patchable(host)]
pub fn spawn(task: dynpatch::BoxedFuture<'static, u64>) {
    TASKS.lock().unwrap().push(task);
}

/// Spawns a task that panics or gives the version of the image it was made in.
#[patchable]
pub fn spawn_task(panics: bool) {
    spawn(Box::pin(async move {
        yield_once().await;
        assert!(!panics, "a task of version {VERSION}");
        VERSION
    }));
}

/// Gives a future by hand: as guarded as an `async fn`.
#[patchable]
pub fn future_by_hand(panics: bool) -> dynpatch::BoxedFuture<'static, u64> {
    Box::pin(async move {
        yield_once().await;
        assert!(!panics, "a future by hand of version {VERSION}");
        VERSION
    })
}

/// Holds something across its wait whose destructor panics.
#[patchable]
pub async fn panics_when_dropped() -> u64 {
    struct Explosive;
    impl Drop for Explosive {
        fn drop(&mut self) {
            if !std::thread::panicking() {
                panic!("dropped in version {VERSION}");
            }
        }
    }
    let explosive = Explosive;
    yield_once().await;
    yield_once().await;
    std::mem::forget(explosive);
    VERSION
}

/// Asks dynpatch itself, from wherever it runs.
#[patchable]
pub fn asks_the_runtime() -> Result<usize, String> {
    dynpatch::runtime().map(|runtime| runtime.history().len()).map_err(|error| error.to_string())
}
