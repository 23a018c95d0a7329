//! What scripts see of the command: exit codes, and where texts go.

use std::path::Path;
use std::process::{Command, Output};

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_dynpatch-image")).args(arguments).output().expect("the tool can be started")
}

#[track_caller]
fn ends(arguments: &[&str], code: i32, said: &[&str]) {
    let output = run(arguments);
    let text = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{text}");
    said.iter().for_each(|part| assert!(text.contains(part), "{part} is not in: {text}"));
}

#[test]
fn the_linker_script_is_printed() {
    let output = run(&["--linker-script"]);
    assert!(output.status.success());
    assert_eq!(String::from_utf8_lossy(&output.stdout), dynpatch_image::LINKER_SCRIPT);
}

#[test]
fn the_help_has_an_example() {
    ends(&["--help"], 0, &["Example:", "dynpatch-image target/", "Exit codes: 0"]);
}

#[test]
fn exit_codes_tell_what_went_wrong() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let text = folder.join("no-program.txt");
    std::fs::write(&text, "text").expect("the file can be written");
    let (text, output) = (text.display().to_string(), folder.join("never.img"));
    let output = output.display().to_string();
    ends(&[&text, &output], 1, &["error[not-an-object]", &text, "help: "]);
    assert!(!Path::new(&output).exists(), "what is refused leaves no file");
    ends(&[&text], 2, &["OUTPUT"]);
    ends(&[&format!("{text}.not-there"), &output], 3, &["cannot be read"]);
}
