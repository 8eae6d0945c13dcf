//! What people have decided, put into what was found: a pair that is one person is a link before all others, a
//! pair that is two is in no cluster and in no list, and what is left is joined as ever.

use std::collections::{HashMap, HashSet};

use super::cluster::{Decided, join, pair_key};
use super::{Findings, Pair, RowId, order};
use crate::matching::{Judgement, Model, Reasons, Verdict, judge, judge_unless_dropped};

/// What somebody decided about a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DecisionKind {
    /// One person.
    Same,
    /// Two people.
    Different,
    /// Looked at and left open: nothing changes.
    Unsure,
}

impl DecisionKind {
    /// Every kind.
    pub const ALL: [DecisionKind; 3] = [DecisionKind::Same, DecisionKind::Different, DecisionKind::Unsure];

    /// The kind's name in files.
    pub const fn code(self) -> &'static str {
        match self {
            DecisionKind::Same => "same",
            DecisionKind::Different => "different",
            DecisionKind::Unsure => "unsure",
        }
    }
}

/// A decision about two records of a run, each pair decided once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decision {
    /// One record.
    pub a: RowId,
    /// The other.
    pub b: RowId,
    /// What was decided.
    pub kind: DecisionKind,
}

/// A decision that was not applied: it says that two are one, and other decisions make them two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refused {
    /// Its place among the decisions.
    pub decision: usize,
    /// The place of the one it contradicts.
    pub against: usize,
}

impl Findings {
    /// The row of each id that some record has.
    pub fn rows<'i>(&self, ids: impl IntoIterator<Item = &'i str>) -> HashMap<&'i str, RowId> {
        let wanted: HashSet<&str> = ids.into_iter().collect();
        let rows = (0..self.records.len() as u32).map(RowId);
        rows.filter_map(|row| wanted.get(self.records.id(row)).map(|id| (*id, row))).collect()
    }

    /// Applies decisions. Those that cannot be are returned in order, and all others stand.
    ///
    /// Counts of the search and singles stay as they are.
    pub fn decide(mut self, decisions: &[Decision], model: &Model) -> (Findings, Vec<Refused>) {
        let (decided, refused) = settle(decisions);
        let mut judged = Vec::with_capacity(self.pairs.len());
        for pair in std::mem::take(&mut self.pairs) {
            let key = pair_key(pair.a, pair.b);
            if decided.different.contains(&key) || decided.same.contains(&key) {
                continue;
            }
            let mut pair = pair;
            let reasons = pair.judgement.reasons;
            if reasons.intersects(Reasons::THROUGH_OTHERS | Reasons::DECIDED) {
                // What it was before others joined it, or somebody who has thought better of it.
                let Some(judgement) = self.judged(pair.a, pair.b, model) else { continue };
                // What no key had found is no link.
                if judgement.verdict == Verdict::Same && reasons.contains(Reasons::THROUGH_OTHERS) {
                    continue;
                }
                pair.judgement = judgement;
            } else if reasons.contains(Reasons::WEAKEST_LINK) {
                // It gave way, and may stand now.
                pair.judgement.verdict = Verdict::Same;
                pair.judgement.reasons -= Reasons::WEAKEST_LINK;
            }
            judged.push(pair);
        }
        judged.extend(decided.same.iter().map(|(a, b)| {
            let identities = [self.records.identity(*a), self.records.identity(*b)];
            let mut judgement = judge(&identities[0], &identities[1], model, &self.frequencies);
            judgement.verdict = Verdict::Same;
            judgement.reasons |= Reasons::DECIDED;
            Pair { a: *a, b: *b, judgement }
        }));
        // What was decided to be two before, and is open again, is in no list.
        let listed: HashSet<(RowId, RowId)> = judged.iter().map(|pair| pair_key(pair.a, pair.b)).collect();
        let open = decisions.iter().filter(|decision| decision.kind == DecisionKind::Unsure);
        let open = open.map(|decision| pair_key(decision.a, decision.b)).filter(|key| !listed.contains(key));
        let again = |(a, b)| Some(Pair { a, b, judgement: self.judged(a, b, model)? });
        judged.extend(open.filter_map(again).collect::<Vec<_>>());
        (self.pairs, self.clusters) = join(&self.records, judged, &decided, model, &self.frequencies);
        order::by_ids(&self.records, &mut self.pairs, &mut self.clusters, &mut self.singles);
        (self, refused)
    }

    /// What the model says of two records.
    fn judged(&self, a: RowId, b: RowId, model: &Model) -> Option<Judgement> {
        let identities = [self.records.identity(a), self.records.identity(b)];
        judge_unless_dropped(&identities[0], &identities[1], model, &self.frequencies)
    }
}

