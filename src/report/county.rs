//! Lists for clerks, one for each county: `FOLDER/<county>.csv`, for spreadsheets.

use super::directory::OutputDirectory;
use super::error::ReportError;
use super::problems::inert;
use super::table::ListWriter;

/// The lists being written, one county after the other.
pub(super) struct CountyLists<'d> {
    directory: &'d OutputDirectory,
    folder: &'static str,
    header: Vec<&'static str>,
    open: Option<(u32, ListWriter)>,
    rows: u64,
}

impl<'d> CountyLists<'d> {
    /// Begins with no list.
    pub(super) fn new(
        directory: &'d OutputDirectory,
        folder: &'static str,
        header: &[&'static str],
    ) -> CountyLists<'d> {
        CountyLists { directory, folder, header: header.to_vec(), open: None, rows: 0 }
    }

    /// Adds a row to the list of a county; 0 is that of nobody's.
    ///
    /// # Errors
    ///
    /// [`ReportError::Io`].
    ///
    /// # Panics
    ///
    /// If rows do not come in order of their counties: a list is written once.
    pub(super) fn row<'c>(
        &mut self,
        county: u32,
        cells: impl IntoIterator<Item = &'c str>,
    ) -> Result<(), ReportError> {
        let cells: Vec<_> = cells.into_iter().map(inert).collect();
        self.list(county)?.row(cells.iter().map(|cell| &**cell))?;
        self.rows += 1;
        Ok(())
    }

    fn list(&mut self, county: u32) -> Result<&mut ListWriter, ReportError> {
        let open = match self.open.take() {
            Some((known, list)) if known == county => (known, list),
            last => {
                if let Some((known, list)) = last {
                    assert!(known < county, "rows come in order of their counties");
                    list.finish()?;
                }
                let name = format!("{}/{county:06}.csv", self.folder);
                let mut list = ListWriter::create_for_spreadsheets(self.directory, &name)?;
                list.row(self.header.iter().copied())?;
                (county, list)
            }
        };
        Ok(&mut self.open.insert(open).1)
    }

    /// Writes what is buffered; tells how many rows there are.
    ///
    /// # Errors
    ///
    /// [`ReportError::Io`].
    pub(super) fn finish(self) -> Result<u64, ReportError> {
        if let Some((_, list)) = self.open {
            list.finish()?;
        }
        Ok(self.rows)
    }
}
