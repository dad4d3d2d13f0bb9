//! Words that may stand only in certain places: the edges of the pure core, of the network, of the page.

use super::blank::{Keep, blank};
use super::{File, Tree, Violation};

/// A word, where it may not stand, and the reason.
struct Ban {
    words: &'static [&'static str],
    /// Files the ban looks at.
    within: fn(&File) -> bool,
    /// Paths (or folders, ending in `/`) that may use the word.
    except: &'static [&'static str],
    keep: Keep,
    why: &'static str,
}

const BANS: [Ban; 8] = [
    Ban {
        words: &[
            "Instant",
            "SystemTime",
            "std::fs",
            "std::env",
            "std::thread",
            "std::net",
            "std::process",
            "std::io",
            "async fn",
            "tokio",
            "now_v7",
            "new_v4",
            "thread_rng",
        ],
        within: |file| file.path.starts_with("server/room/src/") && is_rust(file) && !file.is_test(),
        except: &[],
        keep: Keep::Code,
        why: "the room is pure: time, bytes and seeds come in as arguments",
    },
    Ban {
        words: &["std::env", "env::var", "env::vars", "env::args"],
        within: |file| is_rust(file) && !file.is_test(),
        except: &["server/src/config.rs"],
        keep: Keep::Code,
        why: "only server/src/config.rs reads the environment",
    },
    Ban {
        words: &["WebSocket(", "fetch(", "XMLHttpRequest", "EventSource(", "sendBeacon("],
        within: |file| is_page(file) && !file.is_test(),
        except: &["web/src/session/", "web/src/preview/rendering.ts", "web/src/sw.ts"],
        keep: Keep::Code,
        why: "only web/src/session, preview/rendering.ts and sw.ts talk to the network",
    },
    Ban {
        words: &["innerHTML", "outerHTML", "insertAdjacentHTML", "dangerouslySetInnerHTML", "document.write"],
        within: |file| is_page(file) && !file.is_test(),
        except: &["web/src/preview/patch.ts"],
        keep: Keep::Code,
        why: "only preview/patch.ts puts HTML into the page",
    },
    Ban {
        words: &["\"yjs\"", "\"y-protocols", "\"y-codemirror"],
        within: |file| file.path.starts_with("web/src/ui/") && is_page(file),
        except: &[],
        keep: Keep::Strings,
        why: "components get values and callbacks, never a Y.Doc",
    },
    Ban {
        words: &[concat!("TO", "DO"), concat!("FIX", "ME")],
        within: |file| is_rust(file) || is_page(file) || file.path.starts_with("tests/"),
        except: &[],
        keep: Keep::Strings,
        why: "do it, or write an issue",
    },
    Ban {
        words: &["waitForTimeout(", "test.only(", "it.only(", "describe.only("],
        within: |file| file.is_test() && (file.path.ends_with(".ts") || file.path.ends_with(".tsx")),
        except: &[],
        keep: Keep::Code,
        why: "a test waits for a condition, and all tests run",
    },
    Ban {
        words: &[" as any", ": any", "<any>", "any[]", "@ts-ignore", "@ts-nocheck"],
        within: |file| file.path.ends_with(".ts") || file.path.ends_with(".tsx"),
        except: &[],
        keep: Keep::Code,
        why: "TypeScript is strict here: give it a type",
    },
];

/// Banned words and literal colours.
pub fn check(tree: &Tree) -> Vec<Violation> {
    let banned =
        BANS.iter().flat_map(|ban| tree.files.iter().filter(|file| (ban.within)(file)).flat_map(|file| ban.find(file)));
    banned.chain(tree.with(&["css", "ts", "tsx"]).flat_map(colours)).collect()
}

fn is_rust(file: &File) -> bool {
    file.path.ends_with(".rs")
}

fn is_page(file: &File) -> bool {
    file.path.starts_with("web/src/") && (file.path.ends_with(".ts") || file.path.ends_with(".tsx"))
}

impl Ban {
    fn find(&self, file: &File) -> Vec<Violation> {
        if self.except.iter().any(|path| file.path == *path || (path.ends_with('/') && file.path.starts_with(path))) {
            return Vec::new();
        }
        let text = shipped(&file.path, blank(&file.path, &file.text, self.keep));
        let mut violations = Vec::new();
        for (number, line) in text.lines().enumerate() {
            for word in self.words.iter().filter(|word| stands(line, word)) {
                violations.push(file.violation(number + 1, format!("`{}`: {}", word.trim(), self.why)));
            }
        }
        violations
    }
}

/// Rust without the `#[cfg(test)]` module at its end.
fn shipped(path: &str, code: String) -> String {
    match code.find("#[cfg(test)]\nmod tests {") {
        Some(at) if path.ends_with(".rs") => code[..at].to_owned(),
        _ => code,
    }
}

/// Whether a word stands in a line on its own: not as part of a longer name.
fn stands(line: &str, word: &str) -> bool {
    let part = |character: Option<char>| character.is_some_and(|c| c.is_alphanumeric() || c == '_');
    let (head, tail) = (part(word.chars().next()), part(word.chars().last()));
    line.match_indices(word).any(|(at, _)| {
        let longer_before = head && part(line[..at].chars().next_back());
        let longer_after = tail && part(line[at + word.len()..].chars().next());
        !longer_before && !longer_after
    })
}

/// Colours written out where a token belongs.
fn colours(file: &File) -> Vec<Violation> {
    const FUNCTIONS: [&str; 8] = ["rgb(", "rgba(", "hsl(", "hsla(", "oklch(", "oklab(", "lab(", "hwb("];
    if !file.path.starts_with("web/src/") || file.path.ends_with("tokens.css") || file.is_test() {
        return Vec::new();
    }
    let text = blank(&file.path, &file.text, Keep::Strings);
    let found = text.lines().enumerate().filter_map(|(number, line)| {
        let function = FUNCTIONS.iter().find(|function| stands(line, function)).map(|name| (*name).to_owned());
        function.or_else(|| hex_colour(line, file.path.ends_with(".css"))).map(|colour| (number, colour))
    });
    let what = |colour| format!("`{colour}`: a colour has a name in tokens.css");
    found.map(|(number, colour)| file.violation(number + 1, what(colour))).collect()
}

/// `#rgb` to `#rrggbbaa`: a CSS value, or inside a TypeScript string.
fn hex_colour(line: &str, css: bool) -> Option<String> {
    for (at, _) in line.match_indices('#') {
        let before = &line[..at];
        let is_value = if css { before.contains(':') } else { before.contains(['"', '\'', '`']) };
        let digits: String = line[at + 1..].chars().take_while(char::is_ascii_alphanumeric).collect();
        let is_hex = digits.chars().all(|c| c.is_ascii_hexdigit()) && [3, 4, 6, 8].contains(&digits.len());
        let is_name = line[at + 1 + digits.len()..].starts_with(['-', '_', '(']);
        if is_value && is_hex && !is_name && !before.ends_with(['.', '&', '/']) {
            return Some(format!("#{digits}"));
        }
    }
    None
}
