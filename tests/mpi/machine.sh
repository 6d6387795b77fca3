#!/bin/sh
# machine.sh [options] NAME COMMAND...: runs a command on another machine, as ssh does: in the network namespace of this
# name, where the host has that name and a boot of its own. By these, Open MPI and dijitso tell machines apart.
while [ "${1#-}" != "$1" ]; do shift; done
name=$1
shift
exec ip netns exec "$name" unshare --uts --mount sh -c '
  boot=/proc/sys/kernel/random/boot_id
  umount -q $boot  # of the machine from which this is called
  hostname "$0" && file=$(mktemp) && echo "$0" >"$file" && mount --bind "$file" $boot && rm "$file" && exec sh -c "$1"
' "$name" "$*"
