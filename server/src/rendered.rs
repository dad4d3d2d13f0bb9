//! The one door to the renderer: a text that it cannot take is shown as it is.
//!
//! Invariant: no text ends a request or a room, whatever the renderer makes of it. Next: `web/render`.

use std::panic::catch_unwind;

use render::{Html, Options};

use crate::metrics::{Crashed, crashed};

/// A text that says this crashes the renderer, in a test.
#[cfg(debug_assertions)]
pub const CRASHES: &str = "a text that crashes the renderer of a test";

/// The text as HTML; plain, if the renderer panics over it.
pub fn html(text: &str) -> Html {
    let rendered = catch_unwind(|| {
        #[cfg(debug_assertions)]
        assert!(!text.contains(CRASHES), "a test wants this");
        render::render(text, &Options::default())
    });
    rendered.unwrap_or_else(|_| {
        crashed(Crashed::Render);
        tracing::error!(bytes = text.len(), "the renderer crashed over a text; it is shown as it is");
        render::plain(text)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pg81_a_text_the_renderer_cannot_take_is_shown_as_it_is() {
        let text = format!("# {CRASHES}\n<script>alert(1)</script>\n");
        let shown = html(&text);
        assert!(shown.body().contains("# a text that crashes") && shown.body().contains("&lt;script&gt;"));
        assert_eq!(shown.title(), None);
        assert!(html("# fine").body().contains("<h1"));
    }
}
