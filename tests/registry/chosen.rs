//! The model that judges: chosen by an act, told by every entry, followed, and never replaced in silence.

use renji::ids::Sequence;
use renji::matching::{Model, Verdict};
use renji::registry::{Enrolled, Event, ModelChoice, Registry, RegistryError};
use renji::student::OwnedStudent;

use super::fixture::{Made, builder, export, made, replayed, student, without_number};

/// A model under which next to nothing is one person by itself.
fn stricter() -> Model {
    let mut model = Model { name: "stricter".to_owned(), ..Model::default() };
    model.thresholds.same = 1.0;
    model
}

/// A child and the same child without a number, with a name that sounds the same: the shipped model joins them.
fn two_records() -> [OwnedStudent; 2] {
    let child = student("周洋明", "20100101", 1);
    let mut again = without_number(child.clone());
    again.name = "周洋名".into();
    [child, again]
}

fn enroll(made: &Made, student: &OwnedStudent, request: &str) -> Enrolled {
    made.registry.enroll(&student.as_student(), request).expect("an answer")
}

#[test]
fn a_new_registry_says_which_model_judges_in_it() {
    let made = made();
    let models = made.registry.models().expect("models");
    assert_eq!(models.len(), 1);
    assert_eq!(models[0].digest, Model::default().digest());
    assert_eq!(models[0].since, Sequence::new(2));
}

#[test]
fn a_model_judges_from_its_choice_on_and_changes_nothing_before() {
    let made = made();
    let [child, again] = two_records();
    let Enrolled::Issued(number) = enroll(&made, &child, "a") else { panic!("a new child") };
    assert!(matches!(enroll(&made, &again, "b"), Enrolled::Existing { .. }));
    let before = export(&made.registry);
    made.registry.use_model(&stricter(), "王老师").expect("a choice");
    assert_eq!(export(&made.registry), before, "what was answered stays");
    assert_eq!(*made.registry.model().expect("a model"), stricter());
    // The same answers for the same requests, and another for another.
    assert!(matches!(enroll(&made, &again, "b"), Enrolled::Existing { .. }));
    let mut third = again.clone();
    third.name = "周阳明".into();
    assert!(matches!(enroll(&made, &third, "c"), Enrolled::Held { .. }));
    let history = made.registry.history(&number).expect("a story");
    let models = made.registry.models().expect("models");
    let names: Vec<Option<&str>> = history
        .iter()
        .filter(|entry| matches!(entry.event, Event::Enrolled { .. } | Event::CaseOpened(_)))
        .map(|entry| ModelChoice::that_judged(&models, entry).map(|model| model.name.as_str()))
        .collect();
    assert_eq!(names[..2], [Some("renji-hand-set-1"); 2]);
    assert_eq!(names.last(), Some(&Some("stricter")));
    let case = made.registry.open_cases(None, None).expect("cases").remove(0);
    let judged_by = made.registry.model_of_case(&case).expect("reading").expect("a model");
    assert_eq!(judged_by.name, "stricter");
    // To choose it again is no act.
    let sequence = made.registry.sequence();
    made.registry.use_model(&stricter(), "王老师").expect("a choice");
    assert_eq!(made.registry.sequence(), sequence);
    assert!(made.registry.verify().expect("a verification").is_clean());
}

#[test]
fn the_model_outlives_the_process_and_goes_to_those_who_follow() {
    let made = made();
    made.registry.use_model(&stricter(), "王老师").expect("a choice");
    for piece in [1, 100] {
        let follower = replayed(&made.registry, piece);
        assert_eq!(*follower.registry.model().expect("a model"), stricter());
        assert_eq!(follower.registry.models().expect("models"), made.registry.models().expect("models"));
    }
    let path = made.directory.path().join("registry");
    made.registry.backup(made.directory.path().join("copy")).expect("a copy");
    drop(made.registry);
    for path in [path, made.directory.path().join("copy")] {
        // Not even who opens it with another model in hand judges with that.
        let opened = builder().model(Model::default()).open(path).expect("the registry");
        assert_eq!(*opened.model().expect("a model"), stricter());
    }
}

