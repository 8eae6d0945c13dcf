//! The template check: each rule once and at its cell, nothing in clean files, nobody's data in a message, and what passes is
//! taken whole by a comparison and a registry.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use proptest::prelude::*;
use renji::identity::Identity;
use renji::language::Language;
use renji::source::{Source, SourceOptions};
use renji::student::Column;
use renji::template::{ClassLayout, Field, Options, Outcome, Profile, Rule, Severity, Validation, Validator};

use crate::fixture::{Fixture, code, said};
use crate::rows::{TemplateRow, file, header, number, phone, place};

/// What is wrong with one row: which rule, at which field.
type Expected = (u32, Rule, Option<Field>);

fn check(rows: &[TemplateRow], options: Options) -> Outcome {
    let validator = Validator::new(&Profile::NATIONAL_2, &header(), options);
    let mut validation = Validation::new(&validator);
    validation.add(validator.check_header(1));
    for (row, number) in rows.iter().zip(2..) {
        validation.check(number, row.cells());
    }
    validation.finish()
}

/// Rows with exactly one example of every rule that one file can show, and where each is.
fn damaged() -> (Vec<TemplateRow>, Vec<Expected>) {
    use Field::*;
    let own = |n: u32| TemplateRow::of(n);
    let long = "路".repeat(30_000);
    let mainland = number("110105", "20150312", 600);
    let cases: Vec<(Rule, Field, TemplateRow)> = vec![
        (Rule::CellTooLong, Address, own(1).with(&[(Address, &long)])),
        (Rule::NotRead, FormerName, own(2).with(&[(FormerName, "王一、王二、王三、王四、王五")])),
        (Rule::RequiredEmpty, Postcode, own(3).with(&[(Postcode, "")])),
        (Rule::CellInvisible, Grade, own(4).with(&[(Grade, "一年级\u{200B}")])),
        (Rule::SchoolMalformed, SchoolCode, own(5).with(&[(SchoolCode, "211100001")])),
        (Rule::SchoolClassUnknown, SchoolCode, own(6).with(&[(SchoolCode, "9911000001")])),
        (Rule::SchoolProvinceUnknown, SchoolCode, own(7).with(&[(SchoolCode, "2199000001")])),
        (Rule::NameUnreadable, Name, own(8).with(&[(Name, "—")])),
        (Rule::NamePlaceholder, Name, own(9).with(&[(Name, "王xiao明")])),
        (Rule::NameInterpunct, Name, own(10).with(&[(Name, "阿依古丽•买买提")])),
        (Rule::NameSpaces, Name, own(11).with(&[(Name, "王 小明")])),
        (Rule::NameTooLong, Name, own(12).with(&[(Name, &"买".repeat(65))])),
        (Rule::SexUnknown, Sex, own(13).with(&[(Sex, "3")])),
        (Rule::BirthMalformed, Birthdate, own(14).with(&[(Birthdate, "2015-03-12")])),
        (Rule::BirthImpossible, Birthdate, own(15).with(&[(Birthdate, "20150230")])),
        (Rule::RegionMalformed, BirthPlace, own(16).with(&[(BirthPlace, "110105")])),
        (Rule::RegionUnknown, Region, own(17).with(&[(Region, "119999000000")])),
        (Rule::EthnicityUnknown, Ethnicity, own(18).with(&[(Ethnicity, "1")])),
        (Rule::NationalityUnknown, Nationality, own(19).with(&[(Nationality, "CN")])),
        (Rule::IdTypeUnknown, IdType, own(20).with(&[(IdType, "X")])),
        (Rule::RelationUnknown, Guardian1Relation, own(21).with(&[(Guardian1Relation, "爸")])),
        (Rule::CodeUnknown, Boarding, own(22).with(&[(Boarding, "3")])),
        (Rule::IdMissing, IdNumber, own(23).with(&[(IdNumber, "")])),
        (Rule::IdUnexpected, IdNumber, own(24).with(&[(IdType, "Z")])),
        (Rule::IdSpreadsheet, IdNumber, own(25).with(&[(IdNumber, "1.10105E+17")])),
        (Rule::IdFifteen, IdNumber, own(26).with(&[(IdNumber, "110105150312001")])),
        (Rule::IdFiller, IdNumber, own(27).with(&[(IdNumber, "111111111111111111")])),
        (Rule::IdMalformed, IdNumber, own(28).with(&[(IdNumber, "11010520150312001")])),
        (Rule::IdKindDiffers, IdNumber, own(29).with(&[(IdType, "6")])),
        (Rule::IdCheck, IdNumber, own(30).with(&[(IdNumber, "110105201503120019")])),
        (Rule::IdDate, IdNumber, own(31).with(&[(IdNumber, &number("110105", "20151332", 62))])),
        (Rule::IdRegion, IdNumber, own(32).with(&[(IdNumber, &number("119999", "20150312", 65))])),
        (Rule::IdUntidy, IdNumber, own(34).with(&[(IdNumber, &spaced(own(34).get(IdNumber)))])),
        (
            Rule::IdCounter,
            IdNumber,
            own(35).with(&[(IdType, "6"), (IdNumber, "H1234567801"), (Abroad, "01"), (Nationality, "HKG")]),
        ),
        (Rule::IdIsGuardians, IdNumber, {
            let row = own(36);
            let theirs = row.get(Guardian1Id).to_owned();
            row.with(&[(IdNumber, &theirs)])
        }),
        (Rule::BirthDiffers, Birthdate, own(37).with(&[(Birthdate, "20150313")])),
        (Rule::SexDiffers, Sex, own(38).with(&[(Sex, "2")])),
        (Rule::AbroadDiffers, Abroad, own(39).with(&[(Abroad, "51")])),
        (Rule::AbroadExpected, Abroad, own(40).with(&[(IdType, "A"), (IdNumber, "E12345678")])),
        (Rule::NationalityDiffers, Nationality, own(41).with(&[(Nationality, "USA")])),
        (Rule::ClassMalformed, ClassNumber, own(42).with(&[(ClassNumber, "2021001")])),
        (Rule::ClassEnrolmentDiffers, ClassNumber, own(43).with(&[(ClassNumber, "2020101")])),
        (Rule::EnrolledMalformed, Enrolled, own(44).with(&[(Enrolled, "202113")])),
        (Rule::AgeForClass, Enrolled, own(45).with(&[(Enrolled, "201709"), (ClassNumber, "2017101")])),
        (Rule::AuxMalformed, AuxNumber, own(46).with(&[(AuxNumber, "京2021/1")])),
        (Rule::AuxMissing, AuxNumber, {
            let birth = [(Birthdate, "20050312"), (IdNumber, &*number("110105", "20050312", 94))];
            own(47).with(&birth).with(&[(Sex, "2"), (SchoolCode, "3411000001"), (EntryMode, "21")])
        }),
        (Rule::PhoneMalformed, Phone, own(48).with(&[(Phone, "无")])),
        (Rule::GuardianMissing, Guardian1Name, without_guardian(own(49))),
        (Rule::GuardianIncomplete, Guardian1Address, own(50).with(&[(Guardian1Address, "")])),
        (Rule::GuardianFlagMissing, Guardian1Flag, own(51).with(&[(Guardian1Flag, "0")])),
        (
            Rule::GuardianIdNeeded,
            Guardian1Id,
            own(52).with(&[(IdType, "Z"), (IdNumber, ""), (Guardian1Id, ""), (Guardian1IdType, "")]),
        ),
        (
            Rule::GuardianIdRelation,
            Guardian1Relation,
            own(53).with(&[(IdType, "Z"), (IdNumber, ""), (Guardian1Relation, "97")]),
        ),
        (Rule::GuardianAge, Guardian1Id, own(54).with(&[(Guardian1Id, &number("110105", "20050101", 109))])),
        (Rule::NumberTwice, IdNumber, own(55).with(&[(IdNumber, own(33).get(IdNumber)), (Sex, "2")])),
        (
            Rule::NumberElsewhere,
            IdNumber,
            own(56).with(&[(IdNumber, &mainland), (Sex, "2"), (SchoolCode, "2111000002")]),
        ),
        (Rule::GuardianTwoNames, Guardian1Name, own(57).with(&[(Guardian1Id, own(58).get(Guardian1Id))])),
    ];
    // Two whose numbers stand again, and one whose guardian does.
    let mut rows = vec![own(33), own(59).with(&[(IdNumber, &mainland), (Sex, "2")]), own(58)];
    let mut expected: Vec<Expected> = Vec::new();
    for (rule, field, row) in cases {
        rows.push(row);
        expected.push((rows.len() as u32 + 1, rule, Some(field)));
    }
    // One more student than is plausible of one guardian, and on one phone.
    for n in 0..=8 {
        let theirs = own(70);
        let texts = [Guardian1Id, Guardian1Name].map(|field| (field, theirs.get(field)));
        rows.push(own(70 + n).with(&texts));
    }
    expected.push((rows.len() as u32 + 1, Rule::GuardianMany, Some(Guardian1Id)));
    for n in 0..=12 {
        rows.push(own(80 + n).with(&[(Phone, &phone(9_000))]));
    }
    expected.push((rows.len() as u32 + 1, Rule::PhoneMany, Some(Phone)));
    (rows, expected)
}

