//! `/api/export` and `/api/import`: everything one owns as one file, and files that become documents.
//!
//! Next: `archive/leave.rs`, which writes, `archive/arrive.rs`, which reads.

use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_LENGTH};
use actix_web::web::{Data, Json, Payload, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use utoipa::IntoParams;

use super::Error;
use super::body::Arriving;
use super::export::attachment;
use crate::access::Principal;
use crate::archive::Refused;
use crate::archive::arrive::{Arrival, Arrived};
use crate::archive::leave;
use crate::archive::spool::Spool;
use crate::rooms::RoomError;
use crate::{State, clock};

/// What is sent.
#[derive(Deserialize, IntoParams)]
pub struct Sent {
    /// The name of the file.
    #[serde(default)]
    name: String,
}

/// Everything whoever asks owns, with pictures, files and notes, as a zip. What is in the trash stays there.
#[utoipa::path(get, path = "/api/export",
    responses((status = 200, content_type = "application/zip", body = Vec<u8>), (status = 401), (status = 429)))]
pub async fn export(principal: Principal, state: Data<State>) -> Result<HttpResponse, Error> {
    let owner = principal.account()?.author;
    let place = state.exports.enter(owner, state.config.limits.exports_per_person).ok_or_else(|| {
        state.metrics.reached("exports_per_person");
        Refused::ExportRunning
    })?;
    let today = i64::try_from(clock::wall_ms()).ok().and_then(|ms| jiff::Timestamp::from_millisecond(ms).ok());
    let day = today.map(|today| today.strftime(" %Y-%m-%d").to_string()).unwrap_or_default();
    let name = attachment(&format!("Galley{day}"), "zip");
    let zip = leave::all(state, principal, owner, place);
    Ok(HttpResponse::Ok().insert_header((CONTENT_DISPOSITION, name)).content_type("application/zip").streaming(zip))
}

/// Makes documents of a Markdown file, of a zip Galley exported, or of a zip of any folder with Markdown and pictures. The
/// same again is the same documents.
#[utoipa::path(post, path = "/api/import", params(Sent),
    request_body(content = String, content_type = "application/octet-stream"),
    responses((status = 200, body = Arrived), (status = 401), (status = 409), (status = 413), (status = 415),
        (status = 422), (status = 429)))]
pub async fn import(
    request: HttpRequest,
    principal: Principal,
    sent: Query<Sent>,
    body: Payload,
    state: Data<State>,
) -> Result<Json<Arrived>, Error> {
    let session = principal.account()?.clone();
    let limits = &state.config.limits;
    let max = limits.import_bytes;
    let declared = request.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if declared.is_some_and(|length| length > max) {
        state.metrics.reached("import_bytes");
        return Err(Error::TooLarge(max));
    }
    let place = state.imports.enter(session.author, limits.imports_per_person).ok_or_else(|| {
        state.metrics.reached("imports_per_person");
        Refused::ImportRunning
    })?;
    let spool = Spool::receive(Arriving::new(body, max, "import_bytes", &state), &state.config.data).await?;
    let name = sent.into_inner().name;
    // Goes on to its end even if whoever sent it goes away: asking again then finds it done.
    let work = state.rooms.engine().spawn_blocking(move || {
        let arrived = Arrival { state, principal, session }.bring(&name, spool);
        drop(place);
        arrived
    });
    work.await.map_err(|_| Error::Room(RoomError::Lost))?.map(Json)
}
