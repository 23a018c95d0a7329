//! The patch: everything of `http_app`, as its source reads now.
dynpatch::patch!(http_app);
