//! Bodies in JSON, right but for what is hostile in them.

use super::endpoints::Endpoint;

/// The parameters of a request that is as it should be: their values are JSON already.
pub fn parameters(endpoint: &Endpoint) -> Vec<(&'static str, Vec<u8>)> {
    let given = endpoint.params.iter().filter(|(_, value)| !value.is_empty());
    given.map(|(name, value)| (*name, value.clone().into_bytes())).collect()
}

/// A hostile value between quotation marks, and what it hides behind percent signs as it is.
pub fn text(value: &[u8]) -> Vec<u8> {
    [b"\"", &decoded(value)[..], b"\""].concat()
}

/// Whether a hostile value is no JSON text, or one with control characters.
pub fn is_broken(value: &[u8]) -> bool {
    String::from_utf8(decoded(value)).map_or(true, |text| text.chars().any(char::is_control))
}

/// An object of these members.
pub fn object(params: &[(&'static str, Vec<u8>)]) -> Vec<u8> {
    let members: Vec<Vec<u8>> = params
        .iter()
        .map(|(name, value)| [b"\"", name.as_bytes(), b"\":", value].concat())
        .collect();
    [b"{", &members.join(&b',')[..], b"}"].concat()
}

fn decoded(value: &[u8]) -> Vec<u8> {
    let digit = |byte: Option<&u8>| byte.and_then(|byte| char::from(*byte).to_digit(16));
    let (mut decoded, mut at) = (Vec::new(), 0);
    while let Some(byte) = value.get(at) {
        match (byte, digit(value.get(at + 1)), digit(value.get(at + 2))) {
            // two digits make a byte
            (b'%', Some(high), Some(low)) => {
                decoded.push(u8::try_from(high << 4 | low).expect("a byte"));
                at += 3;
            }
            _ => {
                decoded.push(*byte);
                at += 1;
            }
        }
    }
    decoded
}
