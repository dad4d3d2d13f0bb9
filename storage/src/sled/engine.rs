//! sled behind one door, so that its panics stay inside: it asserts its way through damaged files, and unwraps the last fsync
//! of a log it lets go of.
//!
//! Invariant: whatever sled meets, the caller gets a value or an [`sled::Error`], and nothing is printed that Galley does not
//! say better. Next: `open.rs`.

use std::any::Any;
use std::cell::Cell;
use std::io;
use std::ops::Deref;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Once;

thread_local! {
    /// Whether a panic of this thread is about to be caught here.
    static CAUGHT: Cell<bool> = const { Cell::new(false) };
}

/// How sled panicked.
#[derive(Debug)]
pub(crate) enum Panicked {
    /// Over an answer of the disk.
    Io(io::Error),
    /// Over what it read.
    Damage,
}

/// An open database. Dropped after every tree of it, it is let go of in silence.
pub(crate) struct Engine(Option<sled::Db>);

impl Engine {
    pub(crate) fn open(config: &sled::Config) -> Result<sled::Result<Engine>, Panicked> {
        caught(|| config.open().map(|db| Engine(Some(db))))
    }
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("sled")
    }
}

impl Deref for Engine {
    type Target = sled::Db;

    fn deref(&self) -> &sled::Db {
        self.0.as_ref().expect("only taken when dropped")
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        let db = self.0.take();
        if let Err(cause) = caught(|| drop(db)) {
            // Nothing rests on this fsync: what was acknowledged was synced before it was.
            tracing::debug!(?cause, "sled could not sync its log when it was let go of");
        }
    }
}

/// Runs what may panic inside sled. The panic is not printed: who asked says what it means.
pub(crate) fn caught<T>(work: impl FnOnce() -> T) -> Result<T, Panicked> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let loud = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if !CAUGHT.get() {
                loud(panic);
            }
        }));
    });
    let before = CAUGHT.replace(true);
    let done = catch_unwind(AssertUnwindSafe(work));
    CAUGHT.set(before);
    done.map_err(|panic| told(&*panic))
}

/// `unwrap` writes the error it found as `Os { code: 5, .. }`.
fn told(panic: &(dyn Any + Send)) -> Panicked {
    let text = panic.downcast_ref::<String>().map(String::as_str).unwrap_or_default();
    let code = text.split_once("Os { code: ").and_then(|(_, rest)| rest.split(',').next()?.parse().ok());
    code.map_or(Panicked::Damage, |code| Panicked::Io(io::Error::from_raw_os_error(code)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn st33_a_panic_over_the_disk_is_told_from_one_over_damage() {
        let refused = || Err::<(), _>(io::Error::from_raw_os_error(5));
        let Err(Panicked::Io(error)) = caught(|| refused().expect("it is well")) else { panic!("it is the disk's") };
        assert_eq!(error.raw_os_error(), Some(5));
        assert!(matches!(caught(|| panic!("assertion failed: a lie")), Err::<(), _>(Panicked::Damage)));
        assert_eq!(caught(|| 7).ok(), Some(7));
    }
}
