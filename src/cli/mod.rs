//! Flags to checked configuration to exit code.

use std::process::ExitCode;

use clap::Parser;

mod synth;

#[derive(Debug, Parser)]
#[command(version, about)]
enum Flags {
    /// Writes a made-up nation to measure with.
    Synth(synth::SynthArgs),
}

/// Runs the command line.
pub fn main() -> ExitCode {
    let Flags::Synth(args) = Flags::parse();
    match synth::run(&args) {
        Ok(_) => ExitCode::SUCCESS,
        Err(error) => {
            let mut error: Option<&dyn std::error::Error> = Some(&error);
            while let Some(cause) = error {
                use std::io::Write;
                let _ = writeln!(std::io::stderr(), "{cause}");
                error = cause.source();
            }
            ExitCode::FAILURE
        }
    }
}
