//! How much memory a run may take: what was typed, or a share of what the machine has.

use crate::error::{Error, Result};

/// Least that can be asked for: below it what cannot be spilled takes all of it.
const LEAST_BYTES: u64 = 64 << 20;
/// What is taken for the machine's memory where the system does not tell.
const UNKNOWN_BYTES: u64 = 8 << 30;

/// Bytes: a whole number and perhaps a unit, `K`, `M`, `G` or `T`, also with `iB`, each 1,024 of the one before. For
/// flags of the command line.
pub(super) fn size(text: &str) -> std::result::Result<u64, String> {
    let text = text.trim();
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let shift = match unit.trim().to_ascii_lowercase().as_str() {
        "" => Some(0),
        "k" | "kib" => Some(10),
        "m" | "mib" => Some(20),
        "g" | "gib" => Some(30),
        "t" | "tib" => Some(40),
        _ => None,
    };
    let bytes = shift.and_then(|shift| number.parse::<u64>().ok()?.checked_mul(1 << shift));
    bytes
        .filter(|bytes| *bytes > 0)
        .ok_or_else(|| "expected a size: a whole number and a unit, as 512MiB or 4GiB".to_owned())
}

/// The memory of a run, as it was typed.
pub(super) fn read_size(text: &str) -> Result<u64> {
    match size(text) {
        Ok(bytes) if bytes >= LEAST_BYTES => Ok(bytes),
        Ok(_) => Err(Error::refused("--memory: at least 64MiB", "--memory：不得少于 64MiB")),
        Err(_) => Err(Error::refused(
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
    fn a_size_is_bytes_or_has_a_unit() {
        for (text, bytes) in [("4096", 4096), ("3k", 3 << 10), ("512M", 512 << 20), ("8GiB", 8 << 30)] {
            assert_eq!(size(text), Ok(bytes), "{text}");
        }
        for wrong in ["", "0", "G", "-1", "1.5G", "8X", "10B", "much", "99999999999T", "é"] {
            assert!(size(wrong).is_err(), "{wrong}");
        }
    }

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
