//! A host with one patchable function. Prints the function's answer, what a reload of the file named on the command line
//! comes to, and the answer again: `ci/musl.sh` compares the output.

use dynpatch::prelude::*;
use std::process::ExitCode;

/// The built-in function, which no patch replaces here.
#[patchable]
fn answer(question: u32) -> u32 {
    question + 42
}

fn main() -> ExitCode {
    let Some(path) = std::env::args_os().nth(1) else {
        eprintln!("usage: static-host <file to reload>");
        return ExitCode::from(2);
    };
    println!("before: {}", answer(0));
    if let Err(error) = init() {
        eprintln!("{error}");
        return ExitCode::FAILURE;
    }
    println!("initialised: {}", answer(0));
    match reload(path) {
        Ok(applied) => println!("applied: {applied}"),
        Err(error) => {
            println!("refused: {}", error.code());
            println!("subject: {}", error.subject());
            println!("help: {}", error.help().unwrap_or("none"));
        }
    }
    println!("after: {}", answer(0));
    println!("live: {}", active_patch_info().is_some());
    ExitCode::SUCCESS
}
