//! How often somebody has asked this process to stop.
//!
//! Ctrl-C, SIGTERM and a terminal that closes are all the same wish, but for a run that was started with nohup(1).

use tokio::sync::watch;

/// How often somebody has asked to stop.
#[derive(Clone, Debug)]
pub struct Signals(watch::Receiver<usize>);

impl Signals {
    /// Listens from now on; the system's own reaction, to end the process, is gone then.
    pub fn listen() -> Signals {
        let (count, counted) = watch::channel(0);
        listen(&count);
        Signals(counted)
    }

    /// How often it was asked so far.
    pub fn count(&self) -> usize {
        *self.0.borrow()
    }

    /// Waits until it has been asked so often since the start.
    pub async fn reach(&self, count: usize) {
        if self.0.clone().wait_for(|now| *now >= count).await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

#[cfg(unix)]
fn listen(count: &watch::Sender<usize>) {
    use tokio::signal::unix::{SignalKind, signal};
    let hangup = (!outlives_its_terminal()).then(SignalKind::hangup);
    for kind in [SignalKind::interrupt(), SignalKind::terminate()].into_iter().chain(hangup) {
        let Ok(mut heard) = signal(kind) else { continue };
        let count = count.clone();
        tokio::spawn(async move {
            while heard.recv().await.is_some() {
                count.send_modify(|count| *count += 1);
            }
        });
    }
}

/// Whether this process ignored SIGHUP from the start (proc(5), "/proc/pid/status"); where that can't be told, it didn't.
#[cfg(unix)]
fn outlives_its_terminal() -> bool {
    use tokio::signal::unix::SignalKind;
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or_default();
    let bit = u32::try_from(SignalKind::hangup().as_raw_value() - 1).unwrap_or_default();
    ignored.checked_shr(bit).unwrap_or_default() & 1 == 1
}

#[cfg(not(unix))]
fn listen(count: &watch::Sender<usize>) {
    let count = count.clone();
    tokio::spawn(async move {
        while tokio::signal::ctrl_c().await.is_ok() {
            count.send_modify(|count| *count += 1);
        }
    });
}
