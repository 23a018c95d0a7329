//! A patchable item in the root of a binary is named, with what to do.

#[test]
fn an_item_in_a_binary_root_is_named_with_advice() {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_binary_root")).output().expect("the binary starts");
    assert!(output.status.success(), "{output:?}");
    let said = String::from_utf8(output.stdout).expect("text");
    assert_eq!(
        said.trim(),
        "binary_root::in_the_root stands in the root of the binary binary_root, which no patch can link: \
         move it into the package's lib.rs"
    );
}