#[test]
fn what_another_model_would_judge_differently_is_counted() {
    let made = made();
    let [child, again] = two_records();
    enroll(&made, &child, "a");
    enroll(&made, &again, "b");
    enroll(&made, &student("何秀英", "20130505", 8), "c");
    let sequence = made.registry.sequence();
    let same = made.registry.compare_model(&Model::default()).expect("a comparison");
    assert_eq!((same.differing(), same.verdicts.get(&(Verdict::Same, Verdict::Same))), (0, Some(&1)));
    let other = made.registry.compare_model(&stricter()).expect("a comparison");
    assert_eq!(other.verdicts.get(&(Verdict::Same, Verdict::Review)), Some(&1), "{other:?}");
    assert_eq!(other.differing(), 1);
    assert_eq!(other.pairs, same.pairs);
    assert_eq!(made.registry.sequence(), sequence, "nothing is written");
    // In segments as in the database.
    made.registry.compact().expect("a compaction");
    assert_eq!(made.registry.compare_model(&stricter()).expect("a comparison"), other);
}

#[test]
fn what_is_no_model_is_not_chosen() {
    let made = made();
    let mut wrong = Model::default();
    wrong.thresholds.review = 2.0;
    let refused = made.registry.use_model(&wrong, "王老师").expect_err("a refusal");
    assert!(matches!(&refused, RegistryError::Model(_)), "{refused:?}");
    assert!(refused.to_string().contains("thresholds.review"), "{refused}");
    assert_eq!(made.registry.models().expect("models").len(), 1);
    let refused = builder().model(wrong).create(made.directory.path().join("other"), Default::default());
    assert!(matches!(refused, Err(RegistryError::Model(_))), "{refused:?}");
}

#[test]
fn a_model_that_this_version_cannot_read_judges_nobody_and_no_other_does() {
    // The journal of a registry whose model is of a later form.
    let made = made();
    let child = student("周洋明", "20100101", 1);
    enroll(&made, &child, "a");
    let path = made.directory.path().join("registry");
    drop(made.registry);
    plant_unreadable(&path);
    let registry = Registry::open(&path).expect("it opens, for all that needs no judgement");
    for outcome in [
        registry.check(&child.as_student()).map(drop),
        registry.enroll(&child.as_student(), "b").map(drop),
        registry.compare_model(&Model::default()).map(drop),
    ] {
        let error = outcome.expect_err("nobody judges");
        assert!(matches!(error, RegistryError::Model(_)), "{error:?}");
        assert!(error.to_string().contains("renji model use"), "{error}");
    }
    let faults = registry.verify().expect("a verification").faults;
    assert!(faults.iter().any(|fault| fault.contains("not those that the journal chose")), "{faults:?}");
    registry.use_model(&Model::default(), "王老师").expect("a choice");
    assert!(matches!(
        registry.enroll(&child.as_student(), "b").expect("an answer"),
        Enrolled::Existing { .. }
    ));
}

/// Puts a model of another form into the row `model`, sealed as the store seals.
fn plant_unreadable(directory: &std::path::Path) {
    use redb::ReadableDatabase;
    let meta: redb::TableDefinition<'_, &str, &[u8]> = redb::TableDefinition::new("meta");
    let file = directory.join(renji::store::FILE_NAME);
    let database = redb::Database::open(file).expect("a database");
    let row = {
        let table = database.begin_read().expect("a state").open_table(meta).expect("a table");
        table.get("model").expect("reading").expect("the models").value().to_vec()
    };
    let at = row.windows(12).position(|bytes| bytes == b"\"format\": 1,").expect("a model as text");
    let mut payload = row[5..].to_vec();
    payload[at - 5 + 10] = b'7';
    let place = xxhash_rust::xxh3::xxh3_64_with_seed(b"meta", 1);
    let hash = |bytes: &[u8]| xxhash_rust::xxh3::xxh3_64_with_seed(bytes, place);
    let checksum = renji::hash::mix(hash(b"model"), hash(&payload)) as u32;
    let sealed = [&[1][..], &checksum.to_le_bytes(), &payload].concat();
    let write = database.begin_write().expect("a write");
    write.open_table(meta).expect("a table").insert("model", sealed.as_slice()).expect("a row");
    write.commit().expect("a commit");
}
