//! `/assets/…`: the built front end, as it lies in the binary.

use actix_web::http::header::{ACCEPT_ENCODING, ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_ENCODING, VARY};
use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};

use super::Error;

/// One hashed file; in brotli or gzip where the browser takes it.
pub async fn asset(request: HttpRequest, path: Path<String>) -> Result<HttpResponse, Error> {
    let accepts = request.headers().get(ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let asset = web::asset(&format!("assets/{path}"), accepts).ok_or(Error::NotFound)?;
    let mut answer = HttpResponse::Ok();
    answer.content_type(asset.mime).insert_header((VARY, "accept-encoding"));
    // The name carries the hash of the content: another content has another name.
    answer.insert_header((CACHE_CONTROL, "public, max-age=31536000, immutable"));
    // The frame of the diagrams has an origin of its own; what everybody may read, it may.
    answer.insert_header((ACCESS_CONTROL_ALLOW_ORIGIN, "*"));
    if let Some(encoding) = asset.encoding {
        answer.insert_header((CONTENT_ENCODING, encoding));
    }
    Ok(answer.body(asset.bytes))
}

/// The sign in the browser's tab.
pub async fn icon() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("image/svg+xml")
        .insert_header((CACHE_CONTROL, "public, max-age=86400"))
        .body(include_str!("../../../web/src/styles/icon.svg"))
}
