//! How surely a person was recognised: the claim `acr` (OpenID Connect Core section 2).

/// An authentication context class, by the levels of NIST SP 800-63B.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Acr {
    /// One factor was proven.
    Aal1,
}

impl Acr {
    /// What discovery lists.
    pub const SUPPORTED: [&str; 1] = [Self::REACHED.as_str()];

    /// What every session's evidence amounts to: a password, or a code sent by mail, is one factor, and both of them are no two, for a
    /// mailbox is no authenticator (NIST SP 800-63B section 3.1.3.1).
    pub const REACHED: Self = Self::Aal1;

    /// The value of the claim.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Aal1 => "aal1",
        }
    }
}
