//! A feed applied: each notice learnt, what follows from it concluded, and the position kept, in one write.
//!
//! Whoever is touched is first taken apart from those who are one student with it ([`dissolve`]), changed alone, and
//! at the end of the write everybody is one with whom all words say ([`regroup`]). So no change needs to know how a
//! merged student is kept.

use std::collections::{BTreeSet, HashMap};

use super::fit;
use super::groups::{dissolve, regroup};
use super::history::{Claim, History, history, is_standing, own_system, within};
use super::{Bond, Effect, Fact, FeedLine, Name, Notice, Position, SystemId};
use crate::ids::{CaseId, RecordId, Sequence, StudentId};
use crate::key::Family;
use crate::number::{NumberKind, RegistryNumber};
use crate::registry::Registry;
use crate::registry::case::{CaseClass, Resolution};
use crate::registry::casework::{case_of_taken, common_case, county, new_case};
use crate::registry::decide::Party;
use crate::registry::draft::Draft;
use crate::registry::enroll::Rules;
use crate::registry::error::Result;
use crate::registry::event::Event;
use crate::registry::life::look_around;
use crate::registry::prepare::Prepared;
use crate::registry::search::Match;
use crate::registry::settle::survivor_of;
use crate::registry::state::{FormerNumber, Status};
use crate::registry::time::Timestamp;
use crate::store::Standing;

/// Entries of a feed that are applied in one write.
const PIECE: usize = 512;
/// The last entry there may be.
const EVER: Sequence = Sequence::new(u64::MAX);
/// Stands for the case by which another registry told students apart: no case has this id.
pub(in crate::registry) const ELSEWHERE: CaseId = CaseId::new(u32::MAX);

/// What applying a feed came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Applied {
    /// Entries that were applied.
    pub entries: u64,
    /// Entries that had been applied before.
    pub before: u64,
    /// Notices that were learnt.
    pub learnt: u64,
    /// Notices that came back to where they were said, or by another way before.
    pub known: u64,
    /// Students who are new here.
    pub students: u64,
    /// Notices about students who are not known here under that name: those of a number that both have issued.
    pub unplaced: u64,
    /// Cases that were opened.
    pub opened: u64,
    /// Cases that were closed, because another registry settled them.
    pub settled: u64,
}

impl std::ops::AddAssign for Applied {
    fn add_assign(&mut self, other: Applied) {
        self.entries += other.entries;
        self.before += other.before;
        self.learnt += other.learnt;
        self.known += other.known;
        self.students += other.students;
        self.unplaced += other.unplaced;
        self.opened += other.opened;
        self.settled += other.settled;
    }
}

impl Registry {
    /// Learns from another registry's feed: entries behind each other, without a gap behind what was applied before.
    /// What was applied before is passed over, so a feed may be applied again. 512 entries are one write, with
    /// the position; one that was stopped goes on from there.
    ///
    /// # Errors
    /// [`super::super::RegistryError::Feed`] for a line that was changed, a gap, another history of that system than
    /// the one known, an entry ahead of the clock
    /// ([`Builder::clock_ahead_max`](super::super::Builder::clock_ahead_max)), and where this registry was set back:
    /// of that piece nothing was applied, the pieces before it are on disk.
    /// [`super::super::RegistryError::Impossible`] for the registry's own feed.
    pub fn apply_feed(&self, lines: &[FeedLine]) -> Result<Applied> {
        fit::is_whole(lines)?;
        let mut applied = Applied::default();
        for piece in lines.chunks(PIECE) {
            applied += self.write(|draft, rules| {
                let latest = rules.surroundings.now().later(self.clock_ahead_max);
                arrive(draft, piece, rules, latest)
            })?;
        }
        Ok(applied)
    }

    /// Up to where the feeds of other registries were applied, in the order in which they were first met.
    ///
    /// # Errors
    /// [`super::super::RegistryError::Store`].
    pub fn positions(&self) -> Result<Vec<Position>> {
        Ok(self.newest()?.positions()?)
    }
}

