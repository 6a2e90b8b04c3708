"""Copies all stores of a folder to Parquet, partitioned by portal: stores_to_parquet.py STORES LAKE

STORES holds copies made by `dormouse backup`, one PORTAL.db per portal. The result is
LAKE/TABLE/portal=PORTAL/data.parquet, every column as text. Needs: pip install duckdb
"""
import pathlib, sqlite3, sys

import duckdb

TABLES = """accounts contractors login_events activity_checks sync_runs coverage
    runs decisions verdicts history login_log history_log actions current_verdicts""".split()

stores, lake = map(pathlib.Path, sys.argv[1:3])
engine = duckdb.connect()
try:
    # With the registry package duckdb-extension-sqlite-scanner nothing is downloaded.
    import duckdb_extension_sqlite_scanner as scanner

    [extension] = pathlib.Path(scanner.__file__).parent.glob("extensions/*/*.duckdb_extension")
    engine.load_extension(str(extension))
except ImportError:
    engine.install_extension("sqlite")
    engine.load_extension("sqlite")

def quoted(text):
    return "'" + str(text).replace("'", "''") + "'"


for store in sorted(stores.glob("*.db")):
    with sqlite3.connect(store.absolute().as_uri() + "?mode=ro", uri=True) as names:
        columns = {t: [row[1] for row in names.execute(f"PRAGMA table_info({t})")] for t in TABLES}
    # One store at a time: DuckDB mixes up the views of stores that are attached together.
    engine.execute(f"ATTACH {quoted(store)} AS store (TYPE sqlite, READ_ONLY)")
    for table in TABLES:
        file = lake / table / f"portal={store.stem}" / "data.parquet"
        file.parent.mkdir(parents=True, exist_ok=True)
        # SQLite runs this query. Text is the one type that holds every value of every column.
        cells = ", ".join(f'CAST("{name}" AS TEXT) AS "{name}"' for name in columns[table])
        query = quoted(f"SELECT {cells} FROM {table}")
        engine.execute(f"COPY (FROM sqlite_query('store', {query})) TO {quoted(file)}")
    engine.execute("DETACH store")
