//! `vestibule users set`.

use clap::Args;

use super::{Person, Who, called, find, who};
use crate::cli::failure::Failure;
use crate::cli::invocation::Invocation;
use crate::identity::{ClaimChange, DescribeUser, PhoneChange, PhoneNumber, ProfileClaim};

#[derive(Args)]
pub(in crate::cli) struct Set {
    /// The person's email address or id
    #[arg(value_name = "EMAIL_OR_ID", value_parser = who)]
    person: Who,
    /// A claim of OpenID Connect Core section 5.1, such as nickname=Ada; without a value it is removed; may be repeated
    #[arg(long = "claim", value_name = "NAME=VALUE", value_parser = claim)]
    claims: Vec<ClaimChange>,
    /// The phone number, with its country code; an empty one removes it
    #[arg(long, value_name = "NUMBER", value_parser = phone)]
    phone: Option<Phone>,
    /// You vouch that the phone number is the person's
    #[arg(long, requires = "phone")]
    phone_verified: bool,
    /// The postal address as it stands on a letter
    #[arg(long, value_name = "TEXT", value_parser = part(ProfileClaim::Formatted))]
    address_formatted: Option<ClaimChange>,
    /// Street and house number
    #[arg(long, value_name = "TEXT", value_parser = part(ProfileClaim::StreetAddress))]
    address_street: Option<ClaimChange>,
    /// City
    #[arg(long, value_name = "TEXT", value_parser = part(ProfileClaim::Locality))]
    address_locality: Option<ClaimChange>,
    /// State or province
    #[arg(long, value_name = "TEXT", value_parser = part(ProfileClaim::Region))]
    address_region: Option<ClaimChange>,
    /// Postal code
    #[arg(long, value_name = "TEXT", value_parser = part(ProfileClaim::PostalCode))]
    address_postal_code: Option<ClaimChange>,
    /// Country
    #[arg(long, value_name = "TEXT", value_parser = part(ProfileClaim::Country))]
    address_country: Option<ClaimChange>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Clone)]
enum Phone {
    Number(PhoneNumber),
    Nothing,
}

fn phone(text: &str) -> Result<Phone, String> {
    if text.trim().is_empty() {
        return Ok(Phone::Nothing);
    }
    text.parse()
        .map(Phone::Number)
        .map_err(|bad: crate::identity::BadPhone| bad.to_string())
}

fn claim(text: &str) -> Result<ClaimChange, String> {
    let (name, value) = text.split_once('=').ok_or("write NAME=VALUE")?;
    let claim = ProfileClaim::named(name).ok_or_else(|| {
        let names = ProfileClaim::ALL.into_iter().filter(|claim| !claim.is_of_address());
        let names: Vec<&str> = names.map(ProfileClaim::as_str).collect();
        format!("there is no claim {name} to set; there are {}", names.join(", "))
    })?;
    claim.set(value).map_err(|bad| bad.to_string())
}

fn part(claim: ProfileClaim) -> impl Fn(&str) -> Result<ClaimChange, String> + Clone {
    move |text| claim.set(text).map_err(|bad| bad.to_string())
}

impl Set {
    pub(super) async fn run(self, invocation: &mut Invocation<'_>) -> Result<(), Failure> {
        let verified = self.phone_verified;
        let address = [
            self.address_formatted,
            self.address_street,
            self.address_locality,
            self.address_region,
            self.address_postal_code,
            self.address_country,
        ];
        let change = DescribeUser {
            claims: self.claims.into_iter().chain(address.into_iter().flatten()).collect(),
            phone: self.phone.map(|phone| match phone {
                Phone::Number(number) => PhoneChange::Set { number, verified },
                Phone::Nothing => PhoneChange::Remove,
            }),
        };
        if change.claims.is_empty() && change.phone.is_none() {
            return Err(Failure::new(
                "nothing to set: give --claim, --phone or a part of the address",
            ));
        }
        let (person, json) = (self.person, self.json);
        invocation
            .with_app(async |app, out| {
                let user = find(app, &person).await?;
                app.accounts.describe(&user.id, &change).await?;
                let user = find(app, &Who::Id(user.id.clone())).await?;
                if json {
                    return out.json(&Person::from(&*user));
                }
                out.line(format_args!("Changed {}, {}.", user.id, called(&user)))
            })
            .await
    }
}
