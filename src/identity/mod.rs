//! What a student is, made comparable.
pub mod date;
pub mod document;
pub mod lunar;
pub mod name;
pub mod region;
pub mod sex;
pub mod text;

/// The version of every rule in this room. Stored with whatever is derived from an identity.
pub const VERSION: u32 = 1;
