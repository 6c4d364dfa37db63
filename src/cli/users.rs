//! `vestibule users`.

mod ban;
mod password;
mod set;

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, Subcommand};
use serde::Serialize;
use zeroize::Zeroizing;

use super::failure::Failure;
use super::invocation::Invocation;
use super::output::{Output, Part, moment, or_nothing};
use crate::app::App;
use crate::identity::{BadPassword, CreateUser, EmailAddress, PASSWORD_RULES, Password, PersonName, Profile, User};
use crate::kernel::clock::Timestamp;
use crate::kernel::id::UserId;
use crate::kernel::secret::SecretString;

/// More than any password has.
const MAX_INPUT: u64 = 64 * 1024;

#[derive(Subcommand)]
pub(super) enum Users {
    /// Create a person, whose email address you vouch for
    Create(Create),
    /// List people, newest first
    List {
        /// At most this many
        #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u64).range(1..=500))]
        limit: u64,
        /// Only people made before this one
        #[arg(long, value_name = "ID")]
        before: Option<UserId>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Change what an application may be told of a person
    Set(Box<set::Set>),
    /// Give a person a new password; their sessions end, and what they granted to applications
    Password(password::SetPassword),
    /// Make a person an operator of this instance
    GrantOperator {
        /// The person's email address or id
        #[arg(value_name = "EMAIL_OR_ID", value_parser = who)]
        person: Who,
    },
    /// Keep a person out: no sign-in, and what is open of theirs opens nothing
    Ban {
        /// The person's email address or id
        #[arg(value_name = "EMAIL_OR_ID", value_parser = who)]
        person: Who,
    },
    /// Let a person in again
    Unban {
        /// The person's email address or id
        #[arg(value_name = "EMAIL_OR_ID", value_parser = who)]
        person: Who,
    },
}

#[derive(Args)]
pub(super) struct Create {
    /// The email address to sign in with
    #[arg(long)]
    email: EmailAddress,
    /// The given name
    #[arg(long, value_name = "NAME")]
    first_name: Option<String>,
    /// The family name
    #[arg(long, value_name = "NAME")]
    last_name: Option<String>,
    #[command(flatten)]
    password: PasswordSource,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Where the password comes from, which must be said.
#[derive(Args)]
#[group(required = true, multiple = false)]
struct PasswordSource {
    /// A file that holds the password; this or --password-stdin is needed
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
    /// Read the password from standard input; this or --password-file is needed
    #[arg(long)]
    password_stdin: bool,
}

impl PasswordSource {
    fn read(&self, invocation: &mut Invocation<'_>) -> Result<Password, Failure> {
        match &self.password_file {
            Some(path) => password_in(path),
            None => password_from(invocation.input(), "standard input"),
        }
    }
}

/// A person, as somebody at the command line names them.
#[derive(Clone)]
pub(super) enum Who {
    Email(EmailAddress),
    Id(UserId),
}

fn who(text: &str) -> Result<Who, &'static str> {
    if let Ok(id) = text.parse() {
        return Ok(Who::Id(id));
    }
    text.parse()
        .map(Who::Email)
        .map_err(|_| "give an email address, or an id as `vestibule users list` prints it")
}

/// A person, as printed.
#[derive(Serialize)]
struct Person<'a> {
    id: &'a UserId,
    email_address: Option<&'a str>,
    first_name: Option<&'a str>,
    last_name: Option<&'a str>,
    phone_number: Option<&'a str>,
    phone_number_verified_at: Option<Timestamp>,
    claims: &'a Profile,
    operator_since: Option<Timestamp>,
    banned_at: Option<Timestamp>,
    last_sign_in_at: Option<Timestamp>,
    created_at: Timestamp,
    updated_at: Timestamp,
}

impl<'a> From<&'a User> for Person<'a> {
    fn from(user: &'a User) -> Self {
        Self {
            id: &user.id,
            email_address: user.address(),
            first_name: user.first_name.as_deref(),
            last_name: user.last_name.as_deref(),
            phone_number: user.phone.as_ref().map(|phone| phone.number.as_str()),
            phone_number_verified_at: user.phone.as_ref().and_then(|phone| phone.verified_at),
            claims: &user.profile,
            operator_since: user.operator_since,
            banned_at: user.banned_at,
            last_sign_in_at: user.last_sign_in_at,
            created_at: user.created_at,
            updated_at: user.updated_at,
        }
    }
}

impl Users {
    pub(super) async fn run(self, invocation: &mut Invocation<'_>) -> Result<(), Failure> {
        match self {
            Self::Create(command) => command.run(invocation).await,
            Self::List { limit, before, json } => {
                invocation
                    .with_app(async |app, out| {
                        let people = app.accounts.list(before.as_ref(), limit).await?;
                        list(&people, limit, json, out)
                    })
                    .await
            }
            Self::Set(command) => command.run(invocation).await,
            Self::Password(command) => command.run(invocation).await,
            Self::GrantOperator { person } => {
                invocation
                    .with_app(async |app, out| grant_operator(app, person, out).await)
                    .await
            }
            Self::Ban { person } => {
                invocation
                    .with_app(async |app, out| ban::ban(app, &person, out).await)
                    .await
            }
            Self::Unban { person } => {
                invocation
                    .with_app(async |app, out| ban::unban(app, &person, out).await)
                    .await
            }
        }
    }
}

