//! A field changed somewhere inside: the message names the way to it, in one line.

pairs! {
    behind_reference: refused "type" ["run, argument 0 (&Leaf), field qty: host u32, patch i32"]
        call { run(&Leaf { qty: 7 }) }
        host {
            #[derive(PatchType)] pub struct Leaf { pub qty: u32 }
            #[patchable] pub fn run(t: &Leaf) -> u32 { t.qty }
        }
        patch {
            #[derive(PatchType)] pub struct Leaf { pub qty: i32 }
            #[patchable] pub fn run(t: &Leaf) -> u32 { t.qty as u32 + 1 }
        }
    behind_pointer: refused "type" ["run, argument 0 (*const Leaf), field qty: host u32, patch i32"]
        host {
            #[derive(PatchType)] pub struct Leaf { pub qty: u32 }
            #[patchable] pub fn run(_: *const Leaf) {}
        }
        patch {
            #[derive(PatchType)] pub struct Leaf { pub qty: i32 }
            #[patchable] pub fn run(_: *const Leaf) {}
        }
    in_box: refused "type" ["run, argument 0 (Box<Leaf>), field qty: host u32, patch i32"]
        call { run(Box::new(Leaf { qty: 7 })) }
        host {
            #[derive(PatchType)] pub struct Leaf { pub qty: u32 }
            #[patchable] pub fn run(t: Box<Leaf>) -> u32 { t.qty }
        }
        patch {
            #[derive(PatchType)] pub struct Leaf { pub qty: i32 }
            #[patchable] pub fn run(t: Box<Leaf>) -> u32 { t.qty as u32 + 1 }
        }
    in_option: refused "type" ["run, argument 0 (Option<Leaf>), field qty: host u32, patch i32"]
        host {
            #[derive(PatchType)] pub struct Leaf { pub qty: u32 }
            #[patchable] pub fn run(_: Option<Leaf>) {}
        }
        patch {
            #[derive(PatchType)] pub struct Leaf { pub qty: i32 }
            #[patchable] pub fn run(_: Option<Leaf>) {}
        }
    in_vector: refused "type" ["run, argument 0 (Vec<Leaf>), field [].qty: host u32, patch i32"]
        call { run(vec![Leaf { qty: 7 }]) }
        host {
            #[derive(PatchType)] pub struct Leaf { pub qty: u32 }
            #[patchable] pub fn run(t: Vec<Leaf>) -> u32 { t[0].qty }
        }
        patch {
            #[derive(PatchType)] pub struct Leaf { pub qty: i32 }
            #[patchable] pub fn run(t: Vec<Leaf>) -> u32 { t[0].qty as u32 + 1 }
        }
    in_slice: refused "type" ["run, argument 0 (&[Leaf]), field [].qty: host u32, patch i32"]
        host {
            #[derive(PatchType)] pub struct Leaf { pub qty: u32 }
            #[patchable] pub fn run(_: &[Leaf]) {}
        }
        patch {
            #[derive(PatchType)] pub struct Leaf { pub qty: i32 }
            #[patchable] pub fn run(_: &[Leaf]) {}
        }
    in_array: refused "type" ["run, argument 0 ([Leaf; 2]), field [].qty: host u32, patch i32"]
        host {
            #[derive(PatchType)] pub struct Leaf { pub qty: u32 }
            #[patchable] pub fn run(_: [Leaf; 2]) {}
        }
        patch {
            #[derive(PatchType)] pub struct Leaf { pub qty: i32 }
            #[patchable] pub fn run(_: [Leaf; 2]) {}
        }
    in_tuple: refused "type" ["run, argument 0 ((u8, Leaf)), field <1>.qty: host u32, patch i32"]
        call { run((1, Leaf { qty: 7 })) }
        host {
            #[derive(PatchType)] pub struct Leaf { pub qty: u32 }
            #[patchable] pub fn run(t: (u8, Leaf)) -> u32 { t.1.qty }
        }
        patch {
            #[derive(PatchType)] pub struct Leaf { pub qty: i32 }
            #[patchable] pub fn run(t: (u8, Leaf)) -> u32 { t.1.qty as u32 + 1 }
        }
    in_map_key: refused "type" [
        "run, argument 0 (HashMap<Leaf, u8, RandomState>), field <0>.qty: host u32, patch i32"
    ]
        host {
            #[derive(PatchType, PartialEq, Eq, Hash)] pub struct Leaf { pub qty: u32 }
            #[patchable] pub fn run(_: std::collections::HashMap<Leaf, u8>) {}
        }
        patch {
            #[derive(PatchType, PartialEq, Eq, Hash)] pub struct Leaf { pub qty: i32 }
            #[patchable] pub fn run(_: std::collections::HashMap<Leaf, u8>) {}
        }
    in_map_value: refused "type" [
        "run, argument 0 (HashMap<String, Leaf, RandomState>), field <1>.qty: host u32, patch i32"
    ]
        call { run([("a".to_owned(), Leaf { qty: 7 })].into()) }
        host {
            #[derive(PatchType)] pub struct Leaf { pub qty: u32 }
            #[patchable] pub fn run(t: std::collections::HashMap<String, Leaf>) -> u32 { t["a"].qty }
        }
        patch {
            #[derive(PatchType)] pub struct Leaf { pub qty: i32 }
            #[patchable] pub fn run(t: std::collections::HashMap<String, Leaf>) -> u32 { t["a"].qty as u32 + 1 }
        }
    in_counted_pointer: refused "type" ["run, argument 0 (Arc<Leaf>), field qty: host u32, patch i32"]
        host {
            #[derive(PatchType)] pub struct Leaf { pub qty: u32 }
            #[patchable] pub fn run(_: std::sync::Arc<Leaf>) {}
        }
        patch {
            #[derive(PatchType)] pub struct Leaf { pub qty: i32 }
            #[patchable] pub fn run(_: std::sync::Arc<Leaf>) {}
        }
    in_lock: refused "type" ["run, argument 0 (&Mutex<Leaf>), field qty: host u32, patch i32"]
        call { run(&std::sync::Mutex::new(Leaf { qty: 7 })) }
        host {
            #[derive(PatchType)] pub struct Leaf { pub qty: u32 }
            #[patchable] pub fn run(t: &std::sync::Mutex<Leaf>) -> u32 { t.lock().unwrap().qty }
        }
        patch {
            #[derive(PatchType)] pub struct Leaf { pub qty: i32 }
            #[patchable] pub fn run(t: &std::sync::Mutex<Leaf>) -> u32 { t.lock().unwrap().qty as u32 + 1 }
        }
    in_result: refused "type" ["run, result (Result<u8, Leaf>), field <1>.qty: host u32, patch i32"]
        host {
            #[derive(PatchType)] pub struct Leaf { pub qty: u32 }
            #[patchable] pub fn run() -> Result<u8, Leaf> { Ok(1) }
        }
        patch {
            #[derive(PatchType)] pub struct Leaf { pub qty: i32 }
            #[patchable] pub fn run() -> Result<u8, Leaf> { Ok(2) }
        }
    in_callback: refused "type" ["run, argument 0 (fn(&Leaf) -> u8), field <0>.qty: host u32, patch i32"]
        host {
            #[derive(PatchType)] pub struct Leaf { pub qty: u32 }
            #[patchable] pub fn run(_: fn(&Leaf) -> u8) {}
        }
        patch {
            #[derive(PatchType)] pub struct Leaf { pub qty: i32 }
            #[patchable] pub fn run(_: fn(&Leaf) -> u8) {}
        }
    in_closure: refused "type" ["run, argument 0 (&dyn Fn<Leaf, u8>), field <0>.qty: host u32, patch i32"]
        host {
            #[derive(PatchType)] pub struct Leaf { pub qty: u32 }
            #[patchable] pub fn run(f: &dyn Fn(Leaf) -> u8) -> u8 { f(Leaf { qty: 1 }) }
        }
        patch {
            #[derive(PatchType)] pub struct Leaf { pub qty: i32 }
            #[patchable] pub fn run(f: &dyn Fn(Leaf) -> u8) -> u8 { f(Leaf { qty: 2 }) }
        }
    in_generic: refused "type" ["run, argument 0 (W<Leaf>), field <0>.qty: host u32, patch i32"]
        host {
            #[derive(PatchType)] pub struct Leaf { pub qty: u32 }
            #[derive(PatchType)] pub struct W<A> { pub a: A }
            #[patchable] pub fn run(_: W<Leaf>) {}
        }
        patch {
            #[derive(PatchType)] pub struct Leaf { pub qty: i32 }
            #[derive(PatchType)] pub struct W<A> { pub a: A }
            #[patchable] pub fn run(_: W<Leaf>) {}
        }
    in_many_levels: refused "type" ["run, argument 0 (&State), field shape::Tree.leaves[].qty: host u32, patch i32"]
        call { run(&State { tags: Vec::new(), shape: Shape::Tree { leaves: vec![Leaf { name: "n".into(), qty: 7 }] } }) }
        host {
            #[derive(PatchType)] pub struct Leaf { pub name: String, pub qty: u32 }
            #[derive(PatchType)] pub enum Shape { Empty, Tree { leaves: Vec<Leaf> } }
            #[derive(PatchType)] pub struct State { pub tags: Vec<String>, pub shape: Shape }
            #[patchable] pub fn run(t: &State) -> u32 {
                match &t.shape { Shape::Empty => 0, Shape::Tree { leaves } => leaves[0].qty }
            }
        }
        patch {
            #[derive(PatchType)] pub struct Leaf { pub name: String, pub qty: i32 }
            #[derive(PatchType)] pub enum Shape { Empty, Tree { leaves: Vec<Leaf> } }
            #[derive(PatchType)] pub struct State { pub tags: Vec<String>, pub shape: Shape }
            #[patchable] pub fn run(t: &State) -> u32 {
                match &t.shape { Shape::Empty => 0, Shape::Tree { leaves } => leaves[0].qty as u32 + 1 }
            }
        }
    // Reached in two ways, told once.
    in_two_places: refused "type" ["run, argument 0 (T), field first.qty: host u32, patch i32"]
        host {
            #[derive(PatchType)] pub struct Leaf { pub qty: u32 }
            #[derive(PatchType)] pub struct T { pub first: Leaf, pub second: Box<Leaf> }
            #[patchable] pub fn run(_: T, _: Leaf) {}
        }
        patch {
            #[derive(PatchType)] pub struct Leaf { pub qty: i32 }
            #[derive(PatchType)] pub struct T { pub first: Leaf, pub second: Box<Leaf> }
            #[patchable] pub fn run(_: T, _: Leaf) {}
        }
    in_many_levels_unchanged: accepted []
        call { run(&State {
            tags: vec!["a".into(), "b".into()],
            shape: Shape::Tree { leaves: vec![Leaf { name: "n".into(), qty: 7, rest: Some(Box::new((1, 2, 3))) }] },
            id: [4, 5, 6],
        }) } => "\"new ab n 7 Some((1, 2, 3)) [4, 5, 6]\""
        host {
            #[derive(PatchType)] pub struct Leaf { pub name: String, pub qty: u32, pub rest: Option<Box<(u8, u64, u16)>> }
            #[derive(PatchType)] pub enum Shape { Empty, Tree { leaves: Vec<Leaf> } }
            #[derive(PatchType)] pub struct State { pub tags: Vec<String>, pub shape: Shape, pub id: [u8; 3] }
            #[patchable] pub fn run(_: &State) -> String { "old".to_owned() }
        }
        patch {
            #[derive(PatchType)] pub struct Leaf { pub name: String, pub qty: u32, pub rest: Option<Box<(u8, u64, u16)>> }
            #[derive(PatchType)] pub enum Shape { Empty, Tree { leaves: Vec<Leaf> } }
            #[derive(PatchType)] pub struct State { pub tags: Vec<String>, pub shape: Shape, pub id: [u8; 3] }
            #[patchable] pub fn run(t: &State) -> String {
                let Shape::Tree { leaves } = &t.shape else { return "empty".to_owned() };
                let Leaf { name, qty, rest } = &leaves[0];
                format!("new {} {name} {qty} {rest:?} {:?}", t.tags.concat(), t.id)
            }
        }
    fifty_deep: refused "type" ["run, argument 0 (L00), field next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.end: host u32, patch i32"]
        host {
            macro_rules! chain {
                ($last:ident) => { #[derive(PatchType)] pub struct $last { pub end: u32 } };
                ($first:ident $second:ident $($rest:ident)*) => {
                    #[derive(PatchType)] pub struct $first { pub next: $second }
                    chain!($second $($rest)*);
                };
            }
            chain!(L00 L01 L02 L03 L04 L05 L06 L07 L08 L09 L10 L11 L12 L13 L14 L15 L16 L17 L18 L19 L20 L21 L22 L23 L24 L25
                L26 L27 L28 L29 L30 L31 L32 L33 L34 L35 L36 L37 L38 L39 L40 L41 L42 L43 L44 L45 L46 L47 L48 L49 L50);
            #[patchable] pub fn run(_: L00) {}
        }
        patch {
            macro_rules! chain {
                ($last:ident) => { #[derive(PatchType)] pub struct $last { pub end: i32 } };
                ($first:ident $second:ident $($rest:ident)*) => {
                    #[derive(PatchType)] pub struct $first { pub next: $second }
                    chain!($second $($rest)*);
                };
            }
            chain!(L00 L01 L02 L03 L04 L05 L06 L07 L08 L09 L10 L11 L12 L13 L14 L15 L16 L17 L18 L19 L20 L21 L22 L23 L24 L25
                L26 L27 L28 L29 L30 L31 L32 L33 L34 L35 L36 L37 L38 L39 L40 L41 L42 L43 L44 L45 L46 L47 L48 L49 L50);
            #[patchable] pub fn run(_: L00) {}
        }
}
