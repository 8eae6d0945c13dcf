//! The rows of a load: what is large in temporary files, the rest in memory.

use std::ops::Range;

use super::batch::{Fate, Filled};
use super::keys::Gathering;
use crate::identity::{Identity, profile};
use crate::registry::error::Result;
use crate::registry::issuing::Wanted;
use crate::registry::loaded::Packed;
use crate::store::{Spool, Spooled, StoreError};

/// Rows whose texts are packed together.
#[derive(Debug, Clone)]
pub(super) struct Block {
    /// The first row.
    pub(super) first: u32,
    pub(super) rows: u32,
    bytes: Range<usize>,
}

/// Rows as they come.
#[derive(Debug)]
pub(super) struct Gathered {
    profiles: Spool,
    texts: Spool,
    /// Where each profile begins.
    starts: Vec<u64>,
    fates: Vec<Fate>,
    wanted: Vec<u64>,
    requests: Vec<u64>,
    blocks: Vec<Block>,
    keys: Gathering,
}

impl Gathered {
    pub(super) fn new(profiles: Spool, texts: Spool, keys: Gathering) -> Gathered {
        Gathered {
            profiles,
            texts,
            starts: vec![0],
            fates: Vec::new(),
            wanted: Vec::new(),
            requests: Vec::new(),
            blocks: Vec::new(),
            keys,
        }
    }

    /// How many rows there are.
    pub(super) fn len(&self) -> usize {
        self.fates.len()
    }

    /// Takes the rows of a batch; its memory is to be used again.
    pub(super) fn add(&mut self, batch: &mut Filled) -> Result<()> {
        let total = self.fates.len() + batch.fates.len();
        let first = self.fates.len() as u32;
        if u32::try_from(total).is_err() {
            return Err(StoreError::TooLarge("a load").into());
        }
        self.profiles.write(&batch.profiles)?;
        let mut start = self.starts[self.starts.len() - 1];
        self.starts.extend(batch.lengths.iter().map(|length| {
            start += u64::from(*length);
            start
        }));
        let (mut row, mut start) = (first, self.texts.length() as usize);
        self.texts.write(&batch.packed)?;
        for (rows, length) in &batch.blocks {
            let end = start + *length as usize;
            self.blocks.push(Block { first: row, rows: *rows, bytes: start..end });
            (row, start) = (row + rows, end);
        }
        self.keys.add(first, &mut batch.keys)?;
        self.fates.append(&mut batch.fates);
        self.wanted.append(&mut batch.wanted);
        self.requests.append(&mut batch.requests);
        Ok(())
    }

    /// All of them, to be read.
    pub(super) fn finish(self) -> Result<(Rows, Gathering)> {
        let Gathered { profiles, texts, starts, fates, wanted, requests, blocks, keys } = self;
        let (profiles, texts) = (profiles.finish()?, texts.finish()?);
        Ok((Rows { profiles, texts, starts, fates, wanted, requests, blocks }, keys))
    }
}

/// Rows that can be read, from all threads.
#[derive(Debug)]
pub(super) struct Rows {
    profiles: Spooled,
    texts: Spooled,
    starts: Vec<u64>,
    pub(super) fates: Vec<Fate>,
    wanted: Vec<u64>,
    pub(super) requests: Vec<u64>,
    pub(super) blocks: Vec<Block>,
}

impl Rows {
    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.fates.len()
    }

    /// The profile of a row, encoded.
    #[inline]
    pub(super) fn profile(&self, row: u32) -> &[u8] {
        let row = row as usize;
        self.profiles.get(self.starts[row] as usize..self.starts[row + 1] as usize).unwrap_or(&[])
    }

    /// What a row means.
    pub(super) fn identity(&self, row: u32) -> Result<Identity> {
        let identity = profile::decode(self.profile(row));
        Ok(identity.map_err(|_| StoreError::damaged("a temporary file of the load"))?)
    }

    /// What number a row is to get if it is like nobody; `None` where more must be asked.
    pub(super) fn wanted(&self, row: u32) -> Option<Wanted> {
        Wanted::from_packed(self.wanted[row as usize])
    }

    /// The texts of a block.
    pub(super) fn texts(&self, block: &Block) -> Packed {
        Packed::from_bytes(self.texts.get(block.bytes.clone()).unwrap_or(&[]).to_vec())
    }

    /// The block of a row.
    pub(super) fn block(&self, row: u32) -> &Block {
        // INVARIANT: blocks cover all rows.
        &self.blocks[self.blocks.partition_point(|block| block.first + block.rows <= row)]
    }
}
