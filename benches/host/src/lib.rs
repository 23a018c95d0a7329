//! An executable that counts and times its own ways to call, and tells whoever started it.
//!
//! - here: what it is told to do, and what it prints.
//! - `timing.rs`: how long a call takes, beside the direct call. `threads.rs`: the same on two cores at once.
//! - `inside.rs`: calls from inside a patchable call that no patch replaces.
//!
//! The line a measurement prints is read again by [`Line::read`], in the executable that shows it.

mod inside;
pub mod threads;
pub mod timing;

pub use inside::inside;

use std::error::Error;
use std::fmt;
use std::hint::black_box;
use timing::{Run, Series};

/// A way to call.
#[derive(Clone, Copy)]
pub struct Way<'a> {
    /// As the command line says it.
    pub name: &'a str,
    /// So many calls.
    pub run: Run<'a>,
    /// The same work called directly, or itself.
    pub baseline: Run<'a>,
}

impl fmt::Debug for Way<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Way").field("name", &self.name).finish_non_exhaustive()
    }
}

/// What was measured of one way: its name and three numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// Of the way.
    pub name: String,
    /// `time`: nanoseconds of a call, of the direct call beside it, and their ratio. `threads`: nanoseconds of a call on
    /// one core, on two cores at once, and their ratio.
    pub numbers: [f64; 3],
}

impl Line {
    /// What [`fmt::Display`] made.
    ///
    /// # Errors
    /// When it is no such line.
    pub fn read(line: &str) -> Result<Self, String> {
        let not_one = || format!("`{line}` is no measurement");
        let (name, numbers) = line.split_once(' ').ok_or_else(not_one)?;
        let numbers = numbers.split(' ').map(str::parse).collect::<Result<Vec<f64>, _>>().map_err(|_| not_one())?;
        Ok(Self { name: name.to_owned(), numbers: numbers.try_into().map_err(|_| not_one())? })
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, numbers: [first, second, ratio] } = self;
        write!(f, "{name} {first} {second} {ratio}")
    }
}

/// Does what the arguments say:
///
/// - `count <WAY> <N>`: makes N calls and nothing else, for callgrind.
/// - `time <ROUNDS> [WAY]...`: times the ways, all when none is named.
/// - `threads <ROUNDS> [WAY]...`: times them on one core and on two.
///
/// # Errors
/// When the arguments are others.
pub fn obey(ways: &[Way<'_>], arguments: &[String]) -> Result<(), Box<dyn Error>> {
    let [order, number, names @ ..] = arguments else { return Err("an order and a number are needed".into()) };
    match order.as_str() {
        "count" => count(ways, number, names),
        "time" => print_each(time(&named(ways, names), number.parse()?)),
        "threads" => print_each(on_two_cores(&named(ways, names), number.parse()?)),
        _ => Err(format!("`{order}` is not known here").into()),
    }
}

fn count(ways: &[Way<'_>], name: &str, calls: &[String]) -> Result<(), Box<dyn Error>> {
    let way = ways.iter().find(|way| way.name == name).ok_or_else(|| format!("there is no `{name}` here"))?;
    let calls = calls.first().ok_or("how many calls?")?.parse()?;
    println!("{}", counted_calls(way.run, calls));
    Ok(())
}

/// Makes `n` calls. Callgrind counts what happens in here, and nothing of what the process does before, or beside it.
#[inline(never)]
pub fn counted_calls(run: impl FnOnce(u64) -> u64, n: u64) -> u64 {
    // No jump instead of the call: this frame is what callgrind goes by.
    black_box(run(n))
}

fn named<'a>(ways: &[Way<'a>], names: &[String]) -> Vec<Way<'a>> {
    ways.iter().filter(|way| names.is_empty() || names.iter().any(|name| name == way.name)).copied().collect()
}

/// Nanoseconds of each way, interleaved with those of its direct call.
#[must_use]
pub fn time(ways: &[Way<'_>], rounds: usize) -> Vec<Line> {
    let mut series: Vec<_> = ways.iter().map(|way| Series::new(way.run, way.baseline)).collect();
    for _ in 0..rounds {
        series.iter_mut().for_each(Series::round);
    }
    let line = |(way, series): (&Way<'_>, &Series<'_>)| Line {
        name: way.name.to_owned(),
        numbers: [series.nanoseconds(), series.direct_nanoseconds(), series.ratio()],
    };
    ways.iter().zip(&series).map(line).collect()
}

/// Nanoseconds of each way on one core, and on two at once. Nothing where this process may use one core only.
#[must_use]
pub fn on_two_cores(ways: &[Way<'_>], rounds: usize) -> Vec<Line> {
    let line = |way: &Way<'_>| Some(Line { name: way.name.to_owned(), numbers: threads::scaling(way.run, rounds)? });
    ways.iter().filter_map(line).collect()
}

fn print_each(lines: Vec<Line>) -> Result<(), Box<dyn Error>> {
    lines.iter().for_each(|line| println!("{line}"));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::Line;

    #[test]
    fn what_is_printed_is_read() {
        let line = Line { name: "function".to_owned(), numbers: [1.25, 1.0, 1.25] };
        assert_eq!(Line::read(&line.to_string()), Ok(line));
        assert!(Line::read("function 1.25 1.0").is_err());
        assert!(Line::read("function").is_err());
    }
}
