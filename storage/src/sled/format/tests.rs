//! The bytes on disk, pinned. If one of these changes, so must `FORMAT`, and old folders must still open.
#![allow(clippy::unwrap_used)] // tests

use super::*;

fn stream() -> Stream {
    Stream { document: uuid::Uuid::from_u128(0x0123_4567_89ab_cdef_0011_2233_4455_6677), channel: 1 }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn st5_keys_lie_as_they_always_did() {
    assert_eq!(hex(&stream_key(stream())), "0123456789abcdef001122334455667700000001");
    let key = part_key(stream(), 0x0102, 3);
    assert_eq!(hex(&key), "0123456789abcdef00112233445566770000000100000000000001020003");
    assert_eq!(parse_part_key(&key), Some((0x0102, 3)));
    assert_eq!(parse_stream_key(&stream_key(stream())), Some(stream()));
    assert_eq!(parse_stream_key(b"short"), None);
}

#[test]
fn st5_values_lie_as_they_always_did() {
    let entry = NewEntry { update: "update".into(), authors: "who".into(), at_ms: 0x0a0b };
    let body = entry_body(&entry);
    assert_eq!(hex(&body), "0000000000000a0b0000000377686f757064617465");
    assert_eq!(parse_entry(body.clone()), Some(entry));
    let key = part_key(stream(), 1, 0);
    assert_eq!(hex(&seal(&key, 1, &body)), "010001b7f8d6477e58c94b0000000000000a0b0000000377686f757064617465");
    let head = Head { generation: 1, upto: 2, state_bytes: 3, authors_bytes: 4, hash: [5; 32] };
    let numbers = "0000000000000001000000000000000200000000000000030000000000000004";
    assert_eq!(hex(&head.encode()), format!("{numbers}{}", "05".repeat(32)));
    assert_eq!(Head::parse(&head.encode()), Some(head));
}

#[test]
fn st20_every_flipped_bit_and_every_cut_is_noticed() {
    let key = part_key(stream(), 1, 0);
    let value = seal(&key, 1, b"payload");
    assert_eq!(unseal(&key, &value), Ok((1, &b"payload"[..])));
    assert_eq!(unseal(&part_key(stream(), 2, 0), &value), Err(Flaw::Torn));
    for bit in 0..value.len() * 8 {
        let mut damaged = value.clone();
        damaged[bit / 8] ^= 1 << (bit % 8);
        assert!(unseal(&key, &damaged).is_err(), "bit {bit}");
    }
    for length in 0..value.len() {
        assert_eq!(unseal(&key, &value[..length]), Err(Flaw::Torn));
    }
}

#[test]
fn st22_a_newer_value_is_told_apart() {
    let key = part_key(stream(), 1, 0);
    let mut value = seal(&key, 1, b"payload");
    value[0] = FORMAT + 1;
    assert_eq!(unseal(&key, &value), Err(Flaw::Newer(FORMAT + 1)));
}

#[test]
fn st25_parts_are_whole_and_small() {
    for bytes in [0, 1, PART_BYTES - 1, PART_BYTES, PART_BYTES + 1, 2 * PART_BYTES, 1 << 20] {
        let body: Vec<u8> = (0..bytes).map(|at| (at / 3) as u8).collect();
        let (count, parts) = cut(&body);
        let parts: Vec<_> = parts.collect();
        assert_eq!(parts.len(), usize::from(count));
        assert!(parts.iter().all(|(_, part)| part.len() <= PART_BYTES));
        assert_eq!(parts.iter().flat_map(|(_, part)| *part).copied().collect::<Vec<_>>(), body);
    }
    let (largest, _) = cut(&vec![0; crate::SNAPSHOT_BYTES_MAX]);
    assert!(largest < u16::MAX);
    const { assert!(VALUE_BYTES_MAX < 7000, "above this sled was seen to use files of its own") };
}
