//! Addresses between the files of an archive.
//!
//! Pure. Invariant: [`written`] needs no escaping wherever Markdown or HTML takes an address, and [`places`] gives it back.
//! Next: `plan.rs`, which looks the places up.

/// A relative address of a path, safe in Markdown (bare or in angle brackets) and in quotes of HTML.
pub fn written(path: &str) -> String {
    let mut address = String::with_capacity(path.len());
    for letter in path.chars() {
        if letter.is_alphanumeric() || "-_.~/".contains(letter) {
            address.push(letter);
        } else {
            let mut bytes = [0; 4];
            letter.encode_utf8(&mut bytes).bytes().for_each(|byte| address.push_str(&format!("%{byte:02X}")));
        }
    }
    address
}

/// An address without scheme or host, and what follows its path.
pub struct Local<'a> {
    /// Its path.
    pub path: &'a str,
    /// `#…` of it.
    pub fragment: &'a str,
}

/// The address, if it is of this archive's own site.
pub fn local(address: &str) -> Option<Local<'_>> {
    let colon = address.find(':').unwrap_or(usize::MAX);
    let has_scheme = colon < address.find(['/', '?', '#']).unwrap_or(usize::MAX);
    if has_scheme || address.starts_with("//") || address.starts_with('#') || address.is_empty() {
        return None;
    }
    let (rest, fragment) = address.split_at(address.find('#').unwrap_or(address.len()));
    let path = rest.split('?').next().unwrap_or_default();
    (!path.is_empty()).then_some(Local { path, fragment })
}

/// Folders that sites are made from and whose names are not in addresses.
const ROOTS: [&str; 4] = ["", "static", "public", "source"];

/// Where in the archive a file with this address may be, seen from the text at `from`; likeliest first.
pub fn places(address: &str, from: &str) -> Vec<String> {
    let Some(found) = local(address) else { return Vec::new() };
    let decoded = decoded(found.path);
    // As it is written last: a file's name may hold a percent sign, a question mark or a hash.
    let spellings = [decoded.as_deref(), Some(found.path), Some(address)];
    let mut places = Vec::new();
    let folders = above(from);
    for spelling in spellings.into_iter().flatten() {
        let spelling = spelling.replace('\\', "/");
        let folders = if spelling.starts_with('/') { folders.as_slice() } else { &folders[1..] };
        if !spelling.starts_with('/') {
            places.extend(joined(&above(from)[0], &spelling));
        }
        for folder in folders {
            places.extend(
                ROOTS.iter().filter_map(|root| joined(&joined(folder, root)?, spelling.trim_start_matches('/'))),
            );
        }
    }
    let mut seen = std::collections::HashSet::new();
    places.retain(|place| !place.is_empty() && seen.insert(place.clone()));
    places
}

/// Deepest folders looked through for one address.
const DEPTH_MAX: usize = 8;

/// The folder of a path and every one above it, the archive's own ("") last.
fn above(path: &str) -> Vec<String> {
    let mut folders: Vec<String> = path.match_indices('/').map(|(at, _)| path[..at].to_owned()).collect();
    folders.reverse();
    folders.truncate(DEPTH_MAX);
    folders.push(String::new());
    folders
}

/// A path below a folder, `.` and `..` followed; `None` if that leads out.
fn joined(folder: &str, path: &str) -> Option<String> {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}

/// With `%20` and the like read; `None` if that is not text.
pub fn decoded(path: &str) -> Option<String> {
    let bytes = path.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = |offset: usize| bytes.get(at + offset).and_then(|byte| char::from(*byte).to_digit(16));
        match (bytes[at], hex(1), hex(2)) {
            (b'%', Some(high), Some(low)) => {
                out.push((high * 16 + low) as u8);
                at += 3;
            }
            (byte, ..) => {
                out.push(byte);
                at += 1;
            }
        }
    }
    String::from_utf8(out).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ar5_an_address_is_looked_for_where_its_writer_meant() {
        let first = |address: &str, from: &str| places(address, from).first().cloned().unwrap_or_default();
        assert_eq!(first("img/a.png", "post.md"), "img/a.png");
        assert_eq!(first("../img/a%20b.png?raw=1#x", "posts/post.md"), "img/a b.png");
        assert_eq!(first("./a.png", "x/y/post.md"), "x/y/a.png");
        assert_eq!(first("img\\a.png", "x/post.md"), "x/img/a.png");
        assert!(places("/assets/a.png", "blog/_posts/p.md").contains(&"blog/assets/a.png".into()));
        assert!(places("/img/a.png", "blog/content/p.md").contains(&"blog/static/img/a.png".into()));
        assert!(places("a%20b.png", "p.md").contains(&"a%20b.png".into()));
        for foreign in ["https://x.org/a.png", "//x.org/a", "#top", "mailto:a@b", "", "data:image/png;base64,x", "?x"] {
            assert_eq!(places(foreign, "p.md"), Vec::<String>::new(), "{foreign}");
        }
    }

    #[test]
    fn ar5_no_address_leads_out_of_the_archive() {
        for address in ["../../../../etc/passwd", "..%2f..%2fetc/passwd", "..\\..\\x", "/../x", "a/../../../x"] {
            for place in places(address, "a/p.md") {
                assert!(!place.starts_with('/') && !place.split('/').any(|part| part == ".."), "{address} {place}");
            }
        }
    }

    #[test]
    fn ar5_what_is_written_is_found_again() {
        for path in ["a b/c (1).png", "é/日本 🦊#?.pdf", "100%.png", "<\"'&>.txt", "a:b.png"] {
            let address = written(path);
            assert!(!address.contains(|letter: char| " ()<>\"'&#?:\\*`[]!".contains(letter)), "{address}");
            assert_eq!(places(&address, "p.md").first().map(String::as_str), Some(path));
        }
    }
}
