//! Owns people: users, their email addresses, the claims that make an identifier theirs alone, and their passwords. Does not
//! own how a person signs in (`sign_in`) or what stays afterwards (`session`). Entered by `sign_in`, the pages and the
//! command line.

mod email;
mod facts;
mod model;
mod password;
mod service;
mod store;

pub use email::{BadEmail, EmailAddress};
pub use model::{BadName, Email, NewUser, PersonName, User};
pub use password::{BadPassword, Password, PasswordHash, Passwords, RULES as PASSWORD_RULES};
pub use service::{Accounts, CreateUser};
pub use store::{CreateOutcome, Credentials, create, credentials_by_email, note_sign_in};
