//! Check digits: ISO 7064 MOD 11-2 for the 18-character numbers, modulo 11 for Hong Kong's.

/// The weights of GB 11643-1999, 2^(17-i) mod 11.
const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

/// The check character by the sum mod 11 (GB 11643-1999).
const CHECKS: &[u8; 11] = b"10X98765432";

/// The check character of 17 ASCII digits by ISO 7064 MOD 11-2, or `None` where a byte is no digit.
///
/// ```
/// use renji::identity::document::check::mod_11_2;
/// assert_eq!(mod_11_2(b"11010519491231002"), Some(b'X'));
/// ```
pub fn mod_11_2(digits: &[u8; 17]) -> Option<u8> {
    // No way out in the middle: the compiler takes all bytes at once.
    let (mut sum, mut largest) = (0, 0);
    for (digit, weight) in digits.iter().zip(WEIGHTS) {
        let digit = digit.wrapping_sub(b'0');
        largest = largest.max(digit);
        sum += u32::from(digit) * weight;
    }
    (largest <= 9).then(|| CHECKS[(sum % 11) as usize])
}

/// Whether an 18-character number carries the right check character.
pub fn is_mod_11_2(number: &[u8; 18]) -> bool {
    let (body, check) = number.split_at(17);
    body.try_into().is_ok_and(|body| mod_11_2(body) == Some(check[0]))
}

/// Whether a Hong Kong identity number without its brackets (`A1234563`, `AB9876543`) carries the
/// right check character: letters count A=10 … Z=35, a missing first letter counts 36 (a space),
/// weights 9 to 2, and the check is 11 minus the sum mod 11 with 10 written A and 11 written 0.
///
/// ```
/// use renji::identity::document::check::is_hong_kong;
/// assert!(is_hong_kong(b"A1234563"));
/// assert!(!is_hong_kong(b"A1234564"));
/// ```
pub fn is_hong_kong(number: &[u8]) -> bool {
    let letters = number.iter().take_while(|byte| byte.is_ascii_uppercase()).count();
    if !(1..=2).contains(&letters) || number.len() != letters + 7 {
        return false;
    }
    let letter = |byte: u8| u32::from(byte - b'A') + 10;
    let mut sum = match letters {
        1 => 36 * 9 + letter(number[0]) * 8,
        _ => letter(number[0]) * 9 + letter(number[1]) * 8,
    };
    for (digit, weight) in number[letters..letters + 6].iter().zip((2..=7).rev()) {
        if !digit.is_ascii_digit() {
            return false;
        }
        sum += u32::from(digit - b'0') * weight;
    }
    let check = match (11 - sum % 11) % 11 {
        10 => b'A',
        digit => b'0' + digit as u8,
    };
    number[letters + 6] == check
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_numbers_pass() {
        for number in
            [b"11010519491231002X", b"440524188001010014", b"810000199408230021", b"830000199201300022"]
        {
            assert!(is_mod_11_2(number));
        }
        assert!(!is_mod_11_2(b"110105194912310021"));
        assert!(!is_mod_11_2(b"1101051949123100AX"));
    }
}
