//! Who is one student, by all that was ever said of pairs; and making it so.
//!
//! What was said is gone through from the newest to the oldest. *Same* joins two sets, unless something newer keeps
//! them apart; *apart* keeps two sets apart, unless something newer has joined them. So the newest word always holds,
//! an older one as far as it contradicts nothing newer, and the result depends on the words alone.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::history::{History, Said, history, within};
use super::{Bond, Name, Stamp, SystemId};
use crate::ids::{Sequence, StudentId};
use crate::registry::casework::{inherited_from, merge};
use crate::registry::draft::Draft;
use crate::registry::error::Result;
use crate::registry::event::Event;
use crate::registry::settle::survivor_of;
use crate::registry::state::Status;

/// The last entry there may be.
const EVER: Sequence = Sequence::new(u64::MAX);

/// What was said of a pair of names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Word {
    pub(super) a: usize,
    pub(super) b: usize,
    pub(super) bond: Bond,
    pub(super) stamp: Stamp,
}

/// Sets of those who are one, each with the newest word that joins it. `names` orders words of one stamp.
pub(super) fn sets(names: &[Name], mut words: Vec<Word>) -> Vec<(Vec<usize>, Option<Word>)> {
    let place = |word: &Word| {
        let (a, b) = (names[word.a], names[word.b]);
        (word.stamp, a.min(b), a.max(b))
    };
    words.sort_unstable_by_key(|word| std::cmp::Reverse(place(word)));
    let mut set: Vec<usize> = (0..names.len()).collect();
    let mut apart: BTreeSet<(usize, usize)> = BTreeSet::new();
    let mut newest: BTreeMap<usize, Word> = BTreeMap::new();
    for word in words {
        let (a, b) = (set[word.a], set[word.b]);
        match word.bond {
            _ if a == b => {}
            Bond::Open => {}
            Bond::Apart => {
                apart.insert((a.min(b), a.max(b)));
            }
            Bond::Same if apart.contains(&(a.min(b), a.max(b))) => {}
            Bond::Same => {
                set.iter_mut().filter(|known| **known == b).for_each(|known| *known = a);
                apart = apart
                    .into_iter()
                    .map(|(x, y)| {
                        let now = |at: usize| if at == b { a } else { at };
                        (now(x).min(now(y)), now(x).max(now(y)))
                    })
                    .collect();
                // The newest word of either set, or this one where neither had any.
                let words = [newest.get(&a).copied(), newest.remove(&b), Some(word)];
                let latest = words.into_iter().flatten().max_by_key(|word| place(word));
                newest.extend(latest.map(|latest| (a, latest)));
            }
        }
    }
    let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (at, set) in set.into_iter().enumerate() {
        groups.entry(set).or_default().push(at);
    }
    groups.into_iter().map(|(set, members)| (members, newest.remove(&set))).collect()
}

/// Takes a student with all who are one with it apart, as far as they have names; a deleted one's are deleted.
pub(super) fn dissolve(draft: &mut Draft<'_>, own: SystemId, student: StudentId) -> Result<Vec<StudentId>> {
    let survivor = survivor_of(draft, student)?;
    let mut all = Vec::new();
    let mut waiting = vec![survivor];
    while let Some(survivor) = waiting.pop() {
        all.push(survivor);
        let state = draft.student(survivor)?;
        for merged in state.merged.iter().rev().copied() {
            if history(draft, own, merged, EVER)?.name.is_none() {
                continue;
            }
            let inherited = inherited_from(draft, survivor, merged, &draft.student(survivor)?.merged)?;
            let reason = "exchange".to_owned();
            draft.conclude(Event::Unmerged { survivor, merged, inherited, reason: reason.clone() })?;
            if state.status == Status::Retired && draft.student(merged)?.status != Status::Retired {
                draft.conclude(Event::Retired { student: merged, reason })?;
            }
            waiting.push(merged);
        }
    }
    Ok(all)
}

