//! What a user reads who writes what cannot work: `ui/reject/<case>.rs`, with the message beside it. Its twin
//! `ui/accept/<case>.rs` does what the message advises, and compiles: the case fails for the reason it names.
//!
//! After a change of messages: `TRYBUILD=overwrite cargo test -p dynpatch-tests --test compile_messages`, and read them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The twins. Those named `patch_…` are roots of patches: `fixtures/strict` has each as a library of its own.
#[allow(unused, unreachable_pub, missing_docs, clippy::all, clippy::restriction, reason = "they only have to compile")]
#[path = "../ui/accept"]
mod accept {
    mod associated_function_alone;
    mod block_of_a_trait;
    mod block_replaces;
    mod block_with_methods;
    mod block_with_parameters;
    mod config_not_implemented;
    mod config_option;
    mod config_validation;
    mod entry_implementation;
    mod entry_item;
    mod entry_options;
    mod entry_output;
    mod entry_signature;
    mod function_argument_cfg;
    mod function_closure_async;
    mod function_closure_lifetime;
    mod function_closure_send;
    mod function_const;
    mod function_const_parameter;
    mod function_exported_symbol;
    mod function_impl_trait;
    mod function_local_without_async;
    mod function_missing_lifetime;
    mod function_never_returns;
    mod function_outlives_bound;
    mod function_several_objections;
    mod function_target_feature;
    mod function_track_caller;
    mod function_type_parameter;
    mod function_variadic;
    mod function_where_clause;
    mod future_body_is_safe_code;
    mod future_not_send;
    mod future_outlives_borrow;
    mod impl_async_by_hand;
    mod impl_inherent;
    mod impl_missing;
    mod impl_not_sync;
    mod impl_of_another_trait;
    mod impl_options;
    mod impl_with_parameters;
    mod impl_with_trait_twice;
    mod impl_without_default;
    mod impl_without_trait;
    mod item_extern_block;
    mod item_of_another_kind;
    mod method_alone;
    mod option_replaces;
    mod option_unknown;
    mod service_not_implemented;
    mod service_not_sync;
    mod service_of_another_trait;
    mod static_mut;
    mod static_not_sync;
    mod static_options;
    mod trait_async_method;
    mod trait_method;
    mod trait_options;
    mod trait_receiver;
    mod trait_supertrait;
    mod trait_unsafe;
    mod trait_with_other_items;
    mod trait_with_parameters;
    mod type_field_option_unknown;
    mod type_not_described;
    mod type_open_struct;
    mod type_open_without_integer;
    mod type_option_unknown;
    mod type_parameter_not_described;
    mod type_prefix_enum;
    mod type_prefix_without_c;
    mod type_unsized;
}

#[test]
fn what_cannot_work_says_why() {
    trybuild::TestCases::new().compile_fail("ui/reject/*.rs");
}

#[test]
fn every_rejected_case_has_a_message_and_a_twin_that_is_compiled() {
    let rejected = cases("reject", "rs");
    assert!(rejected.len() > 50, "{} cases", rejected.len());
    assert_eq!(rejected, cases("reject", "stderr"), "messages");
    assert_eq!(rejected, cases("accept", "rs"), "twins");
    let here = include_str!("compile_messages.rs").lines();
    let modules = here.filter_map(|line| line.strip_prefix("    mod ")?.strip_suffix(';'));
    let manifest = include_str!("../fixtures/strict/edition_2024/Cargo.toml").lines();
    let libraries = manifest.filter_map(|line| line.strip_prefix("name = \"")?.strip_suffix('"'));
    let compiled: BTreeSet<_> = modules.chain(libraries.filter(|name| name.starts_with("patch_"))).collect();
    assert_eq!(rejected.iter().map(String::as_str).collect::<BTreeSet<_>>(), compiled, "compiled twins");
}

/// `fixtures/strict` denies whatever a compiler can warn of, and forbids unsafe code, in two editions.
#[test]
fn generated_code_is_clean_in_the_strictest_crate() {
    let output = check_strict(&["--workspace", "--all-targets"]);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && !stderr.contains("warning"), "{stderr}");
}

/// In edition 2021 a plain `impl Future` would not, and the future would read what is gone.
#[test]
fn futures_capture_what_they_borrow_in_every_edition() {
    let output = check_strict(&["--package", "strict-2021", "--bin", "outlives", "--features", "outlives"]);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && stderr.contains("`text` does not live long enough"), "{stderr}");
}

fn check_strict(arguments: &[&str]) -> Output {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["check", "--quiet", "--manifest-path"])
        .arg(here().join("fixtures/strict/Cargo.toml"))
        .arg("--target-dir")
        .arg(trybuild_target())
        .args(arguments)
        .output()
        .expect("cargo can be started")
}

/// Where `trybuild` has checked the dependencies.
fn trybuild_target() -> PathBuf {
    let executable = std::env::current_exe().expect("the test binary has a path");
    // target/debug/deps/compile_messages-0123
    executable.ancestors().nth(3).expect("cargo puts test binaries into target/<profile>/deps").join("tests/trybuild")
}

/// The names of the files in a folder of `ui`.
fn cases(folder: &str, extension: &str) -> BTreeSet<String> {
    let files = here().join("ui").join(folder).read_dir().expect("the folder is there");
    let paths = files.map(|entry| entry.expect("an entry").path());
    let matching = paths.filter(|path| path.extension().is_some_and(|found| found == extension));
    matching.filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned())).collect()
}

fn here() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
