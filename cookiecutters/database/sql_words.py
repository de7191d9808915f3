"""Words that an engine takes for its own: what cannot be called so without quotes, and the quotes.

Sources: PostgreSQL's appendix C (reserved, and reserved but for functions or types), the lists of reserved
words of MariaDB 11 and MySQL 8.4, duckdb_keywords(), and those of SQLite's keywords that are no names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

_POSTGRESQL = """
    all analyse analyze and any array as asc asymmetric authorization binary both case cast check collate
    collation column concurrently constraint create cross current_catalog current_date current_role
    current_schema current_time current_timestamp current_user default deferrable desc distinct do else end
    except false fetch for foreign freeze from full grant group having ilike in initially inner intersect
    into is isnull join lateral leading left like limit localtime localtimestamp natural not notnull null
    offset on only or order outer overlaps placing primary references returning right select session_user
    similar some symmetric system_user table tablesample then to trailing true union unique user using
    variadic verbose when where window with
"""
_MARIADB = """
    accessible add all alter analyze and as asc asensitive before between bigint binary blob both by call
    cascade case change char character check collate column condition constraint continue convert create
    cross current_date current_role current_time current_timestamp current_user cursor databases day_hour
    day_microsecond day_minute day_second dec decimal declare default delayed delete delete_domain_id desc
    describe deterministic distinct distinctrow div do_domain_ids double drop dual each else elseif enclosed
    escaped except exists exit explain false fetch float float4 float8 for force foreign from fulltext grant
    group having high_priority hour_microsecond hour_minute hour_second if ignore ignore_domain_ids in index
    infile inner inout insensitive insert int int1 int2 int3 int4 int8 integer intersect interval into is
    iterate join key keys kill leading leave left like limit linear lines load localtime localtimestamp lock
    long longblob longtext loop low_priority master_demote_to_replica master_demote_to_slave
    master_ssl_verify_server_cert match maxvalue mediumblob mediumint mediumtext middleint
    minute_microsecond minute_second mod modifies natural no_write_to_binlog not null numeric offset on
    optimize optionally or order out outer outfile over page_checksum parse_vcol_expr partition portion
    precision primary procedure purge range read read_write reads real recursive ref_system_id references
    regexp release rename repeat replace require resignal restrict return returning revoke right rlike
    row_number rows schemas second_microsecond select sensitive separator set show signal smallint spatial
    specific sql sql_big_result sql_calc_found_rows sql_small_result sqlexception sqlstate sqlwarning ssl
    starting stats_auto_recalc stats_persistent stats_sample_pages straight_join table terminated then
    tinyblob tinyint tinytext to trailing trigger true undo union unique unlock unsigned update usage use
    using utc_date utc_time utc_timestamp values varbinary varchar varcharacter varying when where while
    with write xor year_month zerofill
"""
_MYSQL_ALONE = """
    cube cume_dist dense_rank empty first_value function generated get grouping groups io_after_gtids
    io_before_gtids json_table lag last_value lateral lead manual master_bind nth_value ntile of
    optimizer_costs parallel percent_rank qualify rank row stored system tablesample virtual window
"""
_SQLITE = """
    add all alter and as autoincrement between case check collate commit constraint create default
    deferrable delete distinct drop else escape except exists foreign from group having in index insert
    intersect into is isnull join limit not nothing notnull null on or order primary references returning
    select set table then to transaction union unique update using values when where
"""
_DUCKDB = """
    all analyse analyze and anti any array as asc asof asymmetric at authorization binary both by case cast
    check collate collation column concurrently constraint create cross default deferrable desc describe
    distinct do else end except false fetch for foreign freeze from full glob group having ilike in
    initially inner intersect into is isnull join lambda lateral leading left like limit natural not notnull
    null offset on only or order outer overlaps pivot pivot_longer pivot_wider placing positional primary
    qualify references returning right select semi show similar some summarize symmetric table tablesample
    then to trailing true union unique unpack unpivot using variadic verbose when where window with
"""
RESERVED: Mapping[str, frozenset[str]] = {
    "postgres": frozenset(_POSTGRESQL.split()),
    "mariadb": frozenset(_MARIADB.split()),
    "mysql": frozenset(f"{_MARIADB} {_MYSQL_ALONE}".split()),
    "sqlite": frozenset(_SQLITE.split()),
    "duckdb": frozenset(_DUCKDB.split()),
}
_MARKS = {"mysql": "`", "mariadb": "`"}


_SYSTEMS = {
    "postgres": "PostgreSQL",
    "mysql": "MySQL",
    "mariadb": "MariaDB",
    "sqlite": "SQLite",
    "duckdb": "DuckDB",
}


def misnamed(tree: Any, words: str) -> Iterator[tuple[str, int]]:
    """What is wrong with the names that a statement of DDL gives tables and columns, and where: *words* says
    whose reserved words count."""
    for node in _named(tree):
        word = node.name.lower() or node.sql().lower().removesuffix("()")
        if not node.args.get("quoted") and word in RESERVED[words]:
            mended = f"Write {quoted(word, words)}, or another name."
            yield (
                f"{word!r} is a reserved word of {_SYSTEMS[words]}. {mended}",
                int(node.meta.get("start", 0)),
            )


def _named(tree: Any) -> Iterator[Any]:
    """The names that are new."""
    from sqlglot import exp

    if isinstance(tree, exp.Create) and tree.args.get("kind") in ("TABLE", "VIEW"):
        target = tree.this.this if isinstance(tree.this, exp.Schema) else tree.this
        yield target.this
        parts = tree.this.expressions if isinstance(tree.this, exp.Schema) else []
    else:
        parts = (tree.args.get("actions") or []) if isinstance(tree, exp.Alter) else []
    for part in parts:
        if isinstance(part, exp.ColumnDef):
            yield part.this
        elif isinstance(part, exp.RenameColumn):
            yield part.args["to"].this
        elif isinstance(part, (exp.AlterRename, exp.ModifyColumn)):
            yield part.this.this


def written(name: str, dialect: str, *, cased: bool = False) -> str:
    """A name as a statement has it: in quotes where the engine would read it otherwise.

    *cased*: its capital letters are its own. PostgreSQL has none in a name that was never quoted, and the
    other engines look past them.
    """
    plain = re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name) is not None
    kept = dialect != "postgres" or not cased or name == name.lower()
    if plain and kept and name.lower() not in RESERVED[dialect]:
        return name
    return quoted(name, dialect)


def quoted(name: str, dialect: str) -> str:
    """A name in the engine's quotes."""
    mark = _MARKS.get(dialect, '"')
    return f"{mark}{name.replace(mark, mark * 2)}{mark}"
