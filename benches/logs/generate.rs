//! Logs as PM2 and its apps write them, of any size, the same for the same seed.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;

/// What a log holds.
#[derive(Clone, Copy)]
pub enum Kind {
    /// An error log with `log_date_format`: loggers, requests, JSON, now and then a stack.
    App,
    /// An error log of nothing but stacks.
    Stacks,
    /// `pm2.log` of a daemon with crash loops and reloads: every line is an event.
    Daemon,
}

/// The literals of which one is in every line that a signature can match, and those of stacks: 30 in all.
pub fn patterns(folder: &Path) -> PathBuf {
    std::fs::create_dir_all(folder).unwrap();
    let file = folder.join("patterns");
    std::fs::write(&file, PATTERNS.join("\n") + "\n").unwrap();
    file
}

const PATTERNS: [&str; 30] = [
    "listen EADDRINUSE",
    "bind EADDRINUSE",
    " EACCES",
    "ERR_SERVER_ALREADY_LISTEN",
    "ERR_SOCKET_BAD_PORT",
    "FATAL ERROR: ",
    "Cannot find module ",
    "Cannot find package ",
    "Unknown file extension ",
    "ERR_REQUIRE_",
    "Cannot use import statement outside a module",
    "bad option: ",
    "Starting inspector on ",
    "process.send is not a function",
    "fork is not a function",
    "MemoryStore is not",
    "Session ID unknown",
    "Converting circular structure to JSON",
    "Do not know how to serialize a BigInt",
    "ERR_IPC_CHANNEL_CLOSED",
    "You have triggered an unhandledRejection",
    "    at ",
    "] starting in -",
    "] online",
    "] exited with code [",
    "Stopping app:",
    " still alive after ",
    " had too many unstable restarts (",
    "-reload- New worker listening",
    " restarted because it exceeds --max-memory-restart",
];

/// Writes `bytes` of a log to `file`, unless it is there.
pub fn log(file: &Path, kind: Kind, bytes: u64, seed: u64) -> PathBuf {
    if file.metadata().is_ok_and(|metadata| metadata.len() >= bytes) {
        return file.to_owned();
    }
    let mut writer =
        Writer { out: BufWriter::with_capacity(1 << 20, File::create(file).unwrap()), left: bytes, seed, clock: 0 };
    while writer.left > 0 {
        match kind {
            Kind::App => writer.app(),
            Kind::Stacks => writer.stack("2026-03-01T10:00:00: "),
            Kind::Daemon => writer.daemon(),
        }
    }
    writer.out.flush().unwrap();
    file.to_owned()
}

/// `file` as logrotate packs it.
pub fn pack(file: &Path) -> PathBuf {
    let packed = file.with_extension("log.gz");
    let newer = |packed: &Path| Some(packed.metadata().ok()?.modified().ok()? > file.metadata().ok()?.modified().ok()?);
    if newer(&packed) != Some(true) {
        let mut encoder = GzEncoder::new(File::create(&packed).unwrap(), Compression::new(6));
        std::io::copy(&mut File::open(file).unwrap(), &mut encoder).unwrap();
        encoder.finish().unwrap();
    }
    packed
}

struct Writer {
    out: BufWriter<File>,
    left: u64,
    seed: u64,
    /// Milliseconds since the log began.
    clock: u64,
}

impl Writer {
    fn line(&mut self, line: &str) {
        self.out.write_all(line.as_bytes()).unwrap();
        self.out.write_all(b"\n").unwrap();
        self.left = self.left.saturating_sub(line.len() as u64 + 1);
    }

    /// A number below `limit` (xorshift).
    fn random(&mut self, limit: u64) -> u64 {
        self.seed ^= self.seed << 13;
        self.seed ^= self.seed >> 7;
        self.seed ^= self.seed << 17;
        self.seed % limit
    }

    fn now(&self) -> String {
        let (seconds, day) = (self.clock / 1000 % 86_400, self.clock / 86_400_000 % 28 + 1);
        let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        format!("2026-03-{day:02}T{hour:02}:{minute:02}:{second:02}")
    }

