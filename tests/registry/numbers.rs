//! The number: its kinds, and the traps (a) to (e) of the registry rules.
