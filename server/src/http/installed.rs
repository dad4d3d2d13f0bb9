//! What makes Galley an app on a device: the service worker, the manifest, the icons.
//!
//! Invariant: nothing here depends on who asks. The worker is never served from a cache, or a browser would keep an old
//! one; it runs under a policy of its own, which lets it do nothing but ask this site. Next: `web/src/sw.ts`;
//! `pages/shell.rs` for the pages it keeps.

use actix_web::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderName, HeaderValue};
use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};

use super::Error;
use super::assets::encoded;

/// It fetches from this site, and imports, evaluates and opens nothing.
const WORKER_POLICY: &str = "default-src 'none'; connect-src 'self'; base-uri 'none'; form-action 'none'; \
     frame-ancestors 'none'; object-src 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

/// The sign changes rarely; a day later every device has the new one.
const DAY: (HeaderName, &str) = (CACHE_CONTROL, "public, max-age=86400");

/// `GET /sw.js`
pub async fn worker(request: HttpRequest) -> Result<HttpResponse, Error> {
    let mut answer = encoded(&request, "sw.js")?;
    answer.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    answer.headers_mut().insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(WORKER_POLICY));
    Ok(answer)
}

/// `GET /manifest.webmanifest`
pub async fn manifest() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("application/manifest+json")
        .insert_header(DAY)
        .body(include_str!("../../../web/src/installed/manifest.webmanifest"))
}

/// `GET /icons/{name}`: pictures that `web/scripts/icons.mjs` made from the sign.
pub async fn icon(name: Path<String>) -> Result<HttpResponse, Error> {
    let (_, bytes) = ICONS.iter().find(|(known, _)| *known == name.as_str()).ok_or(Error::NotFound)?;
    Ok(HttpResponse::Ok().content_type("image/png").insert_header(DAY).body(*bytes))
}

const ICONS: [(&str, &[u8]); 5] = [
    ("192.png", include_bytes!("../../../web/src/installed/192.png")),
    ("512.png", include_bytes!("../../../web/src/installed/512.png")),
    ("maskable-192.png", include_bytes!("../../../web/src/installed/maskable-192.png")),
    ("maskable-512.png", include_bytes!("../../../web/src/installed/maskable-512.png")),
    ("apple-touch.png", include_bytes!("../../../web/src/installed/apple-touch.png")),
];
