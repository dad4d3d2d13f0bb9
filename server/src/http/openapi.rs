//! `/api/openapi.json`, generated from the handlers themselves.

use actix_web::HttpResponse;
use utoipa::OpenApi;

use super::{
    account, admin, archive, authorship, documents, events, export, files, history, links, members, notes, pages,
    passkeys, people,
};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Galley",
        description = "Documents, links and people. Errors are {\"error\": {\"code\", \"message\"}}. \
        Requests that change something by cookie carry X-Galley: 1 and the site's own Origin."
    ),
    paths(
        people::sign_up,
        people::sign_in,
        people::reset,
        people::sign_out,
        people::me,
        people::rename,
        account::change_password,
        account::sessions,
        account::end_session,
        account::end_others,
        account::tokens,
        account::create_token,
        account::remove_token,
        passkeys::list,
        passkeys::begin,
        passkeys::add,
        passkeys::remove,
        passkeys::begin_login,
        passkeys::login,
        events::stream,
        documents::list,
        documents::create,
        documents::read,
        documents::rename,
        documents::trash,
        documents::restore,
        documents::erase,
        documents::leave,
        documents::text,
        documents::html,
        documents::ticket,
        notes::list,
        notes::create,
        notes::change,
        notes::remove,
        notes::react,
        notes::reply,
        notes::change_reply,
        notes::remove_reply,
        notes::react_to_reply,
        notes::people,
        export::file,
        files::list,
        files::keep,
        files::remove,
        archive::export,
        history::list,
        history::create,
        history::read,
        history::rename,
        history::remove,
        history::text,
        history::bring_back,
        authorship::authors,
        authorship::authorship,
        authorship::since,
        authorship::seen,
        archive::import,
        members::list,
        members::add,
        members::change,
        members::remove,
        members::hand_over,
        members::requests,
        members::ask,
        members::allow,
        members::decline,
        links::list,
        links::create,
        links::change,
        links::remove,
        links::redeem,
        pages::salvaged,
        admin::users,
        admin::change_user,
        admin::reset_user,
        admin::invites,
        admin::invite,
        admin::remove_invite,
        admin::documents,
        admin::change_document,
    )
)]
struct Api;

/// The description of everything under `/api`.
pub async fn document() -> HttpResponse {
    match Api::openapi().to_json() {
        Ok(json) => HttpResponse::Ok().content_type("application/json").body(json),
        Err(error) => {
            tracing::error!("the API description could not be written: {error}");
            HttpResponse::InternalServerError().finish()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The route table is the list of what exists; the description must have all of it.
    #[test]
    fn pg1_every_api_route_is_described() {
        let table = include_str!("../http.rs");
        let described = Api::openapi().to_json().expect("JSON");
        let described: serde_json::Value = serde_json::from_str(&described).expect("JSON");
        let mut routes = 0;
        for entry in table.split("at(\"").skip(1) {
            let Some((path, rest)) = entry.split_once('"') else { continue };
            if !path.starts_with("/api/") || path == "/api/openapi.json" {
                continue;
            }
            let until = rest.find(".service(").unwrap_or(rest.len());
            for method in ["get", "post", "patch", "delete"] {
                if rest[..until].contains(&format!("route({method}(")) {
                    routes += 1;
                    assert!(!described["paths"][path][method].is_null(), "{method} {path} is not described");
                }
            }
        }
        assert!(routes >= 45, "{routes}");
    }
}
