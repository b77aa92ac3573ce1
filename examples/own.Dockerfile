# What podsand needs of a Dockerfile: the agent in PATH, CLAUDE_CONFIG_DIR where its volume will be, and a user 1000 with the
# home /home/agent (or, with sandbox.user = "root", IS_SANDBOX=1).
FROM docker.io/library/ubuntu:noble-20250619 AS agent
# For x86_64; ADD verifies the archive, and does not unpack what comes from the network.
ADD --checksum=sha256:60e3b0a8500819514aca603487c254298cd776de0698d3cd08f11dba5b8289a8 \
    https://nodejs.org/dist/v24.11.1/node-v24.11.1-linux-x64.tar.xz /opt/node.tar.xz
# The secret is the company's certificates when proxy.ca_bundle names any.
RUN --mount=type=secret,id=ca,target=/run/podsand-ca.pem <<STEP
set -eu
apt-get update
apt-get install -y --no-install-recommends ca-certificates xz-utils
mkdir /opt/node
tar -xJf /opt/node.tar.xz -C /opt/node --strip-components=1
PATH=/opt/node/bin:$PATH
if [ -s /run/podsand-ca.pem ]; then
  export NODE_EXTRA_CA_CERTS=/run/podsand-ca.pem
fi
npm install --global --prefix /opt/agent --no-audit --no-fund @anthropic-ai/claude-code@2.1.330
install -D -m 0755 "$(readlink -f /opt/agent/bin/claude)" /opt/out/claude
STEP

FROM docker.io/library/ubuntu:noble-20250619
RUN <<STEP
set -eu
apt-get update
apt-get install -y --no-install-recommends ca-certificates git jq python3
rm -rf /var/lib/apt/lists/*
userdel --remove ubuntu
useradd --uid 1000 --create-home --shell /bin/bash agent
install -d -o agent -g agent -m 0700 /home/agent/.config /home/agent/.config/claude
STEP

COPY --from=agent /opt/out/claude /usr/local/bin/claude
# Both are in the build context: claude-code's settings for a sandbox, and what answers its first questions.
COPY managed-settings.json /etc/claude-code/managed-settings.json
COPY --chmod=0755 entrypoint /usr/local/bin/podsand-entrypoint
ENV CLAUDE_CONFIG_DIR=/home/agent/.config/claude \
    DISABLE_AUTOUPDATER=1
USER agent
WORKDIR /home/agent
ENTRYPOINT ["/usr/local/bin/podsand-entrypoint"]
