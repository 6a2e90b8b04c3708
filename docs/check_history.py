"""Checks the history in a dormouse store without dormouse: check_history.py STORE [SEQ:HASH]"""
import hashlib, json, pathlib, sqlite3, sys
path, wal = pathlib.Path(sys.argv[1]).absolute(), pathlib.Path(sys.argv[1] + "-wal")
mode = "mode=ro" if wal.exists() and wal.stat().st_size else "immutable=1"  # read-only media
store = sqlite3.connect(f"{path.as_uri()}?{mode}", uri=True)
kept = sys.argv[2] if len(sys.argv) > 2 else "0:" + "0" * 64
seq, head, seen = 0, "0" * 64, {"0:" + "0" * 64}
for *columns, found in store.execute(
    "SELECT seq, at, run_id, decision_id, account_id, email, action, phase, outcome, detail, actor,"
    " status_before, status_after, http_status, portal_event_id, prev_hash, hash"
    " FROM history ORDER BY seq"
):
    text = json.dumps(columns, separators=(",", ":"), ensure_ascii=False)
    if (columns[0], columns[-1]) != (seq + 1, head):
        sys.exit(f"row {columns[0]} does not follow row {seq}")
    if hashlib.sha256(text.encode()).hexdigest() != found:
        sys.exit(f"row {columns[0]} was changed")
    seq, head = columns[0], found
    seen.add(f"{seq}:{head}")
if kept not in seen:
    sys.exit(f"{kept} is not in this history: rows were cut from its end, or it was written anew")
print(f"ok: {seq} rows, head {seq}:{head}")
