//! A text with its notes in it, for tools that know nothing of Galley: CriticMarkup or footnotes.
//!
//! Pure: text, threads and where they are go in, Markdown comes out. Invariant: without the marks it is the text, byte
//! for byte; what people wrote in notes stays words and never becomes markup; code and front matter are not written
//! into, their marks stand behind them. Next: `http/export.rs`, which gathers what goes in.

use std::ops::Range;

/// A note with everything that was said about it.
pub struct Thread {
    /// Where its passage is, in bytes of the text; `None`: detached.
    pub place: Option<Range<usize>>,
    /// The words it was written about.
    pub quote: String,
    /// Whether it is resolved.
    pub resolved: bool,
    /// The note and its replies.
    pub said: Vec<Said>,
}

/// What somebody said.
pub struct Said {
    /// Their name.
    pub name: String,
    /// On which day, as `2026-11-26`.
    pub day: String,
    /// Plain text.
    pub body: String,
}

/// `{==passage==}{>>Name: body<<}`, a comment for each thing said; the detached stand at the end.
pub fn critic_markup(text: &str, threads: &[Thread]) -> String {
    let mut marks = Marks::new(text);
    let mut detached = String::new();
    for thread in threads {
        let comments: String = thread.said.iter().map(|said| comment(said, thread.resolved)).collect();
        match &thread.place {
            Some(place) => marks.around(place, "{==", "==}", &comments),
            None => {
                detached.push_str(&format!("\n\n{{>>About “{}”, which is gone:<<}}{comments}", inside(&thread.quote)))
            }
        }
    }
    ended(marks.written(), &detached)
}

/// `[^note-1]` behind each passage, and what was said as footnotes; the detached are named at the end.
pub fn footnotes(text: &str, threads: &[Thread]) -> String {
    let label = free_label(text);
    let mut marks = Marks::new(text);
    let (mut detached, mut definitions) = (String::new(), String::new());
    for (number, thread) in threads.iter().enumerate() {
        let reference = format!("[^{label}-{}]", number + 1);
        match &thread.place {
            Some(place) => marks.behind(place.end, &reference),
            None => detached.push_str(&format!("\n\nAbout “{}”, which is gone: {reference}", escaped(&thread.quote))),
        }
        definitions.push_str(&format!("\n\n{reference}: {}", footnote(thread)));
    }
    ended(marks.written(), &[detached, definitions].concat())
}

fn ended(text: String, more: &str) -> String {
    match more.is_empty() {
        true => text,
        false => format!("{}{more}\n", text.trim_end_matches('\n')),
    }
}

fn comment(said: &Said, resolved: bool) -> String {
    let resolved = if resolved { " (resolved)" } else { "" };
    format!("{{>>{}{resolved}: {}<<}}", inside(&said.name), inside(&said.body))
}

/// In one line, so that a comment never ends a paragraph or a table's row, and without what would end the comment.
fn inside(words: &str) -> String {
    let line = words.split_whitespace().collect::<Vec<_>>().join(" ");
    line.replace("<<}", "<< }").replace("{>>", "{ >>").replace('|', "\\|")
}

fn footnote(thread: &Thread) -> String {
    let said = thread.said.iter().map(|Said { name, day, body }| {
        let body = body.lines().map(escaped).collect::<Vec<_>>().join("  \n    ");
        format!("**{}**, {day}: {body}", escaped(name))
    });
    let resolved = if thread.resolved { "\n\n    *Resolved.*" } else { "" };
    said.collect::<Vec<_>>().join("\n\n    ") + resolved
}

/// As Markdown that reads as exactly these words.
fn escaped(words: &str) -> String {
    let line = words.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut out = String::with_capacity(line.len());
    for letter in line.chars() {
        // Also in the middle of a line: an address must not become a link, nor a number a list.
        if letter.is_ascii_punctuation() && !",;?!'\"()%".contains(letter) {
            out.push('\\');
        }
        out.push(letter);
    }
    out
}

/// A label no footnote of the text has.
fn free_label(text: &str) -> String {
    let labels = std::iter::once("note".to_owned()).chain((2..).map(|n| format!("note{n}")));
    labels.into_iter().find(|label| !text.contains(&format!("[^{label}-"))).unwrap_or_default()
}

/// Marks to be written into a text.
struct Marks<'t> {
    text: &'t str,
    /// Where nothing may be written into: code, raw HTML and front matter.
    verbatim: Vec<Range<usize>>,
    /// The end of the last passage that is marked as a whole.
    marked: usize,
    inserted: Vec<(usize, String)>,
}

