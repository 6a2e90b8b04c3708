#!/bin/sh
# Makes the README's pictures from the demo's data: docs/report.png, docs/run.png, docs/terminal.png
# and docs/report.pdf to look at. Needs Chromium and util-linux's script(1); uses nothing from the network.
# Run in the repository: docs/pictures.sh [folder of the results, default docs]
set -eu
out=$(realpath "${1:-docs}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chromium=${CHROMIUM:-chromium}
# The demo decides where its store is; whoever has another in the environment keeps it.
unset DATABASE_URL

cargo build --quiet --bin dormouse
cargo build --quiet --example demo
bin=$(realpath target/debug)
# On a terminal of 100 columns, its colours as they are; what bars drew over is left out.
on_terminal() {
    ( cd "$work" && script -qec "stty rows 40 cols 100; $1" /dev/null ) | tr -d '\r' |
        sed -e "s/.*$(printf '\033')\[2K//" -e "s|$work|/var/lib/dormouse|g"
}
on_terminal "$bin/examples/demo" >"$work/demo.txt"
dormouse="$bin/dormouse --db sqlite://demo.db"

browser() {
    "$chromium" --headless --no-sandbox --disable-gpu --disable-background-networking \
        --disable-component-update --disable-sync --hide-scrollbars \
        --user-data-dir="$work/browser" "$@" 2>/dev/null
}

# The report: its upper part, and all of it on paper.
( cd "$work" && $dormouse -q report 1 -o report.html )
browser --window-size=1100,1960 --screenshot="$out/report.png" "file://$work/report.html"
browser --no-pdf-header-footer --print-to-pdf="$out/report.pdf" "file://$work/report.html"

# A terminal session of the real program.
session() {
    for line in "$@"; do
        printf '\033[2m$\033[0m \033[1mdormouse %s\033[0m\n' "$line"
        on_terminal "$dormouse --color always $line"
        echo
    done
}
# What the demo showed of its first run of a command, which needs its portal.
shown() {
    printf '\033[2m$\033[0m \033[1mdormouse %s\033[0m\n' "$1"
    awk -v line="dormouse $1" '/[$].*dormouse / { if (on) exit; on = index($0, line) > 0; next }
        on && !/# / && (NF || begun) { begun = 1; print }' "$work/demo.txt"
}
# Each sequence closes what came before it, so that every span has its end.
page() {
    esc=$(printf '\033')
    printf '<!doctype html><meta charset="utf-8"><style>body{margin:0;padding:18px 22px;background:#12171e;'
    printf 'color:#e4e9f0}pre{margin:0;width:101ch;white-space:pre-wrap;word-break:break-all;font:14px/1.4 "DejaVu Sans Mono",monospace}.b{font-weight:700}'
    printf '.d{color:#9aa7b7}.g{color:#6fcf97}.y{color:#f2c94c}.r{color:#f28b82}</style><pre><span>'
    sed -e 's/&/\&amp;/g' -e 's/</\&lt;/g' -e 's/>/\&gt;/g' \
        -e "s/$esc\[1m/<\/span><span class=b>/g" \
        -e "s/$esc\[2m/<\/span><span class=d>/g" \
        -e "s/$esc\[\(32\|38;5;10\)m/<\/span><span class=g>/g" \
        -e "s/$esc\[\(33\|38;5;11\)m/<\/span><span class=y>/g" \
        -e "s/$esc\[\(31\|38;5;9\)m/<\/span><span class=r>/g" \
        -e "s/$esc\[[0-9;]*m/<\/span><span>/g"
    printf '</span></pre>'
}
account=$(cd "$work" && $dormouse --format json decide --dry-run | tr '{' '\n' |
    sed -n 's/.*"email":"\([^"]*\)".*"reason":"recently_enabled".*/\1/p' | head -n 1)
picture() {
    page <"$work/session.txt" >"$work/$1.html"
    lines=$(wc -l <"$work/session.txt")
    browser --window-size=960,$((lines * 20 + 40)) --screenshot="$out/$1.png" "file://$work/$1.html"
}
{ shown sync; shown "apply --yes"; } >"$work/session.txt"
picture run
session status "explain $account" >"$work/session.txt"
picture terminal
echo "wrote $out/report.png, $out/report.pdf, $out/run.png and $out/terminal.png"
