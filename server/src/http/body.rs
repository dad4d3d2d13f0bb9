//! Bodies of requests: JSON, up to a size and within a time.
//!
//! Invariant: nobody holds a handler by sending slowly, and no more than the limit is ever kept.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use actix_web::web::{Bytes, Data, Payload};
use actix_web::{FromRequest, HttpRequest, dev};
use futures_util::StreamExt;
use serde::de::DeserializeOwned;

use super::Error;
use crate::State;

/// A body gets this long, and a second more for each [`BYTES_PER_SECOND`].
const PATIENCE: Duration = Duration::from_secs(10);
const BYTES_PER_SECOND: usize = 50_000;

/// A JSON body of the usual size.
pub struct Body<T>(pub T);

impl<T: DeserializeOwned> FromRequest for Body<T> {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Body<T>, Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut dev::Payload) -> Self::Future {
        let limit = request.app_data::<Data<State>>().map(|state| state.config.limits.json_bytes);
        let payload = Payload::from_request(request, payload);
        Box::pin(async move {
            let payload = payload.await.map_err(|error| Error::BadJson(error.to_string()))?;
            parse(&collect(payload, limit.unwrap_or(0)).await?).map(Body)
        })
    }
}

/// The value in a body.
pub fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Error> {
    serde_json::from_slice(bytes).map_err(|error| Error::BadJson(error.to_string()))
}

/// A whole body of at most `max` bytes.
pub async fn collect(mut body: Payload, max: usize) -> Result<Bytes, Error> {
    let reading = async {
        let mut bytes = Vec::new();
        while let Some(chunk) = body.next().await {
            let chunk = chunk.map_err(|error| Error::BadJson(error.to_string()))?;
            if bytes.len() + chunk.len() > max {
                return Err(Error::TooLarge(max));
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(Bytes::from(bytes))
    };
    tokio::time::timeout(patience(max), reading).await.unwrap_or(Err(Error::TooSlow))
}

/// How long a body of at most `max` bytes may take.
pub fn patience(max: usize) -> Duration {
    PATIENCE + Duration::from_secs((max / BYTES_PER_SECOND) as u64)
}
