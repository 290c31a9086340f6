#!/bin/bash
# chroot.sh LOWERS UPPER WORK APT COMMAND... : runs the command as root in a chroot of the layers LOWERS (of the form of
# overlayfs, the topmost first) below UPPER, which takes what it writes. It sees the network of this machine, its own
# processes, and the directories APT/archives and APT/lists in the places of apt's. Run in a mount and a process
# namespace of its own.
set -eu
lowers=$1 upper=$2 work=$3 apt=$4
shift 4
root=$work/root
mkdir "$root" "$work/work"
mount -t overlay overlay \
	-o "lowerdir=$lowers,upperdir=$upper,workdir=$work/work,redirect_dir=off,metacopy=off,index=off" "$root"
mount -t proc proc "$root/proc"
mount -t tmpfs tmpfs "$root/dev"
mknod -m 666 "$root/dev/null" c 1 3
mknod -m 666 "$root/dev/zero" c 1 5
mknod -m 666 "$root/dev/full" c 1 7
mknod -m 666 "$root/dev/random" c 1 8
mknod -m 666 "$root/dev/urandom" c 1 9
ln -s /proc/self/fd "$root/dev/fd"
mkdir -m 1777 "$root/dev/shm"
mount --bind /etc/resolv.conf "$root/etc/resolv.conf"
mount --bind /etc/hosts "$root/etc/hosts"
mount --bind "$apt/archives" "$root/var/cache/apt/archives"
mount --bind "$apt/lists" "$root/var/lib/apt/lists"
exec env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root \
	DEBIAN_FRONTEND=noninteractive chroot "$root" "$@"
