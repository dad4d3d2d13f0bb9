//! The server's frames, read the way a client reads them: one message a frame, to the last byte (WR1).

use yrs::StateVector;
use yrs::updates::decoder::Decode;

#[derive(Clone, Debug, PartialEq)]
pub enum Heard {
    Step1(StateVector),
    Step2(Vec<u8>),
    Update(Vec<u8>),
    /// Client, clock, state as JSON.
    Awareness(Vec<(u64, u64, String)>),
    Ack(u64),
    Nack {
        nth: u64,
        code: u64,
    },
    Grant {
        role: u64,
        epoch: u64,
    },
    Keepalive,
    /// Of another channel.
    Wrapped(u64, Box<Heard>),
}

pub fn hear(frame: &[u8]) -> Heard {
    let mut reader = Reader(frame);
    let heard = message(&mut reader);
    assert!(reader.0.is_empty(), "more than one message in a frame: {frame:?}");
    heard
}

fn message(reader: &mut Reader) -> Heard {
    match reader.number() {
        0 => match reader.number() {
            0 => Heard::Step1(StateVector::decode_v1(reader.chunk()).expect("a state vector")),
            1 => Heard::Step2(reader.chunk().to_vec()),
            2 => Heard::Update(reader.chunk().to_vec()),
            other => panic!("no such sync message: {other}"),
        },
        1 => Heard::Awareness(carets(&mut Reader(reader.chunk()))),
        112 => Heard::Ack(reader.number()),
        113 => {
            let (nth, code) = (reader.number(), reader.number());
            assert!(!reader.chunk().is_empty(), "a refusal without a reason");
            Heard::Nack { nth, code }
        }
        114 => Heard::Grant { role: reader.number(), epoch: reader.number() },
        115 => Heard::Keepalive,
        120 => Heard::Wrapped(reader.number(), Box::new(message(reader))),
        other => panic!("no such message: {other}"),
    }
}

fn carets(reader: &mut Reader) -> Vec<(u64, u64, String)> {
    let count = reader.number();
    let mut caret =
        |_| (reader.number(), reader.number(), String::from_utf8(reader.chunk().to_vec()).expect("JSON is UTF-8"));
    (0..count).map(&mut caret).collect()
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn number(&mut self) -> u64 {
        let mut value = 0;
        for shift in (0..63).step_by(7) {
            let (byte, rest) = self.0.split_first().expect("a frame that ends in a number");
            self.0 = rest;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return value;
            }
        }
        panic!("a number that never ends");
    }

    fn chunk(&mut self) -> &'a [u8] {
        let len = self.number() as usize;
        let (chunk, rest) = self.0.split_at(len);
        self.0 = rest;
        chunk
    }
}
