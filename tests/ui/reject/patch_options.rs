use dynpatch::prelude::*;

dynpatch::patch!(nam = "hotfix");

mod second {
    dynpatch::patch!("hotfix");
}

mod third {
    dynpatch::patch!(no_such_crate, name = 1);
}

mod fourth {
    dynpatch::patch!(requires = ["base 1.2.3.4"], conflicts = "foe");
}

fn main() {}
