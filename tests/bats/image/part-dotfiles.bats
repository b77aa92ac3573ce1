#!/usr/bin/env bats
load ../../support/bats/helper

setup() {
  load_snippet image/part-dotfiles
  IMAGE_BUILD_ARGUMENTS=()
  CFG_IMAGE_DOTFILES_REPOSITORY=https://host/me/dotfiles.git CFG_IMAGE_DOTFILES_COMMIT=c0ffee CFG_IMAGE_DOTFILES_SUBMODULES=true
  CFG_IMAGE_DOTFILES_DIRECTORY='~/.dot files' CFG_IMAGE_DOTFILES_INSTALL=("echo \"\$HOME\" \\n 'x'" './install || true')
}

@test "each value is an argument of its own; the lines of the installation are one script" {
  image_part_dotfiles
  printf '<%s>\n' "${IMAGE_BUILD_ARGUMENTS[@]}" >"$BATS_TEST_TMPDIR/seen"
  diff - "$BATS_TEST_TMPDIR/seen" <<'SEEN'
<DOTFILES_REPOSITORY=https://host/me/dotfiles.git>
<DOTFILES_COMMIT=c0ffee>
<DOTFILES_DIRECTORY=.dot files>
<DOTFILES_SUBMODULES=true>
<DOTFILES_INSTALL=echo "$HOME" \n 'x'
./install || true
>
SEEN
}

@test "without lines there is nothing to run" {
  CFG_IMAGE_DOTFILES_INSTALL=()
  image_part_dotfiles
  [[ ${IMAGE_BUILD_ARGUMENTS[4]} == $'DOTFILES_INSTALL=\n' ]]
}
