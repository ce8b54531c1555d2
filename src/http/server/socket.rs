//! A socket that does not wait for ever.
//!
//! The HTTP layer bounds the head of a connection's first request and idle
//! time between requests, but neither a later head that drips in, nor the
//! rest of a body that nobody reads any more, nor a client that takes nothing
//! of its answer. All three look the same from below: no progress is owed to
//! us, or none is made. What the HTTP layer refuses by itself passes here too,
//! and leaves in our words (see `refusal`).

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use actix_web::rt::time::{Sleep, sleep};
use actix_web::web;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::refusal;
use crate::http::HttpKit;
use crate::http::middleware::Activity;

/// A stream with patience for a slow client, and a limit to it.
pub(super) struct Guarded<S> {
    stream: S,
    patience: Duration,
    activity: Activity,
    /// How many requests had begun when bytes last came in.
    begun: u64,
    /// Since when bytes have come in that no handler has taken up.
    reading_since: Option<Instant>,
    read_alarm: Option<Pin<Box<Sleep>>>,
    /// Runs while a write makes no progress.
    write_alarm: Option<Pin<Box<Sleep>>>,
    /// Whether the last write took less than it was given: what comes next is
    /// the rest of it, and not the beginning of an answer.
    amid: bool,
    /// What is left to send in place of an answer of the HTTP layer's own.
    refusal: Option<Vec<u8>>,
    kit: web::Data<HttpKit>,
}

impl<S> Guarded<S> {
    pub(super) fn new(stream: S, patience: Duration, kit: web::Data<HttpKit>) -> Self {
        Self {
            stream,
            patience,
            activity: Activity::default(),
            begun: 0,
            reading_since: None,
            read_alarm: None,
            write_alarm: None,
            amid: false,
            refusal: None,
            kit,
        }
    }

    /// What the middleware marks while it works.
    pub(super) fn activity(&self) -> Activity {
        self.activity.clone()
    }

    /// Notes bytes that came in; while a handler works, its own limits count.
    fn note_read(&mut self) {
        self.notice_taken_up();
        if !self.activity.is_busy() && self.reading_since.is_none() {
            self.reading_since = Some(Instant::now());
        }
    }

    /// Forgets bytes that became a request, even one that is over by now.
    fn notice_taken_up(&mut self) {
        if self.activity.is_busy() || self.activity.begun() != self.begun {
            self.begun = self.activity.begun();
            self.forget_reading();
        }
    }

    fn forget_reading(&mut self) {
        self.reading_since = None;
        self.read_alarm = None;
    }

    /// Whether a client has dripped for too long outside any handler.
    fn poll_reading_too_long(&mut self, cx: &mut Context<'_>) -> bool {
        self.notice_taken_up();
        let Some(since) = self.reading_since else { return false };
        let left = self.patience.saturating_sub(since.elapsed());
        if left.is_zero() {
            return true;
        }
        self.read_alarm.get_or_insert_with(|| Box::pin(sleep(left))).as_mut().poll(cx).is_ready()
    }

    /// Sends the refusal to its end; the HTTP layer hangs up after it.
    fn poll_refuse(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>>
    where
        S: AsyncWrite + Unpin,
    {
        while let Some(left) = self.refusal.take_if(|left| !left.is_empty()) {
            let written = Pin::new(&mut self.stream).poll_write(cx, &left);
            let count = if let Poll::Ready(Ok(count)) = written { count } else { 0 };
            self.refusal = Some(left.get(count..).unwrap_or_default().to_vec());
            match self.poll_progress(cx, written) {
                Poll::Ready(Ok(0)) => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                Poll::Ready(Ok(_)) => {}
                Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                Poll::Pending => return Poll::Pending,
            }
        }
        self.refusal = None;
        Poll::Ready(Ok(()))
    }

    /// Passes a write on, or ends it after too long without progress.
    fn poll_progress<T>(&mut self, cx: &mut Context<'_>, written: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.write_alarm = None;
            return written;
        }
        let patience = self.patience;
        let alarm = self.write_alarm.get_or_insert_with(|| Box::pin(sleep(patience)));
        if alarm.as_mut().poll(cx).is_ready() {
            Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
        } else {
            Poll::Pending
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Guarded<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let result = Pin::new(&mut self.stream).poll_read(cx, buffer);
        if buffer.filled().len() > before {
            self.note_read();
        }
        if self.poll_reading_too_long(cx) {
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        result
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Guarded<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        if self.refusal.is_none() && !self.amid && !self.activity.is_busy() {
            self.refusal = refusal::bare(bytes).map(|bare| refusal::in_our_words(&bare, &self.kit));
        }
        if self.refusal.is_some() {
            return self.poll_refuse(cx).map_ok(|()| bytes.len());
        }
        let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.amid = !matches!(written, Poll::Ready(Ok(count)) if count == bytes.len());
        self.poll_progress(cx, written)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