/// The decisions that go together: all that two are two; and, in order, each that two are one unless it would make
/// one of what was decided to be two.
fn settle(decisions: &[Decision]) -> (Decided, Vec<Refused>) {
    let mut decided = Decided::default();
    let mut apart: HashMap<RowId, Vec<(RowId, usize)>> = HashMap::new();
    for (at, decision) in decisions.iter().enumerate() {
        if decision.kind == DecisionKind::Different {
            decided.different.insert(pair_key(decision.a, decision.b));
            apart.entry(decision.a).or_default().push((decision.b, at));
            apart.entry(decision.b).or_default().push((decision.a, at));
        }
    }
    let mut groups = Groups::default();
    let mut refused = Vec::new();
    for (at, decision) in decisions.iter().enumerate() {
        if decision.kind != DecisionKind::Same {
            continue;
        }
        let (a, b) = (groups.of(decision.a), groups.of(decision.b));
        if a != b {
            let (small, large) =
                if groups.members[a].len() < groups.members[b].len() { (a, b) } else { (b, a) };
            let others = groups.members[small].iter().filter_map(|member| apart.get(member)).flatten();
            let against =
                others.filter(|(other, _)| groups.group.get(other) == Some(&large)).map(|(_, at)| *at);
            if let Some(against) = against.min() {
                refused.push(Refused { decision: at, against });
                continue;
            }
            groups.unite(small, large);
        }
        decided.same.insert(pair_key(decision.a, decision.b));
    }
    (decided, refused)
}

/// Records that decisions make one; the smaller group moves, so that no record moves more than some twenty times.
#[derive(Default)]
struct Groups {
    group: HashMap<RowId, usize>,
    members: Vec<Vec<RowId>>,
}

impl Groups {
    /// The group of a record, which begins as its own.
    fn of(&mut self, row: RowId) -> usize {
        *self.group.entry(row).or_insert_with(|| {
            self.members.push(vec![row]);
            self.members.len() - 1
        })
    }

    fn unite(&mut self, small: usize, large: usize) {
        let moved = std::mem::take(&mut self.members[small]);
        moved.iter().for_each(|row| {
            self.group.insert(*row, large);
        });
        self.members[large].extend(moved);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use DecisionKind::{Different, Same, Unsure};

    fn settled(decisions: &[(u32, u32, DecisionKind)]) -> (Decided, Vec<(usize, usize)>) {
        let decision =
            |(a, b, kind): &(u32, u32, DecisionKind)| Decision { a: RowId(*a), b: RowId(*b), kind: *kind };
        let decisions: Vec<Decision> = decisions.iter().map(decision).collect();
        let (decided, refused) = settle(&decisions);
        (decided, refused.iter().map(|one| (one.decision, one.against)).collect())
    }

    #[test]
    fn what_would_join_two_that_are_different_is_refused_and_nothing_else() {
        let (decided, refused) = settled(&[
            (1, 2, Same),
            (3, 2, Same),
            (3, 4, Same),
            (1, 3, Different),
            (5, 6, Unsure),
            (7, 8, Same),
        ]);
        assert_eq!(refused, [(1, 3)]);
        assert_eq!(decided.same, HashSet::from([(1, 2), (3, 4), (7, 8)].map(|(a, b)| (RowId(a), RowId(b)))));
        assert_eq!(decided.different, HashSet::from([(RowId(1), RowId(3))]));
        // A difference stands wherever it comes.
        assert_eq!(settled(&[(1, 3, Different), (1, 2, Same), (2, 3, Same)]).1, [(2, 0)]);
    }
}
