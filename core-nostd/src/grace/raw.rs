//! The list of all records: anybody may put one in front, one at a time may walk or take one out.

use super::record::{Record, state};
use super::sync::Ordering;
use super::{Domain, System};
use core::ptr;

/// Makes the calling thread known, if nobody knows of it yet. Takes no lock and no memory, so that a signal handler may
/// be a thread's first call.
pub fn register(domain: &Domain, record: &'static Record, system: &impl System) {
    // One exchange: a signal handler that comes before it registers for the whole thread, one that comes after finds a
    // word that is not its own to change.
    let claim =
        record.word.compare_exchange(state::UNREGISTERED, state::REGISTERING, Ordering::Relaxed, Ordering::Relaxed);
    if claim.is_err() {
        return;
    }
    system.step();
    let word = if system.adopt(record) { domain.idle_word() } else { state::DEAD };
    if word != state::DEAD {
        put_in_front(domain, record);
    }
    system.step();
    record.rest(word);
}

fn put_in_front(domain: &Domain, record: &'static Record) {
    let head = domain.records();
    let mut first = head.load(Ordering::Relaxed);
    loop {
        record.next.store(first, Ordering::Relaxed);
        // Release: who finds the record sees where it leads. A thread enters a generation only after this, so the
        // fences that order its word order its presence as well (note, 2).
        let put = head.compare_exchange(first, ptr::from_ref(record).cast_mut(), Ordering::Release, Ordering::Relaxed);
        match put {
            Ok(_) => return,
            Err(changed) => first = changed,
        }
    }
}

/// The right to walk the list of a domain and to take records out. One at a time: who has it holds the lock that the
/// program keeps for it.
#[derive(Debug)]
pub struct Walk<'a>(&'a Domain);

impl<'a> Walk<'a> {
    /// Begins a walk.
    ///
    /// # Safety
    /// No other walk of this domain lives while this one does.
    pub unsafe fn begin(domain: &'a Domain) -> Self {
        Self(domain)
    }

    /// The domain whose records are walked.
    pub fn domain(&self) -> &'a Domain {
        self.0
    }

    /// Every record, the newest first.
    pub fn records(&self) -> impl Iterator<Item = &Record> {
        let first = at(self.0.records().load(Ordering::Acquire));
        core::iter::successors(first, |record| after(record))
    }

    /// Takes the record of a thread that is ending out of the list. From now on its calls are counted with all others.
    pub fn forget(&mut self, record: &'static Record) {
        record.rest(state::DEAD);
        record.offline();
        let gone = ptr::from_ref(record).cast_mut();
        loop {
            let head = self.0.records();
            let next = record.next.load(Ordering::Relaxed);
            match head.compare_exchange(gone, next, Ordering::AcqRel, Ordering::Acquire) {
                Ok(_) => return,
                Err(first) if self.unlink_behind(first, gone, next) => return,
                // It was the first, and another came in front of it meanwhile.
                Err(_) => {}
            }
            if !self.records().any(|known| ptr::eq(known, record)) {
                return;
            }
        }
    }

    /// Takes `gone` out from behind another record. Others only ever put records in front, so what is behind the
    /// first is this walk's alone.
    fn unlink_behind(&self, first: *mut Record, gone: *mut Record, next: *mut Record) -> bool {
        let mut before = at(first);
        while let Some(record) = before {
            if record.next.load(Ordering::Acquire) == gone {
                record.next.store(next, Ordering::Release);
                return true;
            }
            before = after(record);
        }
        false
    }

    /// In the child of a fork, where only the calling thread is left: forgets every other.
    pub fn keep_only(&mut self, own: Option<&'static Record>) {
        let known = own.filter(|own| self.records().any(|record| ptr::eq(record, *own)));
        if let Some(own) = known {
            own.next.store(ptr::null_mut(), Ordering::Relaxed);
        }
        let first = known.map_or(ptr::null_mut(), |own| ptr::from_ref(own).cast_mut());
        self.0.records().store(first, Ordering::Release);
    }
}

/// The word of a record, for a call that asks nothing else of it: where nobody ever pins, the optimiser can leave such a
/// read away, which it does not do with an atomic one.
///
/// # Safety
/// The calling thread is the record's own.
#[inline(always)]
pub unsafe fn own_word(record: &Record) -> usize {
    #[cfg(any(loom, shuttle))]
    return record.word();
    // SAFETY: only its own thread stores to a record's word, and that is this one (caller), so no store is concurrent
    // with this read; loads of other threads are no conflict. A signal handler of this thread leaves the word as it
    // found it, or registers the thread, which is seen or not.
    #[cfg(not(any(loom, shuttle)))]
    unsafe {
        *record.word.as_ptr()
    }
}

fn after(record: &Record) -> Option<&'static Record> {
    at(record.next.load(Ordering::Acquire))
}

fn at(record: *mut Record) -> Option<&'static Record> {
    // SAFETY: null, or `put_in_front` made it from a `&'static Record`, and nothing else is ever stored where such a
    // pointer is read from: the head of the list and the `next` of records in it. Records are only reached by `&`, and
    // hold nothing but atomics.
    unsafe { record.cast_const().as_ref() }
}
