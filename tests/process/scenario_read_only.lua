-- A real disk that the kernel makes read-only under the host, as it does when the medium fails: an
-- ext4 of our own, on a loop device, that is told of an error. A remount by hand is refused while
-- a file is open to be written.
local disk = require "real_disk"
local rig = require "rig"

-- F63 | real process | the kernel makes the file system under the journal read-only, after an error
--   of the medium | halted; cancel-mine empties the exchange; checked and mounted anew all is equal
rig.scenario("read_only", disk.fails{
  mount = [[truncate -s 16M %s.image && /sbin/mkfs.ext4 -q %s.image && chmod 600 %s.image &&
    mount -o loop,errors=remount-ro %s.image %s && chmod 700 %s]],
  spoil = [[echo 1 >/sys/fs/ext4/$(basename $(findmnt -no SOURCE %s))/trigger_fs_error]],
  mend = [[umount %s && { /sbin/e2fsck -fy %s.image >/dev/null; mount -o loop %s.image %s; }]],
  said = "read"})
