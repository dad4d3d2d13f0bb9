//! Markdown's elements: what each opens, and what must happen when it closes.

use std::ops::Range;

use pulldown_cmark::{Alignment, CodeBlockKind, CowStr, Event, HeadingLevel, LinkType, Tag, TagEnd};

use crate::escape;
use crate::inline::Label;
use crate::languages::language;
use crate::limits::COLOURED_BYTES_MAX;
use crate::search::find;
use crate::url::{self, Address};
use crate::words::squeeze;
use crate::writer::{Role, Tasks, Writer};
use crate::{Heading, alert, code, ids};

/// The table being written.
pub(crate) struct Table {
    columns: Vec<Alignment>,
    column: usize,
    part: Part,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Head,
    /// The head is closed and no row has come yet.
    BetweenHeadAndBody,
    Body,
    /// Too deep: only the text of the cells is written.
    Silent,
}

impl<'t> Writer<'t> {
    pub(crate) fn start(&mut self, tag: Tag<'t>, range: Range<usize>) {
        match tag {
            Tag::Emphasis => self.start_inline("<em>", "</em>"),
            Tag::Strong => self.start_inline("<strong>", "</strong>"),
            Tag::Strikethrough => self.start_inline("<del>", "</del>"),
            Tag::Superscript => self.start_inline("<sup>", "</sup>"),
            Tag::Subscript => self.start_inline("<sub>", "</sub>"),
            Tag::Link { link_type, dest_url, title, .. } => self.start_link(link_type, &dest_url, &title),
            Tag::Image { dest_url, title, .. } => self.image(&dest_url, &title),
            Tag::FootnoteDefinition(label) => self.start_definition(&label),
            Tag::HtmlBlock => self.html_block(range),
            Tag::CodeBlock(kind) => self.code_block(kind, range),
            Tag::BlockQuote(_) => self.start_quote(range),
            Tag::Heading { .. } if self.own_line(range.clone()) => {}
            Tag::Heading { level, id, .. } => self.start_heading(level, id, range),
            Tag::List(start) => self.start_list(start, range),
            Tag::Item => self.start_item(range),
            Tag::Table(columns) => self.start_table(columns, range),
            Tag::TableHead => self.start_row(range, Part::Head),
            Tag::TableRow => self.start_row(range, Part::Body),
            Tag::TableCell => self.start_cell(),
            Tag::Paragraph => self.start_paragraph(range),
            Tag::DefinitionList => self.start_block("<dl", "</dl>\n", range),
            Tag::DefinitionListTitle => self.start_block("<dt", "</dt>\n", range),
            Tag::DefinitionListDefinition => self.start_block("<dd", "</dd>\n", range),
            Tag::MetadataBlock(_) => self.enter_silent(),
        }
    }

    pub(crate) fn end(&mut self, tag: TagEnd, range: Range<usize>) {
        match tag {
            TagEnd::Emphasis
            | TagEnd::Strong
            | TagEnd::Strikethrough
            | TagEnd::Superscript
            | TagEnd::Subscript
            | TagEnd::Link => {
                self.flush_text(' ');
                self.leave();
                return;
            }
            // Read to their ends where they start.
            TagEnd::Image | TagEnd::HtmlBlock | TagEnd::CodeBlock => return,
            _ => self.end_leaf(),
        }
        match tag {
            TagEnd::FootnoteDefinition => {
                while self.pop() {}
                return self.end_definition();
            }
            TagEnd::Item => self.finish_label(),
            TagEnd::TableHead => self.end_head(),
            TagEnd::Table => self.end_body(),
            _ => {}
        }
        self.leave();
        self.block_reaches(range.end);
    }

    fn start_inline(&mut self, open: &str, close: &'static str) {
        self.flush_text('*');
        if self.enter(Role::Markdown, close, 1) {
            self.put(open);
        }
    }

    /// A paragraph that is no text but a construct of its own, or text.
    fn start_paragraph(&mut self, range: Range<usize>) {
        if !self.embeds(range.clone()) && !self.toc(range.clone()) && !self.display_paragraph(range.clone()) {
            self.start_block("<p", "</p>\n", range);
        }
    }

