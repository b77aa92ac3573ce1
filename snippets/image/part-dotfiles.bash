# shellcheck shell=bash
# /// snippet
# name = "image/part-dotfiles"
# summary = "Part of the image: the repository of the user's own that is checked out and installed in its home."
# requires = ["image/layer-dotfiles"]
# params = ["CFG_IMAGE_DOTFILES_COMMIT", "CFG_IMAGE_DOTFILES_DIRECTORY", "CFG_IMAGE_DOTFILES_INSTALL", "CFG_IMAGE_DOTFILES_REPOSITORY", "CFG_IMAGE_DOTFILES_SUBMODULES"]
# hosts = ["image.dotfiles.repository", "whatever image.dotfiles.install asks"]
# [[downloads]]
# what = "the repository of dotfiles, and its submodules"
# source = "{image.dotfiles.repository}"
# pin = "image.dotfiles.commit"
# [[downloads]]
# what = "what the dotfiles' installers fetch"
# source = "wherever the lines of image.dotfiles.install and the scripts that they call go"
# pin = "nothing: it runs in the build, and nobody here knows what it brings"
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
