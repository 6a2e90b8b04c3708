"""Checks the output of `dormouse history export`: check_export.py FILE [SEQ:HASH]"""
import hashlib, json, sys

NAMES = (
    "seq at run_id decision_id account_id email action phase outcome detail actor"
    " status_before status_after http_status portal_event_id prev_hash hash"
).split()
kept = sys.argv[2] if len(sys.argv) > 2 else "0:" + "0" * 64
seq, head, seen = 0, "0" * 64, {"0:" + "0" * 64}
for line in open(sys.argv[1], encoding="utf-8", newline="\n"):
    names, (*columns, found) = zip(*json.loads(line, object_pairs_hook=list))
    if list(names) != NAMES or (columns[0], columns[-1]) != (seq + 1, head):
        sys.exit(f"row {columns[0]} does not follow row {seq}")
    text = json.dumps(columns, separators=(",", ":"), ensure_ascii=False)
    if hashlib.sha256(text.encode()).hexdigest() != found:
        sys.exit(f"row {columns[0]} was changed")
    seq, head = columns[0], found
    seen.add(f"{seq}:{head}")
if kept not in seen:
    sys.exit(f"{kept} is not in this history: rows were cut from its end, or it was written anew")
print(f"ok: {seq} rows, head {seq}:{head}")
