//! Generic types: arguments, constants, `PhantomData`.

pairs! {
    unchanged: accepted []
        call { run(T { a: 1, b: 2, c: [3, 4] }) } => "[20, 1, 2, 3, 4]"
        host {
            #[derive(PatchType)] pub struct T<A, const N: usize> { pub a: u8, pub b: A, pub c: [u8; N] }
            #[patchable] pub fn run(t: T<u64, 2>) -> [u64; 5] { [10, t.a.into(), t.b, t.c[0].into(), t.c[1].into()] }
        }
        patch {
            #[derive(PatchType)] pub struct T<A, const N: usize> { pub a: u8, pub b: A, pub c: [u8; N] }
            #[patchable] pub fn run(t: T<u64, 2>) -> [u64; 5] { [20, t.a.into(), t.b, t.c[0].into(), t.c[1].into()] }
        }
    parameter_renamed: accepted []
        call { run(T { a: 1, b: 2 }) } => "[20, 1, 2]"
        host {
            #[derive(PatchType)] pub struct T<A: Clone> { pub a: u8, pub b: A }
            #[patchable] pub fn run(t: T<u32>) -> [u32; 3] { [10, t.a.into(), t.b] }
        }
        patch {
            #[derive(PatchType)] pub struct T<B> where B: Copy { pub a: u8, pub b: B }
            #[patchable] pub fn run(t: T<u32>) -> [u32; 3] { [20, t.a.into(), t.b] }
        }
    argument_changed: refused "type" ["run, argument 0 (T<u32>), field <0>: host u32, patch i32"]
        call { run(T { a: 1 }) }
        host {
            #[derive(PatchType)] pub struct T<A> { pub a: A }
            #[patchable] pub fn run(t: T<u32>) -> u32 { t.a }
        }
        patch {
            #[derive(PatchType)] pub struct T<A> { pub a: A }
            #[patchable] pub fn run(t: T<i32>) -> u32 { t.a as u32 }
        }
    arguments_exchanged: refused "type" [
        "run, argument 0 (T<u8, u32>), field <0>: host u8, patch u32",
        "run, argument 0 (T<u8, u32>), field <1>: host u32, patch u8",
    ]
        call { run(T { a: 1, b: 2 }) }
        host {
            #[derive(PatchType)] pub struct T<A, B> { pub a: A, pub b: B }
            #[patchable] pub fn run(t: T<u8, u32>) -> u32 { t.b }
        }
        patch {
            #[derive(PatchType)] pub struct T<A, B> { pub a: A, pub b: B }
            #[patchable] pub fn run(t: T<u32, u8>) -> u32 { t.a }
        }
    parameter_added: refused "type" ["run, argument 0 (T<u32>): host T<u32>, patch T<u32, u8>"]
        host {
            #[derive(PatchType)] pub struct T<A> { pub a: A }
            #[patchable] pub fn run(_: T<u32>) {}
        }
        patch {
            #[derive(PatchType)] pub struct T<A, B = u8> { pub a: A, pub b: std::marker::PhantomData<B> }
            #[patchable] pub fn run(_: T<u32>) {}
        }
    default_written_out: accepted []
        call { run(T { a: 1, b: 2 }) } => "[20, 1, 2]"
        host {
            #[derive(PatchType)] pub struct T<A, B = u8> { pub a: A, pub b: B }
            #[patchable] pub fn run(t: T<u32>) -> [u32; 3] { [10, t.a, t.b.into()] }
        }
        patch {
            #[derive(PatchType)] pub struct T<A, B> { pub a: A, pub b: B }
            #[patchable] pub fn run(t: T<u32, u8>) -> [u32; 3] { [20, t.a, t.b.into()] }
        }
    body_changed: refused "field-added" ["run, argument 0 (T<u32>), field b: host none, patch u8 at byte 4"]
        call { run(T { a: 1 }) }
        host {
            #[derive(PatchType)] pub struct T<A> { pub a: A }
            #[patchable] pub fn run(t: T<u32>) -> u32 { t.a }
        }
        patch {
            #[derive(PatchType)] pub struct T<A> { pub a: A, pub b: u8 }
            #[patchable] pub fn run(t: T<u32>) -> u32 { t.b.into() }
        }
    constant_changed: refused "constant" ["run, argument 0 (T<3>), field <0>: host 3, patch 4"]
        call { run(T { a: [1, 2, 3] }) }
        host {
            #[derive(PatchType)] pub struct T<const N: usize> { pub a: [u8; N] }
            #[patchable] pub fn run(t: T<3>) -> u8 { t.a[2] }
        }
        patch {
            #[derive(PatchType)] pub struct T<const N: usize> { pub a: [u8; N] }
            #[patchable] pub fn run(t: T<4>) -> u8 { t.a[3] }
        }
    // Nothing in the type's layout depends on it; what the code makes of it does.
    constant_without_layout: refused "constant" ["run, argument 0 (T<0>), field <0>: host 0, patch 1"]
        call { run(T { a: 1 }) }
        host {
            #[derive(PatchType)] pub struct T<const IS_METRIC: bool> { pub a: u32 }
            #[patchable] pub fn run(t: T<false>) -> u32 { t.a }
        }
        patch {
            #[derive(PatchType)] pub struct T<const IS_METRIC: bool> { pub a: u32 }
            #[patchable] pub fn run(t: T<true>) -> u32 { t.a * 1000 }
        }
    constant_character: refused "constant" ["run, argument 0 (T<120>), field <0>: host 120, patch 121"]
        host {
            #[derive(PatchType)] pub struct T<const C: char> { pub a: u32 }
            #[patchable] pub fn run(_: T<'x'>) {}
        }
        patch {
            #[derive(PatchType)] pub struct T<const C: char> { pub a: u32 }
            #[patchable] pub fn run(_: T<'y'>) {}
        }
    constant_negative: refused "constant" ["run, argument 0 (T<-1>), field <0>: host -1, patch 1"]
        host {
            #[derive(PatchType)] pub struct T<const N: i8> { pub a: u32 }
            #[patchable] pub fn run(_: T<-1>) {}
        }
        patch {
            #[derive(PatchType)] pub struct T<const N: i8> { pub a: u32 }
            #[patchable] pub fn run(_: T<1>) {}
        }
    constant_by_name: accepted []
        call { run(T { a: [1, 2, 3] }) } => "[20, 1, 2, 3]"
        host {
            #[derive(PatchType)] pub struct T<const N: usize> { pub a: [u8; N] }
            #[patchable] pub fn run(t: T<3>) -> [u8; 4] { [10, t.a[0], t.a[1], t.a[2]] }
        }
        patch {
            const SIZE: usize = 3;
            #[derive(PatchType)] pub struct T<const N: usize> { pub a: [u8; N] }
            #[patchable] pub fn run(t: T<SIZE>) -> [u8; 4] { [20, t.a[0], t.a[1], t.a[2]] }
        }
    phantom_changed: refused "type" ["run, argument 0 (T), field unit: host u8, patch u16"]
        call { run(T { a: 1, unit: std::marker::PhantomData }) }
        host {
            #[derive(PatchType)] pub struct T { pub a: u32, pub unit: std::marker::PhantomData<u8> }
            #[patchable] pub fn run(t: T) -> u32 { t.a }
        }
        patch {
            #[derive(PatchType)] pub struct T { pub a: u32, pub unit: std::marker::PhantomData<u16> }
            #[patchable] pub fn run(t: T) -> u32 { t.a + 1 }
        }
    // A type that is nowhere but in a type argument.
    phantom_argument_changed: refused "field-renamed" ["run, argument 0 (T<Metre>), field <0>.a: name: host a, patch b"]
        host {
            #[derive(PatchType)] pub struct Metre { pub a: u8 }
            #[derive(PatchType)] pub struct T<U> { pub a: u32, pub unit: std::marker::PhantomData<U> }
            #[patchable] pub fn run(_: T<Metre>) {}
        }
        patch {
            #[derive(PatchType)] pub struct Metre { pub b: u8 }
            #[derive(PatchType)] pub struct T<U> { pub a: u32, pub unit: std::marker::PhantomData<U> }
            #[patchable] pub fn run(_: T<Metre>) {}
        }
    nested_in_itself: refused "type" ["run, argument 0 (T<T<u8>>), field <0><0>: host u8, patch i8"]
        call { run(T { a: T { a: 1 } }) }
        host {
            #[derive(PatchType)] pub struct T<A> { pub a: A }
            #[patchable] pub fn run(t: T<T<u8>>) -> u8 { t.a.a }
        }
        patch {
            #[derive(PatchType)] pub struct T<A> { pub a: A }
            #[patchable] pub fn run(t: T<T<i8>>) -> u8 { t.a.a as u8 }
        }
    enum_unchanged: accepted []
        call { [run(T::A(1)), run(T::B { x: 2, y: vec![3, 4] })] } => "[[20, 1, 0], [21, 2, 7]]"
        host {
            #[derive(PatchType)] #[repr(C, u16)] pub enum T<A> { A(A), B { x: u8, y: Vec<A> } }
            #[patchable] pub fn run(t: T<u32>) -> [u32; 3] {
                match t { T::A(a) => [10, a, 0], T::B { x, y } => [11, x.into(), y.iter().sum()] }
            }
        }
        patch {
            #[derive(PatchType)] #[repr(C, u16)] pub enum T<A> { A(A), B { x: u8, y: Vec<A> } }
            #[patchable] pub fn run(t: T<u32>) -> [u32; 3] {
                match t { T::A(a) => [20, a, 0], T::B { x, y } => [21, x.into(), y.iter().sum()] }
            }
        }
    union_changed: refused "type" ["run, argument 0 (T<u32>), field <0>: host u32, patch f32"]
        host {
            #[derive(PatchType)] #[repr(C)] pub union T<A: Copy> { pub a: A, pub bytes: [u8; 4] }
            #[patchable] pub fn run(_: T<u32>) {}
        }
        patch {
            #[derive(PatchType)] #[repr(C)] pub union T<A: Copy> { pub a: A, pub bytes: [u8; 4] }
            #[patchable] pub fn run(_: T<f32>) {}
        }
}
