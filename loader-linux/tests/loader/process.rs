//! Processes of the tests' own: this test binary again, running one test.

use std::env;
use std::process::Command;

const CHILD: &str = "DYNPATCH_TEST_CHILD";

/// This test binary, to be run as a child; through the runner when it is not built for this machine.
pub(crate) fn this_binary() -> Command {
    let binary = env::current_exe().expect("a test binary has a path");
    let mut command = match runner() {
        Some(runner) => {
            let mut words = runner.split_whitespace();
            let mut command = Command::new(words.next().expect("a runner has a name"));
            command.args(words).arg(binary);
            command
        }
        None => Command::new(binary),
    };
    command.env(CHILD, "1");
    command
}

/// What cargo runs binaries of this target with.
fn runner() -> Option<String> {
    env::var(cargo_variable("RUNNER")).ok().filter(|runner| !runner.is_empty())
}

/// Whether this binary is not built for this machine.
pub(crate) fn runs_elsewhere() -> bool {
    runner().is_some()
}

/// The environment variable in which cargo takes a setting of this target.
pub(crate) fn cargo_variable(setting: &str) -> String {
    format!("CARGO_TARGET_{}_{setting}", crate::fixture::target().to_uppercase().replace('-', "_"))
}

/// Whether this process was started by [`isolated`] or [`this_binary`].
pub(crate) fn is_child() -> bool {
    env::var_os(CHILD).is_some()
}

/// Runs `body` in a child process; `test` is the path of the test that calls this.
pub(crate) fn isolated(test: &str, body: impl FnOnce()) {
    if is_child() {
        return body();
    }
    let output = this_binary().args(["--exact", test, "--nocapture"]).output().expect("a test binary runs again");
    let shown = || String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "the child of `{test}` ended with {}:\n{}", output.status, shown());
    assert!(shown().contains("1 passed"), "the child of `{test}` ran nothing:\n{}", shown());
}
