//! Alerts: a quote that begins `[!NOTE]`, in any case, perhaps with a title of its own behind it.

use pulldown_cmark::{Event, Tag};

use crate::writer::{Role, Writer};

/// An alert about to be written.
pub(crate) struct Alert {
    pub(crate) kind: &'static Kind,
    at: usize,
    /// Where the first line goes on behind the marker.
    title_at: usize,
}

/// One kind of alert.
pub(crate) struct Kind {
    marker: &'static str,
    pub(crate) class: &'static str,
    title: &'static str,
}

static KINDS: &[Kind] = &[
    Kind { marker: "[!note]", class: "note", title: "Note" },
    Kind { marker: "[!tip]", class: "tip", title: "Tip" },
    Kind { marker: "[!important]", class: "important", title: "Important" },
    Kind { marker: "[!warning]", class: "warning", title: "Warning" },
    Kind { marker: "[!caution]", class: "caution", title: "Caution" },
];

/// Whether the quote that has just begun is an alert. Its marker must be text: `[!note](url)` is a link.
pub(crate) fn find(writer: &mut Writer<'_>) -> Option<Alert> {
    if !matches!(writer.events.peek(0)?.0, Event::Start(Tag::Paragraph)) {
        return None;
    }
    let (Event::Text(text), range) = writer.events.peek(1)? else { return None };
    let (starts, at) = (text.starts_with('['), range.start);
    let line = writer.text[at..].split('\n').next().unwrap_or_default();
    let marked = |kind: &&Kind| line.get(..kind.marker.len()).is_some_and(|it| it.eq_ignore_ascii_case(kind.marker));
    let kind = KINDS.iter().filter(|_| starts).find(marked)?;
    let rest = &line[kind.marker.len()..];
    let title = rest.trim_start();
    (title.is_empty() || title.len() < rest.len()).then(|| Alert { kind, at, title_at: at + line.len() - title.len() })
}

/// Begins the title and takes the marker's events away; without a title of its own the alert gets its kind's.
pub(crate) fn start_title(writer: &mut Writer<'_>, alert: &Alert) {
    writer.events.next();
    if writer.enter(Role::AlertTitle, "</p>\n", 1) {
        writer.put("<p class=\"alert-title\">");
    }
    while let Some((Event::Text(_), range)) = writer.events.peek(0)
        && range.start < alert.title_at
    {
        let Some((Event::Text(text), range)) = writer.events.next() else { return };
        if range.end > alert.title_at && text.len() == range.len() {
            writer.push_text(&text[alert.title_at - range.start..], alert.title_at..range.end);
            return;
        }
    }
    if matches!(writer.events.peek(0), Some((Event::SoftBreak | Event::HardBreak | Event::End(_), _)) | None) {
        writer.note(alert.kind.title.len() as u32, alert.at..alert.at + alert.kind.marker.len());
        writer.put(alert.kind.title);
    }
}
