dynpatch::patch!();

pub static ALLOCATOR: std::alloc::System = std::alloc::System;
