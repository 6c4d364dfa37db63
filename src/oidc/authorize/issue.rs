//! Answering with a code.

use std::sync::Arc;
use std::time::Duration;

use super::pending::Flow;
use crate::kernel::error::Result;
use crate::kernel::event::Actor;
use crate::kernel::id::{GrantId, UserId};
use crate::kernel::token::PlainToken;
use crate::oidc::browser::Step;
use crate::oidc::consent;
use crate::oidc::facts::GrantCreated;
use crate::oidc::grant::{self, NewCode, NewGrant};
use crate::oidc::provider::Provider;
use crate::oidc::subject;
use crate::session::Session;
use crate::sign_in::consume_continuation;

/// Why the application may have what it asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ground {
    /// The person has just allowed it.
    Given,
    /// The person allowed it before.
    Remembered,
    /// Nobody need be asked.
    FirstParty,
}

/// What became of answering.
#[derive(Debug)]
pub(super) enum Issued {
    /// The answer.
    Answer(Step),
    /// The request was answered before.
    Before,
    /// The session has ended, the person is kept out, or what they allowed before was taken back meanwhile.
    Unfounded,
}

impl Provider {
    /// Makes the grant and its code, in one transaction with the consent, when it was just given, and with the end of the waiting. A
    /// session, person and consent that it rests on are held until then: whoever ends one of them either comes first, or finds the grant.
    pub(super) async fn issue(&self, flow: &Flow, session: &Session, ground: Ground) -> Result<Issued> {
        let (now, rng) = (self.cx.now(), &self.cx.rng);
        let application = &flow.destination.application;
        let (scope, allowed) = (flow.request.scope, flow.request.to_allow());
        let plain = PlainToken::draw("", rng);
        let lifetime = self.cx.instance.settings().tokens.authorization_code_seconds;
        let new = NewGrant {
            id: GrantId::draw(now, rng),
            application_id: application.id.clone(),
            user_id: session.user_id.clone(),
            session_id: session.id.clone(),
            scope,
            claims: flow.request.claims.clone(),
            auth_time: session.auth_time(),
            amr: session.amr(),
            code: NewCode {
                hash: plain.hash(),
                redirect_uri: flow.destination.redirect_uri.clone(),
                code_challenge: flow.request.code_challenge.clone(),
                nonce: flow.request.nonce.clone(),
                expires_at: now + Duration::from_secs(lifetime.into()),
            },
            created_at: now,
        };
        let grant = &new;
        let fact = GrantCreated {
            id: &grant.id,
            application_id: &application.id,
            user_id: &session.user_id,
            session_id: &session.id,
            scope,
        };
        let event = &self.cx.event(&fact, Actor::User(session.user_id.clone()))?;
        let sub = self.known_sub(&session.user_id).await?;
        let is_first = sub.is_none();
        let ticket = self.grants.ticket(&grant.id);
        let waiting = flow.waiting.as_ref().map(|waiting| &waiting.hash);
        let refused = self
            .cx
            .db
            .write(|tx| async move {
                // what was decided on may come from memory, and another process may just have ended it
                let consent_to = (ground == Ground::Remembered).then_some(&grant.application_id);
                let basis = grant::store::hold_basis(&tx, &grant.session_id, consent_to, now).await?;
                let holds = basis.is_some_and(|remembered| consent_to.is_none() || allowed.is_within(remembered));
                if !holds {
                    return Ok(Some(Issued::Unfounded));
                }
                if let Some(hash) = waiting
                    && !consume_continuation(&tx, hash, now).await?
                {
                    return Ok(Some(Issued::Before));
                }
                if ground == Ground::Given {
                    consent::store::remember(&tx, &grant.user_id, &grant.application_id, allowed, now).await?;
                }
                if is_first {
                    subject::store::ensure(&tx, &grant.user_id).await?;
                }
                grant::store::insert(&tx, grant).await?;
                tx.emit(event).await?;
                Ok(None)
            })
            .await?;
        if let (None, Some(sub)) = (&refused, sub) {
            // the code comes back within a second, and the access token soon after
            self.grants.remember(ticket, new, &application.client_id, &sub);
        }
        Ok(refused.unwrap_or_else(|| Issued::Answer(flow.destination.success(self.issuer(), plain.expose()))))
    }

    /// By which applications know a person; `None` before the first grant.
    async fn known_sub(&self, user: &UserId) -> Result<Option<Arc<String>>> {
        let read = || subject::store::find(self.cx.db.reader(), user);
        self.subjects.get_or_load(user.as_str(), read).await
    }
}
