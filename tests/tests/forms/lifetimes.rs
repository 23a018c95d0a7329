//! Named, elided and hidden lifetimes.

use dynpatch::prelude::*;
use std::borrow::Cow;
use std::cell::Cell;

#[derive(Clone, Copy)]
struct Part<'t>(&'t str);

#[patchable]
fn elided(text: &str) -> &str {
    &text[1..]
}

#[patchable]
fn named<'a, 'b>(a: &'a str, _b: &'b str) -> &'a str {
    a
}

#[patchable]
fn in_types(part: &Part<'_>) -> usize {
    part.0.len()
}

#[patchable]
fn elided_in_types(part: Part<'_>) -> Part<'_> {
    Part(&part.0[1..])
}

#[patchable]
fn in_a_generic(text: &str) -> Option<Cow<'_, str>> {
    Some(Cow::Borrowed(text))
}

#[patchable]
fn nested<'a>(texts: &[&'a str]) -> Vec<&'a str> {
    texts.to_vec()
}

#[patchable]
fn implied<'a, 'b>(text: &'a &'b str) -> &'a str {
    text
}

#[patchable]
#[allow(mismatched_lifetime_syntaxes, reason = "`'static` counts for elision")]
fn of_a_static(text: &'static str) -> &str {
    text
}

#[patchable]
fn chosen_by_the_caller<'a>() -> Vec<&'a str> {
    Vec::new()
}

#[patchable]
fn objects<'a>(it: &'a dyn Fn(&str) -> bool, boxed: Box<dyn Iterator<Item = u8> + '_>) -> usize {
    boxed.count() + usize::from(it("a"))
}

#[patchable]
#[allow(elided_lifetimes_in_paths, reason = "older code is written like this")]
fn hidden(formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
    formatter.write_str("hidden")
}

#[patchable]
fn invariant<'a>(cell: &Cell<&'a str>, text: &'a str) -> &'a str {
    cell.replace(text)
}

struct Hidden;

impl std::fmt::Display for Hidden {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        hidden(formatter)
    }
}

struct Parser<'t> {
    rest: &'t str,
    seen: Vec<&'t str>,
}

#[patchable]
impl<'t> Parser<'t> {
    fn over(rest: &'t str) -> Self {
        Self { rest, seen: Vec::new() }
    }

    fn empty() -> Self {
        Self { rest: "", seen: Vec::new() }
    }

    fn next(&mut self) -> Option<&'t str> {
        let (word, rest) = self.rest.split_once(' ')?;
        self.rest = rest;
        self.seen.push(word);
        Some(word)
    }

    fn seen(&self) -> &[&'t str] {
        &self.seen
    }

    fn either<'s>(self, other: &'s Self) -> &'s Parser<'t> {
        drop(self);
        other
    }

    fn with(self, text: &str) -> &str {
        &text[self.rest.len()..]
    }

    fn no_lifetime_at_all(number: u32) -> u32 {
        number
    }
}

#[patchable]
impl Part<'_> {
    fn text(&self) -> &str {
        self.0
    }

    fn shorter(self) -> Self {
        Self(&self.0[1..])
    }

    fn compare(&self, other: &Part<'_>) -> bool {
        self.0 == other.0
    }

    fn same(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

#[test]
fn borrowed_results_live_as_long_as_what_they_borrow() {
    let text = "abc".to_owned();
    let result = {
        let short = "x".to_owned();
        assert_eq!(in_types(&Part(&short)), 1);
        assert_eq!(nested(&[&text, "d"]), ["abc", "d"]);
        named(&text, &short)
    };
    assert_eq!((result, elided(&text), implied(&result), of_a_static("s")), ("abc", "bc", "abc", "s"));
    assert_eq!(elided_in_types(Part(&text)).0, "bc");
    assert_eq!(in_a_generic(&text).as_deref(), Some("abc"));
    let mut chosen = chosen_by_the_caller();
    chosen.push(&text[..]);
    assert_eq!(objects(&|text| text == "a", Box::new(text.bytes())), 4);
    assert_eq!(invariant(&Cell::new("old"), &text), "old");
    assert_eq!(Hidden.to_string(), "hidden");
}

#[test]
fn lifetimes_of_the_block_are_those_of_the_value() {
    let text = "one two three".to_owned();
    let word = {
        let mut parser = Parser::over(&text);
        let word = parser.next();
        assert_eq!(parser.seen(), ["one"]);
        assert_eq!(Parser::empty().either(&parser).rest, "two three");
        assert_eq!(Parser::over("a").with("bc"), "c");
        word
    };
    assert_eq!((word, Parser::no_lifetime_at_all(1)), (Some("one"), 1));
    let part = Part(&text);
    assert_eq!((part.text(), part.shorter().0), ("one two three", "ne two three"));
    assert!(part.compare(&Part(&text)) && part.same(&part));
}
