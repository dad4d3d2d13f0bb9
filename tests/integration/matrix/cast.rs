//! Who: everybody the table knows, each with a document's owner who gave them what they have.

use room::Role;
use serde_json::json;

use crate::support::{PASSWORD, Person, Server};

/// What somebody is to the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A name and a password, or a token of such.
    Account,
    /// A session by a link.
    Guest,
    /// No session, or one that is worth nothing.
    Nobody,
}

/// Somebody.
pub struct Player {
    /// In messages.
    pub name: &'static str,
    /// Their browser.
    pub person: Person,
    /// Their token, instead of a cookie.
    pub token: Option<String>,
    /// What they are to the server.
    pub kind: Kind,
    /// Whether they administer it.
    pub admin: bool,
    /// What they may do in the document.
    pub role: Option<Role>,
    /// How far their token reaches.
    pub scope: Option<Role>,
}

/// Everybody.
pub struct Cast {
    /// The first account.
    pub admin: Person,
    /// Whose the document is.
    pub owner: Person,
    /// Somebody with a document of their own that nobody else may see.
    pub foreign: Person,
    /// Who comes by links: edit, comment, view.
    pub guests: [Person; 3],
    /// Account names of the members: edit, comment, view.
    pub members: [&'static str; 3],
    /// Rows of the matrix.
    pub players: Vec<Player>,
}

/// Roles in the order of guests and members.
pub const ROLES: [(&str, Role); 3] = [("edit", Role::Edit), ("comment", Role::Comment), ("view", Role::View)];

impl Cast {
    /// Signs everybody up.
    pub fn new(server: &Server) -> Cast {
        let admin = Person::sign_up(server, "admin");
        let owner = Person::sign_up(server, "owner");
        let foreign = Person::sign_up(server, "foreign");
        let members = ["editor", "commenter", "viewer"];
        let signed_up = members.map(|name| Person::sign_up(server, name));
        let suspended = Person::sign_up(server, "suspended");
        Person::sign_up(server, "spare");
        let door = owner.document("a door for guests");
        let guests = ROLES.map(|(role, _)| Person::by_link(server, &owner.link(&door, role)));
        let nobody = Person::stranger(server);
        suspend(&admin, "suspended");
        let mut players = vec![
            player("owner", &owner, Kind::Account, Some(Role::Own)),
            player("nobody", &nobody, Kind::Nobody, None),
            player("suspended", &suspended, Kind::Nobody, None),
            Player { admin: true, ..player("administrator", &admin, Kind::Account, None) },
        ];
        for ((person, name), (_, role)) in signed_up.iter().zip(members).zip(ROLES) {
            players.push(player(name, person, Kind::Account, Some(role)));
        }
        for ((person, name), (_, role)) in guests.iter().zip(["link-edit", "link-comment", "link-view"]).zip(ROLES) {
            players.push(player(name, person, Kind::Guest, Some(role)));
        }
        for (name, scope, role) in [
            ("token-edit", "edit", Role::Edit),
            ("token-comment", "comment", Role::Comment),
            ("token-read", "read", Role::View),
        ] {
            let made = owner.send("POST", "/api/tokens", Some(json!({"label": name, "scope": scope}))).ok();
            let token = made["token"].as_str().expect("a token").to_owned();
            players.push(Player {
                token: Some(token),
                scope: Some(role),
                ..player(name, &nobody, Kind::Account, Some(Role::Own))
            });
        }
        Cast { admin, owner, foreign, guests, members, players }
    }
}

fn player(name: &'static str, person: &Person, kind: Kind, role: Option<Role>) -> Player {
    Player { name, person: person.clone(), token: None, kind, admin: false, role, scope: None }
}

fn suspend(admin: &Person, name: &str) {
    let users = admin.send("GET", "/api/admin/users", None).ok();
    let users = users["users"].as_array().expect("users").clone();
    let author = users.iter().find(|user| user["name"] == name).expect("somebody")["author"].clone();
    let path = format!("/api/admin/users/{}", author.as_str().expect("an id"));
    admin.send("PATCH", &path, Some(json!({"suspended": true}))).ok();
}

/// A session nobody else uses, so that it can be ended.
pub fn another_session(cast: &Cast, player: &Player) -> Person {
    let mut fresh = Person { cookie: String::new(), ..player.person.clone() };
    if player.kind == Kind::Account && player.token.is_none() {
        let name = if player.name == "administrator" { "admin" } else { player.name };
        fresh.take_cookie(fresh.send("POST", "/api/login", Some(json!({"name": name, "password": PASSWORD}))));
        return fresh;
    }
    if player.kind == Kind::Guest {
        let door = cast.owner.document("another door");
        let link = cast.owner.link(&door, "view");
        let url = link["url"].as_str().expect("an address").to_owned();
        let (address, secret) = url.split_once('#').expect("a secret");
        let id = address.rsplit('/').next().expect("an id");
        let redeem = format!("/api/links/{id}/redeem");
        fresh.take_cookie(fresh.send("POST", &redeem, Some(json!({"secret": secret}))));
        return fresh;
    }
    player.person.clone()
}