impl Create {
    async fn run(self, invocation: &mut Invocation<'_>) -> Result<(), Failure> {
        let name = PersonName::parse(self.first_name.as_deref(), self.last_name.as_deref())
            .map_err(|error| Failure::new(error.to_string()))?;
        let password = self.password.read(invocation)?;
        let input = CreateUser {
            email: self.email,
            name,
            password: Some(password),
        };
        let json = self.json;
        invocation
            .with_app(async |app, out| {
                let user = app.accounts.create(input).await?;
                if json {
                    return out.json(&Person::from(&*user));
                }
                out.line(format_args!("Created {}, {}.", user.id, called(&user)))
            })
            .await
    }
}

fn password_in(path: &Path) -> Result<Password, Failure> {
    let shown = path.display().to_string();
    let mut file =
        std::fs::File::open(path).map_err(|error| Failure::new(format!("{shown} can't be read: {error}")))?;
    password_from(&mut file, &shown)
}

/// Reads a password, without one line end behind it.
fn password_from(input: &mut dyn Read, origin: &str) -> Result<Password, Failure> {
    let mut text = Zeroizing::new(String::new());
    input
        .take(MAX_INPUT)
        .read_to_string(&mut text)
        .map_err(|error| Failure::new(format!("no password can be read from {origin}: {error}")))?;
    let line = text.strip_suffix('\n').unwrap_or(&text);
    let line = line.strip_suffix('\r').unwrap_or(line);
    Password::choose(&SecretString::new(line.to_owned())).map_err(|bad| {
        let (least, most) = (PASSWORD_RULES.start(), PASSWORD_RULES.end());
        Failure::new(match bad {
            BadPassword::TooShort | BadPassword::TooLong => {
                format!("the password in {origin} is {bad}: give {least} to {most} characters")
            }
            BadPassword::Characters => format!("the password in {origin} {bad}: leave control characters out"),
        })
    })
}

fn list(people: &[User], limit: u64, json: bool, out: &mut Output<'_>) -> Result<(), Failure> {
    // a part that is full may be the last
    let last = people.last().filter(|_| people.len() as u64 == limit);
    let next = last.map(|user| &user.id);
    if json {
        let data = people.iter().map(Person::from).collect();
        return out.json(&Part { data, next });
    }
    let rows: Vec<_> = people
        .iter()
        .map(|user| {
            [
                user.id.to_string(),
                or_nothing(user.email.as_ref().map(|email| email.address.clone())),
                or_nothing(user.full_name()),
                role(user).to_owned(),
                user.created_at.rfc3339(),
                moment(user.last_sign_in_at),
            ]
        })
        .collect();
    out.table(["id", "email", "name", "role", "created", "last sign-in"], &rows)?;
    match next {
        Some(last) => out.line(format_args!(
            "\nThe next ones, if any: vestibule users list --before {last}"
        )),
        None => Ok(()),
    }
}

fn role(user: &User) -> &'static str {
    match (user.banned_at, user.operator_since) {
        (Some(_), _) => "banned",
        (None, Some(_)) => "operator",
        (None, None) => "-",
    }
}

async fn find(app: &App, person: &Who) -> Result<Arc<User>, Failure> {
    let (found, named) = match person {
        Who::Id(id) => (app.accounts.find(id).await?, id.to_string()),
        Who::Email(email) => (app.accounts.find_by_email(email).await?, email.address().to_owned()),
    };
    found.ok_or_else(|| {
        Failure::new(format!(
            "nobody here is {named}: `vestibule users list` shows who there is, `vestibule users create` adds a person"
        ))
    })
}

async fn grant_operator(app: &App, person: Who, out: &mut Output<'_>) -> Result<(), Failure> {
    let user = find(app, &person).await?;
    if app.accounts.grant_operator(&user.id).await? {
        out.line(format_args!("{} operates this instance from now on.", called(&user)))
    } else {
        let since = moment(user.operator_since);
        out.line(format_args!(
            "{} operates this instance already, since {since}.",
            called(&user)
        ))
    }
}

/// A person in a sentence.
fn called(user: &User) -> String {
    let address = user.address();
    match (user.full_name(), address) {
        (Some(name), Some(address)) => format!("{name} <{address}>"),
        (Some(name), None) => name,
        (None, address) => address.unwrap_or(user.id.as_str()).to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Password, String> {
        password_from(&mut text.as_bytes(), "here").map_err(|failure| format!("{failure:?}"))
    }

    #[test]
    fn one_line_end_is_not_part_of_a_password() {
        assert!(read("12345678\n").is_ok() && read("12345678\r\n").is_ok());
        let short = read("1234567\n").expect_err("seven characters");
        assert!(short.contains("too short") && short.contains("8 to 128"), "{short}");
        assert!(read("").is_err());
    }

    #[test]
    fn a_bad_password_is_not_repeated() {
        let error = read("hunter\u{7}2x").expect_err("a bell");
        assert!(
            error.contains("control characters") && !error.contains("hunter"),
            "{error}"
        );
    }

    #[test]
    fn a_person_is_named_by_address_or_id() {
        assert!(matches!(who("ada@example.com"), Ok(Who::Email(_))));
        assert!(matches!(who(&format!("user_{}", "0".repeat(27))), Ok(Who::Id(_))));
        assert!(who("ada").is_err() && who("user_1").is_err());
    }
}
