# shellcheck shell=bash
# /// snippet
# name = "image/part-cargo"
# summary = "Part of the image: Rust programs of exact versions."
# requires = ["image/layer-cargo"]
# params = ["CFG_IMAGE_CARGO"]
# hosts = ["crates.io and its mirrors, as cargo in the image has them configured"]
# [[downloads]]
# what = "Rust programs and the crates that they are made of: {image.cargo}"
# source = "cargo's registry, crates.io unless the image says otherwise"
# pin = "exact versions, and the checksums in each program's own lock file, which the registry hands out; no hash of this script's"
# ///

image_part_cargo() { # appends to IMAGE_BUILD_ARGUMENTS
  IMAGE_BUILD_ARGUMENTS+=("CARGO_CRATES=${CFG_IMAGE_CARGO[*]}")
}
