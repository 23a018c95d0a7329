//! Changes that are easy to overlook.

pairs! {
    // Two types of one name, exchanged.
    namesakes_exchanged: refused "field-renamed" [
        "run, argument 0 (T), field a: name: host a, patch b", "run, argument 1 (T), field b: name: host b, patch a",
    ]
        call { run(one::T { a: 1 }, two::T { b: 2 }) }
        host {
            pub mod one { #[derive(dynpatch::PatchType)] pub struct T { pub a: u32 } }
            pub mod two { #[derive(dynpatch::PatchType)] pub struct T { pub b: u32 } }
            #[patchable] pub fn run(a: one::T, b: two::T) -> [u32; 2] { [a.a, b.b] }
        }
        patch {
            pub mod one { #[derive(dynpatch::PatchType)] pub struct T { pub a: u32 } }
            pub mod two { #[derive(dynpatch::PatchType)] pub struct T { pub b: u32 } }
            #[patchable] pub fn run(b: two::T, a: one::T) -> [u32; 2] { [a.a, b.b] }
        }
    // One type of the host is two in the patch, and one of them differs.
    namesake_inside: refused "field-added" ["run, argument 0 (&T), field next.w: host none, patch u32 at byte 12"]
        call { run(&T { v: 1, next: None }) }
        host {
            #[derive(PatchType)] #[repr(C)] pub struct T { pub next: Option<Box<T>>, pub v: u32 }
            #[patchable] pub fn run(t: &T) -> u32 { t.v }
        }
        patch {
            pub mod other {
                #[derive(dynpatch::PatchType)] #[repr(C)] pub struct T { pub next: Option<Box<T>>, pub v: u32, pub w: u32 }
            }
            #[derive(PatchType)] #[repr(C)] pub struct T { pub next: Option<Box<other::T>>, pub v: u32 }
            #[patchable] pub fn run(t: &T) -> u32 { t.v + 1 }
        }
    namesakes_alike: accepted []
        call { run(&T { next: Some(Box::new(T { next: None, v: 2 })), v: 1 }) } => "[20, 1, 2]"
        host {
            #[derive(PatchType)] #[repr(C)] pub struct T { pub next: Option<Box<T>>, pub v: u32 }
            #[patchable] pub fn run(t: &T) -> [u32; 3] { [10, t.v, t.next.as_ref().map_or(0, |t| t.v)] }
        }
        patch {
            pub mod other { #[derive(dynpatch::PatchType)] #[repr(C)] pub struct T { pub next: Option<Box<T>>, pub v: u32 } }
            #[derive(PatchType)] #[repr(C)] pub struct T { pub next: Option<Box<other::T>>, pub v: u32 }
            #[patchable] pub fn run(t: &T) -> [u32; 3] { [20, t.v, t.next.as_ref().map_or(0, |t| t.v)] }
        }
    future_retyped: refused "type" ["run, argument 0 (Pin<Box<dyn Future + Send<u32>>>): host u32, patch i32"]
        host { #[patchable] pub fn run(_: dynpatch::BoxedFuture<'static, u32>) {} }
        patch { #[patchable] pub fn run(_: dynpatch::BoxedFuture<'static, i32>) {} }
    async_to_local: refused "signature-mismatch" ["run: host `async fn() -> u32`, patch `async local fn() -> u32`"]
        host { #[patchable] pub async fn run() -> u32 { 1 } }
        patch { #[patchable(local)] pub async fn run() -> u32 { 2 } }
    // The constant has another value; nothing is written otherwise.
    length_of_constant: refused "length" ["run, argument 0 (&[u8; 3]): host 3 elements, patch 4 elements"]
        call { run(&[1, 2, 3]) }
        host {
            pub const N: usize = 3;
            #[patchable] pub fn run(t: &[u8; N]) -> u8 { t[N - 1] }
        }
        patch {
            pub const N: usize = 4;
            #[patchable] pub fn run(t: &[u8; N]) -> u8 { t[N - 1] }
        }
    length_of_opaque_array: refused "size" ["run, argument 0 (&[Hidden; N]), field <0>: host 3 bytes, patch 4 bytes"]
        host {
            pub const N: usize = 3;
            pub struct Hidden(pub u8);
            #[patchable] pub fn run(_: &[Hidden; N]) {}
        }
        patch {
            pub const N: usize = 4;
            pub struct Hidden(pub u8);
            #[patchable] pub fn run(_: &[Hidden; N]) {}
        }
    alias_in_opaque: refused "type" ["run, argument 0 (&Hidden<Id>), field <0><0>: host u32, patch f32"]
        host {
            pub type Id = u32;
            pub struct Hidden<A>(pub A);
            #[patchable] pub fn run(_: &Hidden<Id>) {}
        }
        patch {
            pub type Id = f32;
            pub struct Hidden<A>(pub A);
            #[patchable] pub fn run(_: &Hidden<Id>) {}
        }
    // More arguments than are described: compared as an opaque type, with its parts.
    long_function_pointer: refused "type" [
        "run, argument 0 (fn(u8, u8, u8, u8, u8, u8, Id)), field <6>: host u32, patch f32"
    ]
        host {
            pub type Id = u32;
            #[patchable] pub fn run(_: fn(u8, u8, u8, u8, u8, u8, Id)) {}
        }
        patch {
            pub type Id = f32;
            #[patchable] pub fn run(_: fn(u8, u8, u8, u8, u8, u8, Id)) {}
        }
    // What is inside may be written through `&`: nobody knows of an opaque type.
    open_in_opaque: refused "variant-added" ["run, argument 0 (&Hidden<T>), field <0><0>::C: host none, patch C"]
        host {
            #[derive(PatchType)] #[patch_type(open)] #[repr(u8)] pub enum T { A, B }
            pub struct Hidden<A>(pub std::cell::RefCell<A>);
            #[patchable] pub fn run(_: &Hidden<T>) {}
        }
        patch {
            #[derive(PatchType)] #[patch_type(open)] #[repr(u8)] pub enum T { A, B, C }
            pub struct Hidden<A>(pub std::cell::RefCell<A>);
            #[patchable] pub fn run(t: &Hidden<T>) { *t.0.borrow_mut() = T::C; }
        }
    open_in_cell: refused "variant-added" ["run, argument 0 (&Cell<T>), variant C: host none, patch C"]
        host {
            #[derive(PatchType)] #[patch_type(open)] #[repr(u8)] pub enum T { A, B }
            #[patchable] pub fn run(_: &std::cell::Cell<T>) {}
        }
        patch {
            #[derive(PatchType)] #[patch_type(open)] #[repr(u8)] pub enum T { A, B, C }
            #[patchable] pub fn run(t: &std::cell::Cell<T>) { t.set(T::C); }
        }
    // Given once each way: what was allowed for the argument is not for the result.
    open_in_struct_both_ways: refused "variant-added" ["run, result (W), field t::C: host none, patch C"]
        back refused "variant-removed" ["run, argument 0 (W), field t::C: host C, patch none"]
        host {
            #[derive(PatchType)] #[patch_type(open)] #[repr(u8)] pub enum T { A, B }
            #[derive(PatchType)] pub struct W { pub t: T }
            #[patchable] pub fn run(w: W) -> W { w }
        }
        patch {
            #[derive(PatchType)] #[patch_type(open)] #[repr(u8)] pub enum T { A, B, C }
            #[derive(PatchType)] pub struct W { pub t: T }
            #[patchable] pub fn run(w: W) -> W { w }
        }
    // The field behind it would lie elsewhere.
    prefix_inside_of_struct: refused "field-removed" ["run, argument 0 (&W), field t.b: host u32 at byte 4, patch none"]
        host {
            #[derive(PatchType)] #[patch_type(prefix)] #[repr(C)] pub struct T { pub a: u32, pub b: u32 }
            #[derive(PatchType)] #[repr(C)] pub struct W { pub t: T, pub c: u32 }
            #[patchable] pub fn run(_: &W) {}
        }
        patch {
            #[derive(PatchType)] #[patch_type(prefix)] #[repr(C)] pub struct T { pub a: u32 }
            #[derive(PatchType)] #[repr(C)] pub struct W { pub t: T, pub c: u32 }
            #[patchable] pub fn run(_: &W) {}
        }
    prefix_generic: accepted ["run, argument 0 (&T<u16>), field b: host u32 at byte 4, patch none"]
        back refused "field-added" ["run, argument 0 (&T<u16>), field b: host none, patch u32 at byte 4"]
        call { run(&T { a: 1, b: 2 }) } => "[20, 1]"
        host {
            #[derive(PatchType)] #[patch_type(prefix)] #[repr(C, align(4))] pub struct T<A> { pub a: A, pub b: u32 }
            #[patchable] pub fn run(t: &T<u16>) -> [u16; 2] { [10, t.a] }
        }
        patch {
            #[derive(PatchType)] #[patch_type(prefix)] #[repr(C, align(4))] pub struct T<A> { pub a: A }
            #[patchable] pub fn run(t: &T<u16>) -> [u16; 2] { [20, t.a] }
        }
    generic_variant_reordered: refused "field-order" ["run, argument 0 (T<u32>), variant B: order: host x, patch y"]
        host {
            #[derive(PatchType)] pub enum T<A> { A, B { x: A, y: A } }
            #[patchable] pub fn run(_: T<u32>) {}
        }
        patch {
            #[derive(PatchType)] pub enum T<A> { A, B { y: A, x: A } }
            #[patchable] pub fn run(_: T<u32>) {}
        }
    arguments_permuted_in_itself: accepted [
        "run, argument 0 (&P<u8, u32>), field next: Option<Box<P<B, A>>> is not described: only its name and its size are compared"
    ]
        call { run(&P { a: 1, b: 2, next: Some(Box::new(P { a: 3, b: 4, next: None })) }) } => "[20, 1, 2, 3, 4]"
        host {
            #[derive(PatchType)] pub struct P<A, B> { pub a: A, pub b: B, #[patch_type(recursive)] pub next: Option<Box<P<B, A>>> }
            #[patchable] pub fn run(_: &P<u8, u32>) -> [u32; 5] { [10; 5] }
        }
        patch {
            #[derive(PatchType)] pub struct P<A, B> { pub a: A, pub b: B, #[patch_type(recursive)] pub next: Option<Box<P<B, A>>> }
            #[patchable] pub fn run(p: &P<u8, u32>) -> [u32; 5] {
                let next = p.next.as_ref().unwrap();
                [20, p.a.into(), p.b, next.a, next.b.into()]
            }
        }
    unsized_argument: accepted []
        call { run(&W { a: 1, text: "two".into() }) } => "(20, 1, \"two\")"
        host {
            #[derive(PatchType)] pub struct W<A: ?Sized> { pub a: u8, pub text: Box<A> }
            #[patchable] pub fn run(w: &W<str>) -> (u8, u8, String) { (10, w.a, w.text.to_string()) }
        }
        patch {
            #[derive(PatchType)] pub struct W<A: ?Sized> { pub a: u8, pub text: Box<A> }
            #[patchable] pub fn run(w: &W<str>) -> (u8, u8, String) { (20, w.a, w.text.to_string()) }
        }
    bounded_by_lifetime: accepted []
        call { [run(T::A(&1)), run(T::B { b: 2, c: &[3] })] } => "[[21, 1, 0], [22, 2, 3]]"
        host {
            #[derive(PatchType)] #[repr(u8)] pub enum T<'a, A: 'a + ?Sized> where A: Sync { A(&'a A), B { b: u32, c: &'a [u8] } }
            #[patchable] pub fn run(_: T<'_, u32>) -> [u32; 3] { [10; 3] }
        }
        patch {
            #[derive(PatchType)] #[repr(u8)] pub enum T<'a, A: 'a + ?Sized> where A: Sync { A(&'a A), B { b: u32, c: &'a [u8] } }
            #[patchable] pub fn run(t: T<'_, u32>) -> [u32; 3] {
                match t { T::A(a) => [21, *a, 0], T::B { b, c } => [22, b, c[0].into()] }
            }
        }
    recursion_through_bounds: accepted []
        call { run(&Json::List(std::borrow::Cow::Owned(vec![Json::Text("a"), Json::Null]))) } => "\"new a\""
        host {
            #[derive(Clone, PatchType)] pub enum Json<'a> { Null, Text(&'a str), List(#[patch_type(recursive)] std::borrow::Cow<'a, [Json<'a>]>) }
            #[patchable] pub fn run(_: &Json<'_>) -> String { "old".to_owned() }
        }
        patch {
            #[derive(Clone, PatchType)] pub enum Json<'a> { Null, Text(&'a str), List(#[patch_type(recursive)] std::borrow::Cow<'a, [Json<'a>]>) }
            #[patchable] pub fn run(t: &Json<'_>) -> String {
                let Json::List(list) = t else { return "no list".to_owned() };
                let [Json::Text(text), Json::Null] = &**list else { return "no text".to_owned() };
                format!("new {text}")
            }
        }
    generics_in_generics: refused "type" [
        "run, argument 0 (W<W<W<W<W<W<W<W<…>>>>>>>>), field <0><0><0><0><0><0><0><0>: host u32, patch i32"
    ]
        host {
            #[derive(PatchType)] pub struct W<A> { pub a: A }
            #[patchable] pub fn run(_: W<W<W<W<W<W<W<W<u32>>>>>>>>) {}
        }
        patch {
            #[derive(PatchType)] pub struct W<A> { pub a: A }
            #[patchable] pub fn run(_: W<W<W<W<W<W<W<W<i32>>>>>>>>) {}
        }
    // One macro, two functions, and in each a type of the same name.
    local_types: accepted []
        call { run(1) } => "3"
        host {
            #[patchable] pub fn run(n: u8) -> u8 { n }
        }
        patch {
            macro_rules! two {
                () => {
                    fn a() -> u8 { #[derive(PatchType)] struct Local { x: u8 } Local { x: 1 }.x }
                    fn b() -> u8 { #[derive(PatchType)] struct Local { y: u16 } Local { y: 1 }.y as u8 }
                };
            }
            two!();
            #[patchable] pub fn run(n: u8) -> u8 { n + a() + b() }
        }
}
