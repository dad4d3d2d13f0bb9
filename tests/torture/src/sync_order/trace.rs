//! Reads what strace wrote: each system call with the moment it began, the moment it ended, its bytes and its result.
//!
//! strace writes one line for a call nothing came between, and otherwise one where it began and one where it ended. The number of
//! the line is therefore all the clock that is needed. Invariant: what cannot be read is an error, never a call left out.

use std::collections::HashMap;

/// A call on a file or a socket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// As in the manual.
    pub name: String,
    /// The file's path, or the two ends of the socket.
    pub on: On,
    /// Everything that was to be written.
    pub bytes: Vec<u8>,
    /// Line where it began.
    pub begun: usize,
    /// Line where it ended; `None` if it never did.
    pub ended: Option<Ended>,
}

/// When and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ended {
    /// Its line.
    pub line: usize,
    /// The result; `None` is an error.
    pub result: Option<usize>,
}

/// What a descriptor stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum On {
    /// A file, or anything else with a name.
    File(String),
    /// A TCP connection, by the other end's port.
    Socket(u16),
}

/// Every call in the order they began.
pub fn read(text: &str) -> Result<Vec<Call>, String> {
    let (mut calls, mut open) = (Vec::new(), HashMap::<&str, usize>::new());
    for (number, line) in text.lines().enumerate() {
        let unread = |what: &str| format!("line {} of the trace: {what}: {}", number + 1, brief(line));
        let (pid, rest) = line.split_once(' ').ok_or_else(|| unread("no process"))?;
        let rest = without_time(rest.trim_start());
        // `???` is a call of a thread that was killed before anybody could see which: as if it had not been made.
        if ["+++", "---", "???", "<... ???"].iter().any(|other| rest.starts_with(other)) {
            continue;
        }
        if let Some(resumed) = rest.strip_prefix("<... ") {
            let call = open.remove(pid).ok_or_else(|| unread("it resumes what never began"))?;
            let call: &mut Call = &mut calls[call];
            if !resumed.starts_with(&format!("{} resumed>", call.name)) {
                return Err(unread("it resumes another call"));
            }
            call.ended = Some(Ended { line: number, result: result(rest).ok_or_else(|| unread("no result"))? });
            continue;
        }
        let (name, arguments) = rest.split_once('(').ok_or_else(|| unread("no call"))?;
        let (on, arguments) = descriptor(arguments).ok_or_else(|| unread("no descriptor"))?;
        let bytes = quoted(arguments).ok_or_else(|| unread("bytes are cut short"))?;
        let mut call = Call { name: name.to_owned(), on, bytes, begun: number, ended: None };
        if rest.ends_with("<unfinished ...>") {
            open.insert(pid, calls.len());
        } else {
            call.ended = Some(Ended { line: number, result: result(rest).ok_or_else(|| unread("no result"))? });
        }
        calls.push(call);
    }
    Ok(calls)
}

fn brief(line: &str) -> String {
    line.chars().take(120).collect()
}

fn without_time(rest: &str) -> &str {
    match rest.split_once(' ') {
        Some((time, rest)) if time.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') => rest,
        _ => rest,
    }
}

/// The outer `None`: nothing that could be one. The inner: an error.
fn result(line: &str) -> Option<Option<usize>> {
    let (_, result) = line.rsplit_once(") = ").or_else(|| line.rsplit_once("= "))?;
    let word = result.split_whitespace().next()?;
    if word == "?" || word.starts_with('-') { Some(None) } else { word.parse().ok().map(Some) }
}

/// `20<TCP:[127.0.0.1:80->127.0.0.1:4000]>, …` or `12</data/store/db>, …`.
fn descriptor(arguments: &str) -> Option<(On, &str)> {
    let (number, named) = arguments.split_once('<')?;
    number.parse::<u32>().ok()?;
    if let Some(socket) = named.strip_prefix("TCP:[") {
        let (ends, rest) = socket.split_once("]>")?;
        let port = ends.rsplit_once(':')?.1.parse().ok()?;
        return Some((On::Socket(port), rest));
    }
    let (path, rest) = named.split_once('>')?;
    Some((On::File(path.to_owned()), rest))
}

