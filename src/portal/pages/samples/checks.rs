//! Every page in every state and language renders, keeps its ids, and escapes what it is given. With
//! `VESTIBULE_PAGE_SAMPLES` naming a folder, the pages are written there for a browser to look at.

use std::{fs, path::Path};

use super::*;

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
            // the one form that another site takes has nothing of ours in it
            let foreign = usize::from(name == "onward-post");
            assert_eq!(
                own.matches("<form").count(),
                own.matches("name=\"csrf\" value=\"csrf-token\"").count() + foreign,
                "{place}"
            );
            assert_eq!(own.matches("<script>").count(), foreign, "{place} has no script inline");
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
    let expected: [(&str, &[&str]); 12] = [
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
                "name=\"session\" value=\"sess_1\"",
                "id=\"switch\"",
            ],
        ),
        (
            "choose",
            &[
                "action=\"/choose-account\"",
                "id=\"account-1\" name=\"session\" value=\"sess_1\"",
                "id=\"account-3\"",
                "id=\"another\"",
            ],
        ),
        (
            "onward",
            &["id=\"onward\" href=\"https://ledger.northwind.example/cb?code=x&#38;state=y\""],
        ),
        (
            "onward-post",
            &[
                "method=\"post\" action=\"https://ledger.northwind.example/cb\"",
                "name=\"code\" value=\"x\"",
                "id=\"onward\"",
                "<script>document.forms[0].submit()</script>",
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
            sign_up_is_open: true,
            error: None,
            notice: None,
        }),
        render(Consent {
            f: &f,
            continuation: Some(HOSTILE),
            session: HOSTILE,
            app_name: HOSTILE,
            user_name: Some(HOSTILE),
            email: HOSTILE,
            phone: Some(HOSTILE),
            asked: &[Shared::Profile, Shared::Email, Shared::Phone],
            before: &[],
            redirect_host: HOSTILE,
            switch_url: "/sign-in",
        }),
        render(SignOut {
            f: &f,
            continuation: Some(HOSTILE),
            action: "/oauth/logout/confirm",
            session: Some(HOSTILE),
            app_name: Some(HOSTILE),
            email: Some(HOSTILE),
            stay_url: "/account",
        }),
        render(ChooseAccount {
            f: &f,
            continuation: Some(HOSTILE),
            app_name: Some(HOSTILE),
            accounts: &[AccountChoice {
                session: HOSTILE,
                name: Some(HOSTILE),
                email: HOSTILE,
            }],
            switch_url: HOSTILE,
        }),
        render(PostOnward {
            f: &f,
            action: HOSTILE,
            fields: &[("state", HOSTILE.to_owned())],
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
