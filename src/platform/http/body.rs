//! Reading a request's body, within a size and a time.

use std::time::Duration;

use actix_web::HttpRequest;
use actix_web::dev::Payload;
use actix_web::http::header::CONTENT_LENGTH;
use actix_web::web::{Bytes, BytesMut};
use futures_util::StreamExt;

use crate::kernel::error::{Error, ErrorKind, Result};

/// How large a body may be, and how long it may take.
#[derive(Clone, Copy, Debug)]
pub struct BodyLimit {
    /// In bytes.
    pub bytes: usize,
    /// From the first read to the last byte.
    pub time: Duration,
}

/// What holds where a server states no limit of its own.
const DEFAULT: BodyLimit = BodyLimit {
    bytes: 64 * 1024,
    time: Duration::from_secs(10),
};

/// The whole body of `req`, within the `BodyLimit` of its server.
///
/// # Errors
/// Too large; or bad input where the connection broke off or was too slow.
pub async fn read(req: &HttpRequest, payload: Payload) -> Result<Bytes> {
    let limit = req.app_data::<BodyLimit>().copied().unwrap_or(DEFAULT);
    let announced = req.headers().get(CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    if announced
        .and_then(|length| length.parse().ok())
        .is_some_and(|length: u64| length > limit.bytes as u64)
    {
        return Err(too_large(limit));
    }
    match tokio::time::timeout(limit.time, collect(payload, limit)).await {
        Ok(body) => body,
        Err(_) => Err(Error::bad_input(
            "request_timeout",
            "the request's body took too long to arrive",
        )),
    }
}

async fn collect(mut payload: Payload, limit: BodyLimit) -> Result<Bytes> {
    let mut body = BytesMut::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|cause| {
            Error::bad_input("incomplete_body", "the request's body did not arrive whole").because(cause.to_string())
        })?;
        if body.len() + chunk.len() > limit.bytes {
            return Err(too_large(limit));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

fn too_large(limit: BodyLimit) -> Error {
    let public = format!("the request's body is larger than {} bytes", limit.bytes);
    Error::new(ErrorKind::TooLarge, "body_too_large", public)
}

#[cfg(test)]
mod tests {
    use std::pin::Pin;

    use actix_web::test::TestRequest;
    use futures_util::Stream;

    use super::*;

    async fn read_of(size: usize, announce: bool) -> Result<Bytes> {
        let limit = BodyLimit {
            bytes: 1024,
            time: Duration::from_secs(1),
        };
        let mut request = TestRequest::post().app_data(limit);
        if announce {
            request = request.insert_header((CONTENT_LENGTH, size));
        }
        let chunks = vec![b'x'; size]
            .chunks(1000)
            .map(Bytes::copy_from_slice)
            .map(Ok)
            .collect::<Vec<_>>();
        let payload = Payload::Stream {
            payload: Box::pin(futures_util::stream::iter(chunks)) as Pin<Box<dyn Stream<Item = _>>>,
        };
        read(&request.to_http_request(), payload).await
    }

    fn endless() -> Payload {
        Payload::Stream {
            payload: Box::pin(futures_util::stream::pending()) as Pin<Box<dyn Stream<Item = _>>>,
        }
    }

    #[actix_web::test]
    async fn a_body_over_the_limit_is_refused_whether_announced_or_not() {
        for announce in [true, false] {
            assert_eq!(read_of(1024, announce).await.expect("a body").len(), 1024);
            let error = read_of(1025, announce).await.expect_err("too large");
            assert_eq!(error.kind(), ErrorKind::TooLarge);
        }
    }

    #[actix_web::test]
    async fn an_announced_body_over_the_limit_is_not_waited_for() {
        let req = TestRequest::post()
            .insert_header((CONTENT_LENGTH, DEFAULT.bytes + 1))
            .to_http_request();
        assert_eq!(
            read(&req, endless()).await.expect_err("too large").kind(),
            ErrorKind::TooLarge
        );
    }

    #[actix_web::test]
    async fn a_body_that_never_ends_is_given_up() {
        let limit = BodyLimit {
            bytes: 1024,
            time: Duration::from_millis(1),
        };
        let (req, _) = TestRequest::post().app_data(limit).to_http_parts();
        assert_eq!(
            read(&req, endless()).await.expect_err("too slow").code(),
            "request_timeout"
        );
    }
}
