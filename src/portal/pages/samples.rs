//! Every page in every state and language renders, keeps its ids, and escapes what it is given. With
//! `VESTIBULE_PAGE_SAMPLES` naming a folder, the pages are written there for a browser to look at.

use std::{collections::BTreeMap, fs, path::Path};

use askama::Template;

use super::*;
use crate::kernel::clock::Timestamp;
use crate::{
    platform::i18n::Lang,
    platform::mail::VerificationCode,
    portal::frame::{DEFAULT_BRAND, Frame},
};

const HANDLE: &str = "cnt_0aZ9&\"";
const HOSTILE: &str = "\"><script>alert(1)</script>'&";

type Samples = BTreeMap<&'static str, String>;

fn frame(lang: Lang, brand: &str) -> Frame {
    Frame {
        lang,
        brand: brand.to_owned(),
        csrf: "csrf-token".to_owned(),
        request_id: "req_3Hq0Zc9VtYw1rB7nD2sK5mXeLpA".to_owned(),
        development: false,
    }
}

fn moment() -> Moment {
    Moment::utc(Timestamp::from_secs(1_773_480_413))
}

fn render(page: impl Template) -> String {
    page.render().expect("a page renders")
}

fn sign_in(samples: &mut Samples, f: &Frame) {
    let page = || SignIn {
        f,
        continuation: None,
        app_name: None,
        identifier: "",
        error: None,
        notice: None,
    };
    samples.insert("sign-in", render(page()));
    samples.insert(
        "sign-in-app",
        render(SignIn {
            continuation: Some(HANDLE),
            app_name: Some("Northwind Ledger"),
            ..page()
        }),
    );
    samples.insert(
        "sign-in-error",
        render(SignIn {
            identifier: "ada@",
            error: Some(FieldError::EmailInvalid),
            ..page()
        }),
    );
    samples.insert(
        "sign-in-notice",
        render(SignIn {
            notice: Some(Notice::SessionEnded),
            ..page()
        }),
    );
    let development = Frame {
        development: true,
        ..f.clone()
    };
    let unnamed = Frame {
        brand: DEFAULT_BRAND.to_owned(),
        ..f.clone()
    };
    samples.insert("sign-in-unnamed", render(SignIn { f: &unnamed, ..page() }));
    samples.insert(
        "sign-in-development",
        render(SignIn {
            f: &development,
            ..page()
        }),
    );

    let page = || SignInPassword {
        f,
        continuation: Some(HANDLE),
        attempt: "sia_1",
        app_name: Some("Northwind Ledger"),
        identifier: "ada.lovelace@example.com",
        reauthenticate: false,
        error: None,
    };
    samples.insert("password", render(page()));
    samples.insert(
        "password-error",
        render(SignInPassword {
            error: Some(FieldError::Mismatch),
            ..page()
        }),
    );
    samples.insert(
        "password-locked",
        render(SignInPassword {
            error: Some(FieldError::TooManyAttempts(900)),
            ..page()
        }),
    );
    samples.insert(
        "password-confirm",
        render(SignInPassword {
            reauthenticate: true,
            app_name: None,
            ..page()
        }),
    );
}

fn sign_up(samples: &mut Samples, f: &Frame) {
    let page = |errors| SignUp {
        f,
        continuation: Some(HANDLE),
        app_name: None,
        first_name: "",
        last_name: "",
        email: "",
        password_min: 8,
        errors,
    };
    samples.insert("sign-up", render(page(SignUpErrors::default())));
    let short = SignUpErrors {
        password: Some(FieldError::PasswordTooShort(8)),
        ..Default::default()
    };
    samples.insert(
        "sign-up-error",
        render(SignUp {
            first_name: "Ada",
            email: "ada@example.com",
            ..page(short)
        }),
    );
    let several = SignUpErrors {
        first_name: Some(FieldError::NameTooLong(256)),
        last_name: Some(FieldError::NameInvalid),
        email: Some(FieldError::EmailMissing),
        password: Some(FieldError::PasswordTooLong(128)),
    };
    samples.insert(
        "sign-up-errors",
        render(SignUp {
            app_name: Some("Northwind Ledger"),
            ..page(several)
        }),
    );

    let page = || VerifyEmail {
        f,
        continuation: Some(HANDLE),
        attempt: "sua_1",
        email: "ada.lovelace@example.com",
        error: None,
        notice: None,
        resend_in: 27,
    };
    samples.insert("verify", render(page()));
    samples.insert(
        "verify-error",
        render(VerifyEmail {
            error: Some(FieldError::CodeWrong),
            resend_in: 0,
            ..page()
        }),
    );
    samples.insert(
        "verify-resent",
        render(VerifyEmail {
            notice: Some(Notice::CodeSent),
            resend_in: 60,
            ..page()
        }),
    );
    let address = "an.unusually.long.address.of.a.patient.person@subdomain.of.a.department.example.com";
    let used_up = VerifyEmail {
        email: address,
        error: Some(FieldError::CodeUsedUp),
        notice: Some(Notice::CodesUsedUp),
        ..page()
    };
    samples.insert("verify-long", render(used_up));
}

