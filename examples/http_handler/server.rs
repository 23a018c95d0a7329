//! The server: it owns the sockets and the timers, the patchable crate says what to answer.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Router, serve};
use dynpatch::prelude::*;
use dynpatch_examples::Result;
use http_app::{Request, TIMER};
use std::net::{Ipv4Addr, SocketAddr};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// A running server.
#[derive(Debug)]
pub(crate) struct Server {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    task: JoinHandle<std::io::Result<()>>,
}

impl Server {
    /// Serves on a free port of this machine.
    pub(crate) fn start(runtime: &Runtime) -> Result<Self> {
        TIMER.get_or_init(|| |time| Box::pin(tokio::time::sleep(time)));
        let listener = runtime.block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)))?;
        let address = listener.local_addr()?;
        let (stop, stopped) = oneshot::channel();
        let routes = Router::new().route("/hello/{name}", get(answer));
        let until_stopped = async move { stopped.await.unwrap_or_default() };
        let task = runtime.spawn(serve(listener, routes).with_graceful_shutdown(until_stopped).into_future());
        Ok(Self { address, stop, task })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Something to ask for.
    pub(crate) fn url(&self) -> String {
        format!("http://{}/hello/you", self.address)
    }

    /// Stops when every request is answered.
    pub(crate) fn stop(self, runtime: &Runtime) -> Result<()> {
        // Nobody listens if the server has ended, which the task tells.
        let _ = self.stop.send(());
        Ok(runtime.block_on(self.task)??)
    }
}

/// Inside `snapshot_async` all calls see one version, whenever a patch arrives. Without it the
/// demonstration fails.
async fn answer(Path(name): Path<String>) -> (StatusCode, String) {
    let response = snapshot_async(http_app::handle(Request { name })).await;
    (StatusCode::from_u16(response.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), response.body)
}
