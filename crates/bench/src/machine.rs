//! What the machine is, and what a process takes of it. Linux tells in `/proc`; elsewhere nobody is asked.

use std::time::Duration;

/// Ticks of `/proc/PID/stat` in a second; the same on every Linux that Rust runs on.
const TICK: Duration = Duration::from_millis(10);

/// What a process has spent of all cores since its start, to 10 ms.
pub fn cpu_time(process: u32) -> Option<Duration> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    parse_cpu_time(&stat)
}

/// Fields 14 and 15; the name in field 2 may hold anything.
fn parse_cpu_time(stat: &str) -> Option<Duration> {
    let (_, fields) = stat.rsplit_once(')')?;
    let mut ticks = fields.split_whitespace().skip(11).take(2).map(|field| field.parse::<u32>().ok());
    Some(TICK * (ticks.next()?? + ticks.next()??))
}

/// Bytes of a process in memory.
pub fn resident(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    parse_memory(&status, "VmRSS:")
}

/// The most bytes that a process has had in memory since its start.
pub fn peak(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    parse_memory(&status, "VmHWM:")
}

fn parse_memory(status: &str, field: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix(field))?;
    Some(line.trim().strip_suffix(" kB")?.parse::<u64>().ok()? * 1024)
}

/// Cores, processor and kernel in a line.
pub fn description() -> String {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let read = |path| std::fs::read_to_string(path).unwrap_or_default();
    let processor = read("/proc/cpuinfo");
    let model = processor.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": ")).map(|pair| pair.1);
    let release = read("/proc/sys/kernel/osrelease");
    let kernel = release.trim().split('-').next().unwrap_or_default();
    format!("{cores} cores ({}), {} {kernel}", model.unwrap_or("unknown"), std::env::consts::OS)
}

/// How many processes wanted a core over the last minute: what else the machine does, when asked before the run.
pub fn load_average() -> Option<String> {
    let text = std::fs::read_to_string("/proc/loadavg").ok()?;
    text.split(' ').next().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_brackets_does_not_shift_the_fields() {
        let stat = "7 (a) b)) S 1 7 7 0 -1 4194560 1 2 3 4 150 50 9 9 20 0";
        assert_eq!(parse_cpu_time(stat), Some(Duration::from_secs(2)));
    }

    #[test]
    fn memory_is_in_bytes() {
        let status = "Name:\tx\nVmHWM:\t    4096 kB\nVmRSS:\t    2048 kB\nThreads:\t1\n";
        assert_eq!(parse_memory(status, "VmRSS:"), Some(2 << 20));
        assert_eq!(parse_memory(status, "VmHWM:"), Some(4 << 20));
        assert_eq!(parse_memory("Name:\tx\n", "VmRSS:"), None);
    }
}
