//! The only door to the terminal. Results go to standard output, everything else to standard error.
//! A reader that has gone (a closed pipe) is no error: nobody is left to tell.

use std::io::{self, IsTerminal, Write};

use super::messages::Message;
use crate::error::Error;
use crate::language::Language;

/// Standard output and error, with the language and the patience of the reader.
#[derive(Debug)]
pub(super) struct Terminal {
    language: Language,
    quiet: bool,
}

impl Terminal {
    pub(super) fn new(language: Language, quiet: bool) -> Terminal {
        Terminal { language, quiet }
    }

    pub(super) fn language(&self) -> Language {
        self.language
    }

    pub(super) fn quiet(&self) -> bool {
        self.quiet
    }

    /// Whether a person watches standard error.
    pub(super) fn is_watched(&self) -> bool {
        io::stderr().is_terminal()
    }

    /// Prints a result.
    pub(super) fn result(&self, text: &str) {
        let mut out = io::stdout().lock();
        // See the head of the file.
        let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    }

    /// A writer for a long result.
    pub(super) fn writer(&self) -> io::BufWriter<io::StdoutLock<'static>> {
        io::BufWriter::with_capacity(256 * 1024, io::stdout().lock())
    }

    /// Says something on the way, unless told to be quiet.
    pub(super) fn say(&self, message: &Message<'_>) {
        if !self.quiet {
            let _ = writeln!(io::stderr().lock(), "{}", message.text(self.language));
        }
    }

    /// Tells an error and its causes.
    pub(super) fn error(&self, error: &Error) {
        let mut text = format!("{}{}", self.language.pick("错误:", "error: "), error.message(self.language));
        let mut cause = std::error::Error::source(error);
        while let Some(error) = cause {
            text.push_str(&format!("{}{error}", self.language.pick(":", ": ")));
            cause = error.source();
        }
        let _ = writeln!(io::stderr().lock(), "{text}");
    }
}
