//! `renji reconcile`: our students held against another roll.
//!
//! | file | what lives there |
//! |---|---|
//! | `config` | what was asked for, checked |
//! | `roll` | a roll read on all cores: files or a registry |
//! | `desk` | what every kind needs: the result directory, rejected rows, the summary |
//! | `agreement` | population and enrolment |
//! | `admissions`, `diploma`, `counts` | the other kinds |
//! | `answers` | what the population base says, taken into a registry |

mod admissions;
mod agreement;
mod answers;
mod config;
mod counts;
mod desk;
mod diploma;
mod roll;

use super::config::pool;
use super::exit::Exit;
use super::flags::KindFlag;
use super::terminal::Terminal;
use crate::error::Result;
pub(crate) use config::Config;
use desk::Desk;

/// Runs the command.
pub(super) fn run(config: &Config, terminal: &Terminal) -> Result<Exit> {
    pool(config.threads)?.install(|| {
        let mut desk = Desk::open(config, terminal)?;
        match config.kind {
            KindFlag::Population => agreement::population(&mut desk)?,
            KindFlag::Enrolment => agreement::enrolment(&mut desk)?,
            KindFlag::Admissions => admissions::run(&mut desk)?,
            KindFlag::Diploma => diploma::run(&mut desk)?,
            KindFlag::Counts => counts::run(&mut desk)?,
        }
        desk.finish()
    })
}
