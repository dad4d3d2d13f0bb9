//! One document, many clients, a few of them writing: the shape of a busy meeting.
//!
//! Prints, for each target, the latency from one client's send to another's receive, the server's processor time for
//! each delivered edit, its memory, and for Galley the time to a durable ack.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::time::{Duration, Instant};

use clap::Args;
use futures_util::{SinkExt, StreamExt};
use tokio::task::{JoinHandle, LocalSet};
use tokio::time::sleep_until;
use tokio_tungstenite::tungstenite::Message;

use crate::Error;
use crate::client::{ACK, Marker, Writer, connect, markers, receive, varuint};
use crate::measure::{Usage, median, quantile};
use crate::target::{Kind, OVERRIDES, Target};

/// What to run.
#[derive(Args, Clone, Debug)]
pub struct Plan {
    /// Sockets in the room.
    #[arg(long, default_value_t = 100)]
    clients: usize,
    /// How many of them write.
    #[arg(long, default_value_t = 10)]
    writers: usize,
    /// Edits a second of each writer.
    #[arg(long, default_value_t = 5)]
    rate: u32,
    /// How long they write.
    #[arg(long, default_value_t = 10)]
    seconds: u64,
    /// Pairs of runs: relay, Galley, relay, Galley...
    #[arg(long, default_value_t = 3)]
    runs: usize,
}

/// Time after the last edit in which stragglers may arrive.
const SETTLE: Duration = Duration::from_secs(2);

/// One run's figures.
struct Figures {
    delivered: usize,
    expected: usize,
    p50: Duration,
    p99: Duration,
    ack_p99: Option<Duration>,
    cpu_us_per_delivery: f64,
    resident_bytes: u64,
}

/// Runs the plan against both targets in turn and prints the table.
pub async fn run(plan: Plan) -> Result<(), Error> {
    println!("fan-out: {} clients, {} writers x {}/s, {} s", plan.clients, plan.writers, plan.rate, plan.seconds);
    println!("limits lifted: {}\n", OVERRIDES.join(" "));
    println!(
        "{:<8} {:>10} {:>9} {:>9} {:>9} {:>12} {:>9}",
        "target", "delivered", "p50 ms", "p99 ms", "ack p99", "cpu us/msg", "RSS MB"
    );
    let mut all: HashMap<&str, Vec<Figures>> = HashMap::new();
    for _ in 0..plan.runs {
        for (name, kind) in [("relay", Kind::Relay), ("galley", Kind::Galley)] {
            let figures = LocalSet::new().run_until(once(&plan, kind)).await?;
            print_row(name, &figures);
            if figures.delivered < figures.expected {
                return Err(format!("{name} delivered {} of {} edits", figures.delivered, figures.expected).into());
            }
            all.entry(name).or_default().push(figures);
        }
    }
    let ratio = |figure: fn(&Figures) -> f64| {
        let of = |name| median(all[name].iter().map(figure).collect());
        of("galley") / of("relay")
    };
    println!(
        "\ngalley / relay, medians: cpu {:.2}, p50 {:.2}, p99 {:.2}",
        ratio(|f| f.cpu_us_per_delivery),
        ratio(|f| f.p50.as_secs_f64()),
        ratio(|f| f.p99.as_secs_f64())
    );
    Ok(())
}

fn print_row(name: &str, figures: &Figures) {
    let ms = |duration: Duration| format!("{:.2}", duration.as_secs_f64() * 1e3);
    println!(
        "{:<8} {:>10} {:>9} {:>9} {:>9} {:>12.2} {:>9.1}",
        name,
        figures.delivered,
        ms(figures.p50),
        ms(figures.p99),
        figures.ack_p99.map_or("-".into(), ms),
        figures.cpu_us_per_delivery,
        figures.resident_bytes as f64 / 1e6,
    );
}

/// What all clients of one run write down.
#[derive(Default)]
struct Log {
    sent: HashMap<Marker, Instant>,
    latencies: Vec<Duration>,
    acks: Vec<Duration>,
}

