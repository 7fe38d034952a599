"""The rules of asyncpg.test.ts: runs the coroutine that is named, prints what it returns as JSON.

The server is found by libpq's own variables (PGHOST and so on); OXBASE_URL and OXBASE_SOCKET are the
same server by a URL and by the directory of its Unix socket.
"""

import asyncio
import datetime
import decimal
import io
import ipaddress
import json
import os
import sys
import uuid

import asyncpg

URL = os.environ["OXBASE_URL"]


def connect(**options):
    return asyncpg.connect(URL, timeout=20, **options)


def described(error):
    return [type(error).__name__, error.sqlstate, error.message]


async def connects():
    who = "select current_user::text || '@' || current_database()"
    answers = []
    for options in ({"dsn": URL}, {}, {"host": os.environ["OXBASE_SOCKET"]}):
        connection = await asyncpg.connect(**options)
        answers.append(await connection.fetchval(who))
        await connection.close()
    return answers


async def facts():
    connection = await connect(server_settings={"application_name": "drivers", "work_mem": "7MB"})
    settings = connection.get_settings()
    return {
        "version": connection.get_server_version().major,
        "encoding": settings.server_encoding,
        "application_name": settings.application_name,
        "work_mem": await connection.fetchval("show work_mem"),
        "pid": connection.get_server_pid() == await connection.fetchval("select pg_backend_pid()"),
    }


async def prepared():
    connection = await connect()
    statement = await connection.prepare("select $1::int * 2 as n, $2::text as t")
    return {
        "parameters": [kind.name for kind in statement.get_parameters()],
        "columns": [[column.name, column.type.name] for column in statement.get_attributes()],
        "found": [tuple(await statement.fetchrow(n, "é")) for n in (1, 21)],
    }


async def statement_cache():
    connection = await connect(statement_cache_size=0)
    found = [await connection.fetchval("select $1::int", n) for n in range(3)]
    count = await connection.fetchval("select count(*) from pg_prepared_statements")
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
    ("jsonb", '{"a": [1, null, {"b": "ü"}]}'),
    ("int[]", [1, None, 3]),
    ("text[]", ["a,b", '"', "\\", "", None]),
    ("int4range", asyncpg.Range(1, 5)),
    ("point", asyncpg.Point(1.5, -2)),
    ("bit(4)", asyncpg.BitString("1010")),
    ("text", None),
]


async def values():
    connection = await connect()
    wrong = []
    for kind, value in VALUES:
        back = await connection.fetchval(f"select $1::{kind}", value)
        if back != value:
            wrong.append([kind, repr(back)])
    return {"tried": len(VALUES), "wrong": wrong}


async def addresses():
    connection = await connect()
    sent = [ipaddress.ip_address("192.168.0.1"), ipaddress.ip_network("2001:db8::/32")]
    return [str(a) for a in await connection.fetchrow("select $1::inet, $2::cidr", *sent)]


async def own_types():
    connection = await connect()
    await connection.execute("create type mood as enum ('fine', 'low')")
    await connection.execute("create type pair as (n int, m mood)")
    row = await connection.fetchrow(
        "select $1::mood as one, $2::mood[] as many, $3::pair as pair", "fine", ["low"], (1, "low")
    )
    return [row["one"], row["many"], dict(row["pair"])]


async def codecs():
    connection = await connect()
    await connection.set_type_codec(
        "json", encoder=json.dumps, decoder=json.loads, schema="pg_catalog"
    )
    return await connection.fetchval("select $1::json", {"a": [1, None]})


async def transactions():
    connection = await connect()
    await connection.execute("create table a_moved (n int)")
    async with connection.transaction():
        await connection.execute("insert into a_moved values (1)")
        try:
            async with connection.transaction():
                await connection.execute("insert into a_moved values (2)")
                raise ValueError("not this")
        except ValueError:
            pass
    transaction = connection.transaction(isolation="serializable")
    await transaction.start()
    await connection.execute("insert into a_moved values (3)")
    await transaction.rollback()
    return [row["n"] for row in await connection.fetch("select n from a_moved")]


async def errors():
    connection = await connect()
    await connection.execute("create table a_strict (n int constraint positive check (n > 0))")
    try:
        await connection.execute("insert into a_strict values ($1)", -1)
    except asyncpg.PostgresError as error:
        found = [*described(error), error.constraint_name]
    return [found, await connection.fetchval("select count(*) from a_strict")]


