//! Bodies of requests: JSON, up to a size and within a time.
//!
//! Invariant: nobody holds a handler by sending slowly, and no more than the limit is ever kept.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use actix_web::web::{Bytes, Data, Payload};
use actix_web::{FromRequest, HttpRequest, dev};
use futures_util::StreamExt;
use serde::de::DeserializeOwned;
use tokio::time::{Instant, timeout_at};

use super::Error;
use crate::State;
use crate::metrics::Metrics;

/// A JSON body of the usual size.
pub struct Body<T>(pub T);

impl<T: DeserializeOwned> FromRequest for Body<T> {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Body<T>, Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut dev::Payload) -> Self::Future {
        let state = request.app_data::<Data<State>>().cloned().ok_or(Error::NotFound);
        let payload = Payload::from_request(request, payload);
        Box::pin(async move {
            let payload = payload.await.map_err(|error| Error::BadJson(error.to_string()))?;
            let state = state?;
            parse(&collect(payload, state.config.limits.json_bytes, "json_bytes", &state).await?).map(Body)
        })
    }
}

/// The value in a body.
pub fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Error> {
    serde_json::from_slice(bytes).map_err(|error| Error::BadJson(error.to_string()))
}

/// A whole body of at most `max` bytes, which is the limit of that name.
pub async fn collect(body: Payload, max: usize, limit: &'static str, state: &State) -> Result<Bytes, Error> {
    let mut arriving = Arriving::new(body, max, limit, state);
    let mut bytes = Vec::new();
    while let Some(chunk) = arriving.next().await? {
        bytes.extend_from_slice(&chunk);
    }
    Ok(Bytes::from(bytes))
}

/// A body on its way: no larger and no slower than the limits say.
pub struct Arriving {
    body: Payload,
    max: usize,
    limit: &'static str,
    received: usize,
    begun: Instant,
    /// For all of it.
    most: Duration,
    patience: Duration,
    slowest: usize,
    metrics: Arc<Metrics>,
}

impl Arriving {
    /// Nothing has come yet.
    pub fn new(body: Payload, max: usize, limit: &'static str, state: &State) -> Arriving {
        let limits = &state.config.limits;
        let most = limits.patience + at_rate(max, limits.body_bytes_per_second);
        let (patience, slowest) = (limits.patience, limits.slowest_bytes_per_second);
        let metrics = state.metrics.clone();
        Arriving { body, max, limit, received: 0, begun: Instant::now(), most, patience, slowest, metrics }
    }

    /// The next piece; `None` at the end.
    pub async fn next(&mut self) -> Result<Option<Bytes>, Error> {
        let within = self.most.min(self.patience + at_rate(self.received, self.slowest));
        let Ok(chunk) = timeout_at(self.begun + within, self.body.next()).await else {
            self.metrics.reached("patience");
            return Err(Error::TooSlow);
        };
        let Some(chunk) = chunk.transpose().map_err(|error| Error::BadJson(error.to_string()))? else {
            return Ok(None);
        };
        self.received += chunk.len();
        if self.received > self.max {
            self.metrics.reached(self.limit);
            return Err(Error::TooLarge(self.max));
        }
        Ok(Some(chunk))
    }
}

/// How long so many bytes take.
pub fn at_rate(bytes: usize, per_second: usize) -> Duration {
    Duration::from_secs_f64(bytes as f64 / per_second.max(1) as f64)
}