fn consent(samples: &mut Samples, f: &Frame) {
    let scopes = ["openid", "profile", "email", "offline_access"];
    let shared: Vec<Shared> = scopes.into_iter().filter_map(Shared::of_scope).collect();
    let page = |shared| Consent {
        f,
        continuation: Some(HANDLE),
        app_name: "Northwind Ledger",
        user_name: Some("Ada Lovelace"),
        email: "ada.lovelace@example.com",
        shared,
        redirect_host: "ledger.northwind.example",
        switch_url: "/sign-in?continue=x",
    };
    samples.insert("consent", render(page(&shared)));
    samples.insert(
        "consent-short",
        render(Consent {
            user_name: None,
            ..page(&[Shared::Identity])
        }),
    );
}

fn account(samples: &mut Samples, f: &Frame) {
    let device = Device {
        label: Some("Firefox on Linux".to_owned()),
        signed_in: moment(),
        ip: Some("203.0.113.7".to_owned()),
    };
    let unknown = Device {
        label: None,
        ip: None,
        ..device.clone()
    };
    let page = || Account {
        f,
        first_name: "Ada",
        first_name_error: None,
        last_name: "Lovelace",
        last_name_error: None,
        email: "ada.lovelace@example.com",
        email_verified: true,
        device: &device,
        notice: None,
    };
    samples.insert("account", render(page()));
    samples.insert(
        "account-saved",
        render(Account {
            notice: Some(Notice::Saved),
            ..page()
        }),
    );
    let errors = Account {
        first_name_error: Some(FieldError::NameInvalid),
        last_name_error: Some(FieldError::NameTooLong(256)),
        email_verified: false,
        device: &unknown,
        ..page()
    };
    samples.insert("account-error", render(errors));
    samples.insert(
        "sign-out",
        render(SignOut {
            f,
            continuation: Some(HANDLE),
            action: "/oauth/logout/confirm",
            stay_url: "/account",
        }),
    );
    samples.insert(
        "signed-out",
        render(SignedOut {
            f,
            sign_in_url: "/sign-in",
        }),
    );
}

fn errors(samples: &mut Samples, f: &Frame) {
    for kind in ErrorKind::ALL {
        let (name, detail) = match kind {
            ErrorKind::NotFound => ("error-not-found", None),
            ErrorKind::BadRequest => ("error-bad-request", Some("parameter \"scope\" is given twice")),
            ErrorKind::Forbidden => ("error-forbidden", None),
            ErrorKind::TooMany(_) => ("error-too-many", None),
            ErrorKind::Busy => ("error-busy", None),
            ErrorKind::Internal => ("error-internal", None),
            ErrorKind::InvalidClient => (
                "error-invalid-client",
                Some("redirect_uri is not registered for this client"),
            ),
            ErrorKind::LogoutHint => ("error-logout-hint", Some("id_token_hint was not issued by this server")),
        };
        let back = matches!(kind, ErrorKind::Forbidden | ErrorKind::Busy).then_some("/sign-in");
        samples.insert(name, render(Error { f, kind, detail, back }));
    }
}

fn dev_inbox(samples: &mut Samples, f: &Frame) {
    let letter = VerificationCode {
        code: "042917",
        minutes: 10,
        brand: &f.brand,
    }
    .render(f.lang)
    .expect("a mail renders");
    let mail = |id: &str, to: &str| InboxMail {
        id: id.to_owned(),
        to: to.to_owned(),
        subject: letter.subject.clone(),
        sent: moment(),
    };
    let mails = [
        mail("mail_1", "ada.lovelace@example.com"),
        mail("mail_2", "grace@example.com"),
        mail("mail_3", "alan@example.com"),
    ];
    samples.insert("inbox", render(DevInbox { f, mails: &mails }));
    samples.insert("inbox-empty", render(DevInbox { f, mails: &[] }));
    let page = DevInboxMail {
        f,
        mail: &mails[0],
        code: Some("042917"),
        html: &letter.html,
        text: &letter.text,
    };
    samples.insert("inbox-mail", render(page));
}

fn samples(lang: Lang, brand: &str) -> Samples {
    let f = frame(lang, brand);
    let mut samples = Samples::new();
    sign_in(&mut samples, &f);
    sign_up(&mut samples, &f);
    consent(&mut samples, &f);
    account(&mut samples, &f);
    errors(&mut samples, &f);
    dev_inbox(&mut samples, &f);
    samples
}

