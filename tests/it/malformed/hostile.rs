//! What strangers send, drawn from a seed.

use vestibule::kernel::rng::Rng;

/// How a request differs from one that anybody would send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grade {
    /// Not to be understood by the rules of HTTP: refused before anybody knows what it is about, so without a format of its own.
    Framing,
    /// Not to be understood by the rules of the endpoint: refused in its format.
    Broken,
    /// Well-formed and of no good will: refused or ignored.
    Odd,
}

/// Values whose encoding is broken, or that have characters that no parameter has.
const BROKEN: &[&[u8]] = &[
    b"%",
    b"%4",
    b"%zz",
    b"%%%",
    b"a%00b",
    b"%0d%0aX-Injected:%201",
    b"a%0ab",
    b"%ff%fe",
    b"%c0%af",
    b"%ed%a0%80",
    b"%f4%90%80%80",
    b"%e2%82",
    b"%7f",
    b"%c2%85",
];

/// Values that are text, but not the text that is expected.
const ODD: &[&[u8]] = &[
    b"",
    b"%20",
    b"null",
    b"undefined",
    b"-1",
    b"0",
    b"1e309",
    b"NaN",
    b"18446744073709551616",
    b"%22%3E%3Cscript%3Ealert(1)%3C/script%3E",
    b"'%20OR%20'1'='1",
    b"..%2f..%2f..%2fetc%2fpasswd",
    b"%2f%2fevil.example%2f",
    b"https://evil.example/",
    b"https://app.example/cb%23",
    b"https://app.example/cb?x=1",
    b"https://app.example/cb/..",
    b"https://app.example/cb%2525",
    b"https://app.example@evil.example/cb",
    b"https://app.example.evil.example/cb",
    b"HTTPS://APP.EXAMPLE/cb",
    b"javascript:alert(1)",
    b"data:text/html,x",
    b"%7b%7d",
    b"%7b%22userinfo%22:%7b%22sub%22:",
    b"%5b%5b%5b%5b%5b%5b%5b%5b",
    b"%7b%22id_token%22:%7b%22sub%22:%7b%22values%22:%5b1,null%5d%7d%7d%7d",
    b"eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.",
    b"..",
    b"a.b.c",
    b"%f0%9f%94%91",
    b"%e2%80%ae%e2%80%a8",
    b"%ef%bb%bf",
    b"login%20none",
    b"openid%20openid%20%22",
    b"code%20token",
    b"S256",
    b"plain",
];

/// Values of `Authorization` that prove nothing.
const AUTHORIZATIONS: &[&[u8]] = &[
    b"",
    b"Basic",
    b"Basic ",
    b"Basic !!!!",
    b"Basic YQ",
    b"Basic YTpi====",
    b"Basic Og==",
    b"Basic //79",
    b"Basic YSUwMGI6JXp6",
    b"Basic YTpiOmM6ZA==",
    b"basic YTpi, Basic YTpi",
    b"Bearer",
    b"Bearer ",
    b"Bearer a b c",
    b"Bearer oat_",
    b"Bearer oat_%00",
    b"Bearer eyJhbGciOiJub25lIn0.e30.",
    b"Bearer \xff\xfe",
    b"DPoP x",
    b"Digest username=\"a\", nonce=\"b\"",
    b"Negotiate YTpi",
    b"\xc3\xa9",
];

/// Values of the device cookie.
const COOKIES: &[&[u8]] = &[
    b"",
    b"=",
    b"a",
    b";;;;",
    b"%00%ff",
    b"\xff\xff",
    b"\"quoted",
    b"a\"b\xc3\x28\"",
    b"0000000000000000000000000000000000000000000",
    b"a, b; c=d; =e",
];

