//! The languages a handheld speaks, each named by its tag.
//!
//! Absent: what is said in them (the texts belong to the handheld), and the desk, which speaks English.

/// A language of the floor.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// Spanish.
    Spanish,
    /// German.
    German,
    /// French.
    French,
    /// Polish.
    Polish,
    /// Portuguese as in Brazil.
    Portuguese,
}

impl Language {
    /// Every language, in the order in which they are offered.
    pub const ALL: [Self; 6] =
        [Self::English, Self::Spanish, Self::German, Self::French, Self::Polish, Self::Portuguese];

    /// The tag under which it is stored and which a page declares.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Spanish => "es",
            Self::German => "de",
            Self::French => "fr",
            Self::Polish => "pl",
            Self::Portuguese => "pt-BR",
        }
    }
    /// What its speakers call it: how somebody finds it who can read no other.
    pub const fn own_name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::Spanish => "Español",
            Self::German => "Deutsch",
            Self::French => "Français",
            Self::Polish => "Polski",
            Self::Portuguese => "Português",
        }
    }
    /// The language of a tag: its first part decides, so `de-AT` is German and `pt` is what Brazil speaks. `None` for a
    /// language that no handheld speaks.
    pub fn parse(tag: &str) -> Option<Self> {
        let first = |tag: &str| tag.trim().split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
        let wanted = first(tag);
        Self::ALL.into_iter().find(|language| first(language.tag()) == wanted)
    }
    /// Every tag, for a sentence that says what can be chosen.
    pub fn tags() -> String {
        Self::ALL.map(Self::tag).join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(tag: &str, language: Option<Language>) {
        assert_eq!(Language::parse(tag), language, "{tag:?}");
    }

    #[test]
    fn a_tag_is_read_by_its_first_part() {
        for language in Language::ALL {
            check(language.tag(), Some(language));
        }
        check("de-AT", Some(Language::German));
        check("EN_us", Some(Language::English));
        check(" pt ", Some(Language::Portuguese));
        check("nl", None);
        check("english", None);
        check("", None);
    }
}