fn spaced(number: &str) -> String {
    format!("{} {}", &number[..6], &number[6..])
}

fn without_guardian(row: TemplateRow) -> TemplateRow {
    let fields = Profile::NATIONAL_2.fields.iter().map(|placed| placed.field);
    let theirs: Vec<(Field, &str)> =
        fields.filter(|field| field.code().starts_with("guardian1")).map(|field| (field, "")).collect();
    row.with(&theirs)
}

fn told(outcome: &Outcome) -> Vec<Expected> {
    outcome.findings.iter().map(|finding| (finding.row, finding.rule, finding.field)).collect()
}

#[test]
fn each_rule_is_told_once_at_its_cell_and_nothing_else_is() {
    let (rows, expected) = damaged();
    let outcome = check(&rows, Options::default());
    assert_eq!(told(&outcome), expected);
    for finding in &outcome.findings {
        let cell = finding.field.map(|field| place(field) as u16);
        assert_eq!(finding.cell, cell, "{:?}", finding.rule);
    }
    let mut seen: BTreeSet<Rule> = expected.iter().map(|(_, rule, _)| *rule).collect();
    // The rules about the file and about the school that was given have files of their own.
    let school = Some("2111000001".to_owned());
    let other = TemplateRow::of(1).with(&[(Field::SchoolCode, "2111000002")]);
    let outcome = check(&[TemplateRow::of(2), other], Options { school, ..Options::default() });
    assert_eq!(told(&outcome), [(3, Rule::SchoolDiffers, Some(Field::SchoolCode))]);
    seen.insert(Rule::SchoolDiffers);
    let without_sex: Vec<&str> = header().into_iter().filter(|name| *name != "性别").collect();
    let validator = Validator::new(&Profile::NATIONAL_2, &without_sex, Options::default());
    let findings = validator.check_header(1);
    let missing: Vec<_> = findings.iter().map(|finding| (finding.rule, finding.field)).collect();
    assert_eq!(missing, [(Rule::ColumnMissing, Some(Field::Sex))]);
    seen.insert(Rule::ColumnMissing);
    let mut findings = Vec::new();
    validator.check_row(7, &["too", "few"], &mut findings);
    assert_eq!((findings.len(), findings[0].rule, findings[0].row), (1, Rule::RowUnreadable, 7));
    seen.insert(Rule::RowUnreadable);
    // A registry number is no column of the template.
    let plain = ["姓名", "学籍号"];
    let validator = Validator::new(&Profile::NATIONAL_2, &plain, Options::default());
    let mut findings = Vec::new();
    validator.check_row(2, &["王小明", "G11010520150312001"], &mut findings);
    assert_eq!(findings.iter().map(|finding| finding.rule).collect::<Vec<_>>(), [Rule::RegistryMalformed]);
    seen.insert(Rule::RegistryMalformed);
    let unseen: Vec<&str> =
        Rule::ALL.iter().filter(|rule| !seen.contains(rule)).map(|rule| rule.code()).collect();
    assert_eq!(unseen, [] as [&str; 0]);
}

