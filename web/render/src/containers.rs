//! Containers: `:::note Title` to `:::` is an alert, `:::details Title` a `<details>`. `scan.rs` found their lines.
//!
//! A closing line ends the innermost container; what is open at the end ends there. Whatever raw HTML was left open
//! inside one ends with it.

use std::ops::Range;

use pulldown_cmark::{Event, TagEnd};

use crate::scan::{Kind, Line};
use crate::writer::{Role, Writer};

impl<'t> Writer<'t> {
    /// Writes a line of our own, which the parser took for a heading; `false`: it is a heading.
    pub(crate) fn own_line(&mut self, range: Range<usize>) -> bool {
        let Ok(index) = self.own_lines.binary_search_by_key(&range.start, |line| line.0) else { return false };
        match self.own_lines[index].1 {
            Line::Open(kind, end) => self.open_container(kind, range.start..end),
            Line::Close => self.close_container(range),
            Line::Text => self.text_line(range),
            Line::Abbreviation => self.skip_heading(),
        }
        true
    }

    fn skip_heading(&mut self) {
        while let Some((event, _)) = self.events.next()
            && !matches!(event, Event::End(TagEnd::Heading(_)))
        {}
    }

    /// Begins a container and its title; the heading's end will end the title.
    fn open_container(&mut self, kind: &'static Kind, mark: Range<usize>) {
        self.prepare_block(mark.start);
        let details = kind.class.is_empty();
        if self.enter(Role::Container, if details { "</details>\n" } else { "</div>\n" }, 1) {
            self.put(if details { "<details" } else { "<div class=\"alert alert-" });
            self.put(kind.class);
            self.put_tag(if details { "" } else { "\"" }, mark.start);
        }
        if self.enter(Role::Markdown, if details { "</summary>\n" } else { "</p>\n" }, 1) {
            self.put(if details { "<summary>" } else { "<p class=\"alert-title\">" });
        }
        if matches!(self.events.peek(0), Some((Event::End(_), _)) | None) {
            self.note_whole(kind.title.len() as u32, mark);
            self.put(kind.title);
        }
    }

    /// Ends the innermost container; without one the line is text.
    fn close_container(&mut self, range: Range<usize>) {
        if !self.frames.iter().any(|frame| matches!(frame.role, Role::Container)) {
            return self.text_line(range);
        }
        self.skip_heading();
        self.end_leaf();
        while !matches!(self.frames.last(), Some(frame) if matches!(frame.role, Role::Container)) && self.pop() {}
        self.pop();
        self.block_reaches(range.end);
    }

    /// A paragraph of the line as it stands.
    fn text_line(&mut self, range: Range<usize>) {
        self.skip_heading();
        self.prepare_block(range.start);
        let line = self.text[range.clone()].trim_end();
        self.put_tag("<p", range.start);
        self.push_text(line, range.start..range.start + line.len());
        self.end_leaf();
        self.put("</p>\n");
        self.block_reaches(range.end);
    }
}
