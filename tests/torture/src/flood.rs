//! TO12: one signed-in client that sends as fast as the line takes it: the others' edits arrive as before, memory stays, and the
//! client is slowed down or closed.
//!
//! Each case is one kind of message, in turn; meetings with and without the flood alternate on one server with the limits
//! people have. Invariant: a client that is closed comes back at once, so there is a flood for as long as there is a meeting.
//! Next: `meeting.rs` for what is measured.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use peer::{Person, connect, message};
use tokio::sync::watch;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};

use crate::meeting::{HELLO, Meeting, Plan, Socket, median, resident};
use crate::rng::Rng;
use crate::run::{Run, Skipped, Tally};
use crate::server::{self, Server};
use crate::writers::runtime;

/// What a meeting beside a flood may take against one without.
const RATIO: f64 = 1.5;
/// What a flood may cost beside what memory moves by itself.
const MEMORY: u64 = 64 << 20;

/// Sockets of one person; the limits are those people have.
const SOCKETS: usize = 10;

/// What is sent over and over.
#[derive(Clone, Copy, Debug)]
enum Kind {
    Updates,
    Step2,
    Awareness,
    Step1,
    /// The same without ever reading an answer.
    Step1Deaf,
    Query,
    Garbage,
    Text,
    Pings,
    Fragments,
    Tiny,
    Big,
    Packed,
}

const KINDS: [Kind; 13] = [
    Kind::Updates,
    Kind::Step2,
    Kind::Awareness,
    Kind::Step1,
    Kind::Step1Deaf,
    Kind::Query,
    Kind::Garbage,
    Kind::Text,
    Kind::Pings,
    Kind::Fragments,
    Kind::Tiny,
    Kind::Big,
    Kind::Packed,
];

pub fn run(run: &mut Run, tally: &mut Tally) -> Result<(), Skipped> {
    let (rounds, plan) = match run.small {
        true => (1, plan(6, Duration::from_millis(300))),
        false => (5, plan(30, Duration::from_secs(4))),
    };
    let server = started(run).map_err(Skipped)?;
    let person = server.person("ada");
    let runtime = runtime();
    let (mut worst, mut memory, mut closed) = ((0.0, Kind::Updates), 0, 0);
    while let Some(seed) = run.next() {
        let kind = KINDS[(seed % KINDS.len() as u64) as usize];
        let ended = runtime.block_on(async {
            let mut pairs = Vec::new();
            for round in 0..rounds {
                let without = meet(&person, plan, None).await?.0;
                let before = resident(server.pid()).unwrap_or(0);
                let (with, ended) = meet(&person, plan, Some((kind, seed + round))).await?;
                memory = memory.max(resident(server.pid()).unwrap_or(0).saturating_sub(before));
                closed += ended;
                pairs.push(with.as_secs_f64() / without.as_secs_f64().max(1e-6));
            }
            Ok::<f64, String>(median(pairs))
        });
        match ended {
            Ok(_) if memory > MEMORY => {
                tally.failed(seed, format!("a flood of {kind:?} cost {} MiB", memory >> 20));
                return Ok(());
            }
            Ok(ratio) if ratio > RATIO && !run.small => {
                tally.failed(seed, format!("beside a flood of {kind:?} the others waited {ratio:.2} times as long"));
            }
            Ok(ratio) => {
                tally.case(rounds);
                worst = if ratio > worst.0 { (ratio, kind) } else { worst };
            }
            Err(why) => tally.failed(seed, format!("beside a flood of {kind:?}: {why}")),
        }
    }
    tally.figure("worst p99 with / without", format!("{:.2} ({:?})", worst.0, worst.1));
    tally.figure("most memory", format!("{} MiB", memory >> 20));
    tally.figure("connections ended by the server", closed.to_string());
    Ok(())
}

fn plan(people: usize, length: Duration) -> Plan {
    Plan { people, writers: 4, pace: Duration::from_millis(100), length }
}

fn started(run: &Run) -> Result<Server, String> {
    Server::run(&mut server::command(&run.galley, &run.folder("flood")))
}

