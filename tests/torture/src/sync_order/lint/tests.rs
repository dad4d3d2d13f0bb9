//! Traces made by hand: one that is in order, and every way it could not be.

use super::super::trace::read;
use super::{Edit, Told, judge};

const UPGRADE: &str =
    r#"2 sendto(9<TCP:[127.0.0.1:80->127.0.0.1:40]>, "HTTP/1.1 101 Switching Protocols\r\n\r\n", 36, 0, NULL, 0) = 36"#;
const WRITE: &str = r#"1 pwrite64(5</d/store/db>, "\x00\x01\x3c\x61\x2e\x31\x3e\x02", 8, 0) = 8"#;
const RANGE: &str = "1 sync_file_range(5</d/store/db>, 0, 8, SYNC_FILE_RANGE_WRITE) = 0";
const SYNC: &str = "1 fdatasync(6</d/store/db>) = 0";
const ACK_2: &str = r#"2 sendto(9<TCP:[127.0.0.1:80->127.0.0.1:40]>, "\x82\x02\x70\x02", 4, 0, NULL, 0) = 4"#;

/// What is wrong with this order of things for edit `<a.1>`, the second write of port 40.
fn wrong(lines: &[&str]) -> Vec<String> {
    wrong_for(Told::Ack { port: 40, write: 2 }, lines)
}

fn wrong_for(told: Told, lines: &[&str]) -> Vec<String> {
    let edit = Edit { marker: "<a.1>".into(), told };
    let report = judge(&read(&lines.join("\n")).expect("readable"), &[edit]);
    assert_eq!(report.checked, 1);
    report.violations
}

fn refused(lines: &[&str], why: &str) {
    let wrong = wrong(lines);
    assert!(wrong.len() == 1 && wrong[0].contains(why), "{wrong:?} should say {why:?}");
}

#[test]
fn to1_written_synced_acked_is_in_order() {
    assert_eq!(wrong(&[UPGRADE, WRITE, RANGE, SYNC, ACK_2]), [""; 0]);
}

#[test]
fn to1_a_call_of_a_killed_thread_counts_for_nothing() {
    let killed = "28223 1795742305.224186 ???( <unfinished ...>";
    assert_eq!(wrong(&[UPGRADE, WRITE, RANGE, SYNC, ACK_2, killed]), [""; 0]);
    refused(&[UPGRADE, WRITE, killed, ACK_2], "no sync covers it");
}

#[test]
fn to1_an_ack_before_the_sync_is_caught() {
    refused(&[UPGRADE, WRITE, ACK_2, SYNC], "before the sync that covers it ended");
    refused(&[UPGRADE, ACK_2, WRITE, SYNC], "before the sync that covers it ended");
}

#[test]
fn to1_an_ack_while_the_sync_goes_on_is_caught() {
    let (begun, ended) = ("1 fdatasync(6</d/store/db> <unfinished ...>", "1 <... fdatasync resumed>) = 0");
    refused(&[UPGRADE, WRITE, begun, ACK_2, ended], "before the sync that covers it ended");
    assert_eq!(wrong(&[UPGRADE, WRITE, begun, ended, ACK_2]), [""; 0]);
}

#[test]
fn to1_a_sync_that_began_before_the_write_ended_covers_nothing() {
    let (begun, ended) = ("3 fdatasync(6</d/store/db> <unfinished ...>", "3 <... fdatasync resumed>) = 0");
    refused(&[UPGRADE, SYNC, WRITE, ACK_2], "no sync covers it");
    refused(&[UPGRADE, begun, WRITE, ended, ACK_2], "no sync covers it");
}

#[test]
fn to1_only_a_sync_of_the_log_that_went_well_counts() {
    for no_sync in [
        RANGE,
        "1 fdatasync(6</d/store/db>) = -1 EIO (Input/output error)",
        "1 fdatasync(6</d/store/db> <unfinished ...>",
        "1 fsync(6</d/key>) = 0",
    ] {
        refused(&[UPGRADE, WRITE, no_sync, ACK_2], "no sync covers it");
    }
    assert_eq!(wrong(&[UPGRADE, WRITE, "1 fsync(6</d/store/db>) = 0", ACK_2]), [""; 0]);
}

