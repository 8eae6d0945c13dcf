//! Tests of names; all made up.

use super::*;

fn name(text: &str) -> Name {
    Name::parse(text).unwrap()
}

#[test]
fn canonical_form_settles_width_marks_and_spaces() {
    for (text, canonical) in [
        ("张 伟", "张伟"),
        ("张\u{3000}伟\u{FE00}", "张伟"),
        ("⻘山", "青山"),
        ("王\u{E863}", "王䶮"),
        ("买买提•艾力", "买买提·艾力"),
        ("买买提．艾力·", "买买提·艾力"),
        ("王□明", "王?明"),
        ("王＊明", "王?明"),
        ("王Yan明", "王yan明"),
        ("josé  garcía", "JOSÉ GARCÍA"),
        ("O’Neil", "O'NEIL"),
        ("Ｚhang Ｗei", "ZHANG WEI"),
        // Found by fuzzing: marks that were kept apart change their order when they meet.
        ("\u{739}&\u{736}没", "\u{739}\u{736}没"),
        ("\u{736}&\u{739}没", "\u{739}\u{736}没"),
        ("Anna`", "ANNA"),
        ("Ana・Maria", "ANA·MARIA"),
        ("Groß", "GROSS"),
        ("ΐ", "\u{3AA}\u{301}"),
        ("王İ明", "王i明"),
    ] {
        assert_eq!(name(text).canonical(), canonical, "{text}");
        assert_eq!(name(canonical), name(text), "twice changes nothing: {text}");
    }
}

#[test]
fn a_name_too_long_is_read_as_far_as_it_is_kept() {
    // Found by fuzzing: a Han character behind the end decided the script.
    let long = format!("{}王", "a".repeat(NAME_CHARS_MAX));
    assert_eq!(name(&long).script(), Script::Latin);
    assert_eq!(name(name(&long).canonical()), name(&long));
    assert_eq!(name(&"王".repeat(1000)).canonical().chars().count(), NAME_CHARS_MAX);
}

#[test]
fn nobody_is_not_a_name() {
    for text in ["", " ", "无", "不详", "N/A", "---", "□", "12"] {
        assert_eq!(Name::parse(text), None, "{text}");
    }
}

#[test]
fn loose_form_joins_what_a_clerk_would() {
    for (a, b) in [
        ("張偉", "张伟"),
        ("傅峯", "付峰"),
        ("買買提·艾力", "买买提艾力"),
        ("Zhang Wei", "WEI, ZHANG"),
        ("José García", "Garcia Jose"),
        ("Łukasz Øst", "Lukasz Ost"),
        ("O'Neil", "ONEIL"),
        // Found by fuzzing: marks alone changed their order when tokens were joined.
        ("\u{712}\u{739} \u{713}\u{736}", "\u{713}\u{739} \u{712}\u{736}"),
    ] {
        assert_eq!(name(a).loose(), name(b).loose(), "{a} {b}");
    }
    // The given name is not folded with surnames.
    assert_ne!(name("王傅").loose(), name("王付").loose());
    assert_eq!(name("王?明").loose(), None);
}

#[test]
fn phonetic_form_joins_what_sounds_alike() {
    for (a, b) in [
        ("张伟", "章玮"),
        ("周洋明", "周洋名"),
        ("Zhang Wei", "张伟"),
        ("Wei Zhang", "张伟"),
        ("Wang Xiao Ming", "王小明"),
        ("XIAOMING WANG", "王小明"),
        ("吕玲", "LYU LING"),
        ("单雄", "善雄"),
        ("覃丽", "秦丽"),
        ("覃丽", "谭丽"),
        ("Catherine Smith", "Smyth Cathryn"),
    ] {
        let (forms, others) = (name(a).phonetic(), name(b).phonetic());
        assert!(forms.iter().any(|form| others.contains(form)), "{a} {forms:?} {b} {others:?}");
    }
    assert!(name("王?明").phonetic().is_empty());
    assert!(!name("单雄").phonetic().contains(&name("丹雄").phonetic()[0]));
}

#[test]
fn segments_and_surnames() {
    let units = name("阿卜杜拉·艾山").units();
    assert_eq!(units.segments().map(<[Unit]>::len).collect::<Vec<_>>(), [4, 2]);
    assert_eq!(units.surname_len(), 0);
    assert_eq!(name("欧阳小明").units().surname_len(), 2);
    assert_eq!(name("欧阳小明").units().segments().count(), 1);
    assert_eq!(name("傅明").reading().parts().0, "付");
}

#[test]
fn names_of_one_form_have_one_sum() {
    let names: Vec<Name> = [
        "王小明",
        "王晓铭",
        "明小王",
        "小明王",
        "王明",
        "明王",
        "張偉",
        "张伟",
        "章玮",
        "傅强",
        "付强",
        "段磊",
        "叚磊",
        "单雄信",
        "山雄心",
        "曾国藩",
        "欧阳娜",
        "尉迟恭",
        "王西安",
        "王仙",
        "仙王",
        "吕布",
        "女布",
        "覃梅",
        "谭梅",
        "秦梅",
        "长孙无忌",
        "乐乐",
        "月月",
        "了了",
    ]
    .into_iter()
    .map(|name| Name::parse(name).unwrap())
    .collect();
    let mut together = 0;
    for a in &names {
        for b in &names {
            let share = a.loose() == b.loose() || a.phonetic().iter().any(|form| b.phonetic().contains(form));
            if let (true, Some(one), Some(other)) = (share, a.sound_sum(), b.sound_sum()) {
                assert_eq!(one, other, "{} {}", a.canonical(), b.canonical());
                together += 1;
            }
        }
    }
    assert!(together > names.len());
}

#[test]
fn the_bytes_of_a_loose_form_are_its_bytes() {
    for name in [
        "王小明",
        "張曉明",
        "傅強",
        "欧阳娜娜",
        "萧",
        "一鿿",
        "王?明",
        "阿卜杜拉·艾山",
        "Green, Mitchell",
        "王王王王王王王王王",
    ] {
        let name = Name::parse(name).unwrap();
        let loose = name.loose();
        assert_eq!(name.loose_bytes().as_deref(), loose.as_ref().map(|loose| loose.as_bytes()));
    }
    // Every character of the block, as a surname and behind one.
    for c in '\u{4E00}'..='\u{9FFF}' {
        let name = Name::parse(&format!("{c}{c}{c}")).unwrap();
        assert_eq!(name.loose_bytes().unwrap().as_slice(), name.loose().unwrap().as_bytes(), "{c}");
    }
}
