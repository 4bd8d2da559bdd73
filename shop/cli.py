"""The command `softlaunch`: one small function per command."""
