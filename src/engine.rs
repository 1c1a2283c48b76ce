//! A query picture in, ranked matches out: the only place where the rooms meet.
