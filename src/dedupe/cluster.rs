//! From pairs that are the same to clusters of one person each.
//!
//! The links are taken from the strongest to the weakest (Kruskal 1956). A link that would bring two
//! records together that must not be (two valid numbers, a conflict, likely siblings) gives way: it is
//! reported as a conflict. Within a cluster all pairs are the same, also those no key had found.

use std::borrow::Cow;
use std::collections::HashSet;

use rayon::prelude::*;
use smallvec::SmallVec;

use super::{Pair, Records, RowId};
use crate::identity::Identity;
use crate::identity::document::Document;
use crate::limits::{CLOSURE_MAX, CLUSTER_MAX};
use crate::matching::{Frequencies, Judgement, Model, Reasons, Verdict, judge, rules};

/// What people have decided about pairs; the record with the smaller row stands first in each.
#[derive(Debug, Default)]
pub(super) struct Decided {
    /// Pairs that are one person. Each is a link of its own and goes before all others.
    pub(super) same: HashSet<(RowId, RowId)>,
    /// Pairs that no cluster may hold. None of them is within what `same` joins.
    pub(super) different: HashSet<(RowId, RowId)>,
}

/// A pair, the smaller row first.
pub(super) fn pair_key(a: RowId, b: RowId) -> (RowId, RowId) {
    (a.min(b), a.max(b))
}

/// Joins the pairs; returns all pairs with their final verdicts and the clusters, in no order.
pub(super) fn join(
    records: &Records,
    judged: Vec<Pair>,
    decided: &Decided,
    model: &Model,
    frequencies: &Frequencies,
) -> (Vec<Pair>, Vec<Vec<RowId>>) {
    let (links, mut others): (Vec<Pair>, Vec<Pair>) =
        judged.into_iter().partition(|pair| pair.judgement.verdict == Verdict::Same);
    let mut clusters = Vec::new();
    let mut pairs = Vec::with_capacity(links.len() + others.len());
    let mut joined = HashSet::new();
    let split: Vec<_> = components(records.len(), links)
        .into_par_iter()
        .map(|links| Component::new(records, decided, model, frequencies, links).split())
        .collect();
    for (kept, members) in split {
        for pair in &kept {
            joined.insert(pair_key(pair.a, pair.b));
        }
        pairs.extend(kept);
        clusters.extend(members);
    }
    others.retain(|pair| !joined.contains(&pair_key(pair.a, pair.b)));
    pairs.append(&mut others);
    (pairs, clusters)
}

/// The links, divided into what hangs together.
pub(super) fn components(records: usize, links: Vec<Pair>) -> Vec<Vec<Pair>> {
    let mut sets = Sets::new(records);
    for link in &links {
        sets.unite(link.a.0, link.b.0);
    }
    let mut by_root: Vec<(u32, Pair)> = links.into_iter().map(|link| (sets.root(link.a.0), link)).collect();
    by_root.par_sort_by_key(|(root, _)| *root);
    by_root.chunk_by(|a, b| a.0 == b.0).map(|part| part.iter().map(|(_, pair)| *pair).collect()).collect()
}

/// Disjoint sets of rows with path halving (Tarjan and van Leeuwen 1984).
struct Sets {
    parent: Vec<u32>,
}

impl Sets {
    fn new(count: usize) -> Self {
        Sets { parent: (0..count as u32).collect() }
    }

    fn root(&mut self, mut row: u32) -> u32 {
        while self.parent[row as usize] != row {
            let next = self.parent[self.parent[row as usize] as usize];
            self.parent[row as usize] = next;
            row = next;
        }
        row
    }

    fn unite(&mut self, a: u32, b: u32) {
        let (a, b) = (self.root(a), self.root(b));
        self.parent[a.max(b) as usize] = a.min(b);
    }
}

/// Links that hang together, and what it takes to judge their records again.
struct Component<'a> {
    records: &'a Records,
    decided: &'a Decided,
    model: &'a Model,
    frequencies: &'a Frequencies,
    links: Vec<Pair>,
    /// The component's records, and what is known of each; of a large component decoded when it is wanted.
    rows: Vec<RowId>,
    identities: Vec<Identity>,
}

impl<'a> Component<'a> {
    fn new(
        records: &'a Records,
        decided: &'a Decided,
        model: &'a Model,
        frequencies: &'a Frequencies,
        links: Vec<Pair>,
    ) -> Self {
        let mut rows: Vec<RowId> = links.iter().flat_map(|link| [link.a, link.b]).collect();
        rows.sort_unstable();
        rows.dedup();
        let is_decoded = rows.len() > 2 && rows.len() <= CLUSTER_MAX;
        let identities =
            if is_decoded { rows.iter().map(|row| records.identity(*row)).collect() } else { Vec::new() };
        Component { records, decided, model, frequencies, links, rows, identities }
    }

