//! People write together: everybody ends with the same text, in both dialects, through drops and restarts.

use serde_json::json;

use crate::support::{Person, fresh};
use peer::{Peer, connect_with, message, new_doc, tag};

#[tokio::test(flavor = "multi_thread")]
async fn two_peers_see_each_other_and_both_are_saved() {
    let (server, _data) = fresh();
    let ada = Person::sign_up(&server, "ada");
    let document = ada.document("");
    let mut one = Peer::join(&ada, &document).await;
    let mut two = Peer::join(&ada, &document).await;
    one.append("Hello, ").await;
    two.shows("Hello, ").await;
    two.append("world 🌍\n").await;
    one.shows("Hello, world 🌍\n").await;
    one.delete(0, 5).await;
    two.shows(", world 🌍\n").await;
    one.saved().await;
    two.saved().await;
    assert_eq!(ada.text(&document), ", world 🌍\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn concurrent_typing_converges() {
    let (server, _data) = fresh();
    let ada = Person::sign_up(&server, "ada");
    let document = ada.document("base\n");
    let mut peers = Vec::new();
    for _ in 0..3 {
        peers.push(Peer::join(&ada, &document).await);
    }
    for round in 0..20 {
        for (index, peer) in peers.iter_mut().enumerate() {
            peer.insert(round % 4, &format!("{index}.{round} ")).await;
        }
    }
    for peer in &mut peers {
        peer.saved().await;
    }
    let text = ada.text(&document);
    assert_eq!(text.matches(' ').count(), 60, "{text}");
    for peer in &mut peers {
        peer.shows(&text).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn stock_and_galley_clients_share_a_room() {
    let (server, _data) = fresh();
    let ada = Person::sign_up(&server, "ada");
    let document = ada.document("");
    let mut stock = Peer::stock(&ada, &document).await;
    let mut ours = Peer::join(&ada, &document).await;
    stock.append("from stock; ").await;
    ours.shows("from stock; ").await;
    ours.append("from ours").await;
    stock.shows("from stock; from ours").await;
    assert_eq!((stock.acked, stock.grants.len()), (0, 0), "nothing un-negotiated is sent");
}

#[tokio::test(flavor = "multi_thread")]
async fn edits_made_offline_arrive_and_are_saved() {
    let (server, _data) = fresh();
    let ada = Person::sign_up(&server, "ada");
    let document = ada.document("");
    let mut away = Peer::join(&ada, &document).await;
    away.append("before. ").await;
    away.saved().await;
    let doc = away.leave();
    {
        use yrs::{Text, Transact};
        let text = doc.get_or_insert_text("content");
        text.push(&mut doc.transact_mut(), "on the train. ");
    }
    let mut other = Peer::join(&ada, &document).await;
    other.insert(0, "meanwhile. ").await;
    other.saved().await;
    let mut back = Peer::join_with(&ada, &document, true, doc).await;
    back.until("its Step2 is settled", |peer| peer.sent > 0 && peer.acked >= peer.sent).await;
    back.shows("meanwhile. before. on the train. ").await;
    other.shows("meanwhile. before. on the train. ").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_of_a_megabyte_travels_packed() {
    let (server, _data) = fresh();
    let ada = Person::sign_up(&server, "ada");
    let document = ada.document("");
    let mut one = Peer::join(&ada, &document).await;
    let paste = "A line that is pasted many times over.\n".repeat(27_000);
    assert!(paste.len() > 1 << 20);
    let mut idle = Peer::join(&ada, &document).await;
    one.append(&paste).await;
    one.saved().await;
    idle.shows(&paste).await;
    let mut late = Peer::join(&ada, &document).await;
    late.shows(&paste).await;
    let mut stock = Peer::stock(&ada, &document).await;
    stock.shows(&paste).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn carets_carry_the_name_of_the_session_not_of_the_client() {
    let (server, _data) = fresh();
    let ada = Person::sign_up(&server, "ada");
    let document = ada.document("");
    let mut watcher = Peer::join(&ada, &document).await;
    let mut liar = Peer::join(&ada, &document).await;
    let state = json!({"user": {"name": "The Administrator", "color": "#000000"}, "cursor": null}).to_string();
    let mut entry = vec![1, 77, 1];
    entry.push(u8::try_from(state.len()).expect("short"));
    entry.extend(state.as_bytes());
    liar.send(message(&[tag::AWARENESS], &entry)).await;
    let names = |peer: &Peer| String::from_utf8_lossy(&peer.awareness.concat()).into_owned();
    watcher.until("a caret", |peer| names(peer).contains("\"cursor\"") || names(peer).contains("\"name\"")).await;
    assert!(names(&watcher).contains("ada"), "{}", names(&watcher));
    assert!(!names(&watcher).contains("Administrator"));
}

#[tokio::test(flavor = "multi_thread")]
async fn another_epoch_is_told_to_start_over() {
    let (server, _data) = fresh();
    let ada = Person::sign_up(&server, "ada");
    let document = ada.document("");
    let headers = [("origin", ada.url.as_str()), ("cookie", &ada.cookie), ("sec-websocket-protocol", "galley.v1")];
    let mut socket =
        connect_with(&ada.url, &format!("/sync/{document}?epoch=999"), &headers.into()).await.expect("upgrades");
    let code = loop {
        use futures_util::StreamExt;
        match socket.next().await {
            Some(Ok(tokio_tungstenite::tungstenite::Message::Close(Some(frame)))) => break u16::from(frame.code),
            Some(Ok(_)) => {}
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(code, 4409);
    drop(Peer::open(&ada, &document, true, new_doc()).await.expect("without an epoch it opens"));
}

#[tokio::test(flavor = "multi_thread")]
async fn ac14_a_document_is_created_once() {
    let (server, _data) = fresh();
    let ada = Person::sign_up(&server, "ada");
    let id = uuid::Uuid::now_v7().to_string();
    let create = |text: &str| ada.send("POST", "/api/documents", Some(json!({"id": id, "text": text})));
    assert_eq!(create("one\r\ntwo\r").status, 201);
    assert_eq!(create("one\r\ntwo\r").status, 200, "the same again is the same answer");
    assert_eq!(create("other").status, 409);
    assert_eq!(ada.text(&id), "one\ntwo\n", "line ends are LF behind every door");
    let mut peer = Peer::join(&ada, &id).await;
    peer.shows("one\ntwo\n").await;
}
