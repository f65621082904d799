#!/bin/sh
# Runs a command of Poolkeeper as its service runs: as its user, with its keys and its folder. For root: sudo poolkeeper status
if [ -t 0 ] && [ -t 1 ]; then terminal=--pty; else terminal=--pipe; fi
exec systemd-run --quiet --wait --collect "$terminal" --uid=poolkeeper --gid=poolkeeper \
  --property=EnvironmentFile=/etc/poolkeeper/environment \
  --property=StateDirectory=poolkeeper --property=StateDirectoryMode=0700 --property=UMask=0077 \
  --setenv=POOLKEEPER_CONFIG=/etc/poolkeeper/poolkeeper.yml \
  --setenv=POOLKEEPER_DATA=/var/lib/poolkeeper \
  --setenv=POOLKEEPER_LOG=- \
  --setenv=NODE_COMPILE_CACHE=/var/lib/poolkeeper/.poolkeeper/compiled \
  /usr/bin/env node /opt/poolkeeper/cli/launch.mjs "$@"
