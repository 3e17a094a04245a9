#!/bin/sh
# Builds the shim. It is committed, so only who changes shim.c or shim.map runs this (on Linux x64, with gcc).
# shim.map declares every version that TorchSharp's library asks libstdc++ for: the loader insists on it.
set -e
cd "$(dirname "$0")"
sum=$(cat shim.c shim.map | sha256sum | cut -d' ' -f1)
gcc -shared -fPIC -O2 -nostdlib -s -DMADE_FROM="\"$sum\"" -o libstdcxx.so.6 shim.c \
    -Wl,--version-script=shim.map -Wl,-soname,libstdcxx.so.6 -Wl,--build-id=none -Wl,--no-as-needed -l:libstdc++.so.6
