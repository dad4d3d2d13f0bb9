//! What: a document in every state, and how each action is asked for.

use galley::access::{Action, Body, Need};
use serde_json::{Value, json};
use uuid::Uuid;

use super::cast::{Cast, Kind, Player, ROLES, another_session};
use crate::support::{Answer, PASSWORD, Person};

/// Which document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// The one everybody has their role in.
    Live,
    /// The same, in the trash.
    Trashed,
    /// Somebody else's.
    Foreign,
    /// One that never was.
    Absent,
    /// One that was deleted for good.
    Erased,
}

/// What is shown elsewhere: by the holder of the metrics' own token, by sockets, by streams that do not end.
pub const ELSEWHERE: [Action; 7] = [
    Action::Metrics,
    Action::Socket,
    Action::NotesSocket,
    Action::SyncRead,
    Action::SyncWrite,
    Action::Present,
    Action::Events,
];

const ALL: &[Target] = &[Target::Live, Target::Trashed, Target::Foreign, Target::Absent, Target::Erased];

/// The states that matter to an action.
pub fn targets(action: Action) -> &'static [Target] {
    match action.needs() {
        Need::Role(_) | Need::Trash => ALL,
        _ => &[Target::Live],
    }
}

/// Documents in every state.
pub struct Stage {
    live: Set,
    trashed: Set,
    erased: String,
    foreign: String,
    absent: String,
    owner: Person,
    stranger: Person,
    print: Vec<String>,
}

/// One document with members, guests, a link and a request.
struct Set {
    id: String,
    link: String,
    member: String,
    asking: String,
    file: String,
    version: String,
}

/// One request.
pub struct Request {
    person: Person,
    token: Option<String>,
    method: &'static str,
    /// Its address.
    pub path: String,
    body: Option<Value>,
    takes: Body,
}

impl Request {
    /// Whether an answer of yes leaves something behind.
    pub fn changes(&self) -> bool {
        self.method != "GET" && self.path.starts_with("/api/documents/")
    }

    /// Over HTTP, by cookie as a page does or by token as a program does.
    pub fn send(&self, _: &Cast) -> Answer {
        let body = self.body.as_ref().map(Value::to_string).unwrap_or_default();
        let mime = if self.takes == Body::Bytes { "application/octet-stream" } else { "application/json" };
        let mut headers = vec![("content-type", mime)];
        let bearer = self.token.as_ref().map(|token| format!("Bearer {token}"));
        match &bearer {
            Some(bearer) => headers.push(("authorization", bearer)),
            None => headers.extend([("origin", self.person.url.as_str()), ("x-galley", "1")]),
        }
        self.person.send_raw(self.method, &self.path, &headers, &body)
    }
}

impl Stage {
    /// Makes new documents and lets everybody in.
    pub fn set(cast: &Cast) -> Stage {
        let trashed = Set::new(cast);
        cast.owner.send("DELETE", &format!("/api/documents/{}", trashed.id), None).ok();
        let erased = cast.owner.document("erased");
        cast.owner.send("DELETE", &format!("/api/documents/{erased}"), None).ok();
        cast.owner.send("POST", &format!("/api/documents/{erased}/erase"), Some(json!({}))).ok();
        let mut stage = Stage {
            live: Set::new(cast),
            trashed,
            erased,
            foreign: cast.foreign.document("somebody else's"),
            absent: Uuid::now_v7().to_string(),
            owner: cast.owner.clone(),
            stranger: cast.foreign.clone(),
            print: Vec::new(),
        };
        stage.print = stage.fingerprint();
        stage
    }

    /// Nothing is other than when it was set.
    pub fn is_untouched(&self, after: &str) {
        assert_eq!(self.fingerprint(), self.print, "{after} changed something");
    }

    /// Everything a refused request must not have changed.
    fn fingerprint(&self) -> Vec<String> {
        let id = &self.live.id;
        // Without the record itself: its time of change follows the first text by half a second.
        let mut print: Vec<String> = ["/text", "/notes", "/members", "/links", "/requests", "/files", "/versions"]
            .iter()
            .map(|rest| self.owner.send("GET", &format!("/api/documents/{id}{rest}"), None).body)
            .collect();
        print.push(self.stranger.text(&self.foreign));
        print
    }

