-- A real disk that is full: the state directory is a small tmpfs, and somebody else fills it.
local disk = require "real_disk"
local rig = require "rig"

-- AC-J2 | real process | a tmpfs under the journal, filled to the last byte by another file |
--   halted; cancel-mine empties the exchange; with room again all is found and equal
rig.scenario("full_disk", disk.fails{
  mount = "mount -t tmpfs -o size=4m,mode=0700 tmpfs %s",
  spoil = "dd if=/dev/zero of=%s/filler bs=4096 2>/dev/null; true",
  mend = "rm %s/filler",
  said = "full"})
