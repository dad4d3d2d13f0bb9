//! The one thread that writes: takes a group, writes it, syncs once, then acknowledges in order.
//!
//! While one group syncs, the next gathers. Who writes alone never waits for company; where several write at once, syncs begin
//! at least [`PACE`] apart, because a sync costs the processor more than the writes in it. Compactions and erasures sync several times and go alone,
//! and so do cuts, which see only what is durable.
//! Invariants: an outcome is told only after the sync that covers it; the first failure of a write, flush or fsync
//! is the last thing this thread does, because a second fsync may claim success for pages the kernel threw away.
//! Next: `disk.rs` for the steps of a write, `sled.rs` for who submits.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::disk::{Disk, Trouble};
use crate::StoreError;
use crate::op::{Answer, Op, Outcome, Reply, lock};

/// Most operations in one group.
const GROUP_OPS_MAX: usize = 4096;
/// A group takes no further operation once it holds this much.
const GROUP_BYTES_MAX: usize = 1 << 20;
/// Most bytes waiting; beyond it a write is refused with `Busy`.
pub(crate) const QUEUE_BYTES_MAX: usize = 512 << 20;
/// From one sync to the next, once a group had more than one write.
const PACE: Duration = Duration::from_millis(6);
/// How many of the latest fsync times [`Figures`] keeps.
const SYNC_TIMES_KEPT: usize = 1024;

/// What the committer has done since the store was opened.
#[derive(Clone, Debug, Default)]
pub struct Figures {
    /// Groups made durable.
    pub groups: u64,
    /// Writes in them.
    pub writes: u64,
    /// How long the latest fsyncs took, oldest first.
    pub syncs: VecDeque<Duration>,
}

/// The committer as the store holds it.
#[derive(Debug)]
pub(crate) struct Committer {
    shared: Arc<Shared>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

#[derive(Debug, Default)]
struct Shared {
    queue: Mutex<Queue>,
    ready: Condvar,
    figures: Mutex<Figures>,
}

#[derive(Default)]
struct Queue {
    waiting: VecDeque<Job>,
    bytes: usize,
    /// The thread sleeps until it is told.
    idle: bool,
    door: Door,
}

impl std::fmt::Debug for Queue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} writes, {} bytes, {:?}", self.waiting.len(), self.bytes, self.door)
    }
}

#[derive(Clone, Debug, Default, PartialEq)]
enum Door {
    #[default]
    Open,
    Closed,
    Failed(StoreError),
}

impl Door {
    fn refusal(&self) -> Option<StoreError> {
        match self {
            Door::Open => None,
            Door::Closed => Some(StoreError::Closed),
            Door::Failed(error) => Some(error.clone()),
        }
    }
}

struct Job {
    op: Op,
    answer: Answer,
}

impl Committer {
    pub(crate) fn start(disk: Disk) -> std::io::Result<Self> {
        let shared = Arc::new(Shared::default());
        let theirs = shared.clone();
        let thread = std::thread::Builder::new().name("storage-committer".into()).spawn(move || theirs.run(disk))?;
        Ok(Committer { shared, thread: Mutex::new(Some(thread)) })
    }

    pub(crate) fn submit(&self, op: Op) -> Reply {
        let (answer, reply) = Reply::pair();
        self.shared.enqueue(Job { op, answer });
        reply
    }

    /// Lets in nothing more and waits until everything before is settled. Blocks.
    pub(crate) fn close(&self) -> Result<(), StoreError> {
        let mut queue = lock(&self.shared.queue);
        if queue.door == Door::Open {
            queue.door = Door::Closed;
        }
        drop(queue);
        self.shared.ready.notify_one();
        let thread = lock(&self.thread).take();
        // A panic was caught inside and has become the door's error.
        let _ = thread.map(JoinHandle::join);
        match &lock(&self.shared.queue).door {
            Door::Failed(error) => Err(error.clone()),
            Door::Open | Door::Closed => Ok(()),
        }
    }

    /// Why writes are refused, if they are.
    pub(crate) fn refusal(&self) -> Option<StoreError> {
        lock(&self.shared.queue).door.refusal()
    }

    pub(crate) fn figures(&self) -> Figures {
        lock(&self.shared.figures).clone()
    }
}

impl Shared {
    fn enqueue(&self, job: Job) {
        let mut queue = lock(&self.queue);
        let bytes = job.op.bytes();
        let full = queue.bytes + bytes > QUEUE_BYTES_MAX;
        if let Some(refusal) = queue.door.refusal().or(full.then_some(StoreError::Busy)) {
            answer(job.answer, Err(refusal));
            return;
        }
        queue.bytes += bytes;
        queue.waiting.push_back(job);
        let idle = std::mem::take(&mut queue.idle);
        drop(queue);
        if idle {
            self.ready.notify_one();
        }
    }

