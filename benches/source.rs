//! How fast a file is read into students: `cargo bench --bench source`.
//!
//! A made-up file of 200,000 rows of about 200 bytes, in UTF-8, fully quoted, and in GB18030, on one
//! thread. The visitor counts bytes of names, so that nothing but reading is measured.

use std::fmt::Write as _;
use std::ops::ControlFlow;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use renji::source::{Source, SourceOptions};

const ROWS: u64 = 200_000;

fn rows(quoted: bool) -> String {
    let mut text = String::from(
        "record_id,id_type,id_number,name,sex,birthdate,region,guardian1_name,guardian1_id,guardian2_name,\
         guardian2_id,phone,address,school_code,enrolled\n",
    );
    for row in 0..ROWS {
        let id = format!("4201032015031{row:05}");
        let cells = [
            &format!("r{row:07}"),
            "1",
            &id,
            "王小明",
            "男",
            "20150312",
            "420103000000",
            "王建国",
            "420103198001010011",
            "李秀英",
            "420103198202020028",
            "13800000000",
            "武汉市江汉区某某路12号3栋4单元",
            "2142000001",
            "202109",
        ];
        let quote = if quoted { "\"" } else { "" };
        for (index, cell) in cells.iter().enumerate() {
            let comma = if index == 0 { "" } else { "," };
            let _ = write!(text, "{comma}{quote}{cell}{quote}");
        }
        text.push('\n');
    }
    text
}

fn read(criterion: &mut Criterion) {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let plain = rows(false);
    let files = [
        ("utf8", plain.clone().into_bytes()),
        ("utf8_quoted", rows(true).into_bytes()),
        ("gb18030", encoding_rs::GB18030.encode(&plain).0.into_owned()),
    ];
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a pool");
    let mut group = criterion.benchmark_group("source");
    group.sample_size(10).throughput(Throughput::Elements(ROWS));
    for (name, bytes) in files {
        let path = directory.path().join(name);
        std::fs::write(&path, bytes).expect("writing the file");
        let source = Source::open(&path, 0, &SourceOptions::default()).expect("opening the file");
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                pool.install(|| {
                    let mut sum = 0;
                    let totals = source
                        .for_each_chunk(
                            || 0,
                            |sum: &mut usize, student, _| {
                                *sum += student.name.len() + student.documents.len()
                            },
                            |chunk| {
                                sum += chunk.value;
                                ControlFlow::Continue(())
                            },
                        )
                        .expect("reading the file");
                    assert_eq!(totals.rows, ROWS);
                    sum
                })
            });
        });
    }
    group.finish();
}

criterion_group!(benches, read);
criterion_main!(benches);
