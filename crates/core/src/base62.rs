//! Fixed-width base62 (0-9, A-Z, a-z), most significant digit first: text that survives URLs, shells and double clicks.

const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Digits of a 128-bit number.
pub(crate) const WIDTH_128: usize = 22;
/// Digits of a 32-bit number.
pub(crate) const WIDTH_32: usize = 6;

/// Appends `number` with exactly `width` digits; higher digits are cut, so `width` must fit the number's type.
pub(crate) fn encode(number: u128, width: usize, into: &mut String) {
    let mut digits = [b'0'; WIDTH_128];
    let mut rest = number;
    for digit in digits.iter_mut().rev() {
        let index = usize::try_from(rest % 62).unwrap_or_default();
        *digit = DIGITS[index];
        rest /= 62;
    }
    into.extend(digits[WIDTH_128 - width.min(WIDTH_128)..].iter().map(|byte| char::from(*byte)));
}

/// Reads digits; `None` for another character or a number beyond 128 bits.
pub(crate) fn decode(text: &[u8]) -> Option<u128> {
    let mut number = 0_u128;
    for byte in text {
        let digit = match byte {
            b'0'..=b'9' => byte - b'0',
            b'A'..=b'Z' => byte - b'A' + 10,
            b'a'..=b'z' => byte - b'a' + 36,
            0..=b'/' | b':'..=b'@' | b'['..=b'`' | b'{'..=u8::MAX => return None,
        };
        number = number.checked_mul(62)?.checked_add(u128::from(digit))?;
    }
    Some(number)
}

/// Appends 256 bits as two numbers of 128.
pub(crate) fn encode_256(bytes: &[u8; 32], into: &mut String) {
    let (high, low) = bytes.split_at(16);
    for half in [high, low] {
        let mut number = [0; 16];
        number.copy_from_slice(half);
        encode(u128::from_be_bytes(number), WIDTH_128, into);
    }
}

/// Reads what [`encode_256`] wrote.
pub(crate) fn decode_256(text: &[u8]) -> Option<[u8; 32]> {
    if text.len() != 2 * WIDTH_128 {
        return None;
    }
    let (high, low) = text.split_at(WIDTH_128);
    let mut bytes = [0; 32];
    bytes[..16].copy_from_slice(&decode(high)?.to_be_bytes());
    bytes[16..].copy_from_slice(&decode(low)?.to_be_bytes());
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{decode, decode_256, encode, encode_256};

    proptest! {
        #[test]
        fn what_is_written_is_read(number: u128, bytes: [u8; 32]) {
            let mut text = String::new();
            encode(number, super::WIDTH_128, &mut text);
            prop_assert_eq!(decode(text.as_bytes()), Some(number));
            text.clear();
            encode_256(&bytes, &mut text);
            prop_assert_eq!(decode_256(text.as_bytes()), Some(bytes));
        }
    }

    #[test]
    fn a_number_beyond_128_bits_is_refused() {
        assert_eq!(decode(b"zzzzzzzzzzzzzzzzzzzzzz"), None);
        assert_eq!(decode(b"12-4"), None);
    }
}