/// The bytes of every quoted string, one after the other; `None` if one of them is not whole.
fn quoted(arguments: &str) -> Option<Vec<u8>> {
    let (mut bytes, mut rest) = (Vec::new(), arguments.as_bytes());
    while let Some(quote) = rest.iter().position(|byte| *byte == b'"') {
        rest = &rest[quote + 1..];
        loop {
            let (byte, after) = rest.split_first()?;
            rest = after;
            match byte {
                b'"' => break,
                b'\\' => {
                    let (byte, after) = escaped(rest)?;
                    bytes.push(byte);
                    rest = after;
                }
                byte => bytes.push(*byte),
            }
        }
        // strace's mark for what it left out.
        if rest.starts_with(b"...") {
            return None;
        }
    }
    Some(bytes)
}

fn escaped(rest: &[u8]) -> Option<(u8, &[u8])> {
    let (kind, after) = rest.split_first()?;
    Some(match kind {
        b'x' => {
            let digits = std::str::from_utf8(after.get(..2)?).ok()?;
            (u8::from_str_radix(digits, 16).ok()?, &after[2..])
        }
        b'0'..=b'7' => {
            let digits = rest.iter().take(3).take_while(|byte| matches!(byte, b'0'..=b'7')).count();
            let octal = std::str::from_utf8(&rest[..digits]).ok()?;
            (u8::from_str_radix(octal, 8).ok()?, &rest[digits..])
        }
        b'n' => (b'\n', after),
        b'r' => (b'\r', after),
        b't' => (b'\t', after),
        b'v' => (11, after),
        b'f' => (12, after),
        byte => (*byte, after),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_nothing_came_between_is_one_line() {
        let calls = read("7 1.5 pwrite64(11</d/store/db>, \"\\x3c\\x61\\x3e\", 3, 40) = 3\n").expect("readable");
        let ended = Some(Ended { line: 0, result: Some(3) });
        let on = On::File("/d/store/db".into());
        assert_eq!(calls, [Call { name: "pwrite64".into(), on, bytes: b"<a>".to_vec(), begun: 0, ended }]);
    }

    #[test]
    fn a_call_is_put_together_from_where_it_began_and_where_it_ended() {
        let text = "7 fdatasync(12</d/store/db> <unfinished ...>\n\
                    8 sendto(20<TCP:[127.0.0.1:80->127.0.0.1:4000]>, \"hi\\r\\n\\\"\\0011\", 7, MSG_NOSIGNAL, NULL, 0) = 7\n\
                    7 <... fdatasync resumed>)          = 0\n7 +++ exited with 0 +++\n";
        let calls = read(text).expect("readable");
        assert_eq!((calls[0].begun, calls[0].ended), (0, Some(Ended { line: 2, result: Some(0) })));
        assert_eq!((&calls[1].on, calls[1].bytes.as_slice()), (&On::Socket(4000), &b"hi\r\n\"\x011"[..]));
    }

    #[test]
    fn several_pieces_are_one_after_the_other_and_a_failure_is_no_result() {
        let text = "7 writev(20<TCP:[127.0.0.1:80->127.0.0.1:4000]>, [{iov_base=\"ab\", iov_len=2}, {iov_base=\"c\", \
                    iov_len=1}], 2) = 3\n7 fsync(12</d/store/db>) = -1 EIO (Input/output error)\n";
        let calls = read(text).expect("readable");
        assert_eq!(calls[0].bytes, b"abc");
        assert_eq!(calls[1].ended, Some(Ended { line: 1, result: None }));
    }

    #[test]
    fn what_cannot_be_read_is_said() {
        for text in [
            "7 pwrite64(11</d/store/db>, \"ab\"..., 30, 40) = 30\n",
            "7 <... fsync resumed>) = 0\n",
            "7 fsync(12</d/store/db>)\n",
            "7 fsync(12) = 0\n",
            "7 fsync(1</d> <unfinished ...>\n7 <... sendto resumed>) = 0\n",
        ] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
