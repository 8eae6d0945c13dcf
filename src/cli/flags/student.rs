//! One student as flags: a flag for each default column, or a JSON object on standard input.

use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches};

use crate::language::Language;
use crate::report::registry_words;
use crate::student::Column;

/// The fields that were typed, by column, and whether standard input has more.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::cli) struct StudentFlags {
    /// Columns and their texts, in the order of columns.
    pub(in crate::cli) given: Vec<(Column, String)>,
    /// Whether a JSON object is to be read from standard input.
    pub(in crate::cli) is_stdin: bool,
}

/// The flag of a column: its code with dashes.
const fn long(column: Column) -> &'static str {
    match column {
        Column::RecordId => "record-id",
        Column::IdType => "id-type",
        Column::IdNumber => "id-number",
        Column::Id2Type => "id2-type",
        Column::Id2Number => "id2-number",
        Column::Name => "name",
        Column::FormerName => "former-name",
        Column::Sex => "sex",
        Column::Birthdate => "birthdate",
        Column::Region => "region",
        Column::Guardian1Name => "guardian1-name",
        Column::Guardian1IdType => "guardian1-id-type",
        Column::Guardian1Id => "guardian1-id",
        Column::Guardian1Phone => "guardian1-phone",
        Column::Guardian2Name => "guardian2-name",
        Column::Guardian2IdType => "guardian2-id-type",
        Column::Guardian2Id => "guardian2-id",
        Column::Guardian2Phone => "guardian2-phone",
        Column::Phone => "phone",
        Column::Address => "address",
        Column::SchoolCode => "school-code",
        Column::Enrolled => "enrolled",
        Column::FormerNumber => "former-number",
    }
}

impl Args for StudentFlags {
    fn augment_args(mut command: Command) -> Command {
        for column in Column::ALL {
            let words = [Language::En, Language::Zh].map(|language| registry_words::column(column, language));
            let help = format!("The student's {}. {}。", words[0], words[1]);
            let flag = Arg::new(column.code()).long(long(column)).value_name("TEXT").help(help);
            command = command.arg(flag.help_heading("The student 学生信息"));
        }
        let help = "Read the student from standard input: one JSON object, its keys as in a file's header; \
                    keeps personal data out of the shell's history. 从标准输入读取一个 JSON 对象,键为默认列名。";
        let stdin = Arg::new("stdin").long("stdin").action(ArgAction::SetTrue).help(help);
        command.arg(stdin.help_heading("The student 学生信息"))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for StudentFlags {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let text = |column: Column| Some((column, matches.get_one::<String>(column.code())?.clone()));
        let given = Column::ALL.into_iter().filter_map(text).collect();
        Ok(StudentFlags { given, is_stdin: matches.get_flag("stdin") })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_are_the_columns_with_dashes() {
        assert!(Column::ALL.into_iter().all(|column| long(column) == column.code().replace('_', "-")));
    }
}
