//! A file on its way, in the browser's memory: what was found whole is hashed and stored from there, and read from there
//! straight into its place, so that this module's memory, which never shrinks, holds no file twice.

use std::cell::RefCell;

use js_sys::{ArrayBuffer, Uint8Array};

use super::store::PIECE;
use crate::collection::{CollectionError, MAX_SHARD_BYTES, ModelFile, Unpacker};
use crate::index::Bytes;

/// What has come of a file so far.
pub struct Arrival<'a> {
    bytes: Uint8Array,
    length: usize,
    /// Pieces that lie on the device.
    kept: usize,
    /// Weights are inflated while they come.
    unpacker: Option<Unpacker<'a>>,
    model: Option<&'a ModelFile>,
}

impl<'a> Arrival<'a> {
    /// Nothing yet of a file, in a buffer that is as long as it may be; `model` for the file of its weights.
    pub fn new(bytes: Uint8Array, model: Option<&'a ModelFile>) -> Arrival<'a> {
        Arrival { bytes, length: 0, kept: 0, unpacker: model.map(Unpacker::new), model }
    }

    /// Bytes that have come.
    pub fn len(&self) -> usize {
        self.length
    }

    /// Takes what comes next, for which there is room.
    pub fn append(&mut self, piece: &Uint8Array) {
        self.bytes.set(piece, self.length as u32);
        self.length += piece.length() as usize;
        if let Some(unpacker) = &mut self.unpacker {
            unpacker.push(&piece.to_vec());
        }
    }

    /// Takes a piece that lies on the device.
    pub fn append_kept(&mut self, piece: &Uint8Array) {
        self.append(piece);
        self.kept += 1;
    }

    /// Forgets all of it.
    pub fn begin_again(&mut self) {
        (self.length, self.kept) = (0, 0);
        self.unpacker = self.model.map(Unpacker::new);
    }

    /// A piece that is complete and to be kept on the device, with its number.
    pub fn take_piece(&mut self) -> Option<(usize, Uint8Array)> {
        let (number, end) = (self.kept, (self.kept + 1) * PIECE);
        (end <= self.length).then(|| {
            self.kept += 1;
            (number, self.bytes.subarray((number * PIECE) as u32, end as u32))
        })
    }

    /// The whole file, or the weights in it.
    pub fn finish(self) -> Result<Uint8Array, CollectionError> {
        Ok(match self.unpacker {
            Some(unpacker) => Uint8Array::from(unpacker.finish()?.as_slice()),
            None => self.bytes.subarray(0, self.length as u32),
        })
    }
}

/// Buffers for files on their way, used again: clearing new memory would take longer than all that is done with it.
#[derive(Default)]
pub struct Buffers(RefCell<Vec<ArrayBuffer>>);

impl Buffers {
    /// A buffer of so many bytes.
    pub fn take(&self, length: u64) -> Uint8Array {
        let length = length as u32;
        let mut free = self.0.borrow_mut();
        let buffer = match free.iter().position(|buffer| buffer.byte_length() >= length) {
            Some(place) => free.swap_remove(place),
            None => ArrayBuffer::new(length.max(MAX_SHARD_BYTES as u32)),
        };
        Uint8Array::new_with_byte_offset_and_length(&buffer, 0, length)
    }

    /// Takes one back that nobody reads any more.
    pub fn give_back(&self, bytes: &Uint8Array) {
        self.0.borrow_mut().push(bytes.buffer());
    }
}

/// A file that has arrived.
pub struct Arrived<'a>(pub &'a Uint8Array);

impl Bytes for Arrived<'_> {
    fn len(&self) -> usize {
        self.0.length() as usize
    }

    fn copy(&self, start: usize, into: &mut [u8]) {
        self.0.subarray(start as u32, (start + into.len()) as u32).copy_to(into);
    }
}
