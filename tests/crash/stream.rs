//! A made-up stream of students with repeats, the same in every run: what a request asks is a function of its
//! index alone, so that a process that was killed and the one that checks agree on it.

use renji::identity::document::check::mod_11_2;
use renji::student::{OwnedDocument, OwnedGuardian, OwnedStudent};

/// Requests that concern one child.
pub(crate) const GROUP: u64 = 5;

const SURNAMES: [&str; 20] = [
    "周", "李", "吴", "郑", "冯", "陈", "卫", "蒋", "沈", "韩", "杨", "朱", "秦", "许", "何", "吕", "施",
    "孔", "曹", "魏",
];
const FIRST: [&str; 20] = [
    "洋", "国", "海", "志", "文", "春", "冬", "雪", "玉", "金", "德", "永", "家", "思", "雨", "天", "学",
    "建", "红", "云",
];
/// With a character of the same sound each.
const SECOND: [(&str, &str); 20] = [
    ("明", "鸣"),
    ("伟", "玮"),
    ("静", "婧"),
    ("丽", "莉"),
    ("峰", "锋"),
    ("芳", "坊"),
    ("佳", "嘉"),
    ("强", "蔷"),
    ("辉", "晖"),
    ("燕", "艳"),
    ("军", "君"),
    ("超", "钞"),
    ("宁", "凝"),
    ("博", "勃"),
    ("霞", "侠"),
    ("涛", "滔"),
    ("琪", "琦"),
    ("凯", "恺"),
    ("欣", "昕"),
    ("龙", "隆"),
];
const COUNTIES: [&str; 8] = ["440305", "110105", "310115", "330106", "510107", "320102", "370102", "420106"];

/// A sequence that depends on its seed alone (SplitMix64).
#[derive(Debug, Clone)]
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Random {
        Random(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }
}

fn citizen(region: &str, birth: &str, sequence: u64) -> OwnedDocument {
    let body = format!("{region}{birth}{:03}", sequence % 1000);
    let digits: [u8; 17] = body.as_bytes().try_into().expect("17 digits");
    let number = format!("{body}{}", char::from(mod_11_2(&digits).expect("digits")));
    OwnedDocument { kind: "1".into(), number }
}

/// A child nobody else is like: no two of 8,000 in a row share a name, and few a birth date.
pub(crate) fn child(ordinal: u64) -> OwnedStudent {
    let at = |part: u64| part as usize % 20;
    let (surname, first, (second, _)) =
        (SURNAMES[at(ordinal)], FIRST[at(ordinal / 20)], SECOND[at(ordinal / 400)]);
    let day = ordinal * 7 % 3360;
    let birth = format!("{}{:02}{:02}", 2006 + day / 336, day / 28 % 12 + 1, day % 28 + 1);
    let region = COUNTIES[(ordinal / 3) as usize % 8];
    let guardian = citizen(region, &format!("19{}{}", 70 + ordinal % 20, &birth[4..]), ordinal / 11);
    OwnedStudent {
        documents: vec![citizen(region, &birth, ordinal * 13 + 1)],
        name: format!("{surname}{first}{second}"),
        sex: if (ordinal * 13).is_multiple_of(2) { "1" } else { "2" }.into(),
        birthdate: birth,
        region: region.into(),
        guardians: vec![OwnedGuardian {
            name: format!("{surname}{}", FIRST[at(ordinal / 7)]),
            document: guardian,
            phone: format!("139{:08}", ordinal * 7919 % 100_000_000),
        }],
        school_code: format!("21{region}01"),
        ..OwnedStudent::default()
    }
}

/// What the request of an index asks: a child; the same child again under other requests; its homophone from
/// another county without a number; another child with its number; and one of whom hardly anything is known.
pub(crate) fn student(index: u64) -> OwnedStudent {
    let ordinal = index / GROUP;
    let mut student = child(ordinal);
    match index % GROUP {
        0 | 1 => {}
        2 => {
            let (second, sound) = SECOND[(ordinal / 400) as usize % 20];
            student.name = student.name.replace(second, sound);
            student.documents.clear();
            student.region = COUNTIES[(ordinal / 3 + 1) as usize % 8].into();
        }
        // Not of every child, so that not everything ends in cases.
        3 if ordinal.is_multiple_of(3) => {
            let documents = std::mem::take(&mut student.documents);
            student = child(ordinal + 4_001);
            student.documents = documents;
        }
        4 if ordinal.is_multiple_of(4) => {
            student.documents.clear();
            student.guardians.clear();
            student.birthdate.clear();
        }
        _ => {}
    }
    student
}

/// The request id of an index.
pub(crate) fn request(index: u64) -> String {
    format!("request-{index}")
}
