//! Embeds: a line `{% embed https://… %}` becomes a link that a page may turn into a frame when somebody asks for it.
//!
//! Invariant: `data-embed` and `data-id` are written only for a listed site and an id of exactly its shape, and the
//! address is put together anew from these, so nothing else of the text reaches a frame. Other sites are plain links.

use std::ops::Range;

use crate::escape;
use crate::map::units;
use crate::search::{before, find};
use crate::url::{self, Address};
use crate::writer::Writer;

/// A site that can be shown inside a page.
struct Site {
    /// The tag's word, and what the page is told.
    name: &'static str,
    label: &'static str,
    /// Addresses up to the id, without scheme and `www.`; the first is the one that is written.
    addresses: &'static [&'static str],
    /// What stands between a person and the id, where the site's ids have both; the first is written.
    between: &'static [&'static str],
    /// How long an id is, and of what bytes.
    length: Range<usize>,
    bytes: fn(u8) -> bool,
}

static SITES: &[Site] = &[
    Site {
        name: "youtube",
        label: "YouTube",
        addresses: &[
            "youtube.com/watch?v=",
            "youtube.com/watch?",
            "youtu.be/",
            "youtube.com/embed/",
            "youtube.com/shorts/",
            "youtube.com/live/",
            "m.youtube.com/watch?",
            "youtube-nocookie.com/embed/",
        ],
        between: &[],
        length: 11..12,
        bytes: word,
    },
    Site {
        name: "vimeo",
        label: "Vimeo",
        addresses: &["vimeo.com/", "player.vimeo.com/video/"],
        between: &[],
        length: 1..13,
        bytes: |byte| byte.is_ascii_digit(),
    },
    Site {
        name: "codepen",
        label: "CodePen",
        addresses: &["codepen.io/"],
        between: &["/pen/", "/embed/", "/full/", "/details/"],
        length: 1..41,
        bytes: |byte| byte.is_ascii_alphanumeric(),
    },
    Site {
        name: "gist",
        label: "Gist",
        addresses: &["gist.github.com/"],
        between: &["/"],
        length: 5..41,
        bytes: |byte| byte.is_ascii_hexdigit(),
    },
    Site {
        name: "codesandbox",
        label: "CodeSandbox",
        addresses: &["codesandbox.io/s/", "codesandbox.io/embed/", "codesandbox.io/p/sandbox/"],
        between: &[],
        length: 1..101,
        bytes: word,
    },
    Site {
        name: "stackblitz",
        label: "StackBlitz",
        addresses: &["stackblitz.com/edit/"],
        between: &[],
        length: 1..101,
        bytes: word,
    },
];

fn word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
}

/// What a line shows: a link's address and text, and for a listed site its name and the id.
struct Embed {
    address: String,
    text: String,
    site: Option<(&'static str, String)>,
}

impl Site {
    /// Reads the part of an address that says what to show.
    fn read(&self, rest: &str) -> Option<Embed> {
        let (user, rest) = match self.between.iter().find_map(|between| Some((find(rest, between)?, between.len()))) {
            Some((at, len)) => (&rest[..at], &rest[at + len..]),
            None => ("", rest),
        };
        // `watch?list=…&v=…`
        let rest = find(rest, "v=").filter(|_| self.between.is_empty()).map_or(rest, |at| &rest[at + 2..]);
        let id = &rest[..rest.bytes().position(|byte| b"?&#/".contains(&byte)).unwrap_or(rest.len())];
        let whole = user.is_empty() == self.between.is_empty() && user.len() <= 40 && user.bytes().all(word);
        if !whole || !self.length.contains(&id.len()) || !id.bytes().all(self.bytes) {
            return None;
        }
        let between = self.between.first().copied().unwrap_or_default();
        let place = [self.addresses[0], user, between, id].concat();
        let slash = if user.is_empty() { "" } else { "/" };
        Some(Embed {
            address: ["https://", if self.name == "youtube" { "www." } else { "" }, &place].concat(),
            text: [self.label, ": ", &place].concat(),
            site: Some((self.name, [user, slash, id].concat())),
        })
    }
}

/// Reads `{% name what %}`.
fn read(line: &str) -> Option<Embed> {
    let tag = line.trim().strip_prefix("{%")?.strip_suffix("%}")?;
    let mut words = tag.split_ascii_whitespace();
    let (name, what) = (words.next()?, words.next()?);
    let named = SITES.iter().find(|site| site.name.eq_ignore_ascii_case(name));
    if named.is_none() && !name.eq_ignore_ascii_case("embed") {
        return None;
    }
    let Some(plain) = what.strip_prefix("https://").or_else(|| what.strip_prefix("http://")) else {
        return named?.read(what);
    };
    let place = plain.strip_prefix("www.").unwrap_or(plain);
    let known =
        SITES.iter().find_map(|site| site.addresses.iter().find_map(|address| site.read(place.strip_prefix(address)?)));
    let plain = || Embed { address: what.to_owned(), text: before(plain, "?").to_owned(), site: None };
    known.or_else(|| named.is_none().then(plain))
}

impl Writer<'_> {
    /// Writes a paragraph of which every line is an embed; `false`: it is another one.
    pub(crate) fn embeds(&mut self, range: Range<usize>) -> bool {
        let lines = &self.text[range.clone()];
        if !lines.starts_with("{%") || !lines.trim_end().split('\n').all(|line| read(line).is_some()) {
            return false;
        }
        self.skip_paragraph();
        self.prepare_block(range.start);
        let mut at = range.start;
        for line in lines.split_inclusive('\n') {
            if let Some(Embed { address, text, site }) = read(line) {
                self.put_tag("<p class=\"embed\"", at);
                self.put("<a");
                self.link_attributes(&url::link(&address).unwrap_or(Address::Local(String::new())));
                if let Some((name, id)) = site {
                    self.attribute("data-embed", name);
                    self.attribute("data-id", &id);
                }
                self.put(">");
                self.note_whole(units(&text), at..at + line.trim_end().len());
                escape::text(&mut self.out, &text);
                self.put("</a></p>\n");
            }
            at += line.len();
        }
        self.block_reaches(range.end);
        true
    }
}
