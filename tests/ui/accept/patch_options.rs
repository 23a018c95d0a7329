use dynpatch::prelude::*;

dynpatch::patch!(
    dynpatch,
    name = "hotfix",
    interface_version = Version::new(1, 0, 0),
    type_hash = 0x1234,
    description = "fixes it",
    author = "someone",
);
