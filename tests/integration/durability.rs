//! Every acked edit is there after `kill -9`, SIGTERM and restart.

use std::time::Duration;

use crate::child::ChildServer;
use crate::support::{Person, Server, folder};
use peer::Peer;

/// Cycles in the ordinary test run; `GALLEY_TEST_KILLS=50` for the full measure.
const KILLS: u64 = 6;

#[tokio::test(flavor = "multi_thread")]
async fn sk10_acked_edits_survive_kill_9() {
    let cycles = std::env::var("GALLEY_TEST_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(KILLS);
    let data = folder();
    let mut documents: Vec<(String, Vec<String>)> = Vec::new();
    let mut acked_edits = 0;
    for cycle in 0..cycles {
        let server = ChildServer::start(data.path());
        let ada = server.person("ada");
        for (document, acked) in &documents {
            let text = ada.text(document);
            for edit in acked {
                assert!(text.contains(edit.as_str()), "cycle {cycle}: {edit} was acked and is gone");
            }
        }
        if cycle % 3 == 0 {
            documents.push((ada.document(""), Vec::new()));
        }
        let mut writers = Vec::new();
        for (index, (document, _)) in documents.iter().enumerate() {
            writers.push(tokio::spawn(write_until_killed(ada.clone(), document.clone(), format!("{cycle}.{index}"))));
        }
        // A different moment each time, from the first edits to a busy log.
        tokio::time::sleep(Duration::from_millis(20 + (cycle * 7_919) % 700)).await;
        server.kill();
        for (writer, (_, acked)) in writers.into_iter().zip(&mut documents) {
            let edits = writer.await.expect("the writer ends with its socket");
            acked_edits += edits.len();
            acked.extend(edits);
        }
    }
    println!("{cycles} kills, {acked_edits} acked edits, 0 lost");
    assert!(acked_edits > 0, "the test must have acked something");
}

/// Types until the socket dies; the edits that were acked before.
async fn write_until_killed(person: Person, document: String, name: String) -> Vec<String> {
    let Ok(mut peer) = Peer::open(&person, &document, true, peer::new_doc()).await else { return Vec::new() };
    let mut by_write = Vec::new();
    for number in 0.. {
        let edit = format!("<{name}.{number}>");
        peer.insert(0, &edit).await;
        by_write.push((peer.sent, edit));
        let wanted = peer.sent.saturating_sub(8);
        if !peer.wait(|peer| peer.acked >= wanted).await {
            break;
        }
    }
    by_write.into_iter().filter(|(write, _)| *write <= peer.acked).map(|(_, edit)| edit).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn sk10_sigterm_under_load_loses_nothing_and_ends_cleanly() {
    let data = folder();
    let server = ChildServer::start(data.path());
    let ada = server.person("ada");
    let document = ada.document("");
    let writers: Vec<_> = (0..4)
        .map(|index| tokio::spawn(write_until_killed(ada.clone(), document.clone(), format!("t.{index}"))))
        .collect();
    tokio::time::sleep(Duration::from_millis(400)).await;
    assert!(server.terminate(), "exit code 0");
    let mut acked = Vec::new();
    for writer in writers {
        acked.extend(writer.await.expect("ends"));
    }
    let server = ChildServer::start(data.path());
    let text = server.person("ada").text(&document);
    assert!(!acked.is_empty());
    for edit in acked {
        assert!(text.contains(&edit), "{edit}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_brings_back_text_people_and_links() {
    let data = folder();
    let server = Server::on(data.path());
    let mut ada = Person::sign_up(&server, "ada");
    let document = ada.document("kept\n");
    let link = ada.link(&document, "edit");
    let mut peer = Peer::join(&ada, &document).await;
    peer.append("and this").await;
    peer.saved().await;
    server.stop().expect("a clean stop");

    let server = Server::on(data.path());
    ada.url = server.url.clone();
    assert_eq!(ada.text(&document), "kept\nand this", "the session lives on too");
    let mut link = link;
    let path =
        link["url"].as_str().and_then(|url| url.split_once("/s/")).map(|(_, rest)| rest.to_owned()).expect("a path");
    link["url"] = format!("{}/s/{path}", server.url).into();
    let guest = Person::by_link(&server, &link);
    assert_eq!(guest.text(&document), "kept\nand this");
    let mut back = Peer::join(&guest, &document).await;
    back.append("!").await;
    back.saved().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sk10_a_tab_brings_back_what_a_killed_server_lost() {
    let data = folder();
    let server = ChildServer::start(data.path());
    let ada = server.person("ada");
    let document = ada.document("");
    let mut tab = Peer::join(&ada, &document).await;
    for number in 0..200 {
        tab.append(&format!("{number} ")).await;
    }
    server.kill();
    let typed = tab.content();
    let doc = tab.leave();
    let server = ChildServer::start(data.path());
    let ada = server.person("ada");
    let mut back = Peer::join_with(&ada, &document, true, doc).await;
    back.until("its Step2 is settled", |peer| peer.sent > 0 && peer.acked >= peer.sent).await;
    assert_eq!(ada.text(&document), typed);
}