/// Makes those one who are one, and nobody else, among these students and all they were ever joined to.
pub(in crate::registry) fn regroup(draft: &mut Draft<'_>, own: SystemId, seeds: &[StudentId]) -> Result<()> {
    // Everybody whom a word "same" reaches, and who is one student with such a one as it stands.
    let mut histories: HashMap<StudentId, History> = HashMap::new();
    let mut waiting = seeds.to_vec();
    while let Some(student) = waiting.pop() {
        if histories.contains_key(&student) {
            continue;
        }
        let read = history(draft, own, student, EVER)?;
        waiting.extend(within(draft, survivor_of(draft, student)?)?);
        waiting
            .extend(read.bonds.iter().filter(|(_, said)| said.bond == Bond::Same).map(|(other, _)| *other));
        histories.insert(student, read);
    }
    let mut named: Vec<(Name, StudentId)> =
        histories.iter().filter_map(|(student, read)| Some((read.name?.0, *student))).collect();
    named.sort_unstable();
    let at: HashMap<StudentId, usize> =
        named.iter().enumerate().map(|(at, (_, student))| (*student, at)).collect();
    let mut words = Vec::new();
    for (_, student) in &named {
        for (other, Said { stamp, bond, survivor }) in &histories[student].bonds {
            // Each pair once: a story of either has the word.
            if let (Some(own), Some(theirs)) = (at.get(student), at.get(other))
                && (own < theirs || !histories[other].bonds.contains_key(student))
            {
                let (a, b) = if survivor == student { (*own, *theirs) } else { (*theirs, *own) };
                words.push(Word { a, b, bond: *bond, stamp: *stamp });
            }
        }
    }
    let names: Vec<Name> = named.iter().map(|(name, _)| *name).collect();
    let mut wanted: Vec<(StudentId, Vec<StudentId>)> = Vec::new();
    for (members, newest) in sets(&names, words) {
        let mut alive = Vec::new();
        for member in &members {
            if !is_retired(draft, named[*member].1)? {
                alive.push(*member);
            }
        }
        let said = newest.map(|word| word.a);
        let survivor = match said {
            Some(said) if alive.is_empty() || alive.contains(&said) => said,
            _ => alive.first().or(members.first()).copied().unwrap_or_default(),
        };
        let others = members.iter().filter(|member| **member != survivor).map(|member| named[*member].1);
        wanted.push((named[survivor].1, others.collect()));
    }
    let mut is_so = true;
    for (survivor, others) in &wanted {
        is_so &= draft.student(*survivor)?.merged_into.is_none();
        for other in others {
            is_so &= survivor_of(draft, *other)? == *survivor;
        }
    }
    if is_so {
        return Ok(());
    }
    for (_, student) in &named {
        let survivor = survivor_of(draft, *student)?;
        dissolve(draft, own, survivor)?;
    }
    for (survivor, others) in wanted {
        for other in others {
            merge(draft, survivor, other, "exchange")?;
        }
    }
    Ok(())
}

/// Whether a student is deleted, as part of another perhaps.
fn is_retired(draft: &Draft<'_>, student: StudentId) -> Result<bool> {
    let state = draft.student(student)?;
    if state.status == Status::Retired || state.before_merge == Some(Status::Retired) {
        return Ok(true);
    }
    // Deleted together with the student it had become.
    Ok(match state.merged_into {
        Some(_) => draft.student(survivor_of(draft, student)?)?.status == Status::Retired,
        None => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::number::RegistryNumber;
    use crate::registry::Timestamp;

    /// What becomes of three students, by words from the oldest to the newest.
    fn grouped(words: &[(usize, usize, Bond)]) -> Vec<Vec<usize>> {
        let number = |text: &str| RegistryNumber::parse(text).expect("a number");
        let numbers = ["G11010519491231002X", "G440524188001010014", "G110105194912310011"];
        let names = numbers.map(|text| Name { number: number(text), issuer: None });
        let said = |(at, (a, b, bond)): (i64, &(usize, usize, Bond))| {
            let (at, sequence) = (Timestamp::new(at), Sequence::new(1));
            Word { a: *a, b: *b, bond: *bond, stamp: Stamp { at, system: SystemId::new([0; 16]), sequence } }
        };
        sets(&names, (1..).zip(words).map(said).collect()).into_iter().map(|(members, _)| members).collect()
    }

    #[test]
    fn the_newest_word_holds_and_an_older_one_as_far_as_it_may() {
        use Bond::{Apart, Open, Same};
        assert_eq!(grouped(&[(0, 1, Apart), (0, 1, Same)]), [vec![0, 1], vec![2]]);
        assert_eq!(grouped(&[(0, 1, Same), (0, 1, Apart)]), [[0], [1], [2]]);
        assert_eq!(grouped(&[(0, 1, Open), (1, 2, Same)]), [vec![0], vec![1, 2]]);
        // A chain: what is newer keeps the two ends apart, and the older of the links is void.
        assert_eq!(grouped(&[(0, 1, Same), (1, 2, Same), (0, 2, Apart)]), [vec![0], vec![1, 2]]);
        // What was joined since, an older word does not part.
        assert_eq!(grouped(&[(0, 2, Apart), (0, 1, Same), (1, 2, Same)]), [[0, 1, 2]]);
    }
}
