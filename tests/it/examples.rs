//! The examples, each run, and what it prints.

/// Runs the story of an example in a directory of its own.
macro_rules! example {
    ($name:ident, $path:literal, $said:literal) => {
        #[allow(dead_code, reason = "its `main` prints the same to the terminal")]
        #[path = $path]
        mod $name;

        #[test]
        fn $name() {
            let directory = tempfile::tempdir().expect("a directory");
            let mut out = Vec::new();
            $name::story(&directory.path().join("registry"), &mut out).expect("a story that ends well");
            assert_eq!(String::from_utf8(out).expect("text"), $said);
        }
    };
}

example!(
    embed,
    "../../examples/embed.rs",
    "\
requests: 12
issued 6, known already 6, held 0
the numbers told are the numbers issued: true
letters: JLLLLL
the same request again: the same answer: true
students: 6
verified: true
"
);

example!(
    transfer,
    "../../examples/transfer.rs",
    "\
Shenzhen: issued L
Wuhan: known
  why: no_number, name_similar, moved, same_guardian
  could not be looked for: id_number, guardian_id
  the number is the one issued: true
entered as new: known: true
now: region 420106, school 2142000007
  record of 440305: says what was so
  record of 420106: says what is so
  record of 420106: says what is so
history: enrolled, amended, life, enrolled
verified: true
"
);

example!(
    case,
    "../../examples/case.rs",
    "\
first child: L
second child: held, shared_number|name_differs|birth_differs|twins_possible
case 1: shared_number, 2 students
second child: J
open cases: 0
second child, cleared: G
the J leads to the G: true
  enrolled by service
  case_opened by service
  case_resolved by 王老师
  disowned by 王老师
  numbered by 王老师
  amended by 王老师
  numbered by population check
verified: true
"
);

example!(
    follow,
    "../../examples/follow.rs",
    "\
first: 5 changes
equal: true
held: true
equal: false
then: 4 changes
equal: true
changed on the way: refused: true
verified: true
"
);

example!(
    school,
    "../../examples/school.rs",
    "\
第 3 行 性别：性别与证件号不一致（现为 *）；应为：证件号第 17 位奇数为男、偶数为女
第 4 行 身份证件号：证件号校验位不符（现为 420103********0039）；应为：核对证件原件，改正号码
第 5 行 身份证件号：同一学校内证件号重复（现为 420103********0010），另见第 2 行；应为：一名学生只报一次；号码录错的改正
4 行，不通过 2 行
3 行，不通过 0 行
可以报送：true
"
);

example!(
    county,
    "../../examples/county.rs",
    "\
2142000001
  a2: name_differs, name same_sound, birth date equal
  a3: birth_or_sex_differs, name equal, birth date lunar
2142000002
  b1: found_without_number, name equal, birth date equal
  b2: number_unknown, name equal, birth date equal
  b3: number_of_another, name different, birth date different
agree: 1
"
);

example!(
    diploma_office,
    "../../examples/diploma_office.rs",
    "\
d1 s1: written_otherwise birthdate written_otherwise, id_number written_otherwise
d2 s2: written_otherwise name written_otherwise
d3 s3: differs major different
d5 -: unknown
- s4: no_diploma
"
);

example!(
    province,
    "../../examples/province.rs",
    "\
the province: 440305, the nation: 420106
the nation learnt of 1 student, 1 case opened
the province learnt of 1 student, 1 case opened
a case in the province: two_registry_numbers
the nation: 1 case settled elsewhere
province: one student: true, open cases: 0, verified: true
nation: one student: true, open cases: 0, verified: true
the same number stays: true
entered as new: known: true
"
);
