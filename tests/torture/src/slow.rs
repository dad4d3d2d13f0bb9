//! TO11: people who stop reading: nobody else notices, they cost little memory, they are closed in time, and they can come back.
//!
//! Meetings with and without them alternate on one server. Each stuck one has a small receive buffer and asks for the text
//! until the system takes no more for it, so that what follows waits in the server. Next: `meeting.rs` for what is measured.

use std::time::{Duration, Instant};

use futures_util::SinkExt;
use peer::{Peer, Person, new_doc};
use tokio::net::TcpSocket;
use tokio::time::sleep;
use tokio_tungstenite::MaybeTlsStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

use crate::meeting::{HELLO, Meeting, Plan, Socket, median, resident};
use crate::rng::Rng;
use crate::run::{Run, Skipped, Tally};
use crate::server::{self, Server};
use crate::writers::runtime;

/// What a meeting with stuck people may take against one without.
const RATIO: f64 = 1.2;
/// What one stuck person may cost, and what memory moves by itself.
const PER_STUCK: u64 = 1 << 20;
const NOISE: u64 = 48 << 20;
/// The limit `lag` of the server under test, and how much later its clock and ours may find it over.
const LAG: Duration = Duration::from_secs(3);
const LAG_SMALL: Duration = Duration::from_secs(1);
const LATE: Duration = Duration::from_secs(20);

pub fn run(run: &mut Run, tally: &mut Tally) -> Result<(), Skipped> {
    let (people, rounds, length) = match run.small {
        true => (12, 1, Duration::from_millis(500)),
        false => (100, 5, Duration::from_secs(4)),
    };
    let server = started(run).map_err(Skipped)?;
    let person = server.person("ada");
    let runtime = runtime();
    let (mut ratios, mut most) = (Vec::new(), 0);
    while let Some(seed) = run.next() {
        let stuck = Rng::new(seed).between(1, 20).min(people as u64 / 4) as usize;
        let plan = Plan { people: people - stuck, writers: people / 10, pace: Duration::from_millis(200), length };
        let case = Case { lag: lag(run), person: &person, pid: server.pid(), plan, stuck };
        let ended = runtime.block_on(async {
            let mut pairs = Vec::new();
            for _ in 0..rounds {
                let without = case.without().await?;
                let with = case.with().await?;
                most = most.max(with.memory / stuck as u64);
                pairs.push(with.p99.as_secs_f64() / without.as_secs_f64().max(1e-6));
            }
            Ok::<f64, String>(median(pairs))
        });
        match ended {
            Ok(ratio) if ratio > RATIO && !run.small => {
                tally
                    .failed(seed, format!("with {stuck} stuck of {people} the others waited {ratio:.2} times as long"));
            }
            Ok(ratio) => {
                tally.case((rounds * stuck) as u64);
                ratios.push(ratio);
            }
            Err(why) => tally.failed(seed, why),
        }
    }
    tally.figure("p99 with / without stuck", format!("{:.2}", median(ratios)));
    tally.figure("memory per stuck", format!("{} KiB", most >> 10));
    Ok(())
}

fn started(run: &Run) -> Result<Server, String> {
    let mut command = server::command(&run.galley, &run.folder("slow"));
    let lag = format!("lag={}", lag(run).as_secs());
    for limit in ["connections_per_person=100000", "connections_per_address=100000", &lag] {
        command.args(["--limit", limit]);
    }
    Server::run(&mut command)
}

fn lag(run: &Run) -> Duration {
    if run.small { LAG_SMALL } else { LAG }
}

struct Case<'a> {
    lag: Duration,
    person: &'a Person,
    pid: u32,
    plan: Plan,
    stuck: usize,
}

struct With {
    p99: Duration,
    memory: u64,
}

impl Case<'_> {
    fn document(&self) -> String {
        self.person.document(&"A line that many people will have to load before they can write. \n".repeat(4_000))
    }

    async fn without(&self) -> Result<Duration, String> {
        Meeting::gather(std::slice::from_ref(self.person), &self.document(), self.plan).await?.hold().await
    }

    async fn with(&self) -> Result<With, String> {
        let document = self.document();
        let meeting = Meeting::gather(std::slice::from_ref(self.person), &document, self.plan).await?;
        let (before, sockets) = (resident(self.pid).unwrap_or(0), descriptors(self.pid));
        let mut stuck = Vec::new();
        for _ in 0..self.stuck {
            stuck.push(stop_reading(self.person, &document).await?);
        }
        let since = Instant::now();
        let p99 = meeting.hold().await?;
        let memory = resident(self.pid).unwrap_or(0).saturating_sub(before);
        if memory > self.stuck as u64 * PER_STUCK + NOISE {
            return Err(format!("{} stuck people cost {} MiB", self.stuck, memory >> 20));
        }
        // The meeting is over and its sockets are gone; so must be those of people who never said goodbye.
        while descriptors(self.pid) > sockets.saturating_sub(self.plan.people) {
            if since.elapsed() > self.lag + LATE {
                return Err("somebody who did not read was not closed".into());
            }
            sleep(Duration::from_millis(50)).await;
        }
        drop(stuck);
        let mut back = Peer::open(self.person, &document, true, new_doc()).await.map_err(|error| error.to_string())?;
        let text = self.person.text(&document);
        let caught_up = back.wait(|peer| peer.content() == text);
        match tokio::time::timeout(peer::DEADLINE, caught_up).await {
            Ok(true) => Ok(With { p99, memory }),
            _ => Err("somebody who came back did not catch up".into()),
        }
    }
}

/// Open files and sockets of a process; zero where the system has no `/proc`.
fn descriptors(pid: u32) -> usize {
    std::fs::read_dir(format!("/proc/{pid}/fd")).map_or(0, Iterator::count)
}

/// Somebody who asks for the text and reads nothing of it.
async fn stop_reading(person: &Person, document: &str) -> Result<Socket, String> {
    let words = |error: &dyn std::fmt::Display| format!("a stuck client could not connect: {error}");
    let url = format!("{}/sync/{document}", person.url.trim_end_matches('/').replacen("http", "ws", 1));
    let mut request = url.into_client_request().map_err(|error| words(&error))?;
    for (name, value) in [("origin", &person.url), ("cookie", &person.cookie)] {
        request.headers_mut().insert(name, value.trim_end_matches('/').parse().map_err(|error| words(&error))?);
    }
    let port = request.uri().port_u16().ok_or("the server's URL has no port")?;
    let socket = TcpSocket::new_v4().map_err(|error| words(&error))?;
    socket.set_recv_buffer_size(4_096).map_err(|error| words(&error))?;
    let stream = socket.connect(([127, 0, 0, 1], port).into()).await.map_err(|error| words(&error))?;
    let stream = MaybeTlsStream::Plain(stream);
    let (mut socket, _) = tokio_tungstenite::client_async(request, stream).await.map_err(|error| words(&error))?;
    for _ in 0..40 {
        socket.send(Message::binary(HELLO.to_vec())).await.map_err(|error| words(&error))?;
        sleep(Duration::from_millis(5)).await;
    }
    Ok(socket)
}
