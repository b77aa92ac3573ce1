#!/usr/bin/env bats
load ../../support/bats/helper

setup() {
  load_snippet sandbox/seccomp-common
}

@test "each line is a group with its reason, names, or a name with conditions, and no longer than 160 characters" {
  local line groups=0 names=0 conditions=0
  while IFS= read -r line; do
    ((${#line} <= 160))
    case $line in
      '# '* | '') ;;
      '['*)
        [[ $line =~ ^\[[a-z-]+\]\ (allow|E[A-Z]+):\ .+\.$ ]]
        groups=$((groups + 1))
        ;;
      *': '*)
        [[ $line =~ ^[a-z]+:\ arg[0-5]\  ]]
        conditions=$((conditions + 1))
        ;;
      *)
        [[ $line =~ ^[a-z0-9_]+(\ [a-z0-9_]+)*$ ]]
        names=$((names + 1))
        ;;
    esac
  done <<<"$(sandbox_seccomp_common)"
  ((groups > 30 && names > 30 && conditions == 6))
}

@test "no name stands twice, but socket with other arguments" {
  local names
  names=$(sandbox_seccomp_common | grep '^[a-z]' | sed 's/:.*//' | tr ' ' '\n' | sort)
  [[ $(uniq -d <<<"$names") == socket ]]
}

@test "nothing is allowed by anything but" {
  local line group='' conditions=0
  while IFS= read -r line; do
    case $line in
      '['*) group=$line ;;
      *': arg'*)
        conditions=$((conditions + 1))
        [[ $group != *'] allow: '* || $line != *[\!\>]* ]]
        ;;
      *) ;;
    esac
  done <<<"$(sandbox_seccomp_common)"
  ((conditions > 0))
}

@test "namespaces, mounts and tracing are left to the profiles" {
  local name names
  names=" $(sandbox_seccomp_common | grep '^[a-z]' | tr '\n' ' ') "
  [[ $names == *' fork '* ]]
  for name in clone clone3 unshare setns mount chroot sethostname ptrace kcmp; do
    [[ $names != *" $name "* && $names != *" $name: "* ]]
  done
}
