//! A document's own pictures say their size in their address, so a page can keep their room before they arrive, and a
//! narrow page can ask for the small copy.
//!
//! Only an address of exactly the server's shape counts: `/u/{uuid}/{32 hex}-{width}x{height}.{jpg|png|gif|webp}`.

use crate::escape;
use crate::limits::SMALL_PICTURE_WIDTH;
use crate::writer::Writer;

/// Width, height and kind in an address.
fn size(address: &str) -> Option<(u64, u64, &str)> {
    let (document, name) = address.strip_prefix("/u/")?.split_once('/')?;
    let hex = |text: &str| text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    let groups = [8, 4, 4, 4, 12];
    let uuid = document.split('-').count() == groups.len()
        && document.split('-').zip(groups).all(|(group, len)| group.len() == len && hex(group));
    let (hash, rest) = name.split_at_checked(32).filter(|(hash, _)| uuid && hex(hash))?;
    let (size, kind) = rest.strip_prefix('-')?.split_once('.')?;
    let (width, height) = size.split_once('x')?;
    let number = |text: &str| {
        let plain = (1..=5).contains(&text.len()) && !text.starts_with('0');
        let digit = |number: u64, byte: u8| byte.is_ascii_digit().then(|| number * 10 + u64::from(byte - b'0'));
        text.bytes().try_fold(0, digit).filter(|_| plain)
    };
    let known = hash.len() == 32 && ["jpg", "png", "gif", "webp"].contains(&kind);
    Some((number(width)?, number(height)?, kind)).filter(|_| known)
}

impl Writer<'_> {
    /// Writes the rest of an `<img>`: its size, if the address says it, and when to load it.
    pub(crate) fn end_picture(&mut self, address: &str) {
        let size = size(address);
        if let Some((width, height, _)) = size {
            self.number_attribute(" width=\"", width);
            self.number_attribute(" height=\"", height);
        }
        self.put(" loading=\"lazy\" decoding=\"async\"");
        if let Some((width, ..)) = size.filter(|&(width, _, kind)| width > SMALL_PICTURE_WIDTH && kind != "gif") {
            for part in [" srcset=\"", address, "?small 960w, ", address, " "] {
                self.put(part);
            }
            escape::number(&mut self.out, width);
            self.put("w\" sizes=\"(max-width: 719px) 100vw, 45rem\"");
        }
        self.put(">");
    }

    fn number_attribute(&mut self, open: &str, number: u64) {
        self.put(open);
        escape::number(&mut self.out, number);
        self.put("\"");
    }
}
