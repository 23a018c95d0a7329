//! The server stays, and takes commands.

use crate::server::Server;
use dynpatch::prelude::*;
use dynpatch_examples::{Result, build_in_place, explain};
use std::io::{BufRead, Write, stdin, stdout};

const COMMANDS: &str = "\
apply     build http-patch and make it live
rollback  go back to what ran before
status    what is live, and how it came so
quit      stop the server";

/// Serves until `quit` or the end of the input.
pub(crate) fn run() -> Result<bool> {
    init()?;
    let runtime = tokio::runtime::Runtime::new()?;
    let server = Server::start(&runtime)?;
    println!("Serving on {}", server.url());
    println!("Edit examples/http_handler/app/src/lib.rs, then type `apply` and ask again.\n\n{COMMANDS}\n");
    prompt()?;
    for line in stdin().lock().lines() {
        match line?.trim() {
            "" => {}
            "apply" => show(apply()),
            "rollback" => show(go_back()),
            "status" => println!("{}", status()),
            "quit" => break,
            other => println!("`{other}` is not a command\n{COMMANDS}"),
        }
        prompt()?;
    }
    server.stop(&runtime)?;
    Ok(true)
}

fn prompt() -> Result<()> {
    print!("> ");
    Ok(stdout().flush()?)
}

fn show(outcome: Result<String>) {
    match outcome {
        Ok(text) => println!("{text}"),
        Err(error) => println!("{}\nthe server goes on as before", explain(&*error)),
    }
}

fn apply() -> Result<String> {
    let built = build_in_place("http-patch")?;
    let applied = reload(&built.file)?;
    Ok(format!("built in {:.1?}\n{}", built.took, applied.to_string().trim_end()))
}

fn go_back() -> Result<String> {
    let back = rollback()?;
    let items: Vec<String> = back.items.iter().map(|item| format!("\n  {item}")).collect();
    Ok(format!("rolled {} back{}", back.patch.name, items.concat()))
}

fn status() -> String {
    let live = active_patch_info().map_or_else(
        || "built-in code is live".to_owned(),
        |patch| format!("{} v{} is live", patch.name, patch.version),
    );
    let past = history().into_iter().map(|record| format!("\n  {:?} {}", record.action, record.path.display()));
    live + &past.collect::<String>()
}
