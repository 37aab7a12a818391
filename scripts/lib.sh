# Shared by the scripts here; sourced, never run.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

say() { printf '%s %s\n' "$(date +%H:%M:%S)" "$*"; }
die() { printf '%s: %s\n' "$(basename "$0")" "$*" >&2; exit 2; }

# Every file git tracks or would track whose name ends so: files_named .lua
files_named() {
    git -C "$root" ls-files -z --cached --others --exclude-standard -- "*$1" | sort -z -u |
        while IFS= read -r -d '' path; do [ -e "$root/$path" ] && printf '%s\n' "$path"; done
}
