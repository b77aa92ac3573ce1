# shellcheck shell=bash
# /// snippet
# name = "image/part-dotfiles"
# summary = "Part of the image: the repository of the user's own that is checked out and installed in its home."
# requires = ["image/layer-dotfiles"]
# params = ["CFG_IMAGE_DOTFILES_COMMIT", "CFG_IMAGE_DOTFILES_DIRECTORY", "CFG_IMAGE_DOTFILES_INSTALL", "CFG_IMAGE_DOTFILES_REPOSITORY", "CFG_IMAGE_DOTFILES_SUBMODULES"]
# hosts = ["image.dotfiles.repository", "whatever image.dotfiles.install asks"]
# ///

image_part_dotfiles() { # appends to IMAGE_BUILD_ARGUMENTS
  local install
  printf -v install '%s\n' "${CFG_IMAGE_DOTFILES_INSTALL[@]}"
  IMAGE_BUILD_ARGUMENTS+=(
    "DOTFILES_REPOSITORY=$CFG_IMAGE_DOTFILES_REPOSITORY"
    "DOTFILES_COMMIT=$CFG_IMAGE_DOTFILES_COMMIT"
    "DOTFILES_DIRECTORY=${CFG_IMAGE_DOTFILES_DIRECTORY#??}"
    "DOTFILES_SUBMODULES=$CFG_IMAGE_DOTFILES_SUBMODULES"
    "DOTFILES_INSTALL=$install"
  )
}
