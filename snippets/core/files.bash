# shellcheck shell=bash
# /// snippet
# name = "core/files"
# summary = "Files, directories, trees and symbolic links: written whole or not at all, journaled, nothing foreign overwritten."
# requires = ["core/journal"]
# undo.files_file = "files removed, edited ones kept beside"
# undo.files_backup = "what --adopt put aside comes back"
# undo.files_directory = "empty directories removed"
# undo.files_tree = "its own directories removed whole"
# undo.files_link = "links removed"
# ///

files_render() { # <destination> <mode>   the content comes on standard input
  # A name that the next run uses again, and uninstall knows: at the end of a pipe nothing can be cleaned up after a failure.
  cat >"$PATHS_DATA/rendered"
  files_install "$PATHS_DATA/rendered" "$1" "$2"
  rm -f -- "$PATHS_DATA/rendered"
}

files_install() { # <source> <destination> <mode>
  local source=$1 destination=$2 mode=$3 sha256 temporary
  files_sha256 "$source"
  sha256=$FILES_SHA256
  if [[ -e $destination || -L $destination ]]; then
    files_same "$source" "$destination" "$mode" && return 0
    files_give_way "$destination"
  fi
  files_directory "${destination%/*}"
  journal_add files_file "$destination" "$sha256"
  temporary=${destination%/*}/.podsand.${destination##*/}
  die_cleanup "$temporary"
  cat -- "$source" >"$temporary"
  chmod -- "$mode" "$temporary"
  mv -fT -- "$temporary" "$destination"
}

files_same() { # <source> <destination> <mode>
  local sha256 found
  [[ -f $2 && ! -L $2 ]] || return 1
  found=$(stat -c %a -- "$2")
  [[ $found == "${3#0}" ]] || return 1
  files_sha256 "$2"
  sha256=$FILES_SHA256
  files_sha256 "$1"
  [[ $sha256 == "$FILES_SHA256" ]]
}

# A file that we wrote and nobody touched may be replaced. One of ours that was edited is kept aside. Anybody
# else's is refused, or with --adopt backed up, and put back by uninstall.
files_give_way() { # <destination>
  local destination=$1 saved
  if journal_has files_file "$destination"; then
    files_ours "$destination" || files_aside "$destination"
    return 0
  fi
  [[ ${FILES_ADOPT:-false} == true ]] || die 1 "$destination is there already, and podsand did not write it" \
    "move it away, or install with --adopt: it is then backed up, replaced, and put back by uninstall"
  files_directory "$PATHS_BACKUP"
  saved=$(mktemp -u -- "$PATHS_BACKUP/XXXXXXXX")
  journal_add files_backup "$destination" "$saved"
  mv -T -- "$destination" "$saved"
}

files_holds() { # <path> <content, as $() gives it>   for the checks of steps; sets STEPS_WHY
  STEPS_WHY="$1 is up to date"
  if [[ ! -f $1 || -L $1 ]]; then
    STEPS_WHY="$1 is not there"
  elif [[ $(<"$1") != "$2" ]]; then
    STEPS_WHY="$1 says something else"
  else
    return 0
  fi
  return 1
}

files_rendered() { # <function that prints it> <path>   whether the file is as it should be, for the checks of steps
  local rendered
  rendered=$("$1") || return 2
  files_holds "$2" "$rendered"
}

files_aside() { # <path>
  local saved
  saved=$(mktemp -u -- "$1.edited-XXXX")
  mv -T -- "$1" "$saved"
  log_warn "$1 was edited since it was written: the edited file is now $saved"
}

files_ours() { # <path>   whether it is a file, and as we wrote it
  [[ -f $1 && ! -L $1 ]] || return 1
  files_sha256 "$1"
  journal_has files_file "$1" "$FILES_SHA256"
}

files_sha256() { # <path>   sets FILES_SHA256
  local sum
  sum=$(sha256sum <"$1")
  FILES_SHA256=${sum%% *}
}

files_directory() { # <path> [kind of entry]   with its parents; each that is made is journaled
  [[ -d $1/ ]] && return 0
  files_directory "${1%/*}"
  journal_add "${2:-files_directory}" "$1"
  mkdir -- "$1"
}

# <path>   a directory whose whole content is ours to remove
files_tree() { files_directory "$1" files_tree; }

files_give_tree() { # <staging tree> <tree>   the finished tree takes its name in one move
  [[ ! -e $2 && ! -L $2 ]] || die 1 "$2 is there already" 'move it away'
  journal_add files_tree "$2"
  mv -T -- "$1" "$2"
}

files_link() { # <target> <path>   switched atomically
  local target=$1 path=$2 found
  found=$(readlink -- "$path") || found=''
  [[ $found != "$target" ]] || return 0
  [[ ! -e $path && ! -L $path ]] || { [[ -L $path ]] && journal_has files_link "$path"; } ||
    die 1 "$path is there already, and is no symbolic link of podsand's" 'move it away, or choose another place in the profile'
  files_directory "${path%/*}"
  journal_add files_link "$path"
  ln -sfT -- "$target" "$path.new"
  mv -fT -- "$path.new" "$path"
}

files_file_undo() { # <path> <sha256>
  rm -f -- "${1%/*}/.podsand.${1##*/}"
  [[ -e $1 || -L $1 ]] || return 0
  files_ours "$1" || files_aside "$1"
  rm -f -- "$1"
}

files_backup_undo() { # <path> <saved>
  [[ -e $2 || -L $2 ]] || return 0
  [[ ! -e $1 && ! -L $1 ]] || die 1 "$1 is there again; what was there before podsand is $2" 'move one of them away'
  mv -T -- "$2" "$1"
}

files_directory_undo() { # <path>
  [[ -d $1 && ! -L $1 ]] || return 0
  rmdir --ignore-fail-on-non-empty -- "$1"
  # Not empty: something of another step's, or somebody else's, is in it. It is asked again next time.
  [[ ! -d $1 ]] || return 3
}

# <path>
files_tree_undo() { [[ -L $1 ]] || rm -rf --one-file-system -- "$1"; }

files_link_undo() { # <path>
  [[ ! -L $1 ]] || rm -f -- "$1"
  [[ ! -L $1.new ]] || rm -f -- "$1.new"
}
