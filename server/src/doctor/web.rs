//! What stands between people and the server: its address, a proxy, what comes through it.
//!
//! Invariant: asks only the address it was given, and only for pages that anybody may see. Next: `doctor/fetch.rs`.

use uuid::Uuid;

use super::Check;
use super::fetch::{Fetched, get};
use crate::admin::Settings;
use crate::config::PublicUrl;
use crate::ws::GALLEY_V1;

/// Headers every answer wears exactly once.
const WORN: [&str; 5] =
    ["content-security-policy", "x-content-type-options", "referrer-policy", "x-frame-options", "permissions-policy"];

/// What the server was told, without asking anybody.
pub fn settings(settings: &Settings) -> Vec<Check> {
    const NAME: &str = "public URL";
    let Ok(url) = settings.url.parse::<PublicUrl>() else { return Vec::new() };
    vec![match (url.secure, url.is_loopback()) {
        (true, _) | (false, true) => Check::ok(NAME, url.origin()),
        (false, false) => Check::warning(
            NAME,
            format!(
                "{url} is not encrypted: passwords can be read on the way, and offline and passkeys are off; put a proxy with https before it"
            ),
        ),
    }]
}

/// What comes through under this address.
pub fn checks(url: &PublicUrl, settings: Option<&Settings>) -> Vec<Check> {
    let mut checks = Vec::new();
    if let Some(settings) = settings {
        checks.extend(address(url, settings));
        checks.extend(proxy(url, settings));
    }
    let ready = match get(url, "/readyz", &[]) {
        Ok(ready) => ready,
        Err(why) => {
            checks.push(Check::problem("reachable", format!("{url}: {why}")));
            return checks;
        }
    };
    checks.push(readiness(url, &ready));
    match get(url, "/", &[("Accept-Encoding", "gzip, br, zstd")]) {
        Ok(page) => checks.extend([headers(url, &page), compression(&page)]),
        Err(why) => checks.push(Check::problem("headers", format!("{url}/ does not come: {why}"))),
    }
    checks.push(socket(url));
    checks
}

fn address(url: &PublicUrl, settings: &Settings) -> Option<Check> {
    let differs = url.origin() != settings.url;
    differs.then(|| {
        let said = format!(
            "people come to {url} and the server believes to be at {}: signing in and writing are refused; start it with --public-url {url}",
            settings.url
        );
        Check::problem("address", said)
    })
}

fn proxy(url: &PublicUrl, settings: &Settings) -> Option<Check> {
    const NAME: &str = "proxy";
    let behind = url.secure;
    match (behind, settings.trusted_proxies.as_slice()) {
        (false, []) => None,
        (true, []) => Some(Check::warning(
            NAME,
            format!(
                "https means a proxy, and none is trusted: everybody counts as one address, which may have {} connections; start \
                 with --trusted-proxy and the proxy's address",
                settings.connections_per_address
            ),
        )),
        (_, trusted) => {
            let open = trusted.iter().any(|network| network.ends_with("/0"));
            let list = trusted.join(", ");
            Some(match open {
                true => Check::problem(
                    NAME,
                    format!("{list} trusts everybody: anybody may claim any address; name only the proxy"),
                ),
                false => Check::ok(NAME, format!("X-Forwarded-For is believed from {list}")),
            })
        }
    }
}

fn readiness(url: &PublicUrl, ready: &Fetched) -> Check {
    const NAME: &str = "reachable";
    let healthy = get(url, "/healthz", &[]).is_ok_and(|health| health.status == 200);
    match (ready.status, healthy) {
        (200, true) => Check::ok(NAME, url.origin()),
        (503, true) => Check::problem(NAME, format!("{url} runs and takes no writes: {}", ready.body.trim())),
        (status, _) => Check::problem(
            NAME,
            format!("{url}/readyz answers {status}: whatever answers there is not Galley, or does not reach it"),
        ),
    }
}

fn headers(url: &PublicUrl, page: &Fetched) -> Check {
    const NAME: &str = "headers";
    for name in WORN {
        match page.all(name).len() {
            1 => {}
            0 => {
                return Check::problem(
                    NAME,
                    format!("{name} is lost on the way: let the proxy pass the server's headers on"),
                );
            }
            _ => return Check::problem(NAME, format!("{name} comes twice: let the proxy add none of its own")),
        }
    }
    match url.secure && page.all("strict-transport-security").is_empty() {
        true => Check::warning(NAME, "Strict-Transport-Security is missing: let the proxy add it"),
        false => Check::ok(NAME, "come through as the server sends them"),
    }
}

fn compression(page: &Fetched) -> Check {
    const NAME: &str = "compression";
    match page.all("content-encoding").first() {
        Some(encoding) => Check::ok(NAME, format!("pages come as {encoding}")),
        None => Check::ok(NAME, "pages come as they are; a proxy may compress them"),
    }
}

/// As a browser upgrades. To a document that does not exist: the server takes the socket and says so on it.
fn socket(url: &PublicUrl) -> Check {
    const NAME: &str = "WebSocket";
    let path = format!("/sync/{}", Uuid::new_v4());
    let origin = url.origin();
    let asked = [
        ("Connection", "Upgrade"),
        ("Upgrade", "websocket"),
        ("Origin", origin.as_str()),
        ("Sec-WebSocket-Version", "13"),
        ("Sec-WebSocket-Key", "Z2FsbGV5IGRvY3RvciAhIQ=="),
        ("Sec-WebSocket-Protocol", GALLEY_V1),
    ];
    match get(url, &path, &asked) {
        Ok(fetched) if fetched.status == 101 && fetched.all("sec-websocket-protocol") == [GALLEY_V1] => {
            Check::ok(NAME, "comes through")
        }
        Ok(fetched) if fetched.status == 101 => {
            Check::problem(NAME, "the protocol is lost on the way: let the proxy pass Sec-WebSocket-Protocol on")
        }
        Ok(fetched) => Check::problem(
            NAME,
            format!(
                "is refused with {}: nobody can write; let the proxy pass Upgrade and Connection on",
                fetched.status
            ),
        ),
        Err(why) => Check::problem(NAME, format!("does not come through: {why}")),
    }
}
