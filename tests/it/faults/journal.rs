//! What the server has acknowledged, as its clients remember it.

/// A refresh token's family, from the code that began it.
#[derive(Clone, Debug)]
pub struct Family {
    /// The code that was redeemed.
    pub code: String,
    /// Every refresh token that was given, none before the redemption was acknowledged, oldest first; all but the last were acknowledged as rotated.
    pub refresh_tokens: Vec<String>,
    /// The newest access token.
    pub access_token: String,
    /// Whether the last request about it got no answer, so that nobody knows how it ended.
    pub is_unsure: bool,
}

impl Family {
    /// What begins with a code that was issued.
    pub fn issued(code: String) -> Self {
        Self {
            code,
            refresh_tokens: Vec::new(),
            access_token: String::new(),
            is_unsure: false,
        }
    }
}

/// What one worker remembers.
#[derive(Default, Debug)]
pub struct Journal {
    /// Families, in the order they began.
    pub families: Vec<Family>,
    /// The device cookies of people who were told that they are signed in.
    pub signed_in: Vec<(String, String)>,
    /// How many writes were acknowledged.
    pub acknowledged: usize,
}

impl Journal {
    /// Adds what another worker remembers.
    pub fn add(&mut self, other: Self) {
        self.families.extend(other.families);
        self.signed_in.extend(other.signed_in);
        self.acknowledged += other.acknowledged;
    }
}