    fn run(&self, mut disk: Disk) {
        let finished = catch_unwind(AssertUnwindSafe(|| {
            let mut free = Instant::now();
            while let Some(group) = self.next_group(free) {
                if group.len() > 1 {
                    free = Instant::now() + PACE;
                }
                self.commit(&mut disk, group)?;
            }
            disk.sync().map(drop)
        }));
        let failure = match finished {
            Ok(Ok(())) => return,
            Ok(Err(error)) => error,
            Err(_) => StoreError::Io("the committer panicked: this is a bug in Galley".into()),
        };
        tracing::error!(%failure, "storage takes no more writes");
        let mut queue = lock(&self.queue);
        queue.door = Door::Failed(failure.clone());
        queue.bytes = 0;
        for job in queue.waiting.drain(..) {
            answer(job.answer, Err(failure.clone()));
        }
    }

    /// Waits for work, and if there is some, until it is time. `None` once the door is closed and nothing waits.
    fn next_group(&self, free: Instant) -> Option<Vec<Job>> {
        let mut queue = lock(&self.queue);
        while queue.waiting.is_empty() {
            if queue.door != Door::Open {
                return None;
            }
            queue.idle = true;
            queue = self.ready.wait(queue).unwrap_or_else(std::sync::PoisonError::into_inner);
        }
        queue.idle = false;
        let early = free.saturating_duration_since(Instant::now());
        if !early.is_zero() && queue.door == Door::Open && queue.bytes < GROUP_BYTES_MAX {
            drop(queue);
            std::thread::sleep(early);
            queue = lock(&self.queue);
        }
        let (mut group, mut bytes) = (Vec::new(), 0);
        while let Some(job) = queue.waiting.front() {
            let alone = matches!(job.op, Op::Compact { .. } | Op::Erase { .. } | Op::Cut | Op::Release);
            let full = group.len() == GROUP_OPS_MAX || bytes >= GROUP_BYTES_MAX;
            if !group.is_empty() && (alone || full) {
                break;
            }
            bytes += job.op.bytes();
            group.extend(queue.waiting.pop_front());
            if alone {
                break;
            }
        }
        queue.bytes -= group.iter().map(|job| job.op.bytes()).sum::<usize>();
        Some(group)
    }

    /// Writes and syncs a group, then tells each its outcome. An error is the disk's, and final.
    fn commit(&self, disk: &mut Disk, group: Vec<Job>) -> Result<(), StoreError> {
        let (ops, answers): (Vec<_>, Vec<_>) = group.into_iter().map(|job| (job.op, job.answer)).unzip();
        match self.make_durable(disk, ops) {
            Ok(outcomes) => {
                // Before the answers: who hears "durable" may load at once and must see it.
                lock(&disk.trees.unsettled).clear();
                answers.into_iter().zip(outcomes).for_each(|(to, outcome)| answer(to, outcome));
                Ok(())
            }
            Err(error) => {
                // The door first: who hears of the failure must find it closed.
                lock(&self.queue).door = Door::Failed(error.clone());
                answers.into_iter().for_each(|to| answer(to, Err(error.clone())));
                Err(error)
            }
        }
    }

    fn make_durable(&self, disk: &mut Disk, ops: Vec<Op>) -> Result<Vec<Outcome>, StoreError> {
        let nothing_to_sync = ops.iter().all(|op| matches!(op, Op::Barrier | Op::Cut | Op::Release));
        let mut outcomes = Vec::with_capacity(ops.len());
        for op in ops {
            outcomes.push(match disk.write(op) {
                Ok(done) => Ok(done),
                Err(Trouble::Refused(error)) => Err(error),
                Err(Trouble::Disk(error)) => return Err(error),
            });
        }
        if !nothing_to_sync {
            let time = disk.sync()?;
            self.count(outcomes.len(), time);
        }
        Ok(outcomes)
    }

    fn count(&self, writes: usize, sync: Duration) {
        let mut figures = lock(&self.figures);
        figures.groups += 1;
        figures.writes += writes as u64;
        if figures.syncs.len() == SYNC_TIMES_KEPT {
            figures.syncs.pop_front();
        }
        figures.syncs.push_back(sync);
    }
}

fn answer(to: Answer, outcome: Outcome) {
    // The asker may have stopped waiting; the write stands all the same.
    let _ = to.send(outcome);
}
