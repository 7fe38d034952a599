//! Tokens of every algorithm, made with Node's crypto, and what is refused of them.
#![forbid(unsafe_code)]

use base64::Engine;
use jsonwebtoken::{Algorithm, EncodingKey};

use super::keys::BASE64_URL;
use super::{Claims, ClaimsError, DecodeError, Error, Keys};

const NOW: i64 = 1_700_000_000;
const SECRET: &str = "reallyreallyreallyreallyverysafe";

/// All keys below, the curve of 256 bits under a name.
fn all_keys() -> Keys {
    let symmetric = r#"{"kty":"oct","k":"cmVhbGx5cmVhbGx5cmVhbGx5cmVhbGx5dmVyeXNhZmU"}"#;
    let curve = P256.replacen('{', "{\"kid\":\"curve\",", 1);
    let keys = [symmetric, RSA, &curve, P384, ED25519].join(",");
    Keys::parse(&format!("{{\"keys\":[{keys}]}}"), false).unwrap()
}

/// A token with the header and the payload, signed with the secret.
fn sign(header: &str, payload: &[u8]) -> String {
    let message = format!(
        "{}.{}",
        BASE64_URL.encode(header),
        BASE64_URL.encode(payload)
    );
    let key = EncodingKey::from_secret(SECRET.as_bytes());
    let signature = jsonwebtoken::crypto::sign(message.as_bytes(), &key, Algorithm::HS256).unwrap();
    format!("{message}.{signature}")
}

/// The claims' text, or why the token is refused with the plain secret.
fn verify(token: &str) -> Result<String, Error> {
    let keys = Keys::parse(SECRET, false).unwrap();
    check(&keys, token).map(|claims| claims.text)
}

/// The claims that hold, or why the token is refused.
fn check(keys: &Keys, token: &str) -> Result<Claims, Error> {
    let claims = keys.decode(token)?;
    claims.check(None, NOW).map_err(Error::Claims)?;
    Ok(claims)
}

fn no_suitable_key<T>() -> Result<T, Error> {
    let text = "No suitable key was found to decode the JWT";
    Err(Error::Decode(DecodeError::Key(text.to_owned())))
}

fn no_key_decodes<T>() -> Result<T, Error> {
    let text = "None of the keys was able to decode the JWT";
    Err(Error::Decode(DecodeError::Key(text.to_owned())))
}

fn bad_crypto<T>() -> Result<T, Error> {
    Err(Error::Decode(DecodeError::BadCrypto))
}

