//! Structs: which fields there are, where they lie, and of what type they are.

pairs! {
    unchanged: accepted []
        call { run(T { a: 1, b: 2, c: 3 }) } => "[20, 1, 2, 3]"
        host {
            #[derive(PatchType)] pub struct T { pub a: u8, pub b: u64, pub c: u16 }
            #[patchable] pub fn run(t: T) -> [u64; 4] { [10, t.a.into(), t.b, t.c.into()] }
        }
        patch {
            #[derive(PatchType)] pub struct T { pub a: u8, pub b: u64, pub c: u16 }
            #[patchable] pub fn run(t: T) -> [u64; 4] { [20, t.a.into(), t.b, t.c.into()] }
        }
    // Made by the patch, taken apart by the host.
    unchanged_result: accepted []
        call { let t = run(3); (t.a, t.b, t.c, t.d) } => "(3, 4, 5, \"6\")"
        host {
            #[derive(PatchType)] pub struct T { pub a: u8, pub b: u64, pub c: u16, pub d: String }
            #[patchable] pub fn run(n: u8) -> T { T { a: n, b: 0, c: 0, d: String::new() } }
        }
        patch {
            #[derive(PatchType)] pub struct T { pub a: u8, pub b: u64, pub c: u16, pub d: String }
            #[patchable] pub fn run(n: u8) -> T { T { a: n, b: 4, c: 5, d: "6".to_owned() } }
        }
    field_appended: refused "field-added" ["run, argument 0 (T), field c: host none, patch u64 at byte 8"]
        call { run(T { a: 1, b: 2 }) }
        host {
            #[derive(PatchType)] #[repr(C)] pub struct T { pub a: u32, pub b: u32 }
            #[patchable] pub fn run(t: T) -> u32 { t.a }
        }
        patch {
            #[derive(PatchType)] #[repr(C)] pub struct T { pub a: u32, pub b: u32, pub c: u64 }
            #[patchable] pub fn run(t: T) -> u32 { t.b }
        }
    field_prepended: refused "field-added" ["run, argument 0 (T), field z: host none, patch u32 at byte 0"]
        call { run(T { a: 1, b: 2 }) }
        host {
            #[derive(PatchType)] #[repr(C)] pub struct T { pub a: u32, pub b: u32 }
            #[patchable] pub fn run(t: T) -> u32 { t.a }
        }
        patch {
            #[derive(PatchType)] #[repr(C)] pub struct T { pub z: u32, pub a: u32, pub b: u32 }
            #[patchable] pub fn run(t: T) -> u32 { t.b }
        }
    // The size is the same: only the description tells.
    field_into_tail_padding: refused "field-added" ["run, argument 0 (T), field c: host none, patch u8 at byte 5"]
        call { run(T { a: 1, b: 2 }) }
        host {
            #[derive(PatchType)] #[repr(C)] pub struct T { pub a: u32, pub b: u8 }
            #[patchable] pub fn run(t: T) -> u32 { t.a }
        }
        patch {
            #[derive(PatchType)] #[repr(C)] pub struct T { pub a: u32, pub b: u8, pub c: u8 }
            #[patchable] pub fn run(t: T) -> u32 { t.c.into() }
        }
    field_without_size_added: refused "field-added" ["run, argument 0 (T), field m: host none, patch PhantomData<u8> at byte 4"]
        host {
            #[derive(PatchType)] #[repr(C)] pub struct T { pub a: u32 }
            #[patchable] pub fn run(t: T) -> u32 { t.a }
        }
        patch {
            #[derive(PatchType)] #[repr(C)] pub struct T { pub a: u32, pub m: std::marker::PhantomData<u8> }
            #[patchable] pub fn run(t: T) -> u32 { t.a }
        }
    first_field_removed: refused "field-removed" ["run, argument 0 (T), field a: host u32 at byte 0, patch none"]
        call { run(T { a: 1, b: 2 }) }
        host {
            #[derive(PatchType)] #[repr(C)] pub struct T { pub a: u32, pub b: u32 }
            #[patchable] pub fn run(t: T) -> u32 { t.a }
        }
        patch {
            #[derive(PatchType)] #[repr(C)] pub struct T { pub b: u32 }
            #[patchable] pub fn run(t: T) -> u32 { t.b }
        }
    last_field_removed: refused "field-removed" ["run, argument 0 (T), field b: host String at byte 0, patch none"]
        call { run(T { a: 1, b: "b".to_owned() }) }
        host {
            #[derive(PatchType)] pub struct T { pub a: u32, pub b: String }
            #[patchable] pub fn run(t: T) -> String { format!("{} {}", t.a, t.b) }
        }
        patch {
            #[derive(PatchType)] pub struct T { pub a: u32 }
            #[patchable] pub fn run(t: T) -> String { format!("{}", t.a) }
        }
    fields_reordered_in_c: refused "field-order" ["run, argument 0 (T), field a: order: host at byte 0, patch at byte 4"]
        back refused "field-order" ["run, argument 0 (T), field b: order: host at byte 0, patch at byte 4"]
        call { run(T { a: 1, b: 2 }) }
        host {
            #[derive(PatchType)] #[repr(C)] pub struct T { pub a: u32, pub b: u32 }
            #[patchable] pub fn run(t: T) -> [u32; 2] { [t.a, t.b] }
        }
        patch {
            #[derive(PatchType)] #[repr(C)] pub struct T { pub b: u32, pub a: u32 }
            #[patchable] pub fn run(t: T) -> [u32; 2] { [t.b, t.a] }
        }
    // Rust's layout puts the larger field first, in whatever order they are written.
    fields_reordered_at_equal_offsets: accepted []
        call { run(T { a: 1, b: 2, c: 3 }) } => "[20, 1, 2, 3]"
        host {
            #[derive(PatchType)] pub struct T { pub a: u8, pub b: u64, pub c: u16 }
            #[patchable] pub fn run(t: T) -> [u64; 4] { [10, t.a.into(), t.b, t.c.into()] }
        }
        patch {
            #[derive(PatchType)] pub struct T { pub c: u16, pub a: u8, pub b: u64 }
            #[patchable] pub fn run(t: T) -> [u64; 4] { [20, t.a.into(), t.b, t.c.into()] }
        }
    fields_reordered_in_rust: refused "field-order" ["run, argument 0 (T), field a: order: host at byte 0, patch at byte 4"]
        back refused "field-order" ["run, argument 0 (T), field b: order: host at byte 0, patch at byte 4"]
        call { run(T { a: 1, b: 2 }) }
        host {
            #[derive(PatchType)] pub struct T { pub a: u32, pub b: u32 }
            #[patchable] pub fn run(t: T) -> [u32; 2] { [t.a, t.b] }
        }
        patch {
            #[derive(PatchType)] pub struct T { pub b: u32, pub a: u32 }
            #[patchable] pub fn run(t: T) -> [u32; 2] { [t.b, t.a] }
        }
    field_renamed: refused "field-renamed" ["run, argument 0 (T), field b: name: host b, patch c"]
        call { run(T { a: 1, b: 2 }) }
        host {
            #[derive(PatchType)] #[repr(C)] pub struct T { pub a: u32, pub b: u32 }
            #[patchable] pub fn run(t: T) -> u32 { t.a }
        }
        patch {
            #[derive(PatchType)] #[repr(C)] pub struct T { pub a: u32, pub c: u32 }
            #[patchable] pub fn run(t: T) -> u32 { t.c }
        }
    field_retyped: refused "type" ["run, argument 0 (T), field b: host u32, patch i32"]
        call { run(T { a: 1, b: 2 }) }
        host {
            #[derive(PatchType)] pub struct T { pub a: u32, pub b: u32 }
            #[patchable] pub fn run(t: T) -> u32 { t.a }
        }
        patch {
            #[derive(PatchType)] pub struct T { pub a: u32, pub b: i32 }
            #[patchable] pub fn run(t: T) -> u32 { t.b as u32 }
        }
    pointer_size_to_fixed_size: refused "type" ["run, argument 0 (T), field a: host usize, patch u64"]
        host {
            #[derive(PatchType)] pub struct T { pub a: usize }
            #[patchable] pub fn run(t: T) -> u64 { t.a as u64 }
        }
        patch {
            #[derive(PatchType)] pub struct T { pub a: u64 }
            #[patchable] pub fn run(t: T) -> u64 { t.a }
        }
    // The host would take 2 for a `bool`.
    bool_to_byte: refused "type" ["run, result (T), field a: host bool, patch u8"]
        call { run().a }
        host {
            #[derive(PatchType)] pub struct T { pub a: bool }
            #[patchable] pub fn run() -> T { T { a: true } }
        }
        patch {
            #[derive(PatchType)] pub struct T { pub a: u8 }
            #[patchable] pub fn run() -> T { T { a: 2 } }
        }
    char_to_number: refused "type" ["run, argument 0 (T), field a: host char, patch u32"]
        host {
            #[derive(PatchType)] pub struct T { pub a: char }
            #[patchable] pub fn run(t: T) -> u32 { t.a as u32 }
        }
        patch {
            #[derive(PatchType)] pub struct T { pub a: u32 }
            #[patchable] pub fn run(t: T) -> u32 { t.a }
        }
    niche_lost: refused "type" ["run, argument 0 (Option<T>), field a: host NonZero<u32>, patch u32"]
        call { run(Some(T { a: std::num::NonZero::new(7).unwrap() })) }
        host {
            #[derive(PatchType)] pub struct T { pub a: std::num::NonZero<u32> }
            #[patchable] pub fn run(t: Option<T>) -> u32 { t.map_or(0, |t| t.a.get()) }
        }
        patch {
            #[derive(PatchType)] pub struct T { pub a: u32 }
            #[patchable] pub fn run(t: Option<T>) -> u32 { t.map_or(1, |t| t.a) }
        }
    // Each on a line of its own.
    two_fields_retyped: refused "type" [
        "run, argument 0 (T), field a: host u32, patch f32",
        "run, argument 0 (T), field c: host u8, patch i8",
    ]
        call { run(T { a: 1, b: 2, c: 3 }) }
        host {
            #[derive(PatchType)] pub struct T { pub a: u32, pub b: u16, pub c: u8 }
            #[patchable] pub fn run(t: T) -> u32 { t.a }
        }
        patch {
            #[derive(PatchType)] pub struct T { pub a: f32, pub b: u16, pub c: i8 }
            #[patchable] pub fn run(t: T) -> u32 { t.b.into() }
        }
    tuple_struct_unchanged: accepted []
        call { run(T(1, 2, 3)) } => "[20, 1, 2, 3]"
        host {
            #[derive(PatchType)] pub struct T(pub u8, pub u32, pub u16);
            #[patchable] pub fn run(t: T) -> [u32; 4] { [10, t.0.into(), t.1, t.2.into()] }
        }
        patch {
            #[derive(PatchType)] pub struct T(pub u8, pub u32, pub u16);
            #[patchable] pub fn run(t: T) -> [u32; 4] { [20, t.0.into(), t.1, t.2.into()] }
        }
    tuple_struct_appended: refused "field-added" ["run, argument 0 (T), field 1: host none, patch u32 at byte 4"]
        host {
            #[derive(PatchType)] pub struct T(pub u32);
            #[patchable] pub fn run(t: T) -> u32 { t.0 }
        }
        patch {
            #[derive(PatchType)] pub struct T(pub u32, pub u32);
            #[patchable] pub fn run(t: T) -> u32 { t.1 }
        }
    tuple_struct_named: refused "field-renamed" ["run, argument 0 (T), field 0: name: host 0, patch a"]
        host {
            #[derive(PatchType)] pub struct T(pub u32);
            #[patchable] pub fn run(t: T) -> u32 { t.0 }
        }
        patch {
            #[derive(PatchType)] pub struct T { pub a: u32 }
            #[patchable] pub fn run(t: T) -> u32 { t.a }
        }
    unit_struct_unchanged: accepted []
        call { run(T, 5) } => "[20, 5]"
        host {
            #[derive(PatchType)] pub struct T;
            #[patchable] pub fn run(_: T, n: u32) -> [u32; 2] { [10, n] }
        }
        patch {
            #[derive(PatchType)] pub struct T;
            #[patchable] pub fn run(_: T, n: u32) -> [u32; 2] { [20, n] }
        }
    unit_struct_filled: refused "field-added" ["run, argument 0 (T), field 0: host none, patch u8 at byte 0"]
        host {
            #[derive(PatchType)] pub struct T;
            #[patchable] pub fn run(_: T) {}
        }
        patch {
            #[derive(PatchType)] pub struct T(u8);
            #[patchable] pub fn run(_: T) {}
        }
    struct_to_enum: refused "type" ["run, argument 0 (T): host a struct, patch an enum"]
        host {
            #[derive(PatchType)] pub struct T(pub u8);
            #[patchable] pub fn run(_: T) {}
        }
        patch {
            #[derive(PatchType)] pub enum T { A(u8) }
            #[patchable] pub fn run(_: T) {}
        }
    another_struct: refused "type" ["run, argument 0 (T): host T, patch U"]
        host {
            #[derive(PatchType)] pub struct T { pub a: u32 }
            #[patchable] pub fn run(t: T) -> u32 { t.a }
        }
        patch {
            #[derive(PatchType)] pub struct U { pub a: u32 }
            #[patchable] pub fn run(t: U) -> u32 { t.a }
        }
}