/// Learns a piece of a feed, of which nothing is later than `latest`.
fn arrive(
    draft: &mut Draft<'_>,
    lines: &[FeedLine],
    rules: &Rules<'_>,
    latest: Timestamp,
) -> Result<Applied> {
    let own = own_system(draft.base())?;
    let (old, fresh) = fit::fresh(draft, own, lines, latest)?;
    let done = Applied { before: old as u64, ..Applied::default() };
    let Some(last) = fresh.last() else { return Ok(done) };
    let newest = fresh.iter().flat_map(|line| &line.notices).map(|notice| notice.stamp.at).max();
    draft.not_before(newest);
    draft.concludes = true;
    let cases = draft.meta.next_case;
    let mut arrival = Arrival {
        draft,
        own,
        done,
        seeds: BTreeSet::new(),
        looks: Vec::new(),
        doubles: Vec::new(),
        apart: Vec::new(),
        settled: Vec::new(),
        contested: Vec::new(),
    };
    for line in fresh {
        for notice in &line.notices {
            arrival.learn(notice)?;
        }
    }
    arrival.done.entries = fresh.len() as u64;
    arrival.conclude(rules)?;
    let Arrival { draft, mut done, .. } = arrival;
    done.opened = u64::from(draft.meta.next_case.get() - cases.get());
    let position = Position { system: last.system, sequence: last.sequence, chain: last.chain };
    draft.record(Event::Received(position), None)?;
    Ok(done)
}

/// A feed on its way in.
struct Arrival<'d, 'b> {
    draft: &'d mut Draft<'b>,
    own: SystemId,
    done: Applied,
    /// Whose groups may be others now.
    seeds: BTreeSet<StudentId>,
    /// New records, for which somebody may have to be looked for.
    looks: Vec<(StudentId, RecordId, Prepared)>,
    /// The same where both sides issued the number.
    doubles: Vec<(StudentId, RecordId, Prepared)>,
    apart: Vec<(StudentId, StudentId)>,
    settled: Vec<(Vec<StudentId>, String, String)>,
    /// Who claims a number that another holds.
    contested: Vec<(StudentId, RegistryNumber)>,
}

impl Arrival<'_, '_> {
    fn history(&self, student: StudentId) -> Result<History> {
        history(self.draft, self.own, student, EVER)
    }

    /// The student of a name.
    fn find(&self, name: &Name) -> Result<Option<StudentId>> {
        let Some(holder) = self.draft.number(&name.number)? else { return Ok(None) };
        for student in within(self.draft, survivor_of(self.draft, holder)?)? {
            if self.history(student)?.name.is_some_and(|(known, _)| known == *name) {
                return Ok(Some(student));
            }
        }
        Ok(None)
    }

    fn touch(&mut self, student: StudentId) -> Result<()> {
        let all = dissolve(self.draft, self.own, student)?;
        self.seeds.extend(all);
        Ok(())
    }

    fn remember(&mut self, notice: &Notice, students: Vec<StudentId>, effect: Effect) -> Result<()> {
        self.draft.record(Event::Learnt { notice: notice.clone(), students, effect }, None)?;
        self.done.learnt += 1;
        Ok(())
    }

