//! `GET /echo`, for Autobahn|Testsuite alone: gives every message back, behind the guard every socket has.
//!
//! Invariant: it exists only where the crate is built with the feature `autobahn`, which no release is.

use actix_web::web::{self, Data};
use actix_web::{HttpRequest, HttpResponse, rt};
use actix_ws::CloseCode;
use room::Dialect;

use super::{Ending, Message, Takes, Wire, upgrade};
use crate::State;
use crate::http::Error;

/// Gives every message back.
pub async fn echo(request: HttpRequest, body: web::Payload, state: Data<State>) -> Result<HttpResponse, Error> {
    let (response, mut wire) = upgrade(&request, body, &state, Takes::Anything, Dialect::Stock).await?;
    rt::spawn(async move {
        let ending = turn(&mut wire, &state).await;
        wire.goodbye(&ending).await;
    });
    Ok(response)
}

async fn turn(wire: &mut Wire, state: &State) -> Ending {
    loop {
        let sent = match wire.next(state, None).await {
            Ok(Message::Binary(bytes)) => wire.session.binary(bytes).await,
            Ok(Message::Text(text)) => wire.session.text(text).await,
            Ok(Message::Ping(bytes)) => wire.session.pong(&bytes).await,
            Ok(Message::Pong(_)) => Ok(()),
            Ok(Message::Close(reason)) => return Ending::Left(reason.map(|reason| reason.code)),
            Err(Ending::Said(reason)) => return Ending::Broke(CloseCode::Size, reason.sentence()),
            Err(ending) => return ending,
        };
        if sent.is_err() {
            return Ending::Left(None);
        }
    }
}
