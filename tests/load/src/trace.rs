//! LO6: a recorded day of typing as single updates at full speed, with a second client following.
//!
//! The updates are what a Y.Doc makes of the keystrokes (`keystrokes.rs`), encoded before the clock runs. A last edit with a name nobody else
//! uses says to the follower that all is there; whether it really is, is looked at after the clock has stopped.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::{Duration, Instant};

use flate2::read::GzDecoder;
use serde_json::Value;
use tokio::task::spawn_local;
use tokio::time::timeout;
use yrs::updates::decoder::Decode;
use yrs::{GetString, Transact, Update};

use crate::Error;
use crate::dialect::{Dialect, Heard};
use crate::figures::{Figures, name, ours};
use crate::keystrokes::Keystrokes;
use crate::measure::Usage;
use crate::tab::Tab;
use crate::target::{Kind, Setting, Target};
use crate::wire::framed;

/// What is typed last.
const LAST: &str = "[the end of the trace]";
/// Written to the socket at once.
const PIECE_BYTES: usize = 64 * 1024;
/// A server that takes longer than this is not waited for.
const PATIENCE: Duration = Duration::from_secs(60);

/// Keystrokes, each as the update it makes.
pub struct Trace {
    /// In order.
    pub updates: Vec<Vec<u8>>,
    /// What they come to.
    pub text: String,
}

impl Trace {
    /// Reads a recorded session, up to so many keystrokes.
    pub fn read(file: &Path, most: usize) -> Result<Trace, Error> {
        let mut keystrokes = Keystrokes::new(uuid::Uuid::new_v4().as_fields().0.max(1));
        let mut updates = Vec::new();
        for (at, deleted, inserted) in patches(file, most)? {
            updates.push(keystrokes.patch(at, deleted, &inserted));
        }
        updates.push(keystrokes.patch(keystrokes.len(), 0, LAST));
        Ok(Trace { updates, text: keystrokes.text() })
    }

    /// One of `tests/traces`.
    pub fn named(name: &str) -> PathBuf {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        here.with_file_name("traces").join(format!("{name}.json.gz"))
    }
}

/// Position, how many deleted, what inserted; positions count code points, and none of the recorded characters is more than
/// one UTF-16 unit.
pub fn patches(file: &Path, most: usize) -> Result<Vec<(usize, usize, String)>, Error> {
    let mut json = String::new();
    let packed = std::fs::File::open(file).map_err(|error| format!("{}: {error}", file.display()))?;
    GzDecoder::new(packed).read_to_string(&mut json)?;
    let recorded: Value = serde_json::from_str(&json)?;
    let transactions = recorded["txns"].as_array().into_iter().flatten();
    let patches = transactions.filter_map(|transaction| transaction["patches"].as_array()).flatten();
    let patch = |patch: &Value| {
        let number = |index: usize| patch[index].as_u64().and_then(|number| usize::try_from(number).ok());
        Some((number(0)?, number(1)?, patch[2].as_str()?.to_owned()))
    };
    patches.take(most).map(|recorded| patch(recorded).ok_or_else(|| "not a patch".into())).collect()
}

/// The text that updates come to.
pub fn text(updates: &[&[u8]]) -> Result<String, Error> {
    let doc = peer::new_doc();
    let content = doc.get_or_insert_text("content");
    let mut transaction = doc.transact_mut();
    for update in updates {
        transaction.apply_update(Update::decode_v1(update)?)?;
    }
    Ok(content.get_string(&transaction))
}

