# shellcheck shell=bash
# /// snippet
# name = "podman/signature"
# summary = "Check the archive's OpenPGP signature against the key that the profile embeds."
# requires = ["core/fetch"]
# params = ["CFG_PODMAN_SIGNING_KEY"]
# hosts = ["podman.mirror"]
# tools = ["base64", "sqv|gpgv"]
# [[downloads]]
# what = "the signature of podman's archive"
# source = "{podman.mirror}/{podman.version}/podman-linux-{amd64,arm64}.tar.gz.asc"
# pin = "podman.signing_key"
# ///

podman_signature_verify() { # <archive> <url of the signature>
  local work verifier
  podman_signature_verifier
  verifier=$PODMAN_SIGNATURE_VERIFIER
  work=$(mktemp -d)
  die_cleanup "$work"
  fetch_download "$2" "$work/signature.asc"
  "podman_signature_$verifier" "$work" "$1" >"$work/said" 2>&1 || podman_signature_bad "$1" "$verifier" "$work"
  rm -rf -- "$work"
}

podman_signature_bad() { # <archive> <verifier> <work directory>
  local said
  said=$(<"$3/said")
  rm -f -- "$1"
  die 1 "the signature of the podman archive is not good; $2 says: ${said##*$'\n'}" \
    'it was not signed by the key in the profile; do not run it, and ask whoever gave you this script'
}

podman_signature_verifier() { # sets PODMAN_SIGNATURE_VERIFIER
  for PODMAN_SIGNATURE_VERIFIER in sqv gpgv; do
    ! command -v "$PODMAN_SIGNATURE_VERIFIER" >/dev/null || return 0
  done
  die 69 'neither sqv nor gpgv is here, so the signature of podman cannot be checked' 'install one of them: sudo apt-get install gpgv'
}

podman_signature_sqv() { # <work directory> <archive>
  printf '%s\n' "${CFG_PODMAN_SIGNING_KEY[@]}" >"$1/key.asc"
  sqv --keyring "$1/key.asc" "$1/signature.asc" "$2"
}

podman_signature_gpgv() { # <work directory> <archive>
  podman_signature_dearmor >"$1/key.gpg"
  gpgv --homedir "$1" --keyring "$1/key.gpg" "$1/signature.asc" "$2"
}

# gpgv reads binary keyrings only; the armor is base64 between an empty line and a checksum line (RFC 9580, 6.2).
podman_signature_dearmor() {
  local line body=false
  for line in "${CFG_PODMAN_SIGNING_KEY[@]}"; do
    case $line in
      -----END* | =*) break ;;
      '') body=true ;;
      *) [[ $body == false ]] || printf '%s\n' "$line" ;;
    esac
  done | base64 -d
}
