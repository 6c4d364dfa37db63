//! Owns people: users, their email addresses and phone numbers, what they say of themselves, the claims that make an identifier theirs alone, and their passwords. Does not
//! own how a person signs in (`sign_in`) or what stays afterwards (`session`). Entered by `sign_in`, the pages and the
//! command line.

mod ban;
mod describe;
mod email;
mod facts;
mod model;
mod new_password;
mod password;
mod phone;
mod profile;
mod service;
mod store;

pub use describe::{DescribeUser, PhoneChange};
pub use email::{BadEmail, EmailAddress};
pub use model::{BadName, Email, NewUser, PersonName, Phone, User};
pub use new_password::{NewPassword, set_password};
pub use password::{BadPassword, Password, PasswordHash, Passwords, RULES as PASSWORD_RULES};
pub use phone::{BadPhone, PhoneNumber};
pub use profile::{Address, BadClaim, ClaimChange, Profile, ProfileClaim};
pub use service::{Accounts, CreateUser};
pub use store::{
    CreateOutcome, Credentials, create, credentials_by_email, hold_credentials_by_email, note_sign_in, outdate_grants,
};
