//! Lists out.
