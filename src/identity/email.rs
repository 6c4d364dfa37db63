//! Email addresses: as typed, and as compared.

use std::fmt;

use url::Host;

/// RFC 5321 section 4.5.3.1.3: a path has 256 octets with its brackets.
const MAX_LENGTH: usize = 254;
/// RFC 5321 section 4.5.3.1.1.
const MAX_LOCAL_LENGTH: usize = 64;

/// An address that can be mailed to. Two addresses are the same person's when their canonical forms are equal; dots and
/// plus-tags are kept, because they mean different mailboxes at most providers.
#[derive(Clone, PartialEq, Eq)]
pub struct EmailAddress {
    address: String,
    canonical: String,
}

/// Text that is not an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an email address")]
pub struct BadEmail;

impl EmailAddress {
    /// As it was typed, without the blanks around it and with the domain in its ASCII form.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// As it is compared: lower case, the domain in its ASCII form (IDNA, UTS 46).
    pub fn canonical(&self) -> &str {
        &self.canonical
    }
}

impl std::str::FromStr for EmailAddress {
    type Err = BadEmail;

    fn from_str(text: &str) -> Result<Self, BadEmail> {
        let address = text.trim();
        let (local, domain) = address.rsplit_once('@').ok_or(BadEmail)?;
        if !is_dot_atom(local) || local.len() > MAX_LOCAL_LENGTH {
            return Err(BadEmail);
        }
        if domain.contains('%') {
            return Err(BadEmail);
        }
        let Ok(Host::Domain(domain)) = Host::parse(domain) else {
            return Err(BadEmail);
        };
        if !is_host_name(&domain) {
            return Err(BadEmail);
        }
        let canonical = format!("{}@{domain}", local.to_ascii_lowercase());
        if canonical.len() > MAX_LENGTH {
            return Err(BadEmail);
        }
        Ok(Self {
            // the domain as it is resolved: what was typed may hide another name in it
            address: format!("{local}@{domain}"),
            canonical,
        })
    }
}

impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[email address]")
    }
}

/// RFC 5322 section 3.2.3, `dot-atom-text`; quoted local parts and those beyond ASCII are refused, since hardly any mail server
/// takes them.
fn is_dot_atom(local: &str) -> bool {
    local.split('.').all(|atom| {
        !atom.is_empty()
            && atom
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&b))
    })
}

/// At least two labels of letters, digits and inner hyphens (RFC 1123 section 2.1).
fn is_host_name(domain: &str) -> bool {
    domain.contains('.')
        && domain.split('.').all(|label| {
            (1..=63).contains(&label.len())
                && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
                && !label.starts_with('-')
                && !label.ends_with('-')
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_compared_in_lower_case_with_an_ascii_domain() {
        let typed: EmailAddress = " Ada.Lovelace+x@Bücher.Example ".parse().expect("an address");
        assert_eq!(typed.address(), "Ada.Lovelace+x@xn--bcher-kva.example");
        assert_eq!(typed.canonical(), "ada.lovelace+x@xn--bcher-kva.example");
    }

    #[test]
    fn what_can_not_be_mailed_to_is_refused() {
        let long = format!("{}@example.com", "a".repeat(65));
        for bad in [
            "",
            "ada",
            "@example.com",
            "ada@",
            "ada@localhost",
            "ada@127.0.0.1",
            "a da@example.com",
            ".ada@example.com",
            "ada..l@example.com",
            "\"ada\"@example.com",
            "ada@example.com\nBcc: eve@example.com",
            "ada@exa_mple.com",
            "ada@ex%61mple.com",
            "ada@-example.com",
            "ada@[::1]",
            "ada@example.com, eve@example.com",
            &long,
        ] {
            assert_eq!(bad.parse::<EmailAddress>(), Err(BadEmail), "{bad:?}");
        }
    }
}
