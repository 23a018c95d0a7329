//! What does not count: modules, aliases, imports, documentation, visibility, other derives.

pairs! {
    moved_to_another_module: accepted []
        call { run(T { a: 1, b: 2 }) } => "[20, 1, 2]"
        host {
            #[derive(PatchType)] pub struct T { pub a: u8, pub b: u32 }
            #[patchable] pub fn run(t: T) -> [u32; 3] { [10, t.a.into(), t.b] }
        }
        patch {
            pub mod inner { pub mod deeper { #[derive(dynpatch::PatchType)] pub struct T { pub a: u8, pub b: u32 } } }
            use inner::deeper::T;
            #[patchable] pub fn run(t: T) -> [u32; 3] { [20, t.a.into(), t.b] }
        }
    path_written_out: accepted []
        call { run(inner::T { a: 1, b: 2 }) } => "[20, 1, 2]"
        host {
            pub mod inner { #[derive(dynpatch::PatchType)] pub struct T { pub a: u8, pub b: u32 } }
            #[patchable] pub fn run(t: inner::T) -> [u32; 3] { [10, t.a.into(), t.b] }
        }
        patch {
            pub mod inner { #[derive(dynpatch::PatchType)] pub struct T { pub a: ::core::primitive::u8, pub b: u32 } }
            use inner::T;
            #[patchable] pub fn run(t: T) -> [::core::primitive::u32; 3] { [20, t.a.into(), t.b] }
        }
    import_renamed: accepted []
        call { run(T { a: 1, b: 2 }) } => "[20, 1, 2]"
        host {
            #[derive(PatchType)] pub struct T { pub a: u8, pub b: u32 }
            #[patchable] pub fn run(t: T) -> [u32; 3] { [10, t.a.into(), t.b] }
        }
        patch {
            pub mod inner { #[derive(dynpatch::PatchType)] pub struct T { pub a: u8, pub b: u32 } }
            use inner::T as Renamed;
            #[patchable] pub fn run(t: Renamed) -> [u32; 3] { [20, t.a.into(), t.b] }
        }
    alias: accepted []
        call { run(vec![1, 2], T { a: 3, b: vec![4, 5] }) } => "([1, 2], 3, [4, 5])"
        host {
            #[derive(PatchType)] pub struct T { pub a: u8, pub b: Vec<u32> }
            #[patchable] pub fn run(_: Vec<u32>, _: T) -> (Vec<u32>, u8, Vec<u32>) { Default::default() }
        }
        patch {
            pub type Byte = u8;
            pub type Numbers = Vec<u32>;
            pub type Same = T;
            #[derive(PatchType)] pub struct T { pub a: Byte, pub b: Numbers }
            #[patchable] pub fn run(n: Numbers, t: Same) -> (Numbers, Byte, Numbers) { (n, t.a, t.b) }
        }
    // The alias still has its name, and means something else.
    alias_of_another_type: refused "type" ["run, argument 0 (T), field id: host u32, patch i32"]
        call { run(T { id: 7 }) }
        host {
            pub type Id = u32;
            #[derive(PatchType)] pub struct T { pub id: Id }
            #[patchable] pub fn run(t: T) -> u32 { t.id }
        }
        patch {
            pub type Id = i32;
            #[derive(PatchType)] pub struct T { pub id: Id }
            #[patchable] pub fn run(t: T) -> u32 { t.id as u32 + 1 }
        }
    // A user's type of a primitive's name is no primitive.
    shadowed_primitive: refused "type" ["run, argument 0 (u32): host u32, patch u32"]
        host { #[patchable] pub fn run(_: u32) {} }
        patch {
            #[derive(PatchType)] pub struct u32 { pub a: f32 }
            #[patchable] pub fn run(_: u32) {}
        }
    documented: accepted []
        call { run(T::new(1, 2)) } => "[20, 1, 2]"
        host {
            #[derive(PatchType)] pub struct T { a: u8, b: u32 }
            impl T { pub fn new(a: u8, b: u32) -> Self { Self { a, b } } }
            #[patchable] pub fn run(t: T) -> [u32; 3] { [10, t.a.into(), t.b] }
        }
        patch {
            /// With words about it.
            #[derive(Debug, Clone, PartialEq, PatchType)]
            #[must_use]
            pub struct T {
                /// And about each field, which others may see now.
                pub a: u8,
                #[doc(hidden)]
                pub(crate) b: u32,
            }
            #[patchable] pub fn run(t: T) -> [u32; 3] { let t = t.clone(); [20, t.a.into(), t.b] }
        }
    raw_names: accepted []
        call { run(T { r#type: 1, r#match: 2 }) } => "[20, 1, 2]"
        host {
            #[derive(PatchType)] pub struct T { pub r#type: u8, pub r#match: u32 }
            #[patchable] pub fn run(t: T) -> [u32; 3] { [10, t.r#type.into(), t.r#match] }
        }
        patch {
            #[derive(PatchType)] pub struct r#T { pub r#type: u8, pub r#match: u32 }
            #[patchable] pub fn run(t: T) -> [u32; 3] { [20, t.r#type.into(), t.r#match] }
        }
    conditional_field: refused "field-added" ["run, argument 0 (T), field b: host none, patch u32 at byte 4"]
        call { run(T { a: 1 }) }
        host {
            #[derive(PatchType)] #[repr(C)] pub struct T { pub a: u32, #[cfg(any())] pub b: u32 }
            #[patchable] pub fn run(t: T) -> u32 { t.a }
        }
        patch {
            #[derive(PatchType)] #[repr(C)] pub struct T { pub a: u32, #[cfg(all())] pub b: u32 }
            #[patchable] pub fn run(t: T) -> u32 { t.b }
        }
    conditional_representation: refused "repr" ["run, argument 0 (T): repr: host Rust, patch C"]
        host {
            #[derive(PatchType)] #[cfg_attr(any(), repr(C))] pub struct T { pub a: u8, pub b: u32 }
            #[patchable] pub fn run(_: T) {}
        }
        patch {
            #[derive(PatchType)] #[cfg_attr(all(), repr(C))] pub struct T { pub a: u8, pub b: u32 }
            #[patchable] pub fn run(_: T) {}
        }
    made_by_a_macro: accepted []
        call { run(T { a: 1, b: vec![2] }) } => "[20, 1, 2]"
        host {
            #[derive(PatchType)] pub struct T { pub a: u8, pub b: Vec<u32> }
            #[patchable] pub fn run(t: T) -> [u32; 3] { [10, t.a.into(), t.b[0]] }
        }
        patch {
            macro_rules! made {
                ($name:ident, $($field:ident: $ty:ty),*) => { #[derive(PatchType)] pub struct $name { $(pub $field: $ty),* } };
            }
            made!(T, a: u8, b: Vec<u32>);
            #[patchable] pub fn run(t: T) -> [u32; 3] { [20, t.a.into(), t.b[0]] }
        }
}
