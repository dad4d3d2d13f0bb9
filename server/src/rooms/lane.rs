//! Which thread a room runs on next.
//!
//! Why: waking another thread costs as much as several writes to sockets, and most of what a light room does with an edit is
//! to write to sockets. It runs on the worker whose socket woke it, or on the one that ran it last.
//! Invariant: a room runs on one thread at a time; a heavy one runs only on threads for rooms, because everything else on a
//! worker waits for what runs there. Next: `post.rs`, the workers; `rooms/task.rs`.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_task::Runnable;
use tokio::runtime::Handle;
use tokio::sync::mpsc;

use super::Message;
use crate::clock;
use crate::post::Desk;

/// A room is light while no more is stored of it, and nobody sends it more at once.
const LIGHT_BYTES: usize = 128 << 10;
/// A batch that took longer than this makes it heavy,
const LONG: Duration = Duration::from_micros(500);
/// for so long.
const HEAVY_FOR: Duration = Duration::from_secs(5);

/// Where a room runs; clones are of one room. Heavy until it is weighed.
#[derive(Clone)]
pub(super) struct Lane(Arc<Shared>);

struct Shared {
    /// The room is heavy until then, by the monotonic clock.
    heavy_until_ms: AtomicU64,
    /// The worker that ran it last.
    home: Mutex<Option<Desk>>,
}

impl Lane {
    pub(super) fn new() -> Lane {
        Lane(Arc::new(Shared { heavy_until_ms: AtomicU64::new(u64::MAX), home: Mutex::default() }))
    }

    /// Runs a room until it ends or the engine does.
    pub(super) fn spawn(&self, engine: &Handle, room: impl Future<Output = ()> + Send + 'static) {
        let (lane, threads, runtime) = (self.clone(), engine.clone(), engine.clone());
        let room = async move {
            let mut room = pin!(room);
            poll_fn(move |cx| {
                let _its_clock_and_tasks = runtime.enter();
                room.as_mut().poll(cx)
            })
            .await;
        };
        let schedule = move |room| {
            if let Err(room) = lane.run_on_a_worker(room) {
                threads.spawn(async move { room.run() });
            }
        };
        let (runnable, task) = async_task::spawn(room, schedule);
        engine.spawn(task);
        runnable.schedule();
    }

    fn run_on_a_worker(&self, room: Runnable) -> Result<(), Runnable> {
        if self.0.heavy_until_ms.load(Ordering::Relaxed) > clock::monotonic_ms() {
            return Err(room);
        }
        let mut home = self.0.home.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(here) = Desk::here() {
            *home = Some(here);
        }
        let Some(worker) = home.clone() else { return Err(room) };
        drop(home);
        worker.run(room)
    }

    /// After a batch: what it cost, and how much is stored of the document.
    pub(super) fn weigh(&self, cost: Duration, stored: usize) {
        let until = match () {
            () if stored > LIGHT_BYTES => u64::MAX,
            () if cost > LONG => soon(),
            () if self.0.heavy_until_ms.load(Ordering::Relaxed) == u64::MAX => 0,
            () => return,
        };
        self.0.heavy_until_ms.store(until, Ordering::Relaxed);
    }

    /// Before so many bytes are sent to it at once.
    pub(super) fn expect(&self, bytes: usize) {
        if bytes > LIGHT_BYTES {
            self.0.heavy_until_ms.fetch_max(soon(), Ordering::Relaxed);
        }
    }
}

/// The way to a room.
#[derive(Clone)]
pub(super) struct Inbox {
    pub(super) messages: mpsc::Sender<Message>,
    pub(super) lane: Lane,
}

impl Inbox {
    /// Waits while it is full; the message comes back from a room that is gone.
    pub(super) async fn send(&self, message: Message) -> Result<(), Message> {
        if let Message::Frame { bytes, .. } = &message {
            self.lane.expect(bytes.len());
        }
        self.messages.send(message).await.map_err(|mpsc::error::SendError(message)| message)
    }
}

/// When a room that is heavy now may be light again.
fn soon() -> u64 {
    clock::monotonic_ms() + HEAVY_FOR.as_millis() as u64
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{self, Sender};
    use std::thread::ThreadId;

    use tokio::runtime::{Builder, Runtime};
    use tokio::sync::Notify;

    use super::*;
    use crate::line;
    use crate::post;

    fn engine() -> Runtime {
        Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime")
    }

    fn light() -> Lane {
        let lane = Lane::new();
        lane.weigh(Duration::ZERO, 0);
        lane
    }

    fn is_heavy(lane: &Lane) -> bool {
        lane.0.heavy_until_ms.load(Ordering::Relaxed) > clock::monotonic_ms()
    }

    #[test]
    fn sk48_a_room_is_heavy_by_what_is_stored_what_it_cost_and_what_it_is_sent() {
        assert!(is_heavy(&Lane::new()), "nobody has looked yet");
        assert!(!is_heavy(&light()));
        for (cost, stored) in [(LONG * 2, 0), (Duration::ZERO, LIGHT_BYTES + 1)] {
            let lane = light();
            lane.weigh(cost, stored);
            assert!(is_heavy(&lane), "{cost:?}, {stored} bytes");
        }
        let lane = light();
        lane.expect(LIGHT_BYTES);
        assert!(!is_heavy(&lane));
        lane.expect(LIGHT_BYTES + 1);
        lane.weigh(Duration::ZERO, 0);
        assert!(is_heavy(&lane), "what is sent is not taken yet");
    }

    /// Where a room runs that is woken here, once at a time.
    async fn ran_on(lane: &Lane, engine: &Runtime) -> ThreadId {
        let (ran, runs) = mpsc::channel();
        let (wake, ended) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let (woken, done) = (wake.clone(), ended.clone());
        lane.spawn(engine.handle(), async move {
            woken.notified().await;
            ran.send(std::thread::current().id()).ok();
            done.notify_one();
        });
        wake.notify_one();
        ended.notified().await;
        runs.recv().expect("it ran")
    }

    #[actix_web::test]
    async fn sk48_a_light_room_runs_on_the_worker_that_woke_it_and_a_heavy_one_does_not() {
        let engine = engine();
        let here = std::thread::current().id();
        assert_ne!(ran_on(&light(), &engine).await, here, "no sockets here yet");
        let (_address, _lodging) = post::lodge(line::Handle::default());
        assert_eq!(ran_on(&light(), &engine).await, here);
        assert_ne!(ran_on(&Lane::new(), &engine).await, here);
        engine.shutdown_background();
    }

    #[test]
    fn sk48_a_room_ends_with_the_engine() {
        struct Told(Sender<()>);
        impl Drop for Told {
            fn drop(&mut self) {
                self.0.send(()).ok();
            }
        }
        let (told, gone) = mpsc::channel();
        let engine = engine();
        let told = Told(told);
        light().spawn(engine.handle(), async move {
            let _until_it_ends = told;
            std::future::pending::<()>().await;
        });
        engine.shutdown_background();
        gone.recv_timeout(Duration::from_secs(10)).expect("it was let go");
    }
}
