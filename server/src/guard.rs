//! What every request passes and every answer carries: origins, the CSRF rule, security headers.
//!
//! Invariant: no answer leaves without the headers of [`dress`], and no request that changes something by cookie gets
//! to a handler unless one of our own pages sent it. Next: `http.rs`, which wraps every route in [`guard`].

use std::net::IpAddr;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{HttpMessage, HttpRequest, HttpResponse, ResponseError};

use crate::State;
use crate::access::Body;
use crate::config::{Config, is_loopback_host};
use crate::http::Error;
use crate::key::hex;
use crate::line::Handle;

/// Sent by our own pages with everything that changes something; a form on another site cannot set it.
const OURS: HeaderName = HeaderName::from_static("x-galley");

/// Set by browsers, out of reach of scripts: how the page that asks is related to this site.
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// The one-time word that this answer's own scripts and styles carry.
#[derive(Clone)]
pub struct Nonce(pub String);

/// With the answer: the limit it speaks of, to be counted.
pub struct Reached(pub &'static str);

/// Around every route.
pub async fn guard(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let Some(state) = request.app_data::<Data<State>>().cloned() else { return Err(Error::NotFound.into()) };
    let nonce = nonce()?;
    request.extensions_mut().insert(Nonce(nonce.clone()));
    let line = request.conn_data::<Handle>().cloned();
    if let Some(line) = &line {
        line.arrived();
    }
    let refused = elsewhere(&request, &state).or_else(|| forged(request.request(), &state));
    let mut response = match refused {
        Some(answer) => request.into_response(answer),
        None => match next.call(request).await {
            Ok(response) => response.map_into_boxed_body(),
            Err(error) => return Err(error),
        },
    };
    if let Some(line) = line {
        line.answered();
    }
    if let Some(Reached(limit)) = response.response().extensions().get::<Reached>() {
        state.metrics.reached(limit);
    }
    dress(response.headers_mut(), &state, &nonce);
    if response.status() == StatusCode::NOT_MODIFIED {
        // A fresh nonce on a 304 would block the scripts of the page the browser already has.
        response.headers_mut().remove(header::CONTENT_SECURITY_POLICY);
    }
    Ok(response)
}

/// Other names of this machine lead to the one name cookies are set for.
fn elsewhere(request: &ServiceRequest, state: &State) -> Option<HttpResponse> {
    let host = request.connection_info().host().to_ascii_lowercase();
    let name = host.rsplit_once(':').map_or(host.as_str(), |(name, _)| name);
    let safe = matches!(*request.method(), Method::GET | Method::HEAD);
    let upgrade = request.headers().contains_key(header::UPGRADE);
    if !safe || upgrade || host == state.site.authority() || !state.site.is_loopback() || !is_loopback_host(name) {
        return None;
    }
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
    let there = format!("{}{path}", state.site.origin());
    // Health checks ask by address and expect an answer, not a redirect.
    let probe = matches!(request.path(), "/healthz" | "/readyz" | "/metrics");
    (!probe).then(|| HttpResponse::TemporaryRedirect().insert_header((header::LOCATION, there)).finish())
}

/// The CSRF rule: what changes something by cookie comes from our own origin and says so. That its body is of a kind no
/// form can send is for the route to check, which knows its action: [`carries`].
fn forged(request: &HttpRequest, state: &State) -> Option<HttpResponse> {
    if matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS) {
        return None;
    }
    let bearer = request.headers().contains_key(header::AUTHORIZATION);
    let ours = request.headers().get(OURS).is_some_and(|value| value == "1");
    // Where the browser itself says who asks, that counts too.
    let said = request.headers().get(FETCH_SITE).is_none_or(|site| site == "same-origin" || site == "none");
    if !bearer && (!ours || !said || !same_origin(request, state)) {
        return Some(Error::ForeignOrigin.error_response());
    }
    None
}

