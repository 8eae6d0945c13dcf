//! A made-up nation.
