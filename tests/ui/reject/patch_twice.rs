dynpatch::patch!();
dynpatch::patch!();

fn main() {}