    fn app(&mut self) {
        self.clock += self.random(40);
        let (now, id, ms) = (self.now(), self.random(1_000_000), self.random(900));
        match self.random(250) {
            0 => self.stack(&format!("{now}: ")),
            1..=40 => {
                let time = 1_772_000_000_000 + self.clock;
                self.line(&format!(
                    r#"{now}: {{"level":30,"time":{time},"pid":4711,"hostname":"web-1","reqId":"req-{id:x}","req":{{"method":"GET","url":"/orders/{id}?page=2","remoteAddress":"10.0.3.{}"}},"res":{{"statusCode":200}},"responseTime":{ms}.25,"msg":"request completed"}}"#,
                    id % 250
                ));
            }
            41..=120 => self.line(&format!(
                r#"{now}: ::ffff:10.0.3.{} - - "POST /api/v2/carts/{id}/items HTTP/1.1" 201 {ms} "-" "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36""#,
                id % 250
            )),
            121..=150 => self.line(&format!("{now}: [warn] slow query {ms} ms: SELECT * FROM orders WHERE customer_id = {id} ORDER BY created_at DESC LIMIT 50")),
            151..=170 => self.line(&format!("{now}: WARN cache miss for key session:{id:08x}, falling back to the database")),
            171..=172 => self.line(&format!("{now}: payment {id} declined: Error: insufficient funds")),
            _ => self.line(&format!("{now}: info: order {id} accepted for customer {} in {ms} ms", id % 9973)),
        }
    }

    fn stack(&mut self, date: &str) {
        let (order, kind) = (self.random(100_000), self.random(4));
        let message = [
            format!("Error: order {order} could not be priced"),
            format!("TypeError: Cannot read properties of undefined (reading 'total') in order {order}"),
            "Error: connect ECONNREFUSED 10.0.0.7:5432".to_owned(),
            "Error: listen EADDRINUSE: address already in use :::3000".to_owned(),
        ];
        let line = kind * 17 + 12;
        self.line(&format!("{date}{}", message[kind as usize]));
        self.line(&format!("{date}    at price (/srv/api/src/orders/price.js:{line}:43)"));
        for frame in [
            "Layer.handle [as handle_request] (/srv/api/node_modules/express/lib/router/layer.js:95:5)",
            "next (/srv/api/node_modules/express/lib/router/route.js:149:13)",
            "Route.dispatch (/srv/api/node_modules/express/lib/router/route.js:119:3)",
            "/srv/api/node_modules/express/lib/router/index.js:284:15",
            "Function.process_params (/srv/api/node_modules/express/lib/router/index.js:346:12)",
            "process.processTicksAndRejections (node:internal/process/task_queues:95:5)",
        ] {
            self.line(&format!("{date}    at {frame}"));
        }
    }

    fn daemon(&mut self) {
        self.clock += 400 + self.random(4_000);
        let now = self.now();
        let (id, pid) = (self.random(8), self.random(30_000) + 1_000);
        let app = ["api", "worker", "orders-api"][(id % 3) as usize];
        let lines = if self.random(4) == 0 {
            vec![
                format!("App [{app}:{id}] starting in -cluster mode-"),
                format!("App [{app}:{id}] online"),
                "-reload- New worker listening".to_owned(),
                format!("Stopping app:{app} id:_old_{id}"),
                format!("App name:{app} id:_old_{id} disconnected"),
                format!("App [{app}:_old_{id}] exited with code [0] via signal [SIGINT]"),
                format!("pid={pid} msg=process tree killed (1 pids)"),
            ]
        } else {
            vec![
                format!("App name:{app} id:{id} disconnected"),
                format!("App [{app}:{id}] exited with code [1] via signal [SIGINT]"),
                format!("App [{app}:{id}] starting in -cluster mode-"),
                format!("App [{app}:{id}] online"),
            ]
        };
        for text in lines {
            self.line(&format!("{now}: PM2 log: {text}"));
        }
    }
}
