//! The source of `shared`, built once more.
dynpatch::patch!(shared);
