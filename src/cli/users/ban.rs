//! `vestibule users ban` and `vestibule users unban`.

use super::{Who, called, find, moment};
use crate::app::App;
use crate::cli::failure::Failure;
use crate::cli::output::Output;
use crate::kernel::event::Actor;

pub(super) async fn ban(app: &App, person: &Who, out: &mut Output<'_>) -> Result<(), Failure> {
    let user = find(app, person).await?;
    let named = called(&user);
    if app.accounts.ban(&user.id, Actor::Operator).await? {
        return out.line(format_args!(
            "{named} is kept out from now on; `vestibule users unban {}` lets them in again.",
            user.id
        ));
    }
    let since = moment(user.banned_at);
    out.line(format_args!("{named} is kept out already, since {since}."))
}

pub(super) async fn unban(app: &App, person: &Who, out: &mut Output<'_>) -> Result<(), Failure> {
    let user = find(app, person).await?;
    let named = called(&user);
    if app.accounts.unban(&user.id, Actor::Operator).await? {
        return out.line(format_args!("{named} may sign in again."));
    }
    out.line(format_args!("{named} was not kept out."))
}
