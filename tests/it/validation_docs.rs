//! `docs/VALIDATION.md` says what the rules, profiles and code tables are: its tables are those of `renji::template`.
//!
//! `RENJI_UPDATE_DOCS=1 cargo test --test it validation_docs` writes them; the text around them is left as it is.

use std::path::PathBuf;

use renji::language::Language;
use renji::template::{CodeTable, Kind, Need, Profile, Rule};

fn rules() -> String {
    let mut text = String::from(
        "| rule | severity | basis | what is wrong | what is expected |\n|---|---|---|---|---|\n",
    );
    for rule in Rule::ALL {
        let both = |said: fn(Rule, Language) -> &'static str| {
            format!("{}<br>{}", said(rule, Language::En), said(rule, Language::Zh))
        };
        let (wrong, expected) = (both(Rule::wrong), both(Rule::expected));
        let (code, severity, basis) = (rule.code(), rule.severity().code(), rule.basis().code());
        text.push_str(&format!("| `{code}` | {severity} | {basis} | {wrong} | {expected} |\n"));
    }
    text
}

fn fields() -> String {
    let mut text = String::from("| field | | value |");
    Profile::ALL.iter().for_each(|profile| text.push_str(&format!(" `{}` |", profile.code)));
    text.push_str("\n|---|---|---|---|---|---|---|\n");
    for field in renji::template::Field::ALL {
        let value = match field.kind() {
            Kind::Text | Kind::Plain => "text".to_owned(),
            Kind::PersonName => "name".to_owned(),
            Kind::Date => "`YYYYMMDD`".to_owned(),
            Kind::Month => "`YYYYMM`".to_owned(),
            Kind::Region => "12 digits".to_owned(),
            Kind::Coded(table) => format!("code: `{}`", table.name()),
            Kind::DocumentNumber => "document number".to_owned(),
            Kind::Phone => "phone".to_owned(),
            Kind::School => "10 digits".to_owned(),
            Kind::ClassNumber => "7 digits".to_owned(),
            Kind::Registry => "registry number".to_owned(),
            Kind::Provincial => "letters and digits".to_owned(),
        };
        text.push_str(&format!("| `{}` | {} | {value} |", field.code(), field.name(Language::En)));
        for profile in Profile::ALL {
            let cell = profile.placed(field).map_or_else(String::new, |placed| {
                let mark = match placed.need {
                    Need::Required => "**",
                    Need::Column | Need::Member => "*",
                    Need::Optional => "",
                };
                format!("{mark}{}{mark}", placed.heading)
            });
            text.push_str(&format!(" {cell} |"));
        }
        text.push('\n');
    }
    text
}

fn codes() -> String {
    let mut text = String::from("| table | standard | codes |\n|---|---|---|\n");
    for table in CodeTable::ALL {
        let codes = table.codes();
        let shown = codes
            .iter()
            .take(8)
            .map(|code| format!("{} {}", code.code, code.zh))
            .collect::<Vec<_>>()
            .join(", ");
        let more = if codes.len() > 8 { format!(", … ({} in all)", codes.len()) } else { String::new() };
        text.push_str(&format!("| `{}` | {} | {shown}{more} |\n", table.name(), table.standard()));
    }
    text
}

/// The document with a table put between its markers.
fn with(document: &str, marker: &str, table: &str) -> String {
    let (begin, end) = (format!("<!-- {marker} -->\n"), format!("<!-- end {marker} -->"));
    let from = document.find(&begin).unwrap_or_else(|| panic!("no {begin}")) + begin.len();
    let to = document.find(&end).unwrap_or_else(|| panic!("no {end}"));
    format!("{}\n{table}\n{}", &document[..from], &document[to..])
}

#[test]
fn the_document_has_the_rules_profiles_and_codes_of_the_program() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs/VALIDATION.md");
    let document = std::fs::read_to_string(&path).expect("the document");
    let mut corrected = document.clone();
    for (marker, table) in [("rules", rules()), ("fields", fields()), ("codes", codes())] {
        corrected = with(&corrected, marker, &table);
    }
    if std::env::var_os("RENJI_UPDATE_DOCS").is_some() {
        std::fs::write(&path, &corrected).expect("writing the document");
        return;
    }
    let differing = document.lines().zip(corrected.lines()).find(|(written, known)| written != known);
    assert_eq!(differing, None, "{}, the program; RENJI_UPDATE_DOCS=1 writes the program's", path.display());
    assert_eq!(document.len(), corrected.len());
}
