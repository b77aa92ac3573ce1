#!/usr/bin/env bats
load ../../support/bats/helper

setup() {
  load_snippet docker/daemon-json podman/mirrors
  root_stand_in
  FILE=$PODSAND_ROOT/etc/docker/daemon.json
}

step='STEPS_PHASE=root STEPS_CURRENT=docker/engine; docker_daemon_json_apply'

@test "nothing to say, nothing written" {
  production "$step"
  run -0 docker_daemon_json_render
  [[ ! -e $FILE && ! -s $CALLS && -z $output ]]
}

@test "the proxy of the environment, in either spelling" {
  HTTPS_PROXY=http://proxy.example:3128 no_proxy=localhost,.example production "$step"
  [[ $(jq -c .proxies "$FILE") == '{"https-proxy":"http://proxy.example:3128","no-proxy":"localhost,.example"}' ]]
}

@test "the proxy's login is in a file of root's alone: on no command line, in no message, in no log" {
  load_snippet core/proxy-credentials core/proxy-profile
  CFG_PROXY_URL=http://proxy.example:3128 CFG_PROXY_CREDENTIALS_ENV=LOGIN CFG_PROXY_NO_PROXY=(localhost .example)
  LOGIN='user:geh"eim\x' run -0 production "umask 000; $step"
  [[ $(jq -r '.proxies["http-proxy"]' "$FILE") == 'http://user:geh%22eim%5Cx@proxy.example:3128' ]]
  [[ $(jq -r '.proxies["no-proxy"]' "$FILE") == 'localhost,.example' ]]
  [[ $(stat -c %a "$FILE") == 600 ]]
  [[ $(<"$CALLS") == 'install -D -m 0600 /dev/stdin /etc/docker/daemon.json' ]]
  [[ $output == *'as root: install'* && $output != *geh* ]]
  # The control: it is found where it is.
  [[ $(grep -rl geh "$PODSAND_ROOT" "$HOME") == "$FILE" ]]
}

@test "only mirrors without TLS are named as such, by host and port" {
  CFG_CONF_MIRRORS_PREFIX=(docker.io quay.io) CFG_CONF_MIRRORS_LOCATION=(mirror.example:5000/hub quay.example/x) CFG_CONF_MIRRORS_INSECURE=(true false)
  production "$step"
  [[ $(jq -c . "$FILE") == '{"proxies":{},"insecure-registries":["mirror.example:5000"]}' ]]
  CFG_CONF_MIRRORS_INSECURE=(false false)
  rm "$FILE" "$PATHS_JOURNAL"
  production "$step"
  [[ ! -e $FILE ]]
}

@test "a file that is there stays as it is, and that is told; podsand's own is written again" {
  export http_proxy=http://proxy.example:3128
  install -D -m 0640 /dev/stdin "$FILE" <<<'{"data-root": "/srv"}'
  run -0 production "$step"
  [[ $output == *'/etc/docker/daemon.json is there already and stays as it is'* ]]
  [[ $(<"$FILE") == '{"data-root": "/srv"}' && $(stat -c %a "$FILE") == 640 && ! -s $CALLS ]]
  rm "$FILE"
  production "$step"
  http_proxy=http://other.example:3128 run -0 production "$step"
  [[ $output != *'stays as it is'* && $(jq -r '.proxies["http-proxy"]' "$FILE") == 'http://other.example:3128' ]]
}
