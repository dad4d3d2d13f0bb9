//! Counters and the three operator routes: is it alive, does it want traffic, what has it done.
//!
//! Invariant: no label carries a name, a title or an id of a person. Next: `http.rs`, which routes here.

use std::sync::LazyLock;
use std::sync::atomic::AtomicU64;

use actix_web::http::StatusCode;
use actix_web::http::header::{AUTHORIZATION, CONTENT_TYPE};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use prometheus_client::encoding::text::encode;
use prometheus_client::encoding::{EncodeLabelSet, EncodeLabelValue};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;
use storage::Health;

use crate::State;

/// Seconds; from a fast NVMe fdatasync to a disk in trouble.
const APPEND_BUCKETS: [f64; 12] = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];

/// Which limit was reached.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
pub struct LimitLabel {
    /// Its name in the table of limits.
    pub limit: &'static str,
}

/// What a panic ended.
#[derive(Clone, Copy, Debug, Hash, PartialEq, Eq, EncodeLabelValue)]
pub enum Crashed {
    /// A document's room.
    Room,
    /// Loading a document.
    Load,
    /// Rendering a text.
    Render,
}

/// What was ended, as a label.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct CrashLabel {
    what: Crashed,
}

/// Of the process, for a panic may be caught where no server is in sight.
static CRASHES: LazyLock<Family<CrashLabel, Counter>> = LazyLock::new(Family::default);

/// Counts a panic that was caught.
pub fn crashed(what: Crashed) {
    CRASHES.get_or_create(&CrashLabel { what }).inc();
}

/// How many panics of this kind were caught in this process.
pub fn crashes(what: Crashed) -> u64 {
    CRASHES.get_or_create(&CrashLabel { what }).get()
}

/// Everything that is counted.
pub struct Metrics {
    registry: Registry,
    /// Documents in memory.
    pub rooms: Gauge,
    /// Open sockets.
    pub connections: Gauge,
    /// Messages from sockets.
    pub received: Counter,
    /// Messages to sockets.
    pub sent: Counter,
    /// Appends made durable.
    pub appended: Counter,
    /// Appends that failed.
    pub append_failures: Counter,
    /// From the append to durable, seconds.
    pub append_seconds: Histogram,
    /// Bytes of messages that are still arriving.
    pub unfinished_bytes: Gauge<i64, std::sync::atomic::AtomicI64>,
    /// What the disk of the data folder has left.
    pub disk_free_bytes: Gauge<i64, std::sync::atomic::AtomicI64>,
    /// Panics of handlers, sockets and rooms; each ended one of them and nothing else.
    pub panics: Counter,
    /// Documents that are set aside.
    pub quarantined: Gauge,
    /// Batches that took longer than `slow_batch`.
    pub slow_batches: Counter,
    /// Times a limit was reached, by limit.
    pub limits: Family<LimitLabel, Counter<u64, AtomicU64>>,
}

impl Metrics {
    /// All zero.
    pub fn new() -> Metrics {
        let mut registry = Registry::with_prefix("galley");
        let metrics = Metrics {
            rooms: Gauge::default(),
            connections: Gauge::default(),
            received: Counter::default(),
            sent: Counter::default(),
            appended: Counter::default(),
            append_failures: Counter::default(),
            append_seconds: Histogram::new(APPEND_BUCKETS),
            unfinished_bytes: Gauge::default(),
            disk_free_bytes: Gauge::default(),
            panics: Counter::default(),
            quarantined: Gauge::default(),
            slow_batches: Counter::default(),
            limits: Family::default(),
            registry: Registry::default(),
        };
        registry.register("rooms", "Documents in memory", metrics.rooms.clone());
        registry.register("connections", "Open sockets", metrics.connections.clone());
        registry.register("messages_received", "Messages from sockets", metrics.received.clone());
        registry.register("messages_sent", "Messages to sockets", metrics.sent.clone());
        registry.register("appends", "Appends made durable", metrics.appended.clone());
        registry.register("append_failures", "Appends that failed", metrics.append_failures.clone());
        registry.register("append_seconds", "From the append to durable", metrics.append_seconds.clone());
        registry.register("unfinished_bytes", "Bytes of incomplete messages", metrics.unfinished_bytes.clone());
        registry.register("disk_free_bytes", "What the disk has left", metrics.disk_free_bytes.clone());
        registry.register("panics", "Panics that ended one request, socket or room", metrics.panics.clone());
        registry.register("quarantined", "Damaged documents that are set aside", metrics.quarantined.clone());
        registry.register("slow_batches", "Batches of edits that took very long", metrics.slow_batches.clone());
        registry.register("crashes", "Panics in documents and texts, by what they ended", CRASHES.clone());
        registry.register("limit_reached", "Times a limit was reached", metrics.limits.clone());
        Metrics { registry, ..metrics }
    }

    /// Counts one limit as reached.
    pub fn reached(&self, limit: &'static str) {
        self.limits.get_or_create(&LimitLabel { limit }).inc();
    }

    /// In the OpenMetrics text format; `None` if that fails, which it does only out of memory.
    pub fn text(&self) -> Option<String> {
        let mut text = String::new();
        encode(&mut text, &self.registry).is_ok().then_some(text)
    }
}

impl Default for Metrics {
    fn default() -> Metrics {
        Metrics::new()
    }
}

/// `GET /healthz`: the process answers.
pub async fn healthz() -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain; charset=utf-8").body("ok\n")
}

/// `GET /readyz`: 200 when it wants traffic, 503 with the reason when it is stopping or cannot write.
pub async fn readyz(state: Data<State>) -> HttpResponse {
    let (status, body) = match state.storage.health() {
        _ if state.rooms.is_closed() => (StatusCode::SERVICE_UNAVAILABLE, "stopping\n".to_owned()),
        Health::Ok => (StatusCode::OK, "ok\n".to_owned()),
        Health::Full(sentence) => (StatusCode::SERVICE_UNAVAILABLE, format!("full: {sentence}\n")),
        Health::Failed(sentence) => (StatusCode::SERVICE_UNAVAILABLE, format!("{sentence}\n")),
    };
    HttpResponse::build(status).content_type("text/plain; charset=utf-8").body(body)
}

/// `GET /metrics` for whoever holds the configured token; 404 for everybody else.
pub async fn metrics(request: HttpRequest, state: Data<State>) -> HttpResponse {
    let given = request
        .headers()
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "));
    let allowed =
        given.is_some_and(|given| state.config.metrics_token.as_ref().is_some_and(|token| token.matches(given)));
    let unfinished = i64::try_from(state.sockets.unfinished().bytes()).unwrap_or(i64::MAX);
    state.metrics.unfinished_bytes.set(unfinished);
    let Some(body) = state.metrics.text().filter(|_| allowed) else {
        return HttpResponse::NotFound().finish();
    };
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "application/openmetrics-text; version=1.0.0; charset=utf-8"))
        .body(body)
}
