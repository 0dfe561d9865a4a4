#!/usr/bin/env bash
# Install what the tests need beyond Python: a mail server, a browser, a font that can draw Arabic. `make test` calls it.
set -euo pipefail

have_mail_server() { command -v dovecot >/dev/null || [ -x /usr/sbin/dovecot ]; }
have_delivery() { [ -x /usr/lib/dovecot/lmtp ] || [ -x /usr/libexec/dovecot/lmtp ]; }
have_browser() { command -v chromium >/dev/null; }
have_font() { ls -d /usr/share/fonts/truetype/noto/NotoNaskhArabic-Regular.ttf /usr/share/fonts/truetype/noto/NotoSansArabic-Regular.ttf >/dev/null 2>&1; }

look() {
    missing=()
    have_mail_server || missing+=(dovecot-imapd)
    have_delivery || missing+=(dovecot-lmtpd)
    have_browser || missing+=(chromium)
    have_font || missing+=(fonts-noto-core)
}

look
[ ${#missing[@]} -eq 0 ] && exit 0

if [ "$(id -u)" -eq 0 ]; then
    as_root=(env)
elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
    as_root=(sudo -n env)
else
    as_root=()
fi

if [ ${#as_root[@]} -gt 0 ] && command -v apt-get >/dev/null; then
    echo "test: installing ${missing[*]}"
    log=$(mktemp)
    { "${as_root[@]}" apt-get update -q &&
        "${as_root[@]}" DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${missing[@]}"; } \
        >"$log" 2>&1 </dev/null || tail -n 20 "$log" >&2
    rm -f "$log"
    look
    [ ${#missing[@]} -eq 0 ] && exit 0
fi

echo "test: these could not be installed, and the tests need them: ${missing[*]}" >&2
echo "test: on Debian, as root: apt-get update && apt-get install --no-install-recommends ${missing[*]}" >&2
exit 1