/// A meeting, and beside it a flood; how often that was ended by the server.
async fn meet(person: &Person, plan: Plan, flood: Option<(Kind, u64)>) -> Result<(Duration, u64), String> {
    let document = person.document(&"A line to be asked for again and again. \n".repeat(2_000));
    let link = person.link(&document, "edit");
    let guests: Vec<Person> = (0..plan.people.div_ceil(SOCKETS)).map(|_| Person::by_link(&person.url, &link)).collect();
    let meeting = Meeting::gather(&guests, &document, plan).await?;
    let (stop, stopped) = watch::channel(());
    let flooding = flood.map(|(kind, seed)| {
        let (person, document) = (person.clone(), document.clone());
        // A thread of its own: what it costs this program must not cost the meeting.
        std::thread::spawn(move || {
            let alone =
                tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|e| e.to_string())?;
            alone.block_on(pour(&person, &document, kind, Rng::new(seed), stopped))
        })
    });
    let p99 = meeting.hold().await;
    drop(stop);
    let ended = match flooding {
        Some(flooding) => flooding.join().map_err(|_| "the flood panicked".to_owned())??,
        None => 0,
    };
    Ok((p99?, ended))
}

/// Sends until told to stop, on a new connection whenever one is closed; how many were.
async fn pour(
    person: &Person,
    document: &str,
    kind: Kind,
    mut rng: Rng,
    mut stopped: watch::Receiver<()>,
) -> Result<u64, String> {
    let path = format!("/sync/{document}");
    let mut ended = 0;
    let mut socket = connect(person, &path, true).await.map_err(|error| error.to_string())?;
    loop {
        tokio::select! {
            () = pour_into(socket, kind, &mut rng) => ended += 1,
            _ = stopped.changed() => return Ok(ended),
        }
        socket = loop {
            tokio::select! {
                again = connect(person, &path, true) => if let Ok(socket) = again { break socket },
                _ = stopped.changed() => return Ok(ended),
            }
        };
    }
}

/// Sends until closed.
async fn pour_into(socket: Socket, kind: Kind, rng: &mut Rng) {
    let (mut sink, mut reader) = socket.split();
    let mut doc = peer::Typist::default();
    let sending = async {
        sink.send(Message::binary(HELLO.to_vec())).await.ok();
        let mut first = true;
        loop {
            let next = thing(kind, rng, &mut doc, std::mem::take(&mut first));
            // Flushed only now and then, as a flood would.
            let sent = if rng.chance(5) { sink.send(next).await } else { sink.feed(next).await };
            if sent.is_err() {
                return;
            }
            tokio::task::yield_now().await;
        }
    };
    let reading = async {
        if matches!(kind, Kind::Step1Deaf) {
            std::future::pending::<()>().await;
        }
        while let Some(Ok(_)) = reader.next().await {}
    };
    tokio::select! {
        () = sending => {}
        () = reading => {}
    }
}

fn thing(kind: Kind, rng: &mut Rng, doc: &mut peer::Typist, first: bool) -> Message {
    let bytes = |len: u64, rng: &mut Rng| (0..len).map(|_| rng.next() as u8).collect::<Vec<u8>>();
    match kind {
        Kind::Updates => Message::binary(message(&[0, 2], &doc.types("flood "))),
        Kind::Step2 => Message::binary(message(&[0, 1], &doc.all())),
        Kind::Awareness => {
            let state = format!("{{\"cursor\":{}}}", rng.next());
            // One client, a clock, a state.
            let inner = [&[1, 7, (rng.below(100) as u8)][..], &message(&[], state.as_bytes())].concat();
            Message::binary(message(&[1], &inner))
        }
        Kind::Step1 | Kind::Step1Deaf => Message::binary(HELLO.to_vec()),
        Kind::Query => Message::binary(vec![3]),
        Kind::Garbage => {
            let len = rng.between(1, 200);
            Message::binary(bytes(len, rng))
        }
        Kind::Text => Message::text("not a binary frame"),
        Kind::Pings => Message::Ping(bytes(64, rng).into()),
        Kind::Fragments => {
            let data = if first { Data::Binary } else { Data::Continue };
            Message::Frame(Frame::message(vec![0; 16], OpCode::Data(data), false))
        }
        Kind::Tiny => Message::binary(Vec::new()),
        Kind::Big => Message::binary(message(&[0, 1], &bytes(1 << 20, rng))),
        Kind::Packed => Message::binary([&[121, 1][..], &message(&[], &bytes(4_096, rng))].concat()),
    }
}
