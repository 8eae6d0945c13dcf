//! One chunk of the file: which families it holds, who is registered again in it, and its text.

use super::family::Family;
use super::rng::Rng;
use super::row::{Row, Standing, Truth};
use super::{CHUNK_ROWS, Nation, Written};

/// The most children of a family.
pub(super) const CHILDREN_MAX: usize = 3;

/// The text of a chunk.
#[derive(Debug, Default)]
pub(super) struct Text {
    pub(super) file: Vec<u8>,
    pub(super) truth: Vec<u8>,
    pub(super) written: Written,
}

impl Nation {
    /// Makes a chunk and writes it down. `rows` is room to work in, kept between calls.
    pub(super) fn chunk_text(&self, index: u64, rows: &mut Vec<Row>, truth: bool) -> Text {
        self.chunk(index, rows);
        let mut text = Text::default();
        text.file.reserve(rows.len() * 256);
        let first = index * CHUNK_ROWS as u64;
        for (row, number) in rows.iter().zip(first..) {
            if self.is_template {
                self.push_template(row, number, &mut text.file);
            } else {
                row.push(number, &mut text.file);
            }
            if truth {
                row.push_truth(number, &mut text.truth);
            }
            text.written.rows += 1;
            text.written.again += u64::from(matches!(row.truth, Truth::Again(_)));
        }
        text
    }

    /// Fills `rows` with the rows of a chunk in the order of the file.
    pub(super) fn chunk(&self, index: u64, rows: &mut Vec<Row>) {
        rows.clear();
        let mut rng = Rng::stream(self.seed, CHUNKS, index);
        let first = index * CHUNK_ROWS as u64;
        let quota = (self.students - first).min(CHUNK_ROWS as u64) as usize;
        let again = (quota as f64 * self.rates.duplicates + rng.unit()) as usize;
        let again = again.min(quota / 2);
        let originals = quota - again;

        let mut here: Vec<Family> = Vec::new();
        while rows.len() < originals {
            let number = first + here.len() as u64;
            let family = self.cut_family(number, originals - rows.len());
            for child in 0..family.children.len() {
                let person = &family.children[child];
                rows.push(Row {
                    entity: entity(number, child),
                    record: self.record(&family, child),
                    truth: Truth::First(person.standing, person.note),
                });
            }
            here.push(family);
        }
        for _ in 0..again {
            let far = rng.chance(self.rates.far).then(|| self.far_family(index, &mut rng)).flatten();
            let family = match &far {
                Some(family) => family,
                None => rng.pick(&here),
            };
            let child = rng.below(family.children.len());
            let (record, truth) = self.register_again(family, child, &mut rng);
            rows.push(Row { entity: entity(family.index, child), record, truth });
        }
        rng.shuffle(rows);
    }

    /// A family, without the children for whom the chunk has no room left.
    fn cut_family(&self, index: u64, room: usize) -> Family {
        let mut family = self.family(index, false);
        if family.children.len() >= room {
            // The last of its chunk: the next family is not in the file.
            family = self.family(index, true);
            family.children.truncate(room);
            if let [only] = family.children.as_mut_slice()
                && matches!(only.standing, Standing::Sibling | Standing::Twin)
            {
                only.standing = Standing::Base;
            }
        }
        family
    }

    /// A family of another chunk that is surely in the file with all its children; `None` if there is no other
    /// whole chunk.
    fn far_family(&self, index: u64, rng: &mut Rng) -> Option<Family> {
        let whole = self.students / CHUNK_ROWS as u64;
        let others = whole - u64::from(index < whole);
        if others == 0 {
            return None;
        }
        let mut other = rng.below(others as usize) as u64;
        other += u64::from(other >= index);
        // Whatever was drawn there, so many families of the largest size have room before the last one.
        let again = (CHUNK_ROWS as f64 * self.rates.duplicates) as usize + 1;
        let surely = (CHUNK_ROWS - again.min(CHUNK_ROWS / 2)) / CHILDREN_MAX - 1;
        Some(self.family(other * CHUNK_ROWS as u64 + rng.below(surely) as u64, false))
    }
}

/// The number of a person in the truth.
fn entity(family: u64, child: usize) -> u64 {
    debug_assert!(child < CHILDREN_MAX);
    family * CHILDREN_MAX as u64 + child as u64
}

const CHUNKS: u64 = 0x40;
