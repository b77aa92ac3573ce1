# shellcheck shell=bash
# /// snippet
# name = "core/proxy"
# summary = "Proxy variables for what the script itself starts, in both spellings, credentials from outside the script."
# requires = ["core/paths"]
# params = ["CFG_PROXY_CREDENTIALS_ENV", "CFG_PROXY_CREDENTIALS_FILE", "CFG_PROXY_NO_PROXY", "CFG_PROXY_URL"]
# ///

proxy_setup() {
  local name upper url=$CFG_PROXY_URL
  if [[ -n $url ]]; then
    PROXY_CREDENTIALS=''
    [[ -z $CFG_PROXY_CREDENTIALS_ENV$CFG_PROXY_CREDENTIALS_FILE ]] || proxy_credentials
    url=${url%%://*}://${PROXY_CREDENTIALS:+$PROXY_CREDENTIALS@}${url#*://}
    local IFS=,
    unset HTTP_PROXY HTTPS_PROXY NO_PROXY
    export http_proxy=$url https_proxy=$url no_proxy="${CFG_PROXY_NO_PROXY[*]-}"
  fi
  # curl and apt read http_proxy in lower case only; other programs read upper case only.
  for name in http_proxy https_proxy no_proxy; do
    upper=${name^^}
    if [[ -n ${!name:-} ]]; then
      export "$upper=${!name}"
    elif [[ -n ${!upper:-} ]]; then
      export "$name=${!upper}"
    fi
  done
}