#[test]
fn clean_rows_break_no_rule() {
    let rows: Vec<TemplateRow> = (1..60).map(TemplateRow::of).collect();
    let outcome = check(&rows, Options::default());
    assert_eq!((told(&outcome), outcome.rows, outcome.rows_rejected), (vec![], 59, 0));
    // Names and code-name pairs as drop-down lists write them are as good as codes.
    let words = [
        (Field::Sex, "女"),
        (Field::Ethnicity, "01-汉族"),
        (Field::Nationality, "中国"),
        (Field::IdType, "居民身份证"),
        (Field::Guardian1Relation, "父亲"),
        (Field::Guardian1Flag, "是"),
    ];
    assert_eq!(told(&check(&[TemplateRow::of(1).with(&words)], Options::default())), []);
}

#[test]
fn the_layout_of_class_numbers_is_a_choice() {
    let row = TemplateRow::of(1).with(&[(Field::ClassNumber, "2021501")]);
    assert_eq!(told(&check(std::slice::from_ref(&row), Options::default())), []);
    let options = Options { class_layout: Some(ClassLayout::YearStageClass), ..Options::default() };
    assert_eq!(told(&check(&[row], options)), [(2, Rule::ClassMalformed, Some(Field::ClassNumber))]);
}

/// A line of `errors.csv` as far as these tests read it.
struct Line {
    row: u32,
    cell: String,
    rule: String,
    severity: String,
}