/// Whether the body is of the kind this action takes; no form of another site can send either kind.
pub fn carries(request: &HttpRequest, takes: Body) -> Result<(), Error> {
    if matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS) {
        return Ok(());
    }
    let has_body = request.headers().get(header::CONTENT_LENGTH).is_none_or(|length| length != "0");
    let bodiless = *request.method() == Method::DELETE || !has_body;
    let is = |mime: &str| request.content_type().eq_ignore_ascii_case(mime);
    match takes {
        Body::Json if !is("application/json") && !bodiless => Err(Error::NotJson),
        Body::Bytes if !is("application/octet-stream") => Err(Error::NotBytes),
        _ => Ok(()),
    }
}

/// Whether the request says it comes from this site, exactly as browsers write it.
pub fn same_origin(request: &HttpRequest, state: &State) -> bool {
    let mut origins = request.headers().get_all(header::ORIGIN);
    let first = origins.next().is_some_and(|origin| *origin == state.site.origin().as_str());
    first && origins.next().is_none()
}

/// The client's address: the socket's peer, or, behind proxies we were told to trust, the last hop before them.
pub fn client_address(request: &HttpRequest, config: &Config) -> IpAddr {
    let peer = request.peer_addr().map_or(IpAddr::from([0, 0, 0, 0]), |address| address.ip());
    if !config.trusts(&peer) {
        return peer;
    }
    let forwarded = request.headers().get_all("x-forwarded-for").filter_map(|value| value.to_str().ok());
    let hops: Vec<IpAddr> =
        forwarded.flat_map(|value| value.split(',')).filter_map(|hop| hop.trim().parse().ok()).collect();
    hops.into_iter().rev().find(|hop| !config.trusts(hop)).unwrap_or(peer)
}

/// What counts as one address: a whole /64 in IPv6, since one subscriber has that many.
pub fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(v4) => IpAddr::V4(v4),
        IpAddr::V6(v6) => IpAddr::V6((u128::from(v6) & !u128::from(u64::MAX)).into()),
    }
}

/// Whether somebody passed this request on for somebody else.
pub fn is_forwarded(request: &HttpRequest) -> bool {
    ["x-forwarded-for", "x-forwarded-host", "x-real-ip", "forwarded", "via"]
        .iter()
        .any(|name| request.headers().contains_key(*name))
}

fn nonce() -> Result<String, Error> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|_| Error::NoRandomness)?;
    Ok(hex(&bytes))
}

/// The headers of every answer. A handler may set a stricter policy or another cache rule of its own first.
pub fn dress(headers: &mut HeaderMap, state: &State, nonce: &str) {
    let fixed: [(HeaderName, &'static str); 5] = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (HeaderName::from_static("permissions-policy"), PERMISSIONS),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    // Only `frames.rs` says otherwise.
    if !headers.contains_key(header::X_FRAME_OPTIONS) {
        headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    }
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    if !headers.contains_key(header::CONTENT_SECURITY_POLICY)
        && let Ok(policy) = HeaderValue::from_str(&policy(state, nonce))
    {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
}

const PERMISSIONS: &str = "accelerometer=(), autoplay=(), camera=(), display-capture=(), encrypted-media=(), \
     fullscreen=(self), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), usb=(), \
     clipboard-write=(self), publickey-credentials-get=(self), publickey-credentials-create=(self)";

/// Pictures in a document may come from any https address, as in every Markdown editor; nothing else leaves the site.
fn policy(state: &State, nonce: &str) -> String {
    let socket = state.site.origin().replacen("http", "ws", 1);
    format!(
        "default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic' 'wasm-unsafe-eval'; \
         style-src 'self' 'nonce-{nonce}'; img-src 'self' https: data: blob:; font-src 'self'; \
         connect-src 'self' {socket}; worker-src 'self'; frame-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; \
         frame-ancestors 'none'; object-src 'none'; require-trusted-types-for 'script'; trusted-types galley"
    )
}
