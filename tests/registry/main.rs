//! The registry from outside: what a service that embeds it sees. Each file a promise.

mod fixture;

#[cfg(feature = "cli")]
mod bulk;
mod cases;
mod chosen;
mod enroll;
mod exchange;
mod journal;
mod life;
mod model;
mod numbers;
mod office;
mod packed;
#[cfg(feature = "cli")]
mod parity;
mod review;