    /// The pairs of the component with their final verdicts, and its clusters.
    fn split(mut self) -> (Vec<Pair>, Vec<Vec<RowId>>) {
        let rows = std::mem::take(&mut self.rows);
        if rows.len() == 2 {
            return (self.links, vec![rows]);
        }
        let id = |row: RowId| self.records.id(row);
        // What was decided first, then the strongest; equally strong ones by the ids of their records.
        let is_decided = |link: &Pair| self.decided.same.contains(&pair_key(link.a, link.b));
        self.links.sort_by(|x, y| {
            let strength = y.judgement.posterior.weight.total_cmp(&x.judgement.posterior.weight);
            let strength = is_decided(y).cmp(&is_decided(x)).then(strength);
            let ids = |pair: &Pair| {
                let (a, b) = (id(pair.a), id(pair.b));
                (a.min(b), a.max(b))
            };
            strength.then_with(|| ids(x).cmp(&ids(y)))
        });
        self.rows = rows.clone();
        let forbidden = self.forbidden(&rows);
        let place = |row: RowId| rows.binary_search(&row).expect("every linked row is in the component");
        let mut members: Vec<Vec<RowId>> = rows.iter().map(|row| vec![*row]).collect();
        let mut cluster_of: Vec<usize> = (0..rows.len()).collect();
        let is_large = rows.len() > CLUSTER_MAX;
        // For each cluster of a large component, one record for each set of valid documents in it.
        let has_number = |row: &&RowId| is_large && self.documents(**row).iter().any(Document::is_valid);
        let mut numbered: Vec<Vec<RowId>> =
            rows.iter().map(|row| Some(row).filter(has_number).copied().into_iter().collect()).collect();
        // Of a large component the pairs are not all looked at, but those that were decided are.
        let is_inside = |row: &RowId| rows.binary_search(row).is_ok();
        let mut told_apart = Vec::new();
        if is_large {
            told_apart.extend(self.decided.different.iter().filter(|(x, y)| is_inside(x) && is_inside(y)));
        }
        let mut gave_way = Vec::new();
        for link in &self.links {
            let (a, b) = (cluster_of[place(link.a)], cluster_of[place(link.b)]);
            if a == b {
                continue;
            }
            let is_forbidden = if is_decided(link) {
                false
            } else if is_large {
                let apart = |(x, y): &(RowId, RowId)| {
                    let (x, y) = (cluster_of[place(*x)], cluster_of[place(*y)]);
                    (x, y) == (a, b) || (y, x) == (a, b)
                };
                told_apart.iter().any(apart)
                    || numbered[a].iter().any(|x| numbered[b].iter().any(|y| self.have_two_numbers(*x, *y)))
            } else {
                members[a]
                    .iter()
                    .any(|x| members[b].iter().any(|y| forbidden.contains(&(*x.min(y), *x.max(y)))))
            };
            if is_forbidden {
                gave_way.push(*link);
                continue;
            }
            // The smaller moves, so that no record moves more than some twenty times.
            let (a, b) = if members[a].len() < members[b].len() { (b, a) } else { (a, b) };
            for row in std::mem::take(&mut numbered[b]) {
                if !numbered[a].iter().any(|known| self.documents(*known) == self.documents(row)) {
                    numbered[a].push(row);
                }
            }
            let moved = std::mem::take(&mut members[b]);
            moved.iter().for_each(|row| cluster_of[place(*row)] = a);
            members[a].extend(moved);
        }
        members.retain(|cluster| cluster.len() > 1);
        let mut pairs = self.closure(&members);
        pairs.extend(gave_way.into_iter().map(|mut link| {
            link.judgement.verdict = Verdict::Conflict;
            link.judgement.reasons |= Reasons::WEAKEST_LINK;
            link
        }));
        (pairs, members)
    }

    fn identity(&self, row: RowId) -> Cow<'_, Identity> {
        match self.rows.binary_search(&row).ok().and_then(|at| self.identities.get(at)) {
            Some(identity) => Cow::Borrowed(identity),
            None => Cow::Owned(self.records.identity(row)),
        }
    }

    fn judge(&self, a: RowId, b: RowId) -> Judgement {
        judge(&self.identity(a), &self.identity(b), self.model, self.frequencies)
    }

    fn documents(&self, row: RowId) -> SmallVec<[Document; 1]> {
        self.identity(row).documents.clone()
    }

    fn have_two_numbers(&self, a: RowId, b: RowId) -> bool {
        self.documents(a) != self.documents(b) && self.judge(a, b).evidence.two_valid_numbers
    }

    /// The pairs that no cluster may hold; none for a large component, of which only the numbers are
    /// compared.
    fn forbidden(&self, rows: &[RowId]) -> HashSet<(RowId, RowId)> {
        let mut forbidden = HashSet::new();
        if rows.len() > CLUSTER_MAX {
            return forbidden;
        }
        for (at, a) in rows.iter().enumerate() {
            for b in &rows[at + 1..] {
                let is_forbidden = || rules::forbids_joining(&self.judge(*a, *b));
                if self.decided.different.contains(&(*a, *b))
                    || !self.decided.same.contains(&(*a, *b)) && is_forbidden()
                {
                    forbidden.insert((*a, *b));
                }
            }
        }
        forbidden
    }

    /// Every pair of every cluster: those linked as they were judged, the others joined through them.
    fn closure(&self, clusters: &[Vec<RowId>]) -> Vec<Pair> {
        let linked: std::collections::HashMap<(RowId, RowId), Judgement> =
            self.links.iter().map(|link| (pair_key(link.a, link.b), link.judgement)).collect();
        let mut pairs = Vec::new();
        for cluster in clusters {
            if cluster.len() > CLOSURE_MAX {
                let members: HashSet<RowId> = cluster.iter().copied().collect();
                let is_inside = |link: &&Pair| members.contains(&link.a) && members.contains(&link.b);
                pairs.extend(self.links.iter().filter(is_inside));
                continue;
            }
            for (at, a) in cluster.iter().enumerate() {
                for b in &cluster[at + 1..] {
                    let judgement = linked.get(&pair_key(*a, *b)).copied().unwrap_or_else(|| {
                        let mut judgement = self.judge(*a, *b);
                        judgement.verdict = Verdict::Same;
                        judgement.reasons |= Reasons::THROUGH_OTHERS;
                        judgement
                    });
                    pairs.push(Pair { a: *a, b: *b, judgement });
                }
            }
        }
        pairs
    }
}
