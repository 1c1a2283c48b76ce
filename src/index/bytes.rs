/// The bytes of a file, which need not lie in this program's memory: a browser holds what it downloaded outside of a
/// module's, and what is read from there straight into its place is copied once.
pub trait Bytes {
    fn len(&self) -> usize;

    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Copies as many bytes as `into` has, from byte `start` on.
    ///
    /// # Panics
    /// If there are not so many.
    fn copy(&self, start: usize, into: &mut [u8]);
}

impl Bytes for &[u8] {
    fn len(&self) -> usize {
        <[u8]>::len(self)
    }

    fn copy(&self, start: usize, into: &mut [u8]) {
        into.copy_from_slice(&self[start..][..into.len()]);
    }
}
