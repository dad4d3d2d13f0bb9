//! The browser's door: three functions over the module's memory, without generated glue.
//!
//! The page calls `alloc(n)`, writes the text's UTF-8 there and calls `update(pointer, n, bytes written)`, which
//! takes the buffer back. What comes is the answer's address in the high and its length in the low 32 bits; the
//! page reads the answer and hands it to `dealloc`.
//!
//! The answer, little-endian. In u32: from, removed, number inserted, words, number of blocks, number of new maps, the
//! byte lengths of title, lang and dir (`0xffff_ffff` for none); the start line of every block; where every block
//! begins in the source; the byte length of every inserted block (0: the old one stays); every new map: its block's
//! number, the length of the block's text, the number of runs, and each run's text, length of text, source, length of
//! source. Then title, lang, dir and the inserted blocks as UTF-8, and a byte: 1 if the full build would show more,
//! else 0. Places in texts are UTF-16 units. The module has one renderer: a page that shows two documents makes two instances.
#![allow(unsafe_code)]

use std::cell::RefCell;

use crate::{Renderer, Splice};

thread_local! {
    static RENDERER: RefCell<Renderer> = RefCell::default();
}

/// A buffer of `len` bytes for the page to write into.
#[unsafe(no_mangle)]
pub extern "C" fn alloc(len: usize) -> *mut u8 {
    Box::into_raw(vec![0_u8; len].into_boxed_slice()).cast()
}

/// Takes back a buffer from [`alloc`] or an answer from [`update`].
///
/// # Safety
/// `pointer` and `len` must be those of one buffer that was handed out and not taken back yet.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dealloc(pointer: *mut u8, len: usize) {
    // SAFETY: the caller hands back what `alloc` or `update` made by `Box::into_raw`, with its length.
    drop(unsafe { Box::from_raw(std::ptr::slice_from_raw_parts_mut(pointer, len)) });
}

/// Renders the text of which the first `used` bytes of the buffer hold the UTF-8; takes the buffer back.
///
/// # Safety
/// As for [`dealloc`]; `used <= len`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn update(pointer: *mut u8, len: usize, used: usize) -> u64 {
    // SAFETY: as in `dealloc`.
    let buffer = unsafe { Box::from_raw(std::ptr::slice_from_raw_parts_mut(pointer, len)) };
    // `encodeInto` writes nothing but UTF-8; another caller's bytes that are not are no text.
    let text = std::str::from_utf8(&buffer[..used.min(len)]).unwrap_or_default();
    let splice = RENDERER.with_borrow_mut(|renderer| renderer.update(text));
    let answer = encode(&splice).into_boxed_slice();
    let len = answer.len() as u64;
    let pointer = Box::into_raw(answer).cast::<u8>() as usize as u64;
    pointer << 32 | len
}

fn encode(splice: &Splice) -> Vec<u8> {
    let texts = [splice.title.as_deref(), splice.front.lang.as_deref(), splice.front.dir.map(crate::Dir::as_str)];
    let mut answer = Vec::new();
    let mut put = |number: usize| answer.extend_from_slice(&(number as u32).to_le_bytes());
    put(splice.from);
    put(splice.removed);
    put(splice.inserted.len());
    put(splice.words);
    put(splice.lines.len());
    put(splice.maps.len());
    for text in texts {
        put(text.map_or(u32::MAX as usize, str::len));
    }
    for &place in splice.lines.iter().chain(&splice.sources) {
        put(place as usize);
    }
    for html in &splice.inserted {
        put(html.len());
    }
    for (block, map) in &splice.maps {
        put(*block);
        put(map.text_len as usize);
        put(map.runs.len());
        for run in &map.runs {
            for place in [run.text, run.text_len, run.source, run.source_len] {
                put(place as usize);
            }
        }
    }
    for text in texts.into_iter().flatten().chain(splice.inserted.iter().map(String::as_str)) {
        answer.extend_from_slice(text.as_bytes());
    }
    answer.push(splice.needs_full.into());
    answer
}
