//! Every verdict, however TCP cuts the bytes.

use super::*;

fn frame(first: u8, len: u64, payload: usize) -> Vec<u8> {
    let mut bytes = vec![first];
    match len {
        0..=125 => bytes.push(0x80 | len as u8),
        126..=0xffff => {
            bytes.push(0x80 | 126);
            bytes.extend((len as u16).to_be_bytes());
        }
        _ => {
            bytes.push(0x80 | 127);
            bytes.extend(len.to_be_bytes());
        }
    }
    bytes.extend([1, 2, 3, 4]);
    bytes.extend(vec![0; payload]);
    bytes
}

fn whole(first: u8, len: usize) -> Vec<u8> {
    frame(first, len as u64, len)
}

fn limits(message_bytes: usize) -> Limits {
    let mut limits = Limits { fragments: 16, pings_burst: 4, pings_per_second: 1, ..Limits::default() };
    limits.room.message_bytes = message_bytes;
    limits
}

fn guard(max: usize, unfinished: &Unfinished) -> FrameGuard {
    FrameGuard::new(Takes::Binary, &limits(max), unfinished.clone())
}

/// What is found, which must not depend on how TCP cuts the bytes, and how many of them come before it.
fn found(bytes: &[u8], max: usize) -> Option<(Violation, usize)> {
    let mut verdicts = Vec::new();
    for chunk in [1, 2, 3, 7, 64, usize::MAX] {
        let unfinished = Unfinished::new(1_000);
        let mut guard = guard(max, &unfinished);
        let mut parts = bytes.chunks(chunk.min(bytes.len().max(1)));
        let stop = parts.find_map(|part| guard.feed(Duration::ZERO, part).err());
        drop(guard);
        assert_eq!(unfinished.bytes(), 0, "released at the end");
        verdicts.push(stop.map(|stop| (stop.why, stop.good)));
    }
    let why: Vec<_> = verdicts.iter().map(|verdict| verdict.map(|(why, _)| why)).collect();
    assert!(why.windows(2).all(|pair| pair[0] == pair[1]), "chunking changed the verdict: {verdicts:?}");
    *verdicts.last().expect("six of them")
}

fn verdict(bytes: &[u8], max: usize) -> Option<Violation> {
    found(bytes, max).map(|(why, _)| why)
}

#[test]
fn sk1_honest_frames_pass() {
    let bytes = [whole(0x82, 0), whole(0x82, 125), whole(0x82, 126), whole(0x89, 4), whole(0x82, 300)].concat();
    assert_eq!(verdict(&bytes, 300), None);
}

#[test]
fn sk1_a_giant_is_refused_at_its_header() {
    assert_eq!(verdict(&frame(0x82, 1 << 40, 0), 300), Some(Violation::Oversized));
    assert_eq!(verdict(&frame(0x82, 301, 0), 300), Some(Violation::Oversized));
    // The key of its mask is not waited for.
    assert_eq!(verdict(&frame(0x82, 301, 0)[..4], 300), Some(Violation::Oversized));
    assert_eq!(verdict(&frame(0x82, u64::MAX, 0), 300), Some(Violation::Malformed));
}

#[test]
fn sk2_fragments_add_up() {
    let fits = [whole(0x02, 150), whole(0x89, 10), whole(0x80, 150)].concat();
    assert_eq!(verdict(&fits, 300), None);
    let above = [whole(0x02, 150), whole(0x00, 150), whole(0x80, 1)].concat();
    assert_eq!(verdict(&above, 300), Some(Violation::Oversized));
}

#[test]
fn sk26_empty_fragments_without_end_are_too_many() {
    let crumbs = [whole(0x02, 0), std::iter::repeat_n(whole(0x00, 0), 5_000).flatten().collect()].concat();
    assert_eq!(verdict(&crumbs, 300), Some(Violation::Shredded));
    let fits = [whole(0x02, 0), std::iter::repeat_n(whole(0x00, 0), 14).flatten().collect(), whole(0x80, 0)].concat();
    assert_eq!(verdict(&[fits.clone(), fits].concat(), 300), None, "counted for each message");
}

#[test]
fn sk3_control_frames_are_short() {
    assert_eq!(verdict(&frame(0x89, 126, 0), 300), Some(Violation::Malformed));
}

#[test]
fn sk28_pings_have_a_rate_of_their_own() {
    let unfinished = Unfinished::new(1_000);
    let mut guard = guard(300, &unfinished);
    let at = Duration::from_secs;
    assert_eq!(guard.feed(at(0), &whole(0x89, 1).repeat(4)), Ok(()));
    assert_eq!(guard.feed(at(60), &[whole(0x8a, 0).repeat(4), whole(0x82, 9).repeat(50)].concat()), Ok(()));
    let stopped = guard.feed(at(60), &whole(0x89, 1));
    assert_eq!(stopped, Err(Stop { why: Violation::Pinging, good: 0 }));
}

#[test]
fn sk29_whatever_is_not_a_frame_is_known_at_its_second_byte() {
    let cases: [(&str, u8, u8); 12] = [
        ("reserved bit 1", 0xc2, 0x80),
        ("reserved bit 2", 0xa2, 0x80),
        ("reserved bit 3", 0x92, 0x80),
        ("opcode 3", 0x83, 0x80),
        ("opcode 7", 0x87, 0x80),
        ("opcode 11", 0x8b, 0x80),
        ("opcode 15", 0x8f, 0x80),
        ("no mask", 0x82, 0x01),
        ("ping in fragments", 0x09, 0x80),
        ("continuation of nothing", 0x80, 0x80),
        ("close with one byte", 0x88, 0x81),
        ("ping that is long", 0x89, 0xfe),
    ];
    for (name, first, second) in cases {
        let good = whole(0x82, 20);
        let bytes = [good.clone(), vec![first, second]].concat();
        assert_eq!(found(&bytes, 300), Some((Violation::Malformed, good.len())), "{name}");
    }
    let nested = [whole(0x02, 1), whole(0x82, 1)].concat();
    assert_eq!(verdict(&nested, 300), Some(Violation::Malformed));
    assert_eq!(verdict(&[0x81, 0x80], 300), Some(Violation::Text));
}

#[test]
fn sk4_unfinished_bytes_are_bounded_over_all_sockets() {
    let unfinished = Unfinished::new(250);
    let (mut one, mut other) = (guard(300, &unfinished), guard(300, &unfinished));
    let now = Duration::ZERO;
    assert_eq!(one.feed(now, &frame(0x82, 200, 199)), Ok(()));
    assert!(one.is_amid());
    assert!(other.feed(now, &frame(0x82, 200, 52)).is_err_and(|stop| stop.why == Violation::Crowded));
    drop(other);
    assert_eq!(one.feed(now, &[0]), Ok(()));
    assert!(!one.is_amid());
    assert_eq!(unfinished.bytes(), 0);
}
