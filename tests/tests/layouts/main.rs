//! The matrix: pairs of what a host and a patch may say of the same item, each with its verdict and its message.
//!
//! - `pairs/`: the pairs, as data. One source, used twice: compiled into this executable, and built as libraries.
//! - `pair.rs`: what a pair is, and the macro that reads it.
//! - `compare.rs`: judges all pairs by the descriptions in this executable's own manifest section, both ways round.
//! - `libraries.rs`, `live.rs`: builds those that can be called as patches, and applies them to this process.

#[macro_use]
mod pair;
mod compare;
mod libraries;
mod live;
mod pairs;

use compare::Descriptions;
use pair::{Outcome, Pair, Verdict, mirrored};

fn all() -> impl Iterator<Item = &'static Pair> {
    pairs::GROUPS.iter().copied().flatten()
}

/// Fails with all that is wrong at once.
fn report(wrong: &[String], checked: usize) {
    assert!(wrong.is_empty(), "{} of {checked} pairs are judged wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_pair_is_judged_as_written() {
    let bytes = compare::manifest();
    let descriptions = Descriptions::read(&bytes);
    let pairs: Vec<_> = all().filter(|pair| pair.is_compared_here()).collect();
    let wrong: Vec<_> = pairs.iter().filter_map(|pair| pair.objection(&descriptions.forth(pair))).collect();
    report(&wrong, pairs.len());
}

/// A patch of today is the host of tomorrow: what is refused one way is refused the other way, with the sides exchanged.
/// Only what was declared to evolve has a direction, and then the pair says so.
#[test]
fn every_pair_is_judged_alike_the_other_way_round() {
    let bytes = compare::manifest();
    let descriptions = Descriptions::read(&bytes);
    let pairs: Vec<_> = all().filter(|pair| pair.is_compared_here()).collect();
    let wrong: Vec<_> = pairs.iter().filter_map(|pair| objection_back(pair, &descriptions.back(pair))).collect();
    report(&wrong, pairs.len());
}

fn objection_back(pair: &Pair, back: &Outcome) -> Option<String> {
    if let Some(verdict) = &pair.back {
        return verdict.objection(back).map(|text| format!("{}, reversed: {text}", pair.path()));
    }
    let expected = match &pair.verdict {
        Verdict::Accepted(_) => Vec::new(),
        Verdict::Refused(_, lines) => lines.iter().map(|line| mirrored(cause(line))).collect(),
    };
    let mut found: Vec<_> = back.refusals.iter().map(|refusal| cause(&refusal.line).to_owned()).collect();
    let mut sorted = expected;
    found.sort();
    sorted.sort();
    (found != sorted).then(|| format!("{}, reversed: expected {sorted:#?}, found {:#?}", pair.path(), back.refusals))
}

/// What stands behind the subject.
fn cause(line: &str) -> &str {
    line.split_once(": ").map_or(line, |(_, cause)| cause)
}

#[test]
fn the_matrix_is_as_large_as_it_should_be() {
    let (all, here) = (all().count(), all().filter(|pair| pair.is_compared_here()).count());
    let live = self::all().filter(|pair| pair.call.is_some()).count();
    let refused = self::all().filter(|pair| matches!(pair.verdict, Verdict::Refused(..))).count();
    println!("{all} pairs, {refused} of them refused; {here} compared in this process, {live} built as libraries");
    assert!(here >= 120, "{here} pairs are compared in this process");
    assert!(live >= 40, "{live} pairs are built as libraries");
    let mut paths: Vec<_> = self::all().map(Pair::library).collect();
    paths.sort();
    paths.dedup();
    assert_eq!(paths.len(), all, "two pairs make one library");
}