fn errors(fixture: &Fixture, path: &str) -> Vec<Line> {
    let text = fixture.text(path);
    let mut lines = text.trim_start_matches('\u{FEFF}').split("\r\n").filter(|line| !line.is_empty());
    assert_eq!(lines.next(), Some("file,row,column,cell,field,rule,severity,found,expected,message"));
    let line = |line: &str| {
        let cells: Vec<&str> = line.split(',').collect();
        Line {
            row: cells[1].parse().expect("a row"),
            cell: cells[3].to_owned(),
            rule: cells[5].to_owned(),
            severity: cells[6].to_owned(),
        }
    };
    lines.map(line).collect()
}

#[test]
fn the_binary_tells_the_same_in_both_languages_and_nobodys_data() {
    let fixture = Fixture::new();
    let (rows, expected) = damaged();
    // A line that is no row comes last.
    fixture.file("a.csv", file(&rows) + "too,few\n");
    for (language, out, word) in [("zh", "zh", "退回"), ("en", "en", "rejects")] {
        let output = fixture.renji(&["validate", "a.csv", "--out", out, "--lang", language]);
        assert_eq!(code(&output), 0, "{}", said(&output));
        let shown = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(shown.contains(word) && shown.contains("number_twice"), "{shown}");
        let lines = errors(&fixture, &format!("{out}/errors.csv"));
        let told: Vec<(u32, &str)> = lines.iter().map(|line| (line.row, line.rule.as_str())).collect();
        let mut wanted: Vec<(u32, &str)> =
            expected.iter().map(|(row, rule, _)| (*row, rule.code())).collect();
        wanted.push((rows.len() as u32 + 2, "row_unreadable"));
        assert_eq!(told, wanted);
        let texts =
            [shown, fixture.text(&format!("{out}/errors.csv")), fixture.text(&format!("{out}/summary.json"))];
        for row in &rows {
            for field in
                [Field::Name, Field::IdNumber, Field::Phone, Field::Guardian1Name, Field::Guardian1Id]
            {
                let value = row.get(field);
                let is_there = value.chars().count() > 1 && texts.iter().any(|text| text.contains(value));
                assert!(!is_there, "{language}: {field:?} of a row");
            }
        }
    }
    let summary: serde_json::Value = serde_json::from_str(&fixture.text("en/summary.json")).expect("JSON");
    assert_eq!(summary["rows"], rows.len() as u64 + 1);
    assert_eq!(summary["by_rule"]["id_check"], 1);
    assert_eq!(summary["by_school"]["2111000002"]["notes"], 1);
    let rejected = code(&fixture.renji(&["validate", "a.csv", "--out", "strict", "--strict"]));
    assert_eq!(rejected, 1);
    assert!(fixture.path().join("strict/marked.xlsx").exists());
    assert_eq!(code(&fixture.renji(&["validate", "a.csv", "--out", "en"])), 2, "exists");
    assert_eq!(code(&fixture.renji(&["validate", "a.csv", "--out", "en", "--force"])), 0);
    assert_eq!(code(&fixture.renji(&["validate", "nowhere.csv", "--out", "x"])), 3);
    assert_eq!(code(&fixture.renji(&["validate", "a.csv", "--out", "x", "--school", "12"])), 2);
}