    fn learn(&mut self, notice: &Notice) -> Result<()> {
        if notice.stamp.system == self.own {
            self.done.known += 1;
            return Ok(());
        }
        let mut students = Vec::new();
        for name in notice.fact.names() {
            students.extend(self.find(&name)?);
        }
        if let Some(first) = students.first()
            && self.history(*first)?.learnt.contains(notice)
        {
            self.done.known += 1;
            return Ok(());
        }
        let is_birth = matches!(notice.fact, Fact::Born { .. });
        let is_settlement = matches!(notice.fact, Fact::Settled { .. });
        if !is_birth && !is_settlement && students.len() < notice.fact.names().len() {
            self.done.unplaced += 1;
            return Ok(());
        }
        let stamp = notice.stamp;
        match &notice.fact {
            Fact::Born { name, given } => {
                let given = Prepared::new(given.clone());
                return self.birth(notice, name, students.first().copied(), given);
            }
            Fact::Bond { bond, .. } => {
                let pair = (students[0], students[1]);
                if pair.0 == pair.1 {
                    self.done.unplaced += 1;
                    return Ok(());
                }
                self.seeds.extend([pair.0, pair.1]);
                if *bond == Bond::Apart {
                    self.apart.push(pair);
                }
                return self.remember(notice, students, Effect::Noted);
            }
            Fact::Settled { resolution, reason, .. } => {
                self.settled.push((students.clone(), resolution.clone(), reason.clone()));
                return self.remember(notice, students, Effect::Noted);
            }
            _ => {}
        }
        let student = students[0];
        self.touch(student)?;
        let (read, state) = (self.history(student)?, self.draft.student(student)?);
        let is_retired = state.status == Status::Retired;
        let record = self.draft.meta.next_record;
        match &notice.fact {
            Fact::Record { given, is_stale, .. } => {
                let prepared = Prepared::new(given.clone()).without(&state.not_theirs);
                let mut is_new = !is_retired;
                for known in &state.records {
                    is_new &= self.draft.profile(*known)?.is_none_or(|p| p.identity != prepared.identity);
                }
                if !is_new {
                    return self.remember(notice, students, Effect::Noted);
                }
                let supersedes = Vec::new();
                let effect = Effect::Record { record, is_live: !is_stale, is_current: false, supersedes };
                self.remember(notice, students, effect)?;
                self.looks.push((student, record, prepared));
            }
            Fact::Amended { given, .. } => {
                if is_retired {
                    return self.remember(notice, students, Effect::Noted);
                }
                let is_current = read.amended.is_none_or(|amended| amended < stamp);
                let mut supersedes = Vec::new();
                for known in state.records.iter().filter(|_| is_current) {
                    let live = self.draft.profile(*known)?.filter(|p| p.standing == Standing::Live);
                    supersedes.extend(live.map(|_| *known));
                }
                let effect = Effect::Record { record, is_live: is_current, is_current, supersedes };
                self.remember(notice, students, effect)?;
                if is_current {
                    self.looks.push((student, record, Prepared::new(given.clone())));
                }
            }
            Fact::Number { number, .. } => {
                self.remember(notice, students, Effect::Noted)?;
                self.claim(student, *number)?;
            }
            Fact::Life { event, .. } => {
                let is_newer = read.status.is_none_or(|status| status < stamp);
                let counts = is_standing(*event) && is_newer && !is_retired;
                let effect = if counts { Effect::Status } else { Effect::Noted };
                self.remember(notice, students, effect)?;
            }
            Fact::Retired { .. } => {
                let effect = if is_retired { Effect::Noted } else { Effect::Retired };
                self.remember(notice, students, effect)?;
            }
            Fact::Disowned { document, .. } => {
                let is_known = is_retired || state.not_theirs.contains(document);
                let effect = if is_known { Effect::Noted } else { Effect::Disowned };
                self.remember(notice, students, effect)?;
            }
            Fact::Born { .. } | Fact::Bond { .. } | Fact::Settled { .. } => {}
        }
        Ok(())
    }

    /// A student who got a number elsewhere.
    fn birth(
        &mut self,
        notice: &Notice,
        name: &Name,
        known: Option<StudentId>,
        given: Prepared,
    ) -> Result<()> {
        let record = self.draft.meta.next_record;
        let effect =
            |is_current| Effect::Record { record, is_live: true, is_current, supersedes: Vec::new() };
        if let Some(student) = known {
            // The same G was issued on both sides: one student by the authority's word.
            self.touch(student)?;
            let read = self.history(student)?;
            if self.draft.student(student)?.status == Status::Retired {
                return self.remember(notice, vec![student], Effect::Noted);
            }
            let is_first = read.births.iter().all(|birth| notice.stamp < *birth);
            self.remember(notice, vec![student], effect(is_first && read.amended.is_none()))?;
            self.doubles.push((student, record, given));
            return Ok(());
        }
        let student = self.draft.meta.next_student;
        let holder = self.draft.number(&name.number)?;
        if let Some(holder) = holder.filter(|_| name.issuer.is_some()) {
            return self.collide(notice, holder, given);
        }
        self.remember(notice, vec![student], effect(true))?;
        self.done.students += 1;
        self.seeds.insert(student);
        self.claim(student, name.number)?;
        self.looks.push((student, record, given));
        Ok(())
    }

    /// Two registries issued one J or L, which their ranges should not let them: whoever comes second waits for a
    /// human, without a number, and is not lost.
    fn collide(&mut self, notice: &Notice, holder: StudentId, given: Prepared) -> Result<()> {
        let (student, record) = (self.draft.meta.next_student, self.draft.meta.next_record);
        let Fact::Born { given: text, name } = &notice.fact else { return Ok(()) };
        let holder = survivor_of(self.draft, holder)?;
        let case = case_of_taken(self.draft, student, record, holder, name.number, county(&given));
        let answer = super::super::Answered::Held { case: case.id, reasons: "number_taken".to_owned() };
        let event = Event::Enrolled {
            request: format!("exchange:{}:{}", notice.stamp.system, notice.stamp.sequence),
            given: text.clone(),
            student,
            record: Some(record),
            answer,
            is_stale: false,
        };
        self.draft.record(event, None)?;
        self.draft.record(Event::CaseOpened(case), None)?;
        self.done.unplaced += 1;
        Ok(())
    }

