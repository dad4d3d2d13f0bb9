//! The list at the end of a zip: where it is, and what one line of it says.
//!
//! Invariant: every number is checked against the file before it is used, and all sums saturate or are checked.

use std::io::{Read, Seek, SeekFrom};

use super::Unreadable;

/// Where the list is.
pub struct End {
    /// How many entries it says it has.
    pub entries: u64,
    /// Its first byte.
    pub start: u64,
    /// Its length.
    pub size: u64,
    /// How far everything is moved by what was put before the archive.
    pub shift: u64,
}

/// One line of the list.
#[derive(Clone, Debug)]
pub struct Header {
    pub method: u16,
    pub crc: u32,
    pub packed: u64,
    pub size: u64,
    /// Where its local header is in the file.
    pub at: u64,
    pub name_len: usize,
    pub name_crc: u32,
    pub modified_ms: u64,
    pub is_link: bool,
    pub is_locked: bool,
    is_utf8: bool,
}

const END: u32 = 0x0605_4b50;
const END64: u32 = 0x0606_4b50;
const LOCATOR64: u32 = 0x0706_4b50;
const LINE: u32 = 0x0201_4b50;
/// The end record without its comment.
const END_BYTES: usize = 22;
/// As far back as the end record can begin.
const TAIL_BYTES: u64 = END_BYTES as u64 + 65_535;

/// Finds the list.
pub fn end(file: &mut (impl Read + Seek)) -> Result<End, Unreadable> {
    let len = file.seek(SeekFrom::End(0)).map_err(|_| Unreadable::Disk)?;
    let from = len.saturating_sub(TAIL_BYTES);
    let tail = read(file, from, len - from)?;
    let fits = |at: &usize| {
        tail.len() >= at + END_BYTES
            && le32(&tail, *at) == END
            && at + END_BYTES + usize::from(le16(&tail, at + 20)) == tail.len()
    };
    let at = (0..tail.len().saturating_sub(END_BYTES - 1)).rev().find(fits).ok_or(Unreadable::NotAnArchive)?;
    let at64 = at.checked_sub(20).filter(|at| le32(&tail, *at) == LOCATOR64);
    let (record_at, here, there, entries, size, offset) = match at64 {
        None => (
            from + at as u64,
            u64::from(le16(&tail, at + 4)),
            u64::from(le16(&tail, at + 8)),
            u64::from(le16(&tail, at + 10)),
            u64::from(le32(&tail, at + 12)),
            u64::from(le32(&tail, at + 16)),
        ),
        Some(at64) => large(file, le64(&tail, at64 + 8), from + at64 as u64)?,
    };
    if here != 0 || there != entries {
        return Err(Unreadable::Parts);
    }
    let start = record_at.checked_sub(size).ok_or(Unreadable::Directory)?;
    let shift = start.checked_sub(offset).ok_or(Unreadable::Directory)?;
    Ok(End { entries, start, size, shift })
}

type Found = (u64, u64, u64, u64, u64, u64);

/// The end record of archives above 4 GiB or 65,535 entries.
fn large(file: &mut (impl Read + Seek), said_at: u64, before: u64) -> Result<Found, Unreadable> {
    const BYTES: u64 = 56;
    // Where it is said to be, or, if something was put before the archive, right before its locator.
    for at in [Some(said_at), before.checked_sub(BYTES)].into_iter().flatten() {
        if at.checked_add(BYTES).is_none_or(|until| until > before) {
            continue;
        }
        let record = read(file, at, BYTES)?;
        if record.len() as u64 == BYTES && le32(&record, 0) == END64 {
            let field = |offset| le64(&record, offset);
            let disk = u64::from(le32(&record, 16));
            return Ok((at, disk, field(24), field(32), field(40), field(48)));
        }
    }
    Err(Unreadable::Directory)
}

fn read(file: &mut (impl Read + Seek), at: u64, len: u64) -> Result<Vec<u8>, Unreadable> {
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(at)).map_err(|_| Unreadable::Disk)?;
    file.take(len).read_to_end(&mut bytes).map_err(|_| Unreadable::Disk)?;
    Ok(bytes)
}