    /// Reads a paragraph to its end.
    pub(crate) fn skip_paragraph(&mut self) {
        while let Some((event, _)) = self.events.next()
            && !matches!(event, Event::End(TagEnd::Paragraph))
        {}
    }

    /// `open` without its `>`.
    fn start_block(&mut self, open: &str, close: &'static str, range: Range<usize>) {
        self.prepare_block(range.start);
        if self.enter(Role::Markdown, close, 1) {
            self.put_tag(open, range.start);
        }
    }

    pub(crate) fn rule(&mut self, range: Range<usize>) {
        self.prepare_block(range.start);
        self.put_tag("<hr", range.start);
        self.put("\n");
        self.block_reaches(range.end);
    }

    fn start_link(&mut self, link_type: LinkType, dest_url: &str, title: &str) {
        self.flush_text('*');
        let address = match link_type {
            LinkType::Email => url::link(&["mailto:", dest_url].concat()),
            _ => url::link(dest_url),
        };
        match address.filter(|_| self.links == 0) {
            Some(address) => {
                if self.enter(Role::Link, "</a>", 1) {
                    self.link_tag(&address, title);
                }
            }
            None => self.enter_silent(),
        }
    }

    /// Writes `<a …>`.
    pub(crate) fn link_tag(&mut self, address: &Address, title: &str) {
        self.put("<a");
        self.link_attributes(address);
        if !title.is_empty() {
            self.attribute("title", title);
        }
        self.put(">");
    }

    pub(crate) fn link_attributes(&mut self, address: &Address) {
        self.put(" href=\"");
        match address {
            Address::Fragment(fragment) => {
                self.put("#");
                if !fragment.is_empty() {
                    self.put(ids::PREFIX);
                }
                escape::address(&mut self.out, fragment);
            }
            Address::Local(address) | Address::External(address) => escape::address(&mut self.out, address),
        }
        self.put("\"");
        if matches!(address, Address::External(_)) {
            self.put(" rel=\"noopener noreferrer nofollow ugc\"");
        }
    }

    pub(crate) fn attribute(&mut self, name: &str, value: &str) {
        self.put(" ");
        self.put(name);
        self.put("=\"");
        escape::text(&mut self.out, value);
        self.put("\"");
    }

    /// Reads an image to its end: what stands between is its text, without markup.
    fn image(&mut self, dest_url: &str, title: &str) {
        self.flush_text('*');
        let mut nested = 0;
        while let Some((event, range)) = self.events.next() {
            match event {
                Event::Start(Tag::Image { .. }) => nested += 1,
                Event::End(TagEnd::Image) if nested == 0 => break,
                Event::End(TagEnd::Image) => nested -= 1,
                Event::Text(text) => self.gather(&text, range),
                Event::Code(code) => self.gather_aligned(&code, range),
                Event::SoftBreak | Event::HardBreak => self.gather(" ", range),
                Event::InlineMath(_) | Event::DisplayMath(_) => self.gather_aligned(&self.text[range.clone()], range),
                _ => {}
            }
        }
        let alt = self.take_gathered();
        match url::image(dest_url) {
            Some(address) => {
                self.put("<img src=\"");
                escape::address(&mut self.out, &address);
                self.put("\"");
                self.attribute("alt", &alt);
                if !title.is_empty() {
                    self.attribute("title", title);
                }
                self.end_picture(&address);
            }
            None => self.write_gathered(&alt, 0..alt.len()),
        }
        self.forget();
        self.inline.spaced = false;
    }

