#!/bin/sh
# Starts, watches and stops one attempt at a job on this machine. Called by trainer/src/runner; needs a POSIX shell,
# `timeout`, `setsid` and GNU `tail`. What it knows is in <folder>/.run/attempt-<n>/.
#
#   supervise.sh start  <folder> <attempt> <seconds>   secrets as NAME=value lines on standard input
#   supervise.sh state  <folder> <attempt>             absent | running | lost | exited <code>
#   supervise.sh follow <folder> <attempt> <offset>    the log from that byte on, until the attempt ends
#   supervise.sh stop   <folder> <attempt>             asks it to stop and waits
set -eu
verb=$1 attempt=$3
if ! folder=$(cd "$2" 2>/dev/null && pwd); then
  echo absent
  exit 0
fi
run="$folder/.run/attempt-$attempt"

# A process is known by its start time and the boot it belongs to: its number alone may mean another one later.
identity() {
  start=$(cut -d ' ' -f 22 "/proc/$1/stat" 2>/dev/null || echo none)
  echo "$1 $start $(cat /proc/sys/kernel/random/boot_id 2>/dev/null || echo unknown)"
}
put() { # <file> <text>
  echo "$2" >"$1.tmp" && mv "$1.tmp" "$1"
}
alive() { # <file with an identity>
  [ -f "$1" ] && kill -0 "$(cut -d ' ' -f 1 "$1")" 2>/dev/null &&
    [ "$(cat "$1")" = "$(identity "$(cut -d ' ' -f 1 "$1")")" ]
}
busy() { alive "$run/supervisor" || alive "$run/process"; }

case $verb in
start)
  mkdir -p "$folder/.run"
  # The marker: making a folder is atomic, so that of two callers one starts the attempt.
  if ! mkdir "$run" 2>/dev/null; then
    echo already
    exit 0
  fi
  : >"$run/log"
  while IFS= read -r line; do export "$line"; done
  setsid sh "$0" work "$folder" "$attempt" "$4" </dev/null >/dev/null 2>&1 &
  while [ ! -f "$run/supervisor" ]; do sleep 0.05; done
  echo started
  ;;
work)
  put "$run/supervisor" "$(identity $$)"
  seconds=$4
  cd "$folder"
  set --
  while IFS= read -r word; do set -- "$@" "$word"; done <"$folder/.run/command"
  timeout -k 60 "$seconds" "$@" >>"$run/log" 2>&1 </dev/null &
  put "$run/process" "$(identity $!)"
  set +e
  wait $!
  put "$run/exit" $?
  ;;
state)
  if [ -f "$run/exit" ]; then
    echo "exited $(cat "$run/exit")"
  elif [ ! -d "$run" ]; then
    echo absent
  elif busy; then
    echo running
  else
    sleep 1 # it may just be starting, or just have ended
    if [ -f "$run/exit" ]; then echo "exited $(cat "$run/exit")"; elif busy; then echo running; else echo lost; fi
  fi
  ;;
follow)
  exec tail -c "+$(($4 + 1))" -s 0.2 -f --pid="$(cut -d ' ' -f 1 "$run/supervisor")" "$run/log"
  ;;
stop)
  if [ -f "$run/process" ] && busy; then
    kill -TERM "$(cut -d ' ' -f 1 "$run/process")" 2>/dev/null || true
    while busy; do sleep 0.1; done
  fi
  ;;
*)
  echo "unknown verb $verb" >&2
  exit 2
  ;;
esac
