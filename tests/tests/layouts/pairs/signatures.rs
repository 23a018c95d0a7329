//! The functions themselves: arguments, results, references, safety, asynchrony.

pairs! {
    arguments_renamed: accepted []
        call { run(1, 2, (3, 4)) } => "[20, 1, 2, 3, 4]"
        host { #[patchable] pub fn run(a: u8, b: u64, (c, d): (u16, u32)) -> [u64; 5] { [10, a.into(), b, c.into(), d.into()] } }
        patch { #[patchable] pub fn run(w: u8, x: u64, yz: (u16, u32)) -> [u64; 5] { [20, w.into(), x, yz.0.into(), yz.1.into()] } }
    argument_added: refused "signature-mismatch" ["run: host `fn(u32) -> u32`, patch `fn(u32, u32) -> u32`"]
        call { run(1) }
        host { #[patchable] pub fn run(a: u32) -> u32 { a } }
        patch { #[patchable] pub fn run(_: u32, b: u32) -> u32 { b } }
    argument_removed: refused "signature-mismatch" ["run: host `fn(u32, u8) -> u32`, patch `fn(u32) -> u32`"]
        call { run(1, 2) }
        host { #[patchable] pub fn run(a: u32, _: u8) -> u32 { a } }
        patch { #[patchable] pub fn run(a: u32) -> u32 { a + 1 } }
    argument_retyped: refused "type" ["run, argument 1 (f32): host f32, patch u32"]
        call { run(1, 2.5) }
        host { #[patchable] pub fn run(a: u8, b: f32) -> f32 { f32::from(a) + b } }
        patch { #[patchable] pub fn run(_: u8, b: u32) -> f32 { b as f32 } }
    arguments_exchanged: refused "type" [
        "run, argument 0 (u8): host u8, patch u64", "run, argument 1 (u64): host u64, patch u8",
    ]
        call { run(1, 2) }
        host { #[patchable] pub fn run(_: u8, b: u64) -> u64 { b } }
        patch { #[patchable] pub fn run(a: u64, _: u8) -> u64 { a } }
    result_retyped: refused "type" ["run, result (u32): host u32, patch u64"]
        call { run() }
        host { #[patchable] pub fn run() -> u32 { 1 } }
        patch { #[patchable] pub fn run() -> u64 { 2 } }
    result_added: refused "type" ["run, result (()): host (), patch String"]
        call { run() }
        host { #[patchable] pub fn run() {} }
        patch { #[patchable] pub fn run() -> String { String::new() } }
    reference_to_mutable: refused "type" ["run, argument 0 (&u32): host &u32, patch &mut u32"]
        call { run(&1) }
        host { #[patchable] pub fn run(a: &u32) -> u32 { *a } }
        patch { #[patchable] pub fn run(a: &mut u32) -> u32 { *a += 1; *a } }
    value_to_reference: refused "signature-mismatch" ["run: host `fn(String) -> usize`, patch `for<'_0> fn(&'_0 String) -> usize`"]
        call { run("text".to_owned()) }
        host { #[patchable] pub fn run(a: String) -> usize { a.len() } }
        patch { #[patchable] pub fn run(a: &String) -> usize { a.len() + 1 } }
    made_unsafe: refused "signature-mismatch" ["run: host `fn() -> u32`, patch `unsafe fn() -> u32`"]
        call { run() }
        host { #[patchable] pub fn run() -> u32 { 1 } }
        patch { #[patchable] pub unsafe fn run() -> u32 { 2 } }
    made_async: refused "signature-mismatch" ["run: host `fn() -> u32`, patch `async fn() -> u32`"]
        call { run() }
        host { #[patchable] pub fn run() -> u32 { 1 } }
        patch { #[patchable] pub async fn run() -> u32 { 2 } }
    async_result_retyped: refused "type" ["run, result (u32): host u32, patch i32"]
        host { #[patchable] pub async fn run() -> u32 { 1 } }
        patch { #[patchable] pub async fn run() -> i32 { 2 } }
    async_unchanged: accepted []
        call { now(run("text", 3)) } => "(\"new\", \"text\", 3)"
        host {
            pub fn now<F: Future>(future: F) -> F::Output {
                let mut context = std::task::Context::from_waker(std::task::Waker::noop());
                match std::pin::pin!(future).poll(&mut context) {
                    std::task::Poll::Ready(output) => output,
                    std::task::Poll::Pending => panic!("it waits for nothing"),
                }
            }
            #[patchable] pub async fn run(a: &str, b: u8) -> (&'static str, String, u8) { ("old", a.to_owned(), b) }
        }
        patch { #[patchable] pub async fn run(a: &str, b: u8) -> (&'static str, String, u8) { ("new", a.to_owned(), b) } }
    convention_of_its_own: accepted []
        call { run(1, 2) } => "2021"
        host { #[patchable] pub fn run(a: u8, b: u32) -> u32 { 1000 + b * 10 + u32::from(a) } }
        patch { #[patchable] pub extern "C" fn run(a: u8, b: u32) -> u32 { 2000 + b * 10 + u32::from(a) } }
    without_result_written_out: accepted []
        call { let mut n = 1; run(&mut n); n } => "20"
        host { #[patchable] pub fn run(n: &mut u8) { *n = 10; } }
        patch { #[patchable] pub fn run(n: &mut u8) -> () { *n = 20; } }
}
