//! What the machine is, and how much memory the process has held: from `/proc`, so nothing elsewhere than on Linux.

use super::figures::Figures;

fn read(path: &str) -> String {
    std::fs::read_to_string(path).unwrap_or_default()
}

/// The value of a line `NAME: VALUE` of a file.
fn line(text: &str, name: &str) -> Option<String> {
    let value = text.lines().find_map(|line| line.strip_prefix(name)?.trim_start().strip_prefix(':'))?;
    Some(value.trim().to_owned())
}

fn kilobytes(text: &str, name: &str) -> Option<u64> {
    line(text, name)?.strip_suffix("kB")?.trim().parse().ok()
}

/// Memory that a new process could take, in bytes; 4 GiB where the system does not tell.
pub(super) fn memory_available_bytes() -> u64 {
    kilobytes(&read("/proc/meminfo"), "MemAvailable").map_or(4 << 30, |kilobytes| kilobytes * 1024)
}

/// The load of the last minute, other processes' included.
pub(super) fn load() -> Option<f64> {
    read("/proc/loadavg").split(' ').next()?.parse().ok()
}

/// Names the machine and the program.
pub(super) fn describe(figures: &mut Figures) {
    let cpu = line(&read("/proc/cpuinfo"), "model name");
    figures.text("machine_cpu", cpu.unwrap_or_else(|| std::env::consts::ARCH.to_owned()));
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    figures.count("machine_cores", cores as u64);
    match kilobytes(&read("/proc/meminfo"), "MemTotal") {
        Some(kilobytes) => figures.count("machine_memory_mib", kilobytes / 1024),
        None => figures.absent("machine_memory_mib"),
    }
    let kernel = read("/proc/sys/kernel/osrelease");
    figures.text("machine_kernel", format!("{} {}", std::env::consts::OS, kernel.trim()));
    figures.text("rustc_version", env!("RENJI_RUSTC"));
    figures.text("renji_version", env!("CARGO_PKG_VERSION"));
    let profile = if cfg!(debug_assertions) { "with debug assertions" } else { "release" };
    figures.text("renji_build", format!("{profile}, opt-level {}", env!("RENJI_OPT_LEVEL")));
    let now = jiff::Timestamp::now().to_string();
    figures.text("date", now.split('T').next().unwrap_or_default());
}

/// Forgets the most memory held so far, where the system allows it. Memory that the allocator keeps from
/// before still counts.
pub(super) fn forget_peak() {
    // A refusal only makes the figure larger.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

/// The most memory the process has held since [`forget_peak`], mapped files in memory included, in MiB.
pub(super) fn peak_mib() -> Option<f64> {
    let kilobytes = kilobytes(&read("/proc/self/status"), "VmHWM")?;
    Some(kilobytes as f64 / 1024.0)
}
