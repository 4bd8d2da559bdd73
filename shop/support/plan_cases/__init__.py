"""Cases of `softlaunch plan`: read strictly from JSON, and answered by the very rules that the desk runs on."""
