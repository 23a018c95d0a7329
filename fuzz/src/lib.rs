//! What the fuzz targets share: `invariants`, what must hold for every input; `mutation`, how inputs are made that pass
//! the outer checks and reach the inner ones; `starts`, what the first of them are made from.

pub mod invariants;
pub mod mutation;
pub mod starts;
