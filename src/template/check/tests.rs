//! Rows by hand, and rows at random: what passes is read whole.
