//! The table, without a server.

use super::*;
use crate::sessions::Session;
use crate::sessions::SessionHash;

fn session(name: Option<&str>, admin: bool, scope: Option<Role>) -> Session {
    Session {
        hash: SessionHash([0; 32]),
        author: Author(Uuid::nil()),
        name: name.map(str::to_owned),
        display: "Ada".into(),
        admin,
        scope,
        until_ms: None,
    }
}

#[test]
fn ac21_what_takes_a_session_is_never_given_to_a_token() {
    let by_token = Principal::Account(session(Some("ada"), true, Some(Role::Edit)));
    let by_session = Principal::Account(session(Some("ada"), true, None));
    for action in Action::ALL {
        if matches!(action.needs(), Need::Session | Need::Administrator) {
            assert!(by_token.may(*action).is_err(), "{action:?}");
            assert!(by_session.may(*action).is_ok(), "{action:?}");
        }
    }
}

#[test]
fn ac21_administering_is_not_there_for_others() {
    for principal in [
        Principal::Nobody,
        Principal::Guest(session(None, false, None)),
        Principal::Account(session(Some("ada"), false, None)),
    ] {
        assert!(matches!(principal.may(Action::Users), Err(Error::NotFound)), "{principal:?}");
    }
}

#[test]
fn ac21_messages_are_held_against_the_table() {
    assert_eq!(POLICY, Policy { read: Role::View, write: Role::Edit, present: Role::View });
}

#[test]
fn ac22_of_two_grants_the_higher_role_and_the_earlier_end() {
    let both = Held { role: Role::View, until_ms: Some(5) }.and(Held { role: Role::Edit, until_ms: Some(9) });
    assert_eq!(both, Held { role: Role::Edit, until_ms: Some(5) });
    assert_eq!(Held::open(Role::Own).and(Held { role: Role::View, until_ms: Some(1) }).until_ms, Some(1));
}