impl<'t> Marks<'t> {
    fn new(text: &'t str) -> Marks<'t> {
        Marks { text, verbatim: verbatim(text), marked: 0, inserted: Vec::new() }
    }

    /// Marks a passage, with a comment behind it. One that overlaps another, or spans what cannot be marked, has only
    /// the comment. Call in the order of passages.
    fn around(&mut self, place: &Range<usize>, open: &str, close: &str, comment: &str) {
        let spans = self.text[place.clone()].contains('\n');
        let inside = self.verbatim.iter().any(|other| other.start < place.end && place.start < other.end);
        if spans || inside || place.start < self.marked {
            return self.behind(place.end, comment);
        }
        self.marked = place.end;
        self.inserted.push((place.start, open.to_owned()));
        self.behind(place.end, &[close, comment].concat());
    }

    fn behind(&mut self, at: usize, mark: &str) {
        let verbatim = self.verbatim.iter().find(|range| range.start < at && at <= range.end);
        match verbatim.map(|range| range.end) {
            Some(end) => self.inserted.push((end, format!("\n{mark}\n"))),
            None => self.inserted.push((at, mark.to_owned())),
        }
    }

    fn written(mut self) -> String {
        self.inserted.sort_by_key(|(at, _)| *at);
        let mut out = String::with_capacity(self.text.len() * 2);
        let mut from = 0;
        for (at, mark) in &self.inserted {
            out.push_str(&self.text[from..*at]);
            out.push_str(mark);
            from = *at;
        }
        out + &self.text[from..]
    }
}

/// The lines of front matter, code and raw HTML.
fn verbatim(text: &str) -> Vec<Range<usize>> {
    let starts: Vec<usize> = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
    let at = |line: u32| starts.get(line as usize).copied().unwrap_or(text.len());
    let html = crate::rendered::html(text);
    let mut ranges = Vec::new();
    let first = html.blocks().next().map_or(text.len(), |block| at(block.line));
    if text.starts_with("---\n") && first > 0 {
        ranges.push(0..first);
    }
    let kept = html.blocks().filter(|block| block.html.contains("<pre") || text[at(block.line)..].starts_with('<'));
    ranges.extend(kept.map(|block| at(block.line)..at(block.line + block.lines)));
    ranges
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(name: &str, body: &str) -> Said {
        Said { name: name.into(), day: "2026-11-26".into(), body: body.into() }
    }

    fn thread(text: &str, quote: &str, bodies: &[&str]) -> Thread {
        let place = text.find(quote).map(|at| at..at + quote.len());
        Thread {
            place,
            quote: quote.into(),
            resolved: false,
            said: bodies.iter().map(|body| said("Ama", body)).collect(),
        }
    }

    const TEXT: &str = "---\ntitle: A post\n---\n\nOne sentence, another.\n\n```rs\nlet code = 1;\n```\n\nThe end.\n";

    #[test]
    fn nt12_a_passage_is_marked_and_everything_said_stands_behind_it() {
        let out = critic_markup(TEXT, &[thread(TEXT, "One sentence", &["why\n\none?", "just so"])]);
        assert!(out.contains("{==One sentence==}{>>Ama: why one?<<}{>>Ama: just so<<}, another."), "{out}");
    }

    #[test]
    fn nt12_code_and_front_matter_are_not_written_into() {
        let threads = [thread(TEXT, "A post", &["title"]), thread(TEXT, "let code", &["code"])];
        for out in [critic_markup(TEXT, &threads), footnotes(TEXT, &threads)] {
            assert!(out.starts_with("---\ntitle: A post\n---\n"), "{out}");
            assert!(out.contains("```rs\nlet code = 1;\n```\n"), "{out}");
        }
    }

    #[test]
    fn nt12_what_was_said_stays_words() {
        let hostile = "<<} {>> <script>alert(1)</script> [x](javascript:alert(1)) # h\n```\n| cell | https://x.org";
        let threads = [thread(TEXT, "The end", &[hostile])];
        let critic = critic_markup(TEXT, &threads);
        assert_eq!(critic.matches("<<}").count(), 1, "{critic}");
        let notes = footnotes(TEXT, &threads);
        let page = crate::rendered::html(&notes);
        let made = ["<script", "<h1", "<table", "href=\"javascript"];
        assert!(made.iter().all(|markup| !page.body().contains(markup)), "{}", page.body());
        assert!(page.body().contains("&lt;script&gt;"), "{}", page.body());
    }

    #[test]
    fn nt12_overlapping_and_detached_notes_are_there_too() {
        let text = "One two three four.\n";
        let mut threads = vec![
            thread(text, "One two three", &["a"]),
            thread(text, "two three four", &["b"]),
            thread(text, "gone", &["c"]),
        ];
        threads[1].resolved = true;
        let critic = critic_markup(text, &threads);
        assert_eq!(
            critic,
            "{==One two three==}{>>Ama: a<<} four{>>Ama (resolved): b<<}.\n\n{>>About “gone”, which is gone:<<}{>>Ama: c<<}\n"
        );
        let notes = footnotes(&format!("{text}\n[^note-1]: mine\n"), &threads);
        assert!(notes.starts_with("One two three[^note2-1] four[^note2-2].\n"), "{notes}");
        assert!(
            notes.contains("[^note2-3]: **Ama**, 2026\\-11\\-26: c")
                || notes.contains("[^note2-3]: **Ama**, 2026-11-26: c")
        );
        assert_eq!(critic_markup(text, &[]), text, "without notes it is the text");
        assert_eq!(footnotes(text, &[]), text);
    }
}
