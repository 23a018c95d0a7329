//! What the server answers: the part that people edit while it runs.
//!
//! The server links this crate, and the patch links it once more, built from the source as it reads then.

use dynpatch::prelude::*;
use std::sync::OnceLock;
use std::time::Duration;

/// Change this while the server runs with `--stay`, then type `apply` there.
const VERSION: &str = "v1";

/// What is asked.
#[derive(Debug, PatchType)]
pub struct Request {
    /// Who asks.
    pub name: String,
}

/// What is answered.
#[derive(Debug, PatchType)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// The text.
    pub body: String,
}

/// Answers a request. It waits between its lines, so that a new version always arrives in the midst of some requests.
#[patchable]
pub async fn handle(request: Request) -> Response {
    let mut body = greeting(&request.name);
    sleep(Duration::from_millis(5)).await;
    body += &format!("{VERSION} thought about it\n");
    sleep(Duration::from_millis(5)).await;
    body += &farewell(&request.name);
    Response { status: 200, body }
}

/// The first line.
#[patchable]
pub fn greeting(name: &str) -> String {
    format!("{VERSION} says hello {name}\n")
}

/// The last line.
#[patchable]
pub fn farewell(name: &str) -> String {
    format!("{VERSION} says goodbye {name}\n")
}

/// How the server waits; it puts this here before it answers.
pub static TIMER: OnceLock<fn(Duration) -> dynpatch::BoxedFuture<'static, ()>> = OnceLock::new();

/// Waits on the server's timer. Always the server's own version: in a patch there is no tokio that runs.
#[patchable(host)]
pub async fn sleep(time: Duration) {
    let timer = TIMER.get().expect("the server sets its timer before it answers");
    timer(time).await;
}
