//! Every page in every state, filled with sample data.

mod checks;
mod flow;

use std::collections::BTreeMap;

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
        sign_up_is_open: true,
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

fn account(samples: &mut Samples, f: &Frame) {
    let device = Device {
        signed_in: moment(),
        ip: Some("203.0.113.7".to_owned()),
    };
    let unknown = Device {
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
    applications(samples, f);
    samples.insert(
        "sign-out",
        render(SignOut {
            f,
            continuation: Some(HANDLE),
            action: "/oauth/logout/confirm",
            session: Some("sess_sample"),
            app_name: Some("Northwind Ledger"),
            email: Some("ada.lovelace@example.com"),
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

fn applications(samples: &mut Samples, f: &Frame) {
    let connected = [
        Connected {
            id: "app_1".to_owned(),
            name: "Northwind Ledger".to_owned(),
            shared: crate::oidc::ScopeValue::ALL.map(Shared::from).to_vec(),
            since: moment(),
            last_used: Some(moment()),
        },
        Connected {
            id: "app_2".to_owned(),
            name: "An application with a name that does not fit on one line of a telephone".to_owned(),
            shared: vec![Shared::Identity],
            since: moment(),
            last_used: None,
        },
    ];
    let page = |applications| Applications {
        f,
        email: "ada.lovelace@example.com",
        applications,
        next_url: None,
        notice: None,
    };
    samples.insert("applications", render(page(&connected)));
    samples.insert("applications-empty", render(page(&[])));
    samples.insert(
        "applications-removed",
        render(Applications {
            next_url: Some("/account/applications?after=app_2"),
            notice: Some(Notice::AccessRemoved),
            ..page(&connected)
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
            ErrorKind::SignUpClosed => ("error-sign-up-closed", None),
            ErrorKind::AccountBanned => ("error-account-banned", None),
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
    flow::all(&mut samples, &f);
    account(&mut samples, &f);
    errors(&mut samples, &f);
    dev_inbox(&mut samples, &f);
    samples
}
