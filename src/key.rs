//! Where to look: blocking keys.

/// The version of the key families.
pub const VERSION: u32 = 1;