/// Reads a spreadsheet with nothing of ours: prints `cell<TAB>colour<TAB>comment` for each coloured or commented cell of the
/// first sheet below its header, then `text<TAB>cell<TAB>value` for the cells that are asked for, and `frozen<TAB>rows`.
const READER: &str = r#"
import re, sys, zipfile
import xml.etree.ElementTree as ET
z = zipfile.ZipFile(sys.argv[1])
ns = {'m': 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'}
styles = ET.fromstring(z.read('xl/styles.xml'))
fills = [f.find('.//m:fgColor', ns) for f in styles.find('m:fills', ns)]
fills = [None if f is None else f.get('rgb') for f in fills]
formats = [(fills[int(x.get('fillId'))], x.get('numFmtId')) for x in styles.find('m:cellXfs', ns)]
sheet = ET.fromstring(z.read('xl/worksheets/sheet1.xml'))
notes = {}
for name in z.namelist():
    if re.match(r'xl/comments\d*\.xml', name):
        for c in ET.fromstring(z.read(name)).iter('{%s}comment' % ns['m']):
            notes[c.get('ref')] = ''.join(t.text or '' for t in c.iter('{%s}t' % ns['m']))
marked = {}
for c in sheet.iter('{%s}c' % ns['m']):
    fill, form = formats[int(c.get('s', 0))]
    assert c.get('t') in ('s', 'inlineStr', 'str') or len(c) == 0, ('not text', c.get('r'))
    assert form == '49', ('not a text cell', c.get('r'), form)
    if fill and fill != 'FFE0E0E0':
        marked[c.get('r')] = fill
    if c.get('r') in sys.argv[2:]:
        print('text', c.get('r'), ''.join(t.text or '' for t in c.iter('{%s}t' % ns['m'])), sep='\t')
for cell in sorted(set(marked) | set(notes)):
    print('cell', cell, marked.get(cell, ''), notes.get(cell, '').replace('\n', ' / '), sep='\t')
pane = sheet.find('.//m:pane', ns)
print('frozen', pane.get('ySplit'), pane.get('state'), sep='\t')
print('filter', sheet.find('m:autoFilter', ns).get('ref'), sep='\t')
"#;

#[test]
fn the_marked_spreadsheet_marks_the_cells_of_the_list() {
    let fixture = Fixture::new();
    fixture.file("read.py", READER);
    let (rows, _) = damaged();
    let wrong = fixture.file("a.csv", file(&rows) + "too,few\n");
    assert_eq!(code(&fixture.renji(&["validate", "a.csv", "--out", "out"])), 0);
    let lines = errors(&fixture, "out/errors.csv");
    let id = renji::report::cell_address(2, place(Field::IdNumber) as u16);
    let output = match Command::new("python3")
        .args(["read.py", "out/marked.xlsx", &id])
        .current_dir(fixture.path())
        .output()
    {
        Ok(output) => output,
        // Without Python there is no independent reader; CI has it.
        Err(_) => return,
    };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let told = String::from_utf8(output.stdout).expect("UTF-8");
    let colours = BTreeMap::from([("reject", "FFFF9999"), ("warning", "FFFFE08A"), ("note", "FFCCE5FF")]);
    let mut wanted: BTreeMap<&str, &str> = BTreeMap::new();
    for line in &lines {
        // No cell of this file has two findings of different severity.
        wanted.insert(&line.cell, colours[line.severity.as_str()]);
    }
    let marked: BTreeMap<&str, &str> = told
        .lines()
        .filter_map(|line| line.strip_prefix("cell\t"))
        .map(|line| {
            let cells: Vec<&str> = line.split('\t').collect();
            assert!(cells[2].contains("expected"), "{line}");
            (cells[0], cells[1])
        })
        .collect();
    assert_eq!(marked, wanted);
    // Rows stand at their own numbers, numbers as text, and the header stays.
    assert!(told.contains(&format!("text\t{id}\t{}\n", rows[0].get(Field::IdNumber))), "{told}");
    assert!(told.contains("frozen\t1\tfrozen\n") && told.contains("filter\tA1:"), "{told}");
    // Only rows with a finding, at the same places.
    let run = ["validate", "a.csv", "--out", "wrong", "--marked", "wrong"];
    assert_eq!(code(&fixture.renji(&run)), 0);
    let sizes = ["out", "wrong"]
        .map(|out| std::fs::metadata(fixture.path().join(out).join("marked.xlsx")).expect("a file").len());
    assert!(sizes[1] < sizes[0] && wrong.exists());
    assert_eq!(code(&fixture.renji(&["validate", "a.csv", "--out", "none", "--marked", "none"])), 0);
    assert!(!fixture.path().join("none/marked.xlsx").exists());
}

#[test]
fn a_made_up_nation_under_the_template_is_clean_and_is_taken_whole() {
    let fixture = Fixture::new();
    let run = |arguments: &[&str]| {
        let output = fixture.renji(arguments);
        assert_eq!(code(&output), 0, "{arguments:?}: {}", said(&output));
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    run(&[
        "synth",
        "--students",
        "20000",
        "--seed",
        "3",
        "--template",
        "national",
        "--out",
        "s.csv",
        "--truth",
        "t.csv",
    ]);
    let told = run(&["validate", "s.csv", "--out", "v", "--strict", "--json", "--marked", "none"]);
    let told: serde_json::Value = serde_json::from_str(&told).expect("JSON");
    assert_eq!(told["profile"], "national_2");
    assert_eq!(told["columns_missing"], serde_json::json!([]));
    assert_eq!(
        (&told["by_severity"]["reject"], &told["by_severity"]["warning"]),
        (&0.into(), &0.into()),
        "{told:#}"
    );
    run(&["dedupe", "s.csv", "--out", "out", "--strict"]);
    let summary: serde_json::Value = serde_json::from_str(&fixture.text("out/summary.json")).expect("JSON");
    assert_eq!((&summary["rejected_rows"], &summary["rejected_values"]), (&0.into(), &serde_json::json!({})));
    // It is as good a file to find duplicates in as any.
    let judged =
        run(&["evaluate", "--pairs", "out/pairs.csv", "--truth", "t.csv", "--entity", "entity_id", "--json"]);
    let judged: serde_json::Value = serde_json::from_str(&judged).expect("JSON");
    let figure = |name: &str| judged[name].as_f64().unwrap_or_default();
    assert!(figure("precision") > 0.99 && figure("recall") > 0.8, "{judged:#}");
    run(&["init", "registry"]);
    let loaded =
        ["--registry", "registry", "load", "s.csv", "--bulk", "--strict", "--rejected", "rejected.csv"];
    run(&loaded);
    assert_eq!(fixture.text("rejected.csv").lines().count(), 1, "{}", fixture.text("rejected.csv"));
}

/// Texts that stand in cells of spreadsheets where they should not.
const JUNK: [&str; 40] = [
    "",
    " ",
    "无",
    "-",
    "0",
    "?",
    "王小明",
    "20150312",
    "2015-03-12",
    "2015.3",
    "42067",
    "202109",
    "2021-09",
    "1",
    "2",
    "男",
    "Z",
    "A",
    "01",
    "CHN",
    "110105",
    "110105000000",
    "110105201503120019",
    "11010520150312001X",
    "H12345678",
    "E12345678",
    "1.10105E+17",
    "111111111111111111",
    "13800138000",
    "010-12345678",
    "12",
    "G110105201503120019",
    "X1",
    "2111000001",
    "2021101",
    "51",
    "99",
    "阿依古丽·买买提",
    "\u{200B}",
    "１１０１０５",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    /// What passes is accepted: no row is rejected, and no value is left out of a field that no rule objects to.
    #[test]
    fn what_passes_is_read_whole(
        n in 1u32..400,
        changes in prop::collection::vec((0usize..72, prop::sample::select(&JUNK[..])), 0..5),
        text in "\\PC{0,24}",
        at in 0usize..72,
    ) {
        let mut row = TemplateRow::of(n);
        for (at, text) in changes {
            row.set(Profile::NATIONAL_2.fields[at].field, text);
        }
        row.set(Profile::NATIONAL_2.fields[at].field, &text);
        let outcome = check(std::slice::from_ref(&row), Options::default());
        let wrong: BTreeSet<Field> = outcome.findings.iter().filter_map(|finding| finding.field).collect();
        let is_rejected = outcome.findings.iter().any(|finding| finding.severity() == Severity::Reject);

        let fixture = Fixture::new();
        let path = fixture.file("a.csv", file(std::slice::from_ref(&row)));
        let source = Source::open(&path, 0, &SourceOptions::default()).expect("a readable file");
        let mut left_out: Vec<Column> = Vec::new();
        let mut is_empty = false;
        let totals = source.try_for_each_chunk(
            Vec::new,
            |seen: &mut Vec<(bool, Vec<Column>)>, student, _| {
                let mut issues = Vec::new();
                let identity = Identity::of(student, &mut issues);
                seen.push((identity.is_empty(), issues.iter().map(|issue| issue.column).collect()));
            },
            |chunk| {
                for (empty, columns) in chunk.value {
                    is_empty |= empty;
                    left_out.extend(columns);
                }
                Ok::<(), renji::source::SourceError>(())
            },
        ).expect("reading");
        for column in left_out {
            // Where there is no first member, the second is read as the first.
            let second = match column {
                Column::Guardian1Id => Some(Field::Guardian2Id),
                Column::Guardian1Phone => Some(Field::Guardian2Phone),
                _ => None,
            };
            let is_told = wrong.contains(&Field::of_column(column)) || second.is_some_and(|field| wrong.contains(&field));
            prop_assert!(is_told, "{column:?} was left out: {:?}", outcome.findings);
        }
        if !is_rejected {
            prop_assert_eq!(totals.rejected, 0);
            prop_assert!(!is_empty);
        }
        for language in [Language::Zh, Language::En] {
            for finding in &outcome.findings {
                prop_assert!(!finding.message(language).is_empty());
            }
        }
    }
}
