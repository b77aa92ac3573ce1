#!/usr/bin/env bats
load ../../support/bats/helper

setup_file() {
  # A repository with a submodule, whose second commit is not the one that is wanted.
  export GIT_CONFIG_GLOBAL=$BATS_FILE_TMPDIR/gitconfig
  printf '[user]\nname = stub\nemail = stub@podsand.invalid\n[protocol "file"]\nallow = always\n[init]\ndefaultBranch = main\n' >"$GIT_CONFIG_GLOBAL"
  cd "$BATS_FILE_TMPDIR"
  git init -q tools
  install -m 0755 /dev/stdin tools/tool <<<$'#!/bin/sh\necho tool of the submodule'
  git -C tools add tool
  git -C tools commit -q -m tools
  git init -q dotfiles
  install -m 0755 /dev/stdin dotfiles/install.sh <<<$'#!/bin/sh\necho "run $*" >>~/ran\n[ -e ~/stuck ] || { : >~/stuck; exit 1; }'
  git -C dotfiles submodule --quiet add "$BATS_FILE_TMPDIR/tools" tools
  git -C dotfiles add .
  git -C dotfiles commit -q -m dotfiles
  COMMIT=$(git -C dotfiles rev-parse HEAD)
  export COMMIT
  printf 'exit 1\n' >dotfiles/install.sh
  git -C dotfiles commit -q -a -m later
}

setup() {
  load_snippet image/layer-dotfiles
  image_layer_dotfiles | sed -e '0,/^RUN/d;/^STEP$/,$d' -e "s|/run/podsand-ca.pem|$BATS_TEST_TMPDIR/ca.pem|g" >"$BATS_TEST_TMPDIR/body"
}

layer() { # <script> [VARIABLE=VALUE]…
  run env -i PATH=/usr/bin:/bin "HOME=$HOME" "GIT_CONFIG_GLOBAL=$GIT_CONFIG_GLOBAL" "DOTFILES_REPOSITORY=$BATS_FILE_TMPDIR/dotfiles" \
    "DOTFILES_COMMIT=$COMMIT" 'DOTFILES_DIRECTORY=.dot files' DOTFILES_SUBMODULES=true "DOTFILES_INSTALL=$1" "${@:2}" /bin/sh "$BATS_TEST_TMPDIR/body"
}

@test "the pinned commit is checked out, not what its branch has now, with its submodules" {
  layer ''
  ((status == 0))
  [[ $(git -C "$HOME/.dot files" rev-parse HEAD) == "$COMMIT" && $("$HOME/.dot files/tools/tool") == 'tool of the submodule' ]]
}

@test "without submodules there are none" {
  layer '' DOTFILES_SUBMODULES=false
  ((status == 0))
  [[ ! -e "$HOME/.dot files/tools/tool" ]]
}

@test "a commit that the repository does not have stops the build, and nothing is run" {
  layer ': >~/executed' DOTFILES_COMMIT=0123456789012345678901234567890123456789
  ((status != 0))
  [[ ! -e $HOME/executed ]]
}

@test "the lines are one script in the repository: what one sets, the next ones have" {
  layer "$(
    cat <<'LINES'
X="a  b"
export Y=$X
printf '%s|' "$PWD" "$Y" "$UNSET" '$X' "\\" >~/seen
LINES
  )"
  [[ $(<"$HOME/seen") == "$HOME/.dot files|a  b||\$X|\\|" ]]
}

@test "an installer that gets stuck the first time is run a second time when the lines say so" {
  layer $'./install.sh 1 || echo stuck >&2\n./install.sh 2'
  ((status == 0))
  [[ $(<"$HOME/ran") == $'run 1\nrun 2' ]]
}

@test "trap 12: the first line that fails stops the build, although others follow" {
  layer $'./install.sh 1\n./install.sh 2'
  ((status != 0))
  [[ $(<"$HOME/ran") == 'run 1' ]]
}

@test "the company's CA reaches what the lines start, when the build has the secret, and it holds something" {
  layer 'env >~/environment'
  run -1 grep ca.pem "$HOME/environment"
  rm -rf "$HOME/.dot files"
  printf 'certificate\n' >"$BATS_TEST_TMPDIR/ca.pem"
  layer 'env >~/environment'
  ((status == 0))
  local name
  for name in CARGO_HTTP_CAINFO CURL_CA_BUNDLE DENO_CERT GIT_SSL_CAINFO NODE_EXTRA_CA_CERTS PIP_CERT REQUESTS_CA_BUNDLE SSL_CERT_FILE; do
    grep -qx "$name=$BATS_TEST_TMPDIR/ca.pem" "$HOME/environment"
  done
}
