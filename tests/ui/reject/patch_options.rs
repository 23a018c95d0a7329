use dynpatch::prelude::*;

dynpatch::patch!(nam = "hotfix");

mod second {
    dynpatch::patch!("hotfix");
}

mod third {
    dynpatch::patch!(no_such_crate, name = 1);
}

fn main() {}
