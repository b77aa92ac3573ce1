#!/usr/bin/env bats
load ../../support/bats/helper

setup() {
  load_snippet sandbox/git
  export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null
  SANDBOX_FLAGS=()
  SANDBOX_WORKSPACE=$BATS_TEST_TMPDIR/project
  git init -q "$SANDBOX_WORKSPACE"
  GIT=$SANDBOX_WORKSPACE/.git
}

protected() { # runs it; what it says is in output, what is mounted in lines
  sandbox_git 2>"$BATS_TEST_TMPDIR/said"
  output=$(<"$BATS_TEST_TMPDIR/said")
  mapfile -t lines < <(mounts)
}

listing() { # everything in the workspace
  find "$SANDBOX_WORKSPACE" | sort
}

@test "the repository is mounted on itself, so that it can be neither renamed nor replaced; hooks and config are read-only in it" {
  listing >"$BATS_TEST_TMPDIR/before"
  protected
  [[ ${lines[0]} == "type=bind|src=$GIT|dst=$GIT" ]]
  [[ ${lines[1]} == "type=bind|src=$GIT/hooks|dst=$GIT/hooks|ro=true" ]]
  [[ ${lines[2]} == "type=bind|src=$GIT/config|dst=$GIT/config|ro=true" ]]
  [[ ${#lines[@]} == 3 && -z $output ]]
  # Nothing is left on the host.
  cmp "$BATS_TEST_TMPDIR/before" <(listing)
}

@test "what else of it git would execute is read-only where it is there: a worktree's config and attributes" {
  touch "$GIT/config.worktree" "$GIT/info/attributes"
  protected
  [[ ${lines[3]} == "type=bind|src=$GIT/config.worktree|dst=$GIT/config.worktree|ro=true" ]]
  [[ ${lines[4]} == "type=bind|src=$GIT/info/attributes|dst=$GIT/info/attributes|ro=true" ]]
}

@test "in a repository without hooks none can be made: the directory is there, and read-only" {
  rm -r "$GIT/hooks"
  protected
  [[ -z $(ls -A "$GIT/hooks") && ${lines[1]} == "type=bind|src=$GIT/hooks|dst=$GIT/hooks|ro=true" ]]
  git -C "$SANDBOX_WORKSPACE" status --short
}

@test "a workspace without a repository gets no mount and no stray file" {
  rm -r "$GIT"
  protected
  [[ ${#lines[@]} == 0 && -z $output && $(listing) == "$SANDBOX_WORKSPACE" ]]
}

@test "a directory .git that is no repository gets no hooks directory" {
  rm -r "$GIT"
  mkdir "$GIT"
  protected
  [[ ${lines[0]} == "type=bind|src=$GIT|dst=$GIT" && ${#lines[@]} == 1 && ! -e $GIT/hooks ]]
}

@test "the file of a real worktree is read-only, so that it cannot lead elsewhere, and a warning says what will not work" {
  git -C "$SANDBOX_WORKSPACE" -c user.name=a -c user.email=a@example.org commit -q --allow-empty -m first
  git -C "$SANDBOX_WORKSPACE" worktree add -q "$BATS_TEST_TMPDIR/tree"
  SANDBOX_WORKSPACE=$BATS_TEST_TMPDIR/tree
  [[ -f $SANDBOX_WORKSPACE/.git ]]
  protected
  [[ ${#lines[@]} == 1 && ${lines[0]} == "type=bind|src=$SANDBOX_WORKSPACE/.git|dst=$SANDBOX_WORKSPACE/.git|ro=true" ]]
  [[ $output == *"$SANDBOX_WORKSPACE/.git leads out of the workspace"*'git will not work in the sandbox' ]]
}

@test "a .git that is a link is not protected, and a warning says so; one that leads nowhere as well" {
  mv "$GIT" "$SANDBOX_WORKSPACE/repository"
  ln -s repository "$GIT"
  protected
  [[ ${#lines[@]} == 0 && $output == *"$GIT is a symbolic link: what it leads to is not protected from the agent" ]]
  ln -sfn nowhere "$GIT"
  protected
  [[ ${#lines[@]} == 0 && $output == *'is a symbolic link'* ]]
}

@test "hooks or a config that is a link is not followed, and a warning says so" {
  mkdir "$SANDBOX_WORKSPACE/githooks"
  rm -r "$GIT/hooks"
  ln -s ../githooks "$GIT/hooks"
  protected
  [[ $output == *"$GIT/hooks is a symbolic link: it is not protected from the agent" && -L $GIT/hooks ]]
  [[ ${#lines[@]} == 2 && ${lines[1]} == "type=bind|src=$GIT/config|"* ]]
}

@test "the profile can leave it to the agent, as those who write hooks with it need" {
  CFG_SANDBOX_PROTECT_GIT=false
  rm -r "$GIT/hooks"
  protected
  [[ ${#lines[@]} == 0 && -z $output && ! -e $GIT/hooks ]]
}

@test "a path with a comma and a quote is protected as any other" {
  mv "$SANDBOX_WORKSPACE" "$BATS_TEST_TMPDIR/a, \"b\""
  SANDBOX_WORKSPACE="$BATS_TEST_TMPDIR/a, \"b\""
  protected
  [[ ${lines[1]} == "type=bind|src=$SANDBOX_WORKSPACE/.git/hooks|dst=$SANDBOX_WORKSPACE/.git/hooks|ro=true" ]]
}
