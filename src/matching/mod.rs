//! Pure judgement.
