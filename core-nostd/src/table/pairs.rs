//! A table of replaceable functions for chips without link sections, a heap or compare-and-swap.
//!
//! Every slot is a pair of words, and one word, the *phase*, says which word of each pair is live. An update fills the
//! idle side and turns the phase: one aligned store, so that all slots change together. A call loads the phase, then the
//! slot; it never waits, never locks, and writes nothing.
//!
//! # Who may call, and who may update
//!
//! The side that an update writes was live before the last commit. A call that took its code from there may still be
//! under way, so [`Update::stage`] is `unsafe`: its caller vouches for the *grace period*. What that takes depends on how
//! the program runs.
//!
//! | the program | the grace period |
//! |---|---|
//! | a main loop and interrupts; the main loop updates | empty. Interrupts run to completion: while the main loop runs, none is inside a call, and the main loop is not inside one at the top of its body |
//! | RTIC; `idle`, or a task of the lowest priority, updates | empty, for the same reason |
//! | the updater preempts callers: it is an interrupt, or a task above others | not known. Ask the lowest priority to update; an interrupt may still [roll back](Update::rollback) |
//! | threads that take turns, or several cores | until each of them has been outside of the table since the last commit: every thread sets a flag of its own at the top of its loop, and the updater waits for all flags |
//!
//! Whatever updates is alone: [`SwapTable::try_update`] takes a lock, and only ever tries. An interrupt that finds the
//! updater at work gets [`Busy`] at once. Waiting there would be for ever, since the updater waits for the interrupt.
//!
//! # Ordering
//!
//! [`SwapTable::code`] acquires the phase, which a commit releases after the slots: right on any number of cores, and for
//! that a barrier (`dmb`, `fence`) on most of these chips. Where all callers and the updater share one core, its own order
//! is enough, and [`SwapTable::code_on_one_core`] only keeps the compiler from turning the loads around. Which of them a
//! chip may use cannot be told from its target: the RP2040 is a `thumbv6m` with two cores.
//!
//! ```
//! use dynpatch_core::table::{SlotIndex, SwapTable};
//! use dynpatch_interface::boundary::Function;
//!
//! type Filter = fn(u32) -> u32;
//! fn built_in(sample: u32) -> u32 { sample }
//! fn mended(sample: u32) -> u32 { sample / 2 }
//!
//! /// A filter, its type forgotten.
//! const fn erased(filter: Filter) -> Function {
//!     // SAFETY: one function pointer is like another; `filter` below turns it back before it is called.
//!     unsafe { core::mem::transmute::<Filter, Function>(filter) }
//! }
//!
//! static TABLE: SwapTable<1> = SwapTable::new([erased(built_in)]);
//! const FILTER: SlotIndex<1> = SlotIndex::at::<0>();
//!
//! fn filter(sample: u32) -> u32 {
//!     // SAFETY: nothing but filters is put into this slot, see `erased`.
//!     let live = unsafe { core::mem::transmute::<*const (), Filter>(TABLE.code(FILTER)) };
//!     live(sample)
//! }
//!
//! assert_eq!(filter(8), 8);
//! let mut update = TABLE.try_update().expect("nobody else updates");
//! // SAFETY: one thread calls and updates, and is in no call.
//! let mut stage = unsafe { update.stage() };
//! stage.set(FILTER, erased(mended));
//! assert_eq!(filter(8), 8);
//! stage.commit();
//! assert_eq!(filter(8), 4);
//! update.rollback().expect("the built-in function is still there");
//! assert_eq!(filter(8), 8);
//! ```

use core::fmt;
use core::sync::atomic::{AtomicPtr, AtomicUsize, Ordering, compiler_fence};
use dynpatch_interface::boundary::{Code, Function};
use spin::{Mutex, MutexGuard};

/// `N` replaceable functions, of which all change at once.
pub struct SwapTable<const N: usize> {
    /// Which side of each pair is live: the lowest bit.
    phase: AtomicUsize,
    pairs: [Pair; N],
    idle: Mutex<Idle>,
}

/// One replaceable function, on both sides.
type Pair = [AtomicPtr<()>; 2];

/// What stands on the side that is not live.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Idle {
    /// What was live before, whole.
    Older,
    /// Nothing that may be made live.
    Nothing,
}

/// The place of a slot in a table of `N`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SlotIndex<const N: usize>(usize);

impl<const N: usize> SlotIndex<N> {
    /// The place `INDEX`. Does not compile when the table is not that long:
    ///
    /// ```compile_fail,E0080
    /// use dynpatch_core::table::SlotIndex;
    /// const BEYOND: SlotIndex<2> = SlotIndex::at::<2>();
    /// ```
    pub const fn at<const INDEX: usize>() -> Self {
        const { assert!(INDEX < N, "the table has fewer slots") };
        Self(INDEX)
    }

    /// The place `index`, or `None` when the table is not that long: for a number out of a patch.
    pub const fn new(index: usize) -> Option<Self> {
        if index < N { Some(Self(index)) } else { None }
    }
}

impl<const N: usize> SwapTable<N> {
    /// A table that runs the functions the program was built with. For a `static`.
    pub const fn new(built_in: [Function; N]) -> Self {
        let mut pairs: [Pair; N] = [const { [const { AtomicPtr::new(core::ptr::null_mut()) }; 2] }; N];
        let mut place = 0;
        while place < N {
            let code = built_in[place] as *mut ();
            pairs[place] = [AtomicPtr::new(code), AtomicPtr::new(code)];
            place += 1;
        }
        Self { phase: AtomicUsize::new(0), pairs, idle: Mutex::new(Idle::Nothing) }
    }

