//! A loaded library outlives the test that loaded it, so each such test gets a process of its own.

use std::process::Command;

const CHILD: &str = "DYNPATCH_TEST_CHILD";

/// Runs `body` in a child process: the test binary once more, with this test alone. `test` is the test's whole path.
///
/// # Panics
/// When the child fails; its output has been shown by then.
pub fn isolated(test: &str, body: impl FnOnce()) {
    if std::env::var_os(CHILD).is_some() {
        return body();
    }
    // The parent builds the patches, so that children find them whole.
    crate::fixtures::build();
    let me = std::env::current_exe().expect("the test binary has a path");
    let output = Command::new(me)
        .args(["--exact", test, "--include-ignored", "--nocapture", "--test-threads=1"])
        .env(CHILD, "1")
        .env("RUST_BACKTRACE", "0")
        .output()
        .expect("a test binary can start itself");
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "child test `{test}` ended with {}\n{stdout}\n{stderr}", output.status);
    assert!(stdout.contains("1 passed"), "child test `{test}` did not run: is this its whole path?\n{stdout}");
    print!("{stdout}");
    eprint!("{stderr}");
}

/// Whether this process is the child of [`isolated`].
pub(crate) fn is_child() -> bool {
    std::env::var_os(CHILD).is_some()
}
