//! `pairs.csv` and `clusters.csv` as written, and read back by the evaluation.

use renji::evaluate::{Evaluation, Truth};
use renji::identity::Identity;
use renji::matching::{Frequencies, Model, judge};
use renji::report::{ClusterList, Existing, OutputDirectory, PairList};
use renji::student::{GivenDocument, Student};

use crate::fixture::Fixture;

#[test]
fn pairs_and_clusters() {
    let student = |name, birthdate| {
        let documents = vec![GivenDocument { kind: "1", number: "440524201001010016" }];
        Identity::of(&Student { documents, name, birthdate, ..Student::default() }, &mut Vec::new())
    };
    let judgement = judge(
        &student("王小明", "20100101"),
        &student("王晓明", "2010-01-01"),
        &Model::default(),
        &Frequencies::of_size(1000),
    );
    let fixture = Fixture::new();
    let out = fixture.path().join("out");
    let directory = OutputDirectory::create(&out, Existing::Keep).expect("a free place");
    let mut pairs = PairList::create(&directory).expect("a list");
    pairs.write("r2", "r1", &judgement).expect("writing");
    pairs.finish().expect("writing");
    let mut clusters = ClusterList::create(&directory).expect("a list");
    clusters.write("r1", "r1").expect("writing");
    clusters.write("r2", "r1").expect("writing");
    clusters.finish().expect("writing");
    directory.publish().expect("publishing");

    let text = fixture.text("out/pairs.csv");
    let mut lines = text.lines();
    assert_eq!(
        lines.next(),
        Some(
            "record_a,record_b,verdict,reasons,p_same,p_sibling,weight,\
             document,name,birth,sex,place,guardian,school,enrolled,phone,address,former_number"
        )
    );
    let row = lines.next().expect("a pair");
    assert!(row.starts_with("r1,r2,same,shared_number|name_similar,0.9"), "{row}");
    assert!(
        row.ends_with(
            ",equal_unchecked,same_sound,placeholder,missing,missing,missing,missing,missing,missing,missing,missing"
        ),
        "{row}"
    );
    assert_eq!(fixture.text("out/clusters.csv"), "record_id,cluster_id\nr1,r1\nr2,r1\n");

    let truth = fixture.file("truth.csv", "record_id,entity\nr1,e\nr2,e\n");
    let truth = Truth::read(&truth, "entity", "record_id").expect("a readable truth");
    let found = Evaluation::of_file(&truth, &out.join("pairs.csv")).expect("readable pairs");
    assert_eq!((found.true_positives, found.rates.f1), (1, Some(1.0)));
}