    fn code_block(&mut self, kind: CodeBlockKind<'t>, range: Range<usize>) {
        self.prepare_block(range.start);
        while let Some((event, range)) = self.events.next() {
            match event {
                Event::Text(text) => self.gather(&text, range),
                Event::End(TagEnd::CodeBlock) => break,
                _ => {}
            }
        }
        let code = self.take_gathered();
        let name = match &kind {
            CodeBlockKind::Fenced(info) => language_name(info),
            CodeBlockKind::Indented => None,
        };
        if name == Some("math") {
            let source = code.trim();
            let from = find(&self.text[range.clone()], source.split('\n').next().unwrap_or_default());
            self.forget();
            self.display(source, range.start, range.start + from.unwrap_or_default()..range.end);
            return self.block_reaches(range.end);
        }
        let diagram = name == Some("mermaid");
        if diagram {
            self.put_tag("<figure class=\"diagram\" data-diagram=\"mermaid\"", range.start);
            self.put("<pre tabindex=\"0\">");
        } else {
            self.put_tag("<pre tabindex=\"0\"", range.start);
        }
        self.put("<code");
        if let Some(name) = name.filter(|_| !diagram) {
            self.attribute("class", &["language-", name].concat());
        }
        self.put(">");
        let from = self.out.len();
        self.write_gathered(&code, 0..code.len());
        if let Some(language) = name.and_then(language).filter(|_| code.len() <= COLOURED_BYTES_MAX) {
            self.out.truncate(from);
            code::colour(&mut self.out, &code, language);
        }
        self.forget();
        self.put(if diagram { "</code></pre></figure>\n" } else { "</code></pre>\n" });
        self.block_reaches(range.end);
    }

    fn start_quote(&mut self, range: Range<usize>) {
        let Some(alert) = alert::find(self) else {
            return self.start_block("<blockquote", "</blockquote>\n", range);
        };
        self.prepare_block(range.start);
        if self.enter(Role::Markdown, "</div>\n", 1) {
            self.put("<div class=\"alert alert-");
            self.put(alert.kind.class);
            self.put_tag("\"", range.start);
        }
        alert::start_title(self, &alert);
    }

    fn start_heading(&mut self, level: HeadingLevel, id: Option<CowStr<'t>>, range: Range<usize>) {
        self.prepare_block(range.start);
        self.finish_label();
        let level = level as u8;
        let line = self.line_at(range.start);
        if !self.enter(Role::Heading { level, at: self.out.len() + "<h1".len(), line }, "", 1) {
            return;
        }
        self.heading = Some(String::new());
        self.put("<h");
        self.out.push((b'0' + level) as char);
        if let Some(id) = id.and_then(|id| self.ids.claim(&id)) {
            self.attribute("id", &id);
        }
        self.put_tag("", range.start);
    }

    /// Names the heading by its text, now that it is known.
    pub(crate) fn end_heading(&mut self, level: u8, at: usize, line: u32) {
        let text = self.heading.take().unwrap_or_default();
        let text = squeeze(&text);
        let id = match self.out[at..].strip_prefix(" id=\"").and_then(|rest| rest.split_once('"')) {
            Some((id, _)) => id.to_owned(),
            None => {
                let id = self.ids.give(&text);
                self.insert(at, &[" id=\"", &id, "\""].concat());
                id
            }
        };
        self.put(["</h1>\n", "</h2>\n", "</h3>\n", "</h4>\n", "</h5>\n", "</h6>\n"][usize::from(level - 1)]);
        if self.definitions.is_empty() {
            self.outline.push(Heading { level, text, id, line });
        }
    }

    fn start_list(&mut self, start: Option<u64>, range: Range<usize>) {
        let tasks = if self.task_at(1).is_some() { Tasks::Yes } else { Tasks::No };
        self.prepare_block(range.start);
        let (open, close) = if start.is_some() { ("<ol", "</ol>\n") } else { ("<ul", "</ul>\n") };
        // Two more: the item and, for a task, what holds its text.
        if !self.fits(3) {
            return self.enter_silent();
        }
        self.enter(Role::List(tasks), close, 1);
        self.put(open);
        if let Some(start) = start.filter(|&start| start != 1) {
            self.put(" start=\"");
            escape::number(&mut self.out, start);
            self.put("\"");
        }
        self.put_tag(if tasks == Tasks::Yes { " class=\"tasks\"" } else { "" }, range.start);
        self.put("\n");
    }

