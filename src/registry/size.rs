//! How much room a registry takes on disk, part by part.

use super::{Registry, Result};

/// A part of what is on disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DiskPart {
    /// Blocking keys: what finds candidates.
    Index,
    /// What is compared of each record.
    Profiles,
    /// The journal with the records as given.
    Journal,
    /// What is known of each student.
    Students,
    /// Registry numbers.
    Numbers,
    /// Which requests were answered.
    Requests,
    /// Everything else.
    Other,
}

impl DiskPart {
    /// All of them.
    pub const ALL: [DiskPart; 7] = [
        DiskPart::Index,
        DiskPart::Profiles,
        DiskPart::Journal,
        DiskPart::Students,
        DiskPart::Numbers,
        DiskPart::Requests,
        DiskPart::Other,
    ];

    /// The part's name in reports.
    pub const fn code(self) -> &'static str {
        match self {
            DiskPart::Index => "index",
            DiskPart::Profiles => "profiles",
            DiskPart::Journal => "journal",
            DiskPart::Students => "students",
            DiskPart::Numbers => "numbers",
            DiskPart::Requests => "requests",
            DiskPart::Other => "other",
        }
    }

    fn of_table(name: &str) -> DiskPart {
        match name {
            _ if name.starts_with("keys_") => DiskPart::Index,
            "profiles" => DiskPart::Profiles,
            "journal" => DiskPart::Journal,
            "students" => DiskPart::Students,
            "numbers" => DiskPart::Numbers,
            "requests" => DiskPart::Requests,
            _ => DiskPart::Other,
        }
    }
}

impl Registry {
    /// Bytes of each part, in the order of [`DiskPart::ALL`]. Free pages of the file are no part. Reads everything.
    ///
    /// # Errors
    /// [`super::RegistryError::Store`].
    pub fn disk_parts(&self) -> Result<Vec<(DiskPart, u64)>> {
        let tables = self.newest()?.table_sizes()?;
        let bytes = |part: DiskPart| {
            tables.iter().filter(|(name, _)| DiskPart::of_table(name) == part).map(|(_, bytes)| bytes).sum()
        };
        Ok(DiskPart::ALL.map(|part| (part, bytes(part))).to_vec())
    }
}
