//! Media types of requests and responses.
//!
//! Mirrors PostgREST v14, <https://docs.postgrest.org/en/v14/references/api/resource_representation.html>.
#![forbid(unsafe_code)]

use std::borrow::Cow;

/// A media type that PostgREST knows, or another one.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum MediaType {
    /// `*/*`.
    Any,
    /// `application/json`.
    ApplicationJson,
    /// `application/vnd.pgrst.array`, with `nulls=stripped`.
    ArrayJsonStripped,
    /// `application/geo+json`.
    GeoJson,
    /// `application/octet-stream`.
    OctetStream,
    /// `application/openapi+json`.
    OpenApi,
    /// `application/vnd.pgrst.plan`.
    Plan(PlanMedia),
    /// `application/vnd.pgrst.object`.
    SingularJson { nulls_stripped: bool },
    /// `text/csv`.
    TextCsv,
    /// `text/plain`.
    TextPlain,
    /// `text/xml`.
    TextXml,
    /// `application/x-www-form-urlencoded`.
    UrlEncoded,
    /// Any other one, as it is written, with its parameters.
    Other(String),
}

/// An execution plan is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct PlanMedia {
    /// `for="…"`: the media type whose plan it is.
    pub(crate) media: Box<MediaType>,
    pub(crate) format: PlanFormat,
    pub(crate) options: Vec<PlanOption>,
}

/// `+json` or `+text`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum PlanFormat {
    Json,
    Text,
}

/// `options=analyze|verbose|settings|buffers|wal`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum PlanOption {
    Analyze,
    Verbose,
    Settings,
    Buffers,
    Wal,
}

impl MediaType {
    /// Reads one media type. Any text is one; what is not known is kept as it is.
    pub(crate) fn parse(text: &str) -> Self {
        let (essence, params) = match text.split_once(';') {
            Some((essence, params)) => (essence, Some(params)),
            None => (text, None),
        };
        let is = |known: &str| essence.eq_ignore_ascii_case(known);
        let known = KNOWN.iter().find(|(name, _)| is(name));
        if let Some((_, media)) = known {
            return media.clone();
        }
        let nulls_stripped = || find_param(params, "nulls") == Some("stripped");
        if is("application/vnd.pgrst.object+json") || is("application/vnd.pgrst.object") {
            Self::SingularJson {
                nulls_stripped: nulls_stripped(),
            }
        } else if is("application/vnd.pgrst.array+json") || is("application/vnd.pgrst.array") {
            if nulls_stripped() {
                Self::ArrayJsonStripped
            } else {
                Self::ApplicationJson
            }
        } else if is("application/vnd.pgrst.plan+json") {
            Self::Plan(PlanMedia::parse(params, PlanFormat::Json))
        } else if is("application/vnd.pgrst.plan") || is("application/vnd.pgrst.plan+text") {
            Self::Plan(PlanMedia::parse(params, PlanFormat::Text))
        } else {
            Self::Other(text.to_owned())
        }
    }

    /// Reads an `Accept` header: media types by quality, then by how specific they are, then in their order.
    pub(crate) fn parse_accept(header: &str) -> Vec<Self> {
        let mut ranked: Vec<(f64, isize, Self)> = header
            .split(',')
            .map(|part| {
                let compact: Cow<'_, str> = if part.contains(' ') {
                    part.replace(' ', "").into()
                } else {
                    part.into()
                };
                let (media, quality) = match compact.split_once(";q=") {
                    Some((media, rest)) => (media, parse_quality(rest)),
                    None => (compact.as_ref(), 1.0),
                };
                (quality, specificity(media), Self::parse(media))
            })
            .collect();
        ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then(b.1.cmp(&a.1)));
        ranked.into_iter().map(|(_, _, media)| media).collect()
    }

    /// The media type as text.
    pub(crate) fn to_mime(&self) -> Cow<'_, str> {
        match self {
            Self::Any => "*/*".into(),
            Self::ApplicationJson => "application/json".into(),
            Self::ArrayJsonStripped => "application/vnd.pgrst.array+json;nulls=stripped".into(),
            Self::GeoJson => "application/geo+json".into(),
            Self::OctetStream => "application/octet-stream".into(),
            Self::OpenApi => "application/openapi+json".into(),
            Self::Plan(plan) => plan.to_mime().into(),
            Self::SingularJson {
                nulls_stripped: true,
            } => "application/vnd.pgrst.object+json;nulls=stripped".into(),
            Self::SingularJson {
                nulls_stripped: false,
            } => "application/vnd.pgrst.object+json".into(),
            Self::TextCsv => "text/csv".into(),
            Self::TextPlain => "text/plain".into(),
            Self::TextXml => "text/xml".into(),
            Self::UrlEncoded => "application/x-www-form-urlencoded".into(),
            Self::Other(text) => text.as_str().into(),
        }
    }

    /// The `Content-Type` header of an answer: with the charset, but for bytes and what is not known.
    pub(crate) fn to_content_type(&self) -> String {
        let mime = self.to_mime();
        match self {
            Self::OctetStream | Self::Other(_) => mime.into_owned(),
            _ => format!("{mime}; charset=utf-8"),
        }
    }
}