#[test]
fn every_page_in_every_language() {
    let folder = std::env::var("VESTIBULE_PAGE_SAMPLES").ok();
    for lang in Lang::ALL {
        for (name, html) in samples(lang, "Acme") {
            let place = format!("{name} in {}", lang.tag());
            assert!(!html.contains("Unknown localization key"), "{place}");
            assert!(
                html.contains(&format!("<html lang=\"{}\" dir=\"ltr\">", lang.tag())),
                "{place}"
            );
            assert_eq!(html.matches("<h1").count(), 1, "{place} has one heading");
            assert!(
                html.contains("href=\"/assets/") && !html.contains("href=\"\""),
                "{place}"
            );
            let own = html.split(" srcdoc=\"").next().unwrap_or_default();
            assert!(
                !own.contains(" style=") && !own.contains("<style") && !own.contains(" onclick="),
                "{place} keeps to the policy"
            );
            assert_eq!(
                own.matches("<form").count(),
                own.matches("name=\"csrf\" value=\"csrf-token\"").count(),
                "{place}"
            );
            unique_ids(&place, own);
            if let Some(folder) = &folder {
                let folder = Path::new(folder).join(lang.tag());
                fs::create_dir_all(&folder).expect("a folder for the samples");
                fs::write(folder.join(format!("{name}.html")), html).expect("a sample is written");
            }
        }
    }
}

fn unique_ids(place: &str, html: &str) {
    let mut ids: Vec<&str> = html
        .split(" id=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect();
    ids.sort_unstable();
    let before = ids.len();
    ids.dedup();
    assert_eq!(ids.len(), before, "{place} repeats an id");
}

#[test]
fn ids_and_names_that_scripts_rely_on() {
    let samples = samples(Lang::En, "Acme");
    let expected: [(&str, &[&str]); 9] = [
        (
            "sign-in",
            &[
                "id=\"identifier\" name=\"identifier\"",
                "id=\"continue\"",
                "id=\"sign-up\"",
                "action=\"/sign-in\"",
            ],
        ),
        (
            "password",
            &[
                "name=\"attempt\" value=\"sia_1\"",
                "id=\"password\" name=\"password\"",
                "id=\"continue\"",
                "id=\"change\"",
            ],
        ),
        (
            "sign-up",
            &[
                "id=\"first_name\"",
                "id=\"last_name\"",
                "id=\"email\"",
                "id=\"password\"",
                "id=\"continue\"",
                "id=\"sign-in\"",
            ],
        ),
        (
            "sign-up-errors",
            &["id=\"summary\"", "href=\"#email\"", "id=\"password-error\""],
        ),
        (
            "verify",
            &[
                "id=\"code\" name=\"code\"",
                "id=\"verify\"",
                "id=\"resend\"",
                "action=\"/sign-up/verify/resend\"",
                "data-seconds=\"27\"",
            ],
        ),
        (
            "consent",
            &[
                "id=\"allow\" name=\"decision\" value=\"allow\"",
                "id=\"deny\" name=\"decision\" value=\"deny\"",
                "id=\"switch\"",
            ],
        ),
        (
            "account",
            &[
                "id=\"first_name\"",
                "id=\"last_name\"",
                "id=\"save\"",
                "id=\"sign-out\"",
                "action=\"/sign-out\"",
            ],
        ),
        (
            "sign-out",
            &["action=\"/oauth/logout/confirm\"", "id=\"sign-out\"", "id=\"stay\""],
        ),
        (
            "error-invalid-client",
            &[
                "id=\"request-id\">req_",
                "id=\"detail\"",
                "id=\"copy-request-id\"",
                "id=\"home\"",
            ],
        ),
    ];
    for (name, pieces) in expected {
        for piece in pieces {
            assert!(samples[name].contains(piece), "{name} lacks {piece}");
        }
    }
    let handle = "name=\"continue\" value=\"cnt_0aZ9&#38;&#34;\"";
    assert!(
        samples["sign-in-app"].contains(handle)
            && samples["sign-in-app"].contains("/sign-up?continue=cnt_0aZ9%26%22\"")
    );
    assert!(!samples["sign-in"].contains("name=\"continue\"") && samples["sign-in"].contains("href=\"/sign-up\""));
}

#[test]
fn what_people_type_stays_text() {
    let f = frame(Lang::En, HOSTILE);
    let pages = [
        render(SignIn {
            f: &f,
            continuation: Some(HOSTILE),
            app_name: Some(HOSTILE),
            identifier: HOSTILE,
            error: None,
            notice: None,
        }),
        render(Consent {
            f: &f,
            continuation: Some(HOSTILE),
            app_name: HOSTILE,
            user_name: Some(HOSTILE),
            email: HOSTILE,
            shared: &[Shared::Profile, Shared::Email],
            redirect_host: HOSTILE,
            switch_url: "/sign-in",
        }),
        render(Error {
            f: &f,
            kind: ErrorKind::BadRequest,
            detail: Some(HOSTILE),
            back: None,
        }),
    ];
    for page in pages {
        assert!(!page.contains("<script>alert") && page.contains("&#60;script&#62;alert"));
    }
}
