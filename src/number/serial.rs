//! A registry number as serde stores it: a text of nineteen characters, validated again when it comes back.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, Visitor};
use serde::ser::{Serialize, Serializer};

use super::RegistryNumber;

impl Serialize for RegistryNumber {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for RegistryNumber {
    /// As strict as [`RegistryNumber::from_bytes`]; nothing is allocated where the format lends its text.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // Asked for a text, serde_json quotes a number that stands in its place: a citizen's number without
        // its letter and its quotation marks would reach a log. Asked for anything, it shows the value to
        // the visitor, which keeps it to itself. Formats for machines do not tell what they hold.
        if deserializer.is_human_readable() {
            deserializer.deserialize_any(Text)
        } else {
            deserializer.deserialize_str(Text)
        }
    }
}

struct Text;

impl Visitor<'_> for Text {
    type Value = RegistryNumber;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a registry number as a text of 19 characters")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<RegistryNumber, E> {
        RegistryNumber::from_bytes(text.as_bytes()).map_err(E::custom)
    }

    // The provided methods would put the value into the message.

    fn visit_u64<E: Error>(self, _: u64) -> Result<RegistryNumber, E> {
        Err(no_text())
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<RegistryNumber, E> {
        Err(no_text())
    }

    fn visit_u128<E: Error>(self, _: u128) -> Result<RegistryNumber, E> {
        Err(no_text())
    }

    fn visit_i128<E: Error>(self, _: i128) -> Result<RegistryNumber, E> {
        Err(no_text())
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<RegistryNumber, E> {
        Err(no_text())
    }
}

fn no_text<E: Error>() -> E {
    E::custom("a number where a registry number was expected, a text of 19 characters")
}

#[cfg(test)]
mod tests {
    use serde::forward_to_deserialize_any;

    use super::*;
    use crate::number::NumberError;

    /// A format that does not describe itself, as bincode is: whoever asks for anything gets an error.
    struct Compact<'a>(&'a str);

    impl<'de> Deserializer<'de> for Compact<'de> {
        type Error = serde::de::value::Error;

        fn is_human_readable(&self) -> bool {
            false
        }

        fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Self::Error> {
            Err(Error::custom("not a format that describes itself"))
        }

        fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
            visitor.visit_borrowed_str(self.0)
        }

        forward_to_deserialize_any! {
            bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char string bytes byte_buf option unit
            unit_struct newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
        }
    }

    #[test]
    fn a_number_comes_back_from_a_format_that_does_not_describe_itself() {
        let number = RegistryNumber::parse("G11010519491231002X").unwrap();
        assert_eq!(RegistryNumber::deserialize(Compact(number.as_str())), Ok(number));
        let error = RegistryNumber::deserialize(Compact("G110105194912310021")).unwrap_err();
        assert_eq!(error.to_string(), NumberError::Check.to_string());
    }

    #[cfg(feature = "cli")]
    #[test]
    fn a_number_comes_back_from_json() {
        for text in ["G11010519491231002X", "J440524188001010014", "L420103201503121234"] {
            let number = RegistryNumber::parse(text).unwrap();
            let json = serde_json::to_string(&number).unwrap();
            assert_eq!(json, format!("\"{text}\""));
            assert_eq!(serde_json::from_str::<RegistryNumber>(&json).unwrap(), number);
            assert_eq!(serde_json::from_reader::<_, RegistryNumber>(json.as_bytes()).unwrap(), number);
        }
    }

    #[cfg(feature = "cli")]
    #[test]
    fn what_is_no_stored_number_is_refused_and_not_quoted() {
        for json in [
            "\"G110105194912310021\"",
            "\"g11010519491231002X\"", // Stored numbers are not cleaned.
            "\" G11010519491231002X\"",
            "\"11010519491231002X\"",
            "\"\"",
            "440524188001010014",
            "-440524188001010014",
            "4405241880010100144405241880010100",
            "4.40524188001010014",
            "[\"440524188001010014\"]",
            "{\"440524188001010014\":1}",
            "true",
            "null",
        ] {
            let error = serde_json::from_str::<RegistryNumber>(json).unwrap_err();
            let shown = format!("{error} {error:?}");
            for part in ["440524", "4.405", "110105", "1231002", "00101001"] {
                assert!(!shown.contains(part), "a number in a message: {shown}");
            }
        }
    }
}