/// From the first byte to the last edit's arrival, and to its ack.
pub async fn run(kind: Kind, setting: &Setting, trace: &Trace) -> Result<Figures, Error> {
    let target = Target::start(kind, setting)?;
    let place = Rc::new(target.document("")?);
    let (mut follower, _) = Tab::join(&target, &place).await?;
    let (mut writer, _) = Tab::join(&target, &place).await?;
    let edits = trace.updates.len();
    let pieces = pieces(&place.dialect, &trace.updates);
    let hand = writer.hand.clone();
    let (before, before_ours, begun) = (target.usage()?, Usage::alone().unwrap_or_default(), Instant::now());
    let sending = async {
        for piece in &pieces {
            hand.line.send_framed(piece).await?;
        }
        Ok::<(), std::io::Error>(())
    };
    let all = async {
        // What a server echoes must be read, or it would wait for us.
        let settled = async {
            match place.dialect == Dialect::Galley {
                true => acked(&mut writer, edits, begun).await.map(Some),
                false => {
                    spawn_local(async move { while writer.hear(|_| {}).await {} });
                    Ok(None)
                }
            }
        };
        tokio::try_join!(async { Ok(sending.await?) }, settled, follow(&mut follower, begun))
    };
    let ((), durable, (replicated, heard)) =
        timeout(PATIENCE, all).await.map_err(|_| format!("not replicated within {} s", PATIENCE.as_secs()))??;
    let whole = replicated.max(durable.unwrap_or_default());
    let busy = target.usage()?.since(before);
    let ours = ours(before_ours, whole);
    let heard: Vec<&[u8]> = heard.iter().map(Vec::as_slice).collect();
    if text(&heard)? != trace.text {
        return Err("the follower has not the text that was typed".into());
    }
    if kind.keeps() {
        let (_, state) = Tab::join(&target, &place).await?;
        if text(&[&state])? != trace.text {
            return Err("the document has not the text that was typed".into());
        }
    }
    let mut figures = Figures::default();
    figures.add(name::RATE, edits as f64 / whole.as_secs_f64());
    figures.add("replicated s", replicated.as_secs_f64());
    if let Some(durable) = durable {
        figures.add("durable s", durable.as_secs_f64());
    }
    figures.add(name::CPU_EDIT, busy.as_secs_f64() * 1e6 / edits as f64);
    figures.add(name::PSS, target.memory()?.pss as f64 / 1e6);
    if kind.keeps() {
        figures.add(name::DISK, target.disk_bytes() as f64 / edits as f64);
    }
    figures.add(name::OURS, ours);
    Ok(figures)
}

/// Types everything at full speed; returns when it is durable.
pub async fn type_all(tab: &mut Tab, updates: &[Vec<u8>]) -> Result<(), Error> {
    let pieces = pieces(&tab.hand.place.dialect, updates);
    let line = tab.hand.line.clone();
    let sending = async {
        for piece in &pieces {
            line.send_framed(piece).await?;
        }
        Ok::<(), Error>(())
    };
    let all = async { tokio::try_join!(sending, acked(tab, updates.len(), Instant::now())) };
    timeout(PATIENCE, all).await.map_err(|_| "what was typed is not durable in time")??;
    Ok(())
}

fn pieces(dialect: &Dialect, updates: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let mut pieces = vec![Vec::new()];
    for update in updates {
        let Some(last) = pieces.last_mut() else { continue };
        framed(&dialect.update(update), last);
        if last.len() >= PIECE_BYTES {
            pieces.push(Vec::new());
        }
    }
    pieces
}

/// Reads what the writer is told until all its edits are durable.
async fn acked(writer: &mut Tab, edits: usize, begun: Instant) -> Result<Duration, Error> {
    // The answer to the server's Step1 is a write too, and it may come first.
    let (mut acked, mut refused, writes) = (0, None, writer.hand.writes.clone());
    while acked < edits + writes.borrow().len() {
        let open = writer.hear(|heard| match heard {
            Heard::Ack(upto) => acked = usize::try_from(upto).unwrap_or(usize::MAX),
            Heard::Nack(code) => refused = Some(code),
            _ => {}
        });
        if !open.await {
            return Err("the writer's socket ended".into());
        }
        if let Some(code) = refused {
            return Err(format!("an edit was refused with code {code}, after {acked}").into());
        }
    }
    Ok(begun.elapsed())
}

/// Reads until the last edit is here; when, and everything that came.
async fn follow(follower: &mut Tab, begun: Instant) -> Result<(Duration, Vec<Vec<u8>>), Error> {
    let (mut heard_all, mut here) = (Vec::new(), false);
    while !here {
        let open = follower.hear(|heard| {
            if let Heard::Update(update) | Heard::Step2(update) = heard {
                here |= is_last(update);
                heard_all.push(update.to_vec());
            }
        });
        if !open.await && !here {
            return Err("the follower's socket ended".into());
        }
    }
    Ok((begun.elapsed(), heard_all))
}

/// Whether the last edit is in these bytes.
pub fn is_last(update: &[u8]) -> bool {
    contains(update, LAST.as_bytes())
}

/// Searches for the first byte only where it is rare.
fn contains(bytes: &[u8], wanted: &[u8]) -> bool {
    let mut rest = bytes;
    while let Some(at) = rest.iter().position(|byte| *byte == wanted[0]) {
        if rest[at..].starts_with(wanted) {
            return true;
        }
        rest = &rest[at + 1..];
    }
    false
}
