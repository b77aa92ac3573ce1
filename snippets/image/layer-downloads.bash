# shellcheck shell=bash
# /// snippet
# name = "image/layer-downloads"
# summary = "Dockerfile layer: files from the network, each with the sha256 by which it is named in the build context."
# data = true
# ///

image_layer_downloads() {
  cat <<'LAYER'
ARG DOWNLOADS
RUN --mount=type=bind,target=/run/podsand-context <<STEP
set -eu
printf '%s\n' "$DOWNLOADS" | while read -r sha256 unpack mode strip path; do
  file=/run/podsand-context/$sha256
  case $unpack in
    no) install -D -m "$mode" "$file" "$path" ;;
    gzip)
      mkdir -p "${path%/*}"
      gzip -dc <"$file" >"$path"
      chmod "$mode" "$path"
      ;;
    tar)
      mkdir -p "$path"
      tar -x --no-same-owner --strip-components="$strip" -f "$file" -C "$path"
      ;;
    zip)
      mkdir -p "$path"
      unzip -q "$file" -d "$path"
      ;;
    *)
      echo "podsand does not know how to unpack by $unpack" >&2
      exit 1
      ;;
  esac
done
STEP

LAYER
}
