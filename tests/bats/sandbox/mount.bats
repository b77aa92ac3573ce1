#!/usr/bin/env bats
load ../../support/bats/helper

setup() {
  load_snippet sandbox/mount
  SANDBOX_FLAGS=()
}

@test "fields without commas and quotes stand as they are, in one value behind one --mount" {
  sandbox_mount type=bind src=/a dst=/b ro=true
  [[ ${#SANDBOX_FLAGS[@]} == 2 && ${SANDBOX_FLAGS[0]} == --mount && ${SANDBOX_FLAGS[1]} == 'type=bind,src=/a,dst=/b,ro=true' ]]
  sandbox_mount type=volume src=v dst=/v
  ((${#SANDBOX_FLAGS[@]} == 4))
}

@test "paths of any name come out of CSV as they went in, and add no field" {
  local path wanted=''
  for path in /plain '/a,b' '/a,ro=false' '/say "so"' '/"' '/",' '/a","b' '/,' '/a"",b' "/it's" '/$(x)' '/a=b' '/a\b' '/ a ' '/漢,ü' '/{{ y }}' '/#'; do
    sandbox_mount type=bind "src=$path" "dst=$path" ro=true
    wanted+="type=bind|src=$path|dst=$path|ro=true"$'\n'
  done
  [[ $(mounts)$'\n' == "$wanted" ]]
}

@test "a quoted field is quoted whole: a quote in the middle of a field is an error of CSV" {
  sandbox_mount 'src=/a,b"c'
  [[ ${SANDBOX_FLAGS[1]} == '"src=/a,b""c"' ]]
  sandbox_mount 'src=/b"c'
  [[ ${SANDBOX_FLAGS[3]} == '"src=/b""c"' ]]
}
