//! Function pointers and closures: convention, safety, arguments, results.

pairs! {
    unchanged: accepted []
        call { run(|a, b| u32::from(a) * 100 + b, &|t| t.to_uppercase()) } => "(\"new\", 302, \"TEXT\")"
        host {
            #[patchable] pub fn run(f: fn(u8, u32) -> u32, g: &dyn Fn(&str) -> String) -> (&'static str, u32, String) {
                ("old", f(3, 2), g("text"))
            }
        }
        patch {
            #[patchable] pub fn run(f: fn(u8, u32) -> u32, g: &dyn Fn(&str) -> String) -> (&'static str, u32, String) {
                ("new", f(3, 2), g("text"))
            }
        }
    convention_changed: refused "abi" ["run, argument 0 (extern \"C\" fn(u32) -> u32): host C, patch Rust"]
        call { extern "C" fn twice(n: u32) -> u32 { n * 2 } run(twice) }
        host { #[patchable] pub fn run(f: extern "C" fn(u32) -> u32) -> u32 { f(1) } }
        patch { #[patchable] pub fn run(f: fn(u32) -> u32) -> u32 { f(2) } }
    // A panic may leave the one, and ends the process in the other.
    unwinding_changed: refused "abi" ["run, argument 0 (extern \"C\" fn() -> ()): host C, patch C-unwind"]
        call { extern "C" fn nothing() {} run(nothing) }
        host { #[patchable] pub fn run(f: extern "C" fn()) -> u32 { f(); 1 } }
        patch { #[patchable] pub fn run(f: extern "C-unwind" fn()) -> u32 { f(); 2 } }
    safety_changed: refused "safety" ["run, argument 0 (fn() -> ()): host safe, patch unsafe"]
        host { #[patchable] pub fn run(_: fn()) {} }
        patch { #[patchable] pub fn run(_: unsafe fn()) {} }
    argument_added: refused "type" ["run, argument 0 (fn(u8) -> ()): host fn(u8) -> (), patch fn(u8, u8) -> ()"]
        call { run(|_| ()) }
        host { #[patchable] pub fn run(f: fn(u8)) -> u8 { f(1); 1 } }
        patch { #[patchable] pub fn run(f: fn(u8, u8)) -> u8 { f(1, 2); 2 } }
    argument_retyped: refused "type" ["run, argument 0 (fn(u8, u32) -> ()), field <1>: host u32, patch f32"]
        host { #[patchable] pub fn run(_: fn(u8, u32)) {} }
        patch { #[patchable] pub fn run(_: fn(u8, f32)) {} }
    result_retyped: refused "type" ["run, argument 0 (fn() -> u32): host u32, patch i32"]
        host { #[patchable] pub fn run(_: fn() -> u32) {} }
        patch { #[patchable] pub fn run(_: fn() -> i32) {} }
    nested_callback: refused "abi" [
        "run, argument 0 (fn(extern \"C\" fn(u8) -> u8) -> ()), field <0>: host C, patch C-unwind"
    ]
        host { #[patchable] pub fn run(_: fn(extern "C" fn(u8) -> u8)) {} }
        patch { #[patchable] pub fn run(_: fn(extern "C-unwind" fn(u8) -> u8)) {} }
    in_struct: refused "abi" ["run, argument 0 (T), field callback: host C, patch Rust"]
        host {
            #[derive(PatchType)] pub struct T { pub callback: Option<extern "C" fn(u8)> }
            #[patchable] pub fn run(_: T) {}
        }
        patch {
            #[derive(PatchType)] pub struct T { pub callback: Option<fn(u8)> }
            #[patchable] pub fn run(_: T) {}
        }
    closure_argument_retyped: refused "type" ["run, argument 0 (&dyn Fn<u32, u8>), field <0>: host u32, patch i32"]
        call { run(&|n| n as u8) }
        host { #[patchable] pub fn run(f: &dyn Fn(u32) -> u8) -> u8 { f(1) } }
        patch { #[patchable] pub fn run(f: &dyn Fn(i32) -> u8) -> u8 { f(2) } }
    closure_to_mutating: refused "type" ["run, argument 0 (&mut dyn FnMut<u8>): host &mut dyn FnMut<u8>, patch &dyn Fn<u8>"]
        host { #[patchable] pub fn run(f: &mut dyn FnMut() -> u8) -> u8 { f() } }
        patch { #[patchable] pub fn run(f: &dyn Fn() -> u8) -> u8 { f() } }
    closure_sent: refused "type" [
        "run, argument 0 (T), field callback: host dyn Fn + Send<()>, patch dyn Fn + Send + Sync<()>"
    ]
        host {
            #[derive(PatchType)] pub struct T { pub callback: Box<dyn Fn() + Send> }
            #[patchable] pub fn run(_: T) {}
        }
        patch {
            #[derive(PatchType)] pub struct T { pub callback: Box<dyn Fn() + Send + Sync> }
            #[patchable] pub fn run(_: T) {}
        }
}