impl PlanMedia {
    fn parse(params: Option<&str>, format: PlanFormat) -> Self {
        let media = find_param(params, "for").map_or(MediaType::ApplicationJson, MediaType::parse);
        let given = find_param(params, "options").unwrap_or_default();
        let options = PLAN_OPTIONS
            .iter()
            .filter(|(name, _)| given.split('|').any(|option| option == *name))
            .map(|(_, option)| *option)
            .collect();
        Self {
            media: Box::new(media),
            format,
            options,
        }
    }

    fn to_mime(&self) -> String {
        let format = match self.format {
            PlanFormat::Json => "json",
            PlanFormat::Text => "text",
        };
        let media = self.media.to_mime();
        let mut mime = format!("application/vnd.pgrst.plan+{format}; for=\"{media}\"");
        let names = PLAN_OPTIONS
            .iter()
            .filter(|(_, option)| self.options.contains(option));
        for (index, (name, _)) in names.enumerate() {
            mime.push_str(if index == 0 { "; options=" } else { "|" });
            mime.push_str(name);
        }
        mime
    }
}

/// The last parameter of the name, without the quotes around it. A semicolon in quotes separates all the same.
fn find_param<'a>(params: Option<&'a str>, wanted: &str) -> Option<&'a str> {
    params?
        .split(';')
        .map(|param| param.split_once('=').unwrap_or((param, "")))
        .rfind(|(name, _)| name.eq_ignore_ascii_case(wanted))
        .map(|(_, value)| value.trim_matches('"'))
}

/// More parameters are more specific, asterisks less so.
fn specificity(media: &str) -> isize {
    media
        .bytes()
        .map(|byte| match byte {
            b';' => 1,
            b'*' => -1,
            _ => 0,
        })
        .sum()
}

/// The number that the text begins with; one when it begins with none.
fn parse_quality(text: &str) -> f64 {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let whole = digits(text);
    let after = text.get(whole..).unwrap_or_default();
    let length = match after.strip_prefix('.').map(digits) {
        Some(fraction) if fraction > 0 => whole + 1 + fraction,
        _ => whole,
    };
    if whole == 0 {
        return 1.0;
    }
    text.get(..length)
        .and_then(|number| number.parse().ok())
        .unwrap_or(1.0)
}

/// Media types whose parameters do not matter.
static KNOWN: [(&str, MediaType); 9] = [
    ("application/json", MediaType::ApplicationJson),
    ("application/geo+json", MediaType::GeoJson),
    ("text/csv", MediaType::TextCsv),
    ("text/plain", MediaType::TextPlain),
    ("text/xml", MediaType::TextXml),
    ("application/openapi+json", MediaType::OpenApi),
    ("application/x-www-form-urlencoded", MediaType::UrlEncoded),
    ("application/octet-stream", MediaType::OctetStream),
    ("*/*", MediaType::Any),
];