    /// A student claims a number, which is the student's if nobody has a better claim.
    fn claim(&mut self, student: StudentId, number: RegistryNumber) -> Result<()> {
        let mine = self.history(student)?.claim(&number);
        if let (Some(holder), Some(mine)) = (self.draft.number(&number)?, mine) {
            let mut other: Option<(StudentId, Claim)> = None;
            for one in within(self.draft, survivor_of(self.draft, holder)?)? {
                let claim = self.history(one)?.claim(&number);
                let better = |claim: &Claim| other.is_none_or(|(_, known)| claim.rank() < known.rank());
                if let Some(claim) = claim.filter(|_| one != student).filter(better) {
                    other = Some((one, claim));
                }
            }
            if let Some((other, theirs)) = other {
                self.contested.push(if mine.rank() < theirs.rank() {
                    (other, number)
                } else {
                    (student, number)
                });
                if theirs.rank() < mine.rank() {
                    return Ok(());
                }
                self.touch(other)?;
                self.renumber(other, Some(number), None)?;
            }
        }
        self.renumber(student, None, Some(number))
    }

    /// Takes a number from a student who stands alone, or gives one.
    fn renumber(
        &mut self,
        student: StudentId,
        gone: Option<RegistryNumber>,
        come: Option<RegistryNumber>,
    ) -> Result<()> {
        let (read, state) = (self.history(student)?, self.draft.student(student)?);
        let mut numbers: Vec<RegistryNumber> = state.numbers().filter(|own| Some(*own) != gone).collect();
        if numbers.len() == state.numbers().count() && come.is_none_or(|come| numbers.contains(&come)) {
            return Ok(());
        }
        numbers.extend(come.filter(|come| !state.numbers().any(|own| own == *come)));
        let rank = |number: &RegistryNumber| {
            let kind = match number.kind() {
                NumberKind::Formal => 0,
                NumberKind::FormalWithoutId => 1,
                NumberKind::Temporary => 2,
            };
            (kind, read.claim(number).map(|claim| claim.rank()), *number)
        };
        numbers.sort_by_key(rank);
        let until = |number: &RegistryNumber| {
            let known = state.former.iter().find(|former| former.number == *number);
            known.map_or(self.draft.at(), |known| known.until)
        };
        let former = numbers
            .iter()
            .skip(1)
            .rev()
            .map(|number| FormerNumber { number: *number, until: until(number) })
            .collect();
        let event = Event::Renumbered { student, number: numbers.first().copied(), former };
        self.draft.record(event, None)?;
        Ok(())
    }

    /// What follows from all that was learnt.
    fn conclude(&mut self, rules: &Rules<'_>) -> Result<()> {
        let seeds: Vec<StudentId> = self.seeds.iter().copied().collect();
        regroup(self.draft, self.own, &seeds)?;
        for (a, b) in std::mem::take(&mut self.apart) {
            let is_so = self.history(a)?.is_apart(b);
            let (a, b) = (survivor_of(self.draft, a)?, survivor_of(self.draft, b)?);
            if is_so && a != b && !self.draft.different_from(a)?.contains(&b) {
                self.draft.record(Event::ToldApart { case: ELSEWHERE, pairs: vec![(a, b)] }, None)?;
            }
        }
        for (students, resolution, reason) in std::mem::take(&mut self.settled) {
            self.close(&students, &resolution, &reason)?;
        }
        // Who became one student has nothing to settle among themselves.
        for student in seeds {
            self.close(&[student], Resolution::ProvedSame { with: None }.code(), "exchange")?;
        }
        self.look(rules)?;
        for (student, number) in std::mem::take(&mut self.contested) {
            self.tell_contested(student, number)?;
        }
        Ok(())
    }

