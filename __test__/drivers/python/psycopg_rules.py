"""The rules of psycopg.test.ts: runs the function that is named, prints what it returns as JSON.

The server is found by libpq's own variables (PGHOST and so on); OXBASE_URL and OXBASE_SOCKET are the
same server by a URL and by the directory of its Unix socket.
"""

import asyncio
import datetime
import decimal
import ipaddress
import json
import os
import sys
import threading
import uuid

import psycopg
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb
from psycopg.types.range import Range

URL = os.environ["OXBASE_URL"]


def connect(**options):
    return psycopg.connect(URL, autocommit=True, **options)


def error_of(statement, connection):
    try:
        connection.execute(statement)
    except psycopg.Error as error:
        diag = error.diag
        return [type(error).__name__, error.sqlstate, diag.message_primary, diag.constraint_name]
    return None


def connects():
    who = "select current_user || '@' || current_database()"
    ways = [URL, "", f"host={os.environ['OXBASE_SOCKET']}"]
    answers = []
    for way in ways:
        with psycopg.connect(way) as connection:
            answers.append(connection.execute(who).fetchone()[0])
    return answers


def facts():
    with connect(application_name="drivers", options="-c work_mem=7MB") as connection:
        info = connection.info
        return {
            "version": info.server_version // 10000,
            "encoding": info.encoding,
            "timezone_known": info.timezone is not None,
            "application_name": info.parameter_status("application_name"),
            "work_mem": connection.execute("show work_mem").fetchone()[0],
            "status": info.transaction_status.name,
        }


def prepared():
    with connect() as connection:
        found = [
            connection.execute("select %s::int * 2", (n,), prepare=True).fetchone()[0]
            for n in (1, 2, 21)
        ]
        count = connection.execute(
            "select count(*) from pg_prepared_statements where statement like 'select $1::int%'"
        ).fetchone()[0]
        return [found, count]


VALUES = [
    ("smallint", -32768),
    ("int", 2147483647),
    ("bigint", 9223372036854775807),
    ("numeric", decimal.Decimal("12345678901234567890.123456789")),
    ("float4", 1.5),
    ("float8", -1e-300),
    ("bool", True),
    ("text", "O'Neil \"ü\" 😀 \\"),
    ("bytea", b"\x00\xff\\'"),
    ("uuid", uuid.UUID("0191d7c2-0000-7000-8000-000000000001")),
    ("date", datetime.date(2024, 2, 29)),
    ("time", datetime.time(23, 59, 59, 999999)),
    ("timestamp", datetime.datetime(2024, 2, 29, 12, 34, 56, 789)),
    ("timestamptz", datetime.datetime(2024, 2, 29, 12, 34, 56, 789, datetime.timezone.utc)),
    ("interval", datetime.timedelta(days=3, seconds=4, microseconds=5)),
    ("jsonb", {"a": [1, None, {"b": "ü"}]}),
    ("int[]", [1, None, 3]),
    ("text[]", ["a,b", '"', "\\", "", None]),
    ("int4range", Range(1, 5, "[)")),
    ("text", None),
]


def round_trips(binary):
    wrong = []
    with connect() as connection:
        connection.execute("set timezone = 'UTC'")
        for kind, value in VALUES:
            sent = Jsonb(value) if kind == "jsonb" else value
            cursor = connection.cursor(binary=binary)
            placeholder = "%b" if binary and kind != "numeric" else "%t"
            back = cursor.execute(f"select {placeholder}::{kind}", (sent,)).fetchone()[0]
            if back != value:
                wrong.append([kind, repr(back)])
    return {"tried": len(VALUES), "wrong": wrong}


def values_as_text():
    return round_trips(False)


def values_as_binary():
    return round_trips(True)


def addresses():
    sent = [ipaddress.ip_address("192.168.0.1"), ipaddress.ip_network("2001:db8::/32")]
    with connect() as connection:
        cursor = connection.cursor(binary=True)
        back = cursor.execute("select %b::inet, %b::cidr", sent).fetchone()
        return [str(address) for address in back]


def transactions():
    with connect() as connection:
        connection.execute("create table py_moved (n int)")
        with connection.transaction():
            connection.execute("insert into py_moved values (1)")
            try:
                with connection.transaction():
                    connection.execute("insert into py_moved values (2)")
                    raise ValueError("not this")
            except ValueError:
                pass
        with connection.transaction(force_rollback=True):
            connection.execute("insert into py_moved values (3)")
        return [n for (n,) in connection.execute("select n from py_moved")]


def implicit_transaction():
    connection = psycopg.connect(URL)
    connection.execute("create table py_implicit (n int)")
    inside = connection.info.transaction_status.name
    connection.rollback()
    outside = connection.info.transaction_status.name
    gone = connection.execute("select to_regclass('py_implicit')").fetchone()[0]
    connection.close()
    return [inside, outside, gone]


