//! AW1 to AW10.

use serde_json::{Value, json};

use super::{Effect, Heard, Limits, Table, author, frames, identity};
use crate::wire::Writer;
use crate::{Bytes, ConnId, Dialect, Event, Role};

fn caret(client: u64, clock: u64, state: &str) -> Bytes {
    let mut out = Writer::bare();
    out.number(1);
    out.number(client);
    out.number(clock);
    out.bytes(state.as_bytes());
    frames::awareness(&out.done())
}

fn three() -> Table {
    let mut table = Table::new();
    (1..=3).for_each(|conn| table.seat(conn, Role::View, Dialect::Galley));
    table
}

/// What `conn` was told of whom since the last time: client, clock, state.
fn told(table: &mut Table, conn: u64) -> Vec<(u64, u64, Value)> {
    table.flush();
    let carets = |heard| if let Heard::Awareness(carets) = heard { carets } else { Vec::new() };
    let parsed =
        |(client, clock, state): (u64, u64, String)| (client, clock, serde_json::from_str(&state).expect("JSON"));
    table.heard(conn).into_iter().flat_map(carets).map(parsed).collect()
}

fn clients(told: &[(u64, u64, Value)]) -> Vec<(u64, bool)> {
    told.iter().map(|(client, _, state)| (*client, !state.is_null())).collect()
}

#[test]
fn aw1_the_name_is_the_sessions() {
    let mut table = three();
    let claim = json!({ "user": { "name": "Somebody else", "id": "x" }, "cursor": { "anchor": 1 }, "admin": true });
    table.frame(1, caret(11, 1, &claim.to_string()));
    let told = told(&mut table, 2);
    let [(11, _, state)] = &told[..] else { panic!("{told:?}") };
    assert_eq!((&state["user"]["name"], &state["cursor"]), (&json!("Person 1"), &json!({ "anchor": 1 })));
    assert_eq!((&state["user"]["id"], state.get("admin")), (&json!(author(1)), None));
}

#[test]
fn aw1_a_new_name_shows_at_once() {
    let mut table = three();
    table.frame(1, caret(11, 1, "{}"));
    told(&mut table, 2);
    table.now += 1_000;
    let identity = crate::Identity { name: "Renamed".into(), ..identity(author(1)) };
    table.accept(Event::Identity { conn: ConnId(1), identity });
    assert_eq!(told(&mut table, 2)[0].2["user"]["name"], "Renamed");
}

#[test]
fn aw2_an_echo_does_not_bring_back_who_left() {
    for batches in 1..=2 {
        let mut table = three();
        table.frame(1, caret(11, 1, "{}"));
        told(&mut table, 2);
        table.now += 1_000;
        table.accept(Event::Leave { conn: ConnId(1) });
        let mut heard = if batches == 2 { told(&mut table, 2) } else { Vec::new() };
        // What 2 repeats was on its way when 1 left.
        table.frame(2, caret(11, 1, "{}"));
        heard.extend(told(&mut table, 2));
        assert_eq!(clients(&heard), [(11, false)], "{batches}");
        table.now += 1_000;
        assert_eq!(clients(&told(&mut table, 3)), [(11, true), (11, false)], "{batches}");
    }
}

