#!/bin/sh
# Install what the browser tests need (Chromium, CJK fonts) where that is possible; never fails the caller.
set -u

browser=""
for name in chromium chromium-browser google-chrome google-chrome-stable; do
    if command -v "$name" >/dev/null 2>&1; then
        browser=$(command -v "$name")
        break
    fi
done

packages=""
[ -n "$browser" ] || packages="chromium"
has_cjk_fonts() {
    [ -d /usr/share/fonts/opentype/noto ] && ls /usr/share/fonts/opentype/noto/NotoSansCJK* >/dev/null 2>&1
}
if ! has_cjk_fonts; then
    if command -v fc-list >/dev/null 2>&1 && [ -n "$(fc-list :lang=zh family)" ]; then
        :
    else
        packages="$packages fonts-noto-cjk"
    fi
fi

if [ -z "$packages" ]; then
    echo "browser tests: $browser and Chinese fonts are here, nothing to install."
    exit 0
fi
if ! command -v apt-get >/dev/null 2>&1; then
    echo "browser tests: missing $packages, and no apt-get here: install them by hand, or those tests are skipped." >&2
    exit 0
fi
if [ "$(id -u)" -ne 0 ]; then
    echo "browser tests: missing $packages, and not root: run 'sudo apt-get install $packages', or those tests are skipped." >&2
    exit 0
fi

echo "browser tests: installing $packages (apt-get, some 400 MB on disk) ..."
log=$(mktemp)
export DEBIAN_FRONTEND=noninteractive
# shellcheck disable=SC2086 # one word a package is meant
if { apt-get update -qq && apt-get install -y -qq --no-install-recommends $packages; } >"$log" 2>&1; then
    echo "browser tests: installed $packages."
else
    echo "browser tests: apt-get could not install $packages; the browser tests will be skipped. Its last words:" >&2
    tail -n 3 "$log" >&2
fi
rm -f "$log"
exit 0
