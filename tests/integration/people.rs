//! Accounts for real: invitations, ways back in, sessions, tokens, and what an administrator may.

use galley::config::{Config, Signup};
use serde_json::{Value, json};

use crate::support::{Answer, PASSWORD, Person, Server, folder, fresh};
use peer::Peer;

fn code(answer: &Answer) -> String {
    answer.json()["error"]["code"].as_str().unwrap_or_default().to_owned()
}

fn user(admin: &Person, name: &str) -> Value {
    let users = admin.send("GET", "/api/admin/users", None).ok();
    users["users"].as_array().expect("users").iter().find(|user| user["name"] == name).expect("somebody").clone()
}

fn user_path(admin: &Person, name: &str) -> String {
    format!("/api/admin/users/{}", user(admin, name)["author"].as_str().expect("an id"))
}

fn word(made: &Value, kind: &str) -> String {
    made["url"].as_str().expect("an address").split_once(&format!("#{kind}=")).expect("a word").1.to_owned()
}

#[test]
fn ac28_an_invitation_becomes_one_account() {
    let data = folder();
    let server = Server::with(Config { signup: Signup::Invite, ..Config::for_tests(data.path()) }, None);
    let ada = Person::sign_up(&server, "ada");
    let sign_up = |name: &str, invite: Option<&str>| {
        let typed = json!({"name": name, "password": PASSWORD, "invite": invite});
        Person::stranger(&server).send("POST", "/api/signup", Some(typed))
    };
    assert_eq!(code(&sign_up("bob", None)), "invite_required");
    let made = ada.send("POST", "/api/admin/invites", Some(json!({"label": "Bob"}))).ok();
    let word = word(&made, "invite");
    assert_eq!(code(&sign_up("ada", Some(&word))), "name_taken", "a taken name does not cost the invitation");
    sign_up("bob", Some(&word)).ok();
    assert_eq!(code(&sign_up("eve", Some(&word))), "invite_required");
    let invites = ada.send("GET", "/api/admin/invites", None).ok();
    assert_eq!(invites["invites"][0]["used_by"], "bob");
    let taken_back = ada.send("POST", "/api/admin/invites", Some(json!({}))).ok();
    let path = format!("/api/admin/invites/{}", taken_back["id"].as_str().expect("an id"));
    ada.send("DELETE", &path, None).ok();
    assert_eq!(code(&sign_up("eve", Some(&self::word(&taken_back, "invite")))), "invite_required");
}

#[test]
fn ac28_a_way_back_in_works_once_and_ends_every_session() {
    let (server, _data) = fresh();
    let (ada, bob) = (Person::sign_up(&server, "ada"), Person::sign_up(&server, "bob"));
    let made = ada.send("POST", &format!("{}/reset", user_path(&ada, "bob")), Some(json!({}))).ok();
    let reset = json!({"reset": word(&made, "reset"), "password": "a wholly new passphrase"});
    let weak = json!({"reset": word(&made, "reset"), "password": "password"});
    assert_eq!(code(&Person::stranger(&server).send("POST", "/api/reset", Some(weak))), "password_common");
    let mut back = Person::stranger(&server);
    back.take_cookie(back.send("POST", "/api/reset", Some(reset.clone())));
    assert_eq!(back.send("GET", "/api/me", None).ok()["name"], "bob");
    assert_eq!(bob.send("GET", "/api/me", None).ok()["kind"], "nobody", "the old session is over");
    assert_eq!(code(&Person::stranger(&server).send("POST", "/api/reset", Some(reset))), "reset_gone");
    let old = json!({"name": "bob", "password": PASSWORD});
    assert_eq!(Person::stranger(&server).send("POST", "/api/login", Some(old)).status, 401);
}

#[test]
fn ac28_another_password_ends_the_other_sessions() {
    let (server, _data) = fresh();
    let ada = Person::sign_up(&server, "ada");
    let mut phone = Person::stranger(&server);
    phone.take_cookie(phone.send("POST", "/api/login", Some(json!({"name": "ada", "password": PASSWORD}))));
    let sessions = ada.send("GET", "/api/me/sessions", None).ok();
    assert_eq!(sessions["sessions"].as_array().map(Vec::len), Some(2));
    let wrong = json!({"current": "not this one", "new": "a wholly new passphrase"});
    assert_eq!(code(&ada.send("POST", "/api/me/password", Some(wrong))), "wrong_credentials");
    let right = json!({"current": PASSWORD, "new": "a wholly new passphrase"});
    ada.send("POST", "/api/me/password", Some(right)).ok();
    assert_eq!(ada.send("GET", "/api/me", None).ok()["name"], "ada");
    assert_eq!(phone.send("GET", "/api/me", None).ok()["kind"], "nobody");
    phone.take_cookie(phone.send(
        "POST",
        "/api/login",
        Some(json!({"name": "ada", "password": "a wholly new passphrase"})),
    ));
    let sessions = ada.send("GET", "/api/me/sessions", None).ok();
    let other = sessions["sessions"].as_array().expect("two").iter().find(|one| one["current"] == false).expect("one");
    ada.send("DELETE", &format!("/api/me/sessions/{}", other["id"].as_str().expect("an id")), None).ok();
    assert_eq!(phone.send("GET", "/api/me", None).ok()["kind"], "nobody");
}

