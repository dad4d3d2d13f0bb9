//! Who gets in, as what; and that a view link cannot change a byte by any message.

use std::collections::HashMap;

use serde_json::json;
use tokio_tungstenite::tungstenite::{Error, Message};
use yrs::{Text, Transact};

use crate::support::{Person, fresh};
use peer::{Peer, connect, connect_with, message, new_doc, tag};

#[tokio::test(flavor = "multi_thread")]
async fn ac16_a_guest_with_an_edit_link_writes_without_an_account() {
    let (server, _data) = fresh();
    let ada = Person::sign_up(&server, "ada");
    let document = ada.document("Hello");
    let guest = Person::by_link(&server, &ada.link(&document, "edit"));
    let mut theirs = Peer::join(&guest, &document).await;
    let mut hers = Peer::join(&ada, &document).await;
    theirs.append(", I am a guest").await;
    theirs.saved().await;
    hers.shows("Hello, I am a guest").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ac10_a_view_link_changes_nothing_by_any_message() {
    let (server, _data) = fresh();
    let ada = Person::sign_up(&server, "ada");
    let document = ada.document("untouched");
    let viewer = Person::by_link(&server, &ada.link(&document, "view"));
    let update = {
        let doc = new_doc();
        let text = doc.get_or_insert_text("content");
        let mut transaction = doc.transact_mut();
        text.insert(&mut transaction, 0, "vandal");
        transaction.encode_update_v1()
    };
    for galley in [true, false] {
        let mut peer = Peer::join_with(&viewer, &document, galley, new_doc()).await;
        peer.shows("untouched").await;
        for kind in [tag::STEP2, tag::UPDATE] {
            peer.send(message(&[tag::SYNC, kind], &update)).await;
            // Two messages in one frame: the role is checked for each, not for the frame.
            peer.send([message(&[tag::SYNC, tag::STEP1], &[0]), message(&[tag::SYNC, kind], &update)].concat()).await;
        }
    }
    for kind in 0..=255_u8 {
        let mut peer = Peer::join_with(&viewer, &document, true, new_doc()).await;
        peer.send(message(&[kind], &update)).await;
        peer.send([vec![kind], update.clone()].concat()).await;
        peer.send(message(&[120, 0, 0, 2], &update)).await;
    }
    // What anybody accepted would show in a socket that joins after all of it.
    let mut owner = Peer::join(&ada, &document).await;
    owner.append(".").await;
    owner.saved().await;
    assert_eq!(ada.text(&document), "untouched.");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_viewer_who_writes_is_told_that_it_is_read_only() {
    let (server, _data) = fresh();
    let ada = Person::sign_up(&server, "ada");
    let document = ada.document("text");
    let viewer = Person::by_link(&server, &ada.link(&document, "view"));
    let mut peer = Peer::join(&viewer, &document).await;
    peer.until("its role", |peer| !peer.grants.is_empty()).await;
    assert_eq!(peer.grants, [10]);
    peer.append("x").await;
    peer.until("a Nack", |peer| !peer.nacks.is_empty()).await;
    assert_eq!(peer.nacks, [(1, 1)], "the first write, read-only");
}

#[tokio::test(flavor = "multi_thread")]
async fn ac9_strangers_find_nothing() {
    let (server, _data) = fresh();
    let ada = Person::sign_up(&server, "ada");
    let document = ada.document("secret");
    let unknown = uuid::Uuid::now_v7().to_string();
    let eve = Person::sign_up(&server, "eve");
    for stranger in [Person::stranger(&server), eve] {
        for id in [&document, &unknown] {
            assert!(
                matches!(connect(&stranger, &format!("/sync/{id}"), false).await, Err(Error::Http(answer)) if answer.status() == 404)
            );
            for path in [
                "/d/ID",
                "/api/documents/ID",
                "/api/documents/ID/text",
                "/api/documents/ID/html",
                "/api/documents/ID/links",
            ] {
                let answer = stranger.send("GET", &path.replace("ID", id), None);
                assert_eq!(answer.status, 404, "{path}");
                assert!(!answer.body.contains("secret"));
            }
            let mut peer = Peer::open(&stranger, id, true, new_doc()).await.expect("our own client gets a code");
            assert!(matches!(peer.until_closed().await, Some(4401 | 4403 | 4404)));
            assert_eq!(peer.content(), "");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ac13_cookies_open_sockets_only_from_our_own_pages() {
    let (server, _data) = fresh();
    let ada = Person::sign_up(&server, "ada");
    let document = ada.document("secret");
    let path = format!("/sync/{document}");
    let port = server.port;
    let foreign = [
        "https://evil.example".to_owned(),
        "null".into(),
        format!("https://localhost:{port}"),
        format!("http://localhost:{}", port ^ 1),
        format!("http://localhost.evil.example:{port}"),
        format!("http://LOCALHOST:{port}"),
        format!("http://localhost.:{port}"),
        format!("http://127.0.0.1:{port}"),
        String::new(),
    ];
    for origin in foreign {
        let headers = HashMap::from([("cookie", ada.cookie.as_str()), ("origin", &origin)]);
        assert!(
            matches!(connect_with(&ada.url, &path, &headers).await, Err(Error::Http(answer)) if answer.status() == 403),
            "{origin}"
        );
    }
    let none = HashMap::from([("cookie", ada.cookie.as_str())]);
    assert!(matches!(connect_with(&ada.url, &path, &none).await, Err(Error::Http(answer)) if answer.status() == 403));
    assert!(connect(&ada, &path, false).await.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn ac11_revoking_a_link_reaches_open_sockets() {
    let (server, _data) = fresh();
    let ada = Person::sign_up(&server, "ada");
    let document = ada.document("text");
    let link = ada.link(&document, "edit");
    let guest = Person::by_link(&server, &link);
    let mut theirs = Peer::join(&guest, &document).await;
    let id = link["id"].as_str().expect("an id");
    ada.send("PATCH", &format!("/api/documents/{document}/links/{id}"), Some(json!({"role": "view"}))).ok();
    theirs.until("the lower role", |peer| peer.grants.last() == Some(&10)).await;
    theirs.append("too late").await;
    theirs.until("a Nack", |peer| !peer.nacks.is_empty()).await;
    ada.send("DELETE", &format!("/api/documents/{document}/links/{id}"), None);
    assert!(matches!(theirs.until_closed().await, Some(4401 | 4403 | 4404)));
    assert_eq!(ada.text(&document), "text");
    assert_eq!(guest.send("GET", &format!("/api/documents/{document}/text"), None).status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn ac12_signing_out_and_trashing_close_sockets() {
    let (server, _data) = fresh();
    let ada = Person::sign_up(&server, "ada");
    let (one, two) = (ada.document("one"), ada.document("two"));
    let mut trashed = Peer::join(&ada, &one).await;
    let mut signed_out = Peer::join(&ada, &two).await;
    ada.send("DELETE", &format!("/api/documents/{one}"), None);
    assert!(trashed.until_closed().await.is_some_and(|code| (4400..4500).contains(&code)));
    assert_eq!(ada.send("POST", "/api/logout", Some(json!({}))).status, 204);
    assert_eq!(signed_out.until_closed().await, Some(4401));
    assert_eq!(ada.send("GET", "/api/documents", None).status, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn ac7_a_ticket_opens_one_document_without_a_cookie() {
    let (server, _data) = fresh();
    let ada = Person::sign_up(&server, "ada");
    let (document, other) = (ada.document("mine"), ada.document("other"));
    let answer = ada.send("POST", &format!("/api/documents/{document}/ticket"), Some(json!({}))).ok();
    let ticket = answer["ticket"].as_str().expect("a ticket");
    for _ in 0..2 {
        let opened = connect_with(&ada.url, &format!("/sync/{document}?ticket={ticket}"), &HashMap::new()).await;
        assert!(opened.is_ok(), "reusable, so that stock providers can reconnect");
    }
    assert!(connect_with(&ada.url, &format!("/sync/{other}?ticket={ticket}"), &HashMap::new()).await.is_err());
    let mut socket =
        connect_with(&ada.url, &format!("/sync/{document}?ticket={ticket}"), &HashMap::new()).await.expect("opens");
    ada.send("POST", "/api/logout", Some(json!({})));
    use futures_util::StreamExt;
    while let Some(Ok(message)) = socket.next().await {
        if let Message::Close(frame) = message {
            assert_eq!(frame.map(|frame| u16::from(frame.code)), Some(4401));
        }
    }
    assert!(connect_with(&ada.url, &format!("/sync/{document}?ticket={ticket}"), &HashMap::new()).await.is_err());
}
