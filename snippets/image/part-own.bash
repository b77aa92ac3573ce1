# shellcheck shell=bash
# /// snippet
# name = "image/part-own"
# summary = "Part of an image whose Dockerfile is the profile's own: what is asked of it before it is used."
# requires = ["image/probe-own"]
# params = ["CFG_AGENT_COMMAND", "CFG_SANDBOX_USER"]
# hosts = ["whatever image.dockerfile asks"]
# [[downloads]]
# what = "what image.dockerfile fetches, its base images and the agent among it"
# source = "wherever its lines go"
# pin = "only what the Dockerfile pins by itself: its text stands in the script, and is to be read"
# ///

image_part_own() { # sets IMAGE_BUILD_PROBE
  local home=/home/agent script
  [[ $CFG_SANDBOX_USER == agent ]] || home=/root
  script=$(image_probe_own)
  IMAGE_BUILD_PROBE=(/bin/sh -euc "$script" probe "$home" "${CFG_AGENT_COMMAND[0]}")
}