    fn start_item(&mut self, range: Range<usize>) {
        self.end_leaf();
        let list = self.frames.last().map(|frame| frame.role);
        let Some(Role::List(tasks)) = list else { return self.enter_silent() };
        let task = self.task_at(0);
        if task.is_none() && tasks == Tasks::No {
            self.enter(Role::Markdown, "</li>\n", 1);
            return self.put_tag("<li", range.start);
        }
        self.enter(Role::Markdown, "</div></li>\n", 2);
        match task {
            Some(done) => {
                self.put(if done { "<li class=\"task done\">" } else { "<li class=\"task\">" });
                self.task_box(done, range.start);
            }
            None => self.put_tag("<li", range.start),
        }
        self.put("<div>");
    }

    /// Whether a task's box comes `index` events ahead, and is ticked.
    fn task_at(&mut self, index: usize) -> Option<bool> {
        match self.events.peek(index)?.0 {
            Event::TaskListMarker(done) => Some(done),
            Event::Start(Tag::Paragraph) => match self.events.peek(index + 1)?.0 {
                Event::TaskListMarker(done) => Some(done),
                _ => None,
            },
            _ => None,
        }
    }

    fn task_box(&mut self, done: bool, at: usize) {
        self.put("<input type=\"checkbox\" disabled");
        if done {
            self.put(" checked");
        }
        if let Some(line) = self.line_in_block(at) {
            self.put_line(line);
        }
        self.label = Some(Label::new(self.out.len()));
        self.put(">");
    }

    fn start_table(&mut self, columns: Vec<Alignment>, range: Range<usize>) {
        self.prepare_block(range.start);
        // Three more: the row group, the row, the cell.
        let fits = self.fits(5);
        let part = if fits { Part::Head } else { Part::Silent };
        self.table = Some(Table { columns, column: 0, part });
        if !fits {
            return self.enter_silent();
        }
        self.enter(Role::Markdown, "</table></div>\n", 2);
        // It scrolls sideways where it does not fit, so the keyboard must reach it; so must code.
        self.put_tag("<div class=\"table\" role=\"region\" aria-label=\"Table\" tabindex=\"0\"", range.start);
        self.put("<table>\n");
    }

    fn start_row(&mut self, range: Range<usize>, part: Part) {
        self.end_leaf();
        let Some(table) = self.table.as_mut().filter(|table| table.part != Part::Silent) else {
            return self.enter_silent();
        };
        let opens = if part == Part::Head { "<thead>\n" } else { "<tbody>\n" };
        let begins = part == Part::Head || table.part == Part::BetweenHeadAndBody;
        table.column = 0;
        table.part = part;
        if begins {
            self.put(opens);
        }
        self.enter(Role::Markdown, if part == Part::Head { "</tr>\n</thead>\n" } else { "</tr>\n" }, 2);
        self.put_tag("<tr", range.start);
    }

    fn start_cell(&mut self) {
        let Some(table) = self.table.as_mut().filter(|table| table.part != Part::Silent) else {
            self.push_text(" ", 0..0);
            return self.enter_silent();
        };
        let (name, close) = if table.part == Part::Head { ("<th", "</th>") } else { ("<td", "</td>") };
        let class = match table.columns.get(table.column) {
            Some(Alignment::Left) => " class=\"left\">",
            Some(Alignment::Center) => " class=\"center\">",
            Some(Alignment::Right) => " class=\"num\">",
            _ => ">",
        };
        table.column += 1;
        self.enter(Role::Cell, close, 1);
        self.put(name);
        self.put(class);
    }

    fn end_head(&mut self) {
        if let Some(table) = self.table.as_mut().filter(|table| table.part == Part::Head) {
            table.part = Part::BetweenHeadAndBody;
        }
    }

    fn end_body(&mut self) {
        if self.table.take().is_some_and(|table| table.part == Part::Body) {
            self.put("</tbody>\n");
        }
    }
}

/// The language in a fence's info string: `rust` of `rust,ignore` and of `rust {1,3}`.
fn language_name(info: &str) -> Option<&str> {
    let name = info.split(|char: char| char.is_whitespace() || matches!(char, ',' | '{' | ':')).next()?;
    let plain = name.chars().all(|char| char.is_alphanumeric() || matches!(char, '-' | '_' | '+' | '#' | '.'));
    (plain && !name.is_empty() && name.len() <= 32).then_some(name)
}
