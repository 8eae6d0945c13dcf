//! A name of any text: no panic, the canonical form is read back the same, and so is the loose one.
#![no_main]

use libfuzzer_sys::fuzz_target;
use renji::identity::name::{Name, Script, sound};
use renji::identity::text;
use renji::limits::NAME_CHARS_MAX;

fuzz_target!(|data: &str| {
    let (mut once, mut twice) = (String::new(), String::new());
    text::clean(data, &mut once);
    text::clean(&once, &mut twice);
    assert_eq!(once, twice);
    let folded = sound::fold(data);
    assert_eq!(sound::fold(&folded), folded);

    let Some(name) = Name::parse(data) else { return };
    assert!(name.canonical().chars().count() <= NAME_CHARS_MAX);
    let again = Name::parse(name.canonical()).expect("a canonical name is a name");
    assert!(again == name, "read twice: {:?} {:?}", name.canonical(), again.canonical());

    let units = name.units();
    assert!(units.surname_len() <= units.as_slice().len());
    assert_eq!(units.segments().map(<[_]>::len).sum::<usize>(), units.as_slice().len());
    for at in 0..units.as_slice().len() {
        let _ = units.readings(at);
    }
    let _ = (name.tokens(), name.reading().parts(), name.has_wildcard());
    assert!(name.phonetic().len() <= 4);

    // Segments stand side by side in the loose form, where the first may look like a surname.
    if name.script() == Script::Latin || !units.is_segmented() {
        let loose = name.loose();
        if let Some(again) = loose.as_deref().and_then(Name::parse) {
            assert_eq!(again.loose(), loose);
        }
    }
});
