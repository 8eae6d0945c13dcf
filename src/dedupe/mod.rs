//! All against all.
