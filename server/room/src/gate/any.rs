//! lib0's `Any` (JSON in binary), looked at without building it.

use super::Malformed;
use super::lib0::Reader;

const DEPTH_MAX: usize = 4;

/// Reads the content of a map entry: exactly one value of plain JSON.
pub(super) fn skip_one(reader: &mut Reader) -> Result<(), Malformed> {
    if reader.varuint()? != 1 {
        return Err(Malformed("a note is not one value"));
    }
    let mut open = [Level::default(); DEPTH_MAX];
    let mut depth = 0;
    loop {
        if let Some(level) = value(reader)? {
            *open.get_mut(depth).ok_or(Malformed("a note nests too deep"))? = level;
            depth += 1;
        }
        while depth > 0 && open[depth - 1].left == 0 {
            depth -= 1;
        }
        if depth == 0 {
            return Ok(());
        }
        let level = &mut open[depth - 1];
        level.left -= 1;
        if level.keyed {
            reader.string()?;
        }
    }
}

/// An array or object whose end has not been reached.
#[derive(Clone, Copy, Default)]
struct Level {
    left: usize,
    keyed: bool,
}

fn value(reader: &mut Reader) -> Result<Option<Level>, Malformed> {
    match reader.byte()? {
        120 | 121 | 126 | 127 => Ok(None),
        119 => reader.string().map(|_| None),
        123 | 122 => reader.take(8).map(|_| None),
        124 => reader.take(4).map(|_| None),
        125 => integer(reader).map(|()| None),
        118 => Ok(Some(Level { left: reader.count(2)?, keyed: true })),
        117 => Ok(Some(Level { left: reader.count(1)?, keyed: false })),
        _ => Err(Malformed("a note holds what JSON cannot")),
    }
}

/// lib0's signed varint: six bits, then sevens.
fn integer(reader: &mut Reader) -> Result<(), Malformed> {
    for _ in 0..9 {
        if reader.byte()? < 0x80 {
            return Ok(());
        }
    }
    Err(Malformed("a number is above 2^53"))
}
