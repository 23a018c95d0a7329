//! What the fuzz targets share: `invariants`, what must hold for every input; `mutation`, how inputs are made that pass
//! the outer checks and reach the inner ones; `descriptors`, types out of any numbers; `starts`, what the first of them
//! are made from.

mod descriptors;
pub mod invariants;
#[path = "../../core-nostd/tests/model/mod.rs"]
mod model;
pub mod mutation;
pub mod starts;
