//! Flags to checked configuration to exit code.
//!
//! | file | what lives there |
//! |---|---|
//! | `flags` | what may be typed |
//! | `config` | what was meant, checked |
//! | `exit` | how it ended |
//! | `terminal` | the only door to the terminal |
//! | `progress`, `messages` | what is said meanwhile, in Chinese and English |
//! | `memory` | how much a run may take |
//! | `interrupt` | Ctrl-C |
//! | `dedupe`, `train`, `report`, `decide`, `evaluate`, `explain`, `synth` | the commands about files |
//! | `intake` | what several of them read |
//! | `model` | models shown, compared, written, imported |
//! | `bench` | the command that measures |
//! | `registry` | the commands of a registry |

#[cfg(feature = "bench")]
mod bench;
mod config;
mod decide;
mod dedupe;
mod evaluate;
mod exit;
mod explain;
mod flags;
mod intake;
mod interrupt;
mod memory;
mod messages;
mod model;
mod progress;
mod registry;
mod report;
mod synth;
mod terminal;
mod train;

use std::process::ExitCode;

use clap::Parser;

use crate::error::Result;
use exit::Exit;
use flags::{Command, Flags, ModelCommand};
use terminal::Terminal;

/// Runs the command line: parses the arguments of the process, does the work, answers its exit code.
pub fn main() -> ExitCode {
    let flags = match Flags::try_parse() {
        Ok(flags) => flags,
        Err(error) => {
            // Help and version come this way too. A closed pipe is no error.
            let _ = error.print();
            return if error.use_stderr() { Exit::Usage } else { Exit::Done }.into();
        }
    };
    interrupt::install();
    silence_readers();
    let terminal = Terminal::new(config::language(flags.lang), flags.quiet);
    let result = run(flags, &terminal);
    // After Ctrl-C the handler ends the process; what failed because of it is nobody's error.
    interrupt::wait_if_interrupted();
    match result {
        Ok(exit) => exit.into(),
        Err(error) => {
            terminal.error(&error);
            Exit::of(&error).into()
        }
    }
}

/// Leaves out what the standard library prints of a panic in a reader of other people's: it is caught and told as
/// an error of the file, and what would be printed may hold a cell.
fn silence_readers() {
    let print = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if std::thread::current().name() != Some(crate::source::READER_THREAD) {
            print(panic);
        }
    }));
}

fn run(flags: Flags, terminal: &Terminal) -> Result<Exit> {
    let Flags { registry, command, .. } = flags;
    match command {
        Command::Registry(command) => {
            registry::Office::new(registry::named_directory(registry), terminal).run(command)
        }
        Command::Dedupe(flags) => dedupe::run(&config::Dedupe::check(flags, registry)?, terminal),
        Command::Evaluate(flags) => evaluate::run(&config::Evaluate::check(flags)?, terminal),
        Command::Report(flags) => report::run(&flags, terminal),
        Command::Decide(flags) => decide::run(&flags, terminal),
        Command::Synth(flags) => synth::run(&flags),
        #[cfg(feature = "bench")]
        Command::Bench(flags) => bench::run(&flags, terminal),
        Command::Model(ModelCommand::Use(flags)) => {
            registry::Office::new(registry::named_directory(registry), terminal).use_model(&flags)
        }
        Command::Model(command) => model::run(command, registry, terminal),
        Command::Train(flags) => train::run(&config::Train::check(flags)?, terminal),
        Command::Explain(flags) => explain::run(&config::Explain::check(flags)?, terminal),
    }
}