/// Bodies that are no form, with the type they claim.
const BODIES: &[(&str, &[u8])] = &[
    ("application/json", b"{\"grant_type\":\"authorization_code\"}"),
    ("application/json", b"{"),
    ("text/plain", b"grant_type=authorization_code"),
    ("multipart/form-data; boundary=x", b"--x\r\n\r\n--x--\r\n"),
    ("multipart/form-data", b"--x"),
    ("application/x-www-form-urlencoded, text/plain", b"a=b"),
    (
        "application/xml",
        b"<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]><a>&b;</a>",
    ),
    ("\u{e9}", b"a=b"),
    ("", b"a=b"),
];

/// A part of a request that is wrong, and how wrong.
pub struct Hostile {
    pub grade: Grade,
    pub kind: Kind,
}

/// Which part.
#[derive(Clone, Debug)]
pub enum Kind {
    /// The value of one parameter.
    Value(&'static str, Vec<u8>),
    /// Parameters as they stand, instead of the right ones.
    Parameters(Vec<u8>),
    /// A parameter that is given once more.
    Twice(&'static str),
    /// Another content type and body.
    Body(&'static str, Vec<u8>),
    /// The value of the device cookie, instead of the right one.
    Cookie(&'static [u8]),
    /// Lines of the head beside the usual ones.
    Head(Vec<u8>),
    /// Another method.
    Method(&'static str),
    /// The whole head's first line and how the body is framed.
    Frame(Vec<u8>),
}

fn pick<T: Copy>(rng: &Rng, among: &[T]) -> T {
    among[rng.below(u32::try_from(among.len()).expect("short lists")) as usize]
}

/// Everything that is tried at every endpoint, whatever the seed.
pub fn always(params: &[&'static str], has_body: bool) -> Vec<Hostile> {
    let mut all = Vec::new();
    let mut add = |grade, kind| all.push(Hostile { grade, kind });
    for method in ["PUT", "DELETE", "PATCH", "TRACE", "OPTION", "get", "PROPFIND"] {
        add(Grade::Odd, Kind::Method(method));
    }
    let wrong_parameters: [&[u8]; 7] = [
        b"%",
        b"=&=&==%00",
        b"%ff=1",
        b"a=%c3%28",
        b"a%00=1",
        b"x=%f0%28%8c%28",
        b"a=1&a=1&a=%",
    ];
    for parameters in wrong_parameters {
        add(Grade::Broken, Kind::Parameters(parameters.to_vec()));
    }
    let many: Vec<u8> = (0..2000).flat_map(|n| format!("p{n}=v&").into_bytes()).collect();
    add(Grade::Odd, Kind::Parameters(many));
    add(Grade::Odd, Kind::Parameters(b"&".repeat(4000)));
    for name in params {
        add(Grade::Odd, Kind::Twice(name));
        for value in BROKEN {
            add(Grade::Broken, Kind::Value(name, value.to_vec()));
        }
        for value in ODD {
            add(Grade::Odd, Kind::Value(name, value.to_vec()));
        }
    }
    for authorization in AUTHORIZATIONS {
        add(Grade::Odd, Kind::Head(line(b"Authorization", authorization)));
    }
    add(
        Grade::Odd,
        Kind::Head(b"Authorization: Basic YTpi\r\nAuthorization: Bearer x\r\n".to_vec()),
    );
    for cookie in COOKIES {
        add(Grade::Odd, Kind::Cookie(cookie));
    }
    for (name, value) in [
        (&b"Accept-Language"[..], &b"\xff;q=x,,,;q=9999"[..]),
        (b"Accept-Encoding", b"gzip;q=nan, br;q=-1, \xff"),
        (b"Origin", b"null"),
        (b"Origin", b"https://evil.example"),
        (b"X-Forwarded-For", b"evil, 1.2.3, ::::, \xff"),
        (b"X-Forwarded-Proto", b"javascript"),
        (b"Forwarded", b"for=\"[::1\";proto=\";"),
        (b"X-Request-Id", b"\"><script>"),
        (b"User-Agent", b"\xff\xfe<script>"),
        (b"If-None-Match", b"\"\"\"W/*"),
        (b"Range", b"bytes=-1-,9999999999999999999999-"),
        (b"Expect", b"200-maybe"),
        (b"Upgrade", b"h2c, websocket"),
    ] {
        add(Grade::Odd, Kind::Head(line(name, value)));
    }
    add(Grade::Framing, Kind::Head(line(b"X-Huge", &[b'x'; 200_000])));
    add(Grade::Framing, Kind::Head(b"X: y\r\n".repeat(500)));
    for lines in [
        &b"No colon here\r\n"[..],
        b": nameless\r\n",
        b"Nul\0Name: x\r\n",
        b"Folded: a\r\n b\r\n",
        b"Spaced : a\r\n",
        b"X-Nul: a\0b\r\n",
        b"Content-Length: -1\r\n",
        b"Content-Length: 1e3\r\n",
        b"Content-Length: 99999999999999999999999\r\n",
        b"Transfer-Encoding: chunked\r\nContent-Length: 3\r\n",
        b"Transfer-Encoding: gzip, chunked, identity\r\n",
        b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
        b"Content-Length: 3\r\nContent-Length: 4\r\n",
    ] {
        add(Grade::Framing, Kind::Head(lines.to_vec()));
    }
    for frame in [
        &b"HTTP/1.0\r\n\r\n"[..],
        b"HTTP/0.9\r\nHost: localhost\r\n\r\n",
        b"HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        b"HTTP/1.1\r\n\r\n",
        b"HTTP/3.7\r\nHost: localhost\r\n\r\n",
        b"HTTP/1.1 extra\r\nHost: localhost\r\n\r\n",
        b"\r\n\r\n",
        b"HTTP/1.1\nHost: localhost\n\n",
        b"HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\nzz\r\nabc\r\n0\r\n\r\n",
        b"HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\nffffffffffffffffff\r\nabc",
        b"HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n-1\r\nabc\r\n0\r\n\r\n",
    ] {
        add(Grade::Framing, Kind::Frame(frame.to_vec()));
    }
    if has_body {
        for (content_type, body) in BODIES {
            add(Grade::Broken, Kind::Body(content_type, body.to_vec()));
        }
        let form = "application/x-www-form-urlencoded";
        let mut large = b"a=".to_vec();
        large.resize(1 << 20, b'x');
        add(Grade::Broken, Kind::Body(form, large));
        add(Grade::Broken, Kind::Body(form, vec![0; 1000]));
        add(Grade::Broken, Kind::Body(form, vec![0xff; 1000]));
        add(Grade::Odd, Kind::Body(form, Vec::new()));
    }
    all
}

/// Something drawn: bytes without any sense, as a value, as credentials or as all there is.
pub fn drawn(rng: &Rng, params: &[&'static str]) -> Hostile {
    let at_random = |longest: u32| -> Vec<u8> {
        let length = rng.below(longest) as usize;
        std::iter::repeat_with(|| rng.bytes::<1>()[0]).take(length).collect()
    };
    let (grade, kind) = match rng.below(3) {
        0 if !params.is_empty() => {
            let long = percent(&at_random(6000));
            (Grade::Odd, Kind::Value(pick(rng, params), long))
        }
        1 => (
            Grade::Odd,
            Kind::Head(line(b"Authorization", &printable(&at_random(300)))),
        ),
        _ => (Grade::Odd, Kind::Parameters(percent_some(&at_random(400)))),
    };
    Hostile { grade, kind }
}

fn line(name: &[u8], value: &[u8]) -> Vec<u8> {
    [name, b": ", value, b"\r\n"].concat()
}

fn percent(bytes: &[u8]) -> Vec<u8> {
    bytes
        .iter()
        .flat_map(|byte| format!("%{byte:02x}").into_bytes())
        .collect()
}

/// What a query can have at all, the rest percent-encoded.
fn percent_some(bytes: &[u8]) -> Vec<u8> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~=&+;:/?@!$'()*,%".contains(&byte);
    bytes
        .iter()
        .flat_map(|byte| match plain(*byte) {
            true => vec![*byte],
            false => percent(&[*byte]),
        })
        .collect()
}

fn printable(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().map(|byte| 0x20 + byte % 0x5f).collect()
}
