//! Two webhook receivers: one acknowledges everything, one accepts connections and never answers.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinSet,
};

use super::{Outcome, client::content_length};

/// A receiver; it ends when it is dropped.
pub struct Receiver {
    pub address: SocketAddr,
    taken: Arc<AtomicU64>,
    _tasks: JoinSet<()>,
}

impl Receiver {
    /// One that acknowledges.
    pub async fn healthy() -> Outcome<Self> {
        Self::start(true).await
    }

    /// One that keeps every connection open and says nothing.
    pub async fn dead() -> Outcome<Self> {
        Self::start(false).await
    }

    /// Deliveries acknowledged so far.
    pub fn taken(&self) -> u64 {
        self.taken.load(Ordering::Relaxed)
    }

    async fn start(answers: bool) -> Outcome<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let taken = Arc::new(AtomicU64::new(0));
        let mut tasks = JoinSet::new();
        tasks.spawn(accept(listener, answers, Arc::clone(&taken)));
        Ok(Self { address, taken, _tasks: tasks })
    }
}

async fn accept(listener: TcpListener, answers: bool, taken: Arc<AtomicU64>) {
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        if answers {
            connections.spawn(acknowledge(stream, Arc::clone(&taken)));
        } else {
            connections.spawn(ignore(stream));
        }
        while connections.try_join_next().is_some() {}
    }
}

/// Reads until the other side has had enough.
async fn ignore(mut stream: TcpStream) {
    let mut read = [0; 1024];
    while matches!(stream.read(&mut read).await, Ok(some) if some > 0) {}
}

async fn acknowledge(mut stream: TcpStream, taken: Arc<AtomicU64>) {
    let mut read = Vec::with_capacity(4096);
    loop {
        let end = read.windows(4).position(|window| window == b"\r\n\r\n").map(|at| at + 4);
        let whole = end.map(|end| end + content_length(read.get(..end).unwrap_or_default()));
        match whole {
            Some(whole) if read.len() >= whole => {
                read.drain(..whole);
                taken.fetch_add(1, Ordering::Relaxed);
                if stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await.is_err() {
                    return;
                }
            }
            _ => match stream.read_buf(&mut read).await {
                Ok(some) if some > 0 => {}
                _ => return,
            },
        }
    }
}
