//! Cards against our students, and the sheet that pupils confirm.

use super::{children, csv, list, reconcile};
use crate::fixture::Fixture;

#[test]
fn each_card_agrees_differs_or_is_unknown_and_stands_on_its_class_sheet() {
    let fixture = Fixture::new();
    let mut all = children(300, 51);
    let unknown = all.split_off(280);
    let ours = all.clone();
    let mut cards = all;
    for (at, card) in cards.iter_mut().enumerate() {
        card.insert("class", format!("{}班", at % 3 + 1));
        match at % 10 {
            1 => drop(card.insert("name", "令狐冲虚".to_owned())),
            2 => drop(card.insert("address", "黑龙江省漠河市北极镇洛古河村一组 9 号".to_owned())),
            _ => {}
        }
    }
    cards.extend(unknown);
    let columns = ["record_id", "id_number", "name", "sex", "birthdate", "address", "school_code", "class"];
    fixture.file("cards.csv", csv(&columns, &cards));
    fixture.file("ours.csv", csv(&["record_id", "id_number", "name", "sex", "birthdate", "address"], &ours));
    reconcile(
        &fixture,
        &["--ours", "ours.csv", "--theirs", "cards.csv", "--as", "enrolment", "--out", "out"],
    );
    for (at, line) in list(&fixture, "out/agreement.csv").iter().enumerate() {
        let expected = match at {
            280.. => "unknown",
            _ if matches!(at % 10, 1 | 2) => "differs",
            _ => "agrees",
        };
        assert_eq!(line["standing"], expected, "{at}: {line:?}");
    }
    let page = fixture.text("out/confirm.html");
    assert_eq!(page.matches("<td></td></tr>").count(), 300, "each card is on a sheet");
    assert!(page.contains("1班") && page.contains("break-after:page"));
    assert!(!page.contains("<script") && !page.contains("http://") && !page.contains("https://"));
    assert!(!page.contains(&cards[0]["id_number"]) && !page.contains("令狐冲虚"), "the sheet is masked");
}