#[test]
fn to1_only_a_whole_write_of_the_log_counts() {
    let elsewhere = WRITE.replace("/store/db", "/store/snap");
    let short = WRITE.replace("= 8", "= 4");
    let failed = WRITE.replace("= 8", "= -1 ENOSPC (No space left on device)");
    for write in [elsewhere, short, failed] {
        refused(&[UPGRADE, &write, SYNC, ACK_2], "no write of the log holds it");
    }
}

#[test]
fn to1_an_ack_of_earlier_writes_or_of_somebody_else_is_not_the_ack() {
    let earlier = ACK_2.replace(r"\x70\x02", r"\x70\x01");
    let other = ACK_2.replace("127.0.0.1:40]", "127.0.0.1:41]");
    refused(&[UPGRADE, WRITE, SYNC, &earlier], "the trace has no Ack");
    refused(&[UPGRADE, WRITE, SYNC, &other], "the trace has no Ack");
    let later = ACK_2.replace(r"\x70\x02", r"\x70\x09");
    assert_eq!(wrong(&[UPGRADE, WRITE, SYNC, &earlier, &later]), [""; 0]);
}

#[test]
fn to1_an_ack_among_other_frames_or_in_two_halves_counts_from_its_first_byte() {
    let around = ACK_2.replace(r#""\x82\x02\x70\x02", 4"#, r#""\x89\x00\x82\x01\x01\x82\x02\x70\x02\x82\x01\x00", 12"#);
    let around = around.replace("= 4", "= 12");
    assert_eq!(wrong(&[UPGRADE, WRITE, SYNC, &around]), [""; 0]);
    refused(&[UPGRADE, WRITE, &around, SYNC], "before the sync");
    let first = ACK_2.replace(r#""\x82\x02\x70\x02", 4"#, r#""\x82\x02", 2"#).replace("= 4", "= 2");
    let second = ACK_2.replace(r#""\x82\x02\x70\x02", 4"#, r#""\x70\x02", 2"#).replace("= 4", "= 2");
    assert_eq!(wrong(&[UPGRADE, WRITE, SYNC, &first, &second]), [""; 0]);
    refused(&[UPGRADE, WRITE, &first, SYNC, &second], "before the sync");
}

#[test]
fn to1_bytes_that_did_not_leave_are_no_ack() {
    let again = ACK_2.replace("= 4", "= -1 EAGAIN (Resource temporarily unavailable)");
    refused(&[UPGRADE, WRITE, SYNC, &again], "the trace has no Ack");
    let unended =
        "2 sendto(9<TCP:[127.0.0.1:80->127.0.0.1:40]>, \"\\x82\\x02\\x70\\x02\", 4, 0, NULL, 0 <unfinished ...>";
    refused(&[UPGRADE, WRITE, unended], "no sync covers it");
}

#[test]
fn to1_frames_of_any_length_are_stepped_over() {
    let long = format!("\\x82\\x7e\\x01\\x00{}", "\\x01".repeat(256));
    let long = format!("2 sendto(9<TCP:[127.0.0.1:80->127.0.0.1:40]>, \"{long}\", 260, 0, NULL, 0) = 260");
    assert_eq!(wrong(&[UPGRADE, &long, WRITE, SYNC, ACK_2]), [""; 0]);
}

#[test]
fn to1_an_answer_by_http_counts_as_an_ack() {
    let answer = r#"2 writev(7<TCP:[127.0.0.1:80->127.0.0.1:39]>, [{iov_base="HTTP/1.1 201 Created\r\n\r\n", iov_len=24}, {iov_base="{\"id\":\"d-7\"}", iov_len=12}], 2) = 36"#;
    let told = || Told::Answer("d-7".into());
    assert_eq!(wrong_for(told(), &[WRITE, SYNC, answer]), [""; 0]);
    for (lines, why) in [
        ([WRITE, answer, SYNC], "before the sync that covers it ended"),
        ([WRITE, SYNC, ACK_2], "the trace has no Answer"),
        ([SYNC, WRITE, answer], "no sync covers it"),
    ] {
        let wrong = wrong_for(told(), &lines);
        assert!(wrong.len() == 1 && wrong[0].contains(why), "{wrong:?} should say {why:?}");
    }
}
