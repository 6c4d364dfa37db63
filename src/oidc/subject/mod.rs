//! Owns the `sub` by which relying parties know a person: one for each sector, never given to another (OpenID Connect Core section
//! 8). Does not own people. Entered by every part of the provider that names a person.

pub(super) mod store;
