//! The permission matrix: everybody x everything x every state of a document, over real HTTP and real sockets.
//!
//! What is expected comes from the table in `galley::access` and nothing else; what happens comes from the server. A
//! new action fails here until `stage.rs` says how it is asked for. Next: `matrix/cast.rs` for who,
//! `matrix/stage.rs` for what, `matrix/messages.rs` for sockets.

mod cast;
mod messages;
mod stage;

use std::collections::{BTreeMap, BTreeSet};

use cast::{Cast, Kind, Player};
use galley::access::{Action, Need};
use galley::config::Config;
use room::Role;
use stage::{Stage, Target};

use crate::headers::dressed;
use crate::support::{Server, folder, fresh};

/// What somebody is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// It is done.
    Allowed,
    /// There is nothing here.
    Hidden,
    /// They may be here, but not do this.
    TooLow,
    /// Who are they?
    SignIn,
    /// Their token does not reach this.
    Scope,
    /// It was theirs, and is deleted.
    Erased,
}

/// What the table says.
pub fn expected(player: &Player, action: Action, target: Target) -> Verdict {
    let reaches = |role| player.scope.is_none_or(|scope| scope >= role);
    match action.needs() {
        Need::Nothing | Need::Anybody => Verdict::Allowed,
        Need::Person(_) if matches!(player.kind, Kind::Nobody) => Verdict::SignIn,
        Need::Account(_) | Need::Session if !matches!(player.kind, Kind::Account) => Verdict::SignIn,
        Need::Person(role) | Need::Account(role) if !reaches(role) => Verdict::Scope,
        Need::Session if player.scope.is_some() => Verdict::Scope,
        Need::Person(_) | Need::Account(_) | Need::Session => Verdict::Allowed,
        Need::Administrator if player.admin && player.scope.is_none() => Verdict::Allowed,
        Need::Administrator => Verdict::Hidden,
        Need::Role(role) => inside(player, role, action, target),
        Need::Trash => inside(player, Role::Own, action, target),
    }
}

/// What takes a role in the document.
fn inside(player: &Player, needed: Role, action: Action, target: Target) -> Verdict {
    let Some(held) = player.role.map(|role| player.scope.map_or(role, |scope| scope.min(role))) else {
        return Verdict::Hidden;
    };
    match target {
        Target::Erased if player.role == Some(Role::Own) => Verdict::Erased,
        Target::Foreign | Target::Absent | Target::Erased => Verdict::Hidden,
        Target::Trashed if action.needs() != Need::Trash || held < Role::Own => Verdict::Hidden,
        Target::Live | Target::Trashed if held >= needed => Verdict::Allowed,
        Target::Live | Target::Trashed => Verdict::TooLow,
    }
}

fn heard(status: u16, code: &str) -> Verdict {
    match (status, code) {
        (200..=299, _) => Verdict::Allowed,
        (303, _) => Verdict::SignIn,
        (_, "sign_in") => Verdict::SignIn,
        (_, "role_too_low") | (403, "") => Verdict::TooLow,
        (_, "token_scope") => Verdict::Scope,
        (410, _) => Verdict::Erased,
        // Past the door: of a document that is not damaged nothing was salvaged.
        (409, "not_damaged") => Verdict::Allowed,
        (404, _) => Verdict::Hidden,
        other => panic!("an answer the table does not know: {other:?}"),
    }
}

#[test]
fn ac21_perm_matrix_http_and_pages() {
    let data = folder();
    let mut config = Config::for_tests(data.path());
    // The owner looks at everything after every refused request.
    config.limits.wishes_per_minute = 1_000_000;
    config.limits.uploads_per_minute = 1_000_000;
    let server = Server::with(config, None);
    let cast = Cast::new(&server);
    let mut cells = BTreeMap::new();
    let mut unasked: BTreeSet<Action> = Action::ALL.iter().copied().collect();
    for player in &cast.players {
        let mut stage = Stage::set(&cast);
        for action in Action::ALL {
            for target in stage::targets(*action) {
                let Some(request) = stage.request(&cast, player, *action, *target) else { continue };
                let wanted = expected(player, *action, *target);
                unasked.remove(action);
                let answer = request.send(&cast);
                dressed(&format!("{} {action:?} {target:?} {}", player.name, request.path), &answer);
                let code = serde_json::from_str::<serde_json::Value>(&answer.body).unwrap_or_default();
                let code = code["error"]["code"].as_str().unwrap_or_default();
                let got = heard(answer.status, code);
                assert_eq!(got, wanted, "{} {action:?} {target:?}: {answer:?}", player.name);
                match wanted {
                    Verdict::Allowed if request.changes() => stage = Stage::set(&cast),
                    Verdict::Allowed => {}
                    _ if request.changes() => stage.is_untouched(&format!("{} {action:?} {target:?}", player.name)),
                    _ => {}
                }
                *cells.entry(got).or_insert(0) += 1;
            }
        }
    }
    let total: usize = cells.values().sum();
    println!("{total} cells over HTTP: {cells:?}");
    assert!(total >= 1_000, "{total}");
    assert_eq!(
        unasked.into_iter().collect::<Vec<_>>(),
        stage::ELSEWHERE,
        "every action is asked for here or elsewhere"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn ac21_perm_matrix_sockets() {
    let (server, _data) = fresh();
    let cast = tokio::task::spawn_blocking(move || (Cast::new(&server), server));
    let (cast, _server) = cast.await.expect("a cast");
    let total = messages::all(&cast).await;
    println!("{total} cells over sockets");
    assert!(total >= 500, "{total}");
}
