//! Which columns of a file hold which field of a profile: what was recognised, what is missing, what is left over.

use smallvec::SmallVec;

use super::profile::{Need, Placed, Profile};
use super::{Field, fold_heading, headings};
use crate::limits::COLUMNS_MAX;

/// The cells of a field: nearly always one.
type Cells = SmallVec<[u16; 2]>;

/// The columns of one header, for one profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    profile: &'static Profile,
    header: Vec<String>,
    /// For each field, the cells it is read from, in the order of [`Field::ALL`].
    cells: Vec<Cells>,
    /// For each cell, its field.
    fields: Vec<Option<Field>>,
}

impl Layout {
    /// Finds the fields in a header: by the profile's own headings first, then by whatever else a field is called. Of two
    /// columns of one field the first is taken.
    ///
    /// # Panics
    ///
    /// For more than [`COLUMNS_MAX`] columns, which no source gives.
    pub fn new(profile: &'static Profile, header: &[impl AsRef<str>]) -> Layout {
        assert!(header.len() <= COLUMNS_MAX, "more columns than any source gives");
        let folded: Vec<String> = header.iter().map(|name| fold_heading(name.as_ref())).collect();
        let mut layout = Layout {
            profile,
            header: header.iter().map(|name| name.as_ref().to_owned()).collect(),
            cells: vec![Cells::new(); Field::COUNT],
            fields: vec![None; header.len()],
        };
        let mut take = |field: Field, name: &str| {
            let name = fold_heading(name);
            let free = |layout: &Layout, at: usize| layout.fields[at].is_none();
            if layout.cells[field as usize].is_empty()
                && let Some(at) = (0..folded.len()).find(|&at| folded[at] == name && free(&layout, at))
            {
                layout.cells[field as usize].push(at as u16);
                layout.fields[at] = Some(field);
            }
        };
        profile.fields.iter().for_each(|placed| take(placed.field, placed.heading));
        // Own names before others: 家庭地址 is the address only where no field of that name wants it.
        for field in Field::ALL {
            take(field, field.code());
            take(field, headings(field)[0]);
        }
        for field in Field::ALL {
            headings(field).iter().for_each(|name| take(field, name));
        }
        layout
    }

    /// Reads a field from other cells than its name says; from none if the list is empty. What had them loses them.
    ///
    /// # Panics
    ///
    /// For a cell that the header has not.
    pub fn place(&mut self, field: Field, cells: &[usize]) {
        for &cell in &self.cells[field as usize] {
            self.fields[usize::from(cell)] = None;
        }
        self.cells[field as usize] = cells.iter().map(|cell| *cell as u16).collect();
        for &cell in cells {
            if let Some(other) = self.fields[cell].replace(field)
                && other != field
            {
                self.cells[other as usize].retain(|known| usize::from(*known) != cell);
            }
        }
    }

    /// The profile.
    pub fn profile(&self) -> &'static Profile {
        self.profile
    }

    /// The column names.
    pub fn header(&self) -> &[String] {
        &self.header
    }

    /// The cells a field is read from; empty if the file has none.
    pub fn cells(&self, field: Field) -> &[u16] {
        &self.cells[field as usize]
    }

    /// Whether the file has a field.
    pub fn has(&self, field: Field) -> bool {
        !self.cells(field).is_empty()
    }

    /// The field of a cell.
    pub fn field(&self, cell: usize) -> Option<Field> {
        self.fields.get(cell).copied().flatten()
    }

    /// The fields that were found, with their cells.
    pub fn found(&self) -> impl Iterator<Item = (Field, &[u16])> {
        Field::ALL.into_iter().map(|field| (field, self.cells(field))).filter(|(_, cells)| !cells.is_empty())
    }

    /// Whether a header needs the column of a field.
    fn is_needed(placed: &Placed) -> bool {
        match placed.need {
            Need::Required | Need::Column => true,
            // A family may have one member.
            Need::Member => placed.field.code().starts_with("guardian1"),
            Need::Optional => false,
        }
    }

    /// The columns that the profile needs and the file has not.
    pub fn missing(&self) -> impl Iterator<Item = &'static Placed> {
        self.profile.fields.iter().filter(|placed| Layout::is_needed(placed) && !self.has(placed.field))
    }

    /// The columns that the profile has besides, and the file has not.
    pub fn absent(&self) -> impl Iterator<Item = &'static Placed> {
        self.profile.fields.iter().filter(|placed| !Layout::is_needed(placed) && !self.has(placed.field))
    }

    /// The cells that hold no field of the profile: with the field they hold, or without one that is known.
    pub fn left_over(&self) -> impl Iterator<Item = (usize, Option<Field>)> {
        let of_profile =
            |field: &Option<Field>| field.is_some_and(|field| self.profile.placed(field).is_some());
        self.fields
            .iter()
            .enumerate()
            .filter(move |(_, field)| !of_profile(field))
            .map(|(at, field)| (at, *field))
    }

    /// How well the profile fits, 0 to 1: the Sørensen–Dice coefficient of the header and the profile's own headings.
    pub fn fit(&self) -> f64 {
        let own = |placed: &&Placed| match self.cells(placed.field) {
            [cell] => fold_heading(&self.header[usize::from(*cell)]) == fold_heading(placed.heading),
            _ => false,
        };
        let both = self.profile.fields.iter().filter(own).count();
        2.0 * both as f64 / (self.header.len() + self.profile.fields.len()).max(1) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_names_come_before_others() {
        let layout = Layout::new(&Profile::NATIONAL_2, &["家庭地址", "现住址", "姓名", "姓名", "鞋码"]);
        assert_eq!(layout.cells(Field::HomeAddress), [0]);
        assert_eq!(layout.cells(Field::Address), [1]);
        assert_eq!(layout.cells(Field::Name), [2]);
        assert_eq!(layout.left_over().collect::<Vec<_>>(), [(3, None), (4, None)]);
        assert!(layout.missing().any(|placed| placed.field == Field::Sex));
        // In a profile without that field it is the address.
        let layout = Layout::new(&Profile::VOCATIONAL, &["家庭地址"]);
        assert!(layout.has(Field::HomeAddress) && !layout.has(Field::Address));
    }

    #[test]
    fn a_map_overrides_names() {
        let mut layout = Layout::new(&Profile::PLAIN, &["name", "pupil", "region"]);
        layout.place(Field::Name, &[1]);
        layout.place(Field::Address, &[1, 2]);
        assert_eq!(layout.cells(Field::Address), [1, 2]);
        assert!(!layout.has(Field::Name) && !layout.has(Field::Region));
        assert_eq!(layout.field(0), None);
    }
}
