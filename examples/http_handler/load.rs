//! Clients that ask without pause, and check every answer.

use dynpatch_examples::{Answer, Figures, Ledger, Result};
use http_body_util::{BodyExt, Empty};
use hyper::Request;
use hyper::body::Bytes;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::runtime::Runtime;
use tokio::task::JoinSet;

/// Clients at work.
#[derive(Debug)]
pub(crate) struct Load {
    ledger: Arc<Ledger>,
    clients: JoinSet<()>,
}

impl Load {
    pub(crate) fn start(runtime: &Runtime, address: SocketAddr, connections: u16) -> Self {
        let ledger = Arc::<Ledger>::default();
        let mut clients = JoinSet::new();
        for client in 0..connections {
            clients.spawn_on(ask_until_closed(Arc::clone(&ledger), address, client), runtime.handle());
        }
        Self { ledger, clients }
    }

    pub(crate) fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// Waits for the last answers.
    pub(crate) fn stop(self, runtime: &Runtime) -> Figures {
        self.ledger.close();
        runtime.block_on(self.clients.join_all());
        self.ledger.figures()
    }
}

/// One connection, kept alive; after a failure another one.
async fn ask_until_closed(ledger: Arc<Ledger>, address: SocketAddr, client: u16) {
    let mut connection = None;
    let mut number = 0_u64;
    while ledger.is_open() {
        number += 1;
        let name = format!("{client}-{number}");
        let question = ledger.ask();
        let text = ask(&mut connection, address, &name).await;
        let failed = text.is_err();
        ledger.enter(&question, judge(text, &name));
        if failed {
            connection = None;
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

/// Each of the three lines begins with the version that wrote it, and the last ends with the name that was asked for.
fn judge(text: Result<String>, name: &str) -> Answer {
    let text = match text {
        Ok(text) => text,
        Err(error) => return Answer::Failed(error.to_string()),
    };
    let versions: Vec<&str> = text.lines().filter_map(|line| Some(line.split_once(' ')?.0)).collect();
    match versions[..] {
        [first, second, third] if text.ends_with(&format!(" {name}\n")) => {
            if first == second && second == third {
                Answer::By(first.to_owned())
            } else {
                Answer::Mixed(text)
            }
        }
        _ => Answer::Failed(text),
    }
}

type Connection = SendRequest<Empty<Bytes>>;

async fn ask(connection: &mut Option<Connection>, address: SocketAddr, name: &str) -> Result<String> {
    let connection = match connection {
        Some(connection) => connection,
        None => connection.insert(connect(address).await?),
    };
    connection.ready().await?;
    let request = Request::get(format!("/hello/{name}")).header("host", address.to_string()).body(Empty::new())?;
    let response = connection.send_request(request).await?;
    if !response.status().is_success() {
        return Err(response.status().to_string().into());
    }
    Ok(String::from_utf8(response.into_body().collect().await?.to_bytes().into())?)
}

async fn connect(address: SocketAddr) -> Result<Connection> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let (sender, connection) = handshake(TokioIo::new(stream)).await?;
    // How it ends is told by the next request on it.
    tokio::spawn(connection);
    Ok(sender)
}
