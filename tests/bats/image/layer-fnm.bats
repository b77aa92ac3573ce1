#!/usr/bin/env bats
load ../../support/bats/helper

setup() {
  load_snippet image/layer-fnm
  IMAGE=$BATS_TEST_TMPDIR/image
  mkdir -p "$IMAGE/usr/local/bin" "$IMAGE/opt/fnm/node-versions/v24.11.1/installation/bin"
  image_layer_fnm | sed -e '0,/^RUN/d;/^STEP$/,$d' -e "s|/usr/local/|$IMAGE/usr/local/|g;s|/opt/fnm|$IMAGE/opt/fnm|g" >"$BATS_TEST_TMPDIR/body"
  node v24.11.1
  stub unzip <<UNZIP
[[ \$* == '-q /run/podsand-context/fnm.zip fnm -d $IMAGE/usr/local/bin' ]] || exit 9
cp '$BATS_TEST_TMPDIR/fnm' '$IMAGE/usr/local/bin/fnm'
UNZIP
  # A stub that lays out an alias as fnm does.
  cat >"$BATS_TEST_TMPDIR/fnm" <<'FNM'
#!/bin/bash
[[ $1 == default ]] || exit 9
mkdir -p "$FNM_DIR/aliases"
ln -sfn "$FNM_DIR/node-versions/$2/installation" "$FNM_DIR/aliases/default"
FNM
}

node() { # <the version that it says>
  install -m 0755 /dev/stdin "$IMAGE/opt/fnm/node-versions/v24.11.1/installation/bin/node" <<<$'#!/bin/sh\necho '"$1"
}

layer() {
  run env -i "PATH=$BATS_TEST_TMPDIR/bin:$IMAGE/usr/local/bin:/usr/bin:/bin" "FNM_DIR=$IMAGE/opt/fnm" NODE_VERSION=v24.11.1 /bin/sh "$BATS_TEST_TMPDIR/body"
}

@test "fnm is a program for all, and the Node.js that lies where it would have put it is its default" {
  layer
  ((status == 0))
  [[ $(stat -c %a "$IMAGE/usr/local/bin/fnm") == 755 && $("$IMAGE/opt/fnm/aliases/default/bin/node") == v24.11.1 ]]
}

@test "another Node.js than the pinned one stops the build, and is named" {
  node v20.0.0
  layer
  ((status == 1))
  [[ $output == *"fnm's default is Node.js v20.0.0, wanted v24.11.1"* ]]
}

@test "trap 12: an archive that cannot be unpacked stops the build" {
  stub unzip <<<'exit 9'
  layer
  ((status == 9))
}

@test "Node.js comes from the stage that verified it, into the place that fnm knows, and into PATH" {
  image_layer_fnm >"$BATS_TEST_TMPDIR/layer"
  grep -qxF 'COPY --from=agent /opt/node/node-*/ /opt/fnm/node-versions/${NODE_VERSION}/installation/' "$BATS_TEST_TMPDIR/layer"
  grep -qxF 'ENV FNM_DIR=/opt/fnm' "$BATS_TEST_TMPDIR/layer"
  [[ $(tail -n 1 "$BATS_TEST_TMPDIR/layer") == 'ENV PATH=/opt/fnm/aliases/default/bin:$PATH' ]]
}