    fn id(&self, target: Target) -> &str {
        match target {
            Target::Live => &self.live.id,
            Target::Trashed => &self.trashed.id,
            Target::Foreign => &self.foreign,
            Target::Absent => &self.absent,
            Target::Erased => &self.erased,
        }
    }

    fn set_of(&self, target: Target) -> &Set {
        if target == Target::Trashed { &self.trashed } else { &self.live }
    }

    /// How this action is asked for; `None` where it is a socket's.
    pub fn request(&self, cast: &Cast, player: &Player, action: Action, target: Target) -> Option<Request> {
        let document = |rest: &str| format!("/api/documents/{}{rest}", self.id(target));
        let set = self.set_of(target);
        let (method, path, body) = match action {
            Action::DocumentPage => ("GET", format!("/d/{}", self.id(target)), None),
            Action::ReadDocument => ("GET", document(""), None),
            Action::ReadText => ("GET", document("/text"), None),
            Action::Salvaged => ("GET", document("/salvaged"), None),
            Action::ReadHtml => ("GET", document("/html"), None),
            Action::Ticket => ("POST", document("/ticket"), Some(json!({}))),
            Action::Rename => ("PATCH", document(""), Some(json!({"title": "renamed"}))),
            Action::Trash => ("DELETE", document(""), None),
            Action::Restore => ("POST", document("/restore"), Some(json!({}))),
            // Only what is in the trash can be erased, which is no matter of permission.
            Action::Erase if target == Target::Live && player.name == "owner" => return None,
            Action::Erase => ("POST", document("/erase"), Some(json!({}))),
            // An owner has nothing to leave, and whoever may do everything nothing to ask for.
            Action::Leave | Action::Ask if player.role == Some(room::Role::Own) && target == Target::Live => {
                return None;
            }
            Action::Ask if player.role == Some(room::Role::Edit) && target == Target::Live => return None,
            Action::Leave => ("POST", document("/leave"), Some(json!({}))),
            Action::Ask => ("POST", document("/requests"), Some(json!({"role": "edit"}))),
            Action::ReadNotes => ("GET", document("/notes"), None),
            Action::WriteNotes => {
                let note = json!({"id": Uuid::now_v7(), "anchor": null, "quote": "the text", "body": "why?"});
                ("POST", document("/notes"), Some(note))
            }
            Action::File | Action::Files | Action::KeepFile | Action::RemoveFile => self.files(action, target),
            Action::ReadPeople => ("GET", document("/people"), None),
            Action::Export => ("GET", document("/export?notes=footnotes"), None),
            Action::HistoryPage => ("GET", format!("/d/{}/history", self.id(target)), None),
            Action::Versions => ("GET", document("/versions"), None),
            Action::NameVersion => ("POST", document("/versions"), Some(json!({"name": "a name"}))),
            Action::RemoveVersion => ("DELETE", document(&format!("/versions/{}", set.version)), None),
            Action::BringBack => ("POST", document(&format!("/versions/{}/restore", set.version)), Some(json!({}))),
            Action::Authorship => ("GET", document("/authorship"), None),
            Action::Since => ("GET", document("/since"), None),
            Action::Seen => ("POST", document("/seen"), Some(json!({}))),
            Action::Members => ("GET", document("/members"), None),
            Action::AddMember => ("POST", document("/members"), Some(json!({"name": "spare", "role": "view"}))),
            Action::ChangeMember => {
                ("PATCH", document(&format!("/members/{}", set.member)), Some(json!({"role": "comment"})))
            }
            Action::RemoveMember => ("DELETE", document(&format!("/members/{}", set.member)), None),
            Action::HandOver => ("POST", document("/owner"), Some(json!({"name": "spare"}))),
            Action::Requests => ("GET", document("/requests"), None),
            Action::AnswerRequest => {
                ("POST", document(&format!("/requests/{}", set.asking)), Some(json!({"role": "edit"})))
            }
            Action::Links => ("GET", document("/links"), None),
            Action::CreateLink => ("POST", document("/links"), Some(json!({"role": "view"}))),
            Action::ChangeLink => ("PATCH", document(&format!("/links/{}", set.link)), Some(json!({"label": "x"}))),
            Action::RevokeLink => ("DELETE", document(&format!("/links/{}", set.link)), None),
            other => return self.personal(cast, player, other),
        };
        let (person, token) = (player.person.clone(), player.token.clone());
        Some(Request { person, token, method, path, body, takes: action.takes() })
    }