fn with_token(person: &Person, token: &str, method: &str, path: &str, body: Value) -> Answer {
    let bearer = format!("Bearer {token}");
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
    let body = if body.is_null() { String::new() } else { body.to_string() };
    Person { cookie: String::new(), ..person.clone() }.send_raw(method, path, &headers, &body)
}

#[test]
fn ac28_a_token_reaches_as_far_as_its_scope_and_no_further_than_its_owner() {
    let (server, _data) = fresh();
    let (ada, bob) = (Person::sign_up(&server, "ada"), Person::sign_up(&server, "bob"));
    let document = ada.document("text");
    let members = format!("/api/documents/{document}/members");
    ada.send("POST", &members, Some(json!({"name": "bob", "role": "comment"}))).ok();
    let make = |person: &Person, scope: &str| {
        let made = person.send("POST", "/api/tokens", Some(json!({"label": "ci", "scope": scope}))).ok();
        (made["token"].as_str().expect("a token").to_owned(), made["id"].as_str().expect("an id").to_owned())
    };
    let path = format!("/api/documents/{document}");
    let (wide, _) = make(&bob, "edit");
    assert_eq!(with_token(&bob, &wide, "GET", &path, Value::Null).ok()["role"], "comment", "its owner's");
    let (narrow, id) = make(&ada, "read");
    assert_eq!(with_token(&ada, &narrow, "GET", &path, Value::Null).ok()["role"], "view", "its scope's");
    assert_eq!(with_token(&ada, &narrow, "PATCH", &path, json!({"title": "x"})).status, 403);
    assert_eq!(code(&with_token(&ada, &narrow, "GET", "/api/tokens", Value::Null)), "token_scope");
    ada.send("DELETE", &format!("/api/tokens/{id}"), None).ok();
    assert_eq!(code(&with_token(&ada, &narrow, "GET", &path, Value::Null)), "bad_token");
    // A bad token never falls back to a good cookie: whoever shows one is not held to the rules for pages.
    let headers = [("authorization", "Bearer galley_nothing"), ("content-type", "application/json")];
    assert_eq!(ada.send_raw("PATCH", &path, &headers, "{\"title\":\"x\"}").status, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn ac28_a_suspended_account_is_nobody_until_it_is_let_in_again() {
    let (server, _data) = fresh();
    let (ada, bob) = (Person::sign_up(&server, "ada"), Person::sign_up(&server, "bob"));
    let document = bob.document("text");
    let mut inside = Peer::join(&bob, &document).await;
    ada.send("PATCH", &user_path(&ada, "bob"), Some(json!({"suspended": true}))).ok();
    assert_eq!(inside.until_closed().await, Some(4401));
    assert_eq!(bob.send("GET", "/api/me", None).ok()["kind"], "nobody");
    let typed = json!({"name": "bob", "password": PASSWORD});
    assert_eq!(code(&Person::stranger(&server).send("POST", "/api/login", Some(typed.clone()))), "suspended");
    ada.send("PATCH", &user_path(&ada, "bob"), Some(json!({"suspended": false}))).ok();
    let mut back = Person::stranger(&server);
    back.take_cookie(back.send("POST", "/api/login", Some(typed)));
    assert_eq!(back.text(&document), "text");
}

#[test]
fn ac28_somebody_always_administers_and_reads_nothing_by_it() {
    let (server, _data) = fresh();
    let (ada, bob) = (Person::sign_up(&server, "ada"), Person::sign_up(&server, "bob"));
    let document = bob.document("# A private title");
    for change in [json!({"admin": false}), json!({"suspended": true})] {
        assert_eq!(code(&ada.send("PATCH", &user_path(&ada, "ada"), Some(change))), "last_admin");
    }
    let listed = ada.send("GET", "/api/admin/documents", None);
    assert!(listed.body.contains(&document) && !listed.body.contains("private"), "{listed:?}");
    assert_eq!(ada.send("GET", &format!("/api/documents/{document}/text"), None).status, 404);
    let path = format!("/api/admin/documents/{document}");
    assert_eq!(ada.send("PATCH", &path, Some(json!({"owner": "ada"}))).ok()["owner"]["name"], "ada");
    assert_eq!(ada.text(&document), "# A private title");
    ada.send("PATCH", &user_path(&ada, "bob"), Some(json!({"admin": true}))).ok();
    ada.send("PATCH", &user_path(&ada, "ada"), Some(json!({"admin": false}))).ok();
    assert_eq!(ada.send("GET", "/api/admin/users", None).status, 404);
    assert_eq!(bob.send("GET", "/admin", None).status, 200);
}
