//! Enums: variants, discriminants, payloads, representations.

pairs! {
    unchanged: accepted []
        call { [run(T::A), run(T::B(1, 2)), run(T::C { x: 3, y: 4 })] } => "[[20, 0, 0], [21, 1, 2], [22, 3, 4]]"
        host {
            #[derive(PatchType)] pub enum T { A, B(u8, u64), C { x: u16, y: u32 } }
            #[patchable] pub fn run(t: T) -> [u64; 3] {
                match t { T::A => [10, 0, 0], T::B(a, b) => [11, a.into(), b], T::C { x, y } => [12, x.into(), y.into()] }
            }
        }
        patch {
            #[derive(PatchType)] pub enum T { A, B(u8, u64), C { x: u16, y: u32 } }
            #[patchable] pub fn run(t: T) -> [u64; 3] {
                match t { T::A => [20, 0, 0], T::B(a, b) => [21, a.into(), b], T::C { x, y } => [22, x.into(), y.into()] }
            }
        }
    unchanged_with_tag: accepted []
        call { [run(T::A), run(T::B(1, 2)), run(T::C { x: 3, y: 4 })] } => "[[20, 0, 0], [21, 1, 2], [22, 3, 4]]"
        host {
            #[derive(PatchType)] #[repr(u8)] pub enum T { A = 3, B(u8, u64), C { x: u16, y: u32 } = 9 }
            #[patchable] pub fn run(t: T) -> [u64; 3] {
                match t { T::A => [10, 0, 0], T::B(a, b) => [11, a.into(), b], T::C { x, y } => [12, x.into(), y.into()] }
            }
        }
        patch {
            #[derive(PatchType)] #[repr(u8)] pub enum T { A = 3, B(u8, u64), C { x: u16, y: u32 } = 9 }
            #[patchable] pub fn run(t: T) -> [u64; 3] {
                match t { T::A => [20, 0, 0], T::B(a, b) => [21, a.into(), b], T::C { x, y } => [22, x.into(), y.into()] }
            }
        }
    unchanged_in_c: accepted []
        call { [run(T::A(1)), run(T::B { x: 2, y: 3 })] } => "[[20, 1, 0], [21, 2, 3]]"
        host {
            #[derive(PatchType)] #[repr(C)] pub enum T { A(u8), B { x: u64, y: u8 } }
            #[patchable] pub fn run(t: T) -> [u64; 3] {
                match t { T::A(a) => [10, a.into(), 0], T::B { x, y } => [11, x, y.into()] }
            }
        }
        patch {
            #[derive(PatchType)] #[repr(C)] pub enum T { A(u8), B { x: u64, y: u8 } }
            #[patchable] pub fn run(t: T) -> [u64; 3] {
                match t { T::A(a) => [20, a.into(), 0], T::B { x, y } => [21, x, y.into()] }
            }
        }
    unchanged_in_c_with_tag: accepted []
        call { [run(T::A(1)), run(T::B { x: 2, y: 3 })] } => "[[20, 1, 0], [21, 2, 3]]"
        host {
            #[derive(PatchType)] #[repr(C, u8)] pub enum T { A(u16), B { x: u8, y: u32 } }
            #[patchable] pub fn run(t: T) -> [u32; 3] {
                match t { T::A(a) => [10, a.into(), 0], T::B { x, y } => [11, x.into(), y] }
            }
        }
        patch {
            #[derive(PatchType)] #[repr(u8, C)] pub enum T { A(u16), B { x: u8, y: u32 } }
            #[patchable] pub fn run(t: T) -> [u32; 3] {
                match t { T::A(a) => [20, a.into(), 0], T::B { x, y } => [21, x.into(), y] }
            }
        }
    variant_appended: refused "variant-added" ["run, argument 0 (T), variant C: host none, patch C"]
        call { run(T::B) }
        host {
            #[derive(PatchType)] pub enum T { A, B }
            #[patchable] pub fn run(t: T) -> u8 { t as u8 }
        }
        patch {
            #[derive(PatchType)] pub enum T { A, B, C }
            #[patchable] pub fn run(t: T) -> u8 { t as u8 + 10 }
        }
    variant_prepended: refused "variant-added" [
        "run, argument 0 (T), variant A: discriminant: host 0, patch 1",
        "run, argument 0 (T), variant Z: host none, patch Z",
    ]
        call { run(T::A) }
        host {
            #[derive(PatchType)] #[repr(u8)] pub enum T { A }
            #[patchable] pub fn run(t: T) -> u8 { t as u8 }
        }
        patch {
            #[derive(PatchType)] #[repr(u8)] pub enum T { Z, A }
            #[patchable] pub fn run(t: T) -> u8 { t as u8 + 10 }
        }
    variant_removed: refused "variant-removed" ["run, argument 0 (T), variant C: host C, patch none"]
        call { run(T::C(7)) }
        host {
            #[derive(PatchType)] pub enum T { A, B, C(u32) }
            #[patchable] pub fn run(t: T) -> u32 { match t { T::A => 1, T::B => 2, T::C(n) => n } }
        }
        patch {
            #[derive(PatchType)] pub enum T { A, B }
            #[patchable] pub fn run(t: T) -> u32 { match t { T::A => 11, T::B => 12 } }
        }
    variant_renamed: refused "variant-renamed" ["run, argument 0 (T), variant B: name: host B, patch Erase"]
        call { run(T::B) }
        host {
            #[derive(PatchType)] #[repr(u8)] pub enum T { A, B }
            #[patchable] pub fn run(t: T) -> u8 { t as u8 }
        }
        patch {
            #[derive(PatchType)] #[repr(u8)] pub enum T { A, Erase }
            #[patchable] pub fn run(t: T) -> u8 { t as u8 + 10 }
        }
    variants_reordered: refused "discriminant" [
        "run, argument 0 (T), variant A: discriminant: host 0, patch 1",
        "run, argument 0 (T), variant B: discriminant: host 1, patch 0",
    ]
        call { run(T::A) }
        host {
            #[derive(PatchType)] pub enum T { A, B }
            #[patchable] pub fn run(t: T) -> u8 { t as u8 }
        }
        patch {
            #[derive(PatchType)] pub enum T { B, A }
            #[patchable] pub fn run(t: T) -> u8 { t as u8 + 10 }
        }
    // The tag is an integer of known size: the order they are written in is nobody's business.
    variants_reordered_with_numbers: accepted []
        call { [run(T::A(1)), run(T::B(2))] } => "[[20, 1], [21, 2]]"
        host {
            #[derive(PatchType)] #[repr(u8)] pub enum T { A(u16) = 1, B(u32) = 2 }
            #[patchable] pub fn run(t: T) -> [u32; 2] { match t { T::A(n) => [10, n.into()], T::B(n) => [11, n] } }
        }
        patch {
            #[derive(PatchType)] #[repr(u8)] pub enum T { B(u32) = 2, A(u16) = 1 }
            #[patchable] pub fn run(t: T) -> [u32; 2] { match t { T::A(n) => [20, n.into()], T::B(n) => [21, n] } }
        }
    // Here the compiler chooses the tag, and may choose by the order.
    variants_reordered_in_rust: refused "variant-order" ["run, argument 0 (T): order: host A, patch B"]
        call { run(T::A) }
        host {
            #[derive(PatchType)] pub enum T { A = 1, B = 2 }
            #[patchable] pub fn run(t: T) -> u8 { t as u8 }
        }
        patch {
            #[derive(PatchType)] pub enum T { B = 2, A = 1 }
            #[patchable] pub fn run(t: T) -> u8 { t as u8 + 10 }
        }
    discriminant_changed: refused "discriminant" ["run, argument 0 (T), variant B: discriminant: host 1, patch 2"]
        call { run(T::B) }
        host {
            #[derive(PatchType)] #[repr(u8)] pub enum T { A, B }
            #[patchable] pub fn run(t: T) -> u8 { t as u8 }
        }
        patch {
            #[derive(PatchType)] #[repr(u8)] pub enum T { A, B = 2 }
            #[patchable] pub fn run(t: T) -> u8 { t as u8 + 10 }
        }
    discriminant_negative: refused "discriminant" ["run, argument 0 (T), variant A: discriminant: host -1, patch -2"]
        host {
            #[derive(PatchType)] #[repr(i8)] pub enum T { A = -1, B = 0 }
            #[patchable] pub fn run(t: T) -> i8 { t as i8 }
        }
        patch {
            #[derive(PatchType)] #[repr(i8)] pub enum T { A = -2, B = 0 }
            #[patchable] pub fn run(t: T) -> i8 { t as i8 }
        }
    discriminants_swapped: refused "discriminant" [
        "run, argument 0 (T), variant Erase: discriminant: host 2, patch 1",
        "run, argument 0 (T), variant Noop: discriminant: host 1, patch 2",
    ]
        call { run(T::Noop) }
        host {
            #[derive(PatchType)] #[repr(u8)] pub enum T { Noop = 1, Erase = 2 }
            #[patchable] pub fn run(t: T) -> u8 { t as u8 }
        }
        patch {
            #[derive(PatchType)] #[repr(u8)] pub enum T { Noop = 2, Erase = 1 }
            #[patchable] pub fn run(t: T) -> u8 { t as u8 + 10 }
        }
    discriminants_written_out: accepted []
        call { [run(T::A), run(T::B), run(T::C)] } => "[20, 25, 26]"
        host {
            #[derive(PatchType)] #[repr(u8)] pub enum T { A, B = 5, C }
            #[patchable] pub fn run(t: T) -> u8 { t as u8 + 10 }
        }
        patch {
            #[derive(PatchType)] #[repr(u8)] pub enum T { A = 0, B = 2 + 3, C = 6 }
            #[patchable] pub fn run(t: T) -> u8 { t as u8 + 20 }
        }
    payload_retyped: refused "type" ["run, argument 0 (T), variant B.0: host u32, patch f32"]
        call { run(T::B(7)) }
        host {
            #[derive(PatchType)] pub enum T { A, B(u32) }
            #[patchable] pub fn run(t: T) -> u32 { match t { T::A => 1, T::B(n) => n } }
        }
        patch {
            #[derive(PatchType)] pub enum T { A, B(f32) }
            #[patchable] pub fn run(t: T) -> u32 { match t { T::A => 1, T::B(n) => n as u32 } }
        }
    payload_retyped_with_tag: refused "type" ["run, argument 0 (T), variant B.0: host u32, patch i32"]
        host {
            #[derive(PatchType)] #[repr(u8)] pub enum T { A, B(u32) }
            #[patchable] pub fn run(_: T) {}
        }
        patch {
            #[derive(PatchType)] #[repr(u8)] pub enum T { A, B(i32) }
            #[patchable] pub fn run(_: T) {}
        }
    payload_retyped_in_c: refused "type" ["run, argument 0 (T), variant B.x: host u32, patch u64"]
        call { run(T::B { x: 7 }) }
        host {
            #[derive(PatchType)] #[repr(C)] pub enum T { A, B { x: u32 } }
            #[patchable] pub fn run(t: T) -> u32 { match t { T::A => 1, T::B { x } => x } }
        }
        patch {
            #[derive(PatchType)] #[repr(C)] pub enum T { A, B { x: u64 } }
            #[patchable] pub fn run(t: T) -> u32 { match t { T::A => 1, T::B { x } => x as u32 } }
        }
    payload_grown: refused "field-added" ["run, argument 0 (T), variant B.y: host none, patch u8"]
        call { run(T::B { x: 7 }) }
        host {
            #[derive(PatchType)] pub enum T { A, B { x: u32 } }
            #[patchable] pub fn run(t: T) -> u32 { match t { T::A => 1, T::B { x } => x } }
        }
        patch {
            #[derive(PatchType)] pub enum T { A, B { x: u32, y: u8 } }
            #[patchable] pub fn run(t: T) -> u32 { match t { T::A => 1, T::B { y, .. } => y.into() } }
        }
    payload_added: refused "field-added" ["run, argument 0 (T), variant B.0: host none, patch u8 at byte 1"]
        host {
            #[derive(PatchType)] #[repr(u8)] pub enum T { A, B }
            #[patchable] pub fn run(_: T) {}
        }
        patch {
            #[derive(PatchType)] #[repr(u8)] pub enum T { A, B(u8) }
            #[patchable] pub fn run(_: T) {}
        }
    payload_named: refused "field-renamed" ["run, argument 0 (T), variant B.0: name: host 0, patch x"]
        host {
            #[derive(PatchType)] pub enum T { A, B(u32) }
            #[patchable] pub fn run(_: T) {}
        }
        patch {
            #[derive(PatchType)] pub enum T { A, B { x: u32 } }
            #[patchable] pub fn run(_: T) {}
        }
    payload_reordered_with_tag: refused "field-order" [
        "run, argument 0 (T), variant B.x: order: host at byte 4, patch at byte 8"
    ]
        back refused "field-order" ["run, argument 0 (T), variant B.y: order: host at byte 4, patch at byte 8"]
        call { run(T::B { x: 1, y: 2 }) }
        host {
            #[derive(PatchType)] #[repr(u8)] pub enum T { A, B { x: u32, y: u32 } }
            #[patchable] pub fn run(t: T) -> u32 { match t { T::A => 0, T::B { x, .. } => x } }
        }
        patch {
            #[derive(PatchType)] #[repr(u8)] pub enum T { A, B { y: u32, x: u32 } }
            #[patchable] pub fn run(t: T) -> u32 { match t { T::A => 0, T::B { y, .. } => y } }
        }
    // No one can say where the fields of such a variant lie, so their order must be the same.
    payload_reordered_in_rust: refused "field-order" ["run, argument 0 (T), variant B: order: host x, patch y"]
        call { run(T::B { x: 1, y: 2 }) }
        host {
            #[derive(PatchType)] pub enum T { A, B { x: u32, y: u32 } }
            #[patchable] pub fn run(t: T) -> u32 { match t { T::A => 0, T::B { x, .. } => x } }
        }
        patch {
            #[derive(PatchType)] pub enum T { A, B { y: u32, x: u32 } }
            #[patchable] pub fn run(t: T) -> u32 { match t { T::A => 0, T::B { y, .. } => y } }
        }
    niche_lost: refused "type" ["run, argument 0 (T), variant B.0: host NonZero<u32>, patch u32"]
        call { run(T::B(std::num::NonZero::new(7).unwrap())) }
        host {
            #[derive(PatchType)] pub enum T { A, B(std::num::NonZero<u32>) }
            #[patchable] pub fn run(t: T) -> u32 { match t { T::A => 0, T::B(n) => n.get() } }
        }
        patch {
            #[derive(PatchType)] pub enum T { A, B(u32) }
            #[patchable] pub fn run(t: T) -> u32 { match t { T::A => 1, T::B(n) => n + 1 } }
        }
    tag_widened: refused "repr" ["run, argument 0 (T): repr: host u8, patch u16"]
        call { run(T::B) }
        host {
            #[derive(PatchType)] #[repr(u8)] pub enum T { A, B }
            #[patchable] pub fn run(t: T) -> u8 { t as u8 }
        }
        patch {
            #[derive(PatchType)] #[repr(u16)] pub enum T { A, B }
            #[patchable] pub fn run(t: T) -> u8 { t as u8 + 10 }
        }
    tag_to_c: refused "repr" ["run, argument 0 (T): repr: host u8, patch C,u8"]
        call { run(T::B(1, 2)) }
        host {
            #[derive(PatchType)] #[repr(u8)] pub enum T { A, B(u8, u32) }
            #[patchable] pub fn run(t: T) -> u32 { match t { T::A => 0, T::B(_, n) => n } }
        }
        patch {
            #[derive(PatchType)] #[repr(C, u8)] pub enum T { A, B(u8, u32) }
            #[patchable] pub fn run(t: T) -> u32 { match t { T::A => 0, T::B(n, _) => n.into() } }
        }
    c_to_rust: refused "repr" ["run, argument 0 (T): repr: host C, patch Rust"]
        host {
            #[derive(PatchType)] #[repr(C)] pub enum T { A, B(u8) }
            #[patchable] pub fn run(_: T) {}
        }
        patch {
            #[derive(PatchType)] pub enum T { A, B(u8) }
            #[patchable] pub fn run(_: T) {}
        }
    without_variants: accepted []
        call { run(None, 5) } => "[20, 5]"
        host {
            #[derive(PatchType)] pub enum T {}
            #[patchable] pub fn run(_: Option<T>, n: u8) -> [u8; 2] { [10, n] }
        }
        patch {
            #[derive(PatchType)] pub enum T {}
            #[patchable] pub fn run(_: Option<T>, n: u8) -> [u8; 2] { [20, n] }
        }
}