/// The next line and its name; `None`: there are no more.
pub fn header(list: &mut impl Read, shift: u64) -> Result<Option<(Header, Vec<u8>)>, Unreadable> {
    let mut fixed = [0; 46];
    let mut filled = 0;
    while filled < fixed.len() {
        match list.read(&mut fixed[filled..]).map_err(|_| Unreadable::Disk)? {
            0 if filled == 0 => return Ok(None),
            0 => return Err(Unreadable::Directory),
            more => filled += more,
        }
    }
    if le32(&fixed, 0) != LINE {
        return Err(Unreadable::Directory);
    }
    let mut part = |len: u16| {
        let mut bytes = vec![0; usize::from(len)];
        list.read_exact(&mut bytes).map(|()| bytes).map_err(|_| Unreadable::Directory)
    };
    let name = part(le16(&fixed, 28))?;
    let extra = part(le16(&fixed, 30))?;
    part(le16(&fixed, 32))?;
    let flags = le16(&fixed, 8);
    let mut header = Header {
        method: le16(&fixed, 10),
        crc: le32(&fixed, 16),
        packed: u64::from(le32(&fixed, 20)),
        size: u64::from(le32(&fixed, 24)),
        at: u64::from(le32(&fixed, 42)),
        name_len: name.len(),
        name_crc: super::checksum(&name),
        modified_ms: moment(le16(&fixed, 14), le16(&fixed, 12)),
        // Made on Unix, and its mode says so.
        is_link: matches!(fixed[5], 3 | 19) && (le32(&fixed, 38) >> 16) & 0o170_000 == 0o120_000,
        is_locked: flags & (1 | 1 << 6 | 1 << 13) != 0,
        is_utf8: flags & (1 << 11) != 0,
    };
    header.enlarge(&extra);
    header.at = header.at.saturating_add(shift);
    Ok(Some((header, name)))
}

impl Header {
    /// Takes the numbers that did not fit from the extra field; those that are missing stay too large to be true.
    fn enlarge(&mut self, mut extra: &[u8]) {
        while extra.len() >= 4 {
            let (id, len) = (le16(extra, 0), usize::from(le16(extra, 2)));
            let Some(field) = extra.get(4..4 + len) else { return };
            if id == 1 {
                let wide = [&mut self.size, &mut self.packed, &mut self.at];
                for (nth, number) in wide.into_iter().filter(|number| **number == u64::from(u32::MAX)).enumerate() {
                    if field.len() >= nth * 8 + 8 {
                        *number = le64(field, nth * 8);
                    }
                }
                return;
            }
            extra = &extra[4 + len..];
        }
    }

    /// The name as letters: UTF-8, as it says or as it is; else the letters of the first PCs.
    pub fn spell(&self, name: &[u8]) -> String {
        match std::str::from_utf8(name) {
            Ok(name) => name.to_owned(),
            Err(_) if self.is_utf8 => String::from_utf8_lossy(name).into_owned(),
            Err(_) => name.iter().map(|byte| old_letter(*byte)).collect(),
        }
    }
}

/// Code page 437, from 128 on.
const OLD_LETTERS: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}";

fn old_letter(byte: u8) -> char {
    match byte {
        0..128 => char::from(byte),
        _ => OLD_LETTERS.chars().nth(usize::from(byte) - 128).unwrap_or('\u{fffd}'),
    }
}

/// A date and time as DOS wrote them; 0 for one that never was.
fn moment(date: u16, time: u16) -> u64 {
    let byte = |bits: u16| i8::try_from(bits).unwrap_or(0);
    let year = 1980 + i16::try_from(date >> 9).unwrap_or(0);
    let (month, day) = (byte(date >> 5 & 15), byte(date & 31));
    let (hour, minute, second) = (byte(time >> 11), byte(time >> 5 & 63), byte((time & 31) * 2));
    let moment = jiff::civil::DateTime::new(year, month, day, hour, minute, second, 0);
    let stamp = moment.and_then(|moment| jiff::tz::TimeZone::UTC.to_timestamp(moment));
    stamp.ok().and_then(|stamp| u64::try_from(stamp.as_millisecond()).ok()).unwrap_or(0)
}

pub fn le16(bytes: &[u8], at: usize) -> u16 {
    number(bytes, at, 2) as u16
}

pub fn le32(bytes: &[u8], at: usize) -> u32 {
    number(bytes, at, 4) as u32
}

fn le64(bytes: &[u8], at: usize) -> u64 {
    number(bytes, at, 8)
}

/// Zero where there is nothing.
fn number(bytes: &[u8], at: usize, len: usize) -> u64 {
    let there = bytes.get(at..at + len).unwrap_or_default();
    there.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte))
}
