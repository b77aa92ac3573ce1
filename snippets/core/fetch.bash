# shellcheck shell=bash
# /// snippet
# name = "core/fetch"
# summary = "Download what is pinned: no match with its sha256, no file."
# requires = ["core/files", "core/proxy", "core/task"]
# hosts = ["proxy.url"]
# tools = ["curl", "ca-certificates"]
# ///

fetch_verified() { # <url> <sha256> <destination>
  local url=$1 sha256=$2 destination=$3
  local part=$destination.part
  [[ $sha256 =~ ^[0-9a-f]{64}$ ]] || die 1 "no sha256 is known for $url" 'pin one in the profile, and generate the script again'
  files_directory "${destination%/*}"
  if [[ -f $destination ]]; then
    files_sha256 "$destination"
    [[ $FILES_SHA256 != "$sha256" ]] || return 0
  fi
  local resumed=false
  [[ ! -s $part ]] || resumed=true
  fetch_download "$url" "$part"
  files_sha256 "$part"
  if [[ $FILES_SHA256 != "$sha256" && $resumed == true ]]; then
    # What an earlier run left may have been of another file.
    rm -f -- "$part"
    fetch_download "$url" "$part"
    files_sha256 "$part"
  fi
  if [[ $FILES_SHA256 != "$sha256" ]]; then
    rm -f -- "$part"
    die 1 "$url is not what this script expects: sha256 is $FILES_SHA256, pinned is $sha256" \
      'it was changed, or a proxy answered in its place; do not run it, and ask whoever gave you this script'
  fi
  mv -fT -- "$part" "$destination"
}

# Four tries, with 1, 2 and 4 seconds between them; each goes on where the one before stopped.
fetch_download() { # <url> <part>
  local url=$1 part=$2 try=0 code=0 host=${1#*://}
  while :; do
    code=0
    fetch_curl "$url" "$part" || code=$?
    case $code in
      0) return 0 ;;
      # 33: no ranges; 36: cannot resume. Start again from nothing.
      33 | 36) rm -f -- "$part" ;;
      # 22: the server answered with an error. 416 is "nothing more to send" to a request that resumes.
      22) [[ $FETCH_STATUS != 416 ]] || return 0 ;;
      23) die 1 "$part cannot be written" 'is the disk full?' ;;
      60 | 77) die 1 "the certificate of ${host%%/*} is not trusted" 'behind a proxy that opens TLS, name its CA in the profile: [proxy] ca_bundle' ;;
      *) ;;
    esac
    try=$((try + 1))
    if ((try > 3)) || [[ $FETCH_STATUS == 40[134] ]]; then
      fetch_failed "$url" "$part" "$code"
    fi
    sleep "$((1 << (try - 1)))"
  done
}

fetch_failed() { # <url> <part> <curl's exit code>
  [[ -s $2 ]] || rm -f -- "$2"
  if [[ $3 == 22 ]]; then
    die 75 "$1: the server answered $FETCH_STATUS" 'check the address in the profile (a mirror?), or try again later'
  fi
  die 75 "$1 cannot be reached (curl: exit $3)" 'check the network and the proxy variables, then run the same command again: it goes on where it stopped'
}

fetch_curl() { # <url> <part>   sets FETCH_STATUS to the HTTP status
  local code=0 protocols='=https,http'
  # What began over https stays there: a redirect must not take it into the open.
  [[ $1 != https:* ]] || protocols='=https'
  local -a options=(--fail --location --proto "$protocols" --silent --show-error --connect-timeout 20
    --speed-limit 1024 --speed-time 60 --continue-at - --output "$2" --write-out '%{http_code}')
  # Before it is made, in the root phase, the system itself trusts the company's CA.
  [[ ! -r $PATHS_CA ]] || options+=(--cacert "$PATHS_CA")
  # -q first: the user's own .curlrc must not weaken this.
  FETCH_STATUS=$(curl -q "${options[@]}" -- "$1") || code=$?
  FETCH_STATUS=${FETCH_STATUS:-000}
  return "$code"
}
