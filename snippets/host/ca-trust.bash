# shellcheck shell=bash
# /// snippet
# name = "host/ca-trust"
# summary = "Let the whole system trust the company's CA: apt and the docker daemon have no bundle of their own."
# requires = ["core/as-root", "core/steps", "core/task", "host/packages"]
# params = ["CFG_PROXY_CA_BUNDLE"]
# step = "host_ca_trust"
# root = true
# commands = [
#   "install -D -m 0644 /dev/stdin <one file for each certificate>",
#   "update-ca-certificates",
#   "rm -f -- <the certificate's file>",
#   "update-ca-certificates --fresh",
# ]
# writes = ["/usr/local/share/ca-certificates/podsand-<n>.crt", "/etc/ssl/certs/ca-certificates.crt"]
# undo.host_ca_trust_file = "the certificate is removed, and the system's trust is made anew without it"
# ///

host_ca_trust_missing() { # sets HOST_CA_TRUST_MISSING, certificates in PEM form, and HOST_CA_TRUST_SOURCE; 1 when it holds none
  local system='' line body='' pem='' found=1
  HOST_CA_TRUST_MISSING=() HOST_CA_TRUST_SOURCE=''
  paths_expand HOST_CA_TRUST_SOURCE "$CFG_PROXY_CA_BUNDLE"
  [[ -r $HOST_CA_TRUST_SOURCE ]] || return 1
  # Lines may be of any length: what counts is the base64 between them.
  [[ ! -r $PODSAND_ROOT/etc/ssl/certs/ca-certificates.crt ]] || system=$(tr -d '\r\n' <"$PODSAND_ROOT/etc/ssl/certs/ca-certificates.crt")
  while IFS= read -r line || [[ -n $line ]]; do
    line=${line%$'\r'}
    case $line in
      '-----BEGIN CERTIFICATE-----') body='' pem=$line$'\n' ;;
      '-----END CERTIFICATE-----')
        [[ -z $body ]] || found=0
        [[ -z $pem || $system == *"$body"* ]] || HOST_CA_TRUST_MISSING+=("$pem$line")
        pem=''
        ;;
      *) body+=$line pem+=${pem:+$line$'\n'} ;;
    esac
  done <"$HOST_CA_TRUST_SOURCE"
  return "$found"
}

host_ca_trust_file() { # <variable> <certificate>   named by what it holds: the next company's CA must not take its place
  local sum
  sum=$(sha256sum <<<"$2")
  printf -v "$1" '/usr/local/share/ca-certificates/podsand-%s.crt' "${sum:0:8}"
}

host_ca_trust_check() {
  STEPS_WHY="there is no certificate in PEM form in $CFG_PROXY_CA_BUNDLE"
  host_ca_trust_missing || return 1
  STEPS_WHY="the system trusts what is in $HOST_CA_TRUST_SOURCE"
  ((${#HOST_CA_TRUST_MISSING[@]})) || return 0
  STEPS_WHY="the system does not trust ${#HOST_CA_TRUST_MISSING[@]} certificates of $HOST_CA_TRUST_SOURCE"
  return 1
}

host_ca_trust_commands() {
  local pem file
  for pem in ${HOST_CA_TRUST_MISSING[@]+"${HOST_CA_TRUST_MISSING[@]}"}; do
    host_ca_trust_file file "$pem"
    printf '%s\n' "install -D -m 0644 /dev/stdin $file"
  done
  printf '%s\n' update-ca-certificates
}

host_ca_trust_apply() {
  local pem file
  host_ca_trust_missing || die 1 "the CA file of the profile is not there, or holds no certificate in PEM form: $HOST_CA_TRUST_SOURCE" \
    "put your company's CA certificates (PEM) there, or change [proxy] ca_bundle"
  [[ -x $PODSAND_ROOT/usr/sbin/update-ca-certificates ]] || die 69 'this system has no update-ca-certificates' \
    "let it trust $HOST_CA_TRUST_SOURCE by its own means, then run this again"
  for pem in ${HOST_CA_TRUST_MISSING[@]+"${HOST_CA_TRUST_MISSING[@]}"}; do
    host_ca_trust_file file "$pem"
    journal_add host_ca_trust_file "$file"
    as_root install -D -m 0644 /dev/stdin "$file" <<<"$pem"
  done
  task_run 'trust the CA' as_root update-ca-certificates
}

host_ca_trust_file_undo() { # <file>
  [[ -e $PODSAND_ROOT$1 ]] || return 0
  STEPS_PHASE=root
  as_root rm -f -- "$1"
  as_root update-ca-certificates --fresh
}
