//! Edits that carry markers, encoded by hand: a writer must cost the generator nothing.
//!
//! Every edit appends `[writer.number]` to what its writer wrote before. Readers look for the markers in the bytes they
//! receive. Invariant: what is encoded here is what a Y.Doc with the root `content` would encode; a test holds yrs against it.

/// Names one edit inside the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Marker {
    /// Who wrote it.
    pub writer: usize,
    /// Counted from 0.
    pub number: usize,
}

impl std::fmt::Display for Marker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "[{}.{}]", self.writer, self.number)
    }
}

/// Somebody who appends to their own words.
pub struct Typing {
    client: u32,
    clock: u64,
    writer: usize,
    number: usize,
}

impl Typing {
    /// A writer under a client id drawn fresh.
    pub fn new(writer: usize) -> Typing {
        let id = uuid::Uuid::new_v4().as_fields().0;
        Typing { client: id.max(1), clock: 0, writer, number: 0 }
    }

    /// The next edit as an update, and its marker.
    pub fn edit(&mut self) -> (Vec<u8>, Marker) {
        let marker = Marker { writer: self.writer, number: self.number };
        self.number += 1;
        (self.append(&marker.to_string()), marker)
    }

    /// Appends ASCII text: one struct of one client, and no deletions.
    pub fn append(&mut self, text: &str) -> Vec<u8> {
        let client = u64::from(self.client);
        let mut update = vec![1, 1];
        varuint(client, &mut update);
        varuint(self.clock, &mut update);
        if self.clock == 0 {
            // Content string; the parent is a root, by name.
            update.extend_from_slice(&[0x04, 1]);
            string("content", &mut update);
        } else {
            // Content string with an origin: the last character before.
            update.push(0x84);
            varuint(client, &mut update);
            varuint(self.clock - 1, &mut update);
        }
        string(text, &mut update);
        update.push(0);
        self.clock += text.len() as u64;
        update
    }
}

/// lib0's integer.
pub fn varuint(mut value: u64, out: &mut Vec<u8>) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// lib0's string.
pub fn string(text: &str, out: &mut Vec<u8>) {
    varuint(text.len() as u64, out);
    out.extend_from_slice(text.as_bytes());
}

/// Gives every marker in the bytes to `each`; several when the server merged edits.
pub fn markers(bytes: &[u8], mut each: impl FnMut(Marker)) {
    let mut rest = bytes;
    while let Some(at) = rest.iter().position(|byte| *byte == b'[') {
        rest = &rest[at + 1..];
        if let Some(marker) = inside(rest) {
            each(marker);
        }
    }
}

fn inside(bytes: &[u8]) -> Option<Marker> {
    let (writer, rest) = number(bytes, b'.')?;
    let (number, _) = number(rest, b']')?;
    Some(Marker { writer, number })
}

/// Digits up to an end.
fn number(bytes: &[u8], end: u8) -> Option<(usize, &[u8])> {
    let mut value: usize = 0;
    for (index, byte) in bytes.iter().enumerate() {
        match byte {
            b'0'..=b'9' => value = value.checked_mul(10)?.checked_add(usize::from(byte - b'0'))?,
            byte if *byte == end && index > 0 => return Some((value, &bytes[index + 1..])),
            _ => return None,
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use yrs::updates::decoder::Decode;
    use yrs::{GetString, Transact, Update};

    use super::*;

    fn all(bytes: &[u8]) -> Vec<Marker> {
        let mut found = Vec::new();
        markers(bytes, |marker| found.push(marker));
        found
    }

    #[test]
    fn yrs_reads_what_is_encoded_by_hand() {
        let doc = peer::new_doc();
        let text = doc.get_or_insert_text("content");
        let mut writer = Typing::new(7);
        let mut wanted = Vec::new();
        for _ in 0..300 {
            let (update, marker) = writer.edit();
            let update = Update::decode_v1(&update).expect("an update");
            doc.transact_mut().apply_update(update).expect("applies");
            wanted.push(marker);
        }
        assert_eq!(all(text.get_string(&doc.transact()).as_bytes()), wanted);
    }

    #[test]
    fn markers_survive_the_wire() {
        let mut writer = Typing::new(7);
        let (first, marker) = writer.edit();
        assert_eq!(all(&first), [marker]);
        let (second, next) = writer.edit();
        assert_eq!(next, Marker { writer: 7, number: 1 });
        assert_eq!(all(&[first, second].concat()), [marker, next]);
        assert_eq!(all(b"[x.1][1.][2.3"), []);
    }
}
