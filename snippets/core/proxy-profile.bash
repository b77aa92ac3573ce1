# shellcheck shell=bash
# /// snippet
# name = "core/proxy-profile"
# summary = "The proxy that the profile names, with credentials from outside the script."
# requires = ["core/proxy"]
# params = ["CFG_PROXY_CREDENTIALS_ENV", "CFG_PROXY_CREDENTIALS_FILE", "CFG_PROXY_NO_PROXY", "CFG_PROXY_URL"]
# ///

proxy_profile() {
  local url IFS=,
  PROXY_CREDENTIALS=''
  [[ -z $CFG_PROXY_CREDENTIALS_ENV$CFG_PROXY_CREDENTIALS_FILE ]] || proxy_credentials
  url=${CFG_PROXY_URL%%://*}://${PROXY_CREDENTIALS:+$PROXY_CREDENTIALS@}${CFG_PROXY_URL#*://}
  unset HTTP_PROXY HTTPS_PROXY NO_PROXY
  export http_proxy=$url https_proxy=$url no_proxy="${CFG_PROXY_NO_PROXY[*]-}"
}