async def notices():
    connection = await connect()
    heard = []
    connection.add_log_listener(lambda _, m: heard.append([m.severity, m.message]))
    await connection.execute("do $$ begin raise notice 'so %', 1; end $$")
    # Listeners are called in the loop's next round.
    await asyncio.sleep(0)
    return heard


async def notifications():
    listener, notifier = await connect(), await connect()
    heard = asyncio.Queue()

    def hear(_, pid, channel, payload):
        heard.put_nowait([pid == notifier.get_server_pid(), channel, payload])

    await listener.add_listener("a_news", hear)
    await notifier.execute("notify a_news, 'payload'")
    return await asyncio.wait_for(heard.get(), 20)


async def cancels():
    connection = await connect()
    try:
        await connection.execute("select pg_sleep(20)", timeout=0.3)
    except asyncio.TimeoutError:
        pass
    after = await connection.fetchval("select 1")
    task = asyncio.ensure_future(connection.execute("select pg_sleep(20)"))
    await asyncio.sleep(0.3)
    task.cancel()
    try:
        await task
    except asyncio.CancelledError:
        return [after, await connection.fetchval("select 2")]
    return None


async def copies():
    connection = await connect()
    await connection.execute("create table a_copied (n int, t text)")
    records = [(1, "one"), (2, "t\two"), (3, None)]
    tag = await connection.copy_records_to_table("a_copied", records=records)
    lines = io.BytesIO(b"4,four\n")
    other = await connection.copy_to_table("a_copied", source=lines, format="csv")
    out = io.BytesIO()
    last = await connection.copy_from_query("select * from a_copied order by n", output=out)
    return [tag, other, last, out.getvalue().decode()]


async def copy_fails():
    connection = await connect()
    await connection.execute("create table a_numbers (n int)")
    try:
        await connection.copy_to_table("a_numbers", source=io.BytesIO(b"1\nx\n"))
    except asyncpg.PostgresError as error:
        found = error.sqlstate
    return [found, await connection.fetchval("select count(*) from a_numbers")]


async def cursors():
    connection = await connect()
    async with connection.transaction():
        cursor = await connection.cursor("select generate_series(1, 25) as n")
        first = [row["n"] for row in await cursor.fetch(2)]
        skipped = await cursor.forward(3)
        then = (await cursor.fetchrow())["n"]
        rest = [row["n"] async for row in connection.cursor("select generate_series(1, 25) as n")]
    return [first, skipped, then, sum(rest)]


async def many():
    connection = await connect()
    await connection.execute("create table a_many (n int, t text)")
    await connection.executemany("insert into a_many values ($1, $2)", [(n, "x") for n in range(50)])
    try:
        await connection.executemany("insert into a_many values ($1 / $2::int)", [(1, 1), (1, 0)])
    except asyncpg.PostgresError as error:
        return [error.sqlstate, await connection.fetchval("select count(*) from a_many")]
    return None


async def pools():
    async with asyncpg.create_pool(URL, min_size=2, max_size=4) as pool:
        found = await asyncio.gather(*(pool.fetchval("select $1::int", n) for n in range(40)))
        return [list(found) == list(range(40)), pool.get_size()]


async def pool_resets():
    async with asyncpg.create_pool(URL, min_size=1, max_size=1) as pool:
        async with pool.acquire() as connection:
            await connection.execute("set work_mem = '7MB'")
            await connection.execute("select pg_advisory_lock(4711)")
        async with pool.acquire() as connection:
            locks = "select count(*) from pg_locks where locktype = 'advisory'"
            return [await connection.fetchval("show work_mem"), await connection.fetchval(locks)]


async def ends():
    connection, other = await connect(), await connect()
    await other.execute("create table a_left (n int)")
    await connection.execute("begin")
    await connection.execute("insert into a_left values (1)")
    await connection.close()
    left = await other.fetchval("select count(*) from a_left")
    try:
        await connection.execute("select 1")
    except asyncpg.InterfaceError as error:
        return [left, str(error)]
    return None


print(json.dumps(asyncio.run(globals()[sys.argv[1]]()), default=str))
