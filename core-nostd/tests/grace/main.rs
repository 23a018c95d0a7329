//! Grace periods on the code that the product runs: every execution of small models under loom, random ones under
//! shuttle, Miri's, this machine's, and a signal at every step. `ci/models.sh` runs them all, and shows that each of the
//! deliberate bugs of `ci/mutants/` fails.
#![allow(unreachable_pub, reason = "a test has no public interface")]

mod checker;
mod fences;
mod models;
mod outcomes;
mod raw;
mod registry;
#[cfg(not(any(loom, shuttle)))]
mod signals;
#[cfg(not(any(loom, shuttle)))]
mod stress;
mod world;
