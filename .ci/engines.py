"""Runs the queries of docs/engines.md over the stores of a folder, and compares every table and view with
sqlite3: engines.py FOLDER, which holds stores/{north,south,…}.db and lake/."""
import json, os, pathlib, re, sqlite3, sys

import chdb
import duckdb
import duckdb_extension_sqlite_scanner as scanner

try:
    import pyspark.sql
except ImportError:
    pyspark = None

page = pathlib.Path(__file__).parents[1] / "docs" / "engines.md"
recipes = re.findall(r"```sql (\w+)\n(.*?)```", page.read_text(encoding="utf-8"), re.S)
os.chdir(sys.argv[1])


def text(rows):
    return sorted(tuple(None if cell is None else str(cell) for cell in row) for row in rows)


def clickhouse(query):
    answer = str(chdb.query(query, "JSONCompactEachRow"))
    return [tuple(json.loads(line)) for line in answer.splitlines()]


def sqlite(portal, query):
    with sqlite3.connect(f"file:stores/{portal}.db?mode=ro", uri=True) as store:
        return [tuple(row) for row in store.execute(query)]


spark = pyspark and (
    pyspark.sql.SparkSession.builder.master("local[2]")
    .config("spark.sql.sources.partitionColumnTypeInference.enabled", "false")
    .config("spark.ui.enabled", "false").config("spark.ui.showConsoleProgress", "false")
    .config("spark.log.level", "ERROR").getOrCreate()
)
compared = 0
portals = sorted(path.stem for path in pathlib.Path("stores").glob("*.db"))
for table in sorted(path.name for path in pathlib.Path("lake").iterdir()):
    different = set()
    for portal in portals:
        columns = [row[1] for row in sqlite(portal, f"PRAGMA table_info({table})")]
        quoted = ", ".join(f'"{name}"' for name in columns)
        truth = text(sqlite(portal, f"SELECT {quoted} FROM {table}"))
        file = f"lake/{table}/portal={portal}/data.parquet"
        lake = text(duckdb.sql(f"SELECT {quoted} FROM read_parquet('{file}', hive_partitioning = false)").fetchall())
        direct = text(clickhouse(f"SELECT {quoted} FROM sqlite('stores/{portal}.db', '{table}')"))
        assert lake == truth, f"DuckDB: {table} of {portal} differs"
        if spark:
            frame = spark.read.parquet(f"lake/{table}").where(f"portal = '{portal}'")
            assert text(frame.select(*columns).collect()) == truth, f"Spark: {table} of {portal} differs"
        assert direct == truth, f"ClickHouse: {table} of {portal} differs"
        different.add(str(truth))
        compared += len(truth)
    assert len(different) > 1, f"{table} is the same in every store, so this proves nothing"

# Attached together, as the page says of these views.
[extension] = pathlib.Path(scanner.__file__).parent.glob("extensions/*/*.duckdb_extension")
duckdb.load_extension(str(extension))
for portal in portals:
    duckdb.execute(f"ATTACH 'stores/{portal}.db' AS {portal} (TYPE sqlite, READ_ONLY)")
for view in ("login_log", "history_log", "actions", "current_verdicts"):
    union = " UNION ALL ".join(f"SELECT '{portal}', * FROM {portal}.{view}" for portal in portals)
    truth = [row for portal in portals for row in sqlite(portal, f"SELECT '{portal}', * FROM {view}")]
    assert text(duckdb.sql(union).fetchall()) == text(truth), f"DuckDB: {view} of attached stores differs"

# What each query must answer, asked of each store with sqlite3 alone.
FAILURES = """SELECT '{portal}', substr(at, 1, 10) AS day, ip, count(*) FROM login_events
    WHERE class = 'failure' GROUP BY day, ip"""
DISABLED = """SELECT '{portal}', at, email, detail FROM history h WHERE phase = 'outcome'
    AND action = 'disable' AND outcome = 'applied' AND seq = (SELECT max(seq) FROM history o
    WHERE o.phase = 'outcome' AND (o.run_id, o.account_id, o.action) = (h.run_id, h.account_id, h.action))"""
ACTIONS = """SELECT '{portal}', action, outcome, count(*) FROM history h WHERE phase = 'outcome'
    AND seq = (SELECT max(seq) FROM history o
    WHERE o.phase = 'outcome' AND (o.run_id, o.account_id, o.action) = (h.run_id, h.account_id, h.action))
    GROUP BY action, outcome"""
VERDICTS = """SELECT '{portal}', verdict, count(*) FROM verdicts
    WHERE decision_id = (SELECT max(id) FROM decisions) GROUP BY verdict"""
expected = [
    ("duckdb", FAILURES, portals),
    ("duckdb", DISABLED, portals),
    ("clickhouse", FAILURES, ["north", "south"]),
    ("clickhouse", VERDICTS, portals),
    ("spark", ACTIONS, portals),
]
assert [engine for engine, _ in recipes] == [engine for engine, _, _ in expected]
answered = 0
for (engine, query), (_, question, asked) in zip(recipes, expected):
    match engine:
        case "duckdb":
            rows = duckdb.sql(query).fetchall()
        case "clickhouse":
            rows = clickhouse(query.rstrip().rstrip(";"))
        case "spark":
            if not spark:
                continue
            spark.read.parquet("lake/actions").createOrReplaceTempView("actions")
            rows = spark.sql(query).collect()
    truth = [row for portal in asked for row in sqlite(portal, question.format(portal=portal))]
    assert truth and text(rows) == text(truth), f"{engine}: another answer for\n{query}"
    answered += 1

print(f"{compared} rows of {len(portals)} stores equal, {answered} queries right:"
      f" duckdb {duckdb.__version__}, chdb {chdb.__version__},"
      f" {f'pyspark {pyspark.__version__}' if spark else 'no Spark: java is missing'}")
