//! Types without a description: name and room are compared, and the plan lists them.

pairs! {
    same_size: accepted ["run, argument 0 (Hidden): Hidden is not described: only its name and its size are compared"]
        call { run(Hidden(1, 2)) } => "[20, 1, 2]"
        host {
            pub struct Hidden(pub u32, pub u8);
            #[patchable] pub fn run(t: Hidden) -> [u32; 3] { [10, t.0, t.1.into()] }
        }
        patch {
            pub struct Hidden(pub u32, pub u8);
            #[patchable] pub fn run(t: Hidden) -> [u32; 3] { [20, t.0, t.1.into()] }
        }
    // This is what a missing description costs: nobody sees it, so the plan says so.
    same_size_other_fields: accepted ["run, argument 0 (T), field inner: Hidden is not described: only its name and its size are compared"]
        host {
            pub struct Hidden(pub u32);
            #[derive(PatchType)] pub struct T { pub inner: Hidden }
            #[patchable] pub fn run(_: T) {}
        }
        patch {
            pub struct Hidden(pub i32);
            #[derive(PatchType)] pub struct T { pub inner: Hidden }
            #[patchable] pub fn run(_: T) {}
        }
    size_changed: refused "size" ["run, argument 0 (Hidden): host 4 bytes, patch 8 bytes"]
        call { run(Hidden(1)) }
        host {
            pub struct Hidden(pub u32);
            #[patchable] pub fn run(t: Hidden) -> u32 { t.0 }
        }
        patch {
            pub struct Hidden(pub u64);
            #[patchable] pub fn run(t: Hidden) -> u32 { t.0 as u32 + 1 }
        }
    alignment_changed: refused "alignment" ["run, argument 0 (Hidden): host aligned to 4 bytes, patch aligned to 2 bytes"]
        host {
            pub struct Hidden(pub u32);
            #[patchable] pub fn run(_: Hidden) {}
        }
        patch {
            pub struct Hidden(pub u16, pub u16);
            #[patchable] pub fn run(_: Hidden) {}
        }
    niche_changed: refused "niche" ["run, argument 0 (Option<Hidden>), field <0>: host with a niche, patch without a niche"]
        call { run(None) }
        host {
            pub struct Hidden(pub std::num::NonZero<u32>);
            #[patchable] pub fn run(t: Option<Hidden>) -> bool { t.is_none() }
        }
        patch {
            pub struct Hidden(pub u32);
            #[patchable] pub fn run(t: Option<Hidden>) -> bool { t.is_some() }
        }
    renamed: refused "type" ["run, argument 0 (Hidden): host Hidden, patch Other"]
        host {
            pub struct Hidden(pub u32);
            #[patchable] pub fn run(_: Hidden) {}
        }
        patch {
            pub struct Other(pub u32);
            #[patchable] pub fn run(_: Other) {}
        }
    size_changed_in_vector: refused "size" ["run, argument 0 (T), field all<0>: host 4 bytes, patch 8 bytes"]
        call { run(T { all: vec![Hidden(1), Hidden(2)] }) }
        host {
            pub struct Hidden(pub u32);
            #[derive(PatchType)] pub struct T { pub all: Vec<Hidden> }
            #[patchable] pub fn run(t: T) -> u32 { t.all[1].0 }
        }
        patch {
            pub struct Hidden(pub u64);
            #[derive(PatchType)] pub struct T { pub all: Vec<Hidden> }
            #[patchable] pub fn run(t: T) -> u32 { t.all[1].0 as u32 }
        }
    described_later: accepted ["run, argument 0 (Hidden): Hidden is not described: only its name and its size are compared"]
        call { run(Hidden(1, 2)) } => "[20, 1, 2]"
        host {
            pub struct Hidden(pub u32, pub u8);
            #[patchable] pub fn run(t: Hidden) -> [u32; 3] { [10, t.0, t.1.into()] }
        }
        patch {
            #[derive(PatchType)] pub struct Hidden(pub u32, pub u8);
            #[patchable] pub fn run(t: Hidden) -> [u32; 3] { [20, t.0, t.1.into()] }
        }
    described_later_and_changed: refused "size" ["run, argument 0 (Hidden): host 8 bytes, patch 4 bytes"]
        host {
            pub struct Hidden(pub u32, pub u8);
            #[patchable] pub fn run(_: Hidden) {}
        }
        patch {
            #[derive(PatchType)] pub struct Hidden(pub u32);
            #[patchable] pub fn run(_: Hidden) {}
        }
    // The type itself is not described; what it is made for is compared.
    argument_of_opaque: refused "type" ["run, argument 0 (Hidden<u32>), field <0>: host u32, patch f32"]
        host {
            pub struct Hidden<A>(pub A);
            #[patchable] pub fn run(_: Hidden<u32>) {}
        }
        patch {
            pub struct Hidden<A>(pub A);
            #[patchable] pub fn run(_: Hidden<f32>) {}
        }
    any: accepted ["run, argument 0 (&dyn Any): dyn Any may hold values of any type, which are not compared"]
        call { run(&7u32) } => "(20, true)"
        host { #[patchable] pub fn run(t: &dyn std::any::Any) -> (u8, bool) { (10, t.is::<u32>()) } }
        patch { #[patchable] pub fn run(t: &dyn std::any::Any) -> (u8, bool) { (20, t.is::<u32>()) } }
    error: accepted ["run, result (Result<u8, Box<dyn Error + Send + Sync>>), field <1>: dyn Error + Send + Sync may hold values of any type, which are not compared"]
        call { run().map_err(|error| error.to_string()) } => "Err(\"boom\")"
        host { #[patchable] pub fn run() -> Result<u8, Box<dyn std::error::Error + Send + Sync>> { Ok(1) } }
        patch { #[patchable] pub fn run() -> Result<u8, Box<dyn std::error::Error + Send + Sync>> { Err("boom".into()) } }
    any_sent: refused "type" ["run, argument 0 (Box<dyn Any>): host dyn Any, patch dyn Any + Send"]
        host { #[patchable] pub fn run(_: Box<dyn std::any::Any>) {} }
        patch { #[patchable] pub fn run(_: Box<dyn std::any::Any + Send>) {} }
    to_opaque_trait: refused "type" ["run, argument 0 (&dyn Debug), field <0>: host dyn Debug, patch dyn Display"]
        host { #[patchable] pub fn run(_: &dyn std::fmt::Debug) {} }
        patch { #[patchable] pub fn run(_: &dyn std::fmt::Display) {} }
    // A list of one thing is no list of another, whoever describes it.
    element_described_as_another: refused "type" ["run, argument 0 (Vec<Hidden>), field <0>: host Hidden, patch u64"]
        call { run(vec![]) }
        host {
            pub struct Hidden(pub u32);
            #[patchable] pub fn run(t: Vec<Hidden>) -> usize { t.len() }
        }
        patch {
            #[patchable] pub fn run(t: Vec<u64>) -> usize { t.len() + 1 }
        }
    boxed_described_as_another: refused "type" ["run, argument 0 (Box<Hidden>), field <0>: host Hidden, patch [u64; 100]"]
        host {
            pub struct Hidden(pub u32);
            #[patchable] pub fn run(_: Box<Hidden>) {}
        }
        patch {
            #[patchable] pub fn run(_: Box<[u64; 100]>) {}
        }
    // What is described wherever its arguments are is not the standard library's, if it is not described.
    of_the_standard_library_or_not: refused "type" ["run, argument 0 (Arc<Mutex<u64>>), field <0>: host Mutex<u64>, patch Mutex<u64>"]
        host {
            pub struct Mutex<T>(pub [usize; 2], pub T);
            #[patchable] pub fn run(_: std::sync::Arc<Mutex<u64>>) {}
        }
        patch {
            #[patchable] pub fn run(_: std::sync::Arc<std::sync::Mutex<u64>>) {}
        }
    orders_of_two_kinds: refused "type" ["run, argument 0 (Ordering): host Ordering, patch Ordering"]
        host {
            #[patchable] pub fn run(_: std::cmp::Ordering) {}
        }
        patch {
            #[repr(u8)] pub enum Ordering { A = 254, B = 255 }
            #[patchable] pub fn run(_: Ordering) {}
        }
    constants_in_the_name: refused "type" ["run, argument 0 (Table<3>): host Table<3>, patch Table<4>"]
        host {
            pub struct Table<const N: usize>(pub Box<[u8; N]>);
            #[patchable] pub fn run(_: Table<3>) {}
        }
        patch {
            pub struct Table<const N: usize>(pub Box<[u8; N]>);
            #[patchable] pub fn run(_: Table<4>) {}
        }
    reference_described_later: accepted ["run, argument 0 (&Hidden): &Hidden is not described: only its name and its size are compared", "run, argument 0 (&Hidden), field <0>: Hidden is not described: only its name and its size are compared"]
        host {
            pub struct Hidden(pub u32);
            #[patchable] pub fn run(_: &Hidden) {}
        }
        patch {
            #[derive(PatchType)] pub struct Hidden(pub u32);
            #[patchable] pub fn run(_: &Hidden) {}
        }
    array_described_later_and_longer: refused "type" ["run, argument 0 (&[Hidden; 4]), field <0>: host [Hidden; 4], patch [Hidden; 5]"]
        host {
            pub struct Hidden(pub u32);
            #[patchable] pub fn run(_: &[Hidden; 4]) {}
        }
        patch {
            #[derive(PatchType)] pub struct Hidden(pub u32);
            #[patchable] pub fn run(_: &[Hidden; 5]) {}
        }
}
