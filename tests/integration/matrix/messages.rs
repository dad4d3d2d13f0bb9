//! Sockets: every message type by everybody, in both dialects, on both channels.

use std::collections::HashMap;

use galley::access::Action;
use serde_json::json;
use yrs::{Text, Transact};

use super::cast::{Cast, Player, ROLES};
use super::stage::Target;
use super::{Verdict, expected};
use crate::support::Person;
use peer::{Peer, connect_with, message, new_doc, tag};

const TEXT: &str = "untouched";

/// Runs all of them; how many cells that were.
pub async fn all(cast: &Cast) -> usize {
    let mut cells = 0;
    for player in &cast.players {
        for galley in [true, false] {
            let document = tokio::task::block_in_place(|| document(cast));
            for notes in [false, true] {
                cells += opens(player, &document, galley, notes).await;
            }
            if expected(player, Action::Socket, Target::Live) == Verdict::Allowed {
                cells += speaks(cast, player, &document, galley).await;
            }
        }
    }
    cells
}

fn document(cast: &Cast) -> String {
    let id = cast.owner.document(TEXT);
    for (name, (role, _)) in cast.members.iter().zip(ROLES) {
        let path = format!("/api/documents/{id}/members");
        cast.owner.send("POST", &path, Some(json!({"name": name, "role": role}))).ok();
    }
    for (guest, (role, _)) in cast.guests.iter().zip(ROLES) {
        let link = cast.owner.link(&id, role);
        let url = link["url"].as_str().expect("an address").to_owned();
        let (address, secret) = url.split_once('#').expect("a secret");
        let link = address.rsplit('/').next().expect("an id");
        guest.send("POST", &format!("/api/links/{link}/redeem"), Some(json!({"secret": secret}))).ok();
    }
    id
}

/// Whether the socket opens at all.
async fn opens(player: &Player, document: &str, galley: bool, notes: bool) -> usize {
    let action = if notes { Action::NotesSocket } else { Action::Socket };
    let path = format!("/sync/{document}{}", if notes { "/notes" } else { "" });
    let opened = connect(player, &path, galley).await;
    let got = match opened {
        Err(_) => Verdict::Hidden,
        Ok(socket) => match greeted(socket).await {
            true => Verdict::Allowed,
            false => Verdict::Hidden,
        },
    };
    assert_eq!(got, expected(player, action, Target::Live), "{} {action:?} galley: {galley}", player.name);
    1
}

/// Whether the server answers a Step1; a refused `galley.v1` socket is closed with a code instead.
async fn greeted(
    mut socket: tokio_tungstenite::WebSocketStream<tokio_tungstenite::MaybeTlsStream<tokio::net::TcpStream>>,
) -> bool {
    use futures_util::{SinkExt, StreamExt};
    use tokio_tungstenite::tungstenite::Message;
    socket.send(Message::binary(message(&[tag::SYNC, tag::STEP1], &[0]))).await.ok();
    while let Some(Ok(received)) = socket.next().await {
        match received {
            Message::Binary(_) => return true,
            Message::Close(_) => return false,
            _ => {}
        }
    }
    false
}

/// Every message type, and what became of the document and of what others see.
async fn speaks(cast: &Cast, player: &Player, document: &str, galley: bool) -> usize {
    let writes = expected(player, Action::SyncWrite, Target::Live) == Verdict::Allowed;
    let mut watcher = Peer::join(&cast.owner, document).await;
    let mut taken = 0;
    let mut cells = 0;
    for kind in [tag::STEP2, tag::UPDATE] {
        let update = vandal();
        let mut peer = join(player, document, galley).await;
        peer.send(message(&[tag::SYNC, kind], &update)).await;
        finished(&mut peer).await;
        taken += usize::from(writes);
        assert_eq!(insertions(cast, document), taken, "{} sync {kind}", player.name);
        cells += 1;
    }
    for kind in (2..=255_u8).filter(|kind| kind % 8 == 2 || *kind >= 110 && *kind < 124) {
        let mut peer = join(player, document, galley).await;
        peer.send(message(&[kind], &vandal())).await;
        peer.send(message(&[kind, 0, 0, 2], &vandal())).await;
        finished(&mut peer).await;
        cells += 1;
    }
    assert_eq!(insertions(cast, document), taken, "{} by another message", player.name);
    let presents = expected(player, Action::Present, Target::Live) == Verdict::Allowed;
    let before = watcher.awareness.len();
    let mut peer = join(player, document, galley).await;
    peer.send(caret(7_777)).await;
    if presents {
        watcher.until("a caret", |watcher| watcher.awareness.len() > before).await;
    }
    cells + 1
}

/// How many of our updates are in the text.
fn insertions(cast: &Cast, document: &str) -> usize {
    let text = tokio::task::block_in_place(|| cast.owner.text(document));
    assert_eq!(text.replace('x', ""), TEXT);
    text.matches('x').count()
}

/// Reads until the server has taken everything sent before: it answers in order, or has closed.
async fn finished(peer: &mut Peer) {
    peer.synced = false;
    peer.send(message(&[tag::SYNC, tag::STEP1], &[0])).await;
    peer.wait(|peer| peer.synced).await;
}

fn vandal() -> Vec<u8> {
    let doc = new_doc();
    let text = doc.get_or_insert_text("content");
    let mut transaction = doc.transact_mut();
    text.insert(&mut transaction, 0, "x");
    transaction.encode_update_v1()
}

/// One awareness entry of a client that shows a caret.
fn caret(client: u64) -> Vec<u8> {
    let state = br#"{"user":{"name":"x"},"cursor":null}"#;
    let mut entry = vec![1];
    let mut rest = client;
    while rest >= 0x80 {
        entry.push(rest as u8 | 0x80);
        rest >>= 7;
    }
    entry.extend([rest as u8, 1, state.len() as u8]);
    entry.extend_from_slice(state);
    message(&[tag::AWARENESS], &entry)
}

async fn join(player: &Player, document: &str, galley: bool) -> Peer {
    match &player.token {
        None => Peer::join_with(&player.person, document, galley, new_doc()).await,
        Some(token) => {
            let mut peer =
                Peer::on(connect(player, &format!("/sync/{document}"), galley).await.expect("opens"), galley);
            assert!(token.starts_with("galley_"));
            peer.send(message(&[tag::SYNC, tag::STEP1], &[0])).await;
            peer.until("synced", |peer| peer.synced).await;
            peer
        }
    }
}

async fn connect(
    player: &Player,
    path: &str,
    galley: bool,
) -> Result<
    tokio_tungstenite::WebSocketStream<tokio_tungstenite::MaybeTlsStream<tokio::net::TcpStream>>,
    tokio_tungstenite::tungstenite::Error,
> {
    let Person { url, cookie } = &player.person;
    let bearer = player.token.as_ref().map(|token| format!("Bearer {token}"));
    let mut headers = HashMap::from([("origin", url.as_str())]);
    if !cookie.is_empty() {
        headers.insert("cookie", cookie);
    }
    if let Some(bearer) = &bearer {
        headers.insert("authorization", bearer);
    }
    if galley {
        headers.insert("sec-websocket-protocol", "galley.v1");
    }
    connect_with(url, path, &headers).await
}
