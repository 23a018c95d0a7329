//! `#[patch_trait]` makes a table, a proxy and the records of a trait from one source; `#[patch_impl]` fills the table.

mod asynchronous;
mod implementation;
mod interface;
mod methods;

pub(crate) use implementation::expand as expand_implementation;
pub(crate) use interface::expand as expand_trait;
