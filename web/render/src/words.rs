//! Counting words as a reader would.

/// Counts the words of a text that comes in pieces.
#[derive(Default)]
pub(crate) struct Words {
    count: usize,
    inside: bool,
}

impl Words {
    pub(crate) fn count(&self) -> usize {
        self.count
    }

    /// The next piece; a word may go on from the piece before.
    pub(crate) fn push(&mut self, text: &str) {
        for char in text.chars() {
            if ideograph(char) {
                self.count += 1;
                self.inside = false;
            } else if char.is_alphanumeric() {
                self.count += usize::from(!self.inside);
                self.inside = true;
            } else if !matches!(char, '\'' | '’' | '-' | '.' | ',' | '_') {
                self.inside = false;
            }
        }
    }

    /// A word cannot go on across this point.
    pub(crate) fn end(&mut self) {
        self.inside = false;
    }
}

/// The text with its words one space apart.
pub(crate) fn squeeze(text: &str) -> String {
    let mut squeezed = String::new();
    for word in text.split_whitespace() {
        if !squeezed.is_empty() {
            crate::escape::put(&mut squeezed, " ");
        }
        crate::escape::put(&mut squeezed, word);
    }
    squeezed
}

/// Scripts written without spaces: every character counts.
fn ideograph(char: char) -> bool {
    matches!(char, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}