    /// What the slot runs now. Never null; costs two loads and a barrier, and no test if the index is a constant.
    #[inline(always)]
    pub fn code(&self, index: SlotIndex<N>) -> Code {
        let live = self.phase.load(Ordering::Acquire);
        self.word(index, live).load(Ordering::Relaxed)
    }

    /// As [`SwapTable::code`], without the barrier.
    ///
    /// # Safety
    /// Whoever updates the table does so on the core that this runs on.
    #[expect(unsafe_code, reason = "declares a contract; there is nothing to prove in it")]
    #[inline(always)]
    pub unsafe fn code_on_one_core(&self, index: SlotIndex<N>) -> Code {
        let live = self.phase.load(Ordering::Relaxed);
        compiler_fence(Ordering::Acquire);
        self.word(index, live).load(Ordering::Relaxed)
    }

    /// Begins to update the table, or says that somebody else is at it. Never waits, so that an interrupt may ask.
    ///
    /// # Errors
    /// [`Busy`] while another [`Update`] of this table lives.
    pub fn try_update(&self) -> Result<Update<'_, N>, Busy> {
        let idle = self.idle.try_lock().ok_or(Busy)?;
        Ok(Update { table: self, idle })
    }

    #[inline(always)]
    fn word(&self, index: SlotIndex<N>, side: usize) -> &AtomicPtr<()> {
        &self.pairs[index.0][side & 1]
    }

    /// Makes the other side of every pair the live one.
    fn turn(&self) {
        // Only who holds the lock writes the phase, so no exchange is needed.
        let live = self.phase.load(Ordering::Relaxed);
        self.phase.store(live ^ 1, Ordering::Release);
    }
}

impl<const N: usize> fmt::Debug for SwapTable<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let side = self.phase.load(Ordering::Relaxed) & 1;
        f.debug_struct("SwapTable").field("slots", &N).field("side", &side).finish_non_exhaustive()
    }
}

/// The only one who may change a table, until it is dropped.
pub struct Update<'t, const N: usize> {
    table: &'t SwapTable<N>,
    idle: MutexGuard<'t, Idle>,
}

impl<const N: usize> Update<'_, N> {
    /// Makes the idle side a copy of the live one, to be changed and then committed. What could be rolled back to is
    /// overwritten by that, whatever becomes of the stage.
    ///
    /// # Safety
    /// The grace period is over: every call that took its code from the idle side has returned, and that it has happens
    /// before this. Calls that take their code from now on do not count. See the [module](self) for how programs know.
    ///
    /// Who reclaims the memory of old code relies on the same: what stood on the idle side is reachable from no slot
    /// once the stage is committed or dropped.
    #[expect(unsafe_code, reason = "declares a contract; there is nothing to prove in it")]
    pub unsafe fn stage(&mut self) -> Stage<'_, N> {
        *self.idle = Idle::Nothing;
        let live = self.table.phase.load(Ordering::Relaxed);
        for [a, b] in &self.table.pairs {
            let (from, to) = if live & 1 == 0 { (a, b) } else { (b, a) };
            to.store(from.load(Ordering::Relaxed), Ordering::Relaxed);
        }
        Stage { table: self.table, idle: &mut self.idle, side: live ^ 1 }
    }

    /// Makes live what was live before the last commit, all slots at once. Once: then there is nothing older. Writes no
    /// slot, so it needs no grace period.
    ///
    /// # Errors
    /// [`NothingOlder`] when nothing was committed, when it was rolled back already, or when a stage has overwritten it.
    pub fn rollback(&mut self) -> Result<(), NothingOlder> {
        match core::mem::replace(&mut *self.idle, Idle::Nothing) {
            Idle::Nothing => Err(NothingOlder),
            Idle::Older => {
                self.table.turn();
                Ok(())
            }
        }
    }
}

impl<const N: usize> fmt::Debug for Update<'_, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Update").field("table", self.table).field("idle", &*self.idle).finish()
    }
}

/// The next functions of a table. No call runs them before [`Stage::commit`], and none ever does if it is dropped.
#[must_use = "what is not committed is dropped, and changes nothing"]
pub struct Stage<'u, const N: usize> {
    table: &'u SwapTable<N>,
    idle: &'u mut Idle,
    side: usize,
}

impl<const N: usize> Stage<'_, N> {
    /// Makes the slot run `function` once the stage is committed.
    pub fn set(&mut self, index: SlotIndex<N>, function: Function) {
        self.table.word(index, self.side).store(function as *mut (), Ordering::Relaxed);
    }

    /// Makes the stage live: every slot at once, by one store. What was live can be [rolled back](Update::rollback) to.
    pub fn commit(self) {
        self.table.turn();
        *self.idle = Idle::Older;
    }
}

impl<const N: usize> fmt::Debug for Stage<'_, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stage").field("table", self.table).finish()
    }
}

/// Somebody else updates the table. Ask again later; where the answer comes in an interrupt, after it has returned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Busy;

impl fmt::Display for Busy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the table is being updated")
    }
}

impl core::error::Error for Busy {}

/// There is nothing to roll back to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NothingOlder;

impl fmt::Display for NothingOlder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the table holds nothing older")
    }
}

impl core::error::Error for NothingOlder {}