#[test]
fn every_algorithm_of_postgrest_is_verified() {
    let keys = all_keys();
    for token in [
        HS256, HS384, HS512, RS256, RS384, RS512, ES256, ES384, EDDSA,
    ] {
        let claims = check(&keys, token).unwrap();
        assert_eq!(claims.text, r#"{"role":"author","sub":"1"}"#, "{token}");
        assert_eq!(claims.values()["sub"], "1");
    }
}

#[test]
fn a_change_of_any_character_is_noticed() {
    let keys = all_keys();
    for token in [HS256, ES256, ES384, EDDSA] {
        let signature = token.rfind('.').unwrap();
        // Curves take their time; every seventh character must do for them.
        let step = if token == HS256 { 1 } else { 7 };
        for (place, old) in token.char_indices().step_by(step) {
            let new = if old == 'A' { 'B' } else { 'A' };
            let mut changed = token.to_owned();
            changed.replace_range(place..=place, &new.to_string());
            let decoded = |token: &str| BASE64_URL.decode(&token[signature + 1..]);
            if decoded(&changed) == decoded(token) && place > signature {
                continue; // Bits that stand for nothing.
            }
            assert!(check(&keys, &changed).is_err(), "{place}: {changed}");
        }
    }
}

#[test]
fn a_plain_secret_is_for_hs256_only() {
    assert_eq!(verify(HS256).unwrap(), r#"{"role":"author","sub":"1"}"#);
    for token in [HS384, HS512, RS256, ES256, EDDSA] {
        assert_eq!(verify(token), no_suitable_key(), "{token}");
    }
}

#[test]
fn a_token_that_names_a_key_needs_a_key_of_that_name() {
    assert_eq!(verify(KID), no_suitable_key());
    let named = r#"{"kty":"oct","k":"cmVhbGx5cmVhbGx5cmVhbGx5cmVhbGx5dmVyeXNhZmU","kid":"one"}"#;
    let keys = Keys::parse(named, false).unwrap();
    assert!(check(&keys, KID).is_ok());
    assert!(check(&keys, HS256).is_ok());
    let other = Keys::parse(&named.replace("one", "two"), false).unwrap();
    assert_eq!(check(&other, KID).map(drop), no_suitable_key());
}

#[test]
fn a_public_key_is_never_taken_for_a_secret() {
    let rsa = Keys::parse(RSA, false).unwrap();
    assert_eq!(check(&rsa, SIGNED_WITH_JWK).map(drop), no_suitable_key());
    assert_eq!(check(&rsa, SIGNED_WITH_PEM).map(drop), no_suitable_key());
    assert_eq!(
        check(&all_keys(), SIGNED_WITH_JWK).map(drop),
        no_key_decodes()
    );
}

#[test]
fn the_algorithm_and_the_use_of_a_key_are_kept_to() {
    let with = |member: &str| {
        let json = RSA.replacen('{', &format!("{{{member},"), 1);
        let keys = Keys::parse(&json, false).unwrap();
        check(&keys, RS256).map(drop)
    };
    assert_eq!(with(r#""alg":"RS256""#), Ok(()));
    assert_eq!(with(r#""use":"sig""#), Ok(()));
    assert_eq!(with(r#""alg":null,"use":null"#), Ok(()));
    assert_eq!(with(r#""alg":"RS512""#), no_suitable_key());
    assert_eq!(with(r#""alg":"RSA-OAEP""#), no_suitable_key());
    assert_eq!(with(r#""alg":"PS256""#), no_suitable_key());
    assert_eq!(with(r#""use":"enc""#), no_suitable_key());
    let other_curve = Keys::parse(P384, false).unwrap();
    assert_eq!(
        check(
            &other_curve,
            &ES256.replace(
                "eyJhbGciOiJFUzI1NiIsImtpZCI6ImN1cnZlIn0",
                "eyJhbGciOiJFUzI1NiJ9"
            )
        )
        .map(drop),
        no_key_decodes()
    );
}

#[test]
fn a_wrong_key_is_told_apart_from_a_missing_one() {
    let other = Keys::parse(&"x".repeat(32), false).unwrap();
    assert_eq!(check(&other, HS256).map(drop), no_key_decodes());
    assert_eq!(check(&Keys::default(), HS256).map(drop), no_suitable_key());
}

#[test]
fn a_token_without_security_is_refused() {
    let message = "JWT is unsecured but expected 'alg' was not 'none'".to_owned();
    let expected = Err(Error::Decode(DecodeError::BadAlgorithm(message)));
    let token =
        "eyJ0eXAiOiJKV1QiLCJhbGciOiJub25lIn0.e30.yOBhlOIqn56T-4NvyEXCjfi3UmyQZ-BzXtePMO2NgRI";
    assert_eq!(verify(token), expected);
    assert_eq!(verify("eyJ0eXAiOiJKV1QiLCJhbGciOiJub25lIn0.e30."), expected);
    for name in [
        "None", "NONE", "nOnE", "", "none ", "HS256 ", "hs256", "PS256",
    ] {
        let header = BASE64_URL.encode(format!("{{\"alg\":\"{name}\"}}"));
        assert_eq!(verify(&format!("{header}.e30.")), bad_crypto(), "{name}");
    }
}

#[test]
fn a_token_has_three_parts() {
    let parts = |count| Err(Error::Decode(DecodeError::UnexpectedParts(count)));
    assert_eq!(verify(""), Err(Error::Decode(DecodeError::EmptyAuthHeader)));
    assert_eq!(verify("x"), parts(1));
    assert_eq!(
        verify("eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.bm90IGFuIG9iamVjdA"),
        parts(2)
    );
    assert_eq!(verify("a.b.c.d"), parts(4));
    assert_eq!(verify("...."), parts(5));
    assert_eq!(verify(&".".repeat(1_000_000)), parts(1_000_001));
    assert_eq!(verify(".."), bad_crypto());
}

#[test]
fn parts_that_cannot_be_read_are_refused() {
    let (message, signature) = HS256.rsplit_once('.').unwrap();
    let (header, payload) = message.split_once('.').unwrap();
    for token in [
        "quifquirndsjagnrgniur.fonvoienqhhdj.iuqvnvhojah".to_owned(),
        format!("{header}.{payload}.{signature}="),
        format!("{header}.{payload}.{signature}\n"),
        format!("{header}.{payload}. {signature}"),
        format!("{header}.{payload}!.{signature}"),
        format!("{header}=.{payload}.{signature}"),
        format!("{header}.a.{signature}"),
        format!("{header}.{payload}.\u{e9}"),
    ] {
        assert_eq!(verify(&token), bad_crypto(), "{token}");
    }
    assert_eq!(verify(&format!("{header}.{payload}.")), no_key_decodes());
}

#[test]
fn a_header_is_read_as_the_reference_reads_it() {
    for header in [
        r#"{"alg":"HS256","typ":null,"crit":["b64"],"b64":false}"#,
        r#" {"alg":"HS256","alg":"none"} "#,
    ] {
        assert_eq!(verify(&sign(header, b"{}")).unwrap(), "{}", "{header}");
    }
    for header in [
        "",
        "[]",
        "{}",
        r#"{"alg":1}"#,
        r#"{"alg":null}"#,
        r#"{"alg":"HS256","typ":1}"#,
        r#"{"alg":"HS256","cty":1}"#,
        r#"{"alg":"HS256","kid":1}"#,
        r#"{"alg":"HS256","enc":null}"#,
        r#"{"alg":"RSA-OAEP","enc":"A128GCM"}"#,
        r#"{"alg":"HS256"} {}"#,
    ] {
        assert_eq!(verify(&sign(header, b"{}")), bad_crypto(), "{header}");
    }
}

#[test]
fn claims_are_read_after_the_signature() {
    let header = r#"{"alg":"HS256"}"#;
    for payload in [&b"[]"[..], b"", b"\xff", b"not an object"] {
        let expected = Err(Error::Claims(ClaimsError::Parsing));
        assert_eq!(verify(&sign(header, payload)), expected);
    }
    let expired = Err(Error::Claims(ClaimsError::Expired));
    assert_eq!(verify(&sign(header, br#"{"exp":1446678149}"#)), expired);
    let token = sign(header, br#"{"exp":1446678149}"#);
    let unsigned = token.replace(char::is_alphanumeric, "A");
    assert_eq!(verify(&unsigned), bad_crypto());
}

#[test]
fn the_tokens_of_the_reference_tests_are_good() {
    let token = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJmdW4iLCJqdGkiOiJmb28iLCJuYmYiOjEzMDA4MTkzODAsImV4cCI6OTk5OTk5OTk5OSwiaHR0cDovL3Bvc3RncmVzdC5jb20vZm9vIjp0cnVlLCJpc3MiOiJqb2UiLCJyb2xlIjoicG9zdGdyZXN0X3Rlc3RfYXV0aG9yIiwiaWF0IjoxMzAwODE5MzgwfQ.V5fEpXfpb7feqwVqlcDleFdKu86bdwU2cBRT4fcMhXg";
    assert_eq!(
        verify(token).unwrap(),
        r#"{"exp":9999999999,"http://postgrest.com/foo":true,"iat":1300819380,"iss":"joe","jti":"foo","nbf":1300819380,"role":"postgrest_test_author","sub":"fun"}"#
    );
}

const RSA: &str = r#"{"kty":"RSA","n":"oWU56UrTRpXzd-PYI63TflVd-xxb3M9aL_M_uvtiiFXHlonsDln40GcxwbpSzb3ZWImY0YGm_Y41IqgjFFiGqunkZOwoxMK-xP4p-8YIcH_gwdk_X7KMkIjErf7RwZAjwSVsDGrwNvRFTox5x2A8-wxQEG1mskIm7Nf7cGjWRVl8hK2kPMf24gksn6sNUdPT3-PUUuNcahGuuQBDZ-fbVP5-GROZILDw0h3uyA7UDE3ijnNZuxeQrqYnIv2bkNiHKLMi_QS0A0TfLAx4_dLB71_eotiibBOvw9A_wQgj0GO2782G8GKsGEVe0pRdJxPKUh16dvJdZUGUj8Vf4i1Dgw","e":"AQAB"}"#;
const P256: &str = r#"{"kty":"EC","x":"F5GLI3FhHc3jehnqX8Tyg-W3aYw54D96Nck9N80YApw","y":"HCLkUg1PMOrEhhhGxLlJni2Js3IruKepJzxu0cDS9EE","crv":"P-256"}"#;
const P384: &str = r#"{"kty":"EC","x":"zRpc3QPlZD1VlGUoErn7uNb_boD1bpKiC-o9M9eARr9EL9Id0AAimuVFBN12wr1A","y":"Xm5eqbYYOOynhzxsEsznYOkyGnhP6EcIK4CDN2lo5_9xqJnfFdk7em6kFvW2-sky","crv":"P-384"}"#;
const ED25519: &str =
    r#"{"crv":"Ed25519","x":"A4VKKg__nor4P_FKJwJdmFrauatQZ-98kCXRmh6Eh74","kty":"OKP"}"#;

const HS256: &str = "eyJhbGciOiJIUzI1NiJ9.eyJyb2xlIjoiYXV0aG9yIiwic3ViIjoiMSJ9.Rr4fJV_1B-jj17egwdiLbTLCpbguvtDsNev8b3D7EnQ";
const HS384: &str = "eyJhbGciOiJIUzM4NCJ9.eyJyb2xlIjoiYXV0aG9yIiwic3ViIjoiMSJ9.nh6STF_SbliNScclspi6Guj1zUtfv_e5Tg-fVzopyKyJaHjHnKqVxy4xBA3jqJzp";
const HS512: &str = "eyJhbGciOiJIUzUxMiJ9.eyJyb2xlIjoiYXV0aG9yIiwic3ViIjoiMSJ9.Aasp29UfDAGXqZeZyZG5jXx_qTMo7JZH86-1Hd8gzp8d16iKvVV8kAkFS49oL-0EfT8VsTvsAEq_6osWViwdrg";
const KID: &str = "eyJhbGciOiJIUzI1NiIsImtpZCI6Im9uZSJ9.eyJyb2xlIjoiYXV0aG9yIiwic3ViIjoiMSJ9.EALmxNvrey34TeWjuFoFenmc4eFdof9lg0yCi5ALeM8";
const RS256: &str = "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJyb2xlIjoiYXV0aG9yIiwic3ViIjoiMSJ9.ljdCwWQ9uUBreuoHrDAaWlKcML8oo6Dz-SegDUeQXNwPwS7dbE63KTxKgAYG77YaPgU9oJhf3rEQspud6qQDTzA8d1-Qivagfg3rzSLQabZUZvX6hu-el33LNFaabrqFbjblbSBswxyjCj4i2EysWaIqpbBPxmSvRlRdlC2AYYdmVxgXQfvbIzwuLinynoB9igMuTpRu0stZp5Rnb79hoRdmH0tT0V_cIaTDYwC5M1SDmD7aJwJpgspVBMiOAOC6sDcCLCRLvS0ud8LuCghcnBmOHI8KScApYw2vN88GHWl-nQNrU4ZE26Rw0EWAS-nbcaO8871_XbOUNhLHkbpTrQ";
const RS384: &str = "eyJhbGciOiJSUzM4NCIsInR5cCI6IkpXVCJ9.eyJyb2xlIjoiYXV0aG9yIiwic3ViIjoiMSJ9.Nf7y_L0KdZ0pwvYFu3zgXkwaDISn5C72lfLzmhJ4k4KTgiDYVB_njQLDVgP-2DFov_9QxawR2U4IlJ5i9pGGtShHPxrYmXH9hHmHlE-qmpcf7jVMa_vtqxkBO8doK__Dmqsx6jeIuIr13v-PVYzpZrF9sjjSOdOiv9OflNWw0hKdutp-9lsh8omzdqvMinVH2CbFq6ymoeSDmKWNZPMex09RwSUqxAKb45Cy1f36tvR40jPnxnpdNlynvXYl8JtqNCOQLxmfacTDVwTB2YJhZ6w-lHM8oAv0UihUcpOq7OkKUUmeBCZqhZN_by1xGjHwdNbSbmXO9vkpW6tidtyz9w";
const RS512: &str = "eyJhbGciOiJSUzUxMiIsInR5cCI6IkpXVCJ9.eyJyb2xlIjoiYXV0aG9yIiwic3ViIjoiMSJ9.D4wYg36m89xAY0RA7DFOIGGfV0m8tDsPVKQ7UYLmMqPC0MLwHZVc1x3hs5_gpciZZ5VVH9I6KWEAbvCBFUuVeCnZcowg5U1bI-kk0w02Graa1cPJrg1BA7ivtuKf545Vabge8ajrbK0oMaqQxnSt2urHsWaK9veANvbBAtHPNF_aeIkT8sxzAM3PtMuQjIN0dzvvL-AkCwaD1hCQh5vpu0eI6ST4bUWSY-c1mzkBnIF33qLBYARbo1qUqyi7U-0_hZ5tQSTx6mO8VITZr5K3M4Wkvm45bnBCnFcafHKpyvDFn1Dzm6Lv9wiKxvFDqe0OJVVergt0xCEuVewi3GMj7g";
const ES256: &str = "eyJhbGciOiJFUzI1NiIsImtpZCI6ImN1cnZlIn0.eyJyb2xlIjoiYXV0aG9yIiwic3ViIjoiMSJ9.Un5Tz-UEyigR2U-2PxbhK9k5l1U9_YDXDpZC7c3lgKbiPJfzbPnR6JJ9qSD-Qc0lfO0IkqLkeQyK9emKTW3WkQ";
const ES384: &str = "eyJhbGciOiJFUzM4NCJ9.eyJyb2xlIjoiYXV0aG9yIiwic3ViIjoiMSJ9.eTH_4hxAJfvJZu7E5rWPbwTPKvtOGytytN4K-3IpeW1NYhfpt6E4ZUBk9P3TDWjt9BVSsb4D5FuF-imBuMXwUZV5QPUI16sKqNkPjnjYewoeN16vo3XN0dxfy4LImxQ1";
const EDDSA: &str = "eyJhbGciOiJFZERTQSJ9.eyJyb2xlIjoiYXV0aG9yIiwic3ViIjoiMSJ9.kgzgP7pvzTQSrc5rblkBLU2OOBTN0q9NbYX-yECmaSXZNEEuDmUxy66oa5jDot6QGfamYJ2UtN4ctI9m8OHDBg";

/// Signed as HS256, the secret being the text of the RSA key above.
const SIGNED_WITH_JWK: &str = "eyJhbGciOiJIUzI1NiJ9.eyJyb2xlIjoiYXV0aG9yIiwic3ViIjoiMSJ9.KQHryYDz_jpGiFYcoJhPWj7LLCJLcnCkvm20fSfHD88";
/// Signed as HS256, the secret being the RSA key above in PEM.
const SIGNED_WITH_PEM: &str = "eyJhbGciOiJIUzI1NiJ9.eyJyb2xlIjoiYXV0aG9yIiwic3ViIjoiMSJ9.TWXogIbug3flf3Q4wMW6NARhFF_LzCRFbf_j3d6V7q0";