    /// Pictures and files.
    fn files(&self, action: Action, target: Target) -> (&'static str, String, Option<Value>) {
        let (document, file) = (self.id(target), &self.set_of(target).file);
        let files = format!("/api/documents/{document}/files");
        match action {
            Action::File => ("GET", format!("/u/{document}/{file}"), None),
            Action::KeepFile => ("POST", format!("{files}?name=new.txt"), Some(json!("another"))),
            Action::RemoveFile => ("DELETE", format!("{files}/{file}"), None),
            _ => ("GET", files, None),
        }
    }

    /// What concerns no document of the stage.
    fn personal(&self, cast: &Cast, player: &Player, action: Action) -> Option<Request> {
        let mut person = player.person.clone();
        let none = || Uuid::now_v7().to_string();
        let signed_in = player.kind == Kind::Account && player.token.is_none();
        let (method, path, body) = match action {
            Action::LinkPage => ("GET", format!("/s/{}", self.live.link), None),
            Action::SignUp => {
                person = another_session(cast, player);
                let name = format!("new-{}", &none()[24..]);
                ("POST", "/api/signup".into(), Some(json!({"name": name, "password": PASSWORD})))
            }
            Action::SignIn => {
                person = another_session(cast, player);
                ("POST", "/api/login".into(), Some(json!({"name": "spare", "password": PASSWORD})))
            }
            Action::SignOut => {
                person = another_session(cast, player);
                ("POST", "/api/logout".into(), Some(json!({})))
            }
            Action::Reset => {
                person = another_session(cast, player);
                ("POST", "/api/reset".into(), Some(json!({"reset": reset(cast), "password": PASSWORD})))
            }
            Action::Me => ("GET", "/api/me".into(), None),
            Action::RenameMe => ("PATCH", "/api/me".into(), Some(json!({"display": player.name}))),
            Action::ChangePassword => {
                ("POST", "/api/me/password".into(), Some(json!({"current": PASSWORD, "new": PASSWORD})))
            }
            Action::Sessions => ("GET", "/api/me/sessions".into(), None),
            Action::EndSession => {
                let id = if signed_in { session_of(&another_session(cast, player)) } else { none() };
                ("DELETE", format!("/api/me/sessions/{id}"), None)
            }
            Action::Tokens => ("GET", "/api/tokens".into(), None),
            Action::CreateToken => ("POST", "/api/tokens".into(), Some(json!({"label": "x", "scope": "read"}))),
            Action::RemoveToken => {
                let id = if signed_in { token_of(&player.person) } else { none() };
                ("DELETE", format!("/api/tokens/{id}"), None)
            }
            Action::Passkeys => ("GET", "/api/me/passkeys".into(), None),
            Action::AddPasskey => ("POST", "/api/me/passkeys/begin".into(), Some(json!({}))),
            // There is none to remove, which is no matter of permission.
            Action::RemovePasskey if signed_in => return None,
            Action::RemovePasskey => ("DELETE", format!("/api/me/passkeys/{}", none()), None),
            Action::Import => ("POST", "/api/import?name=x.md".into(), Some(json!({}))),
            Action::ExportAll => ("GET", "/api/export".into(), None),
            Action::Documents => ("GET", "/api/documents".into(), None),
            Action::CreateDocument => ("POST", "/api/documents".into(), Some(json!({"text": "new"}))),
            Action::Redeem => {
                let (path, secret) = door(cast);
                ("POST", path, Some(json!({"secret": secret})))
            }
            other => match page(other) {
                Some(path) => ("GET", path.into(), None),
                None => return self.administers(cast, player, other),
            },
        };
        Some(Request { person, token: player.token.clone(), method, path, body, takes: action.takes() })
    }

