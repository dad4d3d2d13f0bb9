use super::*;
use crate::power_cut::disk::Mercy;
use crate::rng::Rng;

/// As strace writes strings under `-xx`.
fn hex(text: &str) -> String {
    text.bytes().map(|byte| format!("\\x{byte:02x}")).collect()
}

fn played(lines: &[String], root: &str) -> Player {
    let mut moments = Vec::new();
    read(lines.join("\n").as_bytes(), &mut moments).expect("understood");
    let mut player = Player::new(Path::new(root));
    moments.iter().for_each(|moment| player.play(moment).expect("played"));
    player
}

#[test]
fn to20_lines_cut_in_two_by_other_threads_are_put_together() {
    let lines = [
        format!("7 10.000001 openat(AT_FDCWD, \"{}\", O_RDWR|O_CREAT|O_CLOEXEC, 0666) = 5", hex("/d/a")),
        format!("7 10.000002 openat(AT_FDCWD, \"{}\", O_RDONLY|O_CLOEXEC) = 6", hex("/d")),
        "7 10.000003 fsync(6) = 0".into(),
        format!("7 10.000004 pwrite64(5, \"{}\", 3, 2 <unfinished ...>", hex("one")),
        format!("8 10.000005 writev(9, [{{iov_base=\"{}\", iov_len=2}}], 1) = 2", hex("no")),
        "7 10.000006 <... pwrite64 resumed>) = 3".into(),
        "8 10.000007 fdatasync(5) = 0".into(),
        format!("8 10.000008 write(5, \"{}\", 2) = -1 ENOSPC (No space left on device)", hex("xy")),
        "7 10.000009 +++ killed by SIGKILL +++".into(),
    ];
    let left = played(&lines, "/d").disk.cut(Mercy::None, &mut Rng::new(1));
    assert_eq!(left.get(Path::new("a")), Some(&Some(b"\0\0one".to_vec())));
}

#[test]
fn to20_a_sync_that_failed_keeps_nothing_and_one_that_never_returned_neither() {
    for sync in ["fdatasync(5) = -1 EIO (Input/output error)", "fdatasync(5 <unfinished ...>", "fdatasync(5) = ?"] {
        let lines = [
            format!("7 10.000001 openat(AT_FDCWD, \"{}\", O_RDWR|O_CREAT|O_CLOEXEC, 0666) = 5", hex("/d/a")),
            format!("7 10.000002 openat(AT_FDCWD, \"{}\", O_RDONLY|O_CLOEXEC) = 6", hex("/d")),
            "7 10.000003 fsync(6) = 0".into(),
            format!("7 10.000004 write(5, \"{}\", 3) = 3", hex("one")),
            format!("7 10.000005 {sync}"),
        ];
        let left = played(&lines, "/d").disk.cut(Mercy::None, &mut Rng::new(1));
        assert_eq!(left.get(Path::new("a")), Some(&Some(Vec::new())), "{sync}");
    }
}

#[test]
fn to20_what_the_model_does_not_know_is_an_error_inside_the_folder_only() {
    let copy = |file: u32| format!("7 10.000003 copy_file_range(3, NULL, {file}, NULL, 10, 0) = 10");
    let open = |at: &str| format!("7 10.000001 openat(AT_FDCWD, \"{}\", O_RDWR|O_CREAT, 0666) = 5", hex(at));
    let plays = |lines: &[String]| {
        let mut moments = Vec::new();
        read(lines.join("\n").as_bytes(), &mut moments).expect("understood");
        let mut player = Player::new(Path::new("/d"));
        moments.iter().try_for_each(|moment| player.play(moment))
    };
    assert!(plays(&[open("/d/a"), copy(5)]).is_err());
    assert!(plays(&[open("/elsewhere"), copy(5)]).is_ok());
    let mut moments = Vec::new();
    let cut = format!("7 10.000001 write(5, \"{}\"..., 300) = 300", hex("one"));
    assert!(read(cut.as_bytes(), &mut moments).is_err(), "data that was cut off is no data");
}

#[test]
fn to20_a_descriptor_closed_while_another_is_opened_under_its_number_is_told_apart() {
    let open = |at: &str| format!("openat(AT_FDCWD, \"{}\", O_RDWR|O_CREAT|O_CLOEXEC, 0666", hex(at));
    let lines = [
        format!("7 10.000001 {}) = 5", open("/d/a")),
        format!("7 10.000002 {} <unfinished ...>", open("/d/b")),
        "8 10.000003 close(5) = 0".into(),
        "7 10.000004 <... openat resumed>) = 5".into(),
        format!("7 10.000005 write(5, \"{}\", 3) = 3", hex("one")),
    ];
    let left = played(&lines, "/d").disk.cut(Mercy::All, &mut Rng::new(1));
    let (a, b) = (left.get(Path::new("a")), left.get(Path::new("b")));
    assert_eq!((a, b), (Some(&Some(Vec::new())), Some(&Some(b"one".to_vec()))));
}
