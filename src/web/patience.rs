//! A limit to waiting.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;

use gloo_timers::future::TimeoutFuture;

/// What `wanted` gives, or nothing where it takes longer than this.
pub async fn within<T>(milliseconds: u32, wanted: impl Future<Output = T>) -> Option<T> {
    let mut wanted = pin!(wanted);
    let mut limit = pin!(TimeoutFuture::new(milliseconds));
    poll_fn(|context| match wanted.as_mut().poll(context) {
        Poll::Ready(value) => Poll::Ready(Some(value)),
        Poll::Pending => limit.as_mut().poll(context).map(|()| None),
    })
    .await
}