    /// What an administrator does.
    fn administers(&self, cast: &Cast, player: &Player, action: Action) -> Option<Request> {
        let (method, path, body) = match action {
            Action::Users => ("GET", "/api/admin/users".into(), None),
            Action::ChangeUser => {
                ("PATCH", format!("/api/admin/users/{}", author(cast, "spare")), Some(json!({"suspended": false})))
            }
            Action::ResetUser => ("POST", format!("/api/admin/users/{}/reset", author(cast, "spare")), Some(json!({}))),
            Action::Invites => ("GET", "/api/admin/invites".into(), None),
            Action::CreateInvite => ("POST", "/api/admin/invites".into(), Some(json!({"label": "x"}))),
            Action::RemoveInvite => {
                let made = cast.admin.send("POST", "/api/admin/invites", Some(json!({}))).ok();
                ("DELETE", format!("/api/admin/invites/{}", made["id"].as_str().expect("an id")), None)
            }
            Action::Holdings => ("GET", "/api/admin/documents".into(), None),
            Action::ChangeHolding => {
                ("PATCH", format!("/api/admin/documents/{}", self.live.id), Some(json!({"trashed": false})))
            }
            _ => return None,
        };
        let (person, token) = (player.person.clone(), player.token.clone());
        Some(Request { person, token, method, path, body, takes: action.takes() })
    }
}

impl Set {
    fn new(cast: &Cast) -> Set {
        let id = cast.owner.document("the text");
        let mut member = String::new();
        for (name, (role, _)) in cast.members.iter().zip(ROLES) {
            let path = format!("/api/documents/{id}/members");
            let added = cast.owner.send("POST", &path, Some(json!({"name": name, "role": role}))).ok();
            member = added["author"].as_str().expect("an author").to_owned();
        }
        let mut last = String::new();
        for (guest, (role, _)) in cast.guests.iter().zip(ROLES) {
            let link = cast.owner.link(&id, role);
            let (path, secret) = address(&link);
            guest.send("POST", &path, Some(json!({"secret": secret}))).ok();
            last = link["id"].as_str().expect("an id").to_owned();
        }
        let viewer = &cast.players.iter().find(|player| player.name == "viewer").expect("a viewer").person;
        viewer.send("POST", &format!("/api/documents/{id}/requests"), Some(json!({"role": "edit"}))).ok();
        let file = cast.owner.upload(&id, "kept.txt", b"kept").ok()["name"].as_str().expect("a name").to_owned();
        let named =
            cast.owner.send("POST", &format!("/api/documents/{id}/versions"), Some(json!({"name": "first"}))).ok();
        let version = named["id"].as_str().expect("an id").to_owned();
        Set { id, link: last, asking: member.clone(), member, file, version }
    }
}

fn address(link: &Value) -> (String, String) {
    let url = link["url"].as_str().expect("an address");
    let (address, secret) = url.split_once('#').expect("a secret");
    let id = address.rsplit('/').next().expect("an id");
    (format!("/api/links/{id}/redeem"), secret.to_owned())
}

fn door(cast: &Cast) -> (String, String) {
    let elsewhere = cast.foreign.document("elsewhere");
    address(&cast.foreign.link(&elsewhere, "view"))
}

fn session_of(person: &Person) -> String {
    let sessions = person.send("GET", "/api/me/sessions", None).ok();
    let sessions = sessions["sessions"].as_array().expect("sessions").clone();
    let current = sessions.iter().find(|session| session["current"] == true).expect("this one");
    current["id"].as_str().expect("an id").to_owned()
}

fn token_of(person: &Person) -> String {
    let made = person.send("POST", "/api/tokens", Some(json!({"label": "short-lived", "scope": "read"}))).ok();
    made["id"].as_str().expect("an id").to_owned()
}

fn author(cast: &Cast, name: &str) -> String {
    let users = cast.admin.send("GET", "/api/admin/users", None).ok();
    let users = users["users"].as_array().expect("users").clone();
    users.iter().find(|user| user["name"] == name).expect("somebody")["author"].as_str().expect("an id").to_owned()
}

fn reset(cast: &Cast) -> String {
    let path = format!("/api/admin/users/{}/reset", author(cast, "spare"));
    let made = cast.admin.send("POST", &path, Some(json!({}))).ok();
    made["url"].as_str().expect("an address").split_once("#reset=").expect("a word").1.to_owned()
}

/// What has one address for everybody.
fn page(action: Action) -> Option<&'static str> {
    Some(match action {
        Action::HomePage => "/",
        Action::SettingsPage => "/settings",
        Action::AdminPage => "/admin",
        Action::Asset => "/icon.svg",
        Action::Shell => "/shell/document",
        Action::Frame => "/frame/diagram",
        Action::Health => "/healthz",
        Action::Describe => "/api/openapi.json",
        _ => return None,
    })
}
