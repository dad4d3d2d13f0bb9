//! Every limit has a row: how it is counted, and the test that reaches it. A limit without one fails here.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use galley::limits::Limits;

use crate::sockets::Stand;
use crate::support::Person;
use serde_json::json;

/// What becomes of who reaches it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// They are refused, slowed down or let go, and `galley_limit_reached_total` says so.
    Counted,
    /// Reached by everybody all the time, or by nobody but us: a rhythm, a share, or the size of what is shown.
    Rhythm,
    /// What somebody says is left out without a word: a count would be of honest clients.
    Silent,
}

use Kind::{Counted, Rhythm, Silent};

/// Name, kind, and a test in the tree that reaches it.
#[rustfmt::skip]
const ROWS: &[(&str, Kind, &str)] = &[
    ("message_bytes", Counted, "sk24_of_a_giant_frame_nothing_is_kept"),
    ("text_bytes", Counted, "sk45_what_is_reached_is_counted"),
    ("client_ids", Counted, "gt17_limits_are_refused_by_name"),
    ("awareness_bytes", Silent, "aw6_at_most_so_many_a_second_and_the_newest_wins"),
    ("awareness_per_second", Counted, "aw6_at_most_so_many_a_second_and_the_newest_wins"),
    ("outbox_bytes", Counted, "sk34_a_reader_that_reads_nothing_costs_a_bounded_outbox_and_is_let_go"),
    ("compact_entries", Rhythm, "rm10_a_long_log_is_compacted_once_at_a_time"),
    ("lag", Counted, "rm8_a_reader_that_lags_too_long_is_closed"),
    ("keepalive", Rhythm, "wr4_who_hears_nothing_else_hears_that_the_server_lives"),
    ("caret", Rhythm, "aw5_a_caret_that_is_not_renewed_is_taken_away"),
    ("recovering", Rhythm, "au5_ids_that_recover_for_too_long_are_closed"),
    ("unfinished_bytes", Counted, "sk4_unfinished_bytes_are_bounded_over_all_sockets"),
    ("updates_per_second", Counted, "sk44_who_writes_too_fast_is_slowed_and_then_let_go"),
    ("updates_burst", Rhythm, "sk44_who_writes_too_fast_is_slowed_and_then_let_go"),
    ("flood", Counted, "sk44_who_writes_too_fast_is_slowed_and_then_let_go"),
    ("connections_per_person", Counted, "sk39_sockets_are_bounded_by_person_address_and_document"),
    ("streams_per_person", Counted, "sk45_what_is_reached_is_counted"),
    ("connections_per_address", Counted, "sk39_sockets_are_bounded_by_person_address_and_document"),
    ("connections_per_document", Counted, "sk39_sockets_are_bounded_by_person_address_and_document"),
    ("upgrades_per_second", Counted, "sk37_more_upgrades_than_a_second_takes_are_asked_to_wait"),
    ("person_upgrades_per_second", Counted, "sk37_more_upgrades_than_a_second_takes_are_asked_to_wait"),
    ("address_upgrades_per_second", Counted, "sk37_more_upgrades_than_a_second_takes_are_asked_to_wait"),
    ("failures_per_minute", Counted, "sk45_what_is_reached_is_counted"),
    ("wishes_per_minute", Counted, "sk45_what_is_reached_is_counted"),
    ("exports_per_person", Counted, "ar9_one_export_at_a_time_and_a_reader_that_goes_ends_it"),
    ("zips_per_person", Counted, "ar9_one_export_at_a_time_and_a_reader_that_goes_ends_it"),
    ("export_wait", Rhythm, "ar9_one_export_at_a_time_and_a_reader_that_goes_ends_it"),
    ("import_bytes", Counted, "ar15_what_is_no_good_is_named_and_the_rest_arrives"),
    ("import_inflated_bytes", Rhythm, "ar8_a_bomb_costs_no_more_than_the_caps"),
    ("import_files", Counted, "ar15_what_is_no_good_is_named_and_the_rest_arrives"),
    ("import_documents", Counted, "ar15_what_is_no_good_is_named_and_the_rest_arrives"),
    ("import_skipped", Rhythm, "ar15_what_is_no_good_is_named_and_the_rest_arrives"),
    ("imports_per_person", Counted, "ar16_one_import_at_a_time_and_nothing_stays_of_it"),
    ("page_bytes", Counted, "ar1_a_page_is_one_file"),
    ("disk_warn_bytes", Rhythm, "sk14_each_level_begins_at_its_mark_and_ends_a_quarter_above"),
    ("disk_readonly_bytes", Rhythm, "sk14_without_room_everything_is_read_only_and_goes_on_by_itself"),
    ("disk_reopen_bytes", Rhythm, "sk15_a_disk_that_was_full_comes_back_without_a_restart"),
    ("crashes_per_document", Rhythm, "sk17_a_document_that_crashes_when_it_is_loaded_is_set_aside"),
    ("crash_window", Rhythm, "sk17_a_document_that_crashes_when_it_is_loaded_is_set_aside"),
    ("aside_files", Rhythm, "sk17_what_crashed_a_room_is_kept_but_not_for_ever"),
    ("apply_ms_per_second", Counted, "sk18_a_debt_is_waited_for_and_a_large_one_ends_the_connection"),
    ("apply_ms_burst", Rhythm, "sk18_a_debt_is_waited_for_and_a_large_one_ends_the_connection"),
    ("apply_ms_debt", Counted, "sk18_a_debt_is_waited_for_and_a_large_one_ends_the_connection"),
    ("slow_batch_ms", Rhythm, "sk18_typing_costs_nothing_that_is_not_there"),
    ("json_bytes", Counted, "sk45_what_is_reached_is_counted"),
    ("file_bytes", Counted, "sk45_what_is_reached_is_counted"),
    ("files_bytes_per_owner", Counted, "fi9_what_is_kept_has_an_end_and_errors_name_it"),
    ("files_per_document", Counted, "sk45_what_is_reached_is_counted"),
    ("uploads_per_minute", Counted, "sk45_what_is_reached_is_counted"),
    ("uploads_per_person", Counted, "fi9_what_is_kept_has_an_end_and_errors_name_it"),
    ("uploads", Counted, "fi9_what_is_kept_has_an_end_and_errors_name_it"),
    ("picture_decodes", Rhythm, "fi7_memory"),
    ("picture_pixels", Counted, "fi7_what_is_too_large_is_refused_by_its_header"),
    ("picture_side", Rhythm, "fi7_what_is_too_large_is_refused_by_its_header"),
    ("picture_frames", Counted, "fi7_what_is_too_large_is_refused_by_its_header"),
    ("picture_frame_pixels", Rhythm, "fi7_what_is_too_large_is_refused_by_its_header"),
    ("file_unused", Rhythm, "fi10_what_nothing_mentions_goes_after_a_month"),
    ("collect_documents", Rhythm, "hk1_more_files_than_one_sweep_looks_at_wait_for_the_next"),
    ("ping", Rhythm, "sk33_a_peer_that_vanished_is_let_go"),
    ("dead", Counted, "sk33_a_peer_that_vanished_is_let_go"),
    ("request_head", Counted, "sk30_a_head_that_never_ends_is_not_waited_for"),
    ("keep_alive", Rhythm, "sk30_a_head_that_came_whole_is_forgotten_and_so_is_one_on_a_socket"),
    ("stop_requests", Rhythm, "sk10_sigterm_under_load_loses_nothing_and_ends_cleanly"),
    ("stalled", Counted, "sk34_a_peer_that_takes_nothing_is_let_go"),
    ("goodbye", Rhythm, "sk35_after_the_goodbye_the_connection_ends_though_the_peer_does_not"),
    ("unread", Rhythm, "sk45_what_is_reached_is_counted"),
    ("patience", Counted, "sk27_a_message_that_is_never_finished_is_not_waited_for"),
    ("body_bytes_per_second", Rhythm, "sk31_a_body_that_does_not_come_is_not_waited_for"),
    ("slowest_bytes_per_second", Rhythm, "sk31_a_body_that_does_not_come_is_not_waited_for"),
    ("fragments", Counted, "sk26_empty_fragments_without_end_are_too_many"),
    ("pings_per_second", Counted, "sk28_a_flood_of_pings_is_ended"),
    ("pings_burst", Rhythm, "sk28_a_flood_of_pings_is_ended"),
    ("bytes_per_second", Counted, "sk44_who_writes_too_fast_is_slowed_and_then_let_go"),
    ("bytes_burst", Rhythm, "sk44_who_writes_too_fast_is_slowed_and_then_let_go"),
    ("document_bytes_per_second", Counted, "sk44_who_writes_too_fast_is_slowed_and_then_let_go"),
    ("first_message", Counted, "sk32_a_socket_that_says_nothing_is_closed_though_it_pings"),
    ("inbox", Rhythm, "sk10_sigterm_under_load_loses_nothing_and_ends_cleanly"),
    ("batch", Rhythm, "sk10_sigterm_under_load_loses_nothing_and_ends_cleanly"),
    ("idle", Rhythm, "rm10_idle_compacts_whatever_there_is"),
    ("stop", Rhythm, "sk10_sigterm_under_load_loses_nothing_and_ends_cleanly"),
    ("revision", Rhythm, "sk13_a_long_stretch_is_cut"),
    ("sweep", Rhythm, "fi10_what_nothing_mentions_goes_after_a_month"),
    ("order_bytes", Counted, "ac30_garbage_and_long_lines_hurt_nobody"),
    ("order_wait", Counted, "ac30_who_says_nothing_is_dropped_and_makes_room"),
    ("backup_wait", Rhythm, "bk5_a_backup_of_a_running_server_is_one_moment_of_it"),
    ("orders", Counted, "ac30_who_says_nothing_is_dropped_and_makes_room"),
    ("revision_reader", Rhythm, "hi4_a_reader_who_leaves_gets_a_version_at_most_once_a_minute"),
    ("versions_named", Counted, "hi10_there_is_room_for_so_many_names"),
    ("version_name_chars", Counted, "sk45_what_is_reached_is_counted"),
    ("revision_pause", Rhythm, "sk13_a_pause_ends_a_stretch"),
];

