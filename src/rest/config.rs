//! PostgREST's settings, under its own names (camelCase where they come from JavaScript).
//!
//! Mirrors PostgREST v14, <https://docs.postgrest.org/en/v14/references/configuration.html>.
#![forbid(unsafe_code)]

use std::collections::BTreeMap;

use serde::Deserialize;

/// What a REST service is configured with. Every field has PostgREST's default.
#[derive(Debug, Clone, Deserialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "one for each of PostgREST's switches"
)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Config {
    /// `db-schemas`: the exposed schemas, the first one being the default.
    pub(crate) schemas: Vec<String>,
    /// `db-extra-search-path`.
    pub(crate) extra_search_path: Vec<String>,
    /// `db-max-rows`.
    pub(crate) max_rows: Option<i64>,
    /// `db-pre-request`: a function, schema-qualified or not.
    pub(crate) pre_request: Option<String>,
    /// `db-anon-role`.
    pub(crate) anon_role: Option<String>,
    /// `db-aggregates-enabled`.
    pub(crate) aggregates_enabled: bool,
    /// `db-plan-enabled`.
    pub(crate) plan_enabled: bool,
    /// `db-tx-end`.
    pub(crate) tx_end: TxEnd,
    /// `db-root-spec`: a function that answers at the root.
    pub(crate) root_spec: Option<String>,
    /// `db-hoisted-tx-settings`.
    pub(crate) hoisted_tx_settings: Vec<String>,
    /// `db-channel`; the schema cache is reloaded on a notification there.
    pub(crate) channel: String,
    /// `app.settings.*`, without the prefix.
    pub(crate) app_settings: BTreeMap<String, String>,
    /// `jwt-secret`: a secret, or a JWK or JWKS in JSON.
    pub(crate) jwt_secret: Option<String>,
    /// `jwt-secret-is-base64`.
    pub(crate) jwt_secret_is_base64: bool,
    /// `jwt-aud`.
    pub(crate) jwt_aud: Option<String>,
    /// `jwt-role-claim-key`, a JSPath.
    pub(crate) jwt_role_claim_key: String,
    /// `openapi-mode`.
    pub(crate) openapi_mode: OpenApiMode,
    /// `openapi-security-active`.
    pub(crate) openapi_security_active: bool,
    /// `openapi-server-proxy-uri`.
    pub(crate) openapi_server_proxy_uri: Option<String>,
    /// `server-cors-allowed-origins`; any origin when absent.
    pub(crate) server_cors_allowed_origins: Option<Vec<String>>,
    /// `server-trace-header`.
    pub(crate) server_trace_header: Option<String>,
    /// `server-timing-enabled`.
    pub(crate) server_timing_enabled: bool,
    /// The longest request body that is taken, in bytes.
    pub(crate) max_body_size: usize,
}

/// How a request's transaction ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum TxEnd {
    Commit,
    CommitAllowOverride,
    Rollback,
    RollbackAllowOverride,
}

impl TxEnd {
    /// `Prefer: tx=` counts.
    pub(crate) const fn allows_override(self) -> bool {
        matches!(
            self,
            Self::CommitAllowOverride | Self::RollbackAllowOverride
        )
    }

    /// The transaction is rolled back when nothing else is said.
    pub(crate) const fn rolls_back(self) -> bool {
        matches!(self, Self::Rollback | Self::RollbackAllowOverride)
    }
}

/// What the description at the root shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum OpenApiMode {
    FollowPrivileges,
    IgnorePrivileges,
    Disabled,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            schemas: vec!["public".to_owned()],
            extra_search_path: vec!["public".to_owned()],
            max_rows: None,
            pre_request: None,
            anon_role: None,
            aggregates_enabled: false,
            plan_enabled: false,
            tx_end: TxEnd::Commit,
            root_spec: None,
            hoisted_tx_settings: [
                "statement_timeout",
                "plan_filter.statement_cost_limit",
                "default_transaction_isolation",
            ]
            .map(str::to_owned)
            .to_vec(),
            channel: "pgrst".to_owned(),
            app_settings: BTreeMap::new(),
            jwt_secret: None,
            jwt_secret_is_base64: false,
            jwt_aud: None,
            jwt_role_claim_key: ".role".to_owned(),
            openapi_mode: OpenApiMode::FollowPrivileges,
            openapi_security_active: false,
            openapi_server_proxy_uri: None,
            server_cors_allowed_origins: None,
            server_trace_header: None,
            server_timing_enabled: false,
            max_body_size: 256 << 20,
        }
    }
}
