//! Lifetimes, in signatures and in fields.

pairs! {
    named_instead_of_elided: accepted []
        call { run("a b", 1) } => "\"b\""
        host { #[patchable] pub fn run(a: &str, _: u8) -> &str { a.split(' ').next().unwrap() } }
        patch { #[patchable] pub fn run<'x>(a: &'x str, _: u8) -> &'x str { a.split(' ').last().unwrap() } }
    declared_in_another_order: accepted []
        call { run("a", "b") } => "(\"b\", \"a\", 20)"
        host { #[patchable] pub fn run<'a, 'b>(a: &'a str, b: &'b str) -> (&'b str, &'a str, u8) { (b, a, 10) } }
        patch { #[patchable] pub fn run<'b, 'a>(a: &'a str, b: &'b str) -> (&'b str, &'a str, u8) { (b, a, 20) } }
    result_of_another_argument: refused "signature-mismatch" [
        "run: host `for<'a, 'b> fn(&'a str, &'b str) -> &'a str`, patch `for<'a, 'b> fn(&'a str, &'b str) -> &'b str`"
    ]
        call { run("a", "b").to_owned() }
        host { #[patchable] pub fn run<'a, 'b>(a: &'a str, _: &'b str) -> &'a str { a } }
        patch { #[patchable] pub fn run<'a, 'b>(_: &'a str, b: &'b str) -> &'b str { b } }
    result_for_ever: refused "signature-mismatch" [
        "run: host `for<'a> fn(&'a str) -> &'a str`, patch `for<'a> fn(&'a str) -> &'static str`"
    ]
        host { #[patchable] pub fn run<'a>(a: &'a str) -> &'a str { a } }
        patch { #[patchable] pub fn run<'a>(_: &'a str) -> &'static str { "b" } }
    argument_for_ever: refused "signature-mismatch" ["run: host `for<'a> fn(&'a str) -> u8`, patch `fn(&'static str) -> u8`"]
        host { #[patchable] pub fn run<'a>(_: &'a str) -> u8 { 1 } }
        patch { #[patchable] pub fn run(_: &'static str) -> u8 { 2 } }
    arguments_tied: refused "signature-mismatch" [
        "run: host `for<'a, 'b> fn(&'a str, &'b str) -> u8`, patch `for<'a> fn(&'a str, &'a str) -> u8`"
    ]
        host { #[patchable] pub fn run<'a, 'b>(_: &'a str, _: &'b str) -> u8 { 1 } }
        patch { #[patchable] pub fn run<'a>(_: &'a str, _: &'a str) -> u8 { 2 } }
    field_renamed_lifetime: accepted []
        call { run(T { a: "1", b: 2, c: "3" }).to_owned() } => "\"3\""
        host {
            #[derive(PatchType)] pub struct T<'a, 'b> { pub a: &'a str, pub b: u8, pub c: &'b str }
            #[patchable] pub fn run<'a, 'b>(t: T<'a, 'b>) -> &'a str { t.a }
        }
        patch {
            #[derive(PatchType)] pub struct T<'x, 'y> { pub a: &'x str, pub b: u8, pub c: &'y str }
            #[patchable] pub fn run<'x, 'y>(t: T<'x, 'y>) -> &'x str { if t.b == 2 && t.c == "3" { "3" } else { t.a } }
        }
    field_of_another_lifetime: refused "lifetimes" [
        "run, argument 0 (&T), field a: lifetimes: host 0, patch 1",
        "run, argument 0 (&T), field b: lifetimes: host 1, patch 0",
    ]
        call { run(&T { a: "a", b: "b" }).to_owned() }
        host {
            #[derive(PatchType)] pub struct T<'a, 'b> { pub a: &'a str, pub b: &'b str }
            #[patchable] pub fn run<'s, 'a, 'b>(t: &'s T<'a, 'b>) -> &'a str { t.a }
        }
        patch {
            #[derive(PatchType)] pub struct T<'a, 'b> { pub a: &'b str, pub b: &'a str }
            #[patchable] pub fn run<'s, 'a, 'b>(t: &'s T<'a, 'b>) -> &'a str { t.b }
        }
    field_for_ever: refused "lifetimes" ["run, argument 0 (T), field a: lifetimes: host 0, patch s"]
        call { run(T { a: "a", b: "b" }).to_owned() }
        host {
            #[derive(PatchType)] pub struct T<'a> { pub a: &'a str, pub b: &'a str }
            #[patchable] pub fn run<'a>(t: T<'a>) -> &'a str { t.a }
        }
        patch {
            #[derive(PatchType)] pub struct T<'a> { pub a: &'static str, pub b: &'a str }
            #[patchable] pub fn run<'a>(t: T<'a>) -> &'a str { t.b }
        }
    parameter_swapped: refused "signature-mismatch" [
        "run: host `for<'a, 'b> fn(T<'a, 'b>) -> &'a str`, patch `for<'a, 'b> fn(T<'a, 'b>) -> &'b str`"
    ]
        host {
            #[derive(PatchType)] pub struct T<'a, 'b> { pub a: &'a str, pub b: &'b str }
            #[patchable] pub fn run<'a, 'b>(t: T<'a, 'b>) -> &'a str { t.a }
        }
        patch {
            #[derive(PatchType)] pub struct T<'a, 'b> { pub a: &'a str, pub b: &'b str }
            #[patchable] pub fn run<'a, 'b>(t: T<'a, 'b>) -> &'b str { t.b }
        }
    in_callback: refused "lifetimes" ["run, argument 0 (T), field f: lifetimes: host (0,0), patch (0,s)"]
        host {
            #[derive(PatchType)] pub struct T { pub f: for<'a> fn(&'a str) -> &'a str }
            #[patchable] pub fn run(_: T) {}
        }
        patch {
            #[derive(PatchType)] pub struct T { pub f: for<'a> fn(&'a str) -> &'static str }
            #[patchable] pub fn run(_: T) {}
        }
}
