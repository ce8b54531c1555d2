//! A child process under measurement: start, wait until ready, read its use of the machine, end.

use std::{
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use super::{
    Outcome,
    client::{Connection, Request},
};

/// The kernel counts processor time in hundredths of a second towards user space.
const TICKS_PER_SECOND: f64 = 100.0;

/// A server that ends with this value.
pub struct Server {
    child: Child,
    pub address: SocketAddr,
    /// From the start of the process to its first ready answer.
    pub ready_after: Duration,
}

impl Server {
    /// Starts a command and waits, at most 30 s, until `path` answers 200. Its output goes to
    /// the log file, whose end is quoted when it fails.
    pub async fn start(mut command: Command, address: SocketAddr, path: &str, log: &Path) -> Outcome<Self> {
        let file = std::fs::File::create(log)?;
        command.stdin(Stdio::null()).stdout(file.try_clone()?).stderr(file);
        let begun = Instant::now();
        let child = command.spawn().map_err(|error| format!("{}: {error}", command.get_program().display()))?;
        let mut server = Self { child, address, ready_after: Duration::ZERO };
        let request = Request::get(path);
        while begun.elapsed() < Duration::from_secs(30) {
            if let Some(status) = server.child.try_wait()? {
                return Err(format!("the server ended at once ({status}):\n{}", tail(log)).into());
            }
            if Connection::new(address).call(&request).await.is_ok_and(|answer| answer.status == 200) {
                server.ready_after = begun.elapsed();
                return Ok(server);
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        Err(format!("the server was not ready within 30 s:\n{}", tail(log)).into())
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Lets the process stand still until the value is dropped.
    pub fn pause(&self) -> Outcome<Paused<'_>> {
        self.signal("STOP")?;
        Ok(Paused(self))
    }

    fn signal(&self, name: &str) -> std::io::Result<std::process::ExitStatus> {
        let command = format!("kill -{name} {}", self.child.id());
        Command::new("sh").args(["-c", &command]).stderr(Stdio::null()).status()
    }

    /// Asks the process to stop, and insists after ten seconds.
    pub fn stop(mut self) {
        self.end();
    }

    fn end(&mut self) {
        if !matches!(self.child.try_wait(), Ok(None)) {
            return;
        }
        let asked = self.signal("TERM");
        let begun = Instant::now();
        while asked.is_ok() && begun.elapsed() < Duration::from_secs(10) {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.end();
    }
}

/// A process that stands still.
pub struct Paused<'a>(&'a Server);

impl Drop for Paused<'_> {
    fn drop(&mut self) {
        drop(self.0.signal("CONT"));
    }
}

fn tail(log: &Path) -> String {
    let text = std::fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    lines.get(lines.len().saturating_sub(20)..).unwrap_or_default().join("\n")
}

/// A loopback address that was free a moment ago.
pub fn free_address() -> Outcome<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

/// Processor seconds, user and system, that a process has used.
pub fn cpu_seconds(pid: u32) -> Outcome<f64> {
    cpu_seconds_of(&std::fs::read_to_string(format!("/proc/{pid}/stat"))?)
}

/// The same from the text of `/proc/PID/stat`. The name in brackets may hold spaces.
pub fn cpu_seconds_of(stat: &str) -> Outcome<f64> {
    let (_, fields) = stat.rsplit_once(')').ok_or("an unreadable /proc/PID/stat")?;
    let ticks = fields.split_whitespace().skip(11).take(2).map(str::parse::<f64>).sum::<Result<f64, _>>()?;
    Ok(ticks / TICKS_PER_SECOND)
}

/// Resident memory of a process in MiB.
pub fn resident_mib(pid: u32) -> Outcome<f64> {
    resident_mib_of(&std::fs::read_to_string(format!("/proc/{pid}/status"))?)
}

/// The same from the text of `/proc/PID/status`.
pub fn resident_mib_of(status: &str) -> Outcome<f64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("no VmRSS in /proc/PID/status")?;
    let kib: f64 = line.trim().trim_end_matches("kB").trim().parse()?;
    Ok(kib / 1024.0)
}

/// The path of the running program, to start it again in another role.
pub fn this_program() -> Outcome<PathBuf> {
    Ok(std::env::current_exe()?)
}
