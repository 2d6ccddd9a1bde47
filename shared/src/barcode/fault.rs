//! What can be wrong with a value of GS1 data, as short as a screen needs it.
//!
//! Absent: where in the value. A label is printed anew or its value is asked for; nobody mends it by hand.

/// What is wrong with a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[allow(missing_docs, reason = "each says what it is in its message")]
pub enum Fault {
    #[error("nothing is there")]
    Empty,
    #[error("is too short")]
    TooShort,
    #[error("is too long")]
    TooLong,
    #[error("has a character that is no digit")]
    NotDigit,
    #[error("has a character outside the 82 of GS1 texts")]
    NotText,
    #[error("has a character outside the 39 of GS1 part numbers")]
    NotCode39,
    #[error("has a character outside the 64 of signatures")]
    NotBase64,
    #[error("is padded wrongly")]
    Padding,
    #[error("has a character outside the 32 of check characters")]
    NotCheckCharacter,
    #[error("has a wrong check digit")]
    CheckDigit,
    #[error("has wrong check characters")]
    CheckPair,
    #[error("does not begin with a company prefix")]
    CompanyPrefix,
    #[error("needs a character that is no digit")]
    OnlyDigits,
    #[error("has a month that is none")]
    Month,
    #[error("has a day that is none")]
    Day,
    #[error("has an hour that is none")]
    Hour,
    #[error("has a minute that is none")]
    Minute,
    #[error("has a second that is none")]
    Second,
    #[error("has piece and total of different lengths")]
    PieceLength,
    #[error("is piece number zero")]
    PieceZero,
    #[error("is a piece of none")]
    TotalZero,
    #[error("is a piece beyond the last")]
    PieceBeyond,
    #[error("is no place in a sequence")]
    Position,
    #[error("is a place beyond the last")]
    PositionBeyond,
    #[error("must be zero")]
    NotZero,
    #[error("must not be zero")]
    Zero,
    #[error("has a zero in front")]
    ZeroPrefix,
    #[error("must be a hyphen")]
    NotHyphen,
    #[error("must be 0 or 1")]
    NotYesNo,
    #[error("is no direction of winding")]
    Winding,
    #[error("is no code of a sex")]
    Sex,
    #[error("is no importer index")]
    ImporterIndex,
    #[error("has a % that begins nothing")]
    Percent,
    #[error("is no latitude")]
    Latitude,
    #[error("is no longitude")]
    Longitude,
    #[error("is no country")]
    Country,
    #[error("is no country, nor 999")]
    CountryOr999,
    #[error("is no country of two letters")]
    CountryLetters,
    #[error("is no currency")]
    Currency,
    #[error("is too short for an account")]
    IbanShort,
    #[error("has a character that no account has")]
    IbanCharacter,
    #[error("is an account of no country")]
    IbanCountry,
    #[error("is an account with wrong check digits")]
    IbanCheck,
    #[error("is no kind of medium")]
    MediaType,
    #[error("is no kind of package")]
    PackageType,
    #[error("is no coupon")]
    Coupon,
}
