//! Runs the demonstrations as people do, and checks what they print.

use std::io::Write;
use std::process::{Command, Output, Stdio};

/// What a demonstration printed, when it ended well.
fn run(program: &str, arguments: &[&str], input: &str) -> String {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("cargo built the program");
    child.stdin.take().expect("it is piped").write_all(input.as_bytes()).expect("it reads commands to the end");
    let Output { status, stdout, stderr } = child.wait_with_output().expect("it can be waited for");
    let (stdout, stderr) = (String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr));
    assert!(status.success(), "{status}\n{stdout}\n{stderr}");
    assert!(!stdout.contains('\u{1b}'), "no colour on a pipe:\n{stdout}");
    stdout.into_owned()
}

/// The number behind a label of the table of figures, or in a list behind it.
fn figure(printed: &str, label: &str, within: &str) -> u64 {
    let line =
        printed.lines().find_map(|line| line.strip_prefix(label)).unwrap_or_else(|| panic!("{label}:\n{printed}"));
    let part = line.split(", ").find(|part| part.contains(within)).unwrap_or_else(|| panic!("{within}:\n{printed}"));
    let number = part.rsplit(' ').next().unwrap_or("").replace(',', "");
    number.parse().unwrap_or_else(|_| panic!("{label} {within}:\n{printed}"))
}

fn check_figures(printed: &str, versions: [&str; 2]) {
    let of = |label| figure(printed, label, "");
    assert_eq!([of("failures"), of("versions mixed"), of("not the live version")], [0; 3], "{printed}");
    let per_version = versions.map(|version| figure(printed, "answers per version", version));
    assert!(per_version.iter().all(|count| *count > 0), "{printed}");
    assert_eq!(of("requests"), per_version.iter().sum::<u64>(), "{printed}");
    assert!(printed.lines().any(|line| line == "as promised"), "{printed}");
}

fn in_order(printed: &str, parts: &[&str]) {
    let mut rest = printed;
    for part in parts {
        let Some((_, after)) = rest.split_once(part) else {
            panic!("no {part:?} in\n{rest}\nwhich is the end of\n{printed}")
        };
        rest = after;
    }
}

#[test]
fn a_server_gets_new_code_under_load_and_loses_no_request() {
    let printed = run(env!("CARGO_BIN_EXE_http_handler"), &["--seconds", "3", "--connections", "16"], "");
    check_figures(&printed, ["v1", "v2"]);
    in_order(
        &printed,
        &[
            "http_app::handle: built-in → http-patch v2.0.0 (generation 1)",
            "rolled http-patch back",
            "\napply  ",
            "\nbuild",
        ],
    );
}

#[test]
fn a_service_is_swapped_under_load_and_a_misfit_is_refused() {
    let printed = run(env!("CARGO_BIN_EXE_service_swap"), &["--seconds", "3"], "");
    check_figures(&printed, ["list price", "three for two"]);
    in_order(
        &printed,
        &[
            "error[unknown-item]: shop::tax",
            "help: did you mean `service_app::tax`?",
            "service_app::Pricing::net: built-in → service-patch v2.0.0 (generation 1)",
            "service_app::tax: built-in → service-patch v2.0.0 (generation 1)",
            "rolled service-patch back",
        ],
    );
}

#[test]
fn a_server_that_stays_takes_commands() {
    let commands = "status\nrollback\nfly\napply\nstatus\nrollback\nquit\n";
    let printed = run(env!("CARGO_BIN_EXE_http_handler"), &["--stay"], commands);
    in_order(
        &printed,
        &[
            "Serving on http://127.0.0.1:",
            "examples/http_handler/app/src/lib.rs",
            "built-in code is live",
            "error[nothing-to-roll-back]",
            "`fly` is not a command",
            "applied http-patch v2.0.0 as generation 1",
            "http-patch v2.0.0 is live",
            "http_app::handle: http-patch v2.0.0 (generation 1) → built-in",
        ],
    );
}

#[test]
fn an_option_that_is_not_understood_is_said_to_be() {
    let output =
        Command::new(env!("CARGO_BIN_EXE_http_handler")).arg("--fly").output().expect("cargo built the program");
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("--fly"));
}

#[test]
fn a_program_takes_good_edits_of_its_file_and_refuses_bad_ones() {
    let printed = run(env!("CARGO_BIN_EXE_config_reload"), &[], "");
    in_order(
        &printed,
        &[
            "in force: AppConfig { max_connections: 200, timeout_ms: 30 }",
            "in force: AppConfig { max_connections: 250, timeout_ms: 60 }",
            "error[config-type]",
            "config.toml:1:19",
            "still in force: AppConfig { max_connections: 250, timeout_ms: 60 }",
            "error[config-invalid]",
            "`max_connections` must be at least 1",
            "still in force",
            "error[config-missing-file]",
            "still in force",
            "in force: AppConfig { max_connections: 300, timeout_ms: 60 }",
        ],
    );
    assert_eq!(figure(&printed, "refused ", ""), 3, "{printed}");
    assert!(printed.lines().any(|line| line == "as promised"), "{printed}");
}
