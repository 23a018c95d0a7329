//! Closures a call borrows.

use dynpatch::prelude::*;

type Callback<'a> = &'a dyn Fn(u32) -> u32;

#[patchable]
fn none(f: &dyn Fn() -> u32) -> u32 {
    f()
}

#[patchable]
fn one(f: &dyn Fn(u32) -> u32, g: &mut dyn FnMut(u32)) {
    g(f(1));
    g(f(2));
}

#[patchable]
fn two(f: &mut dyn FnMut(&str, &mut Vec<String>)) -> Vec<String> {
    let mut all = Vec::new();
    f("a", &mut all);
    f("b", &mut all);
    all
}

#[patchable]
fn three(f: &dyn Fn(u8, (u8, u8), &[u8]) -> u8) -> u8 {
    f(1, (2, 3), &[4])
}

#[patchable]
fn borrowing(f: &dyn Fn(&str) -> &str, g: &mut dyn for<'x> FnMut(&'x mut u32, &str) -> Option<&'x mut u32>) -> String {
    let mut number = 1;
    if let Some(number) = g(&mut number, "") {
        *number += 1;
    }
    format!("{}{number}", f("abc"))
}

#[patchable]
fn with_bounds(
    f: &(dyn Fn(u32) -> u32 + Send + Sync),
    g: &mut (dyn FnMut() -> u32 + Send),
    h: &mut dyn Fn() -> u32,
) -> u32 {
    f(1) + g() + h()
}

#[patchable]
fn by_path<'a>(f: &'a dyn std::ops::Fn(u32) -> u32, through_an_alias: Callback<'_>) -> u32 {
    f(1) + through_an_alias(2)
}

#[patchable]
fn by_bound<'f>(f: &(dyn Fn(u32) -> u32 + 'f), g: &mut (dyn FnMut() + '_)) -> u32 {
    g();
    f(1)
}

#[patchable]
fn passed_on(f: &mut dyn FnMut(u32)) {
    one(&|n| n, f);
    f(3);
}

#[patchable]
fn beside_a_borrow<'a>(text: &'a str, keep: &dyn Fn(&str) -> bool) -> Option<&'a str> {
    keep(text).then_some(text)
}

struct Words(Vec<String>);

#[patchable]
impl Words {
    fn find(&self, wanted: &dyn Fn(&str) -> bool) -> Option<&String> {
        self.0.iter().find(|word| wanted(word))
    }

    fn each(&mut self, f: &mut dyn FnMut(&mut Self, usize)) {
        for index in 0..self.0.len() {
            f(self, index);
        }
    }
}

#[test]
fn closures_are_called_with_what_they_take() {
    let mut seen = Vec::new();
    one(&|n| n * 10, &mut |n| seen.push(n));
    passed_on(&mut |n| seen.push(n));
    assert_eq!((none(&|| 7), seen), (7, vec![10, 20, 1, 2, 3]));
    assert_eq!(two(&mut |text, all| all.push(text.to_owned())), ["a", "b"]);
    assert_eq!(three(&|a, (b, c), rest| a + b + c + rest[0]), 10);
    assert_eq!(borrowing(&|text| &text[1..], &mut |number, _| Some(number)), "bc2");
}

#[test]
fn closures_may_have_bounds_and_borrow() {
    let (base, mut count) = (10, 0);
    let sum = with_bounds(&|n| n + base, &mut || base, &mut || base);
    assert_eq!((sum, by_path(&|n| n + base, &|n| n * base)), (31, 31));
    assert_eq!((by_bound(&|n| n + base, &mut || count += 1), count), (11, 1));
    let text = "kept".to_owned();
    assert_eq!(beside_a_borrow(&text, &|text| text.len() == 4), Some("kept"));
}

#[test]
fn methods_take_closures() {
    let mut words = Words(vec!["a".to_owned(), "bc".to_owned()]);
    assert_eq!(words.find(&|word| word.len() == 2).unwrap(), "bc");
    words.each(&mut |words, index| words.0[index].push('!'));
    assert_eq!(words.0, ["a!", "bc!"]);
}

#[test]
fn a_panic_of_a_closure_is_the_callers() {
    let panic = std::panic::catch_unwind(|| none(&|| std::panic::panic_any(7_u8))).unwrap_err();
    assert_eq!(panic.downcast_ref(), Some(&7_u8));
}
