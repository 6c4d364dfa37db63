//! The pages between a person and an application.

use super::*;
use crate::oidc::ScopeValue;

fn consent(samples: &mut Samples, f: &Frame) {
    let all = ScopeValue::ALL.map(Shared::from);
    let page = |asked, before| Consent {
        f,
        continuation: Some(HANDLE),
        session: "sess_1",
        app_name: "Northwind Ledger",
        user_name: Some("Ada Lovelace"),
        email: "ada.lovelace@example.com",
        phone: Some("+49301234567"),
        asked,
        before,
        redirect_host: "ledger.northwind.example",
        switch_url: "/sign-in?continue=x",
    };
    samples.insert("consent", render(page(&all, &[])));
    samples.insert(
        "consent-short",
        render(Consent {
            user_name: None,
            ..page(&[Shared::Identity], &[])
        }),
    );
    samples.insert(
        "consent-unknown",
        render(Consent {
            user_name: None,
            phone: None,
            ..page(&all, &[])
        }),
    );
    samples.insert(
        "consent-more",
        render(page(
            &[Shared::Phone, Shared::OfflineAccess],
            &[Shared::Identity, Shared::Profile, Shared::Email],
        )),
    );
}

fn choose(samples: &mut Samples, f: &Frame) {
    let account = |session, name, email| AccountChoice { session, name, email };
    let accounts = [
        account("sess_1", Some("Ada Lovelace"), "ada.lovelace@example.com"),
        account("sess_2", None, "grace@example.com"),
        account(
            "sess_3",
            Some("A person with a name that does not fit on one line of this card"),
            "an.unusually.long.address.of.a.patient.person@subdomain.of.a.department.example.com",
        ),
    ];
    let page = |accounts| ChooseAccount {
        f,
        continuation: Some(HANDLE),
        app_name: Some("Northwind Ledger"),
        accounts,
        switch_url: "/sign-in?continue=x&switch=1",
    };
    samples.insert("choose", render(page(&accounts)));
    samples.insert("choose-one", render(page(&accounts[..1])));
}

fn onward(samples: &mut Samples, f: &Frame) {
    let to = "https://ledger.northwind.example/cb?code=x&state=y";
    samples.insert("onward", render(Onward { f, to }));
    let fields = [("code", "x".to_owned()), ("state", HOSTILE.to_owned())];
    let page = PostOnward {
        f,
        action: "https://ledger.northwind.example/cb",
        fields: &fields,
    };
    samples.insert("onward-post", render(page));
}

pub(super) fn all(samples: &mut Samples, f: &Frame) {
    consent(samples, f);
    choose(samples, f);
    onward(samples, f);
}