/// In the order in which they are rendered.
const PLAN_OPTIONS: [(&str, PlanOption); 5] = [
    ("analyze", PlanOption::Analyze),
    ("verbose", PlanOption::Verbose),
    ("settings", PlanOption::Settings),
    ("buffers", PlanOption::Buffers),
    ("wal", PlanOption::Wal),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(media: MediaType, format: PlanFormat, options: &[PlanOption]) -> MediaType {
        MediaType::Plan(PlanMedia {
            media: Box::new(media),
            format,
            options: options.to_vec(),
        })
    }

    #[test]
    fn media_types_are_known_in_any_case_and_with_any_parameters() {
        for (text, media) in [
            (
                "application/json; charset=utf-8",
                MediaType::ApplicationJson,
            ),
            ("Text/CSV", MediaType::TextCsv),
            (
                "application/vnd.pgrst.array+json",
                MediaType::ApplicationJson,
            ),
            (
                "application/vnd.pgrst.array;nulls=stripped",
                MediaType::ArrayJsonStripped,
            ),
            (
                "ApplicatIon/vnd.PgRsT.object+json",
                MediaType::SingularJson {
                    nulls_stripped: false,
                },
            ),
            (
                "application/vnd.pgrst.object;Nulls=stripped",
                MediaType::SingularJson {
                    nulls_stripped: true,
                },
            ),
            (
                "text/HTML;x=y",
                MediaType::Other("text/HTML;x=y".to_owned()),
            ),
            ("", MediaType::Other(String::new())),
        ] {
            assert_eq!(MediaType::parse(text), media, "{text}");
        }
    }

    #[test]
    fn a_plan_has_a_media_type_a_format_and_options() {
        let text = "application/vnd.pgrst.plan+json;for=\"text/csv\";options=wal|analyze|huh";
        let media = plan(
            MediaType::TextCsv,
            PlanFormat::Json,
            &[PlanOption::Analyze, PlanOption::Wal],
        );
        assert_eq!(MediaType::parse(text), media);
        assert_eq!(
            media.to_content_type(),
            "application/vnd.pgrst.plan+json; for=\"text/csv\"; options=analyze|wal; charset=utf-8"
        );
        assert_eq!(
            MediaType::parse("application/vnd.pgrst.plan;"),
            plan(MediaType::ApplicationJson, PlanFormat::Text, &[])
        );
    }

    #[test]
    fn text_has_a_charset_and_the_rest_none() {
        let cases = [
            (MediaType::Any, "*/*; charset=utf-8"),
            (
                MediaType::ApplicationJson,
                "application/json; charset=utf-8",
            ),
            (
                MediaType::ArrayJsonStripped,
                "application/vnd.pgrst.array+json;nulls=stripped; charset=utf-8",
            ),
            (MediaType::GeoJson, "application/geo+json; charset=utf-8"),
            (MediaType::OctetStream, "application/octet-stream"),
            (
                MediaType::OpenApi,
                "application/openapi+json; charset=utf-8",
            ),
            (
                MediaType::SingularJson {
                    nulls_stripped: false,
                },
                "application/vnd.pgrst.object+json; charset=utf-8",
            ),
            (
                MediaType::SingularJson {
                    nulls_stripped: true,
                },
                "application/vnd.pgrst.object+json;nulls=stripped; charset=utf-8",
            ),
            (MediaType::TextCsv, "text/csv; charset=utf-8"),
            (MediaType::TextPlain, "text/plain; charset=utf-8"),
            (MediaType::TextXml, "text/xml; charset=utf-8"),
            (
                MediaType::UrlEncoded,
                "application/x-www-form-urlencoded; charset=utf-8",
            ),
            (MediaType::Other("image/png".to_owned()), "image/png"),
        ];
        for (media, expected) in cases {
            assert_eq!(media.to_content_type(), expected);
        }
    }

    #[test]
    fn what_is_accepted_is_in_order_of_quality() {
        assert_eq!(
            MediaType::parse_accept("*/*, text/csv;q=0.5, application/json"),
            [
                MediaType::ApplicationJson,
                MediaType::Any,
                MediaType::TextCsv
            ]
        );
        assert_eq!(
            MediaType::parse_accept("text/csv; q=0.1, text/plain;q=x"),
            [MediaType::TextPlain, MediaType::TextCsv]
        );
        assert_eq!(
            MediaType::parse_accept("application/vnd.pgrst.plan+json; for=\"application/json\""),
            [plan(MediaType::ApplicationJson, PlanFormat::Json, &[])]
        );
    }
}
