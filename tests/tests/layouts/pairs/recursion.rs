//! Types that contain themselves.

pairs! {
    direct_unchanged: accepted []
        call { run(&List { value: 1, next: Some(Box::new(List { value: 2, next: None })) }) } => "[20, 1, 2]"
        host {
            #[derive(PatchType)] pub struct List { pub value: u32, pub next: Option<Box<List>> }
            #[patchable] pub fn run(t: &List) -> [u32; 3] { [10, t.value, t.next.as_ref().map_or(0, |next| next.value)] }
        }
        patch {
            #[derive(PatchType)] pub struct List { pub value: u32, pub next: Option<Box<Self>> }
            #[patchable] pub fn run(t: &List) -> [u32; 3] { [20, t.value, t.next.as_ref().map_or(0, |next| next.value)] }
        }
    direct_changed: refused "type" ["run, argument 0 (&List), field value: host u32, patch f32"]
        call { run(&List { value: 1, next: None }) }
        host {
            #[derive(PatchType)] pub struct List { pub value: u32, pub next: Option<Box<List>> }
            #[patchable] pub fn run(t: &List) -> u32 { t.value }
        }
        patch {
            #[derive(PatchType)] pub struct List { pub value: f32, pub next: Option<Box<List>> }
            #[patchable] pub fn run(t: &List) -> u32 { t.value as u32 + 1 }
        }
    // The same room, another way to itself.
    way_changed: refused "type" ["run, argument 0 (&List), variant More.next: host Box<List>, patch Arc<List>"]
        host {
            #[derive(PatchType)] pub enum List { End, More { next: Box<List> } }
            #[patchable] pub fn run(_: &List) {}
        }
        patch {
            #[derive(PatchType)] pub enum List { End, More { next: std::sync::Arc<List> } }
            #[patchable] pub fn run(_: &List) {}
        }
    ended: refused "type" ["run, argument 0 (&List), field next: host List, patch u32"]
        host {
            #[derive(PatchType)] pub struct List { pub next: Option<Box<List>> }
            #[patchable] pub fn run(_: &List) {}
        }
        patch {
            #[derive(PatchType)] pub struct List { pub next: Option<Box<u32>> }
            #[patchable] pub fn run(_: &List) {}
        }
    mutual_unchanged: accepted []
        call { run(&Even { value: 1, next: Some(Box::new(Odd { next: None, value: 2 })) }) } => "[20, 1, 2]"
        host {
            #[derive(PatchType)] pub struct Even { pub value: u32, pub next: Option<Box<Odd>> }
            #[derive(PatchType)] pub struct Odd { #[patch_type(recursive)] pub next: Option<Box<Even>>, pub value: u16 }
            #[patchable] pub fn run(t: &Even) -> [u32; 3] {
                [10, t.value, t.next.as_ref().map_or(0, |next| next.value.into())]
            }
        }
        patch {
            #[derive(PatchType)] pub struct Even { pub value: u32, pub next: Option<Box<Odd>> }
            #[derive(PatchType)] pub struct Odd { #[patch_type(recursive)] pub next: Option<Box<Even>>, pub value: u16 }
            #[patchable] pub fn run(t: &Even) -> [u32; 3] {
                [20, t.value, t.next.as_ref().map_or(0, |next| next.value.into())]
            }
        }
    mutual_changed: refused "type" ["run, argument 0 (&Odd), field next.value: host u32, patch i32"]
        call { run(&Odd { next: Some(Box::new(Even { value: 1, next: None })) }) }
        host {
            #[derive(PatchType)] pub struct Even { pub value: u32, pub next: Option<Box<Odd>> }
            #[derive(PatchType)] pub struct Odd { #[patch_type(recursive)] pub next: Option<Box<Even>> }
            #[patchable] pub fn run(t: &Odd) -> u32 { t.next.as_ref().map_or(0, |next| next.value) }
        }
        patch {
            #[derive(PatchType)] pub struct Even { pub value: i32, pub next: Option<Box<Odd>> }
            #[derive(PatchType)] pub struct Odd { #[patch_type(recursive)] pub next: Option<Box<Even>> }
            #[patchable] pub fn run(t: &Odd) -> u32 { t.next.as_ref().map_or(0, |next| next.value as u32 + 1) }
        }
    generic_unchanged: accepted []
        call { run(&Tree::Node(Box::new(Tree::Leaf(1)), vec![Tree::Leaf(2), Tree::Leaf(3)])) } => "[20, 1, 2, 3]"
        host {
            #[derive(PatchType)] pub enum Tree<A> { Leaf(A), Node(Box<Tree<A>>, Vec<Self>) }
            #[patchable] pub fn run(_: &Tree<u16>) -> [u16; 4] { [10; 4] }
        }
        patch {
            #[derive(PatchType)] pub enum Tree<A> { Leaf(A), Node(Box<Self>, Vec<Tree<A>>) }
            #[patchable] pub fn run(t: &Tree<u16>) -> [u16; 4] {
                let Tree::Node(first, rest) = t else { return [0; 4] };
                let value = |tree: &Tree<u16>| if let Tree::Leaf(value) = tree { *value } else { 0 };
                [20, value(first), value(&rest[0]), value(&rest[1])]
            }
        }
    generic_changed: refused "type" ["run, argument 0 (&Tree<u16>), field <0>: host u16, patch i16"]
        call { run(&Tree::Leaf(1)) }
        host {
            #[derive(PatchType)] pub enum Tree<A> { Leaf(A), Node(Box<Tree<A>>) }
            #[patchable] pub fn run(t: &Tree<u16>) -> u16 { if let Tree::Leaf(value) = t { *value } else { 0 } }
        }
        patch {
            #[derive(PatchType)] pub enum Tree<A> { Leaf(A), Node(Box<Tree<A>>) }
            #[patchable] pub fn run(t: &Tree<i16>) -> u16 { if let Tree::Leaf(value) = t { *value as u16 + 1 } else { 0 } }
        }
    // To the outer type instead of the inner one.
    to_another_type_around: refused "type" ["run, argument 0 (&Outer<u8>), field inner<0>.inner.next: host Self, patch Self"]
        host {
            #[derive(PatchType)] pub struct Inner<A> { pub a: Vec<A>, pub next: Option<Box<Inner<A>>> }
            #[derive(PatchType)] pub struct Outer<A> { pub a: A, pub inner: Option<Box<Inner<Outer<A>>>> }
            #[patchable] pub fn run(_: &Outer<u8>) {}
        }
        patch {
            #[derive(PatchType)] pub struct Inner<A> { pub a: Vec<A>, pub next: Option<Box<A>> }
            #[derive(PatchType)] pub struct Outer<A> { pub a: A, pub inner: Option<Box<Inner<Outer<A>>>> }
            #[patchable] pub fn run(_: &Outer<u8>) {}
        }
}
