//! Frames, state vectors and cursors; and every short input into every parser.

use serde_json::json;

use super::Rng;
use super::server::Server;
use super::wire::{chunk, varuint};
use crate::gate::{Arrival, AwarenessEntry, Inbound, Known, Malformed, channel, messages, notes_update, update};
use crate::{Channel, Limits};

fn read(frame: &[u8]) -> Result<Vec<Inbound<'_>>, Malformed> {
    messages(frame, &Limits::default())
}

fn awareness(entries: &[(u64, u64, &str)]) -> Vec<u8> {
    let body = entries
        .iter()
        .flat_map(|(client, clock, json)| [varuint(*client), varuint(*clock), chunk(json.as_bytes())].concat());
    let body: Vec<u8> = body.collect();
    [vec![1], chunk(&[varuint(entries.len() as u64), body].concat())].concat()
}

#[test]
fn gt1_a_frame_holds_several_messages() {
    let frame = [&[0, 0, 1, 0][..], &[0, 2, 2, 0, 0], &[0, 1, 1, 9], &[3], &[1, 1, 0]].concat();
    let messages = read(&frame).expect("five messages");
    assert!(matches!(messages[0], Inbound::Step1(ref vector) if vector.is_empty()));
    assert_eq!(messages[1..4], [Inbound::Update(&[0, 0]), Inbound::Step2(&[9]), Inbound::QueryAwareness]);
    assert_eq!(messages[4], Inbound::Awareness(Vec::new()));
}

#[test]
fn gt1_all_of_a_frame_is_read_or_none() {
    for bad in [&[][..], &[0], &[0, 3, 0], &[0, 2, 5, 1], &[3, 0], &[0, 2, 0, 0, 0, 1]] {
        assert!(read(bad).is_err(), "{bad:?}");
    }
    assert!(read(&[3; 64]).is_ok());
    assert!(read(&[3; 65]).is_err());
    let small = Limits { message_bytes: 3, ..Limits::default() };
    assert!(messages(&[0, 2, 2, 0, 0], &small).is_err());
}

#[test]
fn gt1_an_unknown_type_ends_the_frame() {
    assert_eq!(read(&[3, 2, 0xff, 0xff]), Ok(vec![Inbound::QueryAwareness, Inbound::Ignored]));
    assert_eq!(read(&[100]), Ok(vec![Inbound::Ignored]));
}

#[test]
fn gt1_a_channel_is_unwrapped_once() {
    assert_eq!(channel(&[120, 1, 3]), Ok((Channel::NOTES, &[3][..])));
    assert_eq!(channel(&[0, 2, 0]), Ok((Channel::TEXT, &[0, 2, 0][..])));
    assert!(channel(&[120]).is_err());
    assert!(channel(&[120, 0xff, 0xff, 0xff, 0xff, 0x7f]).is_err());
    assert_eq!(read(&[120, 1, 3]), Ok(vec![Inbound::Ignored]), "never nested");
}

#[test]
fn gt3_state_vectors_are_bounded() {
    let vector = |clients: &[u8]| {
        let pairs: Vec<u8> = clients.iter().flat_map(|client| [*client, 5]).collect();
        [vec![0, 0], chunk(&[vec![clients.len() as u8], pairs].concat())].concat()
    };
    assert_eq!(read(&vector(&[1, 2])), Ok(vec![Inbound::Step1([(1, 5), (2, 5)].into())]));
    assert!(read(&vector(&[1, 1])).is_err());
    let small = Limits { client_ids: 2, ..Limits::default() };
    assert!(messages(&vector(&[1, 2, 3]), &small).is_err());
    assert!(read(&[0, 0, 3, 0, 1, 5]).is_err(), "something follows");
}

#[test]
fn gt4_cursors() {
    let frame = awareness(&[(7, 3, r#"{"user":{"name":"😀"}}"#), (8, 4, "null")]);
    let state = Some(json!({"user": {"name": "😀"}}));
    let entries =
        vec![AwarenessEntry { client: 7, clock: 3, state }, AwarenessEntry { client: 8, clock: 4, state: None }];
    assert_eq!(read(&frame), Ok(vec![Inbound::Awareness(entries)]));
}

#[test]
fn gt4_what_passes_a_limit_is_left_out_silently() {
    let long = format!("\"{}\"", "x".repeat(3_000));
    let deep = format!("{}1{}", "[".repeat(9), "]".repeat(9));
    let bomb = "[".repeat(2_000);
    let kept = format!("{}\"[[[[[[[[[\\\"[[[[\"{}", "[".repeat(8), "]".repeat(8));
    for (left_out, json) in
        [(true, long.as_str()), (true, &deep), (true, &bomb), (true, "{"), (true, ""), (false, &kept)]
    {
        let frame = awareness(&[(7, 3, json), (8, 4, "1")]);
        match read(&frame).as_deref() {
            Ok([Inbound::Awareness(entries)]) => assert_eq!(entries.len() == 1, left_out, "{json}"),
            other => panic!("{json}: {other:?}"),
        }
    }
    let crowd: Vec<_> = (0..65).map(|client| (client, 1, "1")).collect();
    assert_eq!(read(&awareness(&crowd)), Ok(vec![Inbound::Awareness(Vec::new())]));
    assert!(read(&[1, 4, 1, 7, 3, 5]).is_err(), "a broken message is an error");
}

/// No input of up to two bytes, and few of three and more, makes any parser panic or yrs differ.
#[test]
fn gt2_short_inputs_never_panic() {
    let all = |bytes: &[u8]| {
        drop(read(bytes));
        let _ = channel(bytes);
        let server = Server::new();
        for arrival in [Arrival::Update, Arrival::Step2, Arrival::Stored] {
            drop(update(bytes, arrival, &server, &server.limits));
        }
        drop(notes_update(bytes, &server as &dyn Known, &server.limits));
    };
    all(&[]);
    for first in 0..=255 {
        all(&[first]);
        (0..=255).for_each(|second| all(&[first, second]));
    }
    let mut rng = Rng::new(3);
    for _ in 0..50_000 {
        let len = 3 + rng.below(20);
        let small = rng.chance(50);
        let bytes: Vec<u8> = (0..len).map(|_| if small { rng.below(14) as u8 } else { rng.number() as u8 }).collect();
        all(&bytes);
    }
}
