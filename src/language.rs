//! The two languages the engine speaks to people: Chinese for registry offices, English for others.
//!
//! Lives at the bottom so that each room can keep its own words next to the thing they describe.

/// The language of messages and of problem lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// Simplified Chinese.
    #[default]
    Zh,
    /// English.
    En,
}

impl Language {
    /// Picks one of two texts.
    ///
    /// ```
    /// use renji::language::Language;
    /// assert_eq!(Language::En.pick("行", "row"), "row");
    /// ```
    #[inline]
    pub const fn pick<'t>(self, zh: &'t str, en: &'t str) -> &'t str {
        match self {
            Language::Zh => zh,
            Language::En => en,
        }
    }

    /// The language a POSIX locale name (`zh_CN.UTF-8`, `en_GB`, `C`) asks for; `None` if it asks for
    /// none that a person reads (empty, `C`, `POSIX`).
    pub fn of_locale(locale: &str) -> Option<Language> {
        let name = locale.split(['.', '@']).next().unwrap_or_default();
        match name {
            "" | "C" | "POSIX" => None,
            _ if name.to_ascii_lowercase().starts_with("zh") => Some(Language::Zh),
            _ => Some(Language::En),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Language;

    #[test]
    fn locales() {
        assert_eq!(Language::of_locale("zh_CN.UTF-8"), Some(Language::Zh));
        assert_eq!(Language::of_locale("en_US.UTF-8"), Some(Language::En));
        assert_eq!(Language::of_locale("de_DE"), Some(Language::En));
        assert_eq!(Language::of_locale("C.UTF-8"), None);
        assert_eq!(Language::of_locale(""), None);
    }
}