def errors():
    with connect() as connection:
        connection.execute("create table py_strict (n int constraint positive check (n > 0))")
        error = error_of("insert into py_strict values (-1)", connection)
        return [error, connection.execute("select count(*) from py_strict").fetchone()[0]]


def notices():
    heard = []
    with connect() as connection:
        connection.add_notice_handler(lambda d: heard.append([d.severity, d.message_primary]))
        connection.execute("do $$ begin raise notice 'so %', 1; end $$")
    return heard


def notifications():
    with connect() as listener, connect() as notifier:
        listener.execute("listen py_news")
        timer = threading.Timer(0, lambda: notifier.execute("notify py_news, 'payload'"))
        timer.start()
        heard = [[n.channel, n.payload] for n in listener.notifies(timeout=20, stop_after=1)]
        timer.join()
        return heard


def cancels():
    with connect() as connection:
        answered = threading.Event()

        def ask():
            while not answered.wait(0.05):
                connection.cancel_safe(timeout=10)

        thread = threading.Thread(target=ask)
        thread.start()
        error = error_of("select pg_sleep(20)", connection)
        answered.set()
        thread.join()
        return [error, connection.execute("select 1").fetchone()[0]]


def copies():
    with connect() as connection:
        connection.execute("create table py_copied (n int, t text)")
        with connection.cursor() as cursor:
            with cursor.copy("copy py_copied from stdin") as copy:
                for row in [(1, "one"), (2, "t\two"), (3, None)]:
                    copy.write_row(row)
            loaded = cursor.rowcount
            with cursor.copy("copy py_copied (n, t) from stdin (format binary)") as copy:
                copy.set_types(["int4", "text"])
                copy.write_row((4, "four"))
            with cursor.copy("copy (select * from py_copied order by n) to stdout") as copy:
                copy.set_types(["int4", "text"])
                return [loaded, list(copy.rows())]


def copy_fails():
    with connect() as connection:
        connection.execute("create table py_numbers (n int)")
        try:
            with connection.cursor().copy("copy py_numbers from stdin") as copy:
                copy.write("1\nx\n")
        except psycopg.Error as error:
            state = error.sqlstate
        return [state, connection.execute("select count(*) from py_numbers").fetchone()[0]]


def pipelines():
    with connect() as connection:
        with connection.pipeline():
            cursors = [connection.execute("select %s::int", (n,)) for n in range(5)]
            found = [cursor.fetchone()[0] for cursor in cursors]
        connection.execute("create table py_piped (n int)")
        failed = None
        try:
            with connection.pipeline() as pipeline:
                connection.execute("insert into py_piped values (1)")
                pipeline.sync()
                connection.execute("select 1 / 0")
                connection.execute("insert into py_piped values (2)")
        except psycopg.Error as error:
            failed = error.sqlstate
        kept = [n for (n,) in connection.execute("select n from py_piped")]
        return [found, failed, kept]


def many():
    with connect() as connection:
        connection.execute("create table py_many (n int, t text)")
        cursor = connection.cursor()
        cursor.executemany("insert into py_many values (%s, %s)", [(n, str(n)) for n in range(50)])
        return [cursor.rowcount, connection.execute("select sum(n) from py_many").fetchone()[0]]


def cursors():
    with psycopg.connect(URL) as connection:
        with connection.cursor("portion", row_factory=dict_row) as cursor:
            cursor.itersize = 10
            cursor.execute("select n from generate_series(1, 25) n")
            first = cursor.fetchmany(2)
            return [first, sum(row["n"] for row in cursor)]


def client_cursors():
    with psycopg.connect(URL, cursor_factory=psycopg.ClientCursor) as connection:
        return connection.execute("select %s, %s::int; select 2", ("it's", 1)).fetchone()


def streams():
    with connect() as connection:
        cursor = connection.cursor()
        return sum(n for (n,) in cursor.stream("select generate_series(1, %s::int)", (100,)))


def several_at_once():
    async def ask(n):
        async with await psycopg.AsyncConnection.connect(URL) as connection:
            cursor = await connection.execute("select %s::int", (n,))
            return (await cursor.fetchone())[0]

    async def every():
        return await asyncio.gather(*(ask(n) for n in range(20)))

    return asyncio.run(every())


def two_phases():
    with psycopg.connect(URL) as connection:
        connection.execute("create table py_phased (n int)")
        connection.commit()
        connection.tpc_begin(connection.xid(1, "gid", "branch"))
        connection.execute("insert into py_phased values (1)")
        connection.tpc_prepare()
        connection.tpc_commit()
        return connection.execute("select count(*) from py_phased").fetchone()[0]


def ends():
    connection = connect()
    connection.execute("create table py_left (n int)")
    other = psycopg.connect(URL)
    other.execute("insert into py_left values (1)")
    other.close()
    left = connection.execute("select count(*) from py_left").fetchone()[0]
    connection.close()
    try:
        connection.execute("select 1")
    except psycopg.OperationalError as error:
        return [left, str(error)]
    return None


print(json.dumps(globals()[sys.argv[1]](), default=str))