    /// Looks for those whom the new records are like, here and among themselves.
    fn look(&mut self, rules: &Rules<'_>) -> Result<()> {
        let (looks, doubles) = (std::mem::take(&mut self.looks), std::mem::take(&mut self.doubles));
        let firsts = looks.len();
        let all: Vec<_> = looks.into_iter().chain(doubles).collect();
        // The earlier records of this piece under each key.
        let mut earlier: HashMap<(Family, u64), Vec<usize>> = HashMap::new();
        for (at, (student, record, prepared)) in all.iter().enumerate() {
            let student = survivor_of(self.draft, *student)?;
            let mut met = BTreeSet::new();
            for key in &prepared.keys {
                let known = earlier.entry((key.space, key.hash)).or_default();
                met.extend(known.iter().copied());
                known.push(at);
            }
            let state = self.draft.student(student)?;
            if state.number.is_none() || !state.status.is_present() {
                continue;
            }
            let mut besides = Vec::new();
            for (other, record, theirs) in met.into_iter().filter(|met| *met != at).map(|met| &all[met]) {
                let is_live = self.draft.profile(*record)?.is_some_and(|p| p.standing == Standing::Live);
                let judgement = rules.court.judge_unless_dropped(&prepared.identity, &theirs.identity);
                if let Some(judgement) = judgement.filter(|_| is_live) {
                    let student = survivor_of(self.draft, *other)?;
                    besides.push(Match { record: *record, student, judgement });
                }
            }
            look_around(self.draft, student, *record, prepared, besides, rules)?;
            if at >= firsts {
                self.look_within(student, *record, prepared, rules)?;
            }
        }
        Ok(())
    }

    /// Closes open cases about nobody but these students.
    fn close(&mut self, students: &[StudentId], resolution: &str, reason: &str) -> Result<()> {
        let mut survivors = Vec::new();
        for student in students {
            survivors.push(survivor_of(self.draft, *student)?);
        }
        let mut cases = Vec::new();
        for student in students.iter().chain(&survivors) {
            cases.extend(self.draft.student(*student)?.cases);
        }
        cases.sort_unstable();
        cases.dedup();
        for id in cases {
            let Some(case) = self.draft.case(id)?.filter(super::super::Case::is_open) else { continue };
            let mut is_settled = case.students.len() > 1;
            for student in &case.students {
                let now = survivor_of(self.draft, *student)?;
                let waits = self.draft.student(now)?.number.is_none();
                is_settled &= survivors.contains(&now) && !waits;
            }
            if is_settled {
                let resolution = match resolution {
                    "proved_same" => Resolution::ProvedSame { with: None },
                    "proved_different" => Resolution::ProvedDifferent { owner: None },
                    _ => Resolution::Noted,
                };
                let reason = reason.to_owned();
                self.draft.record(Event::CaseResolved { case: id, resolution, reason }, None)?;
                self.done.settled += 1;
            }
        }
        Ok(())
    }

    /// A record that came under a G which both sides issued must be of the student who holds it here.
    fn look_within(
        &mut self,
        student: StudentId,
        record: RecordId,
        prepared: &Prepared,
        rules: &Rules<'_>,
    ) -> Result<()> {
        let records = self.draft.student(student)?.records;
        let mut parties = Vec::new();
        for other in records.into_iter().filter(|other| *other != record) {
            let Some(profile) = self.draft.profile(other)?.filter(|p| p.standing == Standing::Live) else {
                continue;
            };
            let judgement = rules.court.judge(&prepared.identity, &profile.identity);
            if crate::matching::rules::forbids_joining(&judgement) {
                let state = self.draft.student(student)?;
                let against = vec![(other, judgement)];
                parties.push(Party { student, state, same: None, against });
            }
        }
        if parties.is_empty() || !self.draft.student(student)?.cases.is_empty() {
            return Ok(());
        }
        let mut case = new_case(self.draft, student, record, &parties, prepared)?;
        case.students = vec![student];
        case.class = CaseClass::SharedNumber;
        self.draft.record(Event::CaseOpened(case), None)?;
        Ok(())
    }

    /// Two students whose numbers became the same G, each by the authority's word.
    fn tell_contested(&mut self, student: StudentId, number: RegistryNumber) -> Result<()> {
        let Some(holder) = self.draft.number(&number)? else { return Ok(()) };
        let (student, holder) = (survivor_of(self.draft, student)?, survivor_of(self.draft, holder)?);
        let is_present = |student| self.draft.student(student).map(|state| state.status.is_present());
        if student == holder || !is_present(student)? || !is_present(holder)? {
            return Ok(());
        }
        if common_case(self.draft, &[student, holder])?.is_some() {
            return Ok(());
        }
        let current = self.draft.student(student)?.current;
        let place = match self.draft.profile(current)? {
            Some(profile) => profile.identity.place.and_then(|place| place.county()),
            None => None,
        };
        let place = place.map_or(0, |county| county.get());
        let case = case_of_taken(self.draft, student, current, holder, number, place);
        self.draft.record(Event::CaseOpened(case), None)?;
        Ok(())
    }
}
