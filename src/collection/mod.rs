//! What travels over HTTP: a manifest and hash-named shards.
