//! `/api/export` and `/api/import`: everything one owns as one file, and files that become documents.
//!
//! Next: `archive/leave.rs`, which writes, `archive/arrive.rs`, which reads.

use actix_web::HttpResponse;
use actix_web::http::header::CONTENT_DISPOSITION;
use actix_web::web::Data;

use super::Error;
use super::export::attachment;
use crate::access::Principal;
use crate::archive::leave;
use crate::{State, clock};

/// Everything whoever asks owns, with pictures, files and notes, as a zip. What is in the trash stays there.
#[utoipa::path(get, path = "/api/export",
    responses((status = 200, content_type = "application/zip", body = Vec<u8>), (status = 401), (status = 429)))]
pub async fn export(principal: Principal, state: Data<State>) -> Result<HttpResponse, Error> {
    let owner = principal.account()?.author;
    let place = state.exports.enter(owner, state.config.limits.exports_per_person).ok_or_else(|| {
        state.metrics.reached("exports_per_person");
        Error::ExportRunning
    })?;
    let today = i64::try_from(clock::wall_ms()).ok().and_then(|ms| jiff::Timestamp::from_millisecond(ms).ok());
    let day = today.map(|today| today.strftime(" %Y-%m-%d").to_string()).unwrap_or_default();
    let name = attachment(&format!("Galley{day}"), "zip");
    let zip = leave::all(state, principal, owner, place);
    Ok(HttpResponse::Ok().insert_header((CONTENT_DISPOSITION, name)).content_type("application/zip").streaming(zip))
}
