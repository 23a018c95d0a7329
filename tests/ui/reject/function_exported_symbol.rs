use dynpatch::prelude::*;

#[patchable]
#[unsafe(no_mangle)]
extern "C" fn first(n: u32) -> u32 {
    n
}

#[patchable]
#[unsafe(export_name = "second_symbol")]
extern "C" fn second(n: u32) -> u32 {
    n
}

#[patchable]
#[cfg_attr(all(), inline, unsafe(no_mangle))]
extern "C" fn third(n: u32) -> u32 {
    n
}

#[patchable]
#[no_mangle]
extern "C" fn fourth(n: u32) -> u32 {
    n
}

fn main() {}
