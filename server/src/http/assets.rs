//! `/assets/…`: the built front end, as it lies in the binary. Next: `installed.rs` for what has no hash in its name.

use actix_web::http::header::{
    ACCEPT_ENCODING, ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_ENCODING, HeaderValue, VARY,
};
use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};

use super::Error;

/// One hashed file.
pub async fn asset(request: HttpRequest, path: Path<String>) -> Result<HttpResponse, Error> {
    let mut answer = encoded(&request, &format!("assets/{path}"))?;
    // The name carries the hash of the content: another content has another name.
    let forever = HeaderValue::from_static("public, max-age=31536000, immutable");
    answer.headers_mut().insert(CACHE_CONTROL, forever);
    // The frame of the diagrams has an origin of its own; what everybody may read, it may.
    answer.headers_mut().insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    Ok(answer)
}

/// A file of the build, in brotli or gzip where the browser takes it.
pub fn encoded(request: &HttpRequest, path: &str) -> Result<HttpResponse, Error> {
    let accepts = request.headers().get(ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let asset = web::asset(path, accepts).ok_or(Error::NotFound)?;
    let mut answer = HttpResponse::Ok();
    answer.content_type(asset.mime).insert_header((VARY, "accept-encoding"));
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
