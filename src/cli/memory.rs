//! How much memory a run may take: what was typed, or a share of what the machine has.

use crate::error::{Error, Result};

/// Least that can be asked for: below it what cannot be spilled takes all of it.
const LEAST_BYTES: u64 = 64 << 20;
/// What is taken for the machine's memory where the system does not tell.
const UNKNOWN_BYTES: u64 = 8 << 30;

/// Reads a size: a whole number and a unit (`KiB`, `MiB`, `GiB`, `TiB`; the `iB` may be left out).
pub(super) fn read_size(text: &str) -> Result<u64> {
    let text = text.trim();
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let shift = match unit.trim().to_ascii_lowercase().as_str() {
        "k" | "kib" => Some(10),
        "m" | "mib" => Some(20),
        "g" | "gib" => Some(30),
        "t" | "tib" => Some(40),
        _ => None,
    };
    let bytes = shift.and_then(|shift| number.parse::<u64>().ok()?.checked_mul(1 << shift));
    match bytes {
        Some(bytes) if bytes >= LEAST_BYTES => Ok(bytes),
        Some(_) => Err(Error::refused("--memory: at least 64MiB", "--memory：不得少于 64MiB")),
        None => Err(Error::refused(
            "--memory: a whole number and a unit, as 512MiB or 4GiB",
            "--memory：请给出整数和单位，例如 512MiB 或 4GiB",
        )),
    }
}

/// Half of the machine's memory, or of what the process may take of it.
pub(super) fn default_bytes() -> u64 {
    (machine_bytes().unwrap_or(UNKNOWN_BYTES) / 2).max(LEAST_BYTES)
}

fn machine_bytes() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/meminfo").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    // A container may have less; `max` stands for no limit and is no number.
    let limit = std::fs::read_to_string("/sys/fs/cgroup/memory.max").ok();
    let limit = limit.and_then(|text| text.trim().parse::<u64>().ok());
    Some((kilobytes * 1024).min(limit.unwrap_or(u64::MAX)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes() {
        for (text, bytes) in [("4GiB", 4 << 30), ("64MiB", 64 << 20), ("512 m", 512 << 20), ("1t", 1 << 40)] {
            assert_eq!(read_size(text).unwrap(), bytes, "{text}");
        }
        for text in ["", "4", "GiB", "4GB", "-1GiB", "1.5GiB", "63MiB", "99999999999999TiB"] {
            assert!(read_size(text).unwrap_err().is_usage(), "{text}");
        }
        assert!(default_bytes() >= LEAST_BYTES);
    }
}
