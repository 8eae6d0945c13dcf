//! The registry from outside: what a service that embeds it sees. Each file a promise.

mod fixture;

mod cases;
mod enroll;
mod numbers;
