//! Tests of the Linux loader on real libraries, built by rustc when they are first needed.
//!
//! Whoever runs code of a library does it in a process of its own, because a library stays until it is closed.
#![cfg(target_os = "linux")]

#[cfg(not(target_feature = "crt-static"))]
mod barrier;
#[cfg(not(target_feature = "crt-static"))]
mod budgets;
#[cfg(not(target_feature = "crt-static"))]
mod closing;
#[cfg(not(target_feature = "crt-static"))]
mod fixture;
#[cfg(not(target_feature = "crt-static"))]
mod flips;
#[cfg(not(target_feature = "crt-static"))]
mod mapping;
#[cfg(all(not(target_feature = "crt-static"), target_env = "gnu"))]
mod mutations;
#[cfg(not(target_feature = "crt-static"))]
mod objects;
#[cfg(not(target_feature = "crt-static"))]
mod process;
#[cfg(not(target_feature = "crt-static"))]
mod sources;
#[cfg(not(target_feature = "crt-static"))]
mod tables;

/// A program that is linked statically has no dynamic linker, and nothing of the source is touched.
#[cfg(target_feature = "crt-static")]
#[test]
fn a_static_program_cannot_load_patches() {
    use dynpatch_core::Loader;
    let missing = std::path::Path::new("/there/is/no/such.so");
    let error = dynpatch_loader_linux::NativeLoader::new().seal(missing).expect_err("unsupported");
    assert_eq!(error.code(), dynpatch_interface::ErrorCode::Unsupported);
    assert!(error.help().is_some_and(|help| help.contains("crt-static")));
}