#[test]
fn aw2_nobody_speaks_for_another_client() {
    let mut table = three();
    table.frame(1, caret(11, 1, r#"{"line":1}"#));
    told(&mut table, 3);
    table.now += 1_000;
    table.frame(2, caret(11, 9, r#"{"line":9}"#));
    table.frame(2, caret(11, 10, "null"));
    assert_eq!(told(&mut table, 3), []);
}

#[test]
fn aw2_ones_own_older_socket_gives_way() {
    let mut table = three();
    table.join(4, Role::View, Dialect::Galley, 1);
    table.frame(1, caret(11, 1, r#"{"line":1}"#));
    told(&mut table, 3);
    table.frame(4, caret(11, 2, r#"{"line":2}"#));
    assert_eq!(told(&mut table, 3)[0].2["line"], 2);
    table.accept(Event::Leave { conn: ConnId(1) });
    assert_eq!(told(&mut table, 3), [], "it is the new one's caret");
}

#[test]
fn aw2_a_connection_speaks_for_four_clients() {
    let mut table = three();
    (0..6).for_each(|client| table.frame(1, caret(10 + client, 1, "{}")));
    assert_eq!(told(&mut table, 2).len(), 4);
}

#[test]
fn aw3_clocks_only_grow() {
    let mut table = three();
    let mut last = 0;
    for clock in [7, 3, 3, 900, 0] {
        table.frame(1, caret(11, clock, "{}"));
        table.now += 1_000;
        let now = told(&mut table, 2)[0].1;
        assert!(now > last, "{now} after {last}");
        last = now;
    }
    table.accept(Event::Leave { conn: ConnId(1) });
    assert!(told(&mut table, 2)[0].1 > last);
    last += 1;
    table.join(4, Role::View, Dialect::Galley, 1);
    table.frame(4, caret(11, 1, "{}"));
    assert!(told(&mut table, 2)[0].1 > last, "also for a tab that returns");
}

#[test]
fn aw4_who_leaves_is_gone() {
    let mut table = three();
    table.frame(1, caret(11, 1, "{}"));
    assert_eq!(clients(&told(&mut table, 2)), [(11, true)]);
    table.accept(Event::Leave { conn: ConnId(1) });
    assert_eq!(clients(&told(&mut table, 2)), [(11, false)]);
    table.join(4, Role::View, Dialect::Galley, 4);
    assert_eq!(table.heard(4).len(), 1, "a grant, and nobody's caret");
}

#[test]
fn aw5_a_caret_that_is_not_renewed_is_taken_away() {
    let mut table = three();
    table.frame(1, caret(11, 1, "{}"));
    table.frame(3, caret(13, 1, "{}"));
    told(&mut table, 2);
    table.now += 20_000;
    table.frame(3, caret(13, 2, "{}"));
    table.now += 10_001;
    table.accept(Event::Tick);
    assert_eq!(clients(&told(&mut table, 2)), [(11, false), (13, true)]);
}

#[test]
fn aw6_at_most_so_many_a_second_and_the_newest_wins() {
    let mut table = three();
    let mut heard = Vec::new();
    for line in 0..1_000 {
        table.frame(1, caret(11, line, &format!(r#"{{"line":{line}}}"#)));
        heard.extend(told(&mut table, 2));
        table.now += 1;
    }
    let most = Limits::default().awareness_per_second as usize + 1;
    assert!((most - 2..=most).contains(&heard.len()), "{}", heard.len());
    table.now += 1_000;
    assert_eq!(told(&mut table, 2)[0].2["line"], 999);
}

#[test]
fn aw7_nobody_hears_of_their_own_caret() {
    let mut table = three();
    table.frame(1, caret(11, 1, "{}"));
    table.frame(2, caret(12, 1, "{}"));
    assert_eq!(clients(&told(&mut table, 1)), [(12, true)]);
    assert_eq!(clients(&told(&mut table, 2)), [(11, true)]);
    assert_eq!(clients(&told(&mut table, 3)), [(11, true), (12, true)]);
}

#[test]
fn aw8_a_newcomer_and_who_asks_hear_of_everybody() {
    let mut table = three();
    table.frame(1, caret(11, 1, "{}"));
    table.frame(2, caret(12, 1, "{}"));
    table.flush();
    table.heard(3);
    table.frame(3, Bytes::from_static(&[3]));
    assert_eq!(clients(&told(&mut table, 3)), [(11, true), (12, true)]);
    table.join(4, Role::View, Dialect::Stock, 4);
    assert_eq!(clients(&told(&mut table, 4)), [(11, true), (12, true)]);
    let announced = |effect: &&Effect| matches!(effect, Effect::Announce { .. });
    assert_eq!(table.effects.iter().filter(announced).count(), 1);
}

#[test]
fn aw9_a_line_is_a_number_that_a_document_can_have() {
    let mut table = three();
    for (line, heard) in [
        ("0", Some(json!(0))),
        ("12.25", Some(json!(12.25))),
        ("16777216", Some(json!(16_777_216))),
        ("16777217", None),
        ("-0.5", None),
        ("1e300", None),
        ("\"7\"", None),
        ("null", None),
        ("[1]", None),
    ] {
        table.frame(1, caret(11, 1, &format!(r#"{{"line":{line},"idle":true}}"#)));
        table.now += 1_000;
        let told = told(&mut table, 2);
        assert_eq!((told[0].2.get("line"), &told[0].2["idle"]), (heard.as_ref(), &json!(true)), "{line}");
    }
}

#[test]
fn aw10_only_who_may_write_calls_everybody() {
    let mut table = three();
    let seats = [(4, Role::View), (5, Role::Comment), (6, Role::Edit), (7, Role::Own)];
    for (conn, role) in seats {
        table.seat(conn, role, Dialect::Galley);
        table.frame(conn, caret(10 + conn, 1, r#"{"line":3,"call":1790000000000}"#));
    }
    let called: Vec<_> =
        told(&mut table, 1).into_iter().map(|(client, _, state)| (client, state.get("call").cloned())).collect();
    let call = || Some(json!(1_790_000_000_000_u64));
    assert_eq!(called, [(14, None), (15, None), (16, call()), (17, call())]);
}

#[test]
fn aw10_a_call_is_weighed_by_the_role_of_the_moment_and_is_a_number() {
    let mut table = three();
    table.seat(4, Role::Edit, Dialect::Galley);
    let say = |table: &mut Table, call: &str| {
        table.frame(4, caret(14, 1, &format!(r#"{{"call":{call}}}"#)));
        table.now += 1_000;
        told(table, 1)[0].2.get("call").cloned()
    };
    assert_eq!(say(&mut table, "5"), Some(json!(5)));
    for nonsense in ["-1", "9007199254740992", "\"5\"", "{}"] {
        assert_eq!(say(&mut table, nonsense), None, "{nonsense}");
    }
    table.accept(Event::Role { conn: ConnId(4), role: Role::Comment });
    assert_eq!(say(&mut table, "6"), None);
    table.accept(Event::Role { conn: ConnId(4), role: Role::Own });
    assert_eq!(say(&mut table, "7"), Some(json!(7)));
    let identity = crate::Identity { name: "Renamed".into(), ..identity(author(4)) };
    table.accept(Event::Identity { conn: ConnId(4), identity });
    table.now += 1_000;
    assert_eq!(told(&mut table, 1)[0].2["call"], 7, "a new name takes nothing away");
}
