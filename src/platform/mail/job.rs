//! The job that delivers a queued mail.

use crate::kernel::error::Error;
use crate::platform::cx::Cx;
use crate::platform::jobs::{Handler, JobError};

use super::model::{DELIVER, DeliverMail, Mail, cell};
use super::store;

/// Delivers queued mails and forgets them.
pub struct Deliver(pub Cx);

#[async_trait::async_trait]
impl Handler for Deliver {
    fn kind(&self) -> &'static str {
        DELIVER
    }

    async fn run(&self, payload: &str) -> Result<(), JobError> {
        let cx = &self.0;
        let job: DeliverMail =
            serde_json::from_str(payload).map_err(|_| JobError::Fail("unreadable payload".to_owned()))?;
        let id = &job.mail_id;
        let Some((template, sealed)) = store::find(cx.db.reader(), id).await? else {
            return Ok(());
        };
        let plain = cx.sealer.open(cell(id), &sealed).map_err(Error::from)?;
        let mail: Mail = serde_json::from_slice(&plain).map_err(|_| JobError::Fail("unreadable mail".to_owned()))?;
        let sent = cx.mail.send(id, &mail, cx.clock.now()).await;
        if matches!(sent, Ok(()) | Err(JobError::Fail(_))) {
            // delivered, or never to be: either way the body is not kept
            cx.db.write(|tx| async move { store::delete(&tx, id).await }).await?;
        }
        sent?;
        tracing::info!(mail = %id, template, "mail delivered");
        Ok(())
    }
}
