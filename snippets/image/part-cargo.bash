# shellcheck shell=bash
# /// snippet
# name = "image/part-cargo"
# summary = "Part of the image: Rust programs of exact versions."
# requires = ["image/layer-cargo"]
# params = ["CFG_IMAGE_CARGO"]
# hosts = ["cargo's registry"]
# ///

image_part_cargo() { # appends to IMAGE_BUILD_ARGUMENTS
  IMAGE_BUILD_ARGUMENTS+=("CARGO_CRATES=${CFG_IMAGE_CARGO[*]}")
}
