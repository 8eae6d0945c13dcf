//! What a student is, made comparable.
pub mod document;
pub mod name;

/// The version of every rule in this room. Stored with whatever is derived from an identity.
pub const VERSION: u32 = 1;
