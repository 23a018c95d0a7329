//! Records which compiler builds this crate and for what target. A patch and its host each compile this crate, so each
//! carries what built it, and the patch author needs no build script.

use std::process::Command;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-env-changed=RUSTC");
    let rustc = std::env::var_os("RUSTC").expect("cargo sets RUSTC for build scripts");
    let output = Command::new(rustc).arg("-vV").output().expect("the compiler cargo uses can be started");
    let text = String::from_utf8_lossy(&output.stdout);
    let field = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)).map_or("unknown", str::trim);
    println!("cargo:rustc-env=DYNPATCH_RUSTC={} ({})", field("release:"), field("commit-hash:"));
    println!("cargo:rustc-env=DYNPATCH_TARGET={}", std::env::var("TARGET").expect("cargo sets TARGET"));
    let cfg = |name: &str| std::env::var(name).unwrap_or_default();
    println!("cargo:rustc-env=DYNPATCH_ABI={}", cfg("CARGO_CFG_TARGET_ABI"));
    println!("cargo:rustc-env=DYNPATCH_CPU_FEATURES={}", cfg("CARGO_CFG_TARGET_FEATURE"));
}
