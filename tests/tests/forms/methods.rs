//! Receivers, `Self`, and the types an `impl` block stands on.

use dynpatch::prelude::*;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;

#[derive(Debug, Default, Clone, PartialEq)]
struct Counter {
    count: u64,
}

#[patchable]
impl Counter {
    const LENGTH: usize = 2;
    /// Stays as it is.
    pub(crate) const START: Self = Self { count: Self::LENGTH as u64 };

    fn new(count: u64) -> Self {
        Self { count }
    }

    fn read(&self) -> u64 {
        self.count
    }

    fn add(&mut self, more: u64) -> &mut Self {
        self.count += more;
        self
    }

    fn by_value(self) -> u64 {
        self.count
    }

    fn by_mutable_value(mut self, other: &Self) -> Self {
        self.count += other.count;
        self
    }

    fn boxed(self: Box<Self>) -> Box<Self> {
        self
    }

    fn mutably_boxed(mut self: Box<Self>) -> u64 {
        self.count += 1;
        self.count
    }

    fn arc(self: Arc<Self>, text: &str) -> &str {
        &text[self.count as usize..]
    }

    fn rc(self: &Rc<Self>) -> usize {
        Rc::strong_count(self)
    }

    fn pinned(self: Pin<&mut Self>, more: &u64) -> &mut u64 {
        let this = self.get_mut();
        this.count += more;
        &mut this.count
    }

    fn typed_reference(self: &Self, _other: &str) -> &u64 {
        &self.count
    }

    fn typed_mutable(self: &mut Self) {
        self.count = 0;
    }

    fn many(all: &[Self], by_name: Option<(String, Self)>) -> Vec<Self> {
        all.iter().cloned().chain(by_name.map(|(_, one)| one)).collect()
    }

    fn array(numbers: [u64; Self::LENGTH]) -> [Self; Self::LENGTH] {
        numbers.map(Self::new)
    }

    fn iterated(items: Vec<<Self as Measure>::Unit>) -> usize {
        items.len()
    }

    fn factorial(n: u64) -> u64 {
        if n < 2 { 1 } else { n * Self::factorial(n - 1) }
    }

    fn r#final(&self) -> u64 {
        self.count
    }

    extern "C" fn foreign_abi(&self) -> u64 {
        self.count
    }

    #[allow(unsafe_code)]
    unsafe fn unchecked(&self, of: *const u64) -> u64 {
        // SAFETY: the caller vouches for the pointer.
        self.count + unsafe { *of }
    }

    fn unused_argument(&self, _: u64, (a, _): (u64, u64)) -> u64 {
        a
    }
}

trait Measure {
    type Unit;
}

impl Measure for Counter {
    type Unit = u8;
}

#[patchable]
impl Counter {
    fn in_a_second_block(&self) -> u64 {
        self.read() + 1
    }
}

struct Wrapper<T>(T);

#[patchable]
impl Wrapper<u32> {
    fn describe(&self) -> String {
        format!("u32 {}", self.0)
    }
}

#[patchable]
impl Wrapper<&str> {
    fn describe(&self) -> String {
        format!("str {}", self.0)
    }
}

#[patchable]
impl<'a> Wrapper<Option<&'a str>> {
    fn describe(&self) -> Option<&'a str> {
        self.0
    }
}

trait Shape {
    fn area(&self) -> u32;
}

#[patchable]
impl dyn Shape {
    fn doubled(&self) -> u32 {
        2 * self.area()
    }
}

#[patchable]
impl dyn Shape + Send {
    fn tripled(&self) -> u32 {
        3 * self.area()
    }
}

impl Shape for u32 {
    fn area(&self) -> u32 {
        *self
    }
}

#[derive(Clone, Copy)]
enum Direction {
    Left,
    Right,
}

#[patchable]
impl Direction {
    fn turn(self) -> Self {
        match self {
            Self::Left => Self::Right,
            Self::Right => Self::Left,
        }
    }
}

mod elsewhere {
    pub(super) struct Remote(pub(super) u32);
}

#[patchable]
impl elsewhere::Remote {
    pub(crate) fn value(&self) -> u32 {
        self.0
    }
}

macro_rules! patchable_block {
    ($ty:ty, $method:ident, $value:expr) => {
        #[patchable]
        impl $ty {
            fn $method(&self, other: &$ty) -> u64 {
                self.count + other.count + $value
            }
        }
    };
}

patchable_block!(Counter, made_by_a_macro, 1);

#[test]
fn every_receiver_works() {
    let mut counter = Counter::new(1);
    counter.add(1).add(1);
    assert_eq!(
        (counter.read(), counter.clone().by_value(), counter.clone().by_mutable_value(&counter).count),
        (3, 3, 6)
    );
    assert_eq!((Box::new(counter.clone()).boxed().count, Box::new(counter.clone()).mutably_boxed()), (3, 4));
    assert_eq!((Arc::new(counter.clone()).arc("abcd"), Rc::new(counter.clone()).rc()), ("d", 1));
    *Pin::new(&mut counter).pinned(&1) += 1;
    assert_eq!(*counter.typed_reference(""), 5);
    counter.typed_mutable();
    assert_eq!(
        (counter.count, counter.r#final(), counter.foreign_abi(), counter.unused_argument(1, (2, 3))),
        (0, 0, 0, 2)
    );
}

#[test]
#[allow(unsafe_code)]
fn self_stands_for_the_type() {
    assert_eq!(Counter::many(&[Counter::START], Some((String::new(), Counter::new(1)))).len(), 2);
    assert_eq!(Counter::array([1, 2])[1], Counter::new(2));
    assert_eq!((Counter::iterated(vec![1, 2]), Counter::factorial(5)), (2, 120));
    assert_eq!((Counter::new(1).in_a_second_block(), Counter::new(1).made_by_a_macro(&Counter::new(2))), (2, 4));
    // SAFETY: the pointer is to a live integer.
    assert_eq!(unsafe { Counter::new(1).unchecked(&raw const LIVE) }, 8);
    let as_pointer: fn(&Counter) -> u64 = Counter::read;
    assert_eq!(as_pointer(&Counter::new(4)), 4);
}

static LIVE: u64 = 7;

#[test]
fn blocks_stand_on_every_type_that_may_have_one() {
    assert_eq!((Wrapper(1).describe(), Wrapper("a").describe()), ("u32 1".to_owned(), "str a".to_owned()));
    assert_eq!(Wrapper(Some("b")).describe(), Some("b"));
    let (shape, sent): (Box<dyn Shape>, Box<dyn Shape + Send>) = (Box::new(4_u32), Box::new(5_u32));
    assert_eq!((shape.doubled(), sent.tripled()), (8, 15));
    assert!(matches!(Direction::Left.turn().turn(), Direction::Left));
    assert_eq!(elsewhere::Remote(9).value(), 9);
}