async fn once(plan: &Plan, kind: Kind) -> Result<Figures, Error> {
    let target = Target::start(kind)?;
    let log = Rc::new(RefCell::new(Log::default()));
    let mut clients = Vec::new();
    let start = Instant::now() + Duration::from_millis(500) + Duration::from_millis(5) * plan.clients as u32;
    for id in 0..plan.clients {
        let socket = connect(&target).await?;
        let (sink, stream) = socket.split();
        let sent = Rc::new(RefCell::new(Vec::new()));
        clients.push(tokio::task::spawn_local(read(stream, log.clone(), sent.clone())));
        if id < plan.writers {
            clients.push(tokio::task::spawn_local(write(sink, id, plan.clone(), start, log.clone(), sent)));
        } else {
            // The sending half must live as long as the socket.
            clients.push(tokio::task::spawn_local(async move {
                let _sink = sink;
                std::future::pending().await
            }));
        }
    }
    sleep_until(start.into()).await;
    let before = Usage::of(target.pid()).ok_or("no /proc on this system")?;
    sleep_until((start + Duration::from_secs(plan.seconds) + SETTLE).into()).await;
    let after = Usage::of(target.pid()).ok_or("the server ended during the run")?;
    clients.iter().for_each(JoinHandle::abort);
    let mut log = log.take();
    let delivered = log.latencies.len();
    Ok(Figures {
        delivered,
        expected: log.sent.len() * (plan.clients - 1),
        p50: quantile(&mut log.latencies, 0.5),
        p99: quantile(&mut log.latencies, 0.99),
        ack_p99: (kind == Kind::Galley).then(|| quantile(&mut log.acks, 0.99)),
        cpu_us_per_delivery: (after.cpu - before.cpu).as_secs_f64() * 1e6 / delivered.max(1) as f64,
        resident_bytes: after.resident_bytes,
    })
}

async fn write(
    mut sink: impl SinkExt<Message> + Unpin,
    id: usize,
    plan: Plan,
    start: Instant,
    log: Rc<RefCell<Log>>,
    sent: Rc<RefCell<Vec<Instant>>>,
) {
    let mut writer = Writer::new(id);
    // The first write of a socket is its Step2; acks count it.
    sent.borrow_mut().push(Instant::now());
    sink.send(Message::binary(writer.hello())).await.ok();
    let gap = Duration::from_secs(1) / plan.rate;
    let mut at = start + gap * u32::try_from(id).unwrap_or(0) / u32::try_from(plan.writers).unwrap_or(1);
    while at < start + Duration::from_secs(plan.seconds) {
        sleep_until(at.into()).await;
        at += gap;
        let (message, marker) = writer.edit();
        let now = Instant::now();
        log.borrow_mut().sent.insert(marker, now);
        sent.borrow_mut().push(now);
        if sink.send(Message::binary(message)).await.is_err() {
            return;
        }
    }
    std::future::pending().await
}

async fn read(
    mut stream: impl StreamExt<Item = Result<Message, tokio_tungstenite::tungstenite::Error>> + Unpin,
    log: Rc<RefCell<Log>>,
    sent: Rc<RefCell<Vec<Instant>>>,
) {
    let mut acked = 0;
    while let Some(message) = receive(&mut stream).await {
        let now = Instant::now();
        let mut log = log.borrow_mut();
        for marker in markers(&message) {
            let latency = log.sent.get(&marker).map(|at| now - *at);
            log.latencies.extend(latency);
        }
        if let (Some(&ACK), Some((upto, _))) = (message.first(), message.get(1..).and_then(varuint)) {
            let sent = sent.borrow();
            let upto = usize::try_from(upto).unwrap_or(usize::MAX).min(sent.len());
            log.acks.extend(sent[acked..upto].iter().map(|at| now - *at));
            acked = acked.max(upto);
        }
    }
}
