//! `repr`: `C`, `packed`, `align`, `transparent`, and none.

pairs! {
    packed_unchanged: accepted []
        call { run(T { a: 1, b: 2, c: 3 }) } => "[20, 1, 2, 3]"
        host {
            #[derive(PatchType)] #[repr(C, packed)] pub struct T { pub a: u8, pub b: u32, pub c: u16 }
            #[patchable] pub fn run(t: T) -> [u32; 4] { [10, t.a.into(), t.b, t.c.into()] }
        }
        patch {
            #[derive(PatchType)] #[repr(packed, C)] pub struct T { pub a: u8, pub b: u32, pub c: u16 }
            #[patchable] pub fn run(t: T) -> [u32; 4] { [20, t.a.into(), t.b, t.c.into()] }
        }
    // Every field lies where it did, but references into it may now be misaligned.
    packed_with_equal_offsets: refused "repr" ["run, argument 0 (T): repr: host C, patch C,packed(1)"]
        call { run(T { a: 1, b: 2 }) }
        host {
            #[derive(PatchType)] #[repr(C)] pub struct T { pub a: u32, pub b: u32 }
            #[patchable] pub fn run(t: T) -> u32 { t.a }
        }
        patch {
            #[derive(PatchType)] #[repr(C, packed)] pub struct T { pub a: u32, pub b: u32 }
            #[patchable] pub fn run(t: T) -> u32 { t.b }
        }
    packed_by_two: refused "repr" ["run, argument 0 (T): repr: host C,packed(2), patch C,packed(1)"]
        host {
            #[derive(PatchType)] #[repr(C, packed(2))] pub struct T { pub a: u8, pub b: u32 }
            #[patchable] pub fn run(t: T) -> u32 { t.b }
        }
        patch {
            #[derive(PatchType)] #[repr(C, packed(1))] pub struct T { pub a: u8, pub b: u32 }
            #[patchable] pub fn run(t: T) -> u32 { t.b }
        }
    aligned: refused "repr" ["run, argument 0 (T): repr: host C, patch C,align(16)"]
        call { run(T { a: 1, b: 2 }) }
        host {
            #[derive(PatchType)] #[repr(C)] pub struct T { pub a: u32, pub b: u32 }
            #[patchable] pub fn run(t: T) -> u32 { t.a }
        }
        patch {
            #[derive(PatchType)] #[repr(C, align(16))] pub struct T { pub a: u32, pub b: u32 }
            #[patchable] pub fn run(t: T) -> u32 { t.b }
        }
    aligned_otherwise: refused "repr" ["run, argument 0 (T): repr: host align(16), patch align(32)"]
        host {
            #[derive(PatchType)] #[repr(align(16))] pub struct T { pub a: u32 }
            #[patchable] pub fn run(t: T) -> u32 { t.a }
        }
        patch {
            #[derive(PatchType)] #[repr(align(32))] pub struct T { pub a: u32 }
            #[patchable] pub fn run(t: T) -> u32 { t.a }
        }
    aligned_unchanged: accepted []
        call { run(&T { a: 1, b: 2 }) } => "[20, 1, 2, 0]"
        host {
            #[derive(PatchType)] #[repr(C, align(64))] pub struct T { pub a: u32, pub b: u8 }
            #[patchable] pub fn run(t: &T) -> [usize; 4] {
                [10, t.a as usize, t.b.into(), std::ptr::from_ref(t).addr() % 64]
            }
        }
        patch {
            #[derive(PatchType)] #[repr(align(64), C)] pub struct T { pub a: u32, pub b: u8 }
            #[patchable] pub fn run(t: &T) -> [usize; 4] {
                [20, t.a as usize, t.b.into(), std::ptr::from_ref(t).addr() % 64]
            }
        }
    // Passed in other registers, where a call goes by the platform's convention.
    transparent_to_c: refused "repr" ["run, argument 0 (T): repr: host transparent, patch C"]
        host {
            #[derive(PatchType)] #[repr(transparent)] pub struct T { pub a: f32 }
            #[patchable] pub fn run(t: T) -> f32 { t.a }
        }
        patch {
            #[derive(PatchType)] #[repr(C)] pub struct T { pub a: f32 }
            #[patchable] pub fn run(t: T) -> f32 { t.a }
        }
    transparent_unchanged: accepted []
        call { run(T(1.5)) } => "(20, 1.5)"
        host {
            #[derive(PatchType)] #[repr(transparent)] pub struct T(pub f64);
            #[patchable] pub fn run(t: T) -> (u8, f64) { (10, t.0) }
        }
        patch {
            #[derive(PatchType)] #[repr(transparent)] pub struct T(pub f64);
            #[patchable] pub fn run(t: T) -> (u8, f64) { (20, t.0) }
        }
    rust_to_c: refused "repr" ["run, argument 0 (T): repr: host Rust, patch C"]
        call { run(T { a: 1, b: 2 }) }
        host {
            #[derive(PatchType)] pub struct T { pub a: u8, pub b: u32 }
            #[patchable] pub fn run(t: T) -> u32 { t.b }
        }
        patch {
            #[derive(PatchType)] #[repr(C)] pub struct T { pub a: u8, pub b: u32 }
            #[patchable] pub fn run(t: T) -> u32 { t.a.into() }
        }
    rust_written_out: accepted []
        call { run(T { a: 1, b: 2 }) } => "[20, 1, 2]"
        host {
            #[derive(PatchType)] pub struct T { pub a: u8, pub b: u32 }
            #[patchable] pub fn run(t: T) -> [u32; 3] { [10, t.a.into(), t.b] }
        }
        patch {
            #[derive(PatchType)] #[repr(Rust)] pub struct T { pub a: u8, pub b: u32 }
            #[patchable] pub fn run(t: T) -> [u32; 3] { [20, t.a.into(), t.b] }
        }
    c_unchanged: accepted []
        call { run(T { a: 1, b: 2, c: 3, d: [4, 5] }) } => "[20, 1, 2, 3, 4, 5]"
        host {
            #[derive(PatchType)] #[repr(C)] pub struct T { pub a: u8, pub b: u64, pub c: u16, pub d: [u8; 2] }
            #[patchable] pub fn run(t: T) -> [u64; 6] {
                [10, t.a.into(), t.b, t.c.into(), t.d[0].into(), t.d[1].into()]
            }
        }
        patch {
            #[derive(PatchType)] #[repr(C)] pub struct T { pub a: u8, pub b: u64, pub c: u16, pub d: [u8; 2] }
            #[patchable] pub fn run(t: T) -> [u64; 6] {
                [20, t.a.into(), t.b, t.c.into(), t.d[0].into(), t.d[1].into()]
            }
        }
}