fn sources() -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the tests are in a folder").to_path_buf();
    let mut folders: Vec<PathBuf> = ["server", "storage", "tests/integration"].map(|folder| root.join(folder)).into();
    let mut text = String::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder").flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") && !path.ends_with("limits.rs") {
                text += &fs::read_to_string(path).expect("a source");
            }
        }
    }
    text
}

#[test]
fn sk45_every_limit_has_a_row_a_count_and_a_test() {
    let named: BTreeSet<&str> = ROWS.iter().map(|row| row.0).collect();
    assert_eq!(named.len(), ROWS.len(), "each once");
    let known: BTreeSet<&str> = Limits::NAMES.iter().copied().collect();
    assert_eq!(named, known, "a limit needs a row: whether it is counted, and the test that reaches it");
    // The tests of this file are not among the sources.
    let sources = sources() + include_str!("limits.rs");
    for (name, kind, test) in ROWS {
        assert!(sources.contains(&format!("fn {test}(")), "{name}: there is no test {test}");
        let counted = sources.contains(&format!("\"{name}\""));
        assert!(*kind != Counted || counted, "{name} is said to be counted, and nothing counts it");
    }
}

#[test]
fn sk45_what_is_reached_is_counted() {
    let stand = Stand::with(&[
        "json_bytes=2000",
        "text_bytes=3000",
        "file_bytes=100000",
        "files_per_document=1",
        "uploads_per_minute=3",
        "wishes_per_minute=2",
        "failures_per_minute=2",
        "streams_per_person=0",
        "version_name_chars=5",
    ]);
    let Stand { ada, document, server, .. } = &stand;
    let send = |method: &str, path: &str, body: serde_json::Value| ada.send(method, path, Some(body)).status;
    let path = format!("/api/documents/{document}");
    send("POST", "/api/tokens", json!({"label": "x".repeat(4_000), "scope": "edit"}));
    send("POST", "/api/documents", json!({"text": "x".repeat(4_000)}));
    ada.upload(document, "a.txt", b"one");
    ada.upload(document, "b.txt", b"two");
    ada.upload(document, "c.txt", &vec![b'x'; 200_000]);
    for name in ["d", "e", "f"] {
        ada.upload(document, name, name.as_bytes());
    }
    send("POST", &format!("{path}/versions"), json!({"name": "a long name"}));
    for _ in 0..4 {
        send("POST", &format!("{path}/versions"), json!({"name": "a"}));
    }
    for _ in 0..4 {
        Person::stranger(server).send("POST", "/api/login", Some(json!({"name": "ada", "password": "wrong wrong"})));
    }
    ada.send("GET", "/api/events", None);
    for limit in [
        "json_bytes",
        "text_bytes",
        "file_bytes",
        "files_per_document",
        "uploads_per_minute",
        "wishes_per_minute",
        "failures_per_minute",
        "streams_per_person",
        "version_name_chars",
    ] {
        assert!(stand.counted(limit) >= 1, "{limit} was reached and not counted");
    }
}
