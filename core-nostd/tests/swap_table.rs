//! The table against a twin that keeps whole copies.

use dynpatch_core::table::{Busy, NothingOlder, SlotIndex, Stage, SwapTable, Update};
use dynpatch_interface::boundary::{Code, Function};

const SLOTS: usize = 3;
type Table = SwapTable<SLOTS>;

/// Functions that the compiler must not merge: told apart by what they do, and never called.
macro_rules! functions {
    ($($number:literal)*) => {
        [$({
            unsafe fn numbered() {
                std::hint::black_box($number);
            }
            numbered as Function
        }),*]
    };
}

const FUNCTIONS: [Function; 8] = functions!(0 1 2 3 4 5 6 7);

fn code(number: usize) -> Code {
    FUNCTIONS[number] as Code
}

fn table() -> Table {
    SwapTable::new([FUNCTIONS[0], FUNCTIONS[1], FUNCTIONS[2]])
}

fn place(index: usize) -> SlotIndex<SLOTS> {
    SlotIndex::new(index).expect("a slot of the table")
}

/// What every slot runs, in both ways to ask.
fn live(table: &Table) -> Vec<Code> {
    (0..SLOTS)
        .map(|index| {
            let code = table.code(place(index));
            // SAFETY: one thread runs each of these tests.
            assert_eq!(code, unsafe { table.code_on_one_core(place(index)) });
            code
        })
        .collect()
}

fn stage<'u>(update: &'u mut Update<'_, SLOTS>) -> Stage<'u, SLOTS> {
    // SAFETY: these tests call nothing through the table.
    unsafe { update.stage() }
}

#[test]
fn the_functions_are_told_apart() {
    for (number, function) in FUNCTIONS.iter().enumerate() {
        let others = FUNCTIONS.iter().skip(number + 1);
        assert!(others.into_iter().all(|other| *other as Code != *function as Code));
    }
}

#[test]
fn a_stage_shows_when_it_is_committed_and_all_of_it() {
    let table = table();
    let before = live(&table);
    assert_eq!(before, [code(0), code(1), code(2)]);
    let mut update = table.try_update().expect("free");
    let mut stage = stage(&mut update);
    stage.set(place(0), FUNCTIONS[5]);
    stage.set(place(2), FUNCTIONS[6]);
    assert_eq!(live(&table), before);
    stage.commit();
    assert_eq!(live(&table), [code(5), code(1), code(6)]);
}

#[test]
fn a_dropped_stage_changes_nothing() {
    let table = table();
    let mut update = table.try_update().expect("free");
    stage(&mut update).set(place(1), FUNCTIONS[7]);
    assert_eq!(live(&table), [code(0), code(1), code(2)]);
    // Nor does what it held show up in the next one.
    stage(&mut update).commit();
    assert_eq!(live(&table), [code(0), code(1), code(2)]);
}

#[test]
fn a_rollback_goes_back_once() {
    let table = table();
    let mut update = table.try_update().expect("free");
    assert_eq!(update.rollback(), Err(NothingOlder));
    let mut next = stage(&mut update);
    next.set(place(0), FUNCTIONS[3]);
    next.commit();
    assert_eq!(live(&table)[0], code(3));
    assert_eq!(update.rollback(), Ok(()));
    assert_eq!(live(&table), [code(0), code(1), code(2)]);
    assert_eq!(update.rollback(), Err(NothingOlder));
    assert_eq!(live(&table), [code(0), code(1), code(2)]);
}

#[test]
fn a_stage_overwrites_what_could_be_rolled_back_to() {
    let table = table();
    let mut update = table.try_update().expect("free");
    stage(&mut update).commit();
    drop(stage(&mut update));
    assert_eq!(update.rollback(), Err(NothingOlder));
}

#[test]
fn one_updates_at_a_time() {
    let table = table();
    let update = table.try_update().expect("free");
    assert_eq!(table.try_update().err(), Some(Busy));
    drop(update);
    assert!(table.try_update().is_ok());
}

#[test]
fn an_index_lies_in_the_table() {
    assert_eq!(SlotIndex::<SLOTS>::new(2), Some(SlotIndex::at::<2>()));
    assert_eq!(SlotIndex::<SLOTS>::new(3), None);
    assert_eq!(SlotIndex::<0>::new(0), None);
}

/// The obvious table: whole copies.
struct Twin {
    live: [usize; SLOTS],
    older: Option<[usize; SLOTS]>,
}

impl Twin {
    fn commit(&mut self, next: [usize; SLOTS]) {
        self.older = Some(std::mem::replace(&mut self.live, next));
    }

    fn rollback(&mut self) -> Result<(), NothingOlder> {
        self.live = self.older.take().ok_or(NothingOlder)?;
        Ok(())
    }
}

/// Numbers without end, the same in every run (xorshift, Marsaglia 2003).
fn random(state: &mut u32) -> usize {
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    *state as usize
}

#[test]
fn it_does_what_its_twin_does() {
    let (table, mut state) = (table(), 0x2545_f491);
    let mut twin = Twin { live: [0, 1, 2], older: None };
    let (mut commits, mut rollbacks) = (0, 0);
    for _ in 0..20_000 {
        let mut update = table.try_update().expect("free");
        if random(&mut state).is_multiple_of(3) {
            let answer = twin.rollback();
            assert_eq!(update.rollback(), answer);
            rollbacks += usize::from(answer.is_ok());
        } else {
            let (mut next, mut stage) = (twin.live, stage(&mut update));
            twin.older = None;
            for _ in 0..random(&mut state) % 4 {
                let (index, number) = (random(&mut state) % SLOTS, random(&mut state) % FUNCTIONS.len());
                next[index] = number;
                stage.set(place(index), FUNCTIONS[number]);
            }
            assert_eq!(live(&table), twin.live.map(code));
            if random(&mut state).is_multiple_of(2) {
                stage.commit();
                twin.commit(next);
                commits += 1;
            }
        }
        assert_eq!(live(&table), twin.live.map(code));
    }
    assert!(commits > 5_000 && rollbacks > 1_000, "{commits} commits, {rollbacks} rollbacks");
}
