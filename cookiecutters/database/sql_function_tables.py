"""Functions by what they return and have in common; names are the parser's, or as written."""

from __future__ import annotations

from collections.abc import Mapping

from .sql_types import (
    BIGINT,
    BOOLEAN,
    DATE,
    FLOAT,
    INTEGER,
    INTERVAL,
    JSON,
    TEXT,
    TIME,
    TIMESTAMP,
    TIMESTAMPTZ,
    UUID,
    Type,
)

_KINDS: Mapping[str, Type] = {
    "text": TEXT, "integer": INTEGER, "float": FLOAT, "boolean": BOOLEAN, "date": DATE, "time": TIME,
    "json": JSON,
    "timestamp": TIMESTAMP, "timestamptz": TIMESTAMPTZ, "interval": INTERVAL, "uuid": UUID, "bigint": BIGINT,
}  # fmt: skip
# Functions by what they return, whatever they are given; NULL in, NULL out.
_RETURNS = {
    "text": "lower upper trim ltrim rtrim left right substring substr replace concat concatws initcap"
    " lpad rpad repeat"
    " reverse md5 md5digest sha sha2 format stringtoarray splitpart split_part regexpreplace"
    " regexp_replace tochar to_char"
    " hex quote dateformat date_format strftime timetostr chr char printf translate encode typeof pg_typeof"
    " regexpextract regexp_substr unhex lcase ucase monthname dayname soundex sqlite_version"
    " version currentuser database",
    "integer": "length charlength char_length octet_length bitlength strposition instr position locate"
    " sign_int ascii unicode"
    " extract_int datediff year month day hour minute second quarter week dayofweek dayofyear"
    " dayofmonth jsonarraylength"
    " json_array_length jsonb_array_length array_length arraysize cardinality len bit_count"
    " changes last_insert_rowid"
    " pg_backend_pid timestampdiff",
    "float": "sqrt exp ln log log2 log10 power pow sin cos tan asin acos atan atan2 pi rand random"
    " radians degrees cbrt"
    " similarity ts_rank julianday percentrank percent_rank cumedist cume_dist",
    "boolean": "startswith starts_with endswith regexp_like regexpmatches contains arraycontains"
    " arraycontainsall"
    " arrayoverlaps jsonbcontains isnull json_valid pg_try_advisory_lock arraycontainedby any_match",
    "date": "currentdate current_date date tsordstodate lastday makedate make_date curdate tsordstodatetime",
    "time": "currenttime current_time localtime",
    "timestamp": "localtimestamp datetime timestamp strtotime str_to_date utctimestamp make_timestamp",
    "interval": "age make_interval justify_days",
    "uuid": "uuid gen_random_uuid uuidv7 uuid_generate_v4",
    "json": "json jsonobject json_object json_build_object jsonb_build_object to_json to_jsonb"
    " row_to_json jsonarray"
    " json_array json_build_array jsonb_set json_set jsonset json_agg jsonb_agg"
    " json_group_array json_group_object"
    " json_object_agg jsonb_object_agg jsonarrayagg jsonobjectagg json_arrayagg parsejson"
    " jsonformat jsonb_build_array",
}
RETURNING = {name: _KINDS[kind] for kind, names in _RETURNS.items() for name in names.split()}
NEVER_NULL = frozenset(
    [
        "currentdate",
        "current_date",
        "currenttime",
        "localtime",
        "localtimestamp",
        "uuid",
        "gen_random_uuid",
        "concat",
        "rand",
        "random",
        "pi",
        "now",
        "json_build_object",
        "jsonb_build_object",
        "json_object",
        "jsonobject",
        "json_array",
        "jsonarray",
        "concatws",
        "version",
        "jsonbuildobject",
        "changes",
        "last_insert_rowid",
        "uuidv7",
        "uuid_generate_v4",
        "currentuser",
        "database",
        "curdate",
    ]
)
AGGREGATES = frozenset(
    [
        "json_agg",
        "jsonb_agg",
        "json_group_array",
        "json_group_object",
        "json_object_agg",
        "jsonarrayagg",
        "jsonobjectagg",
        "json_arrayagg",
    ]
)
FIRST = frozenset(
    [
        "min",
        "max",
        "abs",
        "lag",
        "lead",
        "firstvalue",
        "lastvalue",
        "nthvalue",
        "anyvalue",
        "first",
        "last",
        "nullif",
        "mode",
        "any_value",
        "first_value",
        "last_value",
        "sign",
        "arrayagg_item",
    ]
)
NULLABLE = frozenset(["lag", "lead", "nthvalue", "nullif"])
ALIKE = frozenset(["greatest", "least"])
NOW = frozenset(
    ["currenttimestamp", "now", "clock_timestamp", "statement_timestamp", "transaction_timestamp", "sysdate"]
)
FLOOR = frozenset(["floor", "ceil", "round", "trunc"])
VOLATILE = frozenset(
    ["nextval", "setval", "pg_notify", "pg_advisory_lock", "pg_advisory_xact_lock", "pg_try_advisory_lock"]
)
