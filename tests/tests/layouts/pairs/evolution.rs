//! What was declared to grow: open enums, and prefix structs behind shared references.

pairs! {
    // The host makes the values, and has none of the new variant.
    open_argument_grown: accepted ["run, argument 0 (T), variant C: host none, patch C"]
        back refused "variant-removed" ["run, argument 0 (T), variant C: host C, patch none"]
        call { [run(T::A(1)), run(T::B(2))] } => "[[20, 1], [21, 2]]"
        host {
            #[derive(PatchType)] #[patch_type(open)] #[repr(u8)] pub enum T { A(u32), B(u16) }
            #[patchable] pub fn run(t: T) -> [u32; 2] { match t { T::A(n) => [10, n], T::B(n) => [11, n.into()] } }
        }
        patch {
            #[derive(PatchType)] #[patch_type(open)] #[repr(u8)] pub enum T { A(u32), B(u16), C }
            #[patchable] pub fn run(t: T) -> [u32; 2] {
                match t { T::A(n) => [20, n], T::B(n) => [21, n.into()], T::C => [22, 0] }
            }
        }
    // The patch makes the values: a new one would be none of the host's variants.
    open_result_grown: refused "variant-added" ["run, result (T), variant C: host none, patch C"]
        back accepted ["run, result (T), variant C: host C, patch none"]
        call { run() as u8 }
        host {
            #[derive(PatchType)] #[patch_type(open)] #[repr(u8)] pub enum T { A, B }
            #[patchable] pub fn run() -> T { T::A }
        }
        patch {
            #[derive(PatchType)] #[patch_type(open)] #[repr(u8)] pub enum T { A, B, C }
            #[patchable] pub fn run() -> T { T::C }
        }
    open_result_shrunk: accepted ["run, result (T), variant C: host C, patch none"]
        back refused "variant-added" ["run, result (T), variant C: host none, patch C"]
        call { run() as u8 } => "1"
        host {
            #[derive(PatchType)] #[patch_type(open)] #[repr(u8)] pub enum T { A, B, C }
            #[patchable] pub fn run() -> T { T::C }
        }
        patch {
            #[derive(PatchType)] #[patch_type(open)] #[repr(u8)] pub enum T { A, B }
            #[patchable] pub fn run() -> T { T::B }
        }
    // Either side can write it.
    open_behind_mutable: refused "variant-added" ["run, argument 0 (&mut T), variant C: host none, patch C"]
        call { let mut t = T::B; run(&mut t); t as u8 }
        host {
            #[derive(PatchType)] #[patch_type(open)] #[repr(u8)] pub enum T { A, B }
            #[patchable] pub fn run(t: &mut T) { *t = T::A; }
        }
        patch {
            #[derive(PatchType)] #[patch_type(open)] #[repr(u8)] pub enum T { A, B, C }
            #[patchable] pub fn run(t: &mut T) { *t = T::C; }
        }
    // What the host's closure is given, the patch makes.
    open_given_to_closure: refused "variant-added" ["run, argument 0 (&dyn Fn<T, u8>), field <0>::C: host none, patch C"]
        back accepted ["run, argument 0 (&dyn Fn<T, u8>), field <0>::C: host C, patch none"]
        call { run(&|t| t as u8) }
        host {
            #[derive(PatchType)] #[patch_type(open)] #[repr(u8)] pub enum T { A, B }
            #[patchable] pub fn run(f: &dyn Fn(T) -> u8) -> u8 { f(T::A) }
        }
        patch {
            #[derive(PatchType)] #[patch_type(open)] #[repr(u8)] pub enum T { A, B, C }
            #[patchable] pub fn run(f: &dyn Fn(T) -> u8) -> u8 { f(T::C) }
        }
    // Argument and result at once.
    open_both_ways: refused "variant-added" ["run, result (T), variant C: host none, patch C"]
        back refused "variant-removed" ["run, argument 0 (T), variant C: host C, patch none"]
        host {
            #[derive(PatchType)] #[patch_type(open)] #[repr(u8)] pub enum T { A, B }
            #[patchable] pub fn run(t: T) -> T { t }
        }
        patch {
            #[derive(PatchType)] #[patch_type(open)] #[repr(u8)] pub enum T { A, B, C }
            #[patchable] pub fn run(t: T) -> T { t }
        }
    // The new variant needs more room than the host gives.
    open_too_large: refused "size" ["run, argument 0 (T): host 8 bytes, patch 16 bytes"]
        back refused "variant-removed" ["run, argument 0 (T), variant B: host B, patch none"]
        call { run(T::A(1)) }
        host {
            #[derive(PatchType)] #[patch_type(open)] #[repr(u8)] pub enum T { A(u32) }
            #[patchable] pub fn run(t: T) -> u32 { let T::A(n) = t; n }
        }
        patch {
            #[derive(PatchType)] #[patch_type(open)] #[repr(u8)] pub enum T { A(u32), B(u64) }
            #[patchable] pub fn run(t: T) -> u32 { match t { T::A(n) => n + 1, T::B(_) => 0 } }
        }
    open_payload_changed: refused "type" ["run, argument 0 (T), variant A.0: host u32, patch f32"]
        call { run(T::A(1)) }
        host {
            #[derive(PatchType)] #[patch_type(open)] #[repr(u8)] pub enum T { A(u32) }
            #[patchable] pub fn run(t: T) -> u32 { let T::A(n) = t; n }
        }
        patch {
            #[derive(PatchType)] #[patch_type(open)] #[repr(u8)] pub enum T { A(f32) }
            #[patchable] pub fn run(t: T) -> u32 { let T::A(n) = t; n as u32 + 1 }
        }
    opened: refused "evolution" ["run, argument 0 (T): host closed, patch open"]
        call { run(T::B) }
        host {
            #[derive(PatchType)] #[repr(u8)] pub enum T { A, B }
            #[patchable] pub fn run(t: T) -> u8 { t as u8 }
        }
        patch {
            #[derive(PatchType)] #[patch_type(open)] #[repr(u8)] pub enum T { A, B, C }
            #[patchable] pub fn run(t: T) -> u8 { t as u8 + 10 }
        }
    // The host made more than the patch reads.
    prefix_shorter_in_patch: accepted ["run, argument 0 (&T), field c: host u64 at byte 8, patch none"]
        back refused "field-added" ["run, argument 0 (&T), field c: host none, patch u64 at byte 8"]
        call { run(&T { a: 1, b: 2, c: 3 }) } => "[20, 1, 2, 0]"
        host {
            #[derive(PatchType)] #[patch_type(prefix)] #[repr(C, align(8))] pub struct T { pub a: u8, pub b: u32, pub c: u64 }
            #[patchable] pub fn run(t: &T) -> [u64; 4] { [10, t.a.into(), t.b.into(), t.c] }
        }
        patch {
            #[derive(PatchType)] #[patch_type(prefix)] #[repr(C, align(8))] pub struct T { pub a: u8, pub b: u32 }
            #[patchable] pub fn run(t: &T) -> [u64; 4] { [20, t.a.into(), t.b.into(), 0] }
        }
    prefix_longer_in_patch: refused "field-added" ["run, argument 0 (&T), field c: host none, patch u32 at byte 8"]
        back accepted ["run, argument 0 (&T), field c: host u32 at byte 8, patch none"]
        call { run(&T { a: 1, b: 2 }) }
        host {
            #[derive(PatchType)] #[patch_type(prefix)] #[repr(C)] pub struct T { pub a: u32, pub b: u32 }
            #[patchable] pub fn run(t: &T) -> u32 { t.a }
        }
        patch {
            #[derive(PatchType)] #[patch_type(prefix)] #[repr(C)] pub struct T { pub a: u32, pub b: u32, pub c: u32 }
            #[patchable] pub fn run(t: &T) -> u32 { t.c }
        }
    prefix_longer_in_result: accepted ["run, result (&T), field c: host none, patch u32 at byte 8"]
        back refused "field-removed" ["run, result (&T), field c: host u32 at byte 8, patch none"]
        call { let t = run(); [t.a, t.b] } => "[3, 4]"
        host {
            #[derive(PatchType)] #[patch_type(prefix)] #[repr(C)] pub struct T { pub a: u32, pub b: u32 }
            #[patchable] pub fn run() -> &'static T { &T { a: 1, b: 2 } }
        }
        patch {
            #[derive(PatchType)] #[patch_type(prefix)] #[repr(C)] pub struct T { pub a: u32, pub b: u32, pub c: u32 }
            #[patchable] pub fn run() -> &'static T { &T { a: 3, b: 4, c: 5 } }
        }
    prefix_by_value: refused "field-removed" ["run, argument 0 (T), field b: host u32 at byte 4, patch none"]
        call { run(T { a: 1, b: 2 }) }
        host {
            #[derive(PatchType)] #[patch_type(prefix)] #[repr(C)] pub struct T { pub a: u32, pub b: u32 }
            #[patchable] pub fn run(t: T) -> u32 { t.a }
        }
        patch {
            #[derive(PatchType)] #[patch_type(prefix)] #[repr(C)] pub struct T { pub a: u32 }
            #[patchable] pub fn run(t: T) -> u32 { t.a + 1 }
        }
    // Whoever writes through it, or owns it, must know all of it.
    prefix_behind_mutable: refused "field-removed" ["run, argument 0 (&mut T), field b: host u32 at byte 4, patch none"]
        host {
            #[derive(PatchType)] #[patch_type(prefix)] #[repr(C)] pub struct T { pub a: u32, pub b: u32 }
            #[patchable] pub fn run(_: &mut T) {}
        }
        patch {
            #[derive(PatchType)] #[patch_type(prefix)] #[repr(C)] pub struct T { pub a: u32 }
            #[patchable] pub fn run(_: &mut T) {}
        }
    // The second element would lie elsewhere.
    prefix_in_slice: refused "field-removed" ["run, argument 0 (&[T]), field [].b: host u32 at byte 4, patch none"]
        call { run(&[T { a: 1, b: 2 }, T { a: 3, b: 4 }]) }
        host {
            #[derive(PatchType)] #[patch_type(prefix)] #[repr(C)] pub struct T { pub a: u32, pub b: u32 }
            #[patchable] pub fn run(t: &[T]) -> u32 { t[1].a }
        }
        patch {
            #[derive(PatchType)] #[patch_type(prefix)] #[repr(C)] pub struct T { pub a: u32 }
            #[patchable] pub fn run(t: &[T]) -> u32 { t[1].a + 1 }
        }
    prefix_changed_inside: refused "type" ["run, argument 0 (&T), field a: host u32, patch f32"]
        back refused "field-added" [
            "run, argument 0 (&T), field a: host f32, patch u32",
            "run, argument 0 (&T), field b: host none, patch u32 at byte 4",
        ]
        host {
            #[derive(PatchType)] #[patch_type(prefix)] #[repr(C)] pub struct T { pub a: u32, pub b: u32 }
            #[patchable] pub fn run(_: &T) {}
        }
        patch {
            #[derive(PatchType)] #[patch_type(prefix)] #[repr(C)] pub struct T { pub a: f32 }
            #[patchable] pub fn run(_: &T) {}
        }
    prefix_prepended: refused "field-renamed" ["run, argument 0 (&T), field a: name: host a, patch z"]
        host {
            #[derive(PatchType)] #[patch_type(prefix)] #[repr(C)] pub struct T { pub a: u32 }
            #[patchable] pub fn run(_: &T) {}
        }
        patch {
            #[derive(PatchType)] #[patch_type(prefix)] #[repr(C)] pub struct T { pub z: u32, pub a: u32 }
            #[patchable] pub fn run(_: &T) {}
        }
    // What the host's function is given, the patch makes.
    open_given_to_function: refused "variant-added" ["run, argument 0 (fn(T) -> u8), field <0>::C: host none, patch C"]
        back accepted ["run, argument 0 (fn(T) -> u8), field <0>::C: host C, patch none"]
        host {
            #[derive(PatchType)] #[patch_type(open)] #[repr(u8)] pub enum T { A, B }
            #[patchable] pub fn run(f: fn(T) -> u8) -> u8 { f(T::A) }
        }
        patch {
            #[derive(PatchType)] #[patch_type(open)] #[repr(u8)] pub enum T { A, B, C }
            #[patchable] pub fn run(f: fn(T) -> u8) -> u8 { f(T::C) }
        }
    open_from_function: accepted ["run, argument 0 (fn() -> T), variant C: host none, patch C"]
        back refused "variant-removed" ["run, argument 0 (fn() -> T), variant C: host C, patch none"]
        call { run(|| T::B) } => "(20, 1)"
        host {
            #[derive(PatchType)] #[patch_type(open)] #[repr(u8)] pub enum T { A, B }
            #[patchable] pub fn run(f: fn() -> T) -> (u8, u8) { (10, f() as u8) }
        }
        patch {
            #[derive(PatchType)] #[patch_type(open)] #[repr(u8)] pub enum T { A, B, C }
            #[patchable] pub fn run(f: fn() -> T) -> (u8, u8) { (20, f() as u8) }
        }
    // `None` is a value that `T` does not have in the host, and that is `C` in the patch.
    open_in_option: refused "variant-added" ["run, argument 0 (Option<T>), variant C: host none, patch C"]
        call { run(None) }
        host {
            #[derive(PatchType)] #[patch_type(open)] #[repr(u8)] pub enum T { A, B }
            #[patchable] pub fn run(t: Option<T>) -> u8 { t.map_or(9, |t| t as u8) }
        }
        patch {
            #[derive(PatchType)] #[patch_type(open)] #[repr(u8)] pub enum T { A, B, C }
            #[patchable] pub fn run(t: Option<T>) -> u8 { t.map_or(19, |t| t as u8) }
        }
    // The same, where the compiler puts another enum's tag into the values that `T` does not have.
    open_in_enum: refused "variant-added" ["run, argument 0 (E), variant Some.0::C: host none, patch C"]
        call { run(E::No) }
        host {
            #[derive(PatchType)] #[patch_type(open)] #[repr(u8)] pub enum T { A, B }
            #[derive(PatchType)] pub enum E { No, Some(T) }
            #[patchable] pub fn run(e: E) -> u8 { match e { E::No => 9, E::Some(t) => t as u8 } }
        }
        patch {
            #[derive(PatchType)] #[patch_type(open)] #[repr(u8)] pub enum T { A, B, C }
            #[derive(PatchType)] pub enum E { No, Some(T) }
            #[patchable] pub fn run(e: E) -> u8 { match e { E::No => 19, E::Some(t) => t as u8 } }
        }
    // Here `None` is a pointer that is null.
    open_in_optional_box: accepted ["run, argument 0 (Option<Box<T>>), variant C: host none, patch C"]
        back refused "variant-removed" ["run, argument 0 (Option<Box<T>>), variant C: host C, patch none"]
        call { [run(None), run(Some(Box::new(T::B)))] } => "[19, 11]"
        host {
            #[derive(PatchType)] #[patch_type(open)] #[repr(u8)] pub enum T { A, B }
            #[patchable] pub fn run(t: Option<Box<T>>) -> u8 { t.map_or(9, |t| *t as u8) }
        }
        patch {
            #[derive(PatchType)] #[patch_type(open)] #[repr(u8)] pub enum T { A, B, C }
            #[patchable] pub fn run(t: Option<Box<T>>) -> u8 { t.map_or(19, |t| *t as u8 + 10) }
        }
    open_in_vector: accepted ["run, argument 0 (Vec<T>), field []::C: host none, patch C"]
        back refused "variant-removed" ["run, argument 0 (Vec<T>), field []::C: host C, patch none"]
        call { run(vec![T::A, T::B]) } => "(20, [0, 1])"
        host {
            #[derive(PatchType)] #[patch_type(open)] #[repr(u8)] pub enum T { A, B }
            #[patchable] pub fn run(t: Vec<T>) -> (u8, Vec<u8>) { (10, t.into_iter().map(|t| t as u8).collect()) }
        }
        patch {
            #[derive(PatchType)] #[patch_type(open)] #[repr(u8)] pub enum T { A, B, C }
            #[patchable] pub fn run(t: Vec<T>) -> (u8, Vec<u8>) { (20, t.into_iter().map(|t| t as u8).collect()) }
        }
    // Behind a pointer may stand many, as far apart as one of them is long.
    prefix_behind_pointer: refused "field-removed" ["run, argument 0 (*const E), field b: host u32 at byte 4, patch none"]
        host {
            #[derive(PatchType)] #[patch_type(prefix)] #[repr(C)] pub struct E { pub a: u32, pub b: u32 }
            #[patchable] pub fn run(_: *const E, _: usize) {}
        }
        patch {
            #[derive(PatchType)] #[patch_type(prefix)] #[repr(C)] pub struct E { pub a: u32 }
            #[patchable] pub fn run(_: *const E, _: usize) {}
        }
}
